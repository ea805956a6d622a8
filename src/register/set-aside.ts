// What cannot go through is set aside with its reason, so that it stops nobody else and somebody sees it. It is tried again by
// itself, at least every minute, and is gone from here once it went through. Ids and sentences without people only.
import { type Database, inTransaction, type RegisterClient, sql, sqlState } from './database.ts'
import type { Prisma } from './generated/client.ts'

export const setAsideKinds = ['job', 'feedback', 'delivery'] as const
export type SetAsideKind = (typeof setAsideKinds)[number]

/** What is set aside. `key` names it among its like; `job` and `payload` are the call that tries it again, null where none can. */
export type Aside = {
  what: SetAsideKind
  key: string
  job: string | null
  payload: object | null
  campaignId: string | null
  /** A sentence for an operator, without anybody's name. */
  because: string
}

/** As it is kept: since when, how often it was tried, and whose it is where it is about one person. */
export type SetAside = Aside & {
  id: string
  campaign: string | null
  personId: string | null
  firstAt: Date
  lastAt: Date
  tries: number
}

/** How long after its last try the next comes by itself: 5 s after the first, at most a minute. */
const pause = (tries: Prisma.Sql) => sql`least(60, 5 * ${tries}) * interval '1 second'`

/** Sets something aside, or notes that it was tried again in vain. */
export async function setAside(db: Database, one: Aside, at: Date): Promise<void> {
  await db.$executeRaw(sql`
    insert into set_aside as s (what, key, job, payload, campaign_id, because, first_at, last_at, not_before)
    values (${one.what}, ${one.key}, ${one.job}, ${one.payload && JSON.stringify(one.payload)}::jsonb, ${one.campaignId}::uuid,
      ${one.because}, ${at}, ${at}, ${at}::timestamptz + ${pause(sql`1`)})
    on conflict (what, key) do update set because = excluded.because, last_at = excluded.last_at, tries = s.tries + 1,
      not_before = excluded.last_at + ${pause(sql`(s.tries + 1)`)}`)
}

/** Notes a try in vain of what is set aside already; whatever is not stays as it is. */
export async function noteVainTry(db: Database, key: string, because: string, at: Date): Promise<void> {
  await db.$executeRaw(sql`update set_aside set because = ${because}, last_at = ${at}, tries = tries + 1,
      not_before = ${at}::timestamptz + ${pause(sql`(tries + 1)`)}
    where what = 'job' and key = ${key}`)
}

/** It went through: it is set aside no more. Returns whether it was. */
export async function wentThrough(db: Database, what: SetAsideKind, key: string): Promise<boolean> {
  return (await db.$executeRaw(sql`delete from set_aside where what = ${what} and key = ${key}`)) > 0
}

/** The id of the piece that a row `s` is about; null where it is about something else. */
const idOf = (what: 'feedback' | 'delivery') => sql`case when s.what = ${what} then s.key::bigint end`

/** Everything that is set aside, or what has these ids, the oldest first. */
export async function listSetAside(db: Database, ids: string[] | null = null): Promise<SetAside[]> {
  return db.$queryRaw<SetAside[]>(sql`
    select s.id::text as id, s.what, s.key, s.job, s.payload, s.campaign_id as "campaignId", s.because, c.name as campaign,
      coalesce(r.person_id, f.person_id, fr.person_id) as "personId", s.first_at as "firstAt", s.last_at as "lastAt", s.tries
    from set_aside s
    left join campaign c on c.id = s.campaign_id
    left join recipient r on r.id = (s.payload ->> 'recipientId')::bigint
    left join feedback f on f.id = ${idOf('feedback')}
    left join recipient fr on fr.id = f.recipient_id
    where ${ids}::text[] is null or s.id::text = any (${ids}::text[]) order by s.id`)
}

/** How many are set aside, by what they are. */
export async function setAsideCounts(db: Database): Promise<Record<SetAsideKind, number>> {
  const rows = await db.setAside.groupBy({ by: ['what'], _count: true })
  const of = (what: SetAsideKind) => rows.find((row) => row.what === what)?._count ?? 0
  return { job: of('job'), feedback: of('feedback'), delivery: of('delivery') }
}

