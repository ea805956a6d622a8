// What waits for the owner in the console: a no told by telephone, things to review, requests, disclosures.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeDownNo } from '../../src/operator/feedback-orders.ts'
import { describePerson } from '../../src/register/people.ts'
import { openWorld, type TestPerson, type World } from '../support/world.ts'
import { csrfIn, enrolled, type Visitor } from './console-visitor.ts'

let world: World
let owner: Visitor
let viewer: Visitor
let people: TestPerson[]
beforeAll(async () => {
  world = await openWorld({ working: false, web: true })
  people = await world.people(8)
  owner = (await enrolled(world, 'erja')).client
  viewer = (await enrolled(world, 'katsoja', 'viewer')).client
})
afterAll(() => world?.close())

const english = { 'accept-language': 'en' }
const page = async (path: string, by = owner) => (await by.get(`/console${path && `/${path}`}`, english)).text()
const now = (person: TestPerson) => describePerson(world.context.db, person.id, world.context.clock())
const order = async (path: string, fields: Record<string, string>, by = owner) => {
  const csrf = await csrfIn(await by.get('/console', english))
  return by.post(`/console/${path}`, { csrf, ...fields }, english)
}
const actions = async () =>
  (await world.context.db.audit.findMany({ where: { actor: 'erja' }, orderBy: { seq: 'asc' } })).map(
    ({ action }) => action,
  )
const item = (code: string, personId: string, detail: string | null = null) =>
  world.context.db.reviewItem.create({
    data: {
      code,
      personId,
      detail,
      place: 'Sähköposti',
      createdAt: world.context.clock(),
      onceKey: `${code}|${personId}`,
    },
  })

test('a no told by telephone holds at once, for somebody in the register and for somebody who is not', async () => {
  const [person] = people as [TestPerson]
  const said = { channel: 'phone', evidence: 'soitti', at: '' }

  const known = await order('opt-outs/add', { ...said, address: person.email })
  const stranger = await order('opt-outs/add', { ...said, address: 'joku@muualla.example' })
  const wrong = await order('opt-outs/add', { ...said, address: 'ei osoite' })

  expect([known.headers.get('location'), stranger.headers.get('location'), wrong.status]).toEqual([
    ...['/console/opt-outs?done=prohibited', '/console/opt-outs?done=prohibited', 422],
  ])
  expect((await now(person)).because).toBe('PROHIBITED')
  expect(await world.context.db.suppression.count({ where: { kind: 'opted-out' } })).toBe(2)
  const list = await page('opt-outs?kind=opted-out')
  expect(list).toContain('One person has said no to marketing.')
  expect(list).toMatch(/Etu1 Suku1[\s\S]*written down by hand|written down by hand[\s\S]*Etu1 Suku1/)
  expect(await page('opt-outs?kind=complained')).not.toContain('Etu1 Suku1')
  expect(await actions()).toContain('no-written-down')
})

test('each kind of item offers only what settles it, and settling one leads to the next', async () => {
  const [, one, two, three] = people as [TestPerson, TestPerson, TestPerson, TestPerson]
  const [first, second] = [
    await item('DOUBTFUL_ADDRESS', one.id, 'a@b.example, c@d.example'),
    await item('DOUBTFUL_ADDRESS', two.id, '<i>x</i>'),
  ]
  const twice = await item('DUPLICATE_PERSON', three.id, one.id)

  const form = await page(`reviews/${first.id}`)
  const settled = await order(`reviews/${first.id}/correct-email`, { email: 'oikea@firma.example' })
  const dismissed = await order(`reviews/${second.id}/dismiss`, { because: 'kysytty' })
  const pair = await page(`reviews/${twice.id}`)

  expect([form.includes('/correct-email'), form.includes('/merge'), form.includes('/permit')]).toEqual([
    true,
    false,
    false,
  ])
  expect([pair.includes('/merge'), pair.includes('Etu4'), pair.includes('oikea@firma.example')]).toEqual([
    true,
    true,
    true,
  ])
  expect(settled.headers.get('location')).toBe(`/console/reviews/${second.id}`)
  expect(dismissed.headers.get('location')).toBe('/console/reviews')
  expect((await now(one)).email).toBe('oikea@firma.example')
  expect(await page('reviews')).toContain('One thing waits to be reviewed.')
  expect((await actions()).filter((action) => action === 'review-resolved')).toHaveLength(2)
})

test('a request is opened, identified, extended and answered, each step only when it may be taken', async () => {
  const person = people[4] as TestPerson
  const opened = await order('requests/open', {
    kind: 'access',
    channel: 'mail',
    person: person.email,
    at: '',
    notes: 'mitä tietoja',
  })
  const path = (opened.headers.get('location') as string).replace('/console/', '')

  const before = await page(path)
  const early = await order(`${path}/answer`, {})
  await order(`${path}/identify`, { how: 'known-address' })
  await order(`${path}/extend`, { because: 'complex' })
  const between = await page(path)
  await order(`${path}/answer`, {})

  expect([before.includes('/identify'), before.includes('/answer'), early.status]).toEqual([true, false, 422])
  expect([between.includes('/answer'), between.includes('/extend'), between.includes('/identify')]).toEqual([
    true,
    false,
    false,
  ])
  expect(await page(path)).toContain('Closed: answered.')
  expect(await page('requests')).toContain('Nobody waits for an answer.')
  expect(await page('requests?all=yes')).toContain('Etu5 Suku5')
  expect((await actions()).filter((action) => action.startsWith('request-'))).toEqual([
    ...['request-opened', 'request-identified', 'request-extended', 'request-answered'],
  ])
})

