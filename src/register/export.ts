// The register out into a file: as CSV or .xlsx in the columns that the bundled mapping reads back, or as JSON. A page at a time.
import path from 'node:path'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { BadInput } from '../domain/errors.ts'
import { writeAudit } from './audit.ts'
import { type Database, inTransaction, sql } from './database.ts'
import { writeNewFile } from './new-file.ts'
import { put, writeTable } from './table-file.ts'

export type ExportFormat = 'csv' | 'xlsx' | 'json'
export type ExportResult = { people: number; organisations: number; activities: number; format: ExportFormat }

/**
 * Writes everyone to `file` (.csv, .xlsx or .json; mode 0600), and writes down that it was done. Confidential notes are never
 * in it. CSV and .xlsx hold organisations in the rows of their people; JSON holds all organisations and activities too.
 * @throws BadInput for another kind of file, too many people for a workbook, or a file that is there already unless `force`.
 */
export async function exportRegister(
  db: Database,
  file: string,
  { force = false, actor, at }: { force?: boolean; actor: string; at: Date },
): Promise<ExportResult> {
  const format = path.extname(file).toLowerCase().slice(1)
  if (format !== 'csv' && format !== 'xlsx' && format !== 'json')
    throw new BadInput(`${path.basename(file)} is neither .csv, .xlsx nor .json: name the file so.`)
  const counts = await writeNewFile(file, force, (out) =>
    inSnapshot(db, (tx) => (format === 'json' ? writeJson(tx, out) : writePeople(tx, out, format))),
  )
  await writeAudit(db, { at, actor, action: 'register-exported', facts: { format, people: counts.people } })
  return { ...counts, format }
}

/** One moment's view of the register, however long the writing takes. */
export async function inSnapshot<T>(db: Database, work: (tx: Database) => Promise<T>): Promise<T> {
  if (!('$transaction' in db)) return inTransaction(db, work)
  return db.$transaction(work, { isolationLevel: 'RepeatableRead', timeout: 6 * 3_600_000, maxWait: 10_000 })
}

/** The columns of the table, as mappings/lupa-csv.yaml names them. */
const columns = [
  'register',
  'key',
  'first_name',
  'last_name',
  'title',
  'email',
  'phone',
  'relation',
  'tags',
  'permission',
  'permission_at',
  'permission_source',
  'source',
  'ground',
  'source_text',
  'added_at',
  'changed_at',
  'organisation_register',
  'organisation_key',
  'organisation_name',
  'business_id',
  'street',
  'postal_code',
  'city',
  'country',
  'website',
  'organisation_phone',
  'organisation_added_at',
] as const

async function writePeople(db: Database, out: Writable, format: 'csv' | 'xlsx') {
  const organisations = new Set<string>()
  let people = 0
  async function* rows() {
    for await (const page of pages(db, personPage)) {
      for (const { organisation_id } of page) if (organisation_id) organisations.add(organisation_id)
      people += page.length
      yield page.map((row) => ({ ...row, relation: row.relations.join(';'), tags: row.tags.join(';') }))
    }
  }
  await writeTable(out, format, columns, rows())
  return { people, organisations: organisations.size, activities: 0 }
}

/** Written by hand around the rows, so that a million of them never stand in memory. */
async function writeJson(db: Database, out: Writable) {
  const counts = { people: 0, organisations: 0, activities: 0 }
  const list = async (name: keyof typeof counts, rows: AsyncGenerator<object[]>) => {
    await put(out, `${name === 'organisations' ? '{' : ','}\n${JSON.stringify(name)}:[`)
    for await (const page of rows) {
      for (const row of page) {
        await put(out, `${counts[name] > 0 ? ',' : ''}\n${JSON.stringify(row)}`)
        counts[name] += 1
      }
    }
    await put(out, '\n]')
  }
  await list('organisations', pages(db, organisationPage))
  await list('people', pages(db, personPage))
  await list('activities', pages(db, activityPage))
  out.end('\n}\n')
  await finished(out)
  return counts
}

export type Page<T> = (db: Database, after: string | null) => Promise<T[]>

/** Keyset paging: each page begins behind the last row of the one before. */
export async function* pages<T extends { id: string }>(db: Database, read: Page<T>): AsyncGenerator<T[]> {
  for (let after: string | null = null; ; ) {
    const page: T[] = await read(db, after)
    if (page.length === 0) return
    yield page
    after = page.at(-1)!.id
  }
}

type PersonRow = Record<(typeof columns)[number], unknown> & {
  id: string
  organisation_id: string | null
  relations: string[]
  tags: string[]
}

/**
 * People with what the ledger says of them now. An address that was opted out says prohibition here, because the file cannot
 * carry the suppression (I5). A permission under review keeps its gap, of source or of date, so that it stays under review.
 */
const personPage: Page<PersonRow> = (db, after) =>
  db.$queryRaw<PersonRow[]>(sql`
  select p.id, p.organisation_id, p.register, p.key, p.first_name, p.last_name, p.title, p.phone, p.relations, p.tags, p.added_at, p.changed_at,
    case when p.email_doubtful then coalesce(doubt.cell, 'osoite tarkistettava') else p.email end as email,
    case when said.barred_at is not null or p.permission = 'prohibition' then 'prohibition'
      when p.under_review then 'permission' else p.permission end as permission,
    case when p.permission = 'prohibition' then p.permission_at when said.barred_at is not null then said.barred_at
      when not p.under_review then p.permission_at when granted.source is null then granted.at end as permission_at,
    case when said.barred_at is null and p.permission <> 'prohibition' then granted.source end as permission_source,
    c.source, c.ground, c.source_text,
    o.register as organisation_register, o.key as organisation_key, o.name as organisation_name, o.business_id, o.street, o.postal_code,
    o.city, o.country, o.website, o.phone as organisation_phone, o.added_at as organisation_added_at
  from person p
  left join organisation o on o.id = p.organisation_id
  left join lateral (select i.detail as cell from review_item i
    where i.person_id = p.id and i.code = 'DOUBTFUL_ADDRESS' and i.resolved_at is null order by i.id desc limit 1) doubt on true
  left join lateral (select max(s.at) as barred_at from suppression s
    where s.address_hash = any (p.address_hashes) and (s.lifted_at is null or s.lifted_at <= s.at)) said on true
  left join lateral (select e.source, e.at from permission_entry e
    where e.person_id = p.id and e.says = 'permission' and (p.under_review and not e.usable or e.usable and e.at = p.permission_at)
    order by e.at desc, e.id desc limit 1) granted on true
  left join lateral (select k.source, k.ground, k.source_text from collection k where k.person_id = p.id order by k.id limit 1) c on true
  where ${after}::uuid is null or p.id > ${after}::uuid
  order by p.id limit 1000`)

const organisationPage: Page<{ id: string }> = (db, after) =>
  db.$queryRaw<{ id: string }[]>(sql`
  select id, register, key, name, business_id, street, postal_code, city, country, website, phone, added_at, prohibited_at
  from organisation where ${after}::uuid is null or id > ${after}::uuid order by id limit 1000`)

const activityPage: Page<{ id: string }> = (db, after) =>
  db.$queryRaw<{ id: string }[]>(sql`
  select a.id::text as id, a.register, a.source_table as table, a.key, a.person_id, a.organisation_id, a.kind, a.at, a.ended_at, a.title, a.text,
    a.quantity::text, a.price::text
  from activity a where ${after}::bigint is null or a.id > ${after}::bigint order by a.id limit 1000`)
