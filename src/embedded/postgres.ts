// The one-machine database: a real PostgreSQL 18 in LUPA_HOME, started by whichever command needs it first, shared by all,
// and stopped when the last has gone. What a newcomer needs is in this file; the others hold one step each.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Unavailable } from '../domain/errors.ts'
import { createCluster } from './create-cluster.ts'
import {
  type DataPlace,
  findDataPlace,
  makeDataPlace,
  placeLock,
  readPassword,
  readPort,
  removeDataPlace,
} from './data-place.ts'
import { withFolderLock } from './folder-lock.mjs'
import { type PostgresPrograms, postgresPrograms } from './postgres-programs.ts'
import { discardPostmasterFile, runningPostmaster } from './postmaster-file.ts'
import { type Presence, type ServerAddress, visitServer } from './presence.ts'
import { processAlive } from './process-alive.mjs'
import { startServer, stopServer } from './server-control.ts'

export interface EmbeddedPostgres {
  /** `postgresql://lupa:<password>@127.0.0.1:<port>/lupa`, the login of the server's owner */
  url: string
  dataFolder: string
  /** whether this call started the server; false when it was running already */
  startedNow: boolean
  /** Stops the server at once, for everybody who uses it, and returns when it has stopped. */
  stop(): Promise<void>
  /** Lets the server go when nobody else needs it, without ending this process (which has the same effect). */
  leave(): Promise<void>
}

export interface EmbeddedPostgresStatus {
  /** `none`: never created here. `running` is proved by a connection. */
  state: 'none' | 'stopped' | 'running'
  dataFolder?: string
  port?: number
  pid?: number
}

/**
 * Makes sure that the PostgreSQL of this home runs, creating it on first use, and stays as a guest until the process ends.
 * Any number of processes may call it at once: one creates and starts, the others wait for it (interface.md, DATABASE_URL).
 * The server stops `idleMs` ms after its last client has gone (those who start it decide). `fsync: false` is for throw-away homes.
 * @throws Unavailable with a sentence for the user, and the server's own words where there are any
 */
export async function startEmbeddedPostgres(options: {
  home: string
  idleMs?: number
  fsync?: boolean
}): Promise<EmbeddedPostgres> {
  const { home, idleMs = 30_000, fsync = true } = options
  const { place, presence, startedNow } = await withFolderLock(placeLock(home), () => joinOrStart(home, idleMs, fsync))
  const leave = () => presence.leave()
  const stop = async () => {
    await presence.leave()
    await stopEmbeddedPostgres(home)
  }
  const url = `postgresql://lupa:${readPassword(place)}@127.0.0.1:${presence.port}/lupa`
  return { url, dataFolder: place.dataFolder, startedNow, stop, leave }
}

/** Stops the PostgreSQL of this home at once, whoever uses it; `false` when it was not running. Throws Unavailable when it does not stop. */
export async function stopEmbeddedPostgres(home: string): Promise<boolean> {
  const place = findDataPlace(home)
  if (!place) return false
  return withFolderLock(placeLock(home), () => stopIfRunning(place))
}

/** What there is in this home, without creating or starting anything. */
export async function embeddedPostgresStatus(home: string): Promise<EmbeddedPostgresStatus> {
  const place = findDataPlace(home)
  if (!place || !existsSync(path.join(place.dataFolder, 'PG_VERSION'))) return { state: 'none' }
  const { dataFolder } = place
  const postmaster = runningPostmaster(dataFolder)
  if (!postmaster) return { state: 'stopped', dataFolder }
  const visit = await visitServer(addressOf(place, postmaster.port))
  if (visit.outcome !== 'ours') return { state: 'stopped', dataFolder }
  await visit.presence.leave()
  return { state: 'running', dataFolder, port: postmaster.port, pid: postmaster.pid }
}

