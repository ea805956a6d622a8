// Which worker processes are alive: each says so every few seconds.
import type { Database } from './database.ts'

/** A worker not seen for this long is taken for dead. Milliseconds. */
export const deadAfterMs = 15_000

/** Says "alive" for this process. */
export async function beat(db: Database, id: string, at: Date): Promise<void> {
  await db.workerProcess.upsert({ where: { id }, create: { id, startedAt: at, seenAt: at }, update: { seenAt: at } })
}

/** Says "gone" for this process, and forgets those that never said so. */
export async function leave(db: Database, id: string, at: Date): Promise<void> {
  const longGone = new Date(at.getTime() - 20 * deadAfterMs)
  await db.workerProcess.deleteMany({ where: { OR: [{ id }, { seenAt: { lt: longGone } }] } })
}

/** How many worker processes are alive. */
export async function livingWorkers(db: Database, at: Date): Promise<number> {
  return db.workerProcess.count({ where: { seenAt: { gt: new Date(at.getTime() - deadAfterMs) } } })
}

/** One of several: `place` counts from 0. */
export type PlaceAmong = { place: number; of: number }

/** The place of a process among the living ones, the oldest first; null when it has not said "alive" for too long itself. */
export async function placeAmongWorkers(db: Database, id: string, at: Date): Promise<PlaceAmong | null> {
  const living = await db.workerProcess.findMany({
    where: { seenAt: { gt: new Date(at.getTime() - deadAfterMs) } },
    orderBy: [{ startedAt: 'asc' }, { id: 'asc' }],
    select: { id: true },
  })
  const place = living.findIndex((one) => one.id === id)
  return place < 0 ? null : { place, of: living.length }
}
