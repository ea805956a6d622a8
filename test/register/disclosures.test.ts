// The disclosure register: the tool's campaigns and everything else, each with its ground, its people and who decided.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listAgreements, listDisclosures, recordDisclosure, rememberAgreement } from '../../src/register/disclosures.ts'
import { erasePerson } from '../../src/register/erasure.ts'
import { campaignIn, stillWorld } from '../support/step.ts'
import type { World } from '../support/world.ts'

let world: World
beforeEach(async () => {
  world = await stillWorld()
})
afterEach(() => world.close())

const given = {
  recipient: 'Tilitoimisto Oy',
  reason: 'PROCESSOR',
  ground: 'Art. 28, 2026-01-15',
  purpose: 'laskutus',
  fields: ['name', 'contact'],
  decidedBy: 'Erja Esimerkki',
  actor: 'operator',
} as const

test('a campaign stands in the register with its people, its approver and the agreement that held then', async () => {
  const { db, clock } = world.context
  const entry = {
    agreement: { version: 'DPA 2025', date: '2025-01-15' },
    transfer: { mechanism: 'SCC', checkedAt: '2025-02-01', nextCheck: '2027-02-01' },
  }
  await rememberAgreement(db, 'mailchimp', entry, clock())
  await rememberAgreement(db, 'mailchimp', entry, clock())
  const { campaign, people } = await campaignIn(world, 'disclosed', { people: 3 })
  await world.turn('1h')
  await rememberAgreement(
    db,
    'mailchimp',
    { ...entry, agreement: { version: 'DPA 2026', date: '2026-01-15' } },
    clock(),
  )

  const [line, ...others] = await listDisclosures(db)

  expect(others).toEqual([])
  expect(line).toEqual({
    at: expect.any(Date),
    recipient: 'mailchimp',
    reason: 'PROCESSOR',
    ground: 'DPA 2025 (2025-01-15), SCC, checked 2025-02-01',
    purpose: 'kevatkirje',
    fields: ['first name', 'last name', 'work email'],
    people: 3,
    decidedBy: 'operator',
    campaignId: campaign.id,
  })
  expect((await listAgreements(db)).map(({ agreement }) => agreement)).toEqual(['DPA 2026', 'DPA 2025'])
  expect(await listDisclosures(db, { personId: people[0]?.id ?? null })).toEqual([line])
  expect(await listDisclosures(db, { personId: crypto.randomUUID() })).toEqual([])
})

test('what is handed to somebody else is written down with its people; an erasure leaves the figure and nobody’s name', async () => {
  const { db, clock, keys, ledger } = world.context
  const [ada, bob] = await world.people(2)
  const personIds = [ada?.id as string, bob?.id as string]
  await recordDisclosure(db, { ...given, fields: [...given.fields], personIds, at: clock() })

  const mine = await listDisclosures(db, { personId: personIds[0] ?? null })
  await erasePerson(db, keys, ledger, personIds[0] as string, { because: 'request', actor: 'operator', at: clock() })

  const { actor: _, ...line } = given
  expect(mine).toEqual([{ ...line, fields: ['name', 'contact'], at: expect.any(Date), people: 2, campaignId: null }])
  expect(await listDisclosures(db)).toEqual(mine)
  expect((await db.disclosurePerson.findMany()).map(({ personId }) => personId)).toEqual([personIds[1]])
  expect(await db.audit.count({ where: { action: 'person-disclosed' } })).toBe(2)
})

test('a restricted person is handed to nobody, but where the law asks; and without a reason nothing is', async () => {
  const { db, clock } = world.context
  const [ada] = await world.people(1)
  const personIds = [ada?.id as string]
  await db.person.update({
    where: { id: personIds[0] as string },
    data: { restrictedAt: clock(), restrictedFor: 'unlawful' },
  })
  const one = { ...given, fields: ['name'], personIds, at: clock() }

  await expect(recordDisclosure(db, one)).rejects.toThrow(/^1 of them are restricted/)
  await expect(recordDisclosure(db, { ...one, reason: 'LEGAL_OBLIGATION', ground: '' })).rejects.toThrow()
  await expect(recordDisclosure(db, { ...one, reason: 'WISH' as 'JUSTIFIED' })).rejects.toThrow()
  expect(await listDisclosures(db)).toEqual([])
  await recordDisclosure(db, { ...one, reason: 'LEGAL_OBLIGATION', ground: 'pakkokeinolaki 8:2' })

  expect(await listDisclosures(db)).toMatchObject([{ reason: 'LEGAL_OBLIGATION', people: 1 }])
})

test('the register only grows', async () => {
  const { db, clock } = world.context
  const [ada] = await world.people(1)
  await recordDisclosure(db, { ...given, fields: ['name'], personIds: [ada?.id as string], at: clock() })

  for (const wish of ["update disclosure set recipient = 'x'", 'delete from disclosure', 'truncate disclosure cascade'])
    await expect(db.$executeRawUnsafe(wish)).rejects.toThrow()
  expect(await db.disclosure.count()).toBe(1)
})
