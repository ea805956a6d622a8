// People in the console: found without leaving a trace in a URL, their story on one page, and what an owner orders there.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describePerson } from '../../src/register/people.ts'
import { permit } from '../../src/register/permissions.ts'
import { openWorld, type TestPerson, type World } from '../support/world.ts'
import { csrfIn, enrolled, type Visitor } from './console-visitor.ts'

let world: World
let owner: Visitor
let people: TestPerson[]
beforeAll(async () => {
  world = await openWorld({ working: false, web: true })
  people = await world.people(6)
  owner = (await enrolled(world, 'erja')).client
})
afterAll(() => world?.close())

const english = { 'accept-language': 'en' }
const page = async (path: string) => (await owner.get(path, english)).text()
const now = (id: string) => describePerson(world.context.db, id, world.context.clock())
/** Orders something on a person's page, as its form would. */
const order = async (person: TestPerson, name: string, fields: Record<string, string>, by = owner) => {
  const csrf = await csrfIn(await by.get('/console/people', english))
  return by.post(`/console/people/${person.id}/${name}`, { csrf, ...fields }, english)
}
const trail = async (person: TestPerson) =>
  (
    await world.context.db.audit.findMany({ where: { subject: person.id, actor: 'erja' }, orderBy: { seq: 'asc' } })
  ).map(({ action }) => action)

test('somebody is found by a part of a name or an address, and what was looked for stands in no URL', async () => {
  const csrf = await csrfIn(await owner.get('/console/people'))

  const found = await owner.post('/console/people', { csrf, text: 'henkilo2@' }, english)

  const html = await found.text()
  expect(html).toContain('Etu2 Suku2')
  expect(html).toContain('One was found.')
  expect(html).not.toContain('Etu3')
  expect(/(href|action)="[^"]*henkilo2/.test(html)).toBe(false)
})

test('a permission and a prohibition written down on the page are the account’s, and the prohibition holds at once', async () => {
  const [person] = people as [TestPerson]

  await order(person, 'prohibit', { channel: 'phone', evidence: 'soitti 1.3.', at: '' })
  const prohibited = await now(person.id)
  await world.turn('1m')
  const answer = await order(person, 'permit', { channel: 'mail', source: 'viesti', evidence: 'viesti 2.3.', at: '' })

  expect(prohibited.because).toBe('PROHIBITED')
  expect(answer.headers.get('location')).toBe(`/console/people/${person.id}?done=permitted`)
  expect((await now(person.id)).because).toBe(null)
  expect(await page(`/console/people/${person.id}`)).toMatch(/soitti 1\.3\.[\s\S]*erja/)
  expect(await world.context.db.permissionEntry.count({ where: { personId: person.id, actor: 'erja' } })).toBe(2)
})

test('a permission of the future, or without evidence, is refused in words', async () => {
  const person = people[1] as TestPerson

  const [future, bare] = [
    await order(person, 'permit', { channel: 'mail', source: 'viesti', evidence: 'viesti', at: '2099-01-01' }),
    await order(person, 'permit', { channel: 'mail', source: 'viesti', evidence: '', at: '' }),
  ]

  expect([future.status, bare.status]).toEqual([422, 422])
  const from = `${world.context.config.publicUrl}/console/people/${person.id}`
  const lost = await (await owner.get('/console/reviews/0', { ...english, referer: from })).text()
  expect(lost).toMatch(
    /<nav aria-label="Main menu">[\s\S]*There is no such item[\s\S]*href="\/console\/people\/[0-9a-f-]+">Back</,
  )
  expect(await future.text()).toContain('in the future')
  expect(await bare.text()).toContain('evidence')
  expect(await world.context.db.permissionEntry.count({ where: { personId: person.id, actor: 'erja' } })).toBe(0)
})

test('correcting, restricting, releasing and erasing happen as ordered, each in the audit trail under the account', async () => {
  const person = people[2] as TestPerson
  const fields = { firstName: 'Oikea', lastName: 'Nimi', title: '', phone: '', email: person.email }

  await order(person, 'correct', fields)
  const corrected = await now(person.id)
  await order(person, 'restrict', { because: 'accuracy-contested' })
  const restricted = await now(person.id)
  const untold = await order(person, 'release', {})
  await order(person, 'release', { told: 'yes' })
  const unsure = await order(person, 'erase', { because: 'request' })
  const erased = await order(person, 'erase', { because: 'request', sure: 'yes' })

  expect([corrected.firstName, restricted.because]).toEqual(['Oikea', 'RESTRICTED'])
  expect([untold.status, unsure.status, erased.headers.get('location')]).toEqual([
    ...[422, 422, '/console/people?erased=nobody-there'],
  ])
  expect(await world.context.db.person.count({ where: { id: person.id } })).toBe(0)
  expect(await trail(person)).toEqual(['person-corrected', 'person-restricted', 'person-released', 'person-erased'])
})

test('that data were found right, and that a person was told of them, is written down under the account', async () => {
  const person = people[1] as TestPerson
  const collected = { source: 'PUBLIC_SOURCE', ground: null, sourceText: 'lehti', recordedAt: world.context.clock() }
  await world.context.db.collection.create({ data: { personId: person.id, ...collected } })
  const asked = await page(`/console/people/${person.id}`)

  await order(person, 'verified', {})
  await order(person, 'informed', { by: 'letter', at: '' })

  const told = await now(person.id)
  expect(asked).toContain('/informed"')
  expect(await page(`/console/people/${person.id}`)).not.toContain('/informed"')
  expect([told.verifiedAt !== null, told.collected.map((one) => one.informedBy)]).toEqual([true, ['letter']])
  expect(await trail(person)).toEqual(['person-verified', 'person-informed'])
})

