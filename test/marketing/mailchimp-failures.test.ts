// Every way in which Mailchimp can fail us, and what we make of it: wait, try again, look first, or ask a person.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { RateLimited, Refused, Unavailable } from '../../src/domain/errors.ts'
import { failureOf, rowMeaning, withoutPeople } from '../../src/marketing/mailchimp/failures.ts'
import { openTool } from '../../src/marketing/tools.ts'
import { everybody, mail, opening, outgoing } from './contract.ts'
import { type MailchimpWorld, openMailchimpWorld } from './mailchimp-world.ts'

let world: MailchimpWorld
beforeAll(async () => {
  world = await openMailchimpWorld()
})
beforeEach(() => world.control('/reset', {}))
afterAll(() => world.close())

const trouble = [
  {
    kind: '429',
    reading: { name: 'RateLimited', afterMs: 10_000 },
    changing: { name: 'RateLimited', afterMs: 10_000 },
  },
  {
    kind: '403-bodyless',
    reading: { name: 'RateLimited', afterMs: 60_000 },
    changing: { name: 'RateLimited', afterMs: 60_000 },
  },
  ...['500', '502-html', 'timeout', 'reset-before', 'drop-answer', 'malformed-json'].map((kind) => ({
    kind,
    reading: { name: 'Unavailable', outcomeUnknown: false },
    changing: { name: 'Unavailable', outcomeUnknown: true },
  })),
]

test.each(trouble)(
  '$kind is told apart when reading and when changing something',
  async ({ kind, reading, changing }) => {
    const tool = openTool('mailchimp', { ...world.settings, timeoutMs: 250 })
    const { audienceId } = await tool.openAudience(opening('Lupa failures'))

    await world.control('/mischief', { kind, route: 'GET /lists', times: 1, ms: 2_000 })
    const whenReading = await tool.audiences().catch((failure: unknown) => failure)
    await world.control('/mischief', { kind, route: 'POST /lists/:list_id', times: 1, ms: 2_000 })
    const whenChanging = await tool.addPeople(audienceId, [outgoing('Aino')]).catch((failure: unknown) => failure)

    expect({ whenReading, whenChanging }).toMatchObject({ whenReading: reading, whenChanging: changing })
  },
)

test('a slow answer within the time-out is an answer', async () => {
  await world.control('/mischief', { kind: 'delay', route: 'GET /lists', ms: 50, times: 1 })

  expect(await world.open().audiences()).toEqual([])
})

test('an answer that stops in the middle is given up too', async () => {
  const halfway = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"lists":[')
  })
  await new Promise<void>((resolve) => halfway.listen(0, '127.0.0.1', resolve))
  const { port } = halfway.address() as AddressInfo
  const tool = openTool('mailchimp', { ...world.settings, baseUrl: `http://127.0.0.1:${port}/3.0`, timeoutMs: 200 })

  const failure = await tool.audiences().catch((thrown: unknown) => thrown)

  halfway.closeAllConnections()
  halfway.close()
  expect(failure).toMatchObject({ name: 'Unavailable', message: 'Mailchimp did not answer in time' })
})

test('a machine that nobody listens on is unreachable, and nothing can have happened there', async () => {
  const tool = openTool('mailchimp', { ...world.settings, baseUrl: 'http://127.0.0.1:9/3.0' })

  await expect(tool.addPeople('0a1b2c3d4e', [outgoing('Aino')])).rejects.toMatchObject({
    name: 'Unavailable',
    outcomeUnknown: false,
  })
})

test('a wrong key is refused with the name of the setting to check', async () => {
  const tool = openTool('mailchimp', { ...world.settings, apiKey: 'not-the-key-us1' })

  await expect(tool.account()).rejects.toMatchObject({
    name: 'Refused',
    message: expect.stringMatching(/MAILCHIMP_API_KEY/),
  })
})

test('a plan without room for another audience is refused with a hint at the plan', async () => {
  await world.control('/reset', { plan: 'free' })
  const tool = world.open()
  await tool.openAudience(opening('Lupa: the only one'))

  await expect(tool.openAudience(opening('Lupa: one too many'))).rejects.toMatchObject({
    name: 'Refused',
    message: expect.stringMatching(/plan/),
  })
})

test('a campaign whose recipients are not counted yet is not sent, and may be sent later', async () => {
  const tool = world.open()
  const { audienceId } = await tool.openAudience(opening('Lupa'))
  await tool.addPeople(audienceId, [outgoing('Aino')])
  const { toolCampaignId } = await tool.draftCampaign(audienceId, mail(tool, 'kevatkirje'))
  await world.control('/mischief', { kind: 'recipients-not-ready' })

  const readiness = await tool.readiness(toolCampaignId)
  const sending = await tool.send(toolCampaignId).catch((failure: unknown) => failure)

  expect({ readiness, sending }).toMatchObject({
    readiness: { ready: false, waiting: true, problems: [] },
    sending: { name: 'Unavailable', outcomeUnknown: false },
  })
})

