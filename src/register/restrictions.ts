// Restriction of processing (GDPR Art. 18): the person stays in the register and is used for nothing, at once.
import { BadInput, NotAllowed } from '../domain/errors.ts'
import type { RestrictionGround } from '../domain/restriction.ts'
import { writeAudit } from './audit.ts'
import { inTransaction, type RegisterClient } from './database.ts'
import { holdPerson } from './erasure.ts'
import type { By } from './reviews.ts'

/**
 * Restricts a person: no campaign takes them, no retention deletes them, and whoever is in a tool leaves it. Repeating it changes the
 * ground only. Call `afterProhibition` next. Returns in how many tools they may be now.
 * @throws BadInput when there is no such person.
 */
export async function restrictPerson(
  db: RegisterClient,
  id: string,
  ground: RestrictionGround,
  by: By,
): Promise<{ person: string; since: Date; inTool: number }> {
  return inTransaction(db, async (tx) => {
    if (!(await holdPerson(tx, id))) throw new BadInput(`There is no person ${id}: perhaps they have been erased.`)
    const { restrictedAt } = await tx.person.findUniqueOrThrow({ where: { id }, select: { restrictedAt: true } })
    const since = restrictedAt ?? by.at
    await tx.person.update({ where: { id }, data: { restrictedAt: since, restrictedFor: ground } })
    await writeAudit(tx, { ...by, action: 'person-restricted', subject: id, facts: { ground } })
    const inTool = await tx.recipient.count({
      where: { personId: id, state: { in: ['accepted', 'intended', 'unknown'] } },
    })
    return { person: id, since, inTool }
  })
}

/** Ends a restriction. The person must have been told before (Art. 18(3)). Throws NotAllowed when there is none. */
export async function releasePerson(db: RegisterClient, id: string, by: By): Promise<void> {
  await inTransaction(db, async (tx) => {
    if (!(await holdPerson(tx, id))) throw new BadInput(`There is no person ${id}: perhaps they have been erased.`)
    const { restrictedAt } = await tx.person.findUniqueOrThrow({ where: { id }, select: { restrictedAt: true } })
    if (!restrictedAt) throw new NotAllowed('This person is not restricted: there is nothing to release.')
    await tx.person.update({ where: { id }, data: { restrictedAt: null, restrictedFor: null } })
    await writeAudit(tx, { ...by, action: 'person-released', subject: id })
  })
}
