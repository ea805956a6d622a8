// The one module of src that reaches into workers/: a command that finds no living worker does the work itself.
import { randomUUID } from 'node:crypto'
import type * as workers from '../../workers/main.ts'
import type { Context } from '../context.ts'
import { Unavailable } from '../domain/errors.ts'
import { openLogger } from '../logger.ts'
import { type JobCall, jobId, jobs } from '../queue/jobs.ts'
import { livingWorkers } from '../register/worker-processes.ts'

export type Workers = workers.Workers

/** Starts workers in this process. Their code is loaded now: most commands never need it. */
export async function startWorkers(...told: Parameters<typeof workers.startWorkers>): Promise<Workers> {
  return (await import('../../workers/main.ts')).startWorkers(...told)
}

/** Whether a worker process is alive anywhere. */
export async function someoneWorks({ db }: Context): Promise<boolean> {
  return (await livingWorkers(db, new Date())) > 0
}

/**
 * Queues calls and waits until `done` says so; works the `tool` queue itself where nobody else does. Throws Unavailable after
 * `patienceMs`.
 */
export async function workOff(
  context: Context,
  calls: JobCall[],
  done: () => Promise<boolean>,
  patienceMs = 120_000,
): Promise<void> {
  for (const call of calls) await context.queues.wake(call)
  const own = (await someoneWorks(context)) ? null : await quietWorkers(context)
  try {
    await until(done, patienceMs)
  } finally {
    await own?.close()
  }
}

/**
 * Does one call now and waits for its end, whatever else waits in the queue; works it off itself where nobody else does.
 * Throws Unavailable with the step's own sentence when it fails: a command must not say "done" of what is tried again later.
 */
export async function doNow(context: Context, call: JobCall, patienceMs = 120_000): Promise<void> {
  const { queue: name, priority } = jobs[call.job]
  const { openBullQueue } = await import('../queue/backend.ts')
  const queue = openBullQueue(context.queues.home, name)
  queue.on('error', () => {})
  const own = (await someoneWorks(context)) ? null : await quietWorkers(context)
  try {
    // Kept until it has been looked at: an end that removes itself would look the same after success and failure.
    const kept = { removeOnComplete: { age: 600 }, removeOnFail: { age: 600 }, attempts: 1 }
    const job = await queue.add(call.job, call.payload, { jobId: `${jobId(call)}_${randomUUID()}`, priority, ...kept })
    const id = job.id as string
    await until(async () => (await queue.getJob(id))?.finishedOn !== undefined, patienceMs)
    const ended = await queue.getJob(id)
    await ended?.remove()
    if (ended?.failedReason) throw new Unavailable(ended.failedReason)
  } finally {
    await own?.close()
    await queue.close()
  }
}

/** Workers for a moment: what goes wrong becomes the command's own sentence, so they log only when told to. */
async function quietWorkers(context: Context): Promise<Workers> {
  const log = context.config.logLevelGiven ? context.log : openLogger('silent')
  return startWorkers({ ...context, log }, { clocks: false })
}

/** Polls a condition. Throws Unavailable when it does not come true in time (ms). */
export async function until(done: () => Promise<boolean>, patienceMs: number, everyMs = 150): Promise<void> {
  const end = Date.now() + patienceMs
  while (!(await done())) {
    if (Date.now() > end)
      throw new Unavailable(
        'The work has not been done in time: is a worker running, and does the tool answer? `lupa doctor` looks.',
      )
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
