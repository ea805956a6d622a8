// Staged people into the register: who they are, how they were collected, what is noted about them.
import { noSql, rawSql, sql } from './database.ts'
import { assign, countRows, differ } from './import-organisations.ts'
import type { ImportWork } from './import-staging.ts'
import type { RowCounts } from './imports.ts'

/** Adds and updates people; `applyPermissions` runs once they are there. Suppressed rows leave no trace. */
export async function applyPeople(work: ImportWork, applyPermissions: () => Promise<void>): Promise<RowCounts> {
  await findOrganisations(work)
  await keepCorrectedAddresses(work)
  await keepCorrections(work)
  await noteBefore(work)
  if (work.mapped.address) await carryOptOuts(work)
  await updatePeople(work)
  await addPeople(work)
  await applyPermissions()
  await applyCollections(work)
  if (work.mapped.notes) await applyNotes(work)
  return countRows(work, 'staged_person')
}

async function findOrganisations({ tx }: ImportWork): Promise<void> {
  await tx.$executeRaw(sql`
    update staged_person s set organisation_id = o.id from organisation o
    where o.register = s.organisation_register and o.key = s.organisation_key`)
}

/** An address that the operator corrected stays, as long as the file still holds the very cell that was corrected. */
async function keepCorrectedAddresses({ tx, mapped }: ImportWork): Promise<void> {
  if (!mapped.address) return
  await tx.$executeRaw(sql`
    update staged_person s
    set email = p.email, email_nature = p.email_nature, email_doubtful = p.email_doubtful, address_hashes = p.address_hashes,
      domain = p.domain
    from person p
    where p.id = s.id and s.email_doubtful and exists (
      select from review_item i where i.person_id = s.id and i.code = 'DOUBTFUL_ADDRESS' and i.resolution = 'address-corrected'
        and i.once_key in (select 'DOUBTFUL_ADDRESS|' || s.id || '||' || hash from unnest(s.cell_hashes) hash))`)
}

/** What the operator corrected stays as long as the file still says what was corrected (GDPR Art. 16). */
async function keepCorrections({ tx, mapped }: ImportWork): Promise<void> {
  const columns = ['first_name', 'last_name', 'title', 'phone', 'email'].filter((one) => mapped.person.includes(one))
  for (const column of columns) {
    const [field, same] = [rawSql(column), rawSql(column === 'email' ? addressColumns : `${column} = p.${column}`)]
    await tx.$executeRaw(sql`
      update staged_person s set ${same} from correction c join person p on p.id = c.person_id
      where c.person_id = s.id and c.field = ${column} and lower(c.was) is not distinct from lower(nullif(s.${field}, ''))
        and not s.suppressed and not s.email_doubtful`)
  }
}

const addressColumns = ['email', 'email_nature', 'email_doubtful', 'address_hashes', 'domain']
  .map((column) => `${column} = p.${column}`)
  .join(', ')

/** Marks whom the file changes, and writes down how they were. */
async function noteBefore({ tx, importId, mapped }: ImportWork): Promise<void> {
  await tx.$executeRaw(sql`
    update staged_person s set changed = true from person p
    where p.id = s.id and not s.suppressed and ${differ(mapped.person, 'p')}`)
  await tx.$executeRaw(sql`
    insert into import_change (import_id, what, row_id, before)
    select ${importId}::uuid, 'person', s.id, case when s.known then to_jsonb(p) end
    from staged_person s left join person p on p.id = s.id
    where not s.suppressed and (s.changed or not s.known or (${mapped.permission} and p.file_says is distinct from s.file_says))`)
}

