// The audit trail cannot be changed unnoticed (I9): whoever gets past the trigger is found by the chain.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditHead, firstBrokenAudit, writeAudit } from '../../src/register/audit.ts'
import { type Database, inTransaction, openDatabase, rawSql, sql } from '../../src/register/database.ts'
import { emptyRegister, now, type TestRegister } from '../support/register.ts'

let register: TestRegister
beforeAll(async () => {
  register = await emptyRegister()
  const subject = '0b0f0c6e-0000-4000-8000-000000000001'
  for (let n = 1; n <= 6; n += 1) {
    const about = n % 2 ? { subject, facts: { n, by: 'a|b' } } : { campaignId: subject }
    await writeAudit(register.db, {
      at: new Date(now.getTime() + n),
      actor: `actor${n}|x`,
      action: 'y|person-prohibited',
      ...about,
    })
  }
})
afterAll(() => register.close())

test('an untouched trail is whole', async () => {
  expect(await firstBrokenAudit(register.db)).toBeNull()
  expect(await auditHead(register.db)).toMatchObject({ entries: 6, head: expect.stringMatching(/^[0-9a-f]{64}$/) })
})

test('a change of any column of an entry is located, whichever entry it is', async () => {
  const changes = [
    `at = at + interval '1 microsecond'`,
    `actor = 'somebody'`,
    `action = 'something'`,
    `subject = gen_random_uuid()`,
    `subject = null, campaign_id = subject`,
    `campaign_id = gen_random_uuid()`,
    `facts = facts || '{"more": 1}'`,
    `previous = repeat('0', 64)`,
    `hash = repeat('0', 64)`,
    // What two columns say together is not what they say apart.
    `actor = split_part(actor, '|', 1), action = split_part(actor, '|', 2) || '|' || action`,
  ]

  const found = []
  for (const change of changes) found.push(await brokenBy(`update audit set ${change} where seq = 3`))

  expect(found).toEqual(changes.map(() => 3))
})

test('an entry taken out, put in or moved is located', async () => {
  const found = [
    await brokenBy('delete from audit where seq = 1'),
    await brokenBy('delete from audit where seq = 4'),
    await brokenBy('update audit set seq = 99 where seq = 2'),
    await brokenBy(
      'update audit set seq = case seq when 2 then -3 else -2 end where seq in (2, 3); update audit set seq = -seq where seq < 0',
    ),
    await brokenBy(`alter table audit disable trigger chain;
      insert into audit select 7, at, actor, action, subject, campaign_id, facts, previous, hash from audit where seq = 6`),
  ]

  // The first entry that does not fit: the one after a gap, or the first of those that changed places.
  expect(found).toEqual([2, 5, 3, 2, 7])
})

test('whoever works out a changed entry’s own hash anew is found at the next one', async () => {
  const forged = `update audit set actor = 'somebody' where seq = 3;
    update audit set hash = audit_hash(previous, seq, at, actor, action, subject, campaign_id, facts) where seq = 3`

  expect(await brokenBy(forged)).toBe(4)
})

test('whoever works out the whole chain anew, or cuts off its end, leaves another head than the one that was kept outside', async () => {
  const kept = await auditHead(register.db)
  const heads: { entries: number; head: string }[] = []
  const rewritten = `update audit set actor = 'somebody' where seq = 3;
    do $$ declare one audit; before text := ''; begin
      for one in select * from audit order by seq loop
        update audit set previous = before, hash = audit_hash(before, seq, at, actor, action, subject, campaign_id, facts)
          where seq = one.seq returning hash into before;
      end loop; end $$`

  const found = [
    await brokenBy(rewritten, async (tx) => heads.push(await auditHead(tx))),
    await brokenBy('delete from audit where seq = 6', async (tx) => heads.push(await auditHead(tx))),
  ]

  expect(found).toEqual([null, null])
  expect(heads.map(({ entries, head }) => [entries, head === kept.head])).toEqual([
    [6, false],
    [5, false],
  ])
})

test('writers at the same time chain one behind the other: no number is given twice, none is left out', async () => {
  const clients = [1, 2, 3].map(() => openDatabase(register.database.url, 4))

  await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      inTransaction(clients[n % 3] as Database, async (tx) => {
        await writeAudit(tx, { at: now, actor: `writer${n}`, action: 'begun' })
        await writeAudit(tx, { at: now, actor: `writer${n}`, action: 'done' })
      }),
    ),
  )
  await Promise.all(clients.map((client) => client.$disconnect()))

  const entries = await register.db.audit.findMany({ where: { seq: { gt: 6 } }, orderBy: { seq: 'asc' } })
  expect(entries.map(({ seq }) => Number(seq))).toEqual(Array.from({ length: 60 }, (_, n) => n + 7))
  expect(await firstBrokenAudit(register.db)).toBeNull()
})

/** Does something to the trail with its guards off, asks where it is broken, and takes it back. */
async function brokenBy(harm: string, look?: (tx: Database) => Promise<unknown>): Promise<number | null> {
  const takenBack = new Error('taken back')
  let found: number | null = null
  await register.db
    .$transaction(async (tx) => {
      await tx.$executeRaw(sql`alter table audit disable trigger append_only`)
      for (const statement of harm.split(/;\s*(?=update|insert|do )/)) await tx.$executeRaw(sql`${rawSql(statement)}`)
      found = await firstBrokenAudit(tx)
      await look?.(tx)
      throw takenBack
    })
    .catch((error) => {
      if (error !== takenBack) throw error
    })
  return found
}
