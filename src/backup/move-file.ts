// The one file in which a register moves to another machine: everything of a home that cannot be made again, under a passphrase.
import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { createReadStream, createWriteStream, mkdirSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { extract, pack } from 'tar-stream'
import { z } from 'zod'
import { BadInput } from '../domain/errors.ts'
import { openSealed, readSealedStart, type SealedStart, writeSealed } from './sealed-file.ts'

/** A file in it: its name there, and where it lies here. */
export type MovedPart = { name: string; file: string }

const headerShape = z.object({
  lupa: z.literal('move'),
  version: z.literal(1),
  madeAt: z.iso.datetime(),
  register: z.string(),
  /** `inside`, or that the other machine needs the same LUPA_SECRET_KEYS. */
  keys: z.enum(['inside', 'LUPA_SECRET_KEYS']),
  scrypt: z.object({ N: z.int().max(2 ** 20), r: z.int().max(32), p: z.int().max(16) }),
  salt: z.string(),
  nonce: z.string(),
  /** Tells a wrong passphrase at once, and nothing to whoever has not gone the whole way to a key. */
  check: z.string(),
})

/** What anybody may read of such a file: nothing in it is about a person. */
export type MoveHeader = z.infer<typeof headerShape>
export type MoveFacts = Pick<MoveHeader, 'madeAt' | 'register' | 'keys'>

const cost = { N: 2 ** 17, r: 8, p: 1 } // 128 MiB and a third of a second for each guess

/** Writes the parts into one file (mode 0600) that the passphrase opens. Returns its size in bytes. */
export async function writeMove(
  file: string,
  facts: MoveFacts,
  passphrase: string,
  parts: MovedPart[],
): Promise<number> {
  const salt = randomBytes(32)
  const nonce = randomBytes(12)
  const secret = await stretched(passphrase, salt, cost)
  const bytes = { salt: salt.toString('base64'), nonce: nonce.toString('base64'), check: checkOf(secret) }
  const about: MoveHeader = { lupa: 'move', version: 1, ...facts, scrypt: cost, ...bytes }
  return writeSealed(file, about, { secret, nonce }, packed(parts))
}

/** What the first line says. Throws BadInput for any other file. */
export async function readMoveHeader(file: string): Promise<MoveHeader> {
  return headerOf(file, await readSealedStart(file))
}

/**
 * Puts what is in the file into `folder`, which must be thrown away when this throws: BadInput for a wrong passphrase and for a
 * file that is damaged or holds what no register has.
 */
export async function unpackMove(file: string, passphrase: string, folder: string): Promise<string[]> {
  const start = await readSealedStart(file)
  const { salt, nonce, scrypt: asked, check } = headerOf(file, start)
  const secret = await stretched(passphrase, Buffer.from(salt, 'base64'), asked)
  if (!sameText(checkOf(secret), check)) throw new BadInput('The passphrase is not the one the file was packed with.')
  const damaged = `${path.basename(file)} is damaged or incomplete: nothing was taken from it; use another copy.`
  const names: string[] = []
  await openSealed(file, start, { secret, nonce: Buffer.from(nonce, 'base64') }, damaged, async (content) => {
    const tar = extract()
    const fed = pipeline(content, tar)
    // Whoever reads the entries hears of a failure too; until then it must not end the process.
    fed.catch(() => {})
    for await (const entry of tar) {
      const { name } = entry.header
      if (!known.test(name)) throw new BadInput(`${path.basename(file)} holds ${name}, which no register has.`)
      const to = path.join(folder, name)
      mkdirSync(path.dirname(to), { recursive: true, mode: 0o700 })
      await pipeline(entry, createWriteStream(to, { flags: 'wx', mode: 0o600 }))
      names.push(name)
    }
    await fed
  })
  return names
}

/** Names of parts; nothing can lie outside the folder it is unpacked into. */
const known = /^(lupa\.yaml|(backups|keys|ledger|certificates|notice)\/\w[\w.-]*)$/

/** Whether a part of this name can be moved. */
export function canMove(name: string): boolean {
  return known.test(name)
}

function packed(parts: MovedPart[]): Readable {
  const tar = pack()
  const fill = async () => {
    for (const { name, file } of parts) {
      const entry = tar.entry({ name, size: statSync(file).size, mode: 0o600 })
      await pipeline(createReadStream(file), entry)
    }
    tar.finalize()
  }
  fill().catch((error) => tar.destroy(error))
  return tar as unknown as Readable
}

function headerOf(file: string, { about }: SealedStart): MoveHeader {
  const header = headerShape.safeParse(about)
  if (header.success) return header.data
  throw new BadInput(`${path.basename(file)} is not a file of \`lupa move pack\`.`)
}

async function stretched(passphrase: string, salt: Buffer, { N, r, p }: MoveHeader['scrypt']): Promise<Buffer> {
  const options = { N, r, p, maxmem: 256 * N * r }
  return (await promisify<string, Buffer, number, object, Buffer>(scrypt)(
    passphrase.normalize('NFC'),
    salt,
    32,
    options,
  )) as Buffer
}

const checkOf = (secret: Buffer) => createHmac('sha256', secret).update('lupa v1 move').digest('base64url').slice(0, 16)

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
