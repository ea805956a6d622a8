// Duplicates: two rows that are one human. Found as review items, merged by the operator; the strictest permission holds.
import { BadInput, NotAllowed } from '../domain/errors.ts'
import type { KeyRing } from '../ledger/key-ring.ts'
import { type Database, inTransaction, sql } from './database.ts'
import { holdPerson } from './erasure.ts'
import type { Prisma } from './generated/client.ts'
import { openNote, sealNote } from './notes.ts'
import { prohibit } from './permissions.ts'
import type { By } from './reviews.ts'

/**
 * Opens a review item for each pair that has the same address, or the same name in the same organisation; a pair is asked about
 * once. It is about the one added first, its detail is the id of the other; it excludes nobody. Returns how many are new.
 */
export async function findDuplicates(db: Database, at: Date): Promise<number> {
  return db.$executeRaw(sql`
    with pair as (
      select least(a.id, b.id) as one, greatest(a.id, b.id) as other
      from person a join person b on b.address_hashes[1] = a.address_hashes[1] and b.id > a.id
      union
      select least(a.id, b.id), greatest(a.id, b.id)
      from person a join person b on b.organisation_id = a.organisation_id and b.id > a.id
        and lower(b.first_name) = lower(a.first_name) and lower(b.last_name) = lower(a.last_name)
      where a.last_name <> '' and a.first_name <> ''
    )
    insert into review_item (code, person_id, place, detail, created_at, once_key)
    select 'DUPLICATE_PERSON', first.id, 'person', case when first.id = p.one then p.other else p.one end, ${at}::timestamptz,
      'DUPLICATE_PERSON|' || p.one || '|' || p.other
    from pair p cross join lateral (
      select q.id from person q where q.id in (p.one, p.other) order by q.added_at nulls last, q.created_at, q.id limit 1) first
    on conflict (once_key) do nothing`)
}

export type Merged = {
  /** Who is left. */
  person: string
  /** The id that now means nobody. */
  gone: string
  /** One of the two had said no: both have, now. */
  prohibited: boolean
}

/**
 * Makes two people one: everything of `gone` is `keep`'s, every ledger entry too, and where either had said no, `keep` has (from now
 * on: only a later permission of their own lifts it). Call `afterProhibition` next.
 * @throws BadInput for somebody unknown or the same person twice, NotAllowed while a campaign is under way with either.
 */
export async function mergePeople(db: Database, keys: KeyRing, keep: string, gone: string, by: By): Promise<Merged> {
  if (keep === gone) throw new BadInput('A person cannot be merged with themselves: name two.')
  return inTransaction(db, async (tx) => {
    // In order, so that two merges of the same people wait for each other.
    for (const id of [keep, gone].sort()) {
      if (!(await holdPerson(tx, id))) throw new BadInput(`There is no person ${id}: perhaps they have been erased.`)
    }
    await refuseUnderWay(tx, [keep, gone])
    await moveNotes(tx, keys, keep, gone)
    await keepAddresses(tx, keep, gone)
    const [row] = await tx.$queryRaw<{ barred: boolean }[]>(sql`
      select merge_people(${keep}::uuid, ${gone}::uuid, ${by.at}::timestamptz, ${by.actor}) as barred`)
    const prohibited = row?.barred ?? false
    if (prohibited) await sayNoAgain(tx, keep, gone, by)
    return { person: keep, gone, prohibited }
  })
}

/** What the ledger says together may be yes, when the other's yes is the later one: the strictest answer is no. */
async function sayNoAgain(tx: Prisma.TransactionClient, keep: string, gone: string, { actor, at }: By): Promise<void> {
  const { permission, permissionAt } = await tx.person.findUniqueOrThrow({ where: { id: keep } })
  const said = permission === 'prohibition' ? (permissionAt ?? at) : at
  const onceKey = `merged|${keep}|${gone}|prohibition`
  const evidence = 'one of two merged people had said no'
  // In every case: the address that is left is suppressed too, and the outside ledger hears of it.
  await prohibit(tx, { personId: keep, at: said, channel: 'review', actor, onceKey, evidence })
}

async function refuseUnderWay(tx: Prisma.TransactionClient, people: string[]): Promise<void> {
  const [row] = await tx.$queryRaw<{ open: bigint }[]>(sql`
    select count(*) as open from recipient r join campaign c on c.id = r.campaign_id
    where r.person_id = any (${people}::uuid[]) and c.state <> 'closed'`)
  if (Number(row?.open) > 0)
    throw new NotAllowed('A campaign is under way with one of them: merge them when it is closed.')
}

/**
 * Where both got the same newsletter, at two addresses, both links lead to the person who is left: a no by either must close the
 * address of the other mail too (I5).
 */
async function keepAddresses(tx: Prisma.TransactionClient, keep: string, gone: string): Promise<void> {
  await tx.$executeRaw(sql`
    insert into recipient_alias (campaign_id, hash, recipient_id)
    select k.campaign_id, g.address_hash, k.id from recipient k join recipient g on g.campaign_id = k.campaign_id
    where k.person_id = ${keep}::uuid and g.person_id = ${gone}::uuid and k.disclosed and g.disclosed
      and g.address_hash is distinct from k.address_hash and g.address_hash is not null
    on conflict do nothing`)
}

/** Notes are bound to their person by their seal: they are opened and sealed anew, with the current key. */
async function moveNotes(tx: Prisma.TransactionClient, keys: KeyRing, keep: string, gone: string): Promise<void> {
  for (const note of await tx.note.findMany({ where: { personId: gone } })) {
    const sealed = sealNote(keys, keep, openNote(keys, gone, note.keyId, note.sealed))
    // The next import of a file would take its own notes for gone: moved, they are the operator's.
    await tx.$executeRaw(sql`
      insert into note (person_id, key_id, sealed, digest, noted_at)
      select ${keep}::uuid, ${sealed.key_id}, decode(${sealed.sealed}, 'base64'), ${sealed.digests[0]}, ${note.notedAt}::timestamptz
      where not exists (select from note n where n.person_id = ${keep}::uuid and n.digest = any (${sealed.digests}::text[]))`)
  }
}
