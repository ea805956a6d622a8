// Everything the register holds about one person (GDPR Art. 15, R-10): every row of every table, in one snapshot. A test walks the
// foreign keys of the live schema: a table that names a person and is not here fails it.
import { BadInput } from '../domain/errors.ts'
import type { KeyRing } from '../ledger/key-ring.ts'
import { writeAudit } from './audit.ts'
import { type Database, inTransaction, joinSql, rawSql, sql } from './database.ts'
import type { Prisma } from './generated/client.ts'
import { openNote } from './notes.ts'
import type { By } from './reviews.ts'

/** A row as the table holds it, column by column; a note is opened, a recipient comes with its campaign. */
export type ConcernedRow = Record<string, unknown>
export type ConcernedTable = keyof typeof places
export type ConcernedRows = Record<ConcernedTable, ConcernedRow[]>

const mine = sql`(select id from recipient where person_id = (select id from who))`
const hashes = sql`(select address_hashes from who)::text[]`
const entries = sql`(select once_key from permission_entry where person_id = (select id from who))`
const who = (column: string) => sql`t.${rawSql(column)} = (select id from who)`

/** Where rows about a person are, in the order in which they are shown, and how they are found. */
const places = {
  person: who('id'),
  organisation: sql`t.id = (select organisation_id from who)`,
  prohibited_domain: sql`t.domain = (select domain from who)`,
  collection: who('person_id'),
  permission_entry: who('person_id'),
  recipient: who('person_id'),
  feedback: sql`(t.person_id = (select id from who) or t.recipient_id in ${mine})`,
  disclosure: sql`t.id in (select disclosure_id from disclosure_person where person_id = (select id from who))`,
  disclosure_person: who('person_id'),
  activity: who('person_id'),
  note: who('person_id'),
  correction: who('person_id'),
  review_item: who('person_id'),
  request: who('person_id'),
  retention_hold: who('person_id'),
  merged_record: who('person_id'),
  sign_up: sql`(t.address_hashes && ${hashes} or 'sign-up|' || t.id in ${entries})`,
  suppression: sql`t.address_hash = any (${hashes})`,
  audit: sql`(t.subject = (select id from who) or t.subject in (select gone_id from merged_record where person_id = (select id from who)))`,
  import_change: sql`(t.what = 'person' and t.row_id = (select id::text from who) or t.what = 'activity'
    and t.row_id in (select a.id::text from activity a where a.person_id = (select id from who)))`,
  recipient_tool_id: sql`t.recipient_id in ${mine}`,
  recipient_alias: sql`t.recipient_id in ${mine}`,
  webhook_delivery: sql`(t.address_hashes && ${hashes}
    or t.tool_id_hashes && array(select hash from recipient_tool_id where recipient_id in ${mine}))`,
  ledger_outbox: sql`(t.entry ->> 'subject' = (select id::text from who) or t.entry -> 'addresses' ?| ${hashes})`,
} satisfies Record<string, Prisma.Sql>

/** The tables that can hold a row about a person, in the order in which they are shown. */
export const concernedTables = Object.keys(places) as ConcernedTable[]

/**
 * Reads every row about a person, and writes down first that it was done. `without` leaves tables out, the notes for instance
 * when they say things about others (Art. 15(4)).
 * @throws BadInput when there is no such person, NotAllowed when a key that a note needs is missing.
 */
export async function rowsAbout(
  db: Database,
  keys: KeyRing,
  id: string,
  { actor, at }: By,
  without: ConcernedTable[] = [],
): Promise<ConcernedRows> {
  const wanted = concernedTables.filter((table) => !without.includes(table))
  return inTransaction(db, async (tx) => {
    if ((await tx.person.count({ where: { id } })) === 0)
      throw new BadInput(`There is no person ${id}: perhaps they have been erased.`)
    await writeAudit(tx, { at, actor, action: 'person-exported', subject: id, facts: { tables: wanted.length } })
    // One statement is one snapshot.
    const found = await tx.$queryRaw<{ name: ConcernedTable; row: ConcernedRow }[]>(sql`
      with who as (select * from person where id = ${id}::uuid)
      ${joinSql(wanted.map(rowsOf), ' union all ')}
      order by place, number`)
    const rows = Object.fromEntries(concernedTables.map((table) => [table, [] as ConcernedRow[]])) as ConcernedRows
    for (const { name, row } of found) rows[name].push(name === 'note' ? opened(keys, id, row) : row)
    return rows
  })
}

function rowsOf(table: ConcernedTable): Prisma.Sql {
  const more = table === 'recipient' ? sql` || ${campaignOfRow}` : sql``
  return sql`select ${concernedTables.indexOf(table)} as place, row_number() over (order by t.ctid) as number, ${table} as name,
    to_jsonb(t)${more} as row from ${rawSql(table)} t where ${places[table]}`
}

/** A disclosure says to whom, with what, in which campaign, sent when. */
const campaignOfRow = sql`(select jsonb_build_object('campaign', c.name, 'subject', c.subject, 'tool', c.tool, 'campaign_sent_at', c.sent_at)
  from campaign c where c.id = t.campaign_id)`

function opened(keys: KeyRing, personId: string, { sealed, key_id, ...row }: ConcernedRow): ConcernedRow {
  // PostgreSQL writes bytea in JSON as \x and hexadecimal digits.
  return { ...row, text: openNote(keys, personId, String(key_id), Buffer.from(String(sealed).slice(2), 'hex')) }
}
