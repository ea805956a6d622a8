// A register whose outside ledger and keys lie beside it, opened and opened again as processes would.
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { type Context, openContext } from '../../src/context.ts'
import { presentReason } from '../../src/register/people.ts'
import { prohibit } from '../../src/register/permissions.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { givePermission } from '../support/register.ts'

export const at = new Date('2026-11-22T10:00:00Z')
export let database: TestDatabase
let admin: TestDatabase

/** Makes it for the tests of a file. */
export function withReopenedRegister(): void {
  beforeAll(async () => {
    // Copying a database needs it to itself: the second one is where the copying is ordered from.
    ;[database, admin] = [await testDatabase(), await testDatabase()]
  })
  afterAll(async () => {
    await database.close()
    await admin.close()
  })
}

let made = 0

/** A ledger folder of its own, beside the home. */
export function fresh(): string {
  const folder = path.join(database.home, `kirja${++made}`)
  if (!existsSync(folder)) mkdirSync(folder)
  return folder
}

/** Opens everything as a process would, with this ledger; each test begins a ledger of its own. */
export async function opened(folder: string, url = database.url): Promise<Context> {
  const known = new Set(readdirSync(folder))
  if (known.size === 0 && url === database.url && !begun.has(folder)) {
    begun.add(folder)
    await onServer(url, (client) =>
      client.query('delete from ledger_position; update ledger_outbox set written_at = now() where written_at is null'),
    )
  }
  return openContext(
    readConfig({ LUPA_HOME: database.home, DATABASE_URL: url, LUPA_LEDGER: folder, LOG_LEVEL: 'silent' }),
  )
}
const begun = new Set<string>()

export async function person({ db, keys }: Context, address?: string): Promise<{ id: string; email: string }> {
  made += 1
  const email = address ?? `henkilo@talo${made}.example`
  const { id } = await db.person.create({
    data: {
      ...{ register: 'koe', key: String(made), firstName: 'Etu', lastName: 'Suku', keptFrom: at, email },
      ...{ emailNature: 'work', domain: email.split('@')[1] as string, addressHashes: keys.hashes('email', email) },
    },
  })
  await givePermission(db, id)
  return { id, email }
}

export async function no({ db }: Context, personId: string, onceKey: string, addresses: string[] = []): Promise<void> {
  await prohibit(db, { personId, at, channel: 'mail', actor: 'test', onceKey, addresses })
}

export async function reasonsOf({ db }: Context, ...people: { id: string }[]): Promise<(string | null)[]> {
  return Promise.all(people.map(({ id }) => presentReason(db, id, at)))
}

/** A backup: the database as it is now, under another name. Dropped with the run. */
export async function copyOf({ url }: TestDatabase): Promise<string> {
  const name = new URL(url).pathname.slice(1)
  const copy = `${name}_kopio${++made}`
  await onServer(admin.url, async (client) => {
    await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
    await client.query(`create database ${copy} template ${name}`)
  })
  const copied = new URL(url)
  copied.pathname = `/${copy}`
  return copied.href
}

async function onServer(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
