// The one wrapper around every job: checks the payload, runs the step, and alone turns failures into queue behaviour.
import { DelayedError, type Job, RateLimitError, UnrecoverableError, Worker } from 'bullmq'
import type { Context } from '../src/context.ts'
import { halt } from '../src/domain/campaign.ts'
import { IllegalMove, NotAllowed, RateLimited, Refused, Unavailable } from '../src/domain/errors.ts'
import { follow } from '../src/flow.ts'
import { errorFacts, type Logger } from '../src/logger.ts'
import { type JobCall, type JobName, jobId, jobs, type Payload } from '../src/queue/jobs.ts'
import { note, record } from '../src/register/campaigns.ts'
import type { RegisterClient } from '../src/register/database.ts'
import { noteVainTry, setAside, wentThrough } from '../src/register/set-aside.ts'

/** What a step is given: the context, with the register as its queue's database role may use it. */
export type StepContext = Omit<Context, 'db' | 'as' | 'close' | 'log'> & { db: RegisterClient; log: Logger }

/** A step that is not over: run it again after so many milliseconds. It waits for what the sentence says. */
export type Again = { againInMs: number; waitingFor?: string }

export type Step<N extends JobName = JobName> = {
  job: N
  run: (payload: Payload<N>, ctx: StepContext) => Promise<Again | undefined>
}

/** Declares the step of a job. */
export function processor<N extends JobName>(
  job: N,
  run: (payload: Payload<N>, ctx: StepContext) => Promise<Again | undefined>,
): Step<N> {
  return { job, run }
}

/** Runs one delivered job. What it throws is what BullMQ keeps: our own sentences without people, or nothing but a name. */
export async function runJob(step: Step, context: Context, job: Job, token: string | undefined): Promise<void> {
  const { queue, payload: schema } = jobs[step.job]
  const log = context.log.child({
    job: step.job,
    jobId: job.id,
    attempt: job.attemptsMade + 1,
    ...campaignOf(job.data),
  })
  const db = context.as(queue === 'tool' ? 'sync' : 'worker')
  const ctx: StepContext = { ...context, db, log }
  const payload = schema.safeParse(job.data)
  if (!payload.success) {
    log.error('payload is not of the job: dropped')
    await dropAside(ctx, `${step.job}, unreadable`, 'payload is not of the job')
    throw new UnrecoverableError('payload is not of the job')
  }
  const call = { job: step.job, payload: payload.data } as JobCall
  try {
    const again = await step.run(payload.data as never, ctx)
    if (await wentThrough(db, 'job', jobId(call))) log.info('what was set aside went through')
    if (again) await sleepInQueue(ctx, job, token, again)
    await followUp(ctx, job, step.job)
  } catch (error) {
    await translate(error, ctx, job, call)
  }
}

/** A job that nothing can be done with is dropped; what it was for the register knows. It is shown, without its payload, which may hold anything. */
export async function dropAside({ db, clock, log }: StepContext, name: string, because: string): Promise<void> {
  const aside = { what: 'job' as const, key: name, job: null, payload: null, campaignId: null, because }
  await setAside(db, aside, clock()).catch((error) => log.warn(errorFacts(error), 'it could not be set aside'))
}

/** Puts the job back for a time; the queue wakes it. */
async function sleepInQueue(
  ctx: StepContext,
  job: Job,
  token: string | undefined,
  { againInMs, waitingFor }: Again,
): Promise<never> {
  const { campaignId } = campaignOf(job.data)
  if (campaignId && waitingFor) await note(ctx.db, campaignId, { waitingFor })
  await job.moveToDelayed(Date.now() + againInMs, token)
  throw new DelayedError()
}

async function followUp(ctx: StepContext, job: Job, after: JobName): Promise<void> {
  const { campaignId } = campaignOf(job.data)
  if (campaignId) await follow(ctx, ctx.db, campaignId, after)
}

/** What goes wrong while a failure is written down is a failure like any other: only what is ours or the queue's own is thrown. */
async function translate(error: unknown, ctx: StepContext, job: Job, call: JobCall): Promise<never> {
  try {
    return await answer(error, ctx, job, call)
  } catch (thrown) {
    const known = [Unavailable, UnrecoverableError, DelayedError, RateLimitError].some((kind) => thrown instanceof kind)
    return known ? Promise.reject(thrown) : tryLater(thrown, ctx, job, call)
  }
}

