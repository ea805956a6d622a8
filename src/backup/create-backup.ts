// Makes a backup of the register, and deletes those whose time is over.
import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Config } from '../config.ts'
import { BadInput } from '../domain/errors.ts'
import type { KeyRing } from '../ledger/key-ring.ts'
import { writeAudit } from '../register/audit.ts'
import type { Database } from '../register/database.ts'
import { type DumpMethod, openDump } from '../register/dump.ts'
import { installationId } from '../register/installation.ts'
import { migrationsOf } from '../register/migrate.ts'
import { writeBackup } from './backup-file.ts'
import { backupName, deleteBackup, listBackups, outdated } from './rotation.ts'

/** What a backup is made with: the owner's database at `url`, open as `db`. */
export type BackupSource = { config: Config; url: string; db: Database; keys: KeyRing; clock: () => Date }

export type MadeBackup = {
  file: string
  bytes: number
  method: DumpMethod
  people: number
  rows: number
  /** How many old ones were deleted. */
  deleted: number
}

/** Where backups go. */
export function backupFolder({ home, company }: Config): string {
  return path.resolve(home, company?.backups.folder ?? 'backups')
}

/** How many days a backup is kept. */
export function backupDays({ company }: Config): number {
  return company?.backups.keep ?? 35
}

export type BackupOptions = { folder?: string; method?: DumpMethod; actor?: string }

/** Writes one backup into `folder` and lets the outdated ones there go. Streams; the register may be of any size. */
export async function createBackup(
  { config, url, db, keys, clock }: BackupSource,
  { folder = backupFolder(config), method, actor = 'operator' }: BackupOptions = {},
): Promise<MadeBackup> {
  const at = clock()
  const file = path.join(folder, backupName(at))
  if (existsSync(file)) throw new BadInput(`${file} was made this very second: there is one already.`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const register = await installationId(db)
  const dump = await openDump(url, method)
  try {
    const facts = { madeAt: at.toISOString(), register, migrations: await migrationsOf(url) }
    const bytes = await writeBackup(file, { ...facts, method: dump.method, postgres: dump.postgres }, keys, dump.text)
    const old = outdated(await listBackups(folder), register, backupDays(config), at)
    for (const one of old) deleteBackup(one)
    const counts = Object.values(dump.counts)
    const rows = counts.reduce((sum, count) => sum + count, 0)
    const made = { bytes, method: dump.method, people: peopleIn(dump.counts), rows, deleted: old.length }
    await writeAudit(db, { at, actor, action: 'backup-created', facts: made })
    return { file, ...made }
  } finally {
    await dump.close()
  }
}

/** How many people a dump or a load holds. */
export function peopleIn(counts: Record<string, number>): number {
  return counts['public.person'] ?? 0
}
