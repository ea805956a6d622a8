// Keys, connections and the trouble that can be switched on, seen through the real SDK.
import { expect, onTestFinished, test } from 'vitest'
import { emailId } from './mailchimp/audience.ts'
import { startEmulator } from './mailchimp/emulator.ts'
import { listOf, objectOf, textOf } from './mailchimp/json.ts'
import type { EmulatorOptions } from './mailchimp/options.ts'
import {
  audienceWith,
  batchResults,
  control,
  draftFor,
  eventually,
  listSettings,
  people,
  refusal,
  sentTo,
} from './mailchimp/sample-account.ts'
import { connectSdk } from './mailchimp/sdk.ts'

async function given(options: Partial<EmulatorOptions> = {}) {
  const emulator = await startEmulator(options)
  onTestFinished(() => emulator.close())
  const mischief = (kind: string | number, more = {}) => control(emulator, 'POST', '/mischief', { kind, ...more })
  return { emulator, sdk: connectSdk(emulator), mischief }
}

test('only the account’s key opens it, by Basic or Bearer; a header forces an error', async () => {
  const { emulator, sdk } = await given()
  const stranger = connectSdk({ ...emulator, apiKey: 'wrong-us1' })
  const forced = connectSdk(emulator)
  forced.defaultHeaders = { 'X-Trigger-Error': 'APIKeyMissing' }
  const bearer = await fetch(`${emulator.url}/3.0/ping`, { headers: { authorization: `Bearer ${emulator.apiKey}` } })

  const invalid = { status: 401, title: 'API Key Invalid' }
  expect(await refusal(stranger.ping.get())).toMatchObject(invalid)
  expect(await refusal(forced.ping.get())).toMatchObject(invalid)
  expect([bearer.status, await sdk.ping.get()]).toEqual([200, { health_status: "Everything's Chimpy!" }])
})

