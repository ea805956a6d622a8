// Who may do what in the register: every table, every column, every function, for each database role. The expectation is
// role-rights.txt, to be read before it is believed; `npx vitest run test/register/roles.test.ts -u` writes it anew.
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findRoleUrls, type Role, type RoleUrls, roles } from '../../src/register/migrate.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

let database: TestDatabase
let owner: pg.Client
let urls: RoleUrls
const logins = {} as Record<Role, pg.Client>

beforeAll(async () => {
  database = await testDatabase()
  owner = await connected(database.url)
  const found = await findRoleUrls(database.url, database.home, { sync: null, worker: null, web: null })
  expect(found.weak).toEqual([])
  urls = found.urls
  for (const role of roles) logins[role] = await connected(urls[role])
})
afterAll(async () => {
  for (const client of [owner, ...Object.values(logins)]) await client?.end()
  await database?.close()
})

test('each role may do exactly what the table of rights says, column by column', async () => {
  const parts = [await rightsOnTables(), await rightsOnFunctions(), await rightsOnTheRest()]

  await expect(`${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`).toMatchFileSnapshot('role-rights.txt')
})

const personal = [
  'person',
  'note',
  'activity',
  'organisation',
  'permission_entry',
  'suppression',
  'collection',
  'correction',
  'merged_record',
  'request',
  'retention_hold',
  'review_item',
  'sign_up',
]

test('a tool job reads no column of any table about people, however it asks', async () => {
  const { rows } = await owner.query(
    `select table_name, column_name from information_schema.columns
     where table_schema = 'public' and table_name = any ($1) order by 1, 2`,
    [personal],
  )
  expect(new Set(rows.map(({ table_name }) => table_name))).toEqual(new Set(personal))

  const readable: string[] = []
  for (const { table_name, column_name } of rows) {
    for (const wish of [
      `select ${column_name} from ${table_name} limit 0`,
      `select count(${column_name}) from ${table_name}`,
      `copy ${table_name} (${column_name}) to stdout`,
    ]) {
      if ((await stateOf(logins.sync, wish)) !== '42501') readable.push(wish)
    }
  }

  expect(readable).toEqual([])
})

test('a tool job can neither name a recipient’s person, nor write the columns that the claim decides by', async () => {
  const wishes = [
    'select person_id from recipient',
    'select person_id from feedback',
    'select evidence from feedback',
    'select * from recipient',
    'select * from eligibility(now())',
    'select * from permission_of(gen_random_uuid())',
    "update recipient set batch = 1 where state = 'excluded'",
    'update recipient set person_id = null',
    'update recipient set address_hash = null',
    'insert into recipient (campaign_id, state) select id, $$selected$$ from campaign',
    'insert into permission_entry (person_id, says, at, channel, actor, once_key) values (gen_random_uuid(), $$permission$$, now(), $$mail$$, $$x$$, $$x$$)',
    'update certificate set campaign_id = campaign_id',
    'insert into certificate (campaign_id, body, sha256, written_at) select id, $${}$$, $$x$$, now() from campaign',
  ]

  const answers: [string, string | null][] = []
  for (const wish of wishes) answers.push([wish, await stateOf(logins.sync, wish)])

  expect(answers).toEqual(wishes.map((wish) => [wish, '42501']))
})

test('no worker and no page reads a confidential note', async () => {
  const { rows } = await owner.query(
    `select attname from pg_attribute where attrelid = 'note'::regclass and attnum > 0`,
  )

  for (const role of roles) {
    for (const { attname } of rows) {
      expect({ role, attname, state: await stateOf(logins[role], `select ${attname} from note`) }).toEqual({
        role,
        attname,
        state: '42501',
      })
    }
  }
})

test('no role truncates anything, and a role deletes only what is not anybody’s', async () => {
  const tables = (await tableNames()).filter((name) => name !== '_prisma_migrations')
  const deletes: string[] = []

  for (const role of roles) {
    for (const table of tables) {
      expect({ role, table, state: await stateOf(logins[role], `truncate ${table} cascade`) }).toMatchObject({
        state: '42501',
      })
      const asked = await stateOf(logins[role], `delete from ${table} where false`)
      if (asked !== '42501') deletes.push(`${role}: ${table}`)
    }
  }

  expect(deletes).toEqual([
    ...['sync: set_aside', 'sync: tool_design'],
    ...['worker: retention_lifetime', 'worker: set_aside', 'worker: told', 'worker: worker_process'],
  ])
})

