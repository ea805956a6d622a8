// BullMQ on Redis or on PostgreSQL: the same classes, the same code. The only place that knows which.
import {
  type BackoffStrategy,
  createPostgresBackend,
  createRedisBackend,
  type Processor,
  type Queue,
  runMigrations,
  type Worker,
  type WorkerOptions,
  withBackend,
} from 'bullmq'
import { BullMQOtel } from 'bullmq-otel'
import { Redis } from 'ioredis'
import pg from 'pg'

/**
 * Where the queues live. On Redis `prefix` keeps installations and tests apart; on PostgreSQL the database does. `traced`: a trace
 * goes with each job from whoever queues it to whoever runs it.
 */
export type QueueHome = ({ redisUrl: string; prefix: string } | { postgresUrl: string }) & { traced?: boolean }

const schema = 'bullmq'

/**
 * A killed worker's jobs run again after `lockDuration` and a second or so; a stalled job is never given up, because every job
 * is safe to repeat. Milliseconds.
 */
const workerOptions = {
  lockDuration: 10_000,
  stalledInterval: 8_000,
  maxStalledCount: 1_000,
  drainDelay: 2,
  autorun: true,
} satisfies Partial<WorkerOptions>

export type OpenWorker = { concurrency: number; backoff: BackoffStrategy }

/** Opens a queue for adding. The caller closes it. */
export function openBullQueue(home: QueueHome, name: string): Queue {
  if ('redisUrl' in home) {
    const { Queue } = withBackend(createRedisBackend)
    return new Queue(name, {
      connection: { url: home.redisUrl, maxRetriesPerRequest: 20 },
      prefix: home.prefix,
      ...traces(home),
    }) as unknown as Queue
  }
  const { Queue } = withBackend(createPostgresBackend)
  return new Queue(name, { connection: postgresConnection(home.postgresUrl, 2), ...traces(home) }) as unknown as Queue
}

/** Opens a worker. Its jobs are locked for 10 s at a time; the caller closes it. */
export function openBullWorker(
  home: QueueHome,
  name: string,
  run: Processor,
  { concurrency, backoff }: OpenWorker,
): Worker {
  const options = { ...workerOptions, ...traces(home), concurrency, settings: { backoffStrategy: backoff } }
  if ('redisUrl' in home) {
    const { Worker } = withBackend(createRedisBackend)
    const connection = { url: home.redisUrl, maxRetriesPerRequest: null }
    return new Worker(name, run, { ...options, connection, prefix: home.prefix }) as unknown as Worker
  }
  const { Worker } = withBackend(createPostgresBackend)
  return new Worker(name, run, { ...options, connection: postgresConnection(home.postgresUrl, 3) }) as unknown as Worker
}

/** Makes the queue's own tables (schema `bullmq`) and lets the database roles use them. PostgreSQL only; safe to repeat. */
export async function migrateQueue(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'lupa' })
  client.on('error', () => {})
  await client.connect()
  try {
    await runMigrations(client, schema)
    for (const kind of ['tables', 'sequences', 'functions']) {
      await client.query(`grant all on all ${kind} in schema ${schema} to lupa_sync, lupa_worker, lupa_web`)
    }
    await client.query(`grant usage on schema ${schema} to lupa_sync, lupa_worker, lupa_web`)
  } finally {
    await client.end()
  }
}

function traces({ traced }: QueueHome) {
  return traced ? { telemetry: new BullMQOtel({ tracerName: 'lupa' }) } : {}
}

function postgresConnection(connectionString: string, max: number) {
  return { connectionString, schema, max, idleTimeoutMillis: 10_000, keepAlive: true }
}

/** Removes everything under a prefix from Redis: what a demo or a test leaves no trace with. */
export async function removeRedisQueues(redisUrl: string, prefix: string): Promise<void> {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1 })
  try {
    for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 500 })) {
      if (keys.length > 0) await redis.del(...keys)
    }
  } finally {
    redis.disconnect()
  }
}
