// A file that only one secret opens: one readable line that says what it is, then anything, gzipped and sealed as one AES-256-GCM
// stream. The seal covers the line and everything behind it: a byte changed, cut off, added or moved opens nothing.
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Readable, Transform, type TransformCallback } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { BadInput } from '../domain/errors.ts'

const tagBytes = 16
const longestHeader = 65_536

/** What opens a file: a secret of 32 bytes, and the nonce that was used with it once. */
export type Seal = { secret: Buffer; nonce: Buffer }

/**
 * Writes a sealed file (mode 0600) and, beside it, `FILE.sha256`, by which `sha256sum -c` tells a good copy without any key. The
 * file has its name only when it is complete and on the disk. Returns its size in bytes. `content` may be of any length: it streams.
 */
export async function writeSealed(file: string, about: object, { secret, nonce }: Seal, content: Readable) {
  const header = Buffer.from(`${JSON.stringify(about)}\n`)
  const draft = `${file}.${process.pid}.draft`
  try {
    const sum = checksum()
    const sealed = seal(secret, nonce, header)
    await pipeline(content, createGzip({ level: 6 }), sealed, sum.stream, newFile(draft))
    await syncFile(draft)
    await writeFile(`${file}.sha256`, `${sum.hex()}  ${path.basename(file)}\n`, { mode: 0o600 })
    await rename(draft, file)
    return sum.length()
  } finally {
    await rm(draft, { force: true })
  }
}

/** The first line of a sealed file as it stands and as JSON, and what is needed to open the rest. */
export type SealedStart = { about: unknown; line: Buffer; tag: Buffer; size: number }

/** Reads the first line; `about` is null when that is no JSON. Throws BadInput for a file that cannot be read or is cut short. */
export async function readSealedStart(file: string): Promise<SealedStart> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    throw new BadInput(`${file} cannot be read (${error.code}): check the name and the folder.`)
  })
  try {
    const { size } = await handle.stat()
    const found = await handle.read(Buffer.alloc(longestHeader), 0, longestHeader, 0).catch(() => null)
    const start = found ? found.buffer.subarray(0, found.bytesRead) : Buffer.alloc(0)
    const line = Buffer.from(start.subarray(0, start.indexOf(0x0a) + 1))
    const about = parsed(line)
    if (about !== null && size < line.length + tagBytes + 1)
      throw new BadInput(`${path.basename(file)} is cut short: nothing was taken from it; use another copy.`)
    const tag = Buffer.alloc(tagBytes)
    if (about !== null) await handle.read(tag, 0, tagBytes, size - tagBytes)
    return { about, line, tag, size }
  } finally {
    await handle.close()
  }
}

/**
 * Opens a sealed file and hands what is in it to `use`, which must not believe what it read before this returns: only the last
 * byte proves the others. Throws BadInput, `damaged`, when the seal is broken or was made with another secret.
 */
export async function openSealed(
  file: string,
  { line, tag, size }: SealedStart,
  { secret, nonce }: Seal,
  damaged: string,
  use: (content: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const sealed = createReadStream(file, { start: line.length, end: size - tagBytes - 1 })
  const decipher = createDecipheriv('aes-256-gcm', secret, nonce, { authTagLength: tagBytes })
  decipher.setAAD(line).setAuthTag(tag)
  let failed: unknown = null
  try {
    await pipeline(sealed, decipher, createGunzip(), async (content: AsyncIterable<Buffer>) => {
      await use(content).catch((error) => {
        failed = error
        throw error
      })
    })
  } catch (error) {
    if (failed === error && !isDamage(error)) throw error
    throw new BadInput(damaged)
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
