// A database is made by whoever comes first, while others come too, and though the first may be killed on the way.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrateDatabase } from '../../src/context.ts'
import { findRoleUrls, migrate, missingMigrations, oneMigrator } from '../../src/register/migrate.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

const noneGiven = { sync: null, worker: null, web: null }
let neighbour: TestDatabase
let name: string
let url: string
let home: string

beforeEach(async () => {
  neighbour = await testDatabase()
  name = `lupa_bare_${randomBytes(4).toString('hex')}`
  await onServer(`create database ${name} template template0 encoding 'UTF8'`)
  url = Object.assign(new URL(neighbour.url), { pathname: `/${name}` }).href
  home = mkdtempSync(path.join(os.tmpdir(), 'lupa-migrate-'))
})

afterEach(async () => {
  if ((await missingMigrations(url)).length === 0) await dropLogins()
  await onServer(`drop database ${name} with (force)`)
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

async function dropLogins(): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(`
    select rolname from pg_roles, installation
    where rolname like 'lupa\\_%' and right(rolname, 8) = left(encode(sha256(convert_to(id::text, 'UTF8')), 'hex'), 8)`)
  await client.end()
  for (const { rolname } of rows)
    await onServer(`revoke connect on database ${name} from ${rolname}; drop role ${rolname}`)
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: neighbour.url })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}
