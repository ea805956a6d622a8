// What a run stands on: an embedded PostgreSQL that is really written to disk, and a Redis, both its own, both to be broken.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import pg from 'pg'
import { migrateDatabase } from '../../src/context.ts'
import { dropEmbeddedPostgres, embeddedPostgresStatus, startEmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { sibling } from '../../src/register/server-databases.ts'
import { bundleScript, dropBundle } from '../support/bundle.ts'
import { freePort } from '../support/redis.ts'
import { redisText } from '../support/redis-dump.ts'

export type Backend = 'redis' | 'postgres'

export type Ground = {
  backend: Backend
  /** Where queues live; null: in the database. */
  redisUrl: string | null
  folder: string
  /** The worker process in one file. */
  script: string
  /** A fresh, migrated database and a home that knows its logins. */
  register: (name: string) => Promise<{ url: string; home: string }>
  drop: (name: string) => Promise<void>
  /** Stops the server as a power cut would (without its files being lost), and starts it again. */
  restartPostgres: () => Promise<void>
  /** The queue's memory is lost: emptied, or with its server. On PostgreSQL the jobs are deleted. */
  flushQueue: (url: string) => Promise<void>
  restartQueue: (url: string) => Promise<void>
  /** Everything the queue holds now, as text. */
  queueText: (url: string) => Promise<string>
  /** False while a server is down. */
  whole: () => boolean
  close: () => Promise<void>
}

const template = 'kidutus'
const workerProcess = fileURLToPath(new URL('worker-process.ts', import.meta.url))

/** Starts the servers. Throws an Error where Redis is asked for and there is no redis-server on PATH. */
export async function layGround(backend: Backend): Promise<Ground> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lupa-torture-'))
  const serverHome = path.join(folder, 'server')
  const script = await bundleScript(workerProcess, path.basename(folder))
  const port = await freePort()
  let redis = backend === 'redis' ? await startRedis(port) : null
  let whole = true
  const server = await startPostgres(serverHome)
  const templateHome = path.join(folder, 'template')
  mkdirSync(templateHome)
  await onServer(server, (client) => client.query(`create database ${template} template template0 encoding 'UTF8'`))
  await migrateDatabase(sibling(server, template), templateHome)
  const redisUrl = redis ? `redis://127.0.0.1:${port}` : null

  const without = async (break_: () => Promise<void>) => {
    whole = false
    try {
      await break_()
    } finally {
      whole = true
    }
  }
  const flushQueue: Ground['flushQueue'] = async (url) => {
    if (redisUrl) await onRedis(redisUrl, (client) => client.flushall())
    else await onServer(url, emptyJobs)
  }
  return {
    backend,
    redisUrl,
    folder,
    script,
    register: async (name) => {
      await onServer(server, async (client) => {
        await client.query(`create database ${name} template ${template}`)
        await client.query(`revoke temporary on database ${name} from public`)
      })
      const home = path.join(folder, name)
      mkdirSync(home)
      copyFileSync(path.join(templateHome, 'logins.json'), path.join(home, 'logins.json'))
      return { url: sibling(server, name), home }
    },
    drop: async (name) => {
      await onServer(server, (client) => client.query(`drop database if exists ${name} with (force)`))
    },
    restartPostgres: () =>
      without(async () => {
        const { pid } = await embeddedPostgresStatus(serverHome)
        if (!pid) throw new Error('the PostgreSQL of this run is not running')
        process.kill(pid, 'SIGQUIT') // "immediate shutdown": no goodbye, recovery at the next start
        while ((await embeddedPostgresStatus(serverHome)).state === 'running') await wait(50)
        // A crowded machine may let it in too late: whoever starts it then finds it running.
        await startPostgres(serverHome).catch(() => startPostgres(serverHome))
      }),
    flushQueue,
    restartQueue: (url) =>
      without(async () => {
        if (!redis) return flushQueue(url)
        redis.kill('SIGKILL')
        await once(redis, 'exit')
        await wait(300)
        redis = await startRedis(port)
      }),
    queueText: (url) => (redisUrl ? redisText(redisUrl) : onServer(url, jobsText)),
    whole: () => whole,
    close: async () => {
      redis?.kill('SIGKILL')
      await dropEmbeddedPostgres(serverHome)
      dropBundle(path.basename(folder))
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

async function startPostgres(home: string): Promise<string> {
  return (await startEmbeddedPostgres({ home, idleMs: 120_000 })).url
}

async function startRedis(port: number): Promise<ChildProcess> {
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const server = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'ignore'] })
  const failed = once(server, 'error').then(() => {
    throw new Error('there is no redis-server on PATH: install it, or take --backend postgres')
  })
  const ready = (async () => {
    for await (const chunk of server.stdout) if (String(chunk).includes('Ready to accept connections')) return
    throw new Error('redis-server ended before it was ready')
  })()
  await Promise.race([ready, failed])
  server.stdout.resume()
  return server
}

async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

async function onRedis<T>(url: string, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { maxRetriesPerRequest: 3 })
  client.on('error', () => {})
  try {
    return await work(client)
  } finally {
    client.disconnect()
  }
}

async function queueTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query(
    `select format('bullmq.%I', tablename) as name from pg_tables where schemaname = 'bullmq' and tablename <> 'migration'`,
  )
  return rows.map(({ name }) => name as string)
}

/** Workers hold rows of several tables: whoever empties them all may be the one whom the server asks to try again. */
async function emptyJobs(client: pg.Client): Promise<void> {
  const tables = (await queueTables(client)).join(', ')
  for (let tries = 1; ; tries += 1) {
    try {
      await client.query(`truncate ${tables}`)
      return
    } catch (error) {
      if ((error as { code?: string }).code !== '40P01' || tries === 20) throw error
    }
  }
}

/** Every row of every table of the queue. */
async function jobsText(client: pg.Client): Promise<string> {
  const texts: string[] = []
  for (const table of await queueTables(client)) {
    const { rows } = await client.query(`select row_to_json(t)::text as line from ${table} t`)
    texts.push(...rows.map(({ line }) => line as string))
  }
  return texts.join('\n')
}
