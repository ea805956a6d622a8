// Who must still be told that their data are here, and by when; that they were, or why they need not be (GDPR Art. 13, 14; ).
import {
  type Collected,
  type ExemptionGround,
  type GroundCode,
  indirectGrounds,
  indirectSources,
  type Proof,
  type SourceCode,
} from '../domain/collection.ts'
import { writeAudit } from './audit.ts'
import { type Database, inTransaction, rawSql, sql } from './database.ts'

/** How a person may be told, other than by a newsletter. */
export const meansOfInforming = ['mail', 'letter', 'phone', 'in-person', 'form'] as const
export type MeansOfInforming = (typeof meansOfInforming)[number]

/** Somebody whose data came from others and who has not been told. `due` is one calendar month after they were collected. */
export type Uninformed = {
  personId: string
  name: string
  source: string
  ground: string | null
  collectedAt: Date
  due: Date
  overdue: boolean
}

/** Whether the row `k` or `t` of collection has told its person: a newsletter that came back has not. */
const told = (row: 'k' | 't') => sql`(${rawSql(row)}.informed_at is not null and not exists (
  select from feedback f where ${rawSql(row)}.informed_by = 'newsletter' and f.campaign_id = ${rawSql(row)}.informed_campaign_id
    and f.person_id = ${rawSql(row)}.person_id and f.kind in ('bounced-hard', 'bounced-soft')))`

const indirect = sql`(k.source = any (${[...indirectSources]}::text[]) or k.ground = any (${[...indirectGrounds]}::text[]))`

// The month is one of Helsinki's calendar, its last day where it is shorter (Art. 14(3)(a)).
const uninformed = sql`
  select distinct on (k.person_id) k.person_id, k.source, k.ground, began.at as collected_at,
    (began.at at time zone 'Europe/Helsinki' + interval '1 month') at time zone 'Europe/Helsinki' as due
  from collection k cross join lateral (select coalesce(k.collected_at, k.recorded_at) as at) began
  where ${indirect} and k.person_id is not null
    and not exists (select from collection t where t.person_id = k.person_id and (${told('t')} or t.exempt_at is not null))
  order by k.person_id, began.at`

/** Those still to be told, the most urgent first; at most `take` after the first `skip`, or only those whose time is over. */
export async function listUninformed(
  db: Database,
  at: Date,
  { overdue = false, take = 500, skip = 0 }: { overdue?: boolean; take?: number; skip?: number } = {},
): Promise<Uninformed[]> {
  return db.$queryRaw<Uninformed[]>(sql`
    select u.person_id as "personId", trim(concat(p.first_name, ' ', p.last_name)) as name, u.source, u.ground,
      u.collected_at as "collectedAt", u.due, u.due < ${at}::timestamptz as overdue
    from (${uninformed}) u join person p on p.id = u.person_id
    where not ${overdue} or u.due < ${at}::timestamptz
    order by u.due, u.person_id limit ${take} offset ${skip}`)
}

/** How many people there are still to be told, and how many of them too late. */
export async function countUninformed(db: Database, at: Date): Promise<{ waiting: number; overdue: number }> {
  const [row] = await db.$queryRaw<{ waiting: number; overdue: number }[]>(sql`
    select count(*)::int as waiting, (count(*) filter (where u.due < ${at}::timestamptz))::int as overdue from (${uninformed}) u`)
  return row ?? { waiting: 0, overdue: 0 }
}

/**
 * How many people have not been told though their month is over: those collected on these grounds, or from these sources and on no
 * ground that asks for it by itself.
 */
export async function countLateToTell(
  db: Database,
  at: Date,
  { sources = [], grounds = [] }: { sources?: readonly SourceCode[]; grounds?: readonly GroundCode[] },
): Promise<number> {
  const [row] = await db.$queryRaw<{ late: number }[]>(sql`
    select count(*)::int as late from (${uninformed}) u where u.due < ${at}::timestamptz and exists (
      select from collection k where k.person_id = u.person_id and (k.ground = any (${[...grounds]}::text[])
        or k.source = any (${[...sources]}::text[]) and coalesce(k.ground, '') <> all (${[...indirectGrounds]}::text[])))`)
  return row?.late ?? 0
}

/** Writes down that these people were told now, under this notice; returns how many had not been. */
export async function recordInformed(
  db: Database,
  personIds: string[],
  how: { by: MeansOfInforming; noticeVersion: string; at: Date; actor: string },
): Promise<number> {
  return inTransaction(db, async (tx) => {
    const rows = await tx.$queryRaw<{ person_id: string }[]>(sql`
      with told as (
        update collection k set informed_at = ${how.at}::timestamptz, informed_by = ${how.by}, informed_campaign_id = null,
          notice_version = ${how.noticeVersion}
        where k.person_id = any (${personIds}::uuid[]) and not ${told('k')} returning k.person_id
      ) select distinct person_id from told`)
    return writeAudits(tx, rows, {
      ...how,
      action: 'person-informed',
      facts: { by: how.by, notice: how.noticeVersion },
    })
  })
}