test('a login is nobody else: it takes no other role, makes nothing and changes no rule', async () => {
  const { rows } = await owner.query('select current_user as name')
  const logged: string[] = []
  for (const role of roles) logged.push((await logins[role].query('select session_user as name')).rows[0].name)
  const others = (role: Role) => [
    rows[0].name,
    ...roles.filter((one) => one !== role).map((one) => `lupa_${one}`),
    ...logged.filter((_, index) => roles[index] !== role),
  ]
  const wishes = [
    'create table mine (id int)',
    'create temp table mine (id int)',
    'create schema mine',
    'alter table audit disable trigger all',
    'drop trigger append_only on audit',
    "create function mine() returns int language sql as 'select 1'",
    'alter table person owner to current_user',
    "set session_replication_role = 'replica'",
    'set session authorization default; set role none; select * from note',
    'grant lupa_worker to current_user',
  ]

  const got: string[] = []
  for (const role of roles) {
    for (const wish of [...others(role).map((name) => `set role ${name}`), ...wishes]) {
      const state = await stateOf(logins[role], wish)
      if (state !== '42501' && state !== '0LP01') got.push(`${role}: ${wish}: ${state ?? 'done'}`)
    }
  }

  expect(got).toEqual([])
})

test('what is made by a later migration is nobody’s until it is granted', async () => {
  await owner.query('begin')
  await owner.query('create table later (secret text)')
  await owner.query(
    "create function later_secret() returns text language sql security definer as 'select secret from later'",
  )

  const { rows } = await owner.query(
    `select r.rolname as role, has_table_privilege(r.rolname, 'later', 'select') as reads,
       has_function_privilege(r.rolname, 'later_secret()', 'execute') as executes
     from pg_roles r where r.rolname in ('lupa_sync', 'lupa_worker', 'lupa_web') order by 1`,
  )
  await owner.query('rollback')

  expect(rows).toEqual(
    ['lupa_sync', 'lupa_web', 'lupa_worker'].map((role) => ({ role, reads: false, executes: false })),
  )
})

test('whoever executes a function of the owner’s finds nothing else under its names', async () => {
  const { rows } = await owner.query(
    `select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef
     and not coalesce(proconfig::text like '%search_path=public%', false)`,
  )

  expect(rows).toEqual([])
})

test('the ledgers only grow: not even the owner updates, deletes or truncates', async () => {
  await owner.query(`
    with one as (insert into person (register, key, first_name, last_name, kept_from) values ('koe', '1', 'A', 'B', now()) returning id),
      said as (insert into permission_entry (person_id, says, at, channel, actor, once_key) select id, 'permission', now(), 'mail', 'x', 'x' from one),
      planned as (insert into campaign (name, subject, from_name, from_email, tool, language, content_kind, settle_seconds, created_at)
        values ('k', 's', 'f', 'e', 'mailchimp', 'fi', 'html', 0, now()) returning id),
      happened as (insert into campaign_event (campaign_id, type, at, actor) select id, 'campaign-drafted', now(), 'x' from planned)
    insert into audit (seq, at, actor, action, previous, hash) values (0, now(), 'x', 'x', '', '')`)
  const wishes = ['permission_entry', 'campaign_event', 'audit'].flatMap((table) => [
    `update ${table} set actor = 'y'`,
    `delete from ${table}`,
    `truncate ${table} cascade`,
  ])
  const around = ['truncate person cascade', 'truncate campaign cascade', 'delete from person']

  const answers: [string, string | null][] = []
  for (const wish of [...wishes, ...around]) answers.push([wish, await stateOf(owner, wish)])

  expect(answers).toEqual([...wishes, ...around].map((wish) => [wish, '23001']))
})

