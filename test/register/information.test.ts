// The duty to inform: whose data came from others is told within a month, by hand or by the first newsletter that arrives.
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import {
  addCollection,
  countExempt,
  countUninformed,
  liftExemption,
  listNotices,
  listUninformed,
  recordExempt,
  recordInformed,
  rememberNotice,
} from '../../src/register/information.ts'
import { markSent } from '../../src/register/recipients.ts'
import { emptyRegister, type TestRegister } from '../support/register.ts'

const at = new Date('2026-03-01T10:00:00Z')
let register: TestRegister
beforeEach(async () => {
  register ??= await emptyRegister()
})
afterAll(() => register.close())

test('a month ends on its last day, in Helsinki’s calendar, and whoever gave their data themselves is not waited for', async () => {
  const january = await collected('MEDIA', null, '2026-01-31T08:00:00Z')
  await collected('PUBLIC_SOURCE', null, '2026-02-27T22:30:00Z')
  await collected('OTHER', 'EVENT_OPEN_LIST', '2026-02-10T08:00:00Z')
  await collected('CRM_WEB_FORM', 'JOINED_LIST', '2020-01-01T08:00:00Z')
  await collected('OTHER', 'BUSINESS_CARD', '2020-01-01T08:00:00Z')

  const waiting = await listUninformed(register.db, at)

  expect(waiting.map(({ due, overdue }) => [due.toISOString(), overdue])).toEqual([
    ['2026-02-28T08:00:00.000Z', true],
    ['2026-03-10T08:00:00.000Z', false],
    ['2026-03-27T22:30:00.000Z', false],
  ])
  expect(await countUninformed(register.db, at)).toEqual({ waiting: 3, overdue: 1 })
  expect((await listUninformed(register.db, at, { overdue: true })).map(({ personId }) => personId)).toEqual([january])
})

test('the first newsletter tells, one that came back has not, and the notice it went out under is kept', async () => {
  const [reached, bounced] = [await collected('MEDIA', null, at), await collected('MEDIA', null, at)]
  await rememberNotice(register.db, { version: '2026-02-01', url: 'https://yritys.example/seloste' }, at)
  const first = await sentTo([reached, bounced], '2026-02-01')
  await register.db.feedback.create({
    data: {
      campaignId: first,
      personId: bounced,
      kind: 'bounced-soft',
      source: 'people',
      at,
      receivedAt: at,
      onceKey: `b${first}`,
    },
  })
  const afterFirst = (await listUninformed(register.db, at)).map(({ personId }) => personId)
  await sentTo([reached, bounced], '2026-03-01')

  const rows = await register.db.collection.findMany({
    where: { personId: { in: [reached, bounced] } },
    orderBy: { id: 'asc' },
  })
  expect(afterFirst).toEqual([bounced])
  expect(rows.map(({ noticeVersion, informedBy }) => [noticeVersion, informedBy])).toEqual([
    ['2026-02-01', 'newsletter'],
    ['2026-03-01', 'newsletter'],
  ])
  expect(await listUninformed(register.db, at)).toEqual([])
  expect(await listNotices(register.db)).toMatchObject([
    { version: '2026-03-01', told: { newsletter: 1 } },
    { version: '2026-02-01', url: 'https://yritys.example/seloste', told: { newsletter: 1 } },
  ])
})

test('who was told by hand is told once, and it is written down without a name', async () => {
  const person = await collected('SOCIAL_MEDIA', 'SOCIAL_ENGAGEMENT', at)
  const how = { by: 'letter' as const, noticeVersion: '2026-03-01', at, actor: 'operator' }

  const told = [await recordInformed(register.db, [person], how), await recordInformed(register.db, [person], how)]

  expect(told).toEqual([1, 0])
  expect(await listUninformed(register.db, at)).toEqual([])
  const [written] = await register.db.audit.findMany({ where: { subject: person, action: 'person-informed' } })
  expect(written?.facts).toEqual({ by: 'letter', notice: '2026-03-01' })
})