/** An opt-out known only by the address becomes the person's own before the address changes: a new one must not undo it (I5). */
async function carryOptOuts({ tx, importId, actor }: ImportWork): Promise<void> {
  await tx.$executeRaw(sql`
    insert into permission_entry (person_id, says, at, channel, actor, evidence, once_key, import_id)
    select p.id, 'prohibition', said.at, 'register-file', ${actor}, 'opted out under the address before', 'carried|' || p.id || '|' || extract(epoch from said.at),
      ${importId}::uuid
    from staged_person s join person p on p.id = s.id
    cross join lateral (select max(b.at) as at from suppression b
      where b.address_hash = any (p.address_hashes) and b.kind = 'opted-out' and (b.lifted_at is null or b.lifted_at <= b.at)) said
    where s.changed and said.at is not null and (p.permission <> 'prohibition' or p.permission_at < said.at) and lower(p.email) is distinct from lower(s.email)
    on conflict (once_key) do nothing`)
}

/** A new address has not bounced; hashes of an old one are made anew, with the keys there are now. */
async function updatePeople({ tx, at, mapped }: ImportWork): Promise<void> {
  const columns = [...mapped.person, ...(mapped.address ? ['address_hashes', 'domain'] : [])]
  const bounces = sql`,
    bounced_at = case when p.address_hashes && s.address_hashes then p.bounced_at end,
    soft_bounces = case when p.address_hashes && s.address_hashes then p.soft_bounces else 0 end`
  if (columns.length === 0) return
  await tx.$executeRaw(sql`
    update person p set ${assign(columns)}, updated_at = ${at}::timestamptz ${mapped.address ? bounces : noSql}
    from staged_person s where p.id = s.id and s.changed`)
  if (!mapped.address) return
  await tx.$executeRaw(sql`
    update person p set address_hashes = s.address_hashes from staged_person s
    where p.id = s.id and not s.suppressed and p.address_hashes is distinct from s.address_hashes`)
}

async function addPeople({ tx, at, mapped }: ImportWork): Promise<void> {
  await tx.$executeRaw(sql`
    insert into person (id, organisation_id, register, key, first_name, last_name, title, phone, email, email_nature, email_doubtful,
      address_hashes, domain, relations, tags, added_at, changed_at, verified_at, file_says, kept_from, created_at, updated_at)
    select id, organisation_id, register, key, first_name, last_name, title, phone, email, email_nature, email_doubtful,
      address_hashes, domain, relations, tags, added_at, changed_at, verified_at, case when ${mapped.permission} then file_says end,
      ${at}::timestamptz, ${at}::timestamptz, ${at}::timestamptz
    from staged_person where not known and not suppressed`)
}

/** A person may have been collected in several ways; a file adds one, and takes none away. */
async function applyCollections({ tx, importId, at, mapped }: ImportWork): Promise<void> {
  await tx.$executeRaw(sql`
    with fresh as (
      insert into collection (person_id, source, ground, source_text, collected_at, import_id, recorded_at)
      select id, source, ground, source_text, coalesce(added_at, said_at), ${importId}::uuid, ${at}::timestamptz
      from staged_person where not suppressed and (not known or ${mapped.sources})
      on conflict do nothing returning person_id
    )
    update staged_person s set changed = true from fresh where s.id = fresh.person_id`)
}

/** The file's notes take the place of what the same file noted before; what an operator wrote stays. */
async function applyNotes({ tx, importId, at }: ImportWork): Promise<void> {
  await tx.$executeRaw(sql`
    with gone as (
      delete from note n using staged_person s
      where n.person_id = s.id and not s.suppressed and n.import_id is not null
        and not exists (select from staged_note t where t.person_id = n.person_id and n.digest = any (t.digests))
      returning n.person_id
    ), fresh as (
      insert into note (person_id, key_id, sealed, digest, noted_at, import_id)
      select t.person_id, t.key_id, t.sealed, t.digest, ${at}::timestamptz, ${importId}::uuid from staged_note t
      where not exists (select from note n where n.person_id = t.person_id and n.digest = any (t.digests))
      on conflict do nothing returning person_id
    )
    update staged_person s set changed = true
    where s.id in (select person_id from gone union all select person_id from fresh)`)
}
