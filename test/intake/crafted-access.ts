// Access files that nobody can write without Access: the bundled sample with a few of its bytes changed. Offsets are of the
// ACE format with pages of 4,096 bytes.
import { createHash } from 'node:crypto'

const pageBytes = 4096

/** Bytes that stand in a table's definition for the kind of a column. */
export const columnTypes = { ole: 0x0b, complex: 0x12 } as const

/** The same database with another type for one column. */
export function withColumnType(database: Buffer, column: string, type: number): Buffer {
  const crafted = Buffer.from(database)
  for (let page = 0; page < crafted.length; page += pageBytes) {
    const definition = crafted.subarray(page, page + pageBytes)
    const index = definition[0] === 2 ? columnNames(definition).indexOf(column) : -1
    if (index >= 0) definition[columnEntries(definition) + index * 25] = type
  }
  return crafted
}

function columnEntries(definition: Buffer): number {
  return 63 + definition.readInt32LE(51) * 12
}

function columnNames(definition: Buffer): string[] {
  const count = definition.readUInt16LE(45)
  const names: string[] = []
  let at = columnEntries(definition) + count * 25
  while (names.length < count && at < definition.length - 2) {
    const length = definition.readUInt16LE(at)
    names.push(definition.toString('utf16le', at + 2, at + 2 + length))
    at += 2 + length
  }
  return names
}

/** The same database in which some tables are links to another file: in the catalogue, type 6 for type 1. */
export function withLinkedTables(database: Buffer, tables: readonly string[]): Buffer {
  const crafted = Buffer.from(database)
  for (const table of tables) {
    const name = Buffer.from(table, 'utf16le')
    // Before a table's name stand its parent, the container of tables, and its type.
    const entry = Buffer.from([0x01, 0x00, 0x00, 0x0f, 0x01, 0x00])
    for (let at = crafted.indexOf(name); at >= 0; at = crafted.indexOf(name, at + 1)) {
      const type = crafted.lastIndexOf(entry, at)
      if (type >= 0 && at - type < 100) crafted[type + 4] = 6
    }
  }
  return crafted
}

/** The same database with every occurrence of one date, as the clock on the wall shows it, moved to another. */
export function withDate(database: Buffer, from: string, to: string): Buffer {
  const crafted = Buffer.from(database)
  const old = daysSince1899(from)
  for (let at = crafted.indexOf(old); at >= 0; at = crafted.indexOf(old, at + 1)) daysSince1899(to).copy(crafted, at)
  return crafted
}

function daysSince1899(wall: string): Buffer {
  const days = Buffer.alloc(8)
  days.writeDoubleLE(Date.parse(`${wall}Z`) / 86_400_000 + 25_569)
  return days
}

/** The same database locked with a password, as Access 2007 does it: every page but the first in RC4. */
export function withPassword(database: Buffer, password: string): Buffer {
  const encodingKey = Buffer.from([0x13, 0x57, 0x9b, 0xdf])
  const salt = Buffer.alloc(16, 7)
  const baseHash = sha1(salt, Buffer.from(password, 'utf16le'))
  const crafted = Buffer.from(database)

  for (let page = 1; page * pageBytes < crafted.length; page++) {
    const number = Buffer.alloc(4)
    number.writeUInt32LE(page)
    const pageKey = number.map((byte, index) => byte ^ (encodingKey[index] ?? 0))
    const bytes = crafted.subarray(page * pageBytes, (page + 1) * pageBytes)
    rc4(sha1(baseHash, pageKey).subarray(0, 16), bytes).copy(bytes)
  }

  const head = rc4(Buffer.from([0xc7, 0xda, 0x39, 0x6b]), crafted.subarray(0x18, 0x18 + 128))
  encodingKey.copy(head, 0x3e - 0x18)
  rc4(Buffer.from([0xc7, 0xda, 0x39, 0x6b]), head).copy(crafted, 0x18)
  encryptionInfo(salt, baseHash).copy(crafted, 0x299)
  return crafted
}

/** Length, version 2.2, flags (CryptoAPI), header (RC4, SHA-1, 128 bits), and a verifier with its hash. */
function encryptionInfo(salt: Buffer, baseHash: Buffer): Buffer {
  const info = Buffer.alloc(2 + 142 + 16 + 16 + 4 + 20)
  info.writeUInt16LE(info.length - 2, 0)
  const at = (offset: number) => offset + 2
  info.writeUInt16LE(2, at(0))
  info.writeUInt16LE(2, at(2))
  info.writeInt32LE(4, at(4))
  info.writeInt32LE(126, at(8))
  info.writeInt32LE(4, at(12))
  info.writeInt32LE(0x6801, at(12 + 8))
  info.writeInt32LE(0x8004, at(12 + 12))
  info.writeInt32LE(128, at(12 + 16))
  info.writeInt32LE(16, at(138))
  salt.copy(info, at(142))

  const verifier = Buffer.alloc(16, 9)
  const key = sha1(baseHash, Buffer.alloc(4)).subarray(0, 16)
  const secret = rc4(key, Buffer.concat([verifier, sha1(verifier)]))
  secret.copy(info, at(158), 0, 16)
  info.writeInt32LE(20, at(174))
  secret.copy(info, at(178), 16)
  return info
}

function sha1(...parts: Uint8Array[]): Buffer {
  const hash = createHash('sha1')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** OpenSSL no longer has it. */
function rc4(key: Uint8Array, data: Uint8Array): Buffer {
  const state = Array.from({ length: 256 }, (_, index) => index)
  const swap = (a: number, b: number) => ([state[a], state[b]] = [state[b] ?? 0, state[a] ?? 0])
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + (state[i] ?? 0) + (key[i % key.length] ?? 0)) % 256
    swap(i, j)
  }
  let i = 0
  let j = 0
  return Buffer.from(data).map((byte) => {
    i = (i + 1) % 256
    j = (j + (state[i] ?? 0)) % 256
    swap(i, j)
    return byte ^ (state[((state[i] ?? 0) + (state[j] ?? 0)) % 256] ?? 0)
  }) as Buffer
}