test('who need not be told is not waited for until that is lifted; a ground of no list is refused, and so is one without words', async () => {
  const [spared, told, other] = [
    await collected('MEDIA', null, at),
    await collected('MEDIA', null, at),
    await collected('CRM_WEB_FORM', 'JOINED_LIST', at),
  ]
  await recordInformed(register.db, [told], { by: 'letter', noticeVersion: '2026-03-01', at, actor: 'operator' })
  const how = { ground: 'disproportionate', because: 'vanha luettelo', at, actor: 'operator' } as const

  const exempted = [
    await recordExempt(register.db, [spared, told, other], how),
    await recordExempt(register.db, [spared], how),
  ]
  const meanwhile = [await listUninformed(register.db, at), await countExempt(register.db)]
  const lifted = await liftExemption(register.db, [spared, told], { at, actor: 'operator' })

  expect(exempted).toEqual([1, 0])
  expect(meanwhile).toEqual([[], { disproportionate: 1 }])
  expect(lifted).toBe(1)
  expect((await listUninformed(register.db, at)).map(({ personId }) => personId)).toEqual([spared])
  expect(await countExempt(register.db)).toEqual({})
  const written = await register.db.audit.findMany({ where: { subject: spared }, orderBy: { seq: 'asc' } })
  expect(written.map(({ action, facts }) => [action, facts])).toEqual([
    ['person-exempted', { ground: 'disproportionate' }],
    ['person-exemption-lifted', {}],
  ])
  await expect(recordExempt(register.db, [spared], { ...how, ground: 'busy' as never })).rejects.toThrow(
    /exempt_ground/,
  )
  await expect(recordExempt(register.db, [spared], { ...how, because: '' })).rejects.toThrow(/exempt_because/)
})

test('a newsletter tells those who need not have been told, and what was decided of them stays', async () => {
  const person = await collected('MEDIA', null, at)
  await recordExempt(register.db, [person], {
    ...{ ground: 'has-information', because: 'tuttu', at, actor: 'operator' },
  })

  await sentTo([person], '2026-03-01')

  const row = await register.db.collection.findFirstOrThrow({ where: { personId: person } })
  expect(row).toMatchObject({ informedBy: 'newsletter', exemptGround: 'has-information', exemptBecause: 'tuttu' })
  expect(await countExempt(register.db)).toEqual({})
})

test('a second ground leaves the first, and repeating it changes nothing; a source or ground of no list is refused', async () => {
  const person = await collected('MEDIA', null, at)
  const more = { source: 'OTHER', ground: 'BUSINESS_CARD', text: 'messut' } as const
  const about = { proof: { occasion: 'messut', date: '2026-02-01' }, collectedAt: at, at, actor: 'operator' }

  const added = [
    await addCollection(register.db, person, more, about),
    await addCollection(register.db, person, more, about),
  ]

  const kept = await register.db.collection.findMany({ where: { personId: person }, orderBy: { id: 'asc' } })
  expect(added).toEqual([true, false])
  expect(kept.map(({ source, ground }) => [source, ground])).toEqual([
    ['MEDIA', null],
    ['OTHER', 'BUSINESS_CARD'],
  ])
  await expect(collected('PURCHASED_LIST', null, at)).rejects.toThrow(/collection_source/)
  await expect(collected('OTHER', 'BOUGHT', at)).rejects.toThrow(/collection_ground/)
})

let made = 0
afterEach(() => register.db.$executeRawUnsafe('delete from collection'))

async function collected(source: string, ground: string | null, when: string | Date): Promise<string> {
  made += 1
  const { id } = await register.db.person.create({
    data: { register: 'koe', key: String(made), firstName: 'Etu', lastName: `Suku${made}`, keptFrom: at },
  })
  await register.db.collection.create({ data: { personId: id, source, ground, collectedAt: new Date(when) } })
  return id
}

/** A campaign that went out to these people under this notice. */
async function sentTo(people: string[], noticeVersion: string): Promise<string> {
  const { db } = register
  const plan = {
    name: 'x',
    subject: 'x',
    fromName: 'x',
    fromEmail: 'x@yritys.example',
    tool: 'mailchimp',
    language: 'fi',
  }
  const { id } = await db.campaign.create({
    data: { ...plan, contentKind: 'html', settleSeconds: 0, createdAt: at, noticeVersion },
  })
  await db.recipient.createMany({
    data: people.map((personId) => ({ campaignId: id, personId, state: 'accepted', batch: 0 })),
  })
  await markSent(db, id, at)
  return id
}
