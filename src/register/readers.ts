// Who may read which column: the rights that the database really gives, not what we meant to give.
import { type Database, sql } from './database.ts'

/** `columns`: `table.column` → roles that may select it. `functions`: name → roles that may execute it. Roles without their prefix. */
export type Readers = { columns: Map<string, string[]>; functions: Map<string, string[]> }

/** The rights of the three roles, as they are now. The owner (the operator's commands) reads everything. */
export async function readersOf(db: Database): Promise<Readers> {
  const columns = await db.$queryRaw<{ name: string; roles: string[] }[]>(sql`
    select c.relname || '.' || a.attname as name,
      array(select substr(r.rolname, 6) from pg_roles r
        where r.rolname in ('lupa_sync', 'lupa_worker', 'lupa_web') and has_column_privilege(r.oid, c.oid, a.attnum, 'select')
        order by 1) as roles
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm', 'p', 'f')`)
  const functions = await db.$queryRaw<{ name: string; roles: string[] }[]>(sql`
    select p.proname as name,
      array(select substr(r.rolname, 6) from pg_roles r
        where r.rolname in ('lupa_sync', 'lupa_worker', 'lupa_web') and has_function_privilege(r.oid, p.oid, 'execute')
        order by 1) as roles
    from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef`)
  return {
    columns: new Map(columns.map(({ name, roles }) => [name, roles])),
    functions: new Map(functions.map(({ name, roles }) => [name, roles])),
  }
}
