// What the owner may order about backups: make one, and prove that one can be restored.
import path from 'node:path'
import { type BackupOptions, backupDays, backupFolder, createBackup, type MadeBackup } from '../backup/create-backup.ts'
import { type Drill, drillBackup } from '../backup/drill-backup.ts'
import { listBackups } from '../backup/rotation.ts'
import { type Context, prepareDatabase } from '../context.ts'
import { BadInput } from '../domain/errors.ts'

export type BackupsNow = {
  folder: string
  /** Days after which one is deleted. */
  keptDays: number
  /** Newest first. */
  backups: { name: string; madeAt: Date; bytes: number; keyId: string }[]
  lastDrill: { at: Date; passed: boolean } | null
}

/** Which backups there are, and how the last drill ended. */
export async function backupsNow({ db, config }: Context): Promise<BackupsNow> {
  const folder = backupFolder(config)
  const [last, found] = await Promise.all([
    db.audit.findFirst({ where: { action: 'backup-drilled' }, orderBy: { seq: 'desc' } }),
    listBackups(folder),
  ])
  const passed = (last?.facts as { passed?: boolean } | null | undefined)?.passed === true
  return {
    ...{ folder, keptDays: backupDays(config), lastDrill: last && { at: last.at, passed } },
    backups: found.map(({ file, bytes, header }) => {
      const name = path.basename(file)
      return { name, madeAt: new Date(header.madeAt), bytes, keyId: header.keyId }
    }),
  }
}

/** Makes a backup, and deletes those whose time is over. */
export async function backUp(context: Context, options: BackupOptions = {}): Promise<MadeBackup> {
  const { url } = await prepareDatabase(context.config)
  return createBackup({ ...context, url }, options)
}

/** Restores the newest backup, or this one, beside the register, proves it and drops it. Throws BadInput where there is none. */
export async function drill(
  context: Context,
  {
    file,
    actor,
    begins = () => {},
  }: { file?: string | undefined; actor?: string; begins?: (file: string) => void } = {},
): Promise<Drill & { file: string }> {
  const { db, config, clock, keys, ledger } = context
  const chosen = file ?? (await listBackups(backupFolder(config)))[0]?.file
  if (!chosen) throw new BadInput('There is no backup to drill: `lupa backup create` makes one.')
  begins(chosen)
  const { url } = await prepareDatabase(config)
  const found = await drillBackup(db, url, { file: path.resolve(chosen), keys, ledger }, clock, actor)
  return { file: chosen, ...found }
}
