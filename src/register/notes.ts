// Confidential notes: sealed with the key ring, bound to their person, opened only for the operator.
import { BadInput, NotAllowed } from '../domain/errors.ts'
import { sensitiveIn } from '../intake/sensitive-text.ts'
import type { KeyRing } from '../ledger/key-ring.ts'
import { writeAudit } from './audit.ts'
import { type Database, inTransaction, sql } from './database.ts'

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

/**
 * Adds a confidential note of the operator's own: no import takes it away. What the detectors find in it becomes a review item that
 * does not repeat it. Returns whether it was news, and what was found.
 * @throws BadInput when there is no such person, or nothing to note; NotAllowed for one who is restricted (GDPR Art. 18).
 */
export async function addNote(
  db: Database,
  keys: KeyRing,
  personId: string,
  written: string,
  { actor, at }: { actor: string; at: Date },
): Promise<{ added: boolean; found: string[] }> {
  const text = written.replaceAll('\r\n', '\n').trim().normalize('NFC')
  if (text === '') throw new BadInput('There is nothing to note: the text is empty.')
  return inTransaction(db, async (tx) => {
    const [person] = await tx.$queryRaw<{ restricted: boolean }[]>(sql`
      select restricted_at is not null as restricted from person where id = ${personId}::uuid for update`)
    if (!person) throw new BadInput(`There is no person ${personId}: perhaps they have been erased.`)
    if (person.restricted)
      throw new NotAllowed('This person is restricted: kept, and used for nothing. `lupa person release` ends that.')
    const sealed = sealNote(keys, personId, text)
    const count = await tx.$executeRaw(sql`
      insert into note (person_id, key_id, sealed, digest, noted_at)
      select ${personId}::uuid, ${sealed.key_id}, decode(${sealed.sealed}, 'base64'), ${sealed.digests[0]}, ${at}::timestamptz
      where not exists (select from note n where n.person_id = ${personId}::uuid and n.digest = any (${sealed.digests}::text[]))`)
    if (count === 0) return { added: false, found: [] }
    const found = sensitiveIn(text, longestNote)
    for (const code of found) {
      const onceKey = `${code}|${personId}|note|${sealed.digests[0]}`
      await tx.reviewItem.create({ data: { code, personId, place: 'note', createdAt: at, onceKey } })
    }
    await writeAudit(tx, { at, actor, action: 'note-added', subject: personId, facts: { found: found.length } })
    return { added: true, found }
  })
}

/** In characters; a file's notes may be as long. */
const longestNote = 10_000

/** The text of one note. Throws NotAllowed when its key is missing. */
export function openNote(keys: KeyRing, personId: string, keyId: string, sealed: Uint8Array): string {
  return keys.open(keyId, Buffer.from(sealed), aboutNote(personId))
}

function aboutNote(personId: string): string {
  return `note|${personId}`
}
