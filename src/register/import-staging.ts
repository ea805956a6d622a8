// Pages of a file on their way in: kept in temporary tables of the import's transaction, each row already knowing whether
// the register has it. The register itself is only touched, and locked, once the whole file has been read.
import type { IntakeActivity, IntakeOrganisation, IntakePerson } from '../intake/intake-page.ts'
import type { KeyRing } from '../ledger/key-ring.ts'
import { sql } from './database.ts'
import type { Prisma } from './generated/client.ts'
import type { MappedFields } from './mapped-fields.ts'
import { sealNote } from './notes.ts'
import { recordHashes, tombstoneHashes } from './tombstones.ts'

/** What every step of one import works with. */
export type ImportWork = {
  tx: Prisma.TransactionClient
  keys: KeyRing
  importId: string
  actor: string
  at: Date
  mapped: MappedFields
}

/** Makes the temporary tables; they go when the transaction ends. */
export async function openStaging({ tx }: ImportWork): Promise<void> {
  for (const table of stagingTables) await tx.$executeRaw(table)
}

const stagingTables = [
  sql`create temp table staged_organisation (
    id uuid not null, known boolean not null, changed boolean not null default false, register text not null, key text not null,
    name text not null, business_id text, street text, postal_code text, city text, country text, website text, phone text,
    added_at timestamptz, unique (register, key)) on commit drop`,
  sql`create temp table staged_person (
    id uuid not null, known boolean not null, changed boolean not null default false, suppressed boolean not null,
    register text not null, key text not null, organisation_register text, organisation_key text, organisation_id uuid,
    first_name text not null, last_name text not null, title text, phone text, email text, email_nature text,
    email_doubtful boolean not null, cell_hashes text[] not null, address_hashes text[] not null, domain text,
    relations text[] not null, tags text[] not null, added_at timestamptz, changed_at timestamptz, verified_at timestamptz,
    permitted boolean not null, prohibited boolean not null, usable boolean not null, said_at timestamptz, said_source text,
    permission_at timestamptz not null, prohibition_at timestamptz not null, dated boolean not null, file_says text not null,
    source text not null, ground text, source_text text, primary key (id), unique (register, key)) on commit drop`,
  sql`create temp table staged_note (
    person_id uuid not null, key_id text not null, sealed bytea not null, digest text not null, digests text[] not null)
    on commit drop`,
  sql`create temp table staged_finding (
    person_id uuid, register text not null, record text not null, code text not null, place text, detail text,
    hashes text[] not null) on commit drop`,
  sql`create temp table staged_activity (
    known bigint, changed boolean not null default false, suppressed boolean not null, person_id uuid, organisation_id uuid,
    register text not null, source_table text not null, key text not null, person_key text, organisation_key text,
    kind text not null, at timestamptz, ended_at timestamptz, title text, text text, quantity numeric, price numeric,
    unique (register, source_table, key)) on commit drop`,
]

/** Stages a page of organisations. */
export async function stageOrganisations({ tx }: ImportWork, organisations: IntakeOrganisation[]): Promise<void> {
  await tx.$executeRaw(sql`
    insert into staged_organisation (id, known, register, key, name, business_id, street, postal_code, city, country, website, phone, added_at)
    select coalesce(o.id, gen_random_uuid()), o.id is not null, r.*
    from jsonb_to_recordset(${JSON.stringify(organisations.map(organisationRow))}::jsonb) as r (
      register text, key text, name text, business_id text, street text, postal_code text, city text, country text, website text,
      phone text, added_at timestamptz)
    left join organisation o on o.register = r.register and o.key = r.key`)
}

function organisationRow({ businessId, postalCode, addedAt, ...same }: IntakeOrganisation) {
  return { ...same, business_id: businessId, postal_code: postalCode, added_at: addedAt }
}

/**
 * Stages a page of people, with their notes sealed and their findings. A row whose address or record has a tombstone is
 * marked suppressed, and nothing else of it is kept.
 */
