// What the owner may order about what is set aside: try it again, now, through the queue.
import type { Context } from '../context.ts'
import { BadInput, Unavailable } from '../domain/errors.ts'
import { type JobCall, jobId, readCall } from '../queue/jobs.ts'
import { forgetUntriable, listSetAside, type SetAside, tryNow } from '../register/set-aside.ts'
import { workOff } from './run-workers.ts'

/** What is set aside under these ids; all of it without any. Throws BadInput for an id that nothing has. */
export async function setAsideMeant({ db }: Context, ids: string[] | null): Promise<SetAside[]> {
  const found = await listSetAside(db, ids)
  const strange = ids?.find((id) => !found.some((one) => one.id === id))
  if (strange !== undefined)
    throw new BadInput(`Nothing is set aside as ${strange}: \`lupa set-aside list\` shows what is.`)
  return found
}

/**
 * Queues all of it again, ahead of its time. What nothing can try again is taken off the list, and the sweep looks through the
 * register for whatever it was.
 */
export async function tryAgain(context: Context, meant: SetAside[]): Promise<JobCall[]> {
  const ids = meant.map(({ id }) => id)
  await tryNow(context.db, ids, context.clock())
  await forgetUntriable(context.db, ids)
  const calls = new Map(meant.map(callOf).map((call) => [jobId(call), call]))
  for (const call of calls.values()) await context.queues.wake(call)
  return [...calls.values()]
}

/** Tries all of it again and waits for what comes of it: what is set aside still. A worker does it, or this process where none lives. */
export async function tryAgainNow(context: Context, meant: SetAside[]): Promise<SetAside[]> {
  const { db, clock } = context
  const asked = clock()
  const ids = meant.map(({ id }) => id)
  const left = () => listSetAside(db, ids)
  const calls = await tryAgain(context, meant)
  const tried = async () => (await left()).every(({ lastAt }) => lastAt >= asked)
  await workOff(context, calls, tried, patienceMs).catch((error: Error) => {
    if (!(error instanceof Unavailable)) throw error
  })
  return left()
}

const patienceMs = 60_000

function callOf({ job, payload }: SetAside): JobCall {
  return readCall(job, payload) ?? { job: 'sweep', payload: {} }
}