async function answer(error: unknown, ctx: StepContext, job: Job, call: JobCall): Promise<never> {
  const { campaignId } = campaignOf(call.payload)
  if (error instanceof DelayedError) throw error
  if (error instanceof RateLimited) {
    ctx.log.warn({ afterMs: error.afterMs }, 'the tool asks us to wait')
    await ctx.queues.restTool(error.afterMs)
    if (campaignId) await note(ctx.db, campaignId, { waitingFor: error.message }).catch(() => {})
    throw Worker.RateLimitError()
  }
  if (error instanceof IllegalMove) {
    ctx.log.error({ because: error.message }, 'someone moved first: dropped')
    await putAside(ctx, job, call, error.message)
    throw new UnrecoverableError(error.message)
  }
  if (error instanceof Refused || error instanceof NotAllowed) {
    ctx.log.error({ because: error.message }, 'refused')
    // What cannot be done for one person stops nobody else: it is looked for again, and tried again, every minute.
    if (campaignId && isAboutOne(call.payload)) await note(ctx.db, campaignId, { waitingFor: error.message })
    else if (campaignId) await haltCampaign(ctx, call.job, campaignId, error.message)
    // A campaign that has halted is its own sign.
    if (!campaignId || isAboutOne(call.payload)) await putAside(ctx, job, call, error.message)
    throw new UnrecoverableError(error.message)
  }
  return tryLater(error, ctx, job, call)
}

async function tryLater(error: unknown, ctx: StepContext, job: Job, call: JobCall): Promise<never> {
  const { campaignId } = campaignOf(call.payload)
  const because = error instanceof Unavailable ? error.message : `unexpected failure (${errorFacts(error).error})`
  ctx.log.warn({ because, ...(error instanceof Unavailable ? {} : errorFacts(error)) }, 'will be tried again')
  // Where the database itself is gone this cannot be written; what is thrown must be our own sentence all the same.
  if (campaignId) await note(ctx.db, campaignId, { waitingFor: because }).catch(() => {})
  await (isLastTry(job)
    ? putAside(ctx, job, call, because)
    : noteVainTry(ctx.db, jobId(call), because, ctx.clock())
  ).catch(() => {})
  throw new Unavailable(because)
}

/** The job will not be tried again by the queue: the reason is kept, and the sweep gives it another chance. */
async function putAside({ db, clock }: StepContext, { opts }: Job, call: JobCall, because: string): Promise<void> {
  // Whoever waits for a job gives it one try, and hears of its failure.
  if ('awaited' in jobs[call.job] || opts.attempts === 1) return
  const { campaignId = null } = campaignOf(call.payload)
  const { job, payload } = call
  await setAside(db, { what: 'job', key: jobId(call), job, payload, campaignId, because }, clock())
}

/** A clock gives a job one try, and says so by saying nothing. */
function isLastTry({ attemptsMade, opts }: Job): boolean {
  return attemptsMade + 1 >= (opts.attempts ?? 1)
}

/** Jobs of the way out: nothing else halts a campaign that is on it. Whatever ran from before found out too late that it was over. */
const wayOut: readonly JobName[] = ['withdraw-recipients', 'verify-withdrawal', 'close-campaign']

async function haltCampaign(ctx: StepContext, job: JobName, campaignId: string, sentence: string): Promise<void> {
  await record(ctx.db, campaignId, 'worker', (campaign) => {
    if (campaign.state === 'halted' || campaign.state === 'closed' || campaign.state === 'draft') return null
    const leaving = campaign.state === 'withdrawing' || campaign.state === 'withdrawn'
    return leaving && !wayOut.includes(job) ? null : halt(campaign, sentence, ctx.clock())
  })
}

function isAboutOne(data: unknown): boolean {
  return typeof (data as { recipientId?: unknown } | null)?.recipientId === 'string'
}

function campaignOf(data: unknown): { campaignId?: string } {
  const campaignId = (data as { campaignId?: unknown } | null)?.campaignId
  return typeof campaignId === 'string' ? { campaignId } : {}
}

/** Back-off with jitter: about 1, 2, 4 … 30 s. Whole milliseconds: the PostgreSQL backend knows no others. */
export function backoff(attemptsMade: number): number {
  return Math.round(Math.min(30_000, 1000 * 2 ** (attemptsMade - 1)) * (0.75 + Math.random() / 2))
}