async function rightsOnTables(): Promise<string[]> {
  const { rows } = await owner.query(`
    select c.relname as table, r.rolname as role, p.wish,
      count(*) filter (where has_column_privilege(r.rolname, c.oid, a.attnum, p.wish)) = count(*) as whole,
      coalesce(string_agg(a.attname, ', ' order by a.attnum) filter (where has_column_privilege(r.rolname, c.oid, a.attnum, p.wish)), '') as columns
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    cross join pg_roles r
    cross join unnest(array['select', 'insert', 'update', 'references']) with ordinality as p (wish, place)
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm', 'p', 'f') and r.rolname in ('lupa_sync', 'lupa_worker', 'lupa_web')
    group by c.oid, c.relname, r.rolname, p.wish, p.place
    union all
    select c.relname, r.rolname, p.wish, has_table_privilege(r.rolname, c.oid, p.wish), ''
    from pg_class c cross join pg_roles r cross join unnest(array['delete', 'truncate', 'trigger']) as p (wish)
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm', 'p', 'f') and r.rolname in ('lupa_sync', 'lupa_worker', 'lupa_web')`)
  const order = ['select', 'insert', 'update', 'references', 'delete', 'truncate', 'trigger']
  const lines: string[] = ['# Tables: a right alone is a right to the whole table; else the columns follow it.']
  for (const table of await tableNames()) {
    lines.push('', table)
    for (const role of ['lupa_sync', 'lupa_worker', 'lupa_web']) {
      const rights = order.flatMap((right) => {
        const row = rows.find((one) => one.table === table && one.role === role && one.wish === right)
        if (row?.whole) return [right]
        return row?.columns ? [`${right} (${row.columns})`] : []
      })
      lines.push(`  ${role.padEnd(12)} ${rights.join(', ') || '-'}`)
    }
  }
  return lines
}

async function rightsOnFunctions(): Promise<string[]> {
  const { rows } = await owner.query(`
    select p.proname as name, pg_get_function_identity_arguments(p.oid) as takes, p.prosecdef as definer,
      coalesce((select string_agg(r.rolname, ', ' order by r.rolname) from pg_roles r
        where r.rolname in ('lupa_sync', 'lupa_worker', 'lupa_web') and has_function_privilege(r.rolname, p.oid, 'execute')), '-') as roles
    from pg_proc p where p.pronamespace = 'public'::regnamespace order by p.proname, 2`)
  const wide = Math.max(...rows.map(({ name }) => name.length))
  return [
    '# Functions and who may execute them; "owner\'s" run with the owner\'s rights.',
    '',
    ...rows.map(({ name, definer, roles: who }) => `${name.padEnd(wide)}  ${definer ? "owner's" : '       '}  ${who}`),
  ]
}

/** Schemas, sequences and the database itself: what a role could make or use beside the tables. */
async function rightsOnTheRest(): Promise<string[]> {
  const { rows } = await owner.query(`
    select r.rolname as role,
      coalesce((select string_agg(n.nspname || ' ' || p.wish, ', ' order by n.nspname, p.wish) from pg_namespace n, unnest(array['create', 'usage']) p (wish)
        where n.nspname !~ '^pg_|^information_schema$' and has_schema_privilege(r.rolname, n.oid, p.wish)), '-') as schemas,
      coalesce((select string_agg(c.relname, ', ' order by c.relname) from pg_class c
        where c.relnamespace = 'public'::regnamespace and case when c.relkind = 'S' then has_sequence_privilege(r.rolname, c.oid, 'usage, update') end), '-') as sequences,
      has_database_privilege(r.rolname, current_database(), 'create') as creates,
      has_database_privilege(r.rolname, current_database(), 'temporary') as temporary,
      r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolbypassrls or r.rolreplication or r.rolcanlogin as special
    from pg_roles r where r.rolname in ('lupa_sync', 'lupa_worker', 'lupa_web') order by 1`)
  return [
    '# Schemas and sequences, and what a role may make or is.',
    '',
    ...rows.map(
      ({ role, schemas, sequences, creates, temporary, special }) =>
        `${role.padEnd(12)} schemas: ${schemas}; sequences: ${sequences}; creates: ${creates || temporary ? 'yes' : '-'}; special: ${special ? 'yes' : '-'}`,
    ),
  ]
}

async function tableNames(): Promise<string[]> {
  const { rows } = await owner.query(
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'm', 'p', 'f') order by 1`,
  )
  return rows.map(({ relname }) => relname)
}

/** The SQLSTATE of a statement's failure, null when it passed; whatever it did is taken back. */
async function stateOf(client: pg.Client, statement: string): Promise<string | null> {
  await client.query('begin')
  try {
    await client.query(statement)
    return null
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  } finally {
    await client.query('rollback')
  }
}

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  return client
}
