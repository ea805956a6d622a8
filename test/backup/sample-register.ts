// The sample register in a database of its own, with a home whose keys and ledger backups are made with.
import pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { createBackup } from '../../src/backup/create-backup.ts'
import { type Context, openContext } from '../../src/context.ts'
import { findMapping } from '../../src/intake/find-mapping.ts'
import type { Mapping } from '../../src/intake/mapping.ts'
import { openSource } from '../../src/intake/open-source.ts'
import type { DumpMethod } from '../../src/register/dump.ts'
import { importInto } from '../../src/register/imports.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { accdb } from '../support/register.ts'

export const at = new Date('2026-11-24T10:00:00Z')
export let database: TestDatabase

/** Makes it for the tests of a file. */
export function withSampleRegister(): void {
  beforeAll(async () => {
    database = await testDatabase()
    const context = await openContext(database.config)
    await importSample(context)
    await context.close()
  })
  afterAll(() => database.close())
}

let clock = at.getTime()

/** A backup made a second after the one before. */
export async function backedUp(method: DumpMethod, options: { folder?: string; at?: Date } = {}) {
  clock += 1000
  const now = options.at ?? new Date(clock)
  return inContext((context) =>
    createBackup(
      { ...context, url: database.url, clock: () => now },
      { method, ...(options.folder ? { folder: options.folder } : {}) },
    ),
  )
}

export async function importSample({ db, keys }: Context) {
  const source = await openSource(accdb)
  return importInto(db, keys, source, findMapping(source.tables) as Mapping, { actor: 'operator', at })
}

export async function inContext<T>(work: (context: Context) => Promise<T>): Promise<T> {
  const context = await openContext(database.config)
  try {
    return await work(context)
  } finally {
    await context.close()
  }
}

export async function onDatabase<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

export async function databasesLike(pattern: string): Promise<string[]> {
  return onDatabase(async (client) =>
    (await client.query('select datname from pg_database where datname like $1', [pattern])).rows.map(
      ({ datname }) => datname,
    ),
  )
}
