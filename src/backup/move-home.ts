// A register on its way to another machine: packed here, unpacked, restored and proved there.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Config } from '../config.ts'
import { NotAllowed } from '../domain/errors.ts'
import { openKeyRing } from '../ledger/key-ring.ts'
import { type OutsideLedger, openOutsideLedger } from '../ledger/outside-ledger.ts'
import { writeAudit } from '../register/audit.ts'
import { listCampaigns } from '../register/campaigns.ts'
import { openDatabase, type RegisterClient } from '../register/database.ts'
import { installationId } from '../register/installation.ts'
import { writeLedger } from '../register/ledger-outbox.ts'
import { type BackupSource, createBackup } from './create-backup.ts'
import { canMove, type MovedPart, readMoveHeader, unpackMove, writeMove } from './move-file.ts'
import { type Restored, restoreBackup } from './restore-backup.ts'

export type MoveSource = Omit<BackupSource, 'db'> & { db: RegisterClient; ledger: OutsideLedger }

export type Packed = {
  file: string
  bytes: number
  people: number
  parts: string[]
  keys: 'inside' | 'LUPA_SECRET_KEYS'
}

/**
 * Packs a fresh backup, keys, ledger, certificates, lupa.yaml and the notice into `file`. Nobody may work on the register meanwhile.
 * Throws NotAllowed while a campaign is under way: whoever is in the tool must come out by the machine that put them there.
 */
export async function packHome(source: MoveSource, file: string, passphrase: string): Promise<Packed> {
  const { config, db, ledger, clock } = source
  await refuseUnderWay(db)
  await writeLedger(db, ledger, clock())
  const folder = mkdtempSync(path.join(config.home, 'packing-'))
  try {
    const { file: backup, people } = await createBackup(source, { folder })
    const parts = [...backupParts(backup), ...homeParts(config)]
    const keys = config.secretKeys ? 'LUPA_SECRET_KEYS' : 'inside'
    const facts = { madeAt: clock().toISOString(), register: await installationId(db), keys } as const
    const bytes = await writeMove(file, facts, passphrase, parts)
    await writeAudit(db, { at: clock(), actor: 'operator', action: 'register-packed', facts: { people, bytes } })
    return { file, bytes, people, parts: parts.map(({ name }) => name), keys }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function refuseUnderWay(db: RegisterClient): Promise<void> {
  const open = (await listCampaigns(db, { open: true })).filter(({ state }) => state !== 'draft' && state !== 'closed')
  if (open.length === 0) return
  throw new NotAllowed(
    `${open.map(({ name, state }) => `${name} is ${state}`).join(', ')}: wait until it is closed, or cancel it, before the register moves.`,
  )
}

const backupParts = (file: string): MovedPart[] =>
  [file, `${file}.sha256`].map((one) => ({ name: `backups/${path.basename(one)}`, file: one }))

function homeParts({ home, ledger, companyFile, company, secretKeys }: Config): MovedPart[] {
  const notice = company?.notice.file ? path.resolve(path.dirname(companyFile), company.notice.file) : null
  return [
    ...(secretKeys ? [] : filesIn(path.join(home, 'keys'), 'keys', '.key')),
    ...filesIn(ledger, 'ledger', '.jsonl'),
    ...filesIn(path.join(home, 'certificates'), 'certificates', ''),
    ...(existsSync(companyFile) ? [{ name: 'lupa.yaml', file: companyFile }] : []),
    // Only one that lies beside lupa.yaml keeps its name there.
    ...(notice && existsSync(notice) && path.dirname(notice) === path.dirname(companyFile)
      ? [{ name: `notice/${path.basename(notice)}`, file: notice }]
      : []),
  ].filter(({ name }) => canMove(name))
}

function filesIn(folder: string, as: string, ending: string): MovedPart[] {
  if (!existsSync(folder)) return []
  const files = readdirSync(folder, { withFileTypes: true }).filter((one) => one.isFile() && one.name.endsWith(ending))
  return files.map(({ name }) => ({ name: `${as}/${name}`, file: path.join(folder, name) }))
}

/** What was made of the file here; `restored` is proof as after a drill. */
export type Unpacked = { register: string; parts: string[]; restored: Restored; backup: string }

/**
 * Unpacks `file` into this home, which must be empty, and restores the register at the URL that `database` gives once the keys are in
 * place. Whatever fails leaves the home empty again. Throws NotAllowed for a home or ledger that is not empty, BadInput for a wrong
 * passphrase, and what a restore throws.
 */
export async function unpackHome(
  config: Config,
  file: string,
  passphrase: string,
  { database, undo }: { database: () => Promise<string>; undo: () => Promise<void> },
  at: Date,
): Promise<Unpacked> {
  const { home, ledger: ledgerFolder, companyFile } = config
  const { register, keys: keysAre } = await readMoveHeader(file)
  requireEmpty(home, 'LUPA_HOME')
  requireEmpty(ledgerFolder, 'LUPA_LEDGER')
  if (keysAre === 'LUPA_SECRET_KEYS' && !config.secretKeys)
    throw new NotAllowed('The keys are not in this file: set LUPA_SECRET_KEYS to what it was on the other machine.')
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const folder = mkdtempSync(path.join(home, 'unpacking-'))
  try {
    const parts = await unpackMove(file, passphrase, folder)
    for (const name of ['backups', 'keys', 'certificates']) put(path.join(folder, name), path.join(home, name))
    put(path.join(folder, 'ledger'), ledgerFolder)
    if (!existsSync(companyFile)) put(path.join(folder, 'lupa.yaml'), companyFile)
    for (const { name, file: from } of filesIn(path.join(folder, 'notice'), '', ''))
      put(from, path.join(path.dirname(companyFile), path.basename(name)))
    rmSync(folder, { recursive: true, force: true })
    const backup = path.join(home, parts.find((name) => name.endsWith('.backup')) ?? '')
    const restored = await restoredAt(config, await database(), backup, at)
    return { register, parts, restored, backup }
  } catch (error) {
    await undo()
    for (const name of readdirSync(home)) rmSync(path.join(home, name), { recursive: true, force: true })
    rmSync(ledgerFolder, { recursive: true, force: true })
    throw error
  }
}

async function restoredAt(config: Config, url: string, file: string, at: Date): Promise<Restored> {
  const keys = openKeyRing(config, { mayCreate: false })
  const ledger = openOutsideLedger(config.ledger, config.hostname)
  const restored = await restoreBackup(config, url, { file, keys, ledger }, at)
  const db = openDatabase(url, 1)
  try {
    await writeAudit(db, { at, actor: 'operator', action: 'register-unpacked', facts: { people: restored.people } })
  } finally {
    await db.$disconnect()
  }
  return restored
}

function requireEmpty(folder: string, what: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return
  throw new NotAllowed(`${folder} is not empty: a register is unpacked into an empty ${what} only. Choose another.`)
}

function put(from: string, to: string): void {
  if (!existsSync(from)) return
  mkdirSync(path.dirname(to), { recursive: true, mode: 0o700 })
  // An empty folder may be there already, and a rename does not replace it everywhere.
  if (existsSync(to)) rmSync(to, { recursive: true })
  renameSync(from, to)
}
