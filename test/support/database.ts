// A database of its own for each test file: a copy of the run's template, which is migrated once.
import { randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import { type Config, readConfig } from '../../src/config.ts'
import { migrateDatabase } from '../../src/context.ts'
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts'
import type { TestRun } from './global-setup.ts'

export type TestDatabase = {
  url: string
  /** A fresh LUPA_HOME that knows the logins of the database's roles. */
  home: string
  /** What a process would be told that has this database, this home and nothing else. */
  config: Config
  /** Drops the database. Close what is connected to it first. */
  close: () => Promise<void>
}

/** Copies the template into a new database. The caller closes it; what is left at the end of the run is dropped then. */
export async function testDatabase(run: TestRun = inject('testRun')): Promise<TestDatabase> {
  const server = run.serverUrl ?? (await startEmbeddedPostgres({ home: run.home, fsync: false })).url
  const name = `${run.template}_${randomBytes(4).toString('hex')}`
  await withServer(server, async (client) => {
    // Copying a template needs it to itself.
    await client.query('select pg_advisory_lock($1)', [lockKey])
    await makeTemplate(client, server, run)
    await client.query(`create database ${name} template ${run.template}`)
    // Rights on the database itself are not copied.
    await client.query(`revoke temporary on database ${name} from public`)
  })
  const home = path.join(run.home, name)
  mkdirSync(home)
  copyFileSync(path.join(templateHome(run), 'logins.json'), path.join(home, 'logins.json'))
  const url = databaseUrl(server, name)
  return {
    url,
    home,
    config: readConfig({ LUPA_HOME: home, DATABASE_URL: url, LOG_LEVEL: 'silent' }),
    close: async () => {
      await withServer(server, (client) => client.query(`drop database if exists ${name} with (force)`))
      rmSync(home, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

const lockKey = 7_241_305_119

/** Runs under the lock, which all runs on this server share. */
async function makeTemplate(client: pg.Client, server: string, run: TestRun): Promise<void> {
  if (existsSync(path.join(templateHome(run), 'logins.json'))) return
  await client.query(`create database ${run.template} template template0 encoding 'UTF8'`)
  await migrateDatabase(databaseUrl(server, run.template), templateHome(run))
}

function templateHome({ home }: TestRun): string {
  return path.join(home, 'template')
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

async function withServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
