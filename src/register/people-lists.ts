// People as pages of a list: searched, counted, and page by page.
import { type Page, pageOf, pageSize } from './console-overview.ts'
import { type Database, sql } from './database.ts'
import type { PersonLine } from './people.ts'

export type PeopleAsked = {
  /** A part of a name, an address or an organisation; empty: everybody. */
  text: string
  /** permission | prohibition | unknown; empty: all. */
  permission: string
  /** From 0. */
  page: number
}

/** One page of people by last name, and how many there are altogether. */
export async function peoplePage(db: Database, asked: PeopleAsked): Promise<Page<PersonLine> & { count: number }> {
  const from = sql`from person p left join organisation o on o.id = p.organisation_id where ${matching(asked)}`
  const [counted] = await db.$queryRaw<{ count: number }[]>(sql`select count(*)::int as count ${from}`)
  const rows = await db.$queryRaw<PersonLine[]>(sql`
    select p.id, trim(concat(p.first_name, ' ', p.last_name)) as name, p.title, o.name as organisation, p.email, p.permission
    ${from} order by p.last_name, p.first_name, p.id limit ${pageSize + 1} offset ${asked.page * pageSize}`)
  return { ...pageOf(rows), count: counted?.count ?? 0 }
}

function matching({ text, permission }: PeopleAsked) {
  const pattern = `%${text.trim().replace(/[\\%_]/g, '\\$&')}%`
  return sql`(${permission} = '' or p.permission = ${permission}) and (${text.trim()} = '' or p.email ilike ${pattern} or o.name ilike ${pattern}
    or concat_ws(' ', p.first_name, p.last_name) ilike ${pattern} or concat_ws(' ', p.last_name, p.first_name) ilike ${pattern})`
}

/** How many people there are, and how many say yes, no or neither. */
export async function permissionCounts(
  db: Database,
): Promise<{ people: number; permission: number; prohibition: number; unknown: number }> {
  const [row] = await db.$queryRaw<{ people: number; permission: number; prohibition: number; unknown: number }[]>(sql`
    select count(*)::int as people, count(*) filter (where permission = 'permission')::int as permission,
      count(*) filter (where permission = 'prohibition')::int as prohibition,
      count(*) filter (where permission not in ('permission', 'prohibition'))::int as unknown from person`)
  return row ?? { people: 0, permission: 0, prohibition: 0, unknown: 0 }
}

/** What the audit trail says of a person, the newest first; at most `most`. */
export async function auditOf(db: Database, personId: string, most = 100) {
  return db.audit.findMany({
    ...{ where: { subject: personId }, orderBy: { seq: 'desc' }, take: most },
    select: { at: true, actor: true, action: true },
  })
}

/** Holds of a person that nobody has ended. */
export async function holdsOf(db: Database, personId: string) {
  return db.retentionHold.findMany({ where: { personId, endedAt: null }, orderBy: { until: 'asc' } })
}

/** The people whom somebody means by a whole name or an address, at most two: one is an answer, two are a question. */
export async function peopleNamed(db: Database, text: string): Promise<{ id: string; name: string }[]> {
  const meant = text.trim().toLowerCase()
  if (meant === '') return []
  return db.$queryRaw<{ id: string; name: string }[]>(sql`
    select id, trim(concat(first_name, ' ', last_name)) as name from person
    where lower(email) = ${meant} or lower(concat_ws(' ', first_name, last_name)) = ${meant} or lower(concat_ws(' ', last_name, first_name)) = ${meant}
    order by id limit 2`)
}
