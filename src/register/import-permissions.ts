// What a file says of permission and prohibition, into the ledger. It is never the person's own act: it can permit where
// nothing forbids, and forbid always; it lifts nothing (R-31, I5).
import { sql } from './database.ts'
import type { ImportWork } from './import-staging.ts'

/** Appends what is new in the file; the same file a second time appends nothing. A file without such columns says nothing. */
export async function applyPermissions(work: ImportWork): Promise<void> {
  if (!work.mapped.permission) return
  await decideProhibitions(work)
  await permit(work)
  await takeBack(work)
  await prohibit(work)
  await prohibitMerged(work)
  await work.tx.$executeRaw(sql`
    update person p set file_says = s.file_says from staged_person s
    where p.id = s.id and not s.suppressed and p.file_says is distinct from s.file_says`)
}

/** A permission with source and date is usable; any other waits for review. */
async function permit({ tx, importId, actor, at }: ImportWork): Promise<void> {
  await tx.$executeRaw(sql`
    with fresh as (
      insert into permission_entry (person_id, says, at, channel, actor, source, usable, once_key, import_id, recorded_at)
      select s.id, 'permission', s.permission_at, 'register-file', ${actor}, s.said_source, s.usable,
        concat_ws('|', 'file', s.id, 'permission', case when s.usable then extract(epoch from s.permission_at) end, md5(s.said_source)),
        ${importId}::uuid, ${at}::timestamptz
      from staged_person s
      where s.permitted and not s.suppressed and not exists (
        select from permission_entry e where e.person_id = s.id and e.says = 'permission' and e.usable = s.usable
          and e.source is not distinct from s.said_source and (not s.usable or e.at = s.permission_at))
      on conflict (once_key) do nothing returning person_id
    )
    update staged_person s set changed = true from fresh where s.id = fresh.person_id`)
}

/** A file that said permission and now says nothing documents it no more. */
async function takeBack({ tx, importId, actor, at }: ImportWork): Promise<void> {
  await tx.$executeRaw(sql`
    with fresh as (
      insert into permission_entry (person_id, says, at, channel, actor, once_key, import_id, recorded_at)
      select s.id, 'unknown', ${at}::timestamptz, 'register-file', ${actor}, concat_ws('|', 'file', s.id, 'unknown', ${importId}::text),
        ${importId}::uuid, ${at}::timestamptz
      from staged_person s join person p on p.id = s.id
      where s.file_says = 'unknown' and p.file_says in ('permission', 'both') and not s.suppressed
      on conflict (once_key) do nothing returning person_id
    )
    update staged_person s set changed = true from fresh where s.id = fresh.person_id`)
}

/**
 * Which prohibitions are news, and from when. A tick that was not there at the last import counts from now where the person
 * has permitted since its date: the row's date may be older than the tick. One without any date is news when it is fresh.
 */
async function decideProhibitions({ tx, at }: ImportWork): Promise<void> {
  await tx.$executeRaw(sql`
    create temp table fresh_prohibition on commit drop as
    select s.id as person_id, s.dated, s.known and coalesce(p.file_says, 'unknown') not in ('prohibition', 'both') as ticked,
      case when s.known and coalesce(p.file_says, 'unknown') not in ('prohibition', 'both')
          and p.permission = 'permission' and p.permission_at >= s.prohibition_at then ${at}::timestamptz
        else s.prohibition_at end as at
    from staged_person s join person p on p.id = s.id
    where s.prohibited and not s.suppressed`)
  await tx.$executeRaw(sql`
    delete from fresh_prohibition f
    where exists (select from permission_entry e where e.person_id = f.person_id and e.says = 'prohibition'
      and (e.at = f.at or (not f.dated and not f.ticked)))`)
}

/** A row that is another person's since a merge adds nothing but its no. */
async function prohibitMerged({ tx, importId, actor }: ImportWork): Promise<void> {
  await tx.$executeRaw(sql`
    select prohibit(m.person_id, s.prohibition_at, 'register-file', ${actor}, null,
      concat_ws('|', 'file', m.person_id, m.key, 'prohibition', extract(epoch from s.prohibition_at)), '{}', null, ${importId}::uuid)
    from staged_person s join merged_record m on m.register = s.register and m.key = s.key
    where s.prohibited order by m.person_id`)
}

/** The same as the function `prohibit` does for one person: the entry, the suppressed address, the outside ledger, the audit. */
async function prohibit({ tx, importId, actor, at }: ImportWork): Promise<void> {
  await tx.$executeRaw(sql`
    insert into permission_entry (person_id, says, at, channel, actor, once_key, import_id, recorded_at)
    select f.person_id, 'prohibition', f.at, 'register-file', ${actor}, concat_ws('|', 'file', f.person_id, 'prohibition', extract(epoch from f.at)),
      ${importId}::uuid, ${at}::timestamptz
    from fresh_prohibition f on conflict (once_key) do nothing`)
  await tx.$executeRaw(sql`
    insert into suppression as s (address_hash, kind, at)
    select hash, 'opted-out', max(f.at) from fresh_prohibition f join person p on p.id = f.person_id, unnest(p.address_hashes) hash
    group by hash order by hash
    on conflict (address_hash, kind) do update set at = excluded.at where s.at < excluded.at`)
  await tx.$executeRaw(sql`
    insert into ledger_outbox (entry, created_at)
    select jsonb_build_object('kind', 'opt-out', 'at', f.at, 'subject', p.id, 'addresses', p.address_hashes, 'channel', 'register-file',
      'onceKey', concat_ws('|', 'file', f.person_id, 'prohibition', extract(epoch from f.at))), ${at}::timestamptz
    from fresh_prohibition f join person p on p.id = f.person_id order by p.id`)
  await tx.$executeRaw(sql`
    insert into audit (seq, at, actor, action, subject, facts, previous, hash)
    select 0, ${at}::timestamptz, ${actor}, 'person-prohibited', person_id, '{"channel":"register-file"}', '', ''
    from fresh_prohibition order by person_id`)
  await tx.$executeRaw(sql`update staged_person s set changed = true from fresh_prohibition f where s.id = f.person_id`)
}
