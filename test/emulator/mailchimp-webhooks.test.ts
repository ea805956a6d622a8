// Webhooks of the emulator, received by a real server that checks their signatures.
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { emailId, uniqueEmailId } from './mailchimp/audience.ts'
import { startEmulator } from './mailchimp/emulator.ts'
import { textOf } from './mailchimp/json.ts'
import { audienceWith, control, eventually, refusal, sentTo } from './mailchimp/sample-account.ts'
import { connectSdk } from './mailchimp/sdk.ts'

const EVENTS = { subscribe: true, unsubscribe: true, profile: true, cleaned: true, upemail: true, campaign: true }
const FROM_PEOPLE = { user: true, admin: true, api: false }

type Received = { form: Record<string, string>; raw: string; signature: string; agent: string }

/** A receiver whose answers to POST can be chosen. */
async function listening() {
  const hook = { url: '', status: 200, received: [] as Received[], validatedBy: '' }
  const server = createServer(async (request, response) => {
    const agent = request.headers['user-agent'] ?? ''
    if (request.method === 'GET') {
      hook.validatedBy = agent
      response.writeHead(request.url === '/broken' ? 500 : 200).end()
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const raw = Buffer.concat(chunks).toString('utf8')
    const signature = textOf(request.headers['x-mailchimp-signature'])
    hook.received.push({ form: Object.fromEntries(new URLSearchParams(raw)), raw, signature, agent })
    response.writeHead(hook.status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  hook.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return hook
}

async function given(sources = FROM_PEOPLE) {
  const emulator = await startEmulator()
  onTestFinished(() => emulator.close())
  const sdk = connectSdk(emulator)
  const hook = await listening()
  const list = await audienceWith(sdk)
  const webhook = await sdk.lists.createListWebhook(list, { url: `${hook.url}/hook`, events: EVENTS, sources })
  const types = () => hook.received.map((one) => one.form['type'])
  return { emulator, sdk, hook, list, webhook, types }
}

test('a webhook’s address is checked by GET, is taken once, and its secret is shown once', async () => {
  const { sdk, hook, list, webhook } = await given()

  const twice = await refusal(sdk.lists.createListWebhook(list, { url: `${hook.url}/hook`, events: EVENTS }))
  const broken = await refusal(sdk.lists.createListWebhook(list, { url: `${hook.url}/broken`, events: EVENTS }))
  const listed = await sdk.lists.getListWebhooks(list)

  expect(webhook).toMatchObject({ signing_enabled: true, signing_secret: expect.stringMatching(/^[0-9a-f]{64}$/) })
  expect(hook.validatedBy).toBe('MailChimp.com WebHook Validator')
  expect([twice, broken]).toEqual([
    expect.objectContaining({ status: 400, title: 'Invalid Resource' }),
    expect.objectContaining({ status: 400, title: 'Invalid Resource' }),
  ])
  expect(JSON.stringify(listed)).not.toContain(textOf(webhook['signing_secret']))
})

test('an opt-out arrives as a signed form', async () => {
  const { emulator, sdk, hook, list, webhook } = await given()
  const campaign = await sentTo(emulator, sdk, list)

  await control(emulator, 'POST', '/unsubscribe', { email: 'bertta@paja.example' })
  await eventually(
    () => hook.received.length,
    (count) => count === 2,
  )

  const optOut = hook.received.find((one) => one.form['type'] === 'unsubscribe')
  const [, t = '', v1 = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(optOut?.signature ?? '') ?? []
  const expected = createHmac('sha256', textOf(webhook['signing_secret'])).update(`${t}.${optOut?.raw}`).digest('hex')
  expect(v1).toBe(expected)
  expect(Math.abs(Number(t) * 1000 - Date.now())).toBeLessThan(10_000)
  expect(optOut?.form).toMatchObject({
    type: 'unsubscribe',
    fired_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    'data[action]': 'unsub',
    'data[reason]': 'manual',
    'data[id]': uniqueEmailId('bertta@paja.example'),
    'data[list_id]': list,
    'data[email]': 'bertta@paja.example',
    'data[campaign_id]': campaign,
    'data[merges][FNAME]': 'Bertta',
  })
})

test('a hard bounce, a complaint, a new address and a sent campaign each have their event', async () => {
  const { emulator, sdk, hook, list, types } = await given()
  await sentTo(emulator, sdk, list)

  await control(emulator, 'POST', '/bounce', { email: 'bertta@paja.example', kind: 'hard' })
  await control(emulator, 'POST', '/complain', { email: 'cecilia@saha.example' })
  await control(emulator, 'POST', '/change-address', {
    email: 'aino.virtanen@yritys.example',
    newEmail: 'aino@uusi.example',
  })
  await eventually(types, (seen) => seen.length === 5)

  const of = (type: string) => hook.received.find((one) => one.form['type'] === type)?.form
  expect(types().sort()).toEqual(['campaign', 'cleaned', 'profile', 'unsubscribe', 'upemail'])
  expect(of('cleaned')).toMatchObject({ 'data[reason]': 'hard', 'data[email]': 'bertta@paja.example' })
  expect(of('unsubscribe')).toMatchObject({ 'data[reason]': 'abuse', 'data[email]': 'cecilia@saha.example' })
  expect(of('upemail')).toMatchObject({
    'data[new_id]': uniqueEmailId('aino@uusi.example'),
    'data[new_email]': 'aino@uusi.example',
    'data[old_email]': 'Aino.Virtanen@yritys.example',
  })
  expect(of('campaign')).toMatchObject({ 'data[status]': 'sent', 'data[list_id]': list })
})

test('a caller’s own deletions come back as action=delete, but only where the webhook asks for api', async () => {
  const asked = await given({ ...FROM_PEOPLE, api: true })
  const notAsked = await given()

  for (const { sdk, list } of [asked, notAsked])
    await sdk.lists.deleteListMemberPermanent(list, emailId('bertta@paja.example'))
  await control(notAsked.emulator, 'POST', '/unsubscribe', { email: 'cecilia@saha.example' })
  await eventually(asked.types, (seen) => seen.length === 1)
  await eventually(notAsked.types, (seen) => seen.length === 1)

  expect(asked.hook.received[0]?.form).toMatchObject({ type: 'unsubscribe', 'data[action]': 'delete' })
  expect(notAsked.hook.received[0]?.form).toMatchObject({ type: 'unsubscribe', 'data[action]': 'unsub' })
})

test('webhooks can be doubled and lost', async () => {
  const { emulator, hook, types } = await given()
  await control(emulator, 'POST', '/mischief', { kind: 'lose-webhook', email: 'bertta@paja.example' })
  await control(emulator, 'POST', '/mischief', { kind: 'duplicate-webhook', times: 1 })

  await control(emulator, 'POST', '/unsubscribe', { email: 'bertta@paja.example' })
  await control(emulator, 'POST', '/unsubscribe', { email: 'cecilia@saha.example' })
  await eventually(types, (seen) => seen.length === 2)

  expect(hook.received.map((one) => one.form['data[email]'])).toEqual(['cecilia@saha.example', 'cecilia@saha.example'])
})

test('a receiver that fails is tried again as time passes; one that answers 410 never again', async () => {
  const { emulator, hook, types } = await given()
  const attempts = () => emulator.state.webhookQueue.log.map((one) => one.status)
  hook.status = 503

  await control(emulator, 'POST', '/unsubscribe', { email: 'bertta@paja.example' })
  await eventually(attempts, (seen) => seen.length === 1)
  hook.status = 410
  await control(emulator, 'POST', '/clock', { advance: '1m' })
  await eventually(attempts, (seen) => seen.length === 2)
  await control(emulator, 'POST', '/unsubscribe', { email: 'cecilia@saha.example' })
  await control(emulator, 'POST', '/clock', { advance: '75m' })

  expect(attempts()).toEqual([503, 410])
  expect(types()).toEqual(['unsubscribe', 'unsubscribe'])
  expect(await control(emulator, 'GET', '/state')).toMatchObject({ audiences: [{ webhooks: [{ disabled: true }] }] })
})
