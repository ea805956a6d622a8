// Staged organisations into the register.
import { rawSql, sql } from './database.ts'
import type { ImportWork } from './import-staging.ts'
import type { RowCounts } from './imports.ts'

/** Adds and updates organisations, each with how it was collected (R-46). */
export async function applyOrganisations(work: ImportWork): Promise<RowCounts> {
  const { tx, importId, at, mapped } = work
  const columns = mapped.organisation
  await tx.$executeRaw(sql`
    update staged_organisation s set changed = true from organisation o where o.id = s.id and ${differ(columns, 'o')}`)
  await tx.$executeRaw(sql`
    insert into import_change (import_id, what, row_id, before)
    select ${importId}::uuid, 'organisation', s.id, case when s.known then to_jsonb(o) end
    from staged_organisation s left join organisation o on o.id = s.id where s.changed or not s.known`)
  if (columns.length > 0) {
    await tx.$executeRaw(sql`
      update organisation o set ${assign(columns)}, updated_at = ${at}::timestamptz from staged_organisation s where o.id = s.id and s.changed`)
  }
  await tx.$executeRaw(sql`
    insert into organisation (id, register, key, name, business_id, street, postal_code, city, country, website, phone, added_at,
      created_at, updated_at)
    select id, register, key, name, business_id, street, postal_code, city, country, website, phone, added_at,
      ${at}::timestamptz, ${at}::timestamptz
    from staged_organisation where not known`)
  await tx.$executeRaw(sql`
    insert into collection (organisation_id, source, source_text, collected_at, import_id, recorded_at)
    select s.id, 'OTHER', s.register, s.added_at, ${importId}::uuid, ${at}::timestamptz from staged_organisation s
    where not exists (select from collection c where c.organisation_id = s.id)
    on conflict do nothing`)
  return countRows(work, 'staged_organisation')
}

/** Whether any of the columns differs between the register's row (`alias`) and the staged one (`s`). */
export function differ(columns: string[], alias: string) {
  if (columns.length === 0) return sql`false`
  const row = (name: string) => `row(${columns.map((column) => `${name}.${column}`).join(', ')})`
  return rawSql(`${row(alias)} is distinct from ${row('s')}`)
}

/** `a = s.a, b = s.b` for these columns. */
export function assign(columns: string[]) {
  return rawSql(columns.map((column) => `${column} = s.${column}`).join(', '))
}

/** What became of the rows of a staging table. `suppressed` says that it has that column. */
export async function countRows(
  { tx }: ImportWork,
  table: 'staged_organisation' | 'staged_person',
): Promise<RowCounts> {
  const suppressed = rawSql(table === 'staged_person' ? 'suppressed' : 'false')
  const [row] = await tx.$queryRaw<Record<keyof RowCounts, bigint>[]>(sql`
    select count(*) as read,
      count(*) filter (where ${suppressed}) as suppressed,
      count(*) filter (where not ${suppressed} and not known) as added,
      count(*) filter (where not ${suppressed} and known and changed) as updated,
      count(*) filter (where not ${suppressed} and known and not changed) as unchanged,
      0::bigint as rejected
    from ${rawSql(table)}`)
  return numbers(row)
}

/** The counts as numbers. */
export function numbers(row: Record<keyof RowCounts, bigint> | undefined): RowCounts {
  const count = (name: keyof RowCounts) => Number(row?.[name] ?? 0)
  return {
    read: count('read'),
    added: count('added'),
    updated: count('updated'),
    unchanged: count('unchanged'),
    suppressed: count('suppressed'),
    rejected: count('rejected'),
  }
}
