// An erasure as the outside ledger keeps it, and the same erasure done: at once, after a crash, or after a restore.
import type { LedgerEntry } from '../ledger/ledger-file.ts'
import { type Database, sql } from './database.ts'

/** Keyed hashes and a random id, nothing else: what an erased person would be recognised by if a file or a backup brought them. */
export type ErasureEntry = LedgerEntry & {
  kind: 'erasure'
  at: string
  /** The id the person had. */
  subject: string
  /** Hashes of their addresses. */
  addresses: string[]
  /** Hashes of their records in the registers they came from. */
  records: string[]
  /** They had said no, and it stands. */
  optedOut: boolean
  because: string
}

/** Does what the entry says; the ledger has it already. Repeats are harmless. Returns whether the person was here. */
export async function eraseAsWritten(db: Database, entry: ErasureEntry, actor: string): Promise<boolean> {
  const { subject, at, because, addresses, records, optedOut } = entry
  const [row] = await db.$queryRaw<{ known: boolean }[]>(sql`
    select erase_person(${subject}::uuid, ${new Date(at)}::timestamptz, ${actor}, ${because}, ${addresses}::text[], ${records}::text[],
      ${optedOut}) as known`)
  return row?.known ?? false
}
