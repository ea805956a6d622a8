// The queues as the rest of the code sees them: add a call, ask what is there, make the tool's queue wait.
import { setTimeout as wait } from 'node:timers/promises'
import type { Queue } from 'bullmq'
import { Unavailable } from '../domain/errors.ts'
import type { QueueHome } from './backend.ts'
import { type JobCall, type JobName, jobId, jobs, type QueueName } from './jobs.ts'

export type Queues = {
  home: QueueHome
  /** Queues calls. One whose work is already waiting or running under the same id is swallowed. */
  add: (...calls: JobCall[]) => Promise<void>
  /** Queues a call under an id of its own, so that it runs even while the same work waits for its time. */
  addNow: (call: JobCall) => Promise<void>
  /** Makes a call run now: wakes it where it waits for its time, else queues it. Never a second one beside it. */
  wake: (call: JobCall) => Promise<void>
  /** Starts (or moves) a clock that queues a job every so often (ms); one that runs already is left alone. */
  every: (job: JobName, ms: number) => Promise<void>
  /** Sets how many calls of the tool may run at once in the whole account, over all processes. */
  limitTool: (connections: number) => Promise<void>
  /** Keeps the whole `tool` queue from starting jobs for a time (ms), which ends by itself. */
  restTool: (ms: number) => Promise<void>
  /** Jobs by state. Throws Unavailable when the queue does not answer within two seconds. */
  counts: (queue: QueueName) => Promise<Record<string, number>>
  close: () => Promise<void>
}

const attempts = 12
const countingMs = 2000

/** Opens both queues for adding. */
export function openQueues(home: QueueHome): Queues {
  const open = new Map<QueueName, Promise<Queue>>()
  const queue = (name: QueueName): Promise<Queue> => {
    const known = open.get(name) ?? openQueue(home, name)
    open.set(name, known)
    return known
  }
  const put = async (call: JobCall, id: string) => {
    const { queue: name, priority } = jobs[call.job]
    const delay = call.delayMs ? { delay: call.delayMs } : {}
    return (await queue(name)).add(call.job, call.payload, {
      jobId: id,
      priority,
      attempts,
      ...delay,
      ...forgotten,
      backoff: { type: 'custom' },
    })
  }
  return {
    home,
    add: async (...calls) => {
      for (const call of calls) await put(call, jobId(call))
    },
    addNow: async (call) => {
      await put(call, `${jobId(call)}_now${Date.now().toString(36)}`)
    },
    wake: async (call) => {
      const waiting = await (await queue(jobs[call.job].queue)).getJob(jobId(call))
      // One that does not wait for its time, or that somebody else has just woken, cannot be woken; then it is there, or is queued.
      const woken = waiting && (await done(waiting.promote()))
      if (!woken) await put(call, jobId(call))
    },
    every: async (job, ms) => {
      const { queue: name, priority } = jobs[job]
      const opened = await queue(name)
      if ((await opened.getJobScheduler(job))?.every === ms) return
      await opened.upsertJobScheduler(job, { every: ms }, { name: job, data: {}, opts: { priority, ...forgotten } })
    },
    limitTool: async (connections) => {
      const tool = await queue('tool')
      await tool.setGlobalConcurrency(connections)
      // Without a limiter a rate limit would hold nobody back; this one is far out of reach.
      await tool.setGlobalRateLimit(1_000_000, 1000)
    },
    restTool: async (ms) => (await queue('tool')).rateLimit(ms),
    counts: (name) => inTime((async () => (await queue(name)).getJobCounts())()),
    close: async () => {
      await Promise.all([...open.values()].map(closeQueue))
    },
  }
}

/** A queue whose server is away asks it again for ever; whoever only wants to know does not wait for that. Throws Unavailable after two seconds. */
export async function inTime<T>(asked: Promise<T>): Promise<T> {
  const over = new AbortController()
  const late = wait(countingMs, undefined, { signal: over.signal, ref: false }).then(() => {
    throw new Unavailable('The queue does not answer: is its server running?')
  })
  late.catch(() => {})
  asked.catch(() => {})
  return Promise.race([asked, late]).finally(() => over.abort())
}

// BullMQ is large and most commands queue nothing: it is loaded when a queue is first asked for.
async function openQueue(home: QueueHome, name: QueueName): Promise<Queue> {
  const { openBullQueue } = await import('./backend.ts')
  const queue = openBullQueue(home, name)
  queue.on('error', () => {})
  return queue
}

/** Whether it was done, whatever kept it from being done. */
async function done(what: Promise<unknown>): Promise<boolean> {
  return what.then(
    () => true,
    () => false,
  )
}

const patienceMs = 2000

// A queue whose Redis does not answer would wait for it for ever: it is cut off, so that a process can always end.
async function closeQueue(opening: Promise<Queue>): Promise<void> {
  const queue = await opening
  const inTime = new AbortController()
  const late = wait(patienceMs, 'late', { signal: inTime.signal }).catch(() => 'in time')
  if ((await Promise.race([queue.close(), late])) === 'late') await queue.disconnect()
  inTime.abort()
}

// A finished job that stayed would swallow the next one with its id.
const forgotten = { removeOnComplete: true, removeOnFail: true }
