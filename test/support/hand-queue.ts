// The queues in a test's hand: what is queued runs when the test says so, in the order BullMQ would take it, and the time a job
// waits for passes on the world's clock instead of the wall's.
import { DelayedError, type Job, RateLimitError, UnrecoverableError } from 'bullmq'
import type { Context } from '../../src/context.ts'
import { type JobCall, type JobName, jobId, jobs } from '../../src/queue/jobs.ts'
import type { Queues } from '../../src/queue/queue.ts'
import { steps } from '../../workers/index.ts'
import { backoff, runJob, type Step } from '../../workers/processor.ts'

/** One run of a job, and how it ended. */
export type Ran = { job: JobName; end: 'done' | 'waits' | 'rests' | 'again' | 'dropped' }

export type HandQueue = {
  queues: Queues
  /** Runs the job whose turn it is, after turning the clock to its time; null when nothing waits. */
  next: (context: Context, turn: (ms: number) => Promise<void>) => Promise<Ran | null>
  /** How long until something is due. Milliseconds; Infinity when nothing waits. */
  dueIn: (now: Date) => number
  /** Everything BullMQ would have kept: each job's id and payload, and what was thrown with its stack. */
  kept: string[]
  /** Forgets everything that waits. */
  empty: () => void
  /** Called before a job runs, and after it. */
  around: { before: (job: JobName) => void; after: (job: JobName) => void }
}

type Waiting = { id: string; call: JobCall; at: number; failures: number }

const mostFailures = 12

/** Queues that keep their jobs here. `clock` is the world's. */
export function handQueue(home: Queues['home'], clock: () => Date): HandQueue {
  const waiting = new Map<string, Waiting>()
  const kept: string[] = []
  let restsUntil = 0
  let numbers = 0
  const put = (call: JobCall, id: string) => {
    if (waiting.has(id)) return
    kept.push(`${id} ${JSON.stringify(call)}`)
    waiting.set(id, { id, call, at: clock().getTime() + (call.delayMs ?? 0), failures: 0 })
  }
  const startAt = ({ at, call }: Waiting) => (jobs[call.job].queue === 'tool' ? Math.max(at, restsUntil) : at)
  const first = (): Waiting | undefined =>
    [...waiting.values()].sort((a, b) => {
      const now = clock().getTime()
      const [later, sooner] = [Math.max(now, startAt(a)), Math.max(now, startAt(b))]
      return later - sooner || jobs[a.call.job].priority - jobs[b.call.job].priority
    })[0]
  const around: HandQueue['around'] = { before: () => {}, after: () => {} }

  return {
    around,
    kept,
    empty: () => {
      waiting.clear()
      restsUntil = 0
    },
    dueIn: (now) => {
      const one = first()
      return one ? Math.max(0, startAt(one) - now.getTime()) : Number.POSITIVE_INFINITY
    },
    next: async (context, turn) => {
      const one = first()
      if (!one) return null
      const wait = startAt(one) - clock().getTime()
      if (wait > 0) await turn(wait)
      around.before(one.call.job)
      const end = await run(one, context)
      around.after(one.call.job)
      if (end === 'done' || end === 'dropped') waiting.delete(one.id)
      return { job: one.call.job, end }
    },
    queues: {
      home,
      add: async (...calls) => {
        for (const call of calls) put(call, jobId(call))
      },
      addNow: async (call) => {
        numbers += 1
        put(call, `${jobId(call)}_now${numbers}`)
      },
      wake: async (call) => {
        const there = waiting.get(jobId(call))
        if (there) there.at = Math.min(there.at, clock().getTime())
        else put(call, jobId(call))
      },
      every: async () => {},
      limitTool: async () => {},
      restTool: async (ms) => {
        restsUntil = clock().getTime() + ms
      },
      counts: async () => ({ waiting: waiting.size }),
      close: async () => {},
    },
  }

  async function run(one: Waiting, context: Context): Promise<Ran['end']> {
    const { job, payload } = one.call
    const delivered = {
      id: one.id,
      name: job,
      data: payload,
      attemptsMade: one.failures,
      opts: { attempts: mostFailures },
      // BullMQ counts by the wall's clock.
      moveToDelayed: async (at: number) => {
        one.at = clock().getTime() + at - Date.now()
      },
    }
    try {
      await runJob(steps[job] as unknown as Step, context, delivered as unknown as Job, 'token')
      return 'done'
    } catch (error) {
      kept.push(String((error as Error).stack ?? error))
      if (error instanceof DelayedError) return 'waits'
      if (error instanceof RateLimitError) return 'rests'
      if (error instanceof UnrecoverableError) return 'dropped'
      one.failures += 1
      one.at = clock().getTime() + backoff(one.failures)
      return one.failures < mostFailures ? 'again' : 'dropped'
    }
  }
}
