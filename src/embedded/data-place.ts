// Where a home keeps its database: `<home>/postgres`, or, for root with a home that no other user may enter, a folder of the system
// that the home points to. PostgreSQL never runs as root, so there its data must lie where another user can reach them.
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { Unavailable } from '../domain/errors.ts'
import { accountOf, canEnter, runsAsRoot, type ServerAccount, serverAccount, systemFolder } from './server-account.ts'

export interface DataPlace {
  /** the real path of LUPA_HOME */
  home: string
  /** `<home>/postgres`: password, port, lock, and the data unless `base` is elsewhere */
  folder: string
  /** the folder in which `data` and the server's log lie */
  base: string
  dataFolder: string
  logFile: string
  passwordFile: string
  /** the user the server runs as; undefined: the one who runs this process */
  account: ServerAccount | undefined
}

const pointerShape = z.object({ base: z.string() })
const ownerShape = z.object({ home: z.string() })

/** The place of this home's database, or undefined where there was never one. Creates nothing. Throws Unavailable as makeDataPlace does. */
export function findDataPlace(home: string): DataPlace | undefined {
  if (!existsSync(path.join(home, 'postgres'))) return undefined
  const realHome = realpathSync(home)
  const folder = path.join(realHome, 'postgres')
  const place = describePlace(realHome, pointedBase(folder) ?? folder)
  requireReach(place)
  return place
}

/** The lock under which this home's database is made, started and stopped. Makes the folders above it. */
export function placeLock(home: string): string {
  const folder = path.join(makeHome(home), 'postgres')
  makeFolder(folder)
  return path.join(folder, 'lock')
}

/**
 * The place of this home's database, made (empty) where there is none, with its password (mode 0600). Call it under `placeLock`.
 * @throws Unavailable when the home is a copy that points to another home's data, or when the data are out of reach for this user
 */
export function makeDataPlace(home: string): DataPlace {
  const realHome = realpathSync(home)
  const folder = path.join(realHome, 'postgres')
  const place = describePlace(realHome, pointedBase(folder) ?? chooseBase(realHome, folder))
  requireReach(place)
  makePassword(place)
  return place
}

/** Deletes the database of this home, wherever it lies. The server must have stopped. */
export function removeDataPlace(place: DataPlace): void {
  // Windows lets go of the files of an ended process a moment later.
  const options = { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }
  if (place.base !== place.folder) rmSync(place.base, options)
  rmSync(place.folder, options)
}

/** Where the old data folder stands for the moment in which an upgraded one takes its place. */
export function asideFolder({ base }: DataPlace): string {
  return path.join(base, 'data-before-upgrade')
}

/** Whether an upgrade was killed in that moment: the folder with the register stands aside, and none is in its place. */
export function upgradeInterrupted(place: DataPlace): boolean {
  return !existsSync(place.dataFolder) && existsSync(asideFolder(place))
}

/** The password of the server's owner. Throws Unavailable when its file is gone. */
export function readPassword(place: DataPlace): string {
  try {
    return readFileSync(place.passwordFile, 'utf8').trim()
  } catch {
    throw new Unavailable(
      `The password of the database is missing: bring ${place.passwordFile} back from a backup of this LUPA_HOME.`,
    )
  }
}

/** The TCP port this home uses, once one was chosen. */
export function readPort(place: DataPlace): number | undefined {
  const file = path.join(place.folder, 'port')
  const port = existsSync(file) ? Number(readFileSync(file, 'utf8')) : Number.NaN
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined
}

/** Keeps a port for this home. */
export function writePort(place: DataPlace, port: number): void {
  writeWhole(path.join(place.folder, 'port'), `${port}\n`)
}

function describePlace(home: string, base: string): DataPlace {
  const folder = path.join(home, 'postgres')
  const dataFolder = path.join(base, 'data')
  const logFile = path.join(base, 'server.log')
  const passwordFile = path.join(folder, 'password')
  return { home, folder, base, dataFolder, logFile, passwordFile, account: accountFor(dataFolder) }
}

