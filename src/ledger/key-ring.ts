// The key ring: keyed hashes of addresses and tool ids, and the sealing of confidential notes. Keys never reach the database.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { BadInput, NotAllowed } from '../domain/errors.ts'

type Key = { id: string; secret: Buffer }

/** What is hashed: each purpose gives another hash of the same text. */
export type HashPurpose = 'email' | 'tool-id' | 'note' | 'webhook' | 'form' | 'account-code' | 'addressee'

export type KeyRing = {
  /** Ids of the keys, the current one first. */
  ids: string[]
  /** Where the keys are kept, in words. */
  kept: string
  /** Keyed hash with the current key, as `id:base64url`. */
  hash: (purpose: HashPurpose, text: string) => string
  /** Keyed hashes with every key of the ring, the current one first. */
  hashes: (purpose: HashPurpose, text: string) => string[]
  /** AES-256-GCM with the current key; `about` is bound to it and must be given again to open. */
  seal: (text: string, about: string) => { keyId: string; sealed: Buffer }
  open: (keyId: string, sealed: Buffer, about: string) => string
  /** A key for one file, made from a key of the ring (the current one unless named) and the file's own salt (HKDF-SHA-256). */
  fileKey: (salt: Buffer, keyId?: string) => { keyId: string; secret: Buffer }
  /** A value that tells whether two rings hold the same key under the same id, and nothing else. */
  checkValue: (id: string) => string
}

export type KeyPlace = { home: string; secretKeys: string | null }

/**
 * Opens the ring from `LUPA_SECRET_KEYS` (`id:base64,…`, first is current) or from the folder `home/keys`, where a first key
 * is made with mode 0600, when it may be. Throws BadInput for a key that is not 32 bytes, NotAllowed for a folder without keys.
 */
export function openKeyRing({ home, secretKeys }: KeyPlace, { mayCreate = true } = {}): KeyRing {
  if (secretKeys) return ring(parseKeys(secretKeys), 'LUPA_SECRET_KEYS')
  const folder = path.join(home, 'keys')
  if (keyFiles(folder).length === 0) {
    if (!mayCreate)
      throw new NotAllowed(
        `There is no key in ${folder}, and the register was made with one: put it back; backups do not hold it.`,
      )
    addKey(folder, 'k1')
  }
  return ring(readKeys(folder), folder)
}

/** Makes a new current key in `home/keys`. Throws NotAllowed where the keys are given by the environment. */
export function rotateKeys({ home, secretKeys }: KeyPlace): KeyRing {
  if (secretKeys) {
    throw new NotAllowed(
      'The keys come from LUPA_SECRET_KEYS: put a new `id:base64` first there, and keep the old ones behind it.',
    )
  }
  const folder = path.join(home, 'keys')
  const highest = Math.max(0, ...keyFiles(folder).map(numberOf))
  addKey(folder, `k${highest + 1}`)
  return openKeyRing({ home, secretKeys })
}

function ring(keys: Key[], kept: string): KeyRing {
  const current = keys[0] as Key
  const find = (id: string): Key => {
    const key = keys.find((one) => one.id === id)
    if (!key) throw new NotAllowed(`The key ${id} is not in ${kept}: put it back before anything else runs.`)
    return key
  }
  const hashWith = ({ id, secret }: Key, purpose: HashPurpose, text: string) =>
    `${id}:${createHmac('sha256', secret).update(`v1|${purpose}|${text}`).digest('base64url')}`
  return {
    ids: keys.map((key) => key.id),
    kept,
    hash: (purpose, text) => hashWith(current, purpose, text),
    hashes: (purpose, text) => keys.map((key) => hashWith(key, purpose, text)),
    seal: (text, about) => ({ keyId: current.id, sealed: seal(current, text, about) }),
    open: (keyId, sealed, about) => unseal(find(keyId), sealed, about),
    fileKey: (salt, keyId = current.id) => ({
      keyId,
      secret: Buffer.from(hkdfSync('sha256', find(keyId).secret, salt, 'lupa v1 file', 32)),
    }),
    checkValue: (id) => createHmac('sha256', find(id).secret).update('v1|check').digest('base64url').slice(0, 16),
  }
}

function seal({ secret }: Key, text: string, about: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', secret, nonce).setAAD(Buffer.from(about))
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body])
}

function unseal({ secret }: Key, sealed: Buffer, about: string): string {
  const decipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(0, 12)).setAAD(Buffer.from(about))
  decipher.setAuthTag(sealed.subarray(12, 28))
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8')
}

function parseKeys(text: string): Key[] {
  const keys = text.split(',').map((part) => {
    const [id, encoded] = part.trim().split(':')
    if (!id || !/^[a-z0-9-]+$/i.test(id) || !encoded)
      throw new BadInput('LUPA_SECRET_KEYS is not a list like k2:base64,k1:base64.')
    return checked(id, Buffer.from(encoded, 'base64'), 'LUPA_SECRET_KEYS')
  })
  const twice = keys.find(({ id }, index) => keys.findIndex((one) => one.id === id) !== index)
  if (twice) throw new BadInput(`LUPA_SECRET_KEYS names the key ${twice.id} twice: give each key an id of its own.`)
  return keys
}

function readKeys(folder: string): Key[] {
  return keyFiles(folder).map((file) => {
    const id = path.basename(file, '.key')
    return checked(
      id,
      Buffer.from(readFileSync(path.join(folder, file), 'utf8').trim(), 'base64'),
      path.join(folder, file),
    )
  })
}

function checked(id: string, secret: Buffer, place: string): Key {
  if (secret.length !== 32) throw new BadInput(`The key ${id} in ${place} is not 32 bytes of base64.`)
  return { id, secret }
}

/** Key files, newest number first. */
function keyFiles(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith('.key'))
    .sort((a, b) => numberOf(b) - numberOf(a))
}

function numberOf(file: string): number {
  return Number(/\d+/.exec(file)?.[0] ?? 0)
}

function addKey(folder: string, id: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const draft = path.join(folder, `${id}.${process.pid}.draft`)
  writeFileSync(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 })
  try {
    // A link never replaces: of two first commands at once, both end up with the same key.
    linkSync(draft, path.join(folder, `${id}.key`))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(draft)
  }
}