export async function stagePeople(work: ImportWork, people: IntakePerson[]): Promise<void> {
  const staged = await work.tx.$queryRaw<{ n: number; id: string; suppressed: boolean }[]>(sql`
    with page as materialized (
      select coalesce(p.id, gen_random_uuid()) as id, p.id is not null as known,
        exists (select from suppression s where s.kind = 'erased' and s.address_hash = any (r.tombstones)
          and (s.lifted_at is null or s.lifted_at <= s.at))
          or exists (select from merged_record m where m.register = r.register and m.key = r.key) as suppressed, r.*
      from jsonb_to_recordset(${JSON.stringify(people.map((person, n) => personRow(work, person, n)))}::jsonb) as r (
        n integer, register text, key text, organisation_register text, organisation_key text, first_name text, last_name text,
        title text, phone text, email text, email_nature text, email_doubtful boolean, cell_hashes text[], address_hashes text[],
        tombstones text[], domain text, relations text[], tags text[], added_at timestamptz, changed_at timestamptz,
        verified_at timestamptz, permitted boolean, prohibited boolean, usable boolean, said_at timestamptz, said_source text,
        permission_at timestamptz, prohibition_at timestamptz, dated boolean, file_says text, source text, ground text,
        source_text text)
      left join person p on p.register = r.register and p.key = r.key
    ), kept as (
      insert into staged_person (id, known, suppressed, register, key, organisation_register, organisation_key, first_name, last_name,
        title, phone, email, email_nature, email_doubtful, cell_hashes, address_hashes, domain, relations, tags, added_at, changed_at,
        verified_at, permitted, prohibited, usable, said_at, said_source, permission_at, prohibition_at, dated, file_says, source,
        ground, source_text)
      select id, known, suppressed, register, key, organisation_register, organisation_key, first_name, last_name,
        title, phone, email, email_nature, email_doubtful, cell_hashes, address_hashes, domain, relations, tags, added_at, changed_at,
        verified_at, permitted, prohibited, usable, said_at, said_source, permission_at, prohibition_at, dated, file_says, source,
        ground, source_text
      from page
    )
    select n, id, suppressed from page`)
  const stored = staged.filter((row) => !row.suppressed).map(({ n, id }) => ({ id, person: people[n]! }))
  await stageNotes(work, stored)
  await stageFindings(
    work,
    stored.flatMap(({ id, person }) => person.findings.map((finding) => personFinding(work.keys, id, person, finding))),
  )
}

function personRow({ keys, at, mapped }: ImportWork, person: IntakePerson, n: number) {
  const { register, key, email, permission, collected } = person
  const address = email.kind === 'address' ? email : null
  return {
    n,
    register,
    key,
    organisation_register: person.organisationRegister ?? register,
    organisation_key: person.organisationKey,
    first_name: person.firstName ?? '',
    last_name: person.lastName ?? '',
    title: person.title,
    phone: person.phone,
    email: address?.address ?? null,
    email_nature: address?.nature ?? null,
    email_doubtful: email.kind === 'doubtful',
    cell_hashes: email.kind === 'doubtful' ? keys.hashes('note', email.cell) : [],
    address_hashes: address ? keys.hashes('email', address.matching) : [],
    tombstones: tombstoneHashes(keys, { register, key, matching: address?.matching ?? null }),
    domain: address?.domain ?? null,
    relations: person.relations,
    tags: person.tags,
    added_at: person.addedAt,
    changed_at: person.changedAt,
    verified_at: person.verifiedAt,
    ...saidOf(person, permission, at, mapped),
    source: collected.source,
    ground: collected.ground,
    // OTHER says in words what it is; where the file has none, it is the file's register itself.
    source_text: collected.text ?? (collected.source === 'OTHER' ? register : null),
  }
}

/**
 * What the row says of permission and prohibition, dated. Usable: with a source and a date that is not in the future.
 * A tick is dated by the row's last change, a status by its own date.
 */
function saidOf(person: IntakePerson, said: IntakePerson['permission'], at: Date, { permissionStatus }: MappedFields) {
  const { permitted, prohibited } = said
  const own = permissionStatus ? (said.at ?? person.changedAt) : (person.changedAt ?? said.at)
  const past = (date: Date | null) => (date !== null && date < at ? date : at)
  return {
    permitted,
    prohibited,
    usable: permitted && said.source !== null && said.at !== null && said.at <= at,
    said_at: said.at,
    said_source: said.source,
    permission_at: past(said.at ?? person.changedAt ?? person.addedAt),
    prohibition_at: past(own ?? person.addedAt),
    dated: own !== null,
    file_says: permitted ? (prohibited ? 'both' : 'permission') : prohibited ? 'prohibition' : 'unknown',
  }
}

