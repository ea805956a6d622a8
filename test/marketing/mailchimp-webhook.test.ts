// A delivery of Mailchimp's, from its bytes to what we need of it; and its webhooks, made and looked at through the real SDK.
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { Refused } from '../../src/domain/errors.ts'
import { readDelivery } from '../../src/marketing/mailchimp/webhook.ts'
import { opening } from './contract.ts'
import { openMailchimpWorld } from './mailchimp-world.ts'

const now = new Date('2026-11-22T10:00:00Z')
const secret = 'a'.repeat(64)

/** A delivery as Mailchimp posts it, signed at `at`. */
function delivery(form: Record<string, string>, { at = now, key = secret } = {}) {
  const body = Buffer.from(new URLSearchParams(form).toString())
  const t = Math.floor(at.getTime() / 1000)
  const v1 = createHmac('sha256', key).update(`${t}.`).update(body).digest('hex')
  return { body, headers: { 'x-mailchimp-signature': `t=${t},v1=${v1}` } }
}

const optOut = {
  type: 'unsubscribe',
  fired_at: '2026-11-22 09:59:30',
  'data[action]': 'unsub',
  'data[reason]': 'manual',
  'data[id]': '8a25ff1d98',
  'data[list_id]': 'a6b5da1054',
  'data[email]': 'ada@paja.example',
  'data[campaign_id]': '4fa2bc1d99',
  'data[merges][FNAME]': 'Ada',
}

test('an opt-out is reduced to kind, time, reason, ids and the address it names', () => {
  expect(readDelivery(delivery(optOut), secret, now)).toEqual({
    kind: 'opted-out',
    at: new Date('2026-11-22T09:59:30Z'),
    reason: 'manual',
    audienceId: 'a6b5da1054',
    toolCampaignId: '4fa2bc1d99',
    toolIds: ['8a25ff1d98'],
    emails: ['ada@paja.example'],
    echo: false,
  })
})

test('each kind of news is told apart; a complaint is one whichever way it comes; a deletion is an echo', () => {
  const kindOf = (form: Record<string, string>) => {
    const said = readDelivery(delivery(form), secret, now)
    return said === 'wrong-signature' ? said : [said.kind, said.echo]
  }

  expect({
    optOut: kindOf(optOut),
    noAction: kindOf({ type: 'unsubscribe' }),
    abuse: kindOf({ ...optOut, 'data[reason]': 'abuse' }),
    deleted: kindOf({ ...optOut, 'data[action]': 'delete' }),
    hard: kindOf({ type: 'cleaned', 'data[reason]': 'hard' }),
    cleanedForAbuse: kindOf({ type: 'cleaned', 'data[reason]': 'abuse' }),
    moved: kindOf({ type: 'upemail' }),
    profile: kindOf({ type: 'profile' }),
    campaign: kindOf({ type: 'campaign', 'data[status]': 'sent' }),
    subscribed: kindOf({ type: 'subscribe' }),
    nothing: kindOf({}),
  }).toEqual({
    optOut: ['opted-out', false],
    noAction: ['opted-out', false],
    abuse: ['complained', false],
    deleted: ['opted-out', true],
    hard: ['bounced-hard', false],
    cleanedForAbuse: ['complained', false],
    moved: ['address-changed', false],
    profile: ['changed', false],
    campaign: ['sent', false],
    subscribed: ['other', false],
    nothing: ['other', false],
  })
})

test('a new address names the old one, the new one and the new id', () => {
  const moved = {
    type: 'upemail',
    'data[list_id]': 'a6b5da1054',
    'data[new_id]': '51da8c3259',
    'data[new_email]': 'ada@uusi.example',
    'data[old_email]': 'ada@paja.example',
  }

  expect(readDelivery(delivery(moved), secret, now)).toMatchObject({
    at: null,
    emails: ['ada@paja.example', 'ada@uusi.example'],
    toolIds: ['51da8c3259'],
  })
})

