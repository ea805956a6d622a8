// Correction of one person (GDPR Art. 16): audited, kept through the next import, and carried to a tool that holds them (Art. 19).
import type { EmailCell } from '../domain/email-address.ts'
import { BadInput } from '../domain/errors.ts'
import type { KeyRing } from '../ledger/key-ring.ts'
import { writeAudit } from './audit.ts'
import { inTransaction, type RegisterClient, sql } from './database.ts'
import { holdPerson } from './erasure.ts'
import type { Prisma } from './generated/client.ts'
import { type By, correctAddress } from './reviews.ts'

/** What may be corrected by itself. An empty title or phone removes it; an address goes through the address rules. */
export type Changes = {
  firstName?: string
  lastName?: string
  title?: string | null
  phone?: string | null
  email?: EmailCell
}

export type Corrected = { person: string; fields: string[]; inTool: number }

/**
 * Corrects a person. What leaves for a tool (the names, the address) and is in one now leaves it: the tool's copy is withdrawn,
 * not mended, and counts from the next campaign (architecture.md). Call `afterProhibition` next. A file that still holds the
 * old value does not undo the correction; one that brings another value does.
 * @throws BadInput for an unknown person, a doubtful address, or nothing to change; NotAllowed for an erased address.
 */
export async function correctPerson(
  db: RegisterClient,
  keys: KeyRing,
  id: string,
  { email, ...changes }: Changes,
  by: By,
): Promise<Corrected> {
  return inTransaction(db, async (tx) => {
    if (!(await holdPerson(tx, id))) throw new BadInput(`There is no person ${id}: perhaps they have been erased.`)
    const before = await tx.person.findUniqueOrThrow({ where: { id } })
    const fields = (Object.keys(changes) as (keyof typeof changes)[]).filter(
      (field) => changes[field] !== undefined && (changes[field] || null) !== (before[field] || null),
    )
    const moves = email && (email.kind !== 'address' || email.address !== before.email)
    if (fields.length === 0 && !moves)
      throw new BadInput('That is what the register holds already: nothing was changed.')

    const data = Object.fromEntries(
      fields.map((field) => [field, named(field) ? changes[field] : changes[field] || null]),
    )
    await tx.person.update({ where: { id }, data: { ...data, verifiedAt: by.at, updatedAt: by.at } })
    for (const field of fields) await remember(tx, id, columnOf[field], before[field], by)
    if (moves) {
      await correctAddress(tx, keys, id, email, by)
      await remember(tx, id, 'email', before.email, by)
      await settleDoubts(tx, id, by)
    }
    if (fields.length > 0) {
      const facts = { fields: fields.map((field) => columnOf[field]).join(' ') }
      await writeAudit(tx, { ...by, action: 'person-corrected', subject: id, facts })
    }
    const inTool = await tx.recipient.count({
      where: { personId: id, outdated: true, state: { in: ['accepted', 'intended', 'unknown'] } },
    })
    return { person: id, fields: [...fields.map((field) => columnOf[field]), ...(moves ? ['email'] : [])], inTool }
  })
}

const columnOf = { firstName: 'first_name', lastName: 'last_name', title: 'title', phone: 'phone' } as const

function named(field: keyof typeof columnOf): boolean {
  return field === 'firstName' || field === 'lastName'
}

async function remember(
  tx: Prisma.TransactionClient,
  personId: string,
  field: string,
  was: string | null,
  { actor, at }: By,
): Promise<void> {
  await tx.$executeRaw(sql`
    insert into correction (person_id, field, was, at, actor) values (${personId}::uuid, ${field}, nullif(${was}, ''), ${at}::timestamptz, ${actor})
    on conflict (person_id, field, was) do update set at = excluded.at, actor = excluded.actor`)
}

/** The cell that was in doubt is answered: the import knows by this that its file need not be believed. */
async function settleDoubts(tx: Prisma.TransactionClient, personId: string, { actor, at }: By): Promise<void> {
  await tx.reviewItem.updateMany({
    where: { personId, code: 'DOUBTFUL_ADDRESS', resolvedAt: null },
    data: { resolvedAt: at, resolvedBy: actor, resolution: 'address-corrected', detail: null },
  })
}
