// What is past its lifetime goes, what is held stays, and neither lets a mail out or a no be forgotten (R-19 … R-21).
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BadInput } from '../../src/domain/errors.ts'
import { type DataCategory, dataCategories } from '../../src/domain/retention.ts'
import { sql } from '../../src/register/database.ts'
import { permit, prohibit } from '../../src/register/permissions.ts'
import { openRequest } from '../../src/register/requests.ts'
import { restrictPerson } from '../../src/register/restrictions.ts'
import {
  duePeople,
  endHold,
  placeHold,
  retentionDue,
  retentionRuns,
  runRetention,
} from '../../src/register/retention.ts'
import { emptyRegister, now, reasonsOf, type TestRegister } from '../support/register.ts'

let register: TestRegister
beforeAll(async () => {
  register = await emptyRegister()
  for (const [category, days] of Object.entries(rules.lifetimes))
    await register.db.retentionLifetime.create({ data: { category, days } })
})
afterAll(() => register.close())

const rules = {
  lifetimes: { person: 100, activity: 50, note: 40, campaign: 30, request: 20 },
  automatic: ['note'],
}
const by = { actor: 'operator', at: now }
const before = (days: number) => new Date(now.getTime() - days * 86_400_000)
const run = (category: DataCategory) => runRetention(register.db, category, rules, { ...by, mode: 'routine' })
const there = async (key: string) => (await register.db.person.count({ where: { key } })) === 1

async function somebody(key: string, keptFrom: Date): Promise<string> {
  const { db, keys } = register
  const email = `${key}@firma.example`
  const address = { email, emailNature: 'work', domain: 'firma.example', addressHashes: keys.hashes('email', email) }
  const { id } = await db.person.create({
    data: { register: 'koe', key, firstName: 'Aino', lastName: key, keptFrom, ...address },
  })
  const said = { personId: id, at: before(200), channel: 'mail', actor: 'test', source: 'viesti' } as const
  await permit(db, { ...said, wording: null, evidence: 'viesti', onceKey: `lupa ${key}` })
  return id
}

test('a person past their lifetime is shown, then deleted with all that is theirs; one within it stays', async () => {
  const id = await somebody('vanha', before(101))
  await somebody('nuori', before(99))
  await register.db.activity.create({
    data: {
      register: 'koe',
      sourceTable: 't',
      key: 'v',
      personId: id,
      kind: 'meeting',
      title: 'Salainen tapaaminen',
      at: now,
    },
  })

  const [person] = await retentionDue(register.db, rules, now)
  const people = await duePeople(register.db, rules, now)
  const shownOnly = await there('vanha')
  const deleted = await run('person')

  expect(person).toMatchObject({ category: 'person', days: 100, mode: 'routine', due: 1, spared: {}, overdue: false })
  expect(people).toMatchObject([{ personId: id, name: 'Aino vanha', spared: null }])
  expect([shownOnly, deleted, await there('vanha'), await there('nuori')]).toEqual([true, 1, false, true])
  expect(await register.db.activity.count({ where: { title: 'Salainen tapaaminen' } })).toBe(0)
  expect(await run('person')).toBe(0)
})

test('a hold, a restriction, an open request and an open campaign spare a person, and a hold that is over or ended does not', async () => {
  const held = await somebody('pidetty', before(150))
  const over = await somebody('päättynyt', before(150))
  const ended = await somebody('purettu', before(150))
  const restricted = await somebody('rajoitettu', before(150))
  const asking = await somebody('kysyvä', before(150))
  const mailed = await somebody('kirjeessä', before(150))
  const hold = (personId: string, until: Date) =>
    placeHold(
      register.db,
      { personId, reason: 'LAW', text: 'kirjanpitolaki', until },
      { actor: 'operator', at: before(10) },
    )
  await hold(held, new Date(now.getTime() + 1000))
  await hold(over, before(1))
  await endHold(register.db, (await hold(ended, new Date(now.getTime() + 1000))).id, by)
  await restrictPerson(register.db, restricted, 'unlawful', by)
  await openRequest(
    register.db,
    { personId: asking, kind: 'access', channel: 'mail', receivedAt: now, notes: null },
    by,
  )
  await recipientIn('disclosed', mailed, null)

  const [person] = await retentionDue(register.db, rules, now)
  const reasons = await reasonsOf(register.db)
  const deleted = await run('person')

  expect(person).toMatchObject({
    due: 2,
    spared: { held: 1, restricted: 1, 'request-open': 1, 'in-campaign': 1 },
    overdue: true,
  })
  expect(deleted).toBe(2)
  expect([await there('päättynyt'), await there('purettu'), await there('pidetty')]).toEqual([false, false, true])
  // The permission stands in the ledger, and yet nobody is mailed past their lifetime.
  expect(reasons['pidetty']).toBe('EXPIRED')
})

