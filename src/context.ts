// The composition root: everything a command, a page or a job is given. No singletons; `overrides` is the seam for tests.
import type { Config } from './config.ts'
import { NotAllowed, Unavailable } from './domain/errors.ts'
import { refuseMoved } from './embedded/moved-home.ts'
import { startEmbeddedPostgres } from './embedded/postgres.ts'
import { type KeyRing, openKeyRing } from './ledger/key-ring.ts'
import { type OutsideLedger, openOutsideLedger } from './ledger/outside-ledger.ts'
import { type Logger, openLogger } from './logger.ts'
import type { MarketingTool } from './marketing/marketing-tool.ts'
import { openTool, toolNames } from './marketing/tools.ts'
import type { QueueHome } from './queue/backend.ts'
import { openQueues, type Queues } from './queue/queue.ts'
import { type Counters, openCounters } from './register/counters.ts'
import { openDatabase, type RegisterClient } from './register/database.ts'
import { checkKeys, rememberKeys } from './register/installation.ts'
import { replayLedger } from './register/ledger-outbox.ts'
import {
  ensureLogins,
  findRoleUrls,
  migrate,
  missingMigrations,
  oneMigrator,
  type Role,
  type RoleUrls,
} from './register/migrate.ts'
import { startTracing, traceCall } from './tracing.ts'

export type Context = {
  config: Config
  clock: () => Date
  log: Logger
  keys: KeyRing
  ledger: OutsideLedger
  /** The owner's client: the operator's commands, given in a terminal or, logged in, in the console. Jobs and public pages never see it. */
  db: RegisterClient
  /** A client that may do only what the role may. */
  as: (role: Role) => RegisterClient
  queues: Queues
  /** For metrics. Workers write them down every few seconds, everybody at the end. */
  counters: Counters
  /** A fresh client of a tool: what verifies has not been told what to see. Throws NotAllowed without a key. */
  tool: (name: string) => MarketingTool
  close: () => Promise<void>
}

export type Overrides = { clock?: () => Date; log?: Logger; fsync?: boolean; idleMs?: number }

/** The database as it was found or made: the owner's URL, each role's, and the roles that had to be taken by SET ROLE. */
export type PreparedDatabase = { url: string; urls: RoleUrls; weak: Role[]; embedded: boolean }

/**
 * Opens everything, in the only safe order: database, migrations (its own, when embedded), keys, outside ledger replayed, queues.
 * Throws with one sentence when any of them is missing, broken or behind, and where the register was moved to another machine.
 */
export async function openContext(config: Config, overrides: Overrides = {}): Promise<Context> {
  refuseMoved(config.home)
  const prepared = await prepareDatabase(config, overrides)
  const db = openDatabase(prepared.url, config.database.connections)
  try {
    return await assemble(config, overrides, prepared, db)
  } catch (error) {
    await db.$disconnect()
    throw error
  }
}

/** Finds the database, or starts and migrates the embedded one. One given by DATABASE_URL is never migrated here. */
export async function prepareDatabase(config: Config, { fsync, idleMs }: Overrides = {}): Promise<PreparedDatabase> {
  const given = config.database.url
  const url =
    given ??
    (
      await startEmbeddedPostgres({
        home: config.home,
        ...(fsync === undefined ? {} : { fsync }),
        ...(idleMs ? { idleMs } : {}),
      })
    ).url
  const missing = await missingMigrations(url)
  if (missing.length > 0 && given) {
    throw new Unavailable('The database of DATABASE_URL is not up to date with this version: run `lupa migrate` first.')
  }
  if (missing.length > 0) await migrateDatabase(url, config.home)
  const found = await findRoleUrls(url, config.home, config.database.roleUrls)
  if (given || found.weak.length === 0) return { url, ...found, embedded: !given }
  // Our own database, and no logins: whoever made it is at it still, or was killed before they were made.
  await migrateDatabase(url, config.home)
  return { url, ...(await findRoleUrls(url, config.home, config.database.roleUrls)), embedded: true }
}

/**
 * Applies migrations, the queue's too, and makes the roles' logins. Returns what was applied. Safe to repeat after a kill at
 * any point, and by several at once: one works, the others wait.
 */
export async function migrateDatabase(url: string, home: string): Promise<string[]> {
  const { migrateQueue } = await import('./queue/backend.ts')
  return oneMigrator(url, async () => {
    const done = await migrate(url)
    await migrateQueue(url)
    await ensureLogins(url, home)
    return done
  })
}

async function assemble(
  config: Config,
  overrides: Overrides,
  prepared: PreparedDatabase,
  db: RegisterClient,
): Promise<Context> {
  const clock = overrides.clock ?? (() => new Date())
  const keys = openKeyRing(config, { mayCreate: (await db.secretKey.count()) === 0 })
  await rememberKeys(db, keys, await checkKeys(db, keys))
  const ledger = openOutsideLedger(config.ledger, config.hostname)
  await replayLedger(db, ledger)
  const tracing = config.tracesTo ? await startTracing(config.tracesTo) : null
  const queues = openQueues(queueHome(config, prepared))
  const opened = new Map<Role, RegisterClient>()
  const as = (role: Role) => {
    const known = opened.get(role)
    if (known) return known
    const client = openDatabase(prepared.urls[role], config.database.connections)
    opened.set(role, client)
    return client
  }
  const counters = openCounters(() => as('worker'))
  return {
    config,
    clock,
    log: overrides.log ?? openLogger(config.logLevel),
    keys,
    ledger,
    db,
    as,
    queues,
    counters,
    tool: (name) => toolFor(config, name, counters),
    close: async () => {
      await counters.flush().catch(() => {})
      await queues.close()
      await Promise.all([db, ...opened.values()].map((client) => client.$disconnect()))
      await tracing?.close()
    },
  }
}

function queueHome({ redisUrl, queuePrefix, tracesTo }: Config, { urls }: PreparedDatabase): QueueHome {
  const traced = tracesTo !== null
  return redisUrl ? { redisUrl, prefix: queuePrefix, traced } : { postgresUrl: urls.worker, traced }
}

function toolFor({ mailchimp, toolTimeoutMs: timeoutMs }: Config, name: string, counters: Counters): MarketingTool {
  const known = toolNames.find((one) => one === name)
  if (!known) throw new NotAllowed(`There is no tool called ${name}; there is: ${toolNames.join(', ')}.`)
  if (!mailchimp.apiKey)
    throw new NotAllowed('MAILCHIMP_API_KEY is not set: the tool cannot be reached without its key.')
  const { apiKey, baseUrl, accountId } = mailchimp
  const answered = (route: string, outcome: string, ms: number) => {
    counters.add('tool_requests', `${route} ${outcome}`, 1)
    counters.add('tool_seconds', `${route} ${outcome}`, ms / 1000)
    traceCall(route, outcome, ms)
  }
  return openTool(known, {
    apiKey,
    timeoutMs,
    answered,
    ...(baseUrl ? { baseUrl } : {}),
    ...(accountId ? { accountId } : {}),
  })
}
