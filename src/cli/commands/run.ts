// lupa start | web | worker | stop | migrate: the processes.
import { existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Config } from '../../config.ts'
import { companyFileOf } from '../../config.ts'
import { type Context, migrateDatabase } from '../../context.ts'
import { BadInput } from '../../domain/errors.ts'
import { startEmbeddedPostgres, stopEmbeddedPostgres } from '../../embedded/postgres.ts'
import { startWeb } from '../../http/server.ts'
import { startWorkers } from '../../operator/run-workers.ts'
import { findRoleUrls } from '../../register/migrate.ts'
import { command, plainCommand, type Terminal } from '../command.ts'
import { askCompany } from './init.ts'

/** Everything in one process, for one machine. On a terminal without lupa.yaml it asks first. */
export function startCommand(): Command {
  return command(
    'start',
    'everything in one process: public pages and workers',
    async (context, terminal) => {
      requireCompany(context.config)
      const web = await startWeb(context)
      const workers = await startWorkers(context)
      terminal.result(
        { address: web.address },
        `Lupa is running: ${web.address}\nIt ends with Ctrl-C; what is under way goes on with the next start.`,
      )
      await stay(terminal, () => Promise.all([web.close(), workers.close()]))
    },
    { stays: true },
  ).hook('preAction', async () => {
    const companyFile = companyFileOf()
    if (!existsSync(companyFile) && process.stdin.isTTY) await askCompany(companyFile)
  })
}

/** Public pages alone. */
export function webCommand(): Command {
  return command(
    'web',
    'the public pages alone',
    async (context, terminal) => {
      requireCompany(context.config)
      const web = await startWeb(context)
      terminal.result({ address: web.address }, `Listening on ${web.address}`)
      await stay(terminal, web.close)
    },
    { stays: true },
  )
}

/** Workers alone. */
export function workerCommand(): Command {
  return command(
    'worker',
    'the workers alone',
    async (context: Context, terminal: Terminal) => {
      const workers = await startWorkers(context)
      terminal.say('Working. It ends with Ctrl-C.')
      await stay(terminal, workers.close)
    },
    { stays: true },
  )
}

/** Stops the embedded PostgreSQL of this home. */
export function stopCommand(): Command {
  return plainCommand('stop', 'stop the embedded PostgreSQL', async (config, terminal) => {
    const stopped = await stopEmbeddedPostgres(config().home)
    terminal.result({ stopped }, stopped ? 'The embedded PostgreSQL has been stopped.' : 'It was not running.')
  })
}

/** Brings the database up to date, the only command that does so for one given by DATABASE_URL. */
export function migrateCommand(): Command {
  return plainCommand('migrate', 'bring the database up to date', async (config, terminal) => {
    const { home, database } = config()
    const url = database.url ?? (await startEmbeddedPostgres({ home })).url
    const applied = await migrateDatabase(url, home)
    await findRoleUrls(url, home, database.roleUrls)
    terminal.result(
      { applied },
      applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}.`,
    )
  })
}

function requireCompany({ company, companyFile }: Config): void {
  if (!company) throw new BadInput(`There is no ${companyFile}: make one with \`lupa init\`.`)
}

const patienceMs = 15_000

/**
 * Stays until SIGINT or SIGTERM, then stops what runs: what is in hand is finished, or after 15 s left to whoever works next (every
 * job is safe to repeat). A second signal, of either kind, ends the process at once.
 */
async function stay(terminal: Terminal, stop: () => Promise<unknown>): Promise<void> {
  await told()
  const inTime = new AbortController()
  const late = wait(patienceMs, 'late', { signal: inTime.signal }).catch(() => 'in time')
  if ((await Promise.race([stop(), late])) === 'late') {
    terminal.say('Something was still in hand after 15 s: it is left to the next worker.')
    process.exit(0)
  }
  inTime.abort()
}

/** Resolves at the first signal to end. */
async function told(): Promise<void> {
  const idle = setInterval(() => {}, 60_000)
  await new Promise<void>((resolve) => {
    let before = false
    const hear = () => {
      if (before) process.exit(1)
      before = true
      resolve()
    }
    process.on('SIGINT', hear).on('SIGTERM', hear)
  })
  clearInterval(idle)
}
