// Which backups there are, and which are too old: a copy of people's data must not outlive the days the notice gives it.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { type BackupHeader, readHeader } from './backup-file.ts'

export type Backup = { file: string; bytes: number; header: BackupHeader }

const named = /^lupa-[\dTZ-]+\.backup$/

/** The name of a backup made at this time. */
export function backupName(at: Date): string {
  return `lupa-${at
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-')}.backup`
}

/** The backups in a folder, newest first; other files are passed over. */
export async function listBackups(folder: string): Promise<Backup[]> {
  if (!existsSync(folder)) return []
  const found: Backup[] = []
  for (const name of readdirSync(folder).filter((one) => named.test(one))) {
    const file = path.join(folder, name)
    const header = await readHeader(file).catch(() => null)
    if (header) found.push({ file, bytes: statSync(file).size, header })
  }
  return found.sort((a, b) => b.header.madeAt.localeCompare(a.header.madeAt))
}

/** Those of one register that are older than `keepDays`. The newest stays, however old: there must be one to go back to. */
export function outdated(backups: Backup[], register: string, keepDays: number, now: Date): Backup[] {
  const ofRegister = backups.filter(({ header }) => header.register === register)
  const before = new Date(now.getTime() - keepDays * 86_400_000).toISOString()
  return ofRegister.slice(1).filter(({ header }) => header.madeAt < before)
}

/** Deletes a backup with its checksum. */
export function deleteBackup({ file }: Backup): void {
  rmSync(file, { force: true })
  rmSync(`${file}.sha256`, { force: true })
}
