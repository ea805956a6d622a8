// Findings of an import become review items: each asked once, and answered by the file itself when it is corrected there.
import { sql } from './database.ts'
import type { ImportWork } from './import-staging.ts'

/** Opens what is new and closes what the file no longer shows; returns how many review items were opened. */
export async function applyFindings(work: ImportWork): Promise<number> {
  const { tx, importId, at } = work
  await tx.$executeRaw(sql`
    update staged_finding f set person_id = p.id from person p
    where f.person_id is null and p.register = f.register and p.key = f.record`)
  await closeAnswered(work)
  return tx.$executeRaw(sql`
    insert into review_item (code, person_id, import_id, place, detail, created_at, once_key)
    select code, person_id, ${importId}::uuid, place, detail, ${at}::timestamptz, key
    from (
      select distinct on (once.key) f.*, once.key
      from staged_finding f
      cross join lateral (select ${onceKey} || f.hashes[1] as key) once
      where not exists (select from review_item i where i.once_key = any (array(select ${onceKey} || hash from unnest(f.hashes) hash)))
        and not exists (select from staged_activity a where f.person_id is null and a.suppressed and a.person_key = f.record and a.register = f.register)
    ) fresh
    order by register, length(record), record, code
    on conflict (once_key) do nothing`)
}

/** What makes a finding the same one. Addresses and permissions are asked about once, whatever their column is called in a file. */
const onceKey = sql`f.code || '|' || coalesce(f.person_id::text, f.register || ' ' || f.record) || '|' ||
  case when f.code = 'DOUBTFUL_ADDRESS' or f.code like 'PERMISSION%' then '' else coalesce(f.place, '') end || '|'`

/**
 * Its key is freed, so that the same trouble, should it come back, is asked about again. A status column cannot say permission
 * and prohibition at once: such a file answers nothing there.
 */
async function closeAnswered({ tx, importId, actor, at, mapped }: ImportWork): Promise<void> {
  await tx.$executeRaw(sql`
    update review_item i
    set resolved_at = ${at}::timestamptz, resolved_by = ${actor}, resolution = 'corrected-in-file', detail = null,
      once_key = i.once_key || '|' || ${importId}::text
    from staged_person s
    where i.person_id = s.id and not s.suppressed and i.resolved_at is null
      and ((${mapped.address} and i.code = 'DOUBTFUL_ADDRESS') or (${mapped.permission} and i.code like 'PERMISSION%'
        and not (${mapped.permissionStatus} and i.code = 'PERMISSION_AND_PROHIBITION')))
      and not exists (select from staged_finding f where f.person_id = s.id and f.code = i.code and (
        i.once_key = any (array(select ${onceKey} || hash from unnest(f.hashes) hash))))`)
}
