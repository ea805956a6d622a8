// After a rotation every address is hashed with every key of the ring, so that old and new hashes both find it.
import { normaliseAddress } from '../domain/email-address.ts'
import type { KeyRing } from '../ledger/key-ring.ts'
import { type Database, sql } from './database.ts'

/** Hashes every address anew, page by page; returns how many people have one. */
export async function rehashAddresses(db: Database, keys: KeyRing): Promise<number> {
  let count = 0
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const page = await db.$queryRaw<{ id: string; email: string }[]>(sql`
      select id, email from person where email is not null and id > ${after}::uuid order by id limit 1000`)
    const last = page.at(-1)
    if (!last) return count
    const hashed = page.map(({ id, email }) => ({ id, hashes: keys.hashes('email', matching(email)) }))
    await db.$executeRaw(sql`update person p set address_hashes = array(select jsonb_array_elements_text(h.hashes))
      from jsonb_to_recordset(${JSON.stringify(hashed)}::jsonb) as h (id uuid, hashes jsonb) where p.id = h.id`)
    count += page.length
    after = last.id
  }
}

function matching(email: string): string {
  const normal = normaliseAddress(email)
  return typeof normal === 'string' ? email.toLowerCase() : normal.matching
}