test('an objection holds the moment it is written down, and cannot be refused', async () => {
  const person = people[5] as TestPerson

  const opened = await order('requests/open', {
    kind: 'objection',
    channel: 'letter',
    person: 'Etu6 Suku6',
    at: '',
    notes: '',
  })

  const form = await page((opened.headers.get('location') as string).replace('/console/', ''))
  expect((await now(person)).because).toBe('PROHIBITED')
  expect(form.includes('/refuse')).toBe(false)
  expect(await page('')).toContain('to be answered by')
})

test('a disclosure to an authority needs its law, is written down under the account, and stands on the person’s page', async () => {
  const person = people[6] as TestPerson
  const handed = { people: `${person.email}\n`, to: 'Verohallinto', purpose: 'selvitys', fields: 'contact' }

  const lawless = await order('disclosures/record', handed)
  const lawful = await order('disclosures/record', { ...handed, law: 'laki 18/1999 4 §' })
  const unknown = await order('disclosures/record', { ...handed, law: 'laki', people: 'Ei Kukaan' })

  expect([lawless.status, lawful.headers.get('location'), unknown.status]).toEqual([
    422,
    '/console/disclosures?done=yes',
    422,
  ])
  expect(await page('disclosures')).toMatch(
    /Data have been disclosed once\.[\s\S]*Verohallinto[\s\S]*laki 18\/1999 4 §/,
  )
  expect(await page(`people/${person.id}`)).toContain('Verohallinto')
  expect(await actions()).toContain('person-disclosed')
})

test('a viewer reads these lists, sees no form, and orders nothing', async () => {
  const open = await item('PERMISSION_WITHOUT_SOURCE', (people[7] as TestPerson).id)
  for (const path of ['opt-outs', 'reviews', `reviews/${open.id}`, 'requests', 'disclosures']) {
    const html = await page(path, viewer)
    expect(html.match(/<form method="post" action="(?!\/console\/leave)[^"]*"/g), path).toBe(null)
  }
  const orders = [
    'opt-outs/add',
    'reviews/duplicates',
    `reviews/${open.id}/dismiss`,
    'requests/open',
    'disclosures/record',
  ]

  const answers = await Promise.all(orders.map(async (path) => (await order(path, { because: 'x' }, viewer)).status))

  expect(answers).toEqual([403, 403, 403, 403, 403])
})

test('a launch goes to as many as the page said, or the page is shown anew; a viewer launches nothing', async () => {
  const campaign = await world.draft({
    html: '<html><head><title>x</title></head><body><p>Hei *|FNAME|* <script>alert(1)</script></p></body></html>',
    name: 'lähtevä',
  })
  const good = await world.draft({ name: 'toinen' })
  const shown = await page(`campaigns/${good.id}/launch`)
  const count = /name="people" value="(\d+)"/.exec(shown)?.[1] ?? ''
  const preview = await owner.get(`/console/campaigns/${good.id}/preview`, english)

  const refused = await order(`campaigns/${good.id}/launch`, { people: count }, viewer)
  const other = await order(`campaigns/${good.id}/launch`, { people: String(Number(count) + 1) })
  const before = await world.context.db.campaign.findUniqueOrThrow({ where: { id: good.id } })
  const launched = await order(`campaigns/${good.id}/launch`, { people: count })

  expect(shown).toContain(`Send to ${count} people`)
  expect(await page(`campaigns/${campaign.id}/launch`)).not.toContain('name="people"')
  expect(preview.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox.*frame-ancestors 'self'/)
  expect(await preview.text()).toMatch(/Hei Etu\d/)
  expect([refused.status, other.headers.get('location'), before.state]).toEqual([
    403,
    `/console/campaigns/${good.id}/launch?done=changed`,
    'draft',
  ])
  expect(launched.headers.get('location')).toBe(`/console/campaigns/${good.id}`)
  const approved = await world.context.db.audit.findFirstOrThrow({ where: { action: 'campaign-approved' } })
  expect([approved.actor, approved.campaignId]).toEqual(['erja', good.id])
})

test('where no worker runs, the pages of a campaign say that nothing goes on', async () => {
  const { id } = await world.draft({ name: 'odottaja' })
  const { id: going } = await world.context.db.campaign.findFirstOrThrow({ where: { state: 'approved' } })

  const [launch, campaign] = [await page(`campaigns/${id}/launch`), await page(`campaigns/${going}`)]

  expect(launch).toContain('No worker is running: the campaign waits')
  expect(campaign).toContain('No worker is running: nothing goes on')
})

test('a no to an address that two people share is in the ledger of both, and said again it is no news', async () => {
  const { db, clock } = world.context
  const [first, second] = people.slice(6) as [TestPerson, TestPerson]
  const { addressHashes, email } = await db.person.findUniqueOrThrow({ where: { id: first.id } })
  await db.person.update({ where: { id: second.id }, data: { addressHashes, email } })
  const said = { address: first.email, channel: 'phone' as const, evidence: 'soitti', at: clock() }

  const answers = [await writeDownNo(world.context, said), await writeDownNo(world.context, said)]

  const entries = await db.permissionEntry.findMany({
    where: { personId: { in: [first.id, second.id] }, says: 'prohibition' },
  })
  expect(answers).toEqual([{ effect: 'prohibited' }, { effect: 'known already' }])
  expect(entries.map(({ personId, channel }) => [personId, channel]).sort()).toEqual(
    [first, second].map(({ id }) => [id, 'phone']).sort(),
  )
  const subjects = await db.audit.findMany({
    where: { action: 'no-written-down', subject: { in: [first.id, second.id] } },
  })
  expect(subjects).toHaveLength(2)
})