// Data once made belong to a user for good: root starts the server as that one.
function accountFor(dataFolder: string): ServerAccount | undefined {
  if (!runsAsRoot()) return undefined
  const owner = statSync(dataFolder, { throwIfNoEntry: false })?.uid
  return owner === undefined || owner === 0 ? serverAccount() : accountOf(owner)
}

function makeHome(home: string): string {
  if (!existsSync(home)) {
    // Only the home itself is closed to others, not the folders made on the way to it.
    mkdirSync(path.dirname(path.resolve(home)), { recursive: true })
    mkdirSync(home, { recursive: true, mode: 0o700 })
    // The server's user must pass through root's home to its data; it still cannot list what is in it.
    if (runsAsRoot()) chmodSync(home, 0o711)
  }
  return realpathSync(home)
}

function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (runsAsRoot()) chmodSync(folder, 0o711)
}

function chooseBase(home: string, folder: string): string {
  const account = accountFor(path.join(folder, 'data'))
  if (!account || canEnter(folder, account) || existsSync(path.join(folder, 'data'))) return folder
  const base = path.join(systemFolder(account), `home-${randomBytes(8).toString('hex')}`)
  makeFolder(base)
  // The owner first: a pointer to a folder that does not know its home would look like a copy.
  writeWhole(path.join(base, 'home.json'), JSON.stringify({ home }))
  writeWhole(path.join(folder, 'data-place.json'), JSON.stringify({ base }))
  return base
}

function pointedBase(folder: string): string | undefined {
  const base = readPointer(folder)
  if (!base) return undefined
  const home = path.dirname(folder)
  const ownerFile = path.join(base, 'home.json')
  if (!existsSync(ownerFile)) {
    throw new Unavailable(
      `The database of ${home} should be in ${base}, which is not there (a home brought from another machine?): ` +
        `restore a backup, or remove ${path.join(folder, 'data-place.json')} to begin with an empty database.`,
    )
  }
  const owner = ownerShape.parse(JSON.parse(readFileSync(ownerFile, 'utf8'))).home
  if (owner === home) return base
  if (readPointer(path.join(owner, 'postgres')) === base) {
    throw new Unavailable(
      `${home} is a copy of ${owner}, and the database itself was not copied (it is in ${base}): use ${owner}, ` +
        `or remove ${path.join(folder, 'data-place.json')} to begin with an empty database and restore a backup into it.`,
    )
  }
  // The old home is gone: this one was moved here.
  writeWhole(ownerFile, JSON.stringify({ home }))
  return base
}

function readPointer(folder: string): string | undefined {
  const file = path.join(folder, 'data-place.json')
  return existsSync(file) ? pointerShape.parse(JSON.parse(readFileSync(file, 'utf8'))).base : undefined
}

function requireReach(place: DataPlace): void {
  const found = statSync(place.dataFolder, { throwIfNoEntry: false })
  if (!found || process.getuid === undefined) return
  if (runsAsRoot() && found.uid === 0) {
    const fix = `chown -R ${place.account?.name} ${place.dataFolder}`
    throw new Unavailable(`The database in ${place.dataFolder} belongs to root, which PostgreSQL refuses: ${fix}`)
  }
  if (!runsAsRoot() && found.uid !== process.getuid()) {
    throw new Unavailable(
      `The database in ${place.dataFolder} belongs to another user (number ${found.uid}): it was created as root, or by that user. ` +
        'Run this command as they did, or choose another LUPA_HOME.',
    )
  }
  if (place.account && !canEnter(place.base, place.account)) {
    throw new Unavailable(
      `The database in ${place.dataFolder} is out of reach for the user ${place.account.name} that it runs as: ` +
        `let that user pass through every folder above it (chmod o+x).`,
    )
  }
}

function makePassword(place: DataPlace): void {
  if (existsSync(place.passwordFile) || existsSync(place.dataFolder)) return
  const draft = `${place.passwordFile}.${process.pid}`
  writeFileSync(draft, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 })
  renameSync(draft, place.passwordFile)
}

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.${process.pid}`, text)
  renameSync(`${file}.${process.pid}`, file)
}
