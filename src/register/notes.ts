// Confidential notes: sealed with the key ring, bound to their person, opened only for the operator.
import type { KeyRing } from '../ledger/key-ring.ts'
import { writeAudit } from './audit.ts'
import { type Database, inTransaction } from './database.ts'

/** A note as it is stored; `sealed` in base64, `digests` one per key of the ring, the current one first. */
export function sealNote(keys: KeyRing, personId: string, text: string) {
  const { keyId, sealed } = keys.seal(text, aboutNote(personId))
  const digests = keys.hashes('note', `${personId}|${text}`)
  return { person_id: personId, key_id: keyId, sealed: sealed.toString('base64'), digests }
}

/** Opens a person's notes, the newest first, and writes down that they were read. Throws NotAllowed when a key is missing. */
export async function readNotes(
  db: Database,
  keys: KeyRing,
  personId: string,
  { actor, at }: { actor: string; at: Date },
): Promise<{ notedAt: Date; text: string }[]> {
  return inTransaction(db, async (tx) => {
    const notes = await tx.note.findMany({ where: { personId }, orderBy: { notedAt: 'desc' } })
    await writeAudit(tx, { at, actor, action: 'notes-read', subject: personId, facts: { notes: notes.length } })
    return notes.map(({ keyId, sealed, notedAt }) => ({ notedAt, text: openNote(keys, personId, keyId, sealed) }))
  })
}

/** The text of one note. Throws NotAllowed when its key is missing. */
export function openNote(keys: KeyRing, personId: string, keyId: string, sealed: Uint8Array): string {
  return keys.open(keyId, Buffer.from(sealed), aboutNote(personId))
}

function aboutNote(personId: string): string {
  return `note|${personId}`
}
