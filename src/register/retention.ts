// What is past its lifetime, what keeps it, and its deletion (R-19 … R-21). The database does it; evidence is figures only.
import { BadInput, NotAllowed } from '../domain/errors.ts'
import {
  type DataCategory,
  dataCategories,
  type HoldReason,
  type RetentionMode,
  routinePatienceDays,
} from '../domain/retention.ts'
import { writeAudit } from './audit.ts'
import { type Database, inTransaction, type RegisterClient, sql } from './database.ts'
import type { By } from './reviews.ts'

/** Lifetimes in days, and the categories that are deleted without asking. */
export type RetentionRules = { lifetimes: Record<string, number>; automatic: readonly string[] }

/** One category: how many rows are due now, why others are spared, since when the oldest is due. */
export type RetentionDue = {
  category: DataCategory
  days: number
  mode: RetentionMode
  due: number
  spared: Record<string, number>
  oldest: Date | null
  /** A routine that nobody has confirmed for too long. */
  overdue: boolean
}

/** What a run would delete now, category by category. Deletes nothing. */
export async function retentionDue(db: Database, rules: RetentionRules, at: Date): Promise<RetentionDue[]> {
  const found: RetentionDue[] = []
  for (const category of dataCategories) found.push(await dueOf(db, category, rules, at))
  return found
}

async function dueOf(db: Database, category: DataCategory, rules: RetentionRules, at: Date): Promise<RetentionDue> {
  const days = daysOf(rules, category)
  const mode: RetentionMode = rules.automatic.includes(category) ? 'automatic' : 'routine'
  const rows = await db.$queryRaw<{ spared: string | null; rows: bigint; oldest: Date }[]>(sql`
    select spared, count(*) as rows, min(due_at) as oldest from retention_due(${category}, ${days}::integer, ${at}::timestamptz)
    group by spared order by spared`)
  const free = rows.find(({ spared }) => spared === null)
  const oldest = free?.oldest ?? null
  const spared = rows.flatMap((row) => (row.spared === null ? [] : [[row.spared, Number(row.rows)] as const]))
  const overdue =
    mode === 'routine' && oldest !== null && at.getTime() - oldest.getTime() > routinePatienceDays * 86_400_000
  return { category, days, mode, due: Number(free?.rows ?? 0), spared: Object.fromEntries(spared), oldest, overdue }
}

function daysOf({ lifetimes }: RetentionRules, category: DataCategory): number {
  const days = lifetimes[category]
  if (days === undefined) throw new BadInput(`lifetimes.${category} is missing in lupa.yaml: say how long it is kept.`)
  return days
}

/** A person past their lifetime, for the operator who confirms. */
export type DuePerson = {
  personId: string
  name: string
  organisation: string | null
  dueAt: Date
  spared: string | null
}

/** A part of a list: at most `take` rows after the first `skip`. */
export type Part = { take?: number; skip?: number }

/** People past their lifetime, the longest first. */
export async function duePeople(
  db: Database,
  rules: RetentionRules,
  at: Date,
  { take = 200, skip = 0 }: Part = {},
): Promise<DuePerson[]> {
  return db.$queryRaw<DuePerson[]>(sql`
    select d.person_id as "personId", trim(concat(p.first_name, ' ', p.last_name)) as name, o.name as organisation,
      d.due_at as "dueAt", d.spared
    from retention_due('person', ${daysOf(rules, 'person')}::integer, ${at}::timestamptz) d
    join person p on p.id = d.person_id left join organisation o on o.id = p.organisation_id
    order by d.due_at, d.person_id limit ${take} offset ${skip}`)
}

/**
 * Deletes what is due in one category, a few hundred rows a transaction: whoever says no meanwhile does not wait. Writes the
 * evidence once, in figures, when anything was deleted. A repeat after a crash goes on where it stopped. Returns how many rows.
 */
export async function runRetention(
  db: RegisterClient,
  category: DataCategory,
  rules: RetentionRules,
  { actor, at, mode }: By & { mode: RetentionMode },
): Promise<number> {
  const days = daysOf(rules, category)
  let deleted = 0
  for (let gone = 1; gone > 0; ) {
    gone = await expirePage(db, category, days, { actor, at, mode })
    deleted += gone
  }
  return deleted
}