test('a hold needs words and an end that is to come', async () => {
  const personId = await somebody('sanaton', now)
  const hold = (text: string, until: Date) => placeHold(register.db, { personId, reason: 'LAW', text, until }, by)

  await expect(hold(' ', new Date(now.getTime() + 1000))).rejects.toThrow(BadInput)
  await expect(hold('laki', now)).rejects.toThrow(BadInput)
  await expect(
    register.db.$executeRaw(sql`insert into retention_hold (person_id, reason, text, until, placed_at, placed_by)
      values (${personId}::uuid, 'USEFUL', 'x', now() + interval '1 day', now(), 'test')`),
  ).rejects.toThrow()
})

test('their no outlives them: the same address comes back to a prohibition, and no tombstone keeps them out', async () => {
  const id = await somebody('kieltäjä', before(150))
  await prohibit(register.db, { personId: id, at: before(5), channel: 'mail', actor: 'test', onceKey: 'ei' })
  await register.db.suppression.deleteMany()

  await run('person')
  await somebody('kieltäjä', now)

  expect(await register.db.suppression.findMany({ select: { kind: true } })).toEqual([{ kind: 'opted-out' }])
  expect((await reasonsOf(register.db))['kieltäjä']).toBe('PROHIBITED')
})

test('activities, notes, requests and the words about a campaign go by their own lifetimes; the way out of a mail stays', async () => {
  const { db } = register
  const id = await somebody('muisteltu', now)
  const activity = { register: 'koe', sourceTable: 't', personId: id, kind: 'meeting' }
  await db.activity.createMany({
    data: [
      { ...activity, key: '1', at: before(51) },
      { ...activity, key: '2', at: before(49) },
    ],
  })
  const note = { personId: id, keyId: 'k1', sealed: Buffer.from('x') }
  await db.note.createMany({
    data: [
      { ...note, digest: '1', notedAt: before(41) },
      { ...note, digest: '2', notedAt: before(39) },
    ],
  })
  const asked = {
    kind: 'access',
    channel: 'mail',
    receivedAt: before(60),
    openedAt: before(60),
    openedBy: 'x',
    outcome: 'answered',
  }
  await db.request.createMany({
    data: [
      { ...asked, closedAt: before(21) },
      { ...asked, closedAt: before(19) },
    ],
  })
  const sent = await recipientIn('closed', id, before(31))
  const excluded = await recipientIn('closed', id, before(31), 'excluded')

  for (const category of dataCategories) await run(category)

  expect((await db.activity.findMany({ where: { personId: id } })).map(({ key }) => key)).toEqual(['2'])
  expect((await db.note.findMany({ where: { personId: id } })).map(({ digest }) => digest)).toEqual(['2'])
  expect(await db.request.count({ where: { openedBy: 'x' } })).toBe(1)
  expect(await db.recipient.count({ where: { id: { in: [sent, excluded] } } })).toBe(1)
  expect(await db.recipientToolId.findMany({ where: { recipientId: sent } })).toHaveLength(1)
  expect(await db.feedback.findMany({ where: { recipientId: sent } })).toMatchObject([
    { evidence: null, kind: 'bounced-soft' },
  ])
})

test('the evidence is figures: what, when, by whom, how many, and nobody', async () => {
  const runs = await retentionRuns(register.db)
  const audit = await register.db.audit.findMany({ where: { action: 'retention-ran' } })

  expect(runs).toContainEqual(
    expect.objectContaining({ category: 'person', mode: 'routine', days: 100, actor: 'operator' }),
  )
  expect(audit.length).toBeGreaterThan(3)
  expect(audit.every(({ subject }) => subject === null)).toBe(true)
  expect(JSON.stringify(audit.map(({ facts }) => facts))).not.toMatch(/Aino|firma/)
})

let campaigns = 0

/** A recipient of a campaign in this state, with a link and a bounce in words; returns its id. */
async function recipientIn(state: string, personId: string, closedAt: Date | null, was = 'removed'): Promise<bigint> {
  const { db } = register
  campaigns += 1
  const campaign = await db.campaign.create({
    data: {
      name: 'k',
      subject: 'k',
      fromName: 'E',
      fromEmail: 'e@konsultti.example',
      tool: 'mailchimp',
      language: 'fi',
      contentKind: 'html',
      settleSeconds: 0,
      state,
      createdAt: before(60),
      closedAt,
    },
  })
  const disclosed = was !== 'excluded'
  const open = state === 'disclosed' ? 'accepted' : was
  const { id } = await db.recipient.create({ data: { campaignId: campaign.id, personId, state: open, disclosed } })
  if (!disclosed) return id
  await db.recipientToolId.create({ data: { campaignId: campaign.id, hash: 'h', recipientId: id } })
  const at = { at: before(31), receivedAt: before(31), appliedAt: before(31) }
  await db.feedback.create({
    data: {
      campaignId: campaign.id,
      recipientId: id,
      kind: 'bounced-soft',
      source: 'report',
      evidence: 'postilaatikko täynnä',
      onceKey: `f${campaigns}`,
      ...at,
    },
  })
  return id
}
