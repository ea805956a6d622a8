// After a rotation every confidential note is sealed anew with the current key: an old key that leaks opens nothing then.
import type { KeyRing } from '../ledger/key-ring.ts'
import { type Database, sql } from './database.ts'
import { openNote, sealNote } from './notes.ts'

/** Seals every note of another key with the current one, page by page; safe to repeat after a kill. Returns how many. */
export async function resealNotes(db: Database, keys: KeyRing): Promise<number> {
  let count = 0
  for (;;) {
    const page = await db.note.findMany({ where: { keyId: { not: keys.ids[0] as string } }, take: 500 })
    if (page.length === 0) return count
    for (const { id, personId, keyId, sealed: old } of page) {
      const { key_id, sealed, digests } = sealNote(keys, personId, openNote(keys, personId, keyId, old))
      // The same text, digested under both keys: an import that looks with every key finds it.
      await db.$executeRaw(sql`update note set key_id = ${key_id}, sealed = decode(${sealed}, 'base64'), digest = ${digests[0]}
        where id = ${id}::uuid and key_id = ${keyId}`)
      count += 1
    }
  }
}
