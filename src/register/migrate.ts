// Applies prisma/migrations with plain SQL (the Prisma engine for it cannot be had without a download), and makes a login
// for each database role.
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { BadInput, NotAllowed, Unavailable } from '../domain/errors.ts'

const folder = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))
const migratorKey = 7_241_305_118

/** The database roles that jobs and pages run as. */
export const roles = ['sync', 'worker', 'web'] as const
export type Role = (typeof roles)[number]
export type RoleUrls = Record<Role, string>

type Migration = { name: string; sql: string; checksum: string }

/** Runs `work` while nobody else migrates this database; whoever comes meanwhile waits. The lock goes with the connection. */
export async function oneMigrator<T>(url: string, work: () => Promise<T>): Promise<T> {
  return withClient(url, async (client) => {
    await client.query('select pg_advisory_lock($1)', [migratorKey])
    return work()
  })
}

/**
 * Brings the database up to date, or only to the migrations `named`, as the one migrator; returns the names of what was applied.
 * Throws BadInput for a database that is not UTF8 or older than 15, NotAllowed for a name that this version does not know.
 */
export async function migrate(url: string, named?: string[]): Promise<string[]> {
  const known = migrations()
  const unknown = named?.find((one) => !known.some(({ name }) => name === one))
  if (unknown) throw new NotAllowed(`It was made by a newer Lupa (${unknown} is not known here): update Lupa.`)
  return withClient(url, async (client) => {
    await checkServer(client)
    await client.query(migrationTable)
    const done = await applied(client)
    const open = known.filter(({ name }) => !done.has(name) && (named?.includes(name) ?? true))
    for (const migration of open) await apply(client, migration)
    return open.map(({ name }) => name)
  })
}

/** Names of the migrations that the database has, in order; none for an empty one. */
export async function migrationsOf(url: string): Promise<string[]> {
  return withClient(url, async (client) => {
    const { rows } = await client.query(`select to_regclass('public._prisma_migrations') is not null as there`)
    return rows[0].there ? [...(await applied(client)).keys()].sort() : []
  })
}

/** Names of migrations that the database lacks, the queue's too. Throws NotAllowed when it has one that this version does not know. */
export async function missingMigrations(url: string): Promise<string[]> {
  return withClient(url, async (client) => {
    await checkServer(client)
    const { rows } = await client.query(`select to_regclass('public._prisma_migrations') is not null as there`)
    if (!rows[0].there) return migrations().map(({ name }) => name)
    const done = await applied(client)
    const known = new Map(migrations().map((migration) => [migration.name, migration.checksum]))
    for (const [name, checksum] of done) {
      if (!known.has(name))
        throw new NotAllowed(`The database has the migration ${name}, which this version does not know: update Lupa.`)
      if (known.get(name) !== checksum)
        throw new NotAllowed(`The migration ${name} is not the one that the database was made with.`)
    }
    const open = [...known.keys()].filter((name) => !done.has(name))
    return (await queueIsThere(client)) ? open : [...open, 'the queue']
  })
}

/** Whether the queue's tables were made to the end: letting the roles in is the last that is done to them. */
async function queueIsThere(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(`
    select coalesce(has_schema_privilege('lupa_worker', to_regnamespace('bullmq')::oid, 'usage'), false) as there
    where to_regrole('lupa_worker') is not null`)
  return rows[0]?.there ?? false
}

/**
 * As the one migrator, makes a login for each role, with a random password kept in `home/logins.json` (mode 0600), and returns their URLs.
 * Returns null where the owner may not create roles or give these; then the roles are taken by SET ROLE, which is weaker.
 */
export async function ensureLogins(url: string, home: string): Promise<RoleUrls | null> {
  return withClient(url, async (client) => {
    try {
      const { rows } = await client.query('select id from installation')
      const suffix = createHash('sha256').update(rows[0].id).digest('hex').slice(0, 8)
      const logins = readLogins(home, suffix)
      await client.query('begin')
      for (const role of roles) await ensureLogin(client, role, `lupa_${role}_${suffix}`, logins[role])
      await client.query('commit')
      writeLogins(home, suffix, logins)
      return roleUrls(url, suffix, logins)
    } catch (error) {
      if ((error as { code?: string }).code === '42501') return null
      throw error
    }
  })
}

/**
 * URLs of the roles: the operator's own, else the logins that `lupa migrate` made, else the owner with SET ROLE (`weak`). Throws
 * NotAllowed where the owner may not even do that: roles are the whole server's, and another owner there has made them.
 */