/** A person takes what is theirs along, and holds up campaigns meanwhile; other rows are light. */
const pageOf = (category: DataCategory) => (category === 'person' ? 200 : 5000)

async function expirePage(
  db: RegisterClient,
  category: DataCategory,
  days: number,
  { actor, at, mode }: By & { mode: RetentionMode },
): Promise<number> {
  return inTransaction(db, async (tx) => {
    const [row] = await tx.$queryRaw<{ gone: number }[]>(sql`
      select expire_rows(${category}, ${days}::integer, ${at}::timestamptz, ${actor}, ${pageOf(category)}::integer) as gone`)
    const deleted = row?.gone ?? 0
    if (deleted === 0) return 0
    await tx.$executeRaw(sql`insert into retention_run (category, mode, days, ran_at, actor, deleted)
      values (${category}, ${mode}, ${days}, ${at}::timestamptz, ${actor}, ${deleted})`)
    await writeAudit(tx, { at, actor, action: 'retention-ran', facts: { category, mode, days, deleted } })
    return deleted
  })
}

/** Deletions of the past, the latest first: when, by whom, of what, how many. */
export async function retentionRuns(db: Database, { take = 100, skip = 0 }: Part = {}) {
  return db.$queryRaw<
    { ranAt: Date; category: string; mode: string; days: number; actor: string; deleted: number }[]
  >(sql`
    select ran_at as "ranAt", category, mode, days, actor, sum(deleted)::integer as deleted from retention_run
    group by ran_at, category, mode, days, actor order by ran_at desc, category limit ${take} offset ${skip}`)
}

export type Hold = {
  id: string
  personId: string
  name: string
  reason: HoldReason
  text: string
  until: Date
  placedAt: Date
  over: boolean
}

/** Keeps a person past their lifetime, for a reason of the notice, in words, until a day. Throws BadInput. */
export async function placeHold(
  db: Database,
  { personId, reason, text, until }: { personId: string; reason: HoldReason; text: string; until: Date },
  { actor, at }: By,
): Promise<{ id: string }> {
  if (text.trim() === '')
    throw new BadInput('Say with --text why the data are still needed: the reason alone proves nothing.')
  if (until <= at) throw new BadInput('A hold ends in the future: give --until a later day.')
  return inTransaction(db, async (tx) => {
    const [row] = await tx.$queryRaw<{ id: string }[]>(sql`
      insert into retention_hold (person_id, reason, text, until, placed_at, placed_by)
      values (${personId}::uuid, ${reason}, ${text.trim()}, ${until}::timestamptz, ${at}::timestamptz, ${actor}) returning id::text as id`)
    const { id } = row as { id: string }
    await writeAudit(tx, { at, actor, action: 'hold-placed', subject: personId, facts: { hold: Number(id), reason } })
    return { id }
  })
}

/** Ends a hold before its day. Throws BadInput, NotAllowed. */
export async function endHold(db: Database, id: string, { actor, at }: By): Promise<{ personId: string }> {
  return inTransaction(db, async (tx) => {
    const found = /^\d{1,18}$/.test(id) ? await tx.retentionHold.findUnique({ where: { id: BigInt(id) } }) : null
    if (!found) throw new BadInput(`There is no hold ${id}: \`lupa retention holds\` shows them.`)
    if (found.endedAt) throw new NotAllowed(`The hold ${id} has ended already.`)
    await tx.retentionHold.update({ where: { id: found.id }, data: { endedAt: at } })
    await writeAudit(tx, { at, actor, action: 'hold-ended', subject: found.personId, facts: { hold: Number(id) } })
    return { personId: found.personId }
  })
}

/** Holds nobody has ended, the first to end first; those whose day is over hold nothing any more. */
export async function listHolds(db: Database, at: Date, { take = 10_000, skip = 0 }: Part = {}): Promise<Hold[]> {
  return db.$queryRaw<Hold[]>(sql`
    select h.id::text as id, h.person_id as "personId", trim(concat(p.first_name, ' ', p.last_name)) as name, h.reason, h.text, h.until,
      h.placed_at as "placedAt", h.until <= ${at}::timestamptz as over
    from retention_hold h join person p on p.id = h.person_id where h.ended_at is null order by h.until, h.id
    limit ${take} offset ${skip}`)
}
