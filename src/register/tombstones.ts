// What an erased person is recognised by when a file brings them again: the address, and the record in its register.
import type { KeyRing } from '../ledger/key-ring.ts'

/**
 * Keyed hashes, with every key of the ring: of the address (its `matching` form) and of the record. Erasure stores them
 * all as `erased` suppressions, so that a record without an address stays away too (R-12, I7).
 */
export function tombstoneHashes(
  keys: KeyRing,
  { register, key, matching }: { register: string; key: string; matching: string | null },
): string[] {
  return [...(matching === null ? [] : keys.hashes('email', matching)), ...recordHashes(keys, register, key)]
}

/** Hashes of one record of one register. No address begins with a space, so it can be taken for none. */
export function recordHashes(keys: KeyRing, register: string, key: string): string[] {
  return keys.hashes('email', ` record ${JSON.stringify([register, key])}`)
}