test('why somebody need not be told is written down and shown, and taken back', async () => {
  const [person] = (await world.people(1)) as [TestPerson]
  const collected = { source: 'MEDIA', ground: null, sourceText: 'lehti', recordedAt: world.context.clock() }
  await world.context.db.collection.create({ data: { personId: person.id, ...collected } })

  const wordless = await order(person, 'exempt', { ground: 'disproportionate', because: ' ' })
  await order(person, 'exempt', { ground: 'disproportionate', because: 'vanha <b>luettelo</b>' })
  const shown = await page(`/console/people/${person.id}`)
  const counted = await page('/console/compliance')
  await order(person, 'not-exempt', {})

  expect(wordless.status).toBe(422)
  expect(shown).toContain('Need not be told: telling is impossible, or out of proportion')
  expect(shown).toContain('vanha &lt;b&gt;luettelo&lt;/b&gt;')
  expect(shown).not.toContain('/exempt"')
  expect(counted).toContain(
    'Need not be told, with the ground written down: telling is impossible, or out of proportion (1).',
  )
  expect(await page(`/console/people/${person.id}`)).toContain('/exempt"')
  expect(await trail(person)).toEqual(['person-exempted', 'person-exemption-lifted'])
})

test('a ground of processing is written down with the proof that it asks for, and what the proof lacks is named', async () => {
  const [person] = (await world.people(1)) as [TestPerson]
  const oral = {
    source: 'OTHER',
    ground: 'PERMISSION_ORAL',
    text: 'messut',
    'proof-date': '5.3.2026',
    'proof-place': 'Turku',
  }

  const lacking = await order(person, 'ground', oral)
  const whole = await order(person, 'ground', {
    ...oral,
    'proof-words': 'saa lähettää',
    'proof-heardBy': '<i>Erja</i>',
  })
  const html = await page(`/console/people/${person.id}`)

  expect(lacking.status).toBe(422)
  expect(await lacking.text()).toContain('This ground still needs: what was asked or said, who heard it.')
  expect(whole.headers.get('location')).toContain('?done=grounded')
  expect(html).toContain('oral permission')
  const { proof } = await world.context.db.collection.findFirstOrThrow({
    where: { personId: person.id, ground: 'PERMISSION_ORAL' },
  })
  expect(JSON.parse(proof as string)).toEqual({
    date: '5.3.2026',
    place: 'Turku',
    words: 'saa lähettää',
    heardBy: '<i>Erja</i>',
  })
  expect(await trail(person)).toEqual(['ground-added'])
})

test('notes are shown only when asked for, and then it is written down who read them', async () => {
  const person = people[3] as TestPerson
  const { db, keys } = world.context
  const { keyId, sealed } = keys.seal('Pitää <b>kahvista</b>', `note|${person.id}`)
  const note = {
    personId: person.id,
    keyId,
    sealed: new Uint8Array(sealed),
    digest: 'x',
    notedAt: world.context.clock(),
  }
  await db.note.create({ data: note })

  const closed = await page(`/console/people/${person.id}`)
  const opened = await (await order(person, 'notes', {})).text()

  expect(closed).toContain('One confidential note.')
  expect(closed).not.toContain('kahvista')
  expect(opened).toContain('Pitää &lt;b&gt;kahvista&lt;/b&gt;')
  expect(await trail(person)).toEqual(['notes-read'])
})

test('the access report comes as a file that holds everything, and that it was made is written down', async () => {
  const [person] = (await world.people(1)) as [TestPerson]

  const report = await order(person, 'report', { as: 'html' })
  const portable = await order(person, 'report', { as: 'csv' })

  expect(report.headers.get('content-disposition')).toContain('attachment; filename="my-data.html"')
  expect(await report.text()).toContain(person.email)
  expect(await portable.text()).toContain(person.email)
  expect(await trail(person)).toEqual(['person-exported', 'person-exported'])
})

test('a viewer sees the story and no form, and no order of theirs is taken, nor one without the form’s token', async () => {
  const person = people[5] as TestPerson
  const { client } = await enrolled(world, 'katsoja', 'viewer')

  const story = await (await client.get(`/console/people/${person.id}`, english)).text()
  const viewer = await order(person, 'prohibit', { channel: 'phone' }, client)
  const foreign = await owner.post(`/console/people/${person.id}/prohibit`, { channel: 'phone' }, english)

  expect(story).toContain('Suku6')
  expect(story).not.toContain('<form method="post" action="/console/people')
  expect([viewer.status, foreign.status]).toEqual([403, 403])
  expect((await now(person.id)).permission).toBe('permission')
})

test('the time line says every step, who wrote it down, and by what it is proved', async () => {
  const person = people[5] as TestPerson
  const said = {
    personId: person.id,
    channel: 'letter' as const,
    actor: 'operator',
    source: 'kirje',
    wording: 'tilaan kirjeen',
  }
  await permit(world.context.db, { ...said, at: world.context.clock(), evidence: 'mappi 7', onceKey: 'kirje|1' })

  const html = await page(`/console/people/${person.id}`)

  for (const part of ['letter', 'kirje', 'tilaan kirjeen', 'mappi 7', 'operator', 'jakelulista'])
    expect(html).toContain(part)
})
