// Starts the workers of one process: both queues, the clocks, and a sign of life.
import { randomUUID } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { UnrecoverableError, type Worker } from 'bullmq'
import type { Context } from '../src/context.ts'
import { errorFacts } from '../src/logger.ts'
import { openBullWorker } from '../src/queue/backend.ts'
import { type JobName, jobs, type QueueName } from '../src/queue/jobs.ts'
import { beat, leave, placeAmongWorkers } from '../src/register/worker-processes.ts'
import { steps } from './index.ts'
import { backoff, dropAside, runJob, type Step } from './processor.ts'
import { toolShare } from './tool-share.ts'

const beatMs = 5000
const sharesMs = 1000
const sweepMs = 2000
const removalsMs = 60_000
const alarmsMs = 60_000
const webhooksMs = 300_000
const remindersMs = 3_600_000
const expiryMs = 6 * 3_600_000
const toolSweepMs = 3_600_000

export type Workers = { close: () => Promise<void> }

/**
 * Works the queues named until closed. With `clocks`, also says that this process is alive, keeps the sweeps going, and shares the
 * tool's connections evenly with the other processes; without, it takes them all.
 */
export async function startWorkers(
  context: Context,
  { queues = ['tool', 'local'] as QueueName[], clocks = true } = {},
): Promise<Workers> {
  const { config, log } = context
  // A worker lives among pages of JSON that are soon forgotten: memory is given back early, for a little more work.
  setFlagsFromString('--heap-growing-percent=20')
  await context.queues.limitTool(config.toolConnections)
  const id = randomUUID()
  if (clocks) await beat(context.as('worker'), id, new Date())
  const share = (clocks && (await shareNow(context, id))) || { toolShare: config.toolConnections }
  const workers = queues.map((name) => openWorker(context, name, share.toolShare))
  const stopClocks = clocks ? await startClocks(context, id, workers) : async () => {}
  log.info({ queues, toolConnections: config.toolConnections, ...share }, 'workers started')
  return {
    close: async () => {
      await stopClocks()
      await Promise.all(workers.map((worker) => worker.close()))
      log.info('workers stopped')
    },
  }
}

function openWorker(context: Context, name: QueueName, toolShare: number): Worker {
  const concurrency = name === 'tool' ? toolShare : 4
  const run = async (job: Parameters<typeof runJob>[2], token: string | undefined) => {
    const step = Object.hasOwn(steps, job.name) ? (steps[job.name as JobName] as unknown as Step) : undefined
    if (step && jobs[step.job].queue === name) return runJob(step, context, job, token)
    context.log.error({ queue: name }, 'there is no step for this job: dropped')
    await dropAside({ ...context, db: context.as('worker') }, `unknown in ${name}`, 'there is no step for this job')
    throw new UnrecoverableError('there is no step for this job')
  }
  const worker = openBullWorker(context.queues.home, name, run, { concurrency, backoff })
  worker.on('error', (error) => context.log.warn({ queue: name, ...errorFacts(error) }, 'queue connection failed'))
  return worker
}

async function startClocks(context: Context, id: string, workers: Worker[]): Promise<() => Promise<void>> {
  const db = context.as('worker')
  await keepClocks(context)
  const timer = setInterval(() => {
    beat(db, id, new Date()).catch((error) => context.log.warn(errorFacts(error), 'no sign of life could be given'))
    context.counters.flush().catch((error) => context.log.warn(errorFacts(error), 'counters could not be written'))
    keepClocks(context).catch((error) => context.log.warn(errorFacts(error), 'the clocks could not be looked at'))
  }, beatMs)
  // A register that does not answer is told of by the beat: the share stays as it is.
  const shares = setInterval(() => void keepShare(context, id, workers).catch(() => {}), sharesMs)
  await context.queues.add({ job: 'sweep', payload: {} })
  return async () => {
    clearInterval(timer)
    clearInterval(shares)
    await leave(db, id, new Date()).catch(() => {})
  }
}

/** How many connections to the tool this process may use, by how many workers are alive now; null when it is not known. */
async function shareNow(context: Context, id: string): Promise<{ toolShare: number; workers: number } | null> {
  const place = await placeAmongWorkers(context.as('worker'), id, new Date())
  return place && { toolShare: toolShare(context.config.toolConnections, place), workers: place.of }
}

/** Whoever came or went changes everybody's share. It stops no job, and a larger one may count only when the next job ends. */
async function keepShare(context: Context, id: string, workers: Worker[]): Promise<void> {
  const share = await shareNow(context, id)
  const tool = workers.find(({ name }) => name === 'tool')
  if (!tool || !share || tool.concurrency === share.toolShare) return
  tool.concurrency = share.toolShare
  context.log.info(share, 'share of the connections changed')
}

/** Clocks and limits live in the queue, and a queue may be flushed: they are looked after like everything else. */
async function keepClocks({ queues, config }: Context): Promise<void> {
  await queues.limitTool(config.toolConnections)
  await queues.every('sweep', sweepMs)
  await queues.every('find-removals', removalsMs)
  await queues.every('raise-alarms', alarmsMs)
  await queues.every('remind-requests', remindersMs)
  await queues.every('expire-data', expiryMs)
  if (config.mailchimp.apiKey) await queues.every('sweep-tool', toolSweepMs)
  if (config.mailchimp.apiKey && config.publicUrl) await queues.every('keep-webhooks', webhooksMs)
}
