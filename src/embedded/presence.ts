// A connection kept open for as long as this process may need the server: the proof that it runs and serves our folder, and the
// sign to the watcher that somebody is here. A pool is no such sign: it closes idle connections.
import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { z } from 'zod'

export interface Presence {
  port: number
  /** whether a watcher stood by when we came */
  watched: boolean
  /** Makes the database `lupa` (UTF8) unless it is there. */
  ensureDatabase(): Promise<void>
  leave(): Promise<void>
}

export type Visit =
  | { outcome: 'ours'; presence: Presence }
  /** `not ours`: it answers, and serves another folder. `busy`: it is on its way up or down. */
  | { outcome: 'not ours' | 'busy' | 'no answer'; because: string }

export interface ServerAddress {
  port: number
  password: string
  dataFolder: string
}

const answerShape = z.object({ ours: z.boolean(), hasDatabase: z.boolean(), watched: z.boolean() })

/** Connects to the server on this port of 127.0.0.1 and asks whether it serves our folder. Never keeps the process alive. */
export async function visitServer(address: ServerAddress): Promise<Visit> {
  const client = newClient(address)
  try {
    await client.connect()
    const answer = await askServer(client, address.dataFolder)
    if (answer.ours) return { outcome: 'ours', presence: stay(client, address, answer) }
    await client.end()
    return { outcome: 'not ours', because: `the server on port ${address.port} serves another folder` }
  } catch (error) {
    void client.end().catch(() => {})
    const { code = '', message = '' } = error instanceof Error ? (error as Error & { code?: string }) : {}
    // cannot_connect_now, too_many_connections
    const busy = code === '57P03' || code === '53300'
    return {
      outcome: busy ? 'busy' : 'no answer',
      because: `port ${address.port} does not let us in (${code || message})`,
    }
  }
}

function newClient({ port, password }: ServerAddress): pg.Client {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'lupa',
    password,
    // Not the database lupa: a guest there would be in the way of CREATE DATABASE … TEMPLATE.
    database: 'postgres',
    ssl: false,
    application_name: 'lupa presence',
    connectionTimeoutMillis: 5000,
  })
  client.on('error', () => {})
  return client
}

// A copied home names the same port and password as its original. A file that we have just made is in one folder only.
async function askServer(client: pg.Client, dataFolder: string): Promise<z.infer<typeof answerShape>> {
  const probe = `lupa-probe-${randomBytes(8).toString('hex')}`
  writeFileSync(path.join(dataFolder, probe), '')
  try {
    const { rows } = await client.query(
      `select (pg_stat_file($1, true)).modification is not null as "ours",
              exists (select from pg_database where datname = 'lupa') as "hasDatabase",
              exists (select from pg_stat_activity where application_name = 'lupa watcher') as "watched"`,
      [probe],
    )
    return answerShape.parse(rows[0])
  } finally {
    rmSync(path.join(dataFolder, probe), { force: true })
  }
}

function stay(client: pg.Client, address: ServerAddress, answer: z.infer<typeof answerShape>): Presence {
  let here = client
  let left = false
  const keep = (connection: pg.Client) => {
    here = connection
    socketOf(connection).unref()
    connection.once('end', () => {
      if (!left) comeBack(address, () => left, keep)
    })
  }
  keep(client)
  return {
    port: address.port,
    watched: answer.watched,
    ensureDatabase: async () => {
      if (!answer.hasDatabase) await createDatabase(address)
    },
    leave: async () => {
      left = true
      socketOf(here).ref()
      await here.end().catch(() => {})
    },
  }
}

// A crash of one server process ends every connection, though the server stays: then we are still here. Tries for a minute.
function comeBack(address: ServerAddress, left: () => boolean, keep: (client: pg.Client) => void, tries = 60): void {
  const again = async () => {
    const client = newClient(address)
    try {
      await client.connect()
      const { ours } = await askServer(client, address.dataFolder)
      if (ours && !left()) keep(client)
      else await client.end()
    } catch {
      void client.end().catch(() => {})
      if (tries > 1 && !left()) comeBack(address, left, keep, tries - 1)
    }
  }
  setTimeout(() => void again(), 1000).unref()
}

// On a connection of its own: the one that stays does not keep the process alive until the answer comes.
async function createDatabase(address: ServerAddress): Promise<void> {
  const client = newClient(address)
  await client.connect()
  try {
    await client.query("create database lupa template template0 encoding 'UTF8'")
  } catch (error) {
    const duplicate = error instanceof Error && 'code' in error && error.code === '42P04'
    if (!duplicate) throw error
  } finally {
    await client.end()
  }
}

// pg has both, its types have neither.
function socketOf(client: pg.Client): { ref(): void; unref(): void } {
  return client as pg.Client & { ref(): void; unref(): void }
}
