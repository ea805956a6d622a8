// Before and after a test run: where the tests' PostgreSQL is, and that nothing of the run stays on it. The template
// itself is made by the first test file that needs a database (database.ts): a run without one starts nothing.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { dropEmbeddedPostgres, embeddedPostgresStatus } from '../../src/embedded/postgres.ts'
import { dropBundle } from './bundle.ts'

/** One run: its server (null: an embedded one in `home`), and the template that all its databases are copies of. */
export type TestRun = { serverUrl: string | null; home: string; template: string }

declare module 'vitest' {
  export interface ProvidedContext {
    testRun: TestRun
  }
}

/** Vitest calls this once for a run, and what it returns at its end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const serverUrl = process.env['DATABASE_URL'] ? named(process.env['DATABASE_URL']) : null
  const run = {
    serverUrl,
    home: mkdtempSync(path.join(os.tmpdir(), 'lupa-test-')),
    template: `lupa_test_${randomBytes(5).toString('hex')}`,
  }
  const before = serverUrl ? await roleNames(serverUrl) : []
  project.provide('testRun', run)
  return async () => {
    if (serverUrl) await dropAll(serverUrl, run.template, before)
    else if ((await embeddedPostgresStatus(run.home)).state !== 'none') await dropEmbeddedPostgres(run.home)
    dropBundle(run.template)
    rmSync(run.home, { recursive: true, force: true, maxRetries: 10 })
  }
}

/** A URL without a user means whoever we are; the driver would ask the environment, which may not know. */
function named(text: string): string {
  const url = new URL(text)
  if (!url.username) url.username = os.userInfo().username
  return url.href
}

/** The run's databases, its logins, and the group roles that were not there before, unless others have come to need them. */
async function dropAll(url: string, template: string, before: string[]): Promise<void> {
  await withServer(url, async (server) => {
    const { rows } = await server.query(`select datname from pg_database where left(datname, length($1)) = $1`, [
      template,
    ])
    const logins = rows.some(({ datname }) => datname === template) ? await loginsOf(url, template) : []
    for (const { datname } of rows) await server.query(`drop database if exists ${datname} with (force)`)
    const groups = (await roleNames(url)).filter(
      (name) => /^lupa_(sync|worker|web|access)$/.test(name) && !before.includes(name),
    )
    for (const name of [...logins, ...groups]) {
      await server.query(`drop role if exists ${name}`).catch((error) => {
        if (error.code !== '2BP01') throw error
      })
    }
  })
}

async function loginsOf(url: string, template: string): Promise<string[]> {
  const inTemplate = new URL(url)
  inTemplate.pathname = `/${template}`
  return withServer(inTemplate.href, async (client) => {
    const { rows } = await client.query(`
      select r.rolname from pg_roles r, installation i
      where r.rolname like 'lupa\\_%' and right(r.rolname, 8) = left(encode(sha256(convert_to(i.id::text, 'UTF8')), 'hex'), 8)`)
    return rows.map(({ rolname }) => rolname)
  }).catch((error) => {
    // The template was never finished.
    if (error.code === '42P01') return []
    throw error
  })
}

async function roleNames(url: string): Promise<string[]> {
  return withServer(url, async (server) =>
    (await server.query('select rolname from pg_roles')).rows.map(({ rolname }) => rolname),
  )
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