test('what the API does not have is 404, or 405 with the methods it has', async () => {
  const { emulator } = await given()
  const authorization = `Bearer ${emulator.apiKey}`
  const ask = (method: string, path: string) =>
    fetch(`${emulator.url}/3.0${path}`, { method, headers: { authorization } })

  const [missing, wrong] = [await ask('GET', '/nothing'), await ask('PUT', '/lists')]

  expect([missing.status, wrong.status, wrong.headers.get('allow')]).toEqual([404, 405, 'GET, POST'])
  expect(missing.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  expect(await missing.json()).toMatchObject({ instance: missing.headers.get('x-request-id') })
})

test('the eleventh simultaneous connection is refused, and the highest number is remembered', async () => {
  const { emulator, sdk } = await given({ latencyMs: 500 })

  const calls = await Promise.allSettled(Array.from({ length: 12 }, () => sdk.ping.get()))
  const afterwards = await sdk.ping.get()

  const refused = calls.filter((call) => call.status === 'rejected').map((call) => call.reason.response.body)
  expect(refused).toEqual(
    refused.map(() =>
      expect.objectContaining({ detail: 'You have exceeded the limit of 10 simultaneous connections.' }),
    ),
  )
  expect(refused).toHaveLength(2)
  expect(emulator.state.connections.highest).toBeGreaterThan(10)
  expect(afterwards).toEqual({ health_status: "Everything's Chimpy!" })
})

test('a caller who hangs up keeps the slot until the work is over', async () => {
  const { emulator, sdk, mischief } = await given()
  await mischief('timeout', { ms: 1000, times: 1 })
  sdk.timeout = 50

  const gaveUp = await refusal(sdk.lists.createList(listSettings()))
  await eventually(
    () => emulator.state.audiences.size,
    (size) => size === 1,
  )
  await control(emulator, 'GET', '/clock') // by the time this is answered the emulator has seen the caller go
  const stillHeld = emulator.state.connections.now

  expect([gaveUp['code'], stillHeld]).toEqual(['ECONNABORTED', 1])
  await eventually(
    () => emulator.state.connections.now,
    (now) => now === 0,
  )
})

test('trouble on the wire strikes the route it names, as often as it says', async () => {
  const { emulator, sdk, mischief } = await given()
  const strike = async (kind: string | number, more = {}) => {
    await mischief(kind, { route: 'POST /lists', times: 1, ...more })
    await sdk.ping.get()
    const { status, code } = await refusal(sdk.lists.createList(listSettings()))
    return [status ?? code, emulator.state.audiences.size]
  }

  expect(await strike(429)).toEqual([429, 0])
  expect(await strike('403-bodyless')).toEqual([403, 0])
  expect(await strike('500', { route: '/lists', method: 'post' })).toEqual([500, 0])
  expect(await strike('502-html', { route: '/lists*' })).toEqual([502, 0])
  expect(await strike('reset-before')).toEqual(['ECONNRESET', 0])
  expect(await strike('drop-answer')).toEqual(['ECONNRESET', 1])
  expect((await strike('malformed-json'))[1]).toBe(2)
  expect(await control(emulator, 'GET', '/mischief')).toMatchObject({ mischief: [] })
})

test('a delay delays', async () => {
  const { sdk, mischief } = await given()
  await mischief('delay', { ms: 120, times: 1 })
  const before = performance.now()

  await sdk.ping.get()

  expect(performance.now() - before).toBeGreaterThan(110)
})

test('deletions can be refused, and reports can keep their addresses', async () => {
  const { emulator, sdk, mischief } = await given({ assumptions: { audienceDeletionHold: 'off' } })
  const list = await audienceWith(sdk)
  const campaign = await sentTo(emulator, sdk, list)
  const bertta = emailId('bertta@paja.example')
  for (const kind of ['refuse-member-deletion', 'refuse-audience-deletion', 'refuse-campaign-deletion']) {
    await mischief(kind, { times: 1 })
  }
  await mischief('reports keep addresses')

  const refused = [
    await refusal(sdk.lists.deleteListMemberPermanent(list, bertta)),
    await refusal(sdk.lists.deleteList(list)),
    await refusal(sdk.campaigns.remove(campaign)),
  ]
  await sdk.lists.deleteListMemberPermanent(list, bertta)
  const rows = listOf((await sdk.reports.getCampaignRecipients(campaign))['sent_to']).map(objectOf)

  expect(refused.map((one) => one['status'])).toEqual([405, 405, 405])
  expect(rows.map((row) => row['email_address'])).toContain('bertta@paja.example')
})

test('addresses can be throttled, in compliance, or accepted and lost', async () => {
  const { sdk, mischief } = await given()
  const [aino = '', bertta, cecilia] = people.map((person) => person.email_address)
  await mischief('throttle-address', { email: aino })
  await mischief('compliance-address', { email: bertta })
  await mischief('lose-member', { email: cecilia })
  const list = await audienceWith(sdk, [])

  const added = await sdk.lists.batchListMembers(list, { members: people })
  const members = await sdk.lists.getListMembersInfo(list)

  expect(listOf(added['errors']).map((row) => objectOf(row)['error'])).toEqual([
    `${aino} has signed up to a lot of lists very recently; we're not allowing more signups for now`,
    `${bertta} is in a compliance state due to unsubscribe, bounce, or compliance review and cannot be subscribed.`,
  ])
  expect([added['total_created'], members['total_items']]).toEqual([1, 0])
})

test('recipients can stay unready, delivery be held, and a batch fail', async () => {
  const { emulator, sdk, mischief } = await given()
  const list = await audienceWith(sdk)
  const campaign = await draftFor(sdk, list)
  await mischief('recipients-not-ready')
  await mischief('batch-fails')
  await mischief('hold-delivery')
  for (let looks = 0; looks < 3; looks += 1) await sdk.campaigns.get(campaign)

  const unready = await refusal(sdk.campaigns.send(campaign))
  const { id } = await sdk.batches.start({ operations: [{ method: 'DELETE', path: `/lists/${list}` }] })
  const batch = await eventually(
    () => sdk.batches.status(id),
    (one) => one['status'] === 'finished',
  )
  const results = await batchResults(textOf(batch['response_body_url']))
  emulator.state.mischief = emulator.state.mischief.filter((one) => one.kind === 'hold-delivery')
  await sdk.campaigns.get(campaign)
  await sdk.campaigns.send(campaign)

  expect(unready).toMatchObject({ detail: 'Your Campaign is not ready to send. recipients not ready' })
  expect(results.map((row) => row['status_code'])).toEqual([500])
  expect([(await sdk.campaigns.get(campaign))['status'], emulator.state.audiences.size]).toEqual(['sending', 1])
})

test('assumptions are switches, and what the control surface cannot do it says in a sentence', async () => {
  const { emulator, mischief } = await given()

  const switched = await mischief('audienceDeletionHold', { value: 'off' })
  const unknown = await mischief('earthquake')
  const badValue = await mischief('audienceDeletionHold', { value: '8d' })
  const nobody = await control(emulator, 'POST', '/unsubscribe', {})
  const stranger = await control(emulator, 'POST', '/bounce', { email: 'x@y.example', kind: 'hard' })

  expect(objectOf(switched['assumptions'])['audienceDeletionHold']).toBe('off')
  for (const answer of [unknown, badValue, nobody, stranger])
    expect(answer).toEqual({ error: expect.stringMatching(/\.$/) })
})

test('reset empties the account, its clock and its trouble', async () => {
  const { emulator, sdk, mischief } = await given()
  await sentTo(emulator, sdk, await audienceWith(sdk))
  await mischief('hold-delivery')
  await control(emulator, 'POST', '/clock', { advance: '72h' })

  const answer = await control(emulator, 'POST', '/reset', { plan: 'premium' })

  expect(answer).toMatchObject({ plan: 'premium' })
  expect(Date.parse(textOf(answer['now'])) - Date.now()).toBeLessThan(1000)
  expect(await control(emulator, 'GET', '/state')).toMatchObject({
    audiences: [],
    campaigns: [],
    reportRows: [],
    bodyKeys: {},
    mischief: [],
    mailsDelivered: 0,
    requests: { total: 0 },
  })
})