test('a lost answer is repaired by asking again: one audience, one person, one campaign', async () => {
  const tool = world.open()
  const lost = { name: 'Unavailable', outcomeUnknown: true }

  await world.control('/mischief', { kind: 'drop-answer', route: 'POST /lists', times: 1 })
  await expect(tool.openAudience(opening('Lupa'))).rejects.toMatchObject(lost)
  const { audienceId } = await tool.openAudience(opening('Lupa'))
  await world.control('/mischief', { kind: 'drop-answer', route: 'POST /lists/:list_id', times: 1 })
  await expect(tool.addPeople(audienceId, [outgoing('Aino')])).rejects.toMatchObject(lost)
  const again = await tool.addPeople(audienceId, [outgoing('Aino')])
  await world.control('/mischief', { kind: 'drop-answer', route: 'POST /campaigns', times: 1 })
  await expect(tool.draftCampaign(audienceId, mail(tool, 'kevatkirje'))).rejects.toMatchObject(lost)
  await tool.draftCampaign(audienceId, mail(tool, 'kevatkirje'))

  const { audiences, campaigns } = world.emulator.state
  expect({
    audiences: audiences.size,
    campaigns: campaigns.size,
    again,
    people: await everybody(tool, audienceId),
  }).toMatchObject({
    audiences: 1,
    campaigns: 1,
    again: [{ recipient: 'recipient-of-aino', outcome: 'already-there' }],
    people: [{ email: 'Aino@pulu.example', status: 'subscribed' }],
  })
})

test('each sentence about one person becomes our own reason, and only the throttle may pass by itself', async () => {
  const tool = world.open()
  const { audienceId } = await tool.openAudience(opening('Lupa'))
  await tool.addPeople(audienceId, [outgoing('Already'), outgoing('Forgotten')])
  await tool.removePerson(audienceId, 'Forgotten@pulu.example')
  await world.control('/mischief', { kind: 'compliance-address', email: 'Compliance@pulu.example' })
  await world.control('/mischief', { kind: 'throttle-address', email: 'Throttled@pulu.example' })
  const fake = { ...outgoing('Fake'), payload: { email: 'fake@example.com', firstName: 'F', lastName: 'P' } }
  const invalid = { ...outgoing('Invalid'), payload: { email: 'not an address', firstName: 'I', lastName: 'P' } }

  const people = [...['Already', 'Forgotten', 'Compliance', 'Throttled', 'Taken'].map(outgoing), fake, invalid]
  const outcomes = await tool.addPeople(audienceId, people)

  const refused = (name: string, because: string, retryLater = false) => ({
    recipient: `recipient-of-${name}`,
    outcome: 'refused',
    because,
    retryLater,
  })
  expect(outcomes).toEqual([
    { recipient: 'recipient-of-already', outcome: 'already-there' },
    refused('forgotten', 'FORGOTTEN'),
    refused('compliance', 'COMPLIANCE'),
    refused('throttled', 'THROTTLED', true),
    { recipient: 'recipient-of-taken', outcome: 'accepted', toolIds: [expect.any(String), expect.any(String)] },
    refused('fake', 'FAKE_ADDRESS'),
    refused('invalid', 'INVALID_ADDRESS'),
  ])
})

test('a sentence nobody has seen yet is a refusal for another reason, never a success', () => {
  expect(rowMeaning({ error: 'The moon is full.', error_code: 'ERROR_GENERIC' })).toBe('OTHER')
  expect(rowMeaning({ error: 'whatever it says', error_code: 'ERROR_CONTACT_EXISTS' })).toBe('already-there')
})

test('no failure names a person, even where Mailchimp does', async () => {
  const tool = world.open()
  const { audienceId } = await tool.openAudience(opening('Lupa'))

  const failure = await tool
    .addPeople(audienceId, [outgoing('Aino'), outgoing('AINO')])
    .catch((thrown: Error) => thrown)

  expect(failure).toMatchObject({
    name: 'Refused',
    message: expect.stringMatching(/Duplicate items found for email \[address\]/),
  })
  expect(String((failure as Error).stack)).not.toMatch(/pulu\.example/i)
  const sentence = 'a person "Aino Pulu"@pulu.example, aino%40pulu.example or 11273c9a5dc6ae6c5aaccfb77b2addfb left'
  expect(withoutPeople(sentence)).toBe('a person [address] [address] or [id] left')
})

test('a status nobody has met is a refusal, and a 404 from somebody in between is not Mailchimp’s word', () => {
  const problem = { title: 'I’m a teapot', detail: 'short and stout' }
  const teapot = failureOf({ status: 418, response: { body: problem } }, 'changes')
  const between = failureOf({ status: 404, response: { body: {} } }, 'reads')
  const patient = failureOf({ status: 429, response: { body: {}, headers: { 'retry-after': '30' } } }, 'reads')
  const strange = failureOf(new TypeError('aino@pulu.example is not a function'), 'changes')

  expect([teapot, between, patient, strange]).toEqual([
    expect.any(Refused),
    expect.any(Unavailable),
    expect.any(RateLimited),
    expect.any(Unavailable),
  ])
  expect([teapot.message, patient.message, strange.message].join(' ')).toMatch(
    /short and stout.*30 s.*without an answer \(TypeError\)$/,
  )
})
