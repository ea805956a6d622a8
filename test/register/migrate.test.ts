// A database is made by whoever comes first, while others come too, and though the first may be killed on the way.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrateDatabase } from '../../src/context.ts'
import { findRoleUrls, migrate, missingMigrations, oneMigrator, roles } from '../../src/register/migrate.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

const noneGiven = { sync: null, worker: null, web: null }
let neighbour: TestDatabase
let name: string
let url: string
let home: string
let madeOwner: string | null

beforeEach(async () => {
  madeOwner = null
  neighbour = await testDatabase()
  name = `lupa_bare_${randomBytes(4).toString('hex')}`
  await onServer(`create database ${name} template template0 encoding 'UTF8'`)
  url = Object.assign(new URL(neighbour.url), { pathname: `/${name}` }).href
  home = mkdtempSync(path.join(os.tmpdir(), 'lupa-migrate-'))
})

afterEach(async () => {
  if ((await missingMigrations(url)).length === 0) await dropLogins()
  await onServer(`drop database ${name} with (force)`)
  if (madeOwner)
    await onServer(`revoke lupa_sync, lupa_worker, lupa_web from ${madeOwner} cascade; drop role ${madeOwner}`)
  await neighbour.close()
  rmSync(home, { recursive: true, force: true })
})

test('several who make the same database at once all succeed, and each migration is applied by one of them', async () => {
  const applied = await Promise.all(Array.from({ length: 6 }, () => migrateDatabase(url, home)))

  expect(applied.filter((names) => names.length > 0)).toHaveLength(1)
  expect(await missingMigrations(url)).toEqual([])
  expect(await findRoleUrls(url, home, noneGiven)).toMatchObject({ weak: [] })
})

test('one who was killed after the tables and before the queue leaves a database that the next one finishes', async () => {
  await oneMigrator(url, () => migrate(url))

  expect(await missingMigrations(url)).toEqual(['the queue'])
  expect(await migrateDatabase(url, home)).toEqual([])
  expect(await missingMigrations(url)).toEqual([])
})

test('an owner who is no superuser makes the logins too, once the roles are given to him', async () => {
  const { owner, ownerUrl } = await ownerWithoutPower()
  await onServer(`grant lupa_sync, lupa_worker, lupa_web to ${owner} with admin option`)

  await migrateDatabase(ownerUrl, home)

  const { urls, weak } = await findRoleUrls(ownerUrl, home, noneGiven)
  expect(weak).toEqual([])
  for (const role of roles) expect(await userOf(urls[role])).toMatch(new RegExp(`^lupa_${role}_[0-9a-f]{8}$`))
})

test('an owner who may not give the roles, which another owner made, is told what to do, and no login is left half-made', async ({
  skip,
}) => {
  const { rows } = await onServer('show server_version_num')
  skip(Number(rows[0].server_version_num) < 160_000, 'before PostgreSQL 16 whoever may create roles may give them all')
  const { owner, ownerUrl } = await ownerWithoutPower()

  await migrateDatabase(ownerUrl, home)

  await expect(findRoleUrls(ownerUrl, home, noneGiven)).rejects.toThrow(
    `grant lupa_sync, lupa_worker, lupa_web to ${owner} with admin option`,
  )
  expect(await loginsOfThis()).toEqual([])
})

/** Somebody who owns the database and may create roles, and is no superuser: what one is given where others run the server. */
async function ownerWithoutPower(): Promise<{ owner: string; ownerUrl: string }> {
  const owner = `${name}_owner`
  await onServer(`create role ${owner} login createrole password 'omistaja'`)
  await onServer(`alter database ${name} owner to ${owner}`)
  madeOwner = owner
  return { owner, ownerUrl: Object.assign(new URL(url), { username: owner, password: 'omistaja' }).href }
}

async function userOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query('select current_user as name').finally(() => client.end())
  return rows[0].name
}

async function dropLogins(): Promise<void> {
  for (const login of await loginsOfThis())
    await onServer(`revoke connect on database ${name} from ${login}; drop role ${login}`)
}

async function loginsOfThis(): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(`
    select rolname from pg_roles, installation
    where rolname like 'lupa\\_%' and right(rolname, 8) = left(encode(sha256(convert_to(id::text, 'UTF8')), 'hex'), 8)`)
  await client.end()
  return rows.map(({ rolname }) => rolname)
}

async function onServer(statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: neighbour.url })
  await client.connect()
  return client.query(statement).finally(() => client.end())
}