test('only the holder of the signing secret is believed, over the very bytes, for five minutes', () => {
  const said = (raw: Parameters<typeof readDelivery>[0], key: string | null = secret) => {
    const read = readDelivery(raw, key, now)
    return read === 'wrong-signature' ? read : read.kind
  }
  const good = delivery(optOut)
  const minutes = (count: number) => new Date(now.getTime() + count * 60_000)

  expect({
    good: said(good),
    withoutSecret: said({ ...good, headers: {} }, null),
    unsigned: said({ ...good, headers: {} }),
    twice: said({ ...good, headers: { 'x-mailchimp-signature': ['t=1', 'v1=2'] } }),
    otherKey: said(delivery(optOut, { key: 'b'.repeat(64) })),
    otherBytes: said({ ...good, body: Buffer.concat([good.body, Buffer.from(' ')]) }),
    old: said(delivery(optOut, { at: minutes(-6) })),
    early: said(delivery(optOut, { at: minutes(6) })),
    fresh: said(delivery(optOut, { at: minutes(-4) })),
  }).toEqual({
    good: 'opted-out',
    withoutSecret: 'opted-out',
    unsigned: 'wrong-signature',
    twice: 'wrong-signature',
    otherKey: 'wrong-signature',
    otherBytes: 'wrong-signature',
    old: 'wrong-signature',
    early: 'wrong-signature',
    fresh: 'opted-out',
  })
})

test('whatever bytes come, nothing is thrown, and what is kept as it stands is a code, a time or a hexadecimal id', () => {
  const names = [
    'type',
    'fired_at',
    ...['id', 'list_id', 'campaign_id', 'reason', 'action', 'email'].map((key) => `data[${key}]`),
  ]
  const field = fc.tuple(
    fc.oneof(fc.constantFrom(...names), fc.string()),
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('unsubscribe', 'upemail', '9'.repeat(4000), '2026-13-45 99:99:99'),
    ),
  )
  const form = fc.array(field, { maxLength: 12 }).map((fields) => Buffer.from(new URLSearchParams(fields).toString()))
  const bytes = fc.oneof(form, fc.uint8Array({ maxLength: 400 }))

  fc.assert(
    fc.property(bytes, fc.option(fc.string()), (body, header) => {
      const headers = header === null ? {} : { 'x-mailchimp-signature': header }
      expect(readDelivery({ body, headers }, secret, now)).toBe('wrong-signature')
      const said = readDelivery({ body, headers }, null, now)
      if (said === 'wrong-signature') throw new Error('there was no secret')
      for (const id of [said.audienceId, said.toolCampaignId, ...said.toolIds]) expect(id ?? '').toMatch(/^[0-9a-f]*$/)
      expect([null, 'manual', 'abuse', 'hard']).toContain(said.reason)
      expect(said.at === null || Number.isFinite(said.at.getTime())).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('a webhook is made, read back with what it asks for, and deleted; a URL that does not answer is refused', async () => {
  const world = await openMailchimpWorld()
  onTestFinished(() => world.close())
  const tool = world.open()
  const url = await answering()
  const { audienceId } = await tool.openAudience(opening('lupa-test'))

  const made = await tool.makeWebhook(audienceId, `${url}/hooks/mailchimp/x`)
  const refused = await tool.makeWebhook(audienceId, 'http://127.0.0.1:1/hooks').catch((error: unknown) => error)
  const listed = await tool.webhooks(audienceId)
  const [webhook] = world.emulator.state.audiences.get(audienceId)?.webhooks.values() ?? []
  if (webhook) webhook.sources = { ...webhook.sources, api: true }
  const changed = await tool.webhooks(audienceId)
  await tool.deleteWebhook(audienceId, made.webhookId)
  await tool.deleteWebhook(audienceId, made.webhookId)

  expect(made.signingSecret).toMatch(/^[0-9a-f]{64}$/)
  expect(refused).toBeInstanceOf(Refused)
  expect(listed).toEqual([{ id: made.webhookId, url: `${url}/hooks/mailchimp/x`, asked: true }])
  expect(changed).toMatchObject([{ asked: false }])
  expect(await tool.webhooks(audienceId)).toEqual([])
})

/** A server that answers 200 to everything. */
async function answering(): Promise<string> {
  const server = createServer((_request, response) => response.end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
