// Whether what the outside ledger remembers holds in the database: after a restore, and whenever somebody asks.
import type { OutsideLedger } from '../ledger/outside-ledger.ts'
import { type Database, sql } from './database.ts'

/** Entries of the ledger that do not hold in this database: an address not suppressed, an erased person still here. */
export async function undoneOf(db: Database, ledger: OutsideLedger, kind: 'opt-out' | 'erasure'): Promise<number> {
  let undone = 0
  for (const writer of ledger.writers()) {
    for (const { entry } of ledger.read(writer)) {
      if (entry.kind !== kind) continue
      const erased = kind === 'erasure'
      const hashes = [...new Set([entry['addresses'], erased ? entry['records'] : []].flat() as string[])]
      const [row] = await db.$queryRaw<{ there: number; present: boolean }[]>(sql`
        select (select count(*)::int from suppression where address_hash = any (${hashes}::text[])
                and kind = ${erased ? 'erased' : 'opted-out'}) as there,
          exists (select from person where id = ${entry['subject'] as string | null}::uuid) as present`)
      if (row?.there !== hashes.length || (erased && row.present)) undone += 1
    }
  }
  return undone
}
