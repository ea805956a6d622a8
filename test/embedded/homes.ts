// Temporary homes for the tests of this folder, and what runs in them.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, onTestFinished, vi } from 'vitest'
import { dropEmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded/postgres.ts'

// Real processes on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** The path of a home that does not exist yet, in a folder with a name people give to folders. Dropped after the test. */
export function temporaryHome(mode = 0o755): string {
  const folder = makeFolder(mode)
  const home = path.join(folder, 'koti')
  onTestFinished(async () => {
    await dropEmbeddedPostgres(home)
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  })
  return home
}

/** As `temporaryHome`, with an empty database in it that is not running: creating one takes a second, copying it a tenth. */
export async function homeWithDatabase(): Promise<string> {
  template ??= makeTemplate()
  const home = temporaryHome()
  copyHome(await template, home)
  return home
}

let template: Promise<string> | undefined

afterAll(async () => {
  if (template) rmSync(path.dirname(await template), { recursive: true, force: true, maxRetries: 10 })
})

async function makeTemplate(): Promise<string> {
  const home = path.join(makeFolder(0o755), 'koti')
  const database = await startEmbeddedPostgres({ home, fsync: false })
  await database.stop()
  return home
}

export interface Guest {
  process: ChildProcess
  /** what it got, or its stderr where it failed */
  got: Promise<{ url: string; dataFolder: string; startedNow: boolean }>
  /** Lets it end by itself, and waits for that. */
  leave(): Promise<void>
}

/** Starts a command that needs the database of this home, in a process group of its own. */
export function startGuest(home: string, idleMs = 30_000): Guest {
  const script = fileURLToPath(new URL('./guest.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, home, String(idleMs)], {
    detached: process.platform !== 'win32',
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let complaints = ''
  child.stderr.on('data', (text) => {
    complaints += text
  })
  const ended = once(child, 'exit')
  const firstLine = once(createInterface(child.stdout), 'line').then(([line]) => JSON.parse(line))
  const got = Promise.race([firstLine, ended.then(() => Promise.reject(new Error(complaints)))])
  got.catch(() => {})
  const leave = async () => {
    child.stdin.end()
    await ended
  }
  return { process: child, got, leave }
}

/** Asks one question of a database. */
export async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query(sql)
    return rows
  } finally {
    await client.end()
  }
}

/** The living processes whose command line names this folder. */
export function processesOf(folder: string): { pid: number; command: string }[] {
  const windows = '(Get-CimInstance Win32_Process) | ForEach-Object { "$($_.ProcessId) R $($_.CommandLine)" }'
  const list =
    process.platform === 'win32'
      ? execFileSync('powershell', ['-NoProfile', '-Command', windows], { encoding: 'utf8' })
      : execFileSync('ps', ['-axww', '-o', 'pid=,stat=,args='], { encoding: 'utf8' })
  return list.split(/\r?\n/).flatMap((line) => {
    const [, pid, state = '', command = ''] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    // A zombie has ended; in a container nobody may collect it.
    return command.includes(folder) && !state.startsWith('Z') ? [{ pid: Number(pid), command }] : []
  })
}

function makeFolder(mode: number): string {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'lupa kansio ä-')))
  chmodSync(folder, mode)
  return folder
}

/** Copies a home as a careful person does, owners included. */
export function copyHome(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true })
  for (const name of ['.', ...readdirSync(from, { recursive: true, encoding: 'utf8' })]) {
    const { uid, gid, mode } = statSync(path.join(from, name))
    if (process.getuid?.() === 0) chownSync(path.join(to, name), uid, gid)
    chmodSync(path.join(to, name), mode & 0o777)
  }
}

/** Waits, asking every 50 ms, until the condition holds; fails after `withinMs` ms. */
export async function eventually(condition: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const giveUpAt = performance.now() + withinMs
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error(`not within ${withinMs} ms: ${condition}`)
    await sleep(50)
  }
}
