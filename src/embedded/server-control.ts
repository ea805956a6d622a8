// Starts and stops the server of a data folder with pg_ctl, and turns its log into a sentence when it does not start.
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Unavailable } from '../domain/errors.ts'
import { type DataPlace, readPort, writePort } from './data-place.ts'
import type { PostgresPrograms } from './postgres-programs.ts'
import { discardPostmasterFile, runningPostmaster } from './postmaster-file.ts'
import { runProgram } from './run-program.ts'
import { giveTo } from './server-account.ts'

// What the processes of a killed server still hold for a moment.
const passing = /lock file .* already exists|shared memory block|shared memory segment/i
const portTaken = /could not bind|could not create any TCP\/IP sockets/i

/**
 * Starts the server on the port of this place, which moves when something else has taken it; returns the port. What a killed
 * server still holds is waited for, up to 10 s.
 * @throws Unavailable with the last lines of the server's log
 */
export async function startServer(
  place: DataPlace,
  programs: PostgresPrograms,
  { fsync }: { fsync: boolean },
): Promise<number> {
  const giveUpAt = performance.now() + 10_000
  for (;;) {
    if (!runningPostmaster(place.dataFolder)) discardPostmasterFile(place.dataFolder)
    const port = await choosePort(place)
    writeSettings(place, port, fsync)
    const refusal = await tryToStart(place, programs)
    if (refusal === undefined) return port
    if (performance.now() > giveUpAt || !(passing.test(refusal) || portTaken.test(refusal))) {
      throw new Unavailable(
        `PostgreSQL does not start in ${place.dataFolder}: ${refusal} (all of it: ${place.logFile})`,
      )
    }
    await sleep(200)
  }
}

/** Stops the server at once: clients are disconnected, data are safe. Throws Unavailable when it has not stopped within 60 s. */
export async function stopServer(place: DataPlace, programs: PostgresPrograms): Promise<void> {
  const args = ['stop', '-D', place.dataFolder, '-m', 'fast', '-w', '-s', '-t', '60']
  const { words } = await runProgram(programs.pgCtl, args, place.account)
  const still = runningPostmaster(place.dataFolder)
  if (!still) return
  throw new Unavailable(`PostgreSQL in ${place.dataFolder} (process ${still.pid}) does not stop: ${words}`)
}

// The sentence of a failure, or undefined when it runs and accepts connections.
async function tryToStart(place: DataPlace, programs: PostgresPrograms): Promise<string | undefined> {
  const before = prepareLog(place)
  const args = ['start', '-D', place.dataFolder, '-l', place.logFile, '-w', '-s', '-t', '60']
  const { code, words } = await runProgram(programs.pgCtl, args, place.account)
  if (code === 0) return undefined
  const said = readFileSync(place.logFile).subarray(before).toString('utf8')
  const lines = (said.trim() || words).split(/\r?\n/).filter(Boolean)
  return lines.slice(-3).join(' · ')
}

// The server's user writes the log: it must be there before, because the folder is ours. Returns its length in bytes.
function prepareLog({ logFile, account }: DataPlace): number {
  const length = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0
  if (length > 1_000_000) renameSync(logFile, `${logFile}.1`)
  if (!existsSync(logFile)) closeSync(openSync(logFile, 'a', 0o600))
  giveTo(account, logFile)
  return statSync(logFile).size
}

async function choosePort(place: DataPlace): Promise<number> {
  const kept = readPort(place)
  const port = (kept && (await tryPort(kept))) || (await tryPort(0))
  if (!port)
    throw new Unavailable(
      'No free port on 127.0.0.1 for the embedded PostgreSQL: set DATABASE_URL, or end other programs.',
    )
  if (port !== kept) writePort(place, port)
  return port
}

// 0 asks the system for a free one.
function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(address && typeof address === 'object' ? address.port : undefined))
    })
  })
}

// A file that the server's own configuration includes: no quoting for any shell, and environment variables do not override it.
function writeSettings({ dataFolder, account }: DataPlace, port: number, fsync: boolean): void {
  const durable = fsync ? 'on' : 'off'
  const settings = [
    '# Written by Lupa at every start.',
    "listen_addresses = '127.0.0.1'",
    `port = ${port}`,
    "unix_socket_directories = ''",
    'max_connections = 200',
    `fsync = ${durable}`,
    `synchronous_commit = ${durable}`,
    `full_page_writes = ${durable}`,
    '# No personal data in the log: no statements, no details with values, no errors of sessions.',
    'log_min_messages = log',
    'log_min_error_statement = panic',
    'log_error_verbosity = terse',
    'logging_collector = off',
  ]
  const file = path.join(dataFolder, 'lupa.conf')
  writeFileSync(file, `${settings.join('\n')}\n`, { mode: 0o600 })
  giveTo(account, file)
}
