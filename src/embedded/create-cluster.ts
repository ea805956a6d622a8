// A new data folder: made under a name of its own and renamed when it is complete, so that a half-made one is never taken for real.
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { Unavailable } from '../domain/errors.ts'
import { type DataPlace, readPassword, upgradeInterrupted } from './data-place.ts'
import type { PostgresPrograms } from './postgres-programs.ts'
import { runProgram } from './run-program.ts'
import { giveTo } from './server-account.ts'

/**
 * Creates the data folder of this place (UTF8, locale C.UTF-8 on every system, passwords only); `false` when it was there.
 * `fsync: false` leaves the new files to the system to write out.
 * @throws Unavailable when the data there are another major version's, or are no database
 */
export async function createCluster(
  place: DataPlace,
  programs: PostgresPrograms,
  { fsync }: { fsync: boolean },
): Promise<boolean> {
  if (existsSync(path.join(place.dataFolder, 'PG_VERSION'))) {
    requireSameMajor(place, programs)
    return false
  }
  if (upgradeInterrupted(place))
    throw new Unavailable('An upgrade of PostgreSQL was interrupted: `lupa upgrade-postgres` begins it again.')
  requireEmpty(place.dataFolder)
  removeHalfMade(place.base)
  const draft = path.join(place.base, `making-${randomBytes(6).toString('hex')}`)
  mkdirSync(draft, { mode: 0o700 })
  giveTo(place.account, draft)
  await initialise(draft, place, programs, fsync)
  appendFileSync(path.join(draft, 'postgresql.conf'), "\ninclude = 'lupa.conf'\n")
  renameSync(draft, place.dataFolder)
  return true
}

function requireSameMajor(place: DataPlace, programs: PostgresPrograms): void {
  const found = readFileSync(path.join(place.dataFolder, 'PG_VERSION'), 'utf8').trim()
  if (Number(found) === programs.major) return
  throw new Unavailable(
    `The database in ${place.dataFolder} was made by PostgreSQL ${found}, and this Lupa brings PostgreSQL ${programs.major}, which cannot open it: ` +
      (Number(found) < programs.major
        ? '`lupa upgrade-postgres` carries the register over; `--programs` names the old version’s programs where it does not find them.'
        : 'update Lupa.'),
  )
}

function requireEmpty(dataFolder: string): void {
  if (!existsSync(dataFolder)) return
  if (readdirSync(dataFolder).length > 0) {
    throw new Unavailable(
      `${dataFolder} holds something that is not a complete database: restore it from a backup, or move it away to begin with an empty one.`,
    )
  }
  rmSync(dataFolder, { recursive: true })
}

// Of a command that was killed here. Whatever it had started may still be writing: then the rest goes next time.
function removeHalfMade(base: string): void {
  for (const name of readdirSync(base).filter((each) => each.startsWith('making-'))) {
    try {
      rmSync(path.join(base, name), { recursive: true, force: true })
    } catch {}
  }
}

async function initialise(draft: string, place: DataPlace, programs: PostgresPrograms, fsync: boolean): Promise<void> {
  const passwordFile = `${draft}.password`
  writeFileSync(passwordFile, readPassword(place), { mode: 0o600 })
  giveTo(place.account, passwordFile)
  // The built-in locale is the same everywhere; the system's C.UTF-8 is unknown to Windows and most macOS.
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--encoding=UTF8']
  const access = ['--username=lupa', '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  const args = ['-D', draft, ...locale, ...access, '--no-instructions', ...(fsync ? [] : ['--no-sync'])]
  try {
    const { code, words } = await runProgram(programs.initdb, args, place.account)
    if (code === 0) return
    rmSync(draft, { recursive: true, force: true })
    throw new Unavailable(
      `PostgreSQL could not make a database in ${place.base}: ${oneLine(words) || `initdb ended with ${code}`}`,
    )
  } finally {
    rmSync(passwordFile, { force: true })
  }
}

function oneLine(words: string): string {
  return words.split(/\r?\n/).filter(Boolean).slice(-3).join(' · ')
}
