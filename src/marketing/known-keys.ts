// Which keys have been met: a set that takes some ten bytes for each of them, where a string takes a hundred.
import { hash, randomBytes } from 'node:crypto'

/** A growing set of keys. */
export type KnownKeys = {
  /** Adds a key; false when it was there. */
  add: (key: string) => boolean
  has: (key: string) => boolean
  size: () => number
}

const firstSlots = 1 << 12
/** How much of a table is taken before the next one is begun. */
const fullest = 0.8
/** The next table, as a part of all that are there. A table is never copied into a larger one: both would be there meanwhile. */
const growth = 0.25

/**
 * An empty set. It keeps 64 bits of a salted hash: among a million keys two look alike once in thirty million sets, and not
 * again in the next set, whose salt is another.
 */
export function knownKeys(): KnownKeys {
  const salt = randomBytes(16).toString('hex')
  let newest = emptyTable(firstSlots)
  const tables = [newest]
  let [size, sizeOfNewest] = [0, 0]

  const has = (high: number, low: number) => tables.some((table) => !isFree(table, placeOf(table, high, low)))
  const begin = () => {
    newest = emptyTable(Math.ceil((growth * size) / fullest))
    tables.push(newest)
    sizeOfNewest = 0
  }
  return {
    add: (key) => {
      const [high, low] = bitsOf(salt, key)
      if (has(high, low)) return false
      if (2 * sizeOfNewest >= fullest * newest.length) begin()
      newest.set([high, low], placeOf(newest, high, low))
      size += 1
      sizeOfNewest += 1
      return true
    },
    has: (key) => has(...bitsOf(salt, key)),
    size: () => size,
  }
}

/** Pairs of 32 bits in open addressing; a pair that begins with zero is a free slot. */
function emptyTable(slots: number): Uint32Array {
  return new Uint32Array(2 * slots)
}

/** The first is never zero. */
function bitsOf(salt: string, key: string): [high: number, low: number] {
  const bytes = hash('sha1', salt + key, 'buffer')
  return [bytes.readUInt32LE(0) || 1, bytes.readUInt32LE(4)]
}

function isFree(table: Uint32Array, place: number): boolean {
  return table[place] === 0
}

/** Where a pair stands, or the free slot where it would. */
function placeOf(table: Uint32Array, high: number, low: number): number {
  const end = table.length
  // Even, and spread over the table as the key's bits are over theirs.
  let place = 2 * Math.trunc((low / 2 ** 33) * end)
  while (!isFree(table, place) && (table[place] !== high || table[place + 1] !== low)) {
    place = place + 2 === end ? 0 : place + 2
  }
  return place
}
