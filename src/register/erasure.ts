// Erasure of one person (GDPR Art. 17, R-12): the outside ledger hears of it first, then the register forgets.
import { BadInput } from '../domain/errors.ts'
import type { KeyRing } from '../ledger/key-ring.ts'
import type { OutsideLedger } from '../ledger/outside-ledger.ts'
import { type Database, inTransaction, type RegisterClient, sql } from './database.ts'
import { type ErasureEntry, eraseAsWritten } from './erasure-entry.ts'
import { appendNow, holdLedger } from './ledger-outbox.ts'
import { peopleAt } from './people.ts'
import { recordHashes } from './tombstones.ts'

/** Why somebody was erased: they asked (Art. 17), or the operator decided. */
export type ErasedBecause = 'request' | 'operator'

export type Erasure = {
  /** The id that now means nobody. */
  person: string
  /** Whether their no stands for the address, erased or not. */
  optedOut: boolean
  /** Campaigns whose tool may hold them now; they leave it next. */
  inTool: number
  /** Others in the register who have the same address. Ids. */
  sameAddress: string[]
}

/**
 * Erases a person with all that is theirs: notes, activities, sources, permissions, review items, pending sign-ups, what imports
 * remember of them. Stays: the audit trail, whose random id means nobody now; the keyed tombstone; an opt-out; figures of campaigns.
 * A crash between ledger and commit is completed at the next start. Call `afterProhibition` next: whoever is in the tool leaves it.
 * @throws BadInput when there is no such person.
 */
export async function erasePerson(
  db: RegisterClient,
  keys: KeyRing,
  ledger: OutsideLedger,
  id: string,
  { actor, at, because }: { actor: string; at: Date; because: ErasedBecause },
): Promise<Erasure> {
  return inTransaction(db, async (tx) => {
    await holdLedger(tx)
    if (!(await holdPerson(tx, id)))
      throw new BadInput(`There is no person ${id}: perhaps they have been erased already.`)
    const entry = await entryFor(tx, keys, id, at, because)
    const inTool = await tx.recipient.count({
      where: { personId: id, state: { in: ['accepted', 'intended', 'unknown'] } },
    })
    await appendNow(tx, ledger, [entry])
    await eraseAsWritten(tx, entry, actor)
    return { person: id, optedOut: entry.optedOut, inTool, sameAddress: await peopleAt(tx, entry.addresses) }
  })
}

/** Holds a person and the campaigns that may be about to mail them until the transaction ends; false when there is no such person. */
export async function holdPerson(tx: Database, id: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ found: boolean }[]>(sql`select hold_person(${id}::uuid) as found`)
  return row?.found ?? false
}

/** What an erased person would be recognised by: every address they had here that is nobody else's now, and their records. */
async function entryFor(
  tx: Database,
  keys: KeyRing,
  id: string,
  at: Date,
  because: ErasedBecause,
): Promise<ErasureEntry> {
  const [row] = await tx.$queryRaw<{ addresses: string[]; opted_out: boolean }[]>(sql`
    with own as (
      select p.id, p.permission, hash from person p, unnest(p.address_hashes) hash where p.id = ${id}::uuid
    ), before as (
      select r.address_hash as hash from recipient r where r.person_id = ${id}::uuid and r.disclosed and r.address_hash is not null
      union
      select a.hash from recipient r join recipient_alias a on a.recipient_id = r.id where r.person_id = ${id}::uuid
    )
    select
      array(select hash from own union
        select b.hash from before b where not exists (select from person o where o.id <> ${id}::uuid and o.address_hashes @> array[b.hash])
        order by 1) as addresses,
      (select p.permission = 'prohibition' from person p where p.id = ${id}::uuid) or exists (
        select from own join suppression s on s.address_hash = own.hash
        where s.kind = 'opted-out' and (s.lifted_at is null or s.lifted_at <= s.at)) as opted_out`)
  const { register, key } = await tx.person.findUniqueOrThrow({ where: { id }, select: { register: true, key: true } })
  const merged = await tx.mergedRecord.findMany({ where: { personId: id } })
  return {
    kind: 'erasure',
    at: at.toISOString(),
    subject: id,
    addresses: row?.addresses ?? [],
    records: [{ register, key }, ...merged].flatMap((one) => recordHashes(keys, one.register, one.key)),
    optedOut: row?.opted_out ?? false,
    because,
  }
}
