// Which keys have been met: a set that takes some sixteen bytes for each of them, where a string takes a hundred.
import { hash, randomBytes } from 'node:crypto'

/** A growing set of keys. */
export type KnownKeys = {
  /** Adds a key; false when it was there. */
  add: (key: string) => boolean
  has: (key: string) => boolean
  size: () => number
}

const firstSlots = 1 << 12

/**
 * An empty set. It keeps 64 bits of a salted hash: among a million keys two look alike once in thirty million sets, and not
 * again in the next set, whose salt is another.
 */
export function knownKeys(): KnownKeys {
  const salt = randomBytes(16).toString('hex')
  // Pairs of 32 bits in open addressing; a pair of zeros is a free slot.
  let slots = new Uint32Array(2 * firstSlots)
  let size = 0

  const put = (high: number, low: number) => {
    const place = placeOf(slots, high, low)
    const free = isFree(slots, place)
    slots[place] = high
    slots[place + 1] = low
    return free
  }
  const grow = () => {
    const before = slots
    slots = new Uint32Array(2 * before.length)
    for (let place = 0; place < before.length; place += 2) {
      if (!isFree(before, place)) put(before[place] as number, before[place + 1] as number)
    }
  }
  return {
    add: (key) => {
      if (3 * size > slots.length) grow()
      const [high, low] = bitsOf(salt, key)
      const fresh = put(high, low)
      if (fresh) size += 1
      return fresh
    },
    has: (key) => {
      const [high, low] = bitsOf(salt, key)
      return !isFree(slots, placeOf(slots, high, low))
    },
    size: () => size,
  }
}

function bitsOf(salt: string, key: string): [high: number, low: number] {
  const bytes = hash('sha1', salt + key, 'buffer')
  return [bytes.readUInt32LE(0) || 1, bytes.readUInt32LE(4)]
}

function isFree(slots: Uint32Array, place: number): boolean {
  return slots[place] === 0 && slots[place + 1] === 0
}

/** Where a pair stands, or the free slot where it would. */
function placeOf(slots: Uint32Array, high: number, low: number): number {
  const last = slots.length / 2 - 1
  for (let slot = (high ^ low) & last; ; slot = (slot + 1) & last) {
    const place = 2 * slot
    if (isFree(slots, place) || (slots[place] === high && slots[place + 1] === low)) return place
  }
}
