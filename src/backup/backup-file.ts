// A backup on disk: a sealed file whose first line says what it is, and in which the register stands as SQL.
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { BadInput } from '../domain/errors.ts'
import type { KeyRing } from '../ledger/key-ring.ts'
import { openSealed, readSealedStart, type SealedStart, writeSealed } from './sealed-file.ts'

const holds = 'No keys. Without LUPA_HOME/keys, which is kept apart, nobody can open this file.'

const headerShape = z.object({
  lupa: z.literal('backup'),
  version: z.literal(1),
  madeAt: z.iso.datetime(),
  /** The installation it is of. */
  register: z.string(),
  method: z.enum(['export', 'pg_dump']),
  /** The server's version. */
  postgres: z.string(),
  migrations: z.array(z.string()),
  keyId: z.string(),
  salt: z.string(),
  nonce: z.string(),
  keys: z.string(),
})

/** What anybody may read of a backup: nothing in it is about a person. */
export type BackupHeader = z.infer<typeof headerShape>
export type BackupFacts = Pick<BackupHeader, 'madeAt' | 'register' | 'method' | 'postgres' | 'migrations'>

/** Writes a backup, sealed with a key of its own that the ring's current key makes. Returns its size in bytes. */
export async function writeBackup(file: string, facts: BackupFacts, keys: KeyRing, rows: Readable): Promise<number> {
  const salt = randomBytes(32)
  const nonce = randomBytes(12)
  const { keyId, secret } = keys.fileKey(salt)
  const bytes = (buffer: Buffer) => buffer.toString('base64')
  const about = { ...facts, keyId, salt: bytes(salt), nonce: bytes(nonce), keys: holds }
  return writeSealed(file, { lupa: 'backup', version: 1, ...about }, { secret, nonce }, rows)
}

/** What the first line of a backup says. Throws BadInput for any other file. */
export async function readHeader(file: string): Promise<BackupHeader> {
  return headerOf(file, await readSealedStart(file))
}

/**
 * Opens a backup and hands its SQL to `use`, which must not believe what it read before this returns. Throws BadInput when the file
 * is damaged, cut short or sealed with another key.
 */
export async function openBackup(
  file: string,
  keys: KeyRing,
  use: (rows: AsyncIterable<Buffer>) => Promise<void>,
): Promise<BackupHeader> {
  const start = await readSealedStart(file)
  const header = headerOf(file, start)
  const { secret } = keys.fileKey(Buffer.from(header.salt, 'base64'), header.keyId)
  const damaged = `${path.basename(file)} is damaged or incomplete, or its key ${header.keyId} is not the one it was sealed with: nothing was taken from it; use another copy.`
  await openSealed(file, start, { secret, nonce: Buffer.from(header.nonce, 'base64') }, damaged, use)
  return header
}

/** Whether the file is the one its `.sha256` speaks of; null when there is none beside it. */
export async function checksumFits(file: string): Promise<boolean | null> {
  if (!existsSync(`${file}.sha256`)) return null
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return readFileSync(`${file}.sha256`, 'utf8').split(/\s/)[0] === hash.digest('hex')
}

function headerOf(file: string, { about }: SealedStart): BackupHeader {
  const header = headerShape.safeParse(about)
  if (header.success) return header.data
  throw new BadInput(`${path.basename(file)} is not a backup of Lupa: \`lupa backup list\` shows those there are.`)
}
