// A new major version of PostgreSQL cannot open the data folder of an older one. The old server and the new one run side by side,
// the register is carried over and proved, and only then the folders change places.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { BadInput, NotAllowed, Unavailable } from '../domain/errors.ts'
import { createCluster } from './create-cluster.ts'
import { asideFolder, type DataPlace, findDataPlace, placeLock, readPassword } from './data-place.ts'
import { withFolderLock } from './folder-lock.mjs'
import { olderPrograms, type PostgresPrograms, postgresPrograms } from './postgres-programs.ts'
import { discardPostmasterFile, runningPostmaster } from './postmaster-file.ts'
import { visitServer } from './presence.ts'
import { runsAsRoot } from './server-account.ts'
import { startServer, stopServer } from './server-control.ts'

export type Upgraded<T> = { from: number; to: number; carried: T }

/**
 * Brings the database of this home to the PostgreSQL of this installation. `carry` takes the register from the old server's URL to
 * the new one's and proves it there; until it has, the old folder stays in its place, and whatever fails leaves it so. `programs` is
 * the folder of the old version's programs, searched for where systems keep them unless it is given.
 * @throws BadInput where there is nothing to upgrade, Unavailable without the old programs or when a server does not start
 */
export async function upgradeEmbeddedPostgres<T>(
  home: string,
  { programs: folder, carry }: { programs?: string; carry: (oldUrl: string, newUrl: string) => Promise<T> },
): Promise<Upgraded<T>> {
  const place = findDataPlace(home)
  if (!place) throw new BadInput(`There is no database in ${home}: there is nothing to upgrade.`)
  return withFolderLock(placeLock(home), async () => {
    putBack(place)
    const current = postgresPrograms(place.account)
    const from = majorOf(place)
    if (from === current.major)
      throw new BadInput(`The database of ${home} is PostgreSQL ${from} already: there is nothing to upgrade.`)
    if (from > current.major)
      throw new NotAllowed(
        `The database of ${home} is PostgreSQL ${from}, newer than the ${current.major} of this Lupa: update Lupa.`,
      )
    if (runningPostmaster(place.dataFolder))
      throw new NotAllowed(`PostgreSQL ${from} is running in ${place.dataFolder}: end whatever uses it first.`)
    const older = await olderPrograms(from, folder)
    const carried = await sideBySide(place, older, current, carry)
    swap(place)
    return { from, to: current.major, carried }
  })
}

async function sideBySide<T>(
  place: DataPlace,
  older: PostgresPrograms,
  current: PostgresPrograms,
  carry: (oldUrl: string, newUrl: string) => Promise<T>,
): Promise<T> {
  const beside = besidePlace(place)
  rmSync(beside.base, { recursive: true, force: true })
  mkdirSync(beside.base, { recursive: true, mode: runsAsRoot() ? 0o711 : 0o700 })
  let done = false
  try {
    const oldPort = await startServer(place, older, { fsync: true })
    await createCluster(beside, current, { fsync: true })
    const newPort = await startServer(beside, current, { fsync: true })
    await makeDatabase(beside, newPort)
    const carried = await carry(urlOf(place, oldPort), urlOf(place, newPort))
    done = true
    return carried
  } finally {
    await stopped(beside, current)
    await stopped(place, older)
    if (!done) rmSync(beside.base, { recursive: true, force: true })
  }
}

async function makeDatabase(place: DataPlace, port: number): Promise<void> {
  const visit = await visitServer({ port, password: readPassword(place), dataFolder: place.dataFolder })
  if (visit.outcome !== 'ours') throw new Unavailable(`The new PostgreSQL does not answer: ${visit.because}.`)
  await visit.presence.ensureDatabase()
  await visit.presence.leave()
}

async function stopped(place: DataPlace, programs: PostgresPrograms): Promise<void> {
  if (runningPostmaster(place.dataFolder)) await stopServer(place, programs)
  else if (existsSync(place.dataFolder)) discardPostmasterFile(place.dataFolder)
}

/** The proved folder takes the old one's place, and the old one goes: people's data must not lie about in two. */
function swap(place: DataPlace): void {
  const beside = besidePlace(place)
  const aside = asideFolder(place)
  renameSync(place.dataFolder, aside)
  renameSync(beside.dataFolder, place.dataFolder)
  rmSync(beside.base, { recursive: true, force: true })
  rmSync(aside, { recursive: true, force: true })
}

/** Killed between the two renames: the old folder goes back to where it was, and the upgrade begins again. */
function putBack(place: DataPlace): void {
  const aside = asideFolder(place)
  if (!existsSync(aside)) return
  if (existsSync(place.dataFolder)) rmSync(aside, { recursive: true, force: true })
  else renameSync(aside, place.dataFolder)
}

function besidePlace(place: DataPlace): DataPlace {
  const base = path.join(place.base, 'upgrading')
  return { ...place, base, dataFolder: path.join(base, 'data'), logFile: path.join(base, 'server.log') }
}

function majorOf({ dataFolder }: DataPlace): number {
  const file = path.join(dataFolder, 'PG_VERSION')
  if (!existsSync(file)) throw new BadInput(`There is no database in ${dataFolder}: there is nothing to upgrade.`)
  return Number.parseInt(readFileSync(file, 'utf8'), 10)
}

function urlOf(place: DataPlace, port: number): string {
  return `postgresql://lupa:${readPassword(place)}@127.0.0.1:${port}/lupa`
}