/**
 * Writes down that these people need not be told, and why (GDPR Art. 14(5)); returns how many were still to be told. `because` is the
 * controller's own words, which the person may read.
 */
export async function recordExempt(
  db: Database,
  personIds: string[],
  how: { ground: ExemptionGround; because: string; at: Date; actor: string },
): Promise<number> {
  return inTransaction(db, async (tx) => {
    const rows = await tx.$queryRaw<{ person_id: string }[]>(sql`
      with exempt as (
        update collection k set exempt_ground = ${how.ground}, exempt_because = ${how.because}, exempt_at = ${how.at}::timestamptz
        where ${indirect} and k.person_id = any (${personIds}::uuid[])
          and k.person_id in (select u.person_id from (${uninformed}) u) returning k.person_id
      ) select distinct person_id from exempt`)
    return writeAudits(tx, rows, { ...how, action: 'person-exempted', facts: { ground: how.ground } })
  })
}

/** The ground of these people is gone: who has not been told must be told. Returns how many were exempt. */
export async function liftExemption(
  db: Database,
  personIds: string[],
  { at, actor }: { at: Date; actor: string },
): Promise<number> {
  return inTransaction(db, async (tx) => {
    const rows = await tx.$queryRaw<{ person_id: string }[]>(sql`
      with lifted as (
        update collection set exempt_ground = null, exempt_because = null, exempt_at = null
        where exempt_at is not null and person_id = any (${personIds}::uuid[]) returning person_id
      ) select distinct person_id from lifted`)
    return writeAudits(tx, rows, { at, actor, action: 'person-exemption-lifted', facts: {} })
  })
}

/** One entry for each person; returns how many. */
async function writeAudits(
  tx: Database,
  people: { person_id: string }[],
  { at, actor, action, facts }: { at: Date; actor: string; action: string; facts: Record<string, string> },
): Promise<number> {
  for (const { person_id: subject } of people) await writeAudit(tx, { at, actor, action, subject, facts })
  return people.length
}

/** How many people need not be told and have not been, by ground: `{ disproportionate: 12 }`. */
export async function countExempt(db: Database): Promise<Partial<Record<ExemptionGround, number>>> {
  const rows = await db.$queryRaw<{ ground: ExemptionGround; people: number }[]>(sql`
    select k.exempt_ground as ground, count(distinct k.person_id)::int as people from collection k
    where k.exempt_at is not null and not ${told('k')} group by 1 order by 1`)
  return Object.fromEntries(rows.map(({ ground, people }) => [ground, people]))
}

/** Keeps a notice that is in use. The first time counts. */
export async function rememberNotice(db: Database, notice: { version: string; url: string }, at: Date): Promise<void> {
  const { version, url } = notice
  await db.noticeVersion.createMany({ data: [{ version, url, seenAt: at }], skipDuplicates: true })
}

/** Every notice there has been, with how many people were told under it, and how. */
export async function listNotices(db: Database) {
  return db.$queryRaw<{ version: string; url: string | null; seenAt: Date | null; told: Record<string, number> }[]>(sql`
    select coalesce(n.version, t.notice_version) as version, n.url, n.seen_at as "seenAt", coalesce(t.told, '{}') as told
    from notice_version n full join (
      select notice_version, jsonb_object_agg(informed_by, people) as told from (
        select k.notice_version, coalesce(k.informed_by, 'form') as informed_by, count(distinct k.person_id) as people
        from collection k where ${told('k')} and k.notice_version is not null group by 1, 2
      ) by_means group by 1
    ) t on t.notice_version = n.version
    order by n.seen_at nulls first, 1`)
}

/** Adds a way in which a person was collected, with its proof; the others stay. Returns whether it was news. */
export async function addCollection(
  db: Database,
  personId: string,
  { source, ground, text }: Collected,
  { proof, collectedAt, at, actor }: { proof: Proof; collectedAt: Date; at: Date; actor: string },
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const { count } = await tx.collection.createMany({
      data: [{ personId, source, ground, sourceText: text, proof: JSON.stringify(proof), collectedAt, recordedAt: at }],
      skipDuplicates: true,
    })
    if (count > 0)
      await writeAudit(tx, { at, actor, action: 'ground-added', subject: personId, facts: { source, ground } })
    return count > 0
  })
}
