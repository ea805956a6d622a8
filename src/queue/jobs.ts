// The catalogue: every job of the product, with its payload (ids only), its queue and its priority. Nothing else is queued.
import { z } from 'zod'

const campaign = z.strictObject({ campaignId: z.uuid() })
const nothing = z.strictObject({})

/**
 * `tool` holds every call of the marketing tool, one at a time per job: its global concurrency is the account-wide connection
 * limit. `local` holds the rest. A lower priority number goes first. `awaited`: whoever ordered it waits for its answer, and is told.
 */
export const jobs = {
  'check-tool': { queue: 'tool', payload: z.strictObject({ tool: z.string().max(40) }), priority: 4, awaited: true },
  'list-designs': { queue: 'tool', payload: z.strictObject({ tool: z.string().max(40) }), priority: 4, awaited: true },
  'read-design': { queue: 'tool', payload: campaign, priority: 4, awaited: true },
  'send-test': {
    queue: 'tool',
    payload: z.strictObject({ campaignId: z.uuid(), to: z.int().nonnegative() }),
    priority: 4,
    awaited: true,
  },
  'select-recipients': { queue: 'local', payload: campaign, priority: 3 },
  'open-audience': { queue: 'tool', payload: campaign, priority: 5 },
  'disclose-recipients': {
    queue: 'tool',
    payload: campaign.extend({ batch: z.int().positive(), lastBatch: z.int().positive() }),
    priority: 5,
  },
  'send-campaign': { queue: 'tool', payload: campaign, priority: 4 },
  'watch-delivery': { queue: 'tool', payload: campaign, priority: 4 },
  'find-removals': { queue: 'local', payload: nothing, priority: 1 },
  'remove-recipient': {
    queue: 'tool',
    payload: campaign.extend({ recipientId: z.string().regex(/^\d+$/) }),
    priority: 1,
  },
  'collect-feedback': { queue: 'tool', payload: campaign, priority: 3 },
  'apply-feedback': { queue: 'local', payload: nothing, priority: 1 },
  'apply-webhooks': { queue: 'local', payload: nothing, priority: 1 },
  'keep-webhooks': { queue: 'tool', payload: nothing, priority: 6 },
  'expire-data': { queue: 'local', payload: nothing, priority: 6 },
  'remind-requests': { queue: 'local', payload: nothing, priority: 6 },
  'raise-alarms': { queue: 'local', payload: nothing, priority: 2 },
  'withdraw-recipients': { queue: 'tool', payload: campaign, priority: 2 },
  'verify-withdrawal': { queue: 'tool', payload: campaign, priority: 2 },
  'close-campaign': { queue: 'local', payload: campaign, priority: 2 },
  'write-ledger': { queue: 'local', payload: nothing, priority: 1 },
  sweep: { queue: 'local', payload: nothing, priority: 2 },
  'sweep-tool': { queue: 'tool', payload: nothing, priority: 6 },
} as const satisfies Record<string, { queue: QueueName; payload: z.ZodType; priority: number; awaited?: true }>

export const queueNames = ['tool', 'local'] as const
export type QueueName = (typeof queueNames)[number]
export type JobName = keyof typeof jobs
export type Payload<N extends JobName> = z.infer<(typeof jobs)[N]['payload']>

/** A job to be queued: its name and payload, and how long to wait (ms). */
export type JobCall = { [N in JobName]: { job: N; payload: Payload<N>; delayMs?: number } }[JobName]

/** The id under which a call is queued: a second call of the same work while the first waits is swallowed. */
export function jobId({ job, payload }: JobCall): string {
  return [job, ...Object.values(payload)].join('_')
}

/** A call as it was kept somewhere, if the catalogue still has it; else null. */
export function readCall(job: string | null, payload: unknown): JobCall | null {
  if (job === null || !Object.hasOwn(jobs, job)) return null
  const read = jobs[job as JobName].payload.safeParse(payload)
  return read.success ? ({ job, payload: read.data } as JobCall) : null
}
