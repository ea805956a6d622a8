// Staged activities into the register, and from when people's lifetimes count.
import { sql } from './database.ts'
import { assign, differ, numbers } from './import-organisations.ts'
import type { ImportWork } from './import-staging.ts'
import type { RowCounts } from './imports.ts'

const columns = ['person_id', 'organisation_id', 'kind', 'at', 'ended_at', 'title', 'text', 'quantity', 'price']

/**
 * Adds and updates activities; those of erased people are suppressed. One of a record that the register does not know is kept
 * without an owner (R-54: none is lost), and finds it when a later import brings the record.
 */
export async function applyActivities(work: ImportWork): Promise<RowCounts> {
  const { tx, importId } = work
  await findOwners(work)
  const kept = sql`not s.suppressed`
  await tx.$executeRaw(sql`
    update staged_activity s set changed = true from activity a where a.id = s.known and ${kept} and ${differ(columns, 'a')}`)
  await tx.$executeRaw(sql`
    insert into import_change (import_id, what, row_id, before)
    select ${importId}::uuid, 'activity', a.id, to_jsonb(a) from staged_activity s join activity a on a.id = s.known where s.changed`)
  await tx.$executeRaw(
    sql`update activity a set ${assign(columns)} from staged_activity s where a.id = s.known and s.changed`,
  )
  await tx.$executeRaw(sql`
    with fresh as (
      insert into activity (register, source_table, key, person_id, organisation_id, kind, at, ended_at, title, text, quantity, price, import_id)
      select register, source_table, key, person_id, organisation_id, kind, at, ended_at, title, text, quantity, price, ${importId}::uuid
      from staged_activity s where s.known is null and ${kept} returning id
    )
    insert into import_change (import_id, what, row_id) select ${importId}::uuid, 'activity', id from fresh`)
  await setKeptFrom(work)
  const [row] = await tx.$queryRaw<Record<keyof RowCounts, bigint>[]>(sql`
    select count(*) as read, count(*) filter (where suppressed) as suppressed,
      0::bigint as rejected,
      count(*) filter (where ${kept} and known is null) as added,
      count(*) filter (where ${kept} and known is not null and changed) as updated,
      count(*) filter (where ${kept} and known is not null and not changed) as unchanged
    from staged_activity s`)
  return numbers(row)
}

async function findOwners({ tx }: ImportWork): Promise<void> {
  await tx.$executeRaw(sql`
    update staged_activity s set person_id = p.id from person p where p.register = s.register and p.key = s.person_key`)
  await tx.$executeRaw(sql`
    update staged_activity s set person_id = m.person_id from merged_record m where m.register = s.register and m.key = s.person_key`)
  await tx.$executeRaw(sql`
    update staged_activity s set organisation_id = o.id from organisation o
    where o.register = s.register and o.key = s.organisation_key`)
  await tx.$executeRaw(sql`
    update staged_activity s set suppressed = true from staged_person p
    where p.register = s.register and p.key = s.person_key and p.suppressed and s.person_id is null`)
}

/** The latest thing known to have happened with a person, never in the future; a later look at them is not forgotten. */
async function setKeptFrom({ tx, at }: ImportWork): Promise<void> {
  await tx.$executeRaw(sql`
    update person p set kept_from = latest.at
    from (
      select s.id, s.known, least(${at}::timestamptz, greatest(q.added_at, q.changed_at, q.permission_at, case when s.permitted then s.said_at end,
        (select max(greatest(a.at, a.ended_at)) from activity a where a.person_id = s.id))) as at
      from staged_person s join person q on q.id = s.id where not s.suppressed
    ) latest
    where p.id = latest.id and latest.at is not null and (not latest.known or p.kept_from < latest.at)
      and p.kept_from is distinct from latest.at`)
}
