// A backup on disk: one readable line that says what it is, then the register as SQL, gzipped and sealed as one AES-256-GCM
// stream. The seal covers the line and everything behind it: a byte changed, cut off, added or moved opens nothing.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs'
import { open, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Readable, Transform, type TransformCallback } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { z } from 'zod'
import { BadInput } from '../domain/errors.ts'
import type { KeyRing } from '../ledger/key-ring.ts'

const tagBytes = 16
const longestHeader = 65_536
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

/**
 * Writes a backup (mode 0600) and, beside it, `FILE.sha256`, by which `sha256sum -c` tells a good copy without any key. The
 * file has its name only when it is complete and on the disk. Returns its size in bytes. `rows` may be of any length: it streams.
 */
export async function writeBackup(file: string, facts: BackupFacts, keys: KeyRing, rows: Readable): Promise<number> {
  const salt = randomBytes(32)
  const nonce = randomBytes(12)
  const { keyId, secret } = keys.fileKey(salt)
  const bytes = (buffer: Buffer) => buffer.toString('base64')
  const about = { ...facts, keyId, salt: bytes(salt), nonce: bytes(nonce), keys: holds }
  const header = Buffer.from(`${JSON.stringify({ lupa: 'backup', version: 1, ...about })}\n`)
  const draft = `${file}.${process.pid}.draft`
  try {
    const sum = checksum()
    await pipeline(rows, createGzip({ level: 6 }), seal(secret, nonce, header), sum.stream, newFile(draft))
    await syncFile(draft)
    await writeFile(`${file}.sha256`, `${sum.hex()}  ${path.basename(file)}\n`, { mode: 0o600 })
    await rename(draft, file)
    return sum.length()
  } finally {
    await rm(draft, { force: true })
  }
}

/** What the first line of a backup says. Throws BadInput for any other file. */
export async function readHeader(file: string): Promise<BackupHeader> {
  return (await readStart(file)).header
}

/**
 * Opens a backup and hands its SQL to `use`, which must not believe what it read before this returns: only the last byte
 * proves the others. Throws BadInput when the file is damaged, cut short or sealed with another key.
 */
export async function openBackup(
  file: string,
  keys: KeyRing,
  use: (rows: AsyncIterable<Buffer>) => Promise<void>,
): Promise<BackupHeader> {
  const { header, line, tag, size } = await readStart(file)
  const { secret } = keys.fileKey(Buffer.from(header.salt, 'base64'), header.keyId)
  const sealed = createReadStream(file, { start: line.length, end: size - tagBytes - 1 })
  const decipher = createDecipheriv('aes-256-gcm', secret, Buffer.from(header.nonce, 'base64'), {
    authTagLength: tagBytes,
  })
  decipher.setAAD(line).setAuthTag(tag)
  let failed: unknown = null
  try {
    await pipeline(sealed, decipher, createGunzip(), async (rows: AsyncIterable<Buffer>) => {
      await use(rows).catch((error) => {
        failed = error
        throw error
      })
    })
    return header
  } catch (error) {
    if (failed === error && !isDamage(error)) throw error
    throw new BadInput(
      `${path.basename(file)} is damaged or incomplete, or its key ${header.keyId} is not the one it was sealed with: nothing was taken from it; use another copy.`,
    )
  }
}

/** Whether the file is the one its `.sha256` speaks of; null when there is none beside it. */
export async function checksumFits(file: string): Promise<boolean | null> {
  if (!existsSync(`${file}.sha256`)) return null
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return readFileSync(`${file}.sha256`, 'utf8').split(/\s/)[0] === hash.digest('hex')
}

async function readStart(file: string) {
  const notOne = new BadInput(
    `${path.basename(file)} is not a backup of Lupa: \`lupa backup list\` shows those there are.`,
  )
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    throw new BadInput(`${file} cannot be read (${error.code}): check the name and the folder.`)
  })
  try {
    const { size } = await handle.stat()
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(longestHeader), 0, longestHeader, 0).catch(() => {
      throw notOne
    })
    const end = buffer.subarray(0, bytesRead).indexOf(0x0a)
    const line = Buffer.from(buffer.subarray(0, end + 1))
    const header = headerShape.safeParse(parsed(line))
    if (!header.success) throw notOne
    if (size < line.length + tagBytes + 1)
      throw new BadInput(`${path.basename(file)} is cut short: nothing was taken from it; use another copy.`)
    const tag = Buffer.alloc(tagBytes)
    await handle.read(tag, 0, tagBytes, size - tagBytes)
    return { header: header.data, line, tag, size }
  } finally {
    await handle.close()
  }
}

/** The header in front, the seal behind. */
function seal(secret: Buffer, nonce: Buffer, header: Buffer): Transform {
  const cipher = createCipheriv('aes-256-gcm', secret, nonce, { authTagLength: tagBytes }).setAAD(header)
  let begun = false
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      if (!begun) this.push(header)
      begun = true
      done(null, cipher.update(chunk))
    },
    flush(done: TransformCallback) {
      this.push(cipher.final())
      done(null, cipher.getAuthTag())
    },
  })
}

function checksum() {
  const hash = createHash('sha256')
  let bytes = 0
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  return { stream, hex: () => hash.digest('hex'), length: () => bytes }
}

function newFile(file: string) {
  return createWriteStream(file, { flags: 'wx', mode: 0o600 })
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function parsed(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'))
  } catch {
    return null
  }
}

/** What reading ahead of a broken seal looks like to whoever reads: the stream ends in an error of the cipher or of gzip. */
function isDamage(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  return code.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE' || /unable to authenticate/i.test(message)
}