async function stageNotes({ tx, keys }: ImportWork, stored: { id: string; person: IntakePerson }[]): Promise<void> {
  const notes = stored.flatMap(({ id, person }) => person.notes.map((text) => sealNote(keys, id, text)))
  if (notes.length === 0) return
  await tx.$executeRaw(sql`
    insert into staged_note (person_id, key_id, sealed, digest, digests)
    select r.person_id, r.key_id, decode(r.sealed, 'base64'), r.digests[1], r.digests
    from jsonb_to_recordset(${JSON.stringify(notes)}::jsonb) as r (person_id uuid, key_id text, sealed text, digests text[])`)
}

type StagedFinding = {
  person_id: string | null
  register: string
  record: string
  code: string
  place: string | null
  detail: string | null
  hashes: string[]
}

/** `hashes` are of what the finding is about: the same text is asked about once, another text again. */
function personFinding(
  keys: KeyRing,
  id: string,
  person: IntakePerson,
  { code, column }: IntakePerson['findings'][number],
): StagedFinding {
  const cell = code === 'DOUBTFUL_ADDRESS' && person.email.kind === 'doubtful' ? person.email.cell : null
  const { firstName, lastName, notes, permission } = person
  const about = code.startsWith('PERMISSION')
    ? [permission.at, permission.source]
    : code.startsWith('NAME') || code === 'FORBIDDEN_CHARACTERS_IN_NAME'
      ? [firstName, lastName]
      : notes
  return {
    person_id: id,
    register: person.register,
    record: person.key,
    code,
    place: column,
    // A cut-off surrogate pair is no text for a database.
    detail: cell === null ? null : Buffer.from(cell).toString(),
    hashes: keys.hashes('note', cell ?? JSON.stringify(about)),
  }
}

async function stageFindings({ tx }: ImportWork, findings: StagedFinding[]): Promise<void> {
  if (findings.length === 0) return
  await tx.$executeRaw(sql`
    insert into staged_finding (person_id, register, record, code, place, detail, hashes)
    select r.* from jsonb_to_recordset(${JSON.stringify(findings)}::jsonb) as r (
      person_id uuid, register text, record text, code text, place text, detail text, hashes text[])`)
}

/** Stages a page of activities; those of erased records are marked suppressed. */
export async function stageActivities(work: ImportWork, activities: IntakeActivity[]): Promise<void> {
  await work.tx.$executeRaw(sql`
    insert into staged_activity (known, suppressed, register, source_table, key, person_key, organisation_key, kind, at, ended_at,
      title, text, quantity, price)
    select a.id, exists (select from suppression s where s.kind = 'erased' and s.address_hash = any (r.tombstones)
        and (s.lifted_at is null or s.lifted_at <= s.at)),
      r.register, r.source_table, r.key, r.person_key, r.organisation_key, r.kind, r.at, r.ended_at, r.title, r.text, r.quantity, r.price
    from jsonb_to_recordset(${JSON.stringify(activities.map((one) => activityRow(work.keys, one)))}::jsonb) as r (
      tombstones text[], register text, source_table text, key text, person_key text, organisation_key text, kind text, at timestamptz,
      ended_at timestamptz, title text, text text, quantity numeric, price numeric)
    left join activity a on a.register = r.register and a.source_table = r.source_table and a.key = r.key`)
  await stageFindings(
    work,
    activities.flatMap((one) => (one.findings ?? []).map((finding) => activityFinding(work.keys, one, finding))),
  )
}

function activityRow(
  keys: KeyRing,
  { table, personKey, organisationKey, endedAt, findings: _, ...same }: IntakeActivity,
) {
  return {
    ...same,
    source_table: table,
    person_key: personKey,
    organisation_key: organisationKey,
    ended_at: endedAt,
    tombstones: personKey === null ? [] : recordHashes(keys, same.register, personKey),
  }
}

/** Whose activity it is is found when the people are in: `record` names it until then. */
function activityFinding(
  keys: KeyRing,
  activity: IntakeActivity,
  { code, column }: IntakePerson['findings'][number],
): StagedFinding {
  const place = [activity.table, column].filter(Boolean).join('.')
  const about = JSON.stringify([activity.key, activity.title, activity.text])
  const { register, personKey } = activity
  return {
    person_id: null,
    register,
    record: personKey ?? '',
    code,
    place,
    detail: null,
    hashes: keys.hashes('note', about),
  }
}