/** Stops the PostgreSQL of this home and deletes its data, also where they lie outside the home. For the homes of tests and the demo. */
export async function dropEmbeddedPostgres(home: string): Promise<void> {
  const place = findDataPlace(home)
  if (!place) return
  await withFolderLock(placeLock(home), () => stopIfRunning(place))
  removeDataPlace(place)
}

interface Joined {
  place: DataPlace
  presence: Presence
  startedNow: boolean
}

// Runs under the home's lock, which the watcher takes too before it stops the server: nobody joins a server about to go.
async function joinOrStart(home: string, idleMs: number, fsync: boolean): Promise<Joined> {
  const place = makeDataPlace(home)
  const programs = postgresPrograms(place.account)
  const created = await createCluster(place, programs, { fsync })
  const found = created ? undefined : await joinRunning(place)
  if (!found) await startServer(place, programs, { fsync })
  const presence = found ?? (await joinStarted(place))
  await presence.ensureDatabase()
  if (!presence.watched) startWatcher(place, programs, { port: presence.port, idleMs })
  return { place, presence, startedNow: !found }
}

// Only a connection is proof. A server may be on its way up or down; one that was killed leaves its file behind.
async function joinRunning(place: DataPlace): Promise<Presence | undefined> {
  const { dataFolder } = place
  const giveUpAt = performance.now() + 10_000
  const giveUpStartingAt = performance.now() + 60_000
  for (;;) {
    const postmaster = runningPostmaster(dataFolder)
    if (!postmaster) return undefined
    const visit = await visitServer(addressOf(place, postmaster.port))
    if (visit.outcome === 'ours') return visit.presence
    if (visit.outcome === 'not ours') {
      // The folder is a copy: the file in it speaks of the server of the original.
      discardPostmasterFile(dataFolder)
      return undefined
    }
    if (performance.now() > (visit.outcome === 'busy' ? giveUpStartingAt : giveUpAt)) return undefined
    await sleep(50)
  }
}

async function joinStarted(place: DataPlace): Promise<Presence> {
  const visit = await visitServer(addressOf(place, readPort(place) ?? 0))
  if (visit.outcome === 'ours') return visit.presence
  throw new Unavailable(`PostgreSQL started in ${place.dataFolder}, but ${visit.because}.`)
}

async function stopIfRunning(place: DataPlace): Promise<boolean> {
  if (!runningPostmaster(place.dataFolder)) return false
  await stopServer(place, postgresPrograms(place.account))
  await watcherGone(place)
  return true
}

function startWatcher(place: DataPlace, programs: PostgresPrograms, server: { port: number; idleMs: number }): void {
  const facts = {
    ...server,
    pid: runningPostmaster(place.dataFolder)?.pid,
    dataFolder: place.dataFolder,
    passwordFile: place.passwordFile,
    lock: placeLock(place.home),
    pgCtl: programs.pgCtl,
    account: place.account,
  }
  const script = fileURLToPath(new URL('./watcher.mjs', import.meta.url))
  // An empty environment: it lives long and needs none of our secrets. Windows adds what it cannot do without by itself.
  const watcher = spawn(process.execPath, [script, JSON.stringify(facts)], {
    cwd: path.parse(place.dataFolder).root,
    detached: true,
    env: {},
    stdio: 'ignore',
    windowsHide: true,
  })
  watcher.unref()
  if (watcher.pid) writeFileSync(watcherFile(place), String(watcher.pid))
}

function watcherFile(place: DataPlace): string {
  return path.join(place.folder, 'watcher.pid')
}

// The watcher ends by itself when its server has; whoever stops the server waits for that, so that no process is left.
async function watcherGone(place: DataPlace): Promise<void> {
  const pid = existsSync(watcherFile(place)) ? Number(readFileSync(watcherFile(place), 'utf8')) : 0
  const giveUpAt = performance.now() + 3000
  while (pid > 0 && processAlive(pid) && performance.now() < giveUpAt) await sleep(20)
}

function addressOf(place: DataPlace, port: number): ServerAddress {
  return { port, password: readPassword(place), dataFolder: place.dataFolder }
}