/** The calls of jobs whose next try is due by itself. */
export async function dueAgain(db: Database, now: Date): Promise<{ job: string; payload: unknown }[]> {
  return db.$queryRaw(sql`select job, payload from set_aside
    where what = 'job' and job is not null and not_before <= ${now} order by id limit 500`)
}

/** Takes away pieces that wait no more: another worker applied them while they were being set aside, or their time was over. */
export async function forgetApplied(db: Database): Promise<void> {
  await db.$executeRaw(sql`delete from set_aside s where
    (s.what = 'feedback' and not exists (select from feedback f where f.id = ${idOf('feedback')} and f.applied_at is null))
    or (s.what = 'delivery' and not exists (select from webhook_delivery d where d.id = ${idOf('delivery')} and d.applied_at is null))`)
}

/** An operator's word: these may be tried now. */
export async function tryNow(db: Database, ids: string[], at: Date): Promise<void> {
  await db.$executeRaw(sql`update set_aside set not_before = ${at} where id::text = any (${ids}::text[])`)
}

/** Takes away what nothing can try again. */
export async function forgetUntriable(db: Database, ids: string[]): Promise<void> {
  await db.$executeRaw(sql`delete from set_aside where id::text = any (${ids}::text[]) and job is null`)
}

/** A waiting piece as its table gives it, and whether it is set aside. */
type Piece = { id: bigint; campaign_id: string | null; aside: boolean }

/** How waiting pieces of one kind are applied. `next` locks the first that waits and is not set aside until later. */
export type PieceByPiece<P extends Piece, R> = {
  what: 'feedback' | 'delivery'
  job: string
  next: (tx: Prisma.TransactionClient) => Promise<P | null>
  apply: (tx: Prisma.TransactionClient, piece: P) => Promise<R>
}

/**
 * Applies the next waiting piece in a transaction of its own; null when none waits. A piece that cannot be applied is set aside and
 * the one after it applied; when three running cannot, the trouble is not theirs: then it throws.
 */
export async function applyNextPiece<P extends Piece, R>(
  db: RegisterClient,
  { what, job, next, apply }: PieceByPiece<P, R>,
  at: Date,
): Promise<R | null> {
  for (let running = 1; ; running += 1) {
    let piece: P | null = null
    try {
      return await inTransaction(db, async (tx) => {
        await tx.$queryRaw(sql`select set_config('lock_timeout', ${waitsMost[what]}, true)`)
        piece = await next(tx)
        if (!piece) return null
        const result = await apply(tx, piece)
        if (piece.aside) await wentThrough(tx, what, String(piece.id))
        return result
      })
    } catch (error) {
      const stuck = piece as P | null
      if (!stuck) throw error
      const call = { what, key: String(stuck.id), job, payload: {}, campaignId: stuck.campaign_id }
      await setAside(db, { ...call, because: sentenceOf(error) }, at)
      if (running === 3) throw error
    }
  }
}

/** A delivery may make everybody wait while it waits itself: it gives up sooner, so that nobody else must. */
const waitsMost = { feedback: '2s', delivery: '1s' }

/** True of pieces that are not set aside, or whose next try is due: for the query that takes the next one. `id` is its column. */
export function notAside(what: 'feedback' | 'delivery', id: Prisma.Sql, now: Date): Prisma.Sql {
  return sql`not exists (select from set_aside s where s.what = ${what} and s.key = ${id}::text and s.not_before > ${now})`
}

/** Whether it is set aside. */
export function isAside(what: 'feedback' | 'delivery', id: Prisma.Sql): Prisma.Sql {
  return sql`exists (select from set_aside s where s.what = ${what} and s.key = ${id}::text)`
}

function sentenceOf(error: unknown): string {
  const state = sqlState(error)
  if (state === '55P03')
    return 'somebody holds this person’s row in a transaction that is not ended: a program that edits the register, or a person in it'
  const name = error instanceof Error ? error.name : typeof error
  return `it cannot be applied (${[name, state].filter(Boolean).join(' ')})`
}