export async function findRoleUrls(
  url: string,
  home: string,
  given: Record<Role, string | null>,
): Promise<{ urls: RoleUrls; weak: Role[] }> {
  const { rows } = await withClient(url, (client) => client.query('select id, current_user as owner from installation'))
  const suffix = createHash('sha256').update(rows[0].id).digest('hex').slice(0, 8)
  const made = existsSync(loginFile(home)) ? roleUrls(url, suffix, readLogins(home, suffix)) : null
  const weak: Role[] = []
  const pick = (role: Role): string => {
    const own = given[role] ?? made?.[role]
    if (own) return own
    weak.push(role)
    return withOption(url, `-c role=lupa_${role}`)
  }
  const urls = { sync: pick('sync'), worker: pick('worker'), web: pick('web') }
  const strange = weak.length > 0 ? await strangeRoles(url, weak) : []
  if (strange.length === 0) return { urls, weak }
  throw new NotAllowed(
    `The roles ${strange.join(', ')} of this PostgreSQL were made by another owner than ${rows[0].owner}. Let that owner say \`grant ${strange.join(', ')} to ${rows[0].owner} with admin option\` and run \`lupa migrate\` again, or give DATABASE_URL_SYNC and the like.`,
  )
}

/** Those of the roles that whoever has this URL may not take. */
async function strangeRoles(url: string, weak: Role[]): Promise<string[]> {
  const { rows } = await withClient(url, (client) =>
    client.query(
      `select name from unnest($1::text[]) name
       where not pg_has_role(name, case when current_setting('server_version_num')::int < 160000 then 'MEMBER' else 'SET' end)`,
      [weak.map((role) => `lupa_${role}`)],
    ),
  )
  return rows.map(({ name }) => name)
}

const migrationTable = `create table if not exists _prisma_migrations (
  id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null,
  logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`

function migrations(): Migration[] {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  return names.sort().map((name) => {
    // Line ends may have been changed by a checkout on Windows; the checksum must not notice.
    const sql = readFileSync(path.join(folder, name, 'migration.sql'), 'utf8').replaceAll('\r\n', '\n')
    return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
  })
}

async function applied(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query(
    'select migration_name, checksum from _prisma_migrations where finished_at is not null',
  )
  return new Map(rows.map((row) => [row.migration_name, row.checksum]))
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('begin')
  try {
    await client.query(sql)
    await client.query(
      `insert into _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
       values (gen_random_uuid()::text, $1, now(), $2, 1)`,
      [checksum, name],
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw new Unavailable(`The migration ${name} failed: ${(error as Error).message}`)
  }
}

async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    `select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding`,
  )
  if (rows[0].version < 150_000)
    throw new BadInput('DATABASE_URL leads to a PostgreSQL older than 15: Lupa needs 15 or newer.')
  if (rows[0].encoding !== 'UTF8')
    throw new BadInput(`DATABASE_URL leads to a database in ${rows[0].encoding}: make one with ENCODING 'UTF8'.`)
}

async function ensureLogin(client: pg.Client, role: Role, login: string, password: string): Promise<void> {
  const verb = (await client.query('select from pg_roles where rolname = $1', [login])).rowCount ? 'alter' : 'create'
  await client.query(`${verb} role ${login} login password '${password}'`)
  await client.query(`grant lupa_${role} to ${login}`)
  await client.query(
    `do $$ begin execute format('grant connect on database %I to ${login}', current_database()); end $$`,
  )
}

type Logins = Record<Role, string>
const loginFile = (home: string) => path.join(home, 'logins.json')

function readLogins(home: string, suffix: string): Logins {
  const file = loginFile(home)
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8'))[suffix] : undefined
  const fresh = () => randomBytes(24).toString('hex')
  return kept ?? { sync: fresh(), worker: fresh(), web: fresh() }
}

function writeLogins(home: string, suffix: string, logins: Logins): void {
  const file = loginFile(home)
  mkdirSync(home, { recursive: true })
  const all = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  writeFileSync(file, `${JSON.stringify({ ...all, [suffix]: logins }, null, 2)}\n`, { mode: 0o600 })
  chmodSync(file, 0o600)
}

function roleUrls(url: string, suffix: string, logins: Logins): RoleUrls {
  const as = (role: Role) => {
    const own = new URL(url)
    own.username = `lupa_${role}_${suffix}`
    own.password = logins[role]
    return own.href
  }
  return { sync: as('sync'), worker: as('worker'), web: as('web') }
}

function withOption(url: string, option: string): string {
  const own = new URL(url)
  own.searchParams.set('options', option)
  return own.href
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'lupa', connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    throw new Unavailable(
      `The database cannot be reached (${code ?? message}): check DATABASE_URL and that PostgreSQL is running.`,
    )
  }
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
