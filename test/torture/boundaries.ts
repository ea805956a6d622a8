// The instants at which a worker can be made to die: before and after every step, and before and after every call of the tool in it.
import type { MarketingTool } from '../../src/marketing/marketing-tool.ts'
import type { JobName } from '../../src/queue/jobs.ts'
import { steps } from '../../workers/index.ts'
import type { Step } from '../../workers/processor.ts'

type Port = keyof MarketingTool

/** The steps that a campaign lives through, each with the calls of the tool it makes. */
const calls = {
  'select-recipients': [],
  'open-audience': ['openAudience', 'draftCampaign', 'webhooks', 'makeWebhook'],
  'disclose-recipients': ['addPeople', 'people'],
  'send-campaign': ['people', 'campaign', 'readiness', 'send'],
  'watch-delivery': ['campaign', 'send'],
  'find-removals': [],
  'remove-recipient': ['feedbackOf', 'removePerson'],
  'collect-feedback': ['feedback'],
  'apply-webhooks': [],
  'apply-feedback': [],
  'write-ledger': [],
  'withdraw-recipients': ['audienceExists', 'feedback', 'people', 'removePeople', 'deleteAudience'],
  'verify-withdrawal': ['account', 'audiences', 'countPeople', 'campaign', 'identifyingReportRows', 'deleteCampaign'],
  'close-campaign': [],
  sweep: [],
} as const satisfies Partial<Record<JobName, readonly Port[]>>

/** The name of every boundary, as `before send-campaign` and `after send-campaign send`, in the order of a campaign's life. */
export const boundaries: readonly string[] = Object.entries(calls).flatMap(([job, ports]) =>
  [job, ...ports.map((port) => `${job} ${port}`)].flatMap((place) => [`before ${place}`, `after ${place}`]),
)

/** Calls `pass` with its name at every boundary of every step, from now on and in this process. */
export function watchBoundaries(pass: (boundary: string) => void): void {
  const all = steps as unknown as Record<string, Step>
  for (const [job, step] of Object.entries(all)) {
    all[job] = {
      ...step,
      run: async (payload, ctx) => {
        pass(`before ${job}`)
        const again = await step.run(payload, { ...ctx, tool: (name) => watched(ctx.tool(name), job, pass) })
        pass(`after ${job}`)
        return again
      },
    }
  }
}

function watched(tool: MarketingTool, job: string, pass: (boundary: string) => void): MarketingTool {
  return new Proxy(tool, {
    get: (target, name) => {
      const port = Reflect.get(target, name) as unknown
      if (typeof port !== 'function') return port
      return (...told: unknown[]) => {
        pass(`before ${job} ${String(name)}`)
        const answer = port.apply(target, told) as unknown
        const over = () => pass(`after ${job} ${String(name)}`)
        if (answer instanceof Promise) return answer.finally(over)
        return isPages(answer) ? pagesThen(answer, over) : answer
      }
    },
  })
}

function isPages(answer: unknown): answer is AsyncGenerator {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer
}

async function* pagesThen(pages: AsyncGenerator, over: () => void): AsyncGenerator {
  yield* pages
  over()
}
