// Webhooks of an audience (mailchimp.md §6): made, listed, deleted; and a delivery checked and reduced to what we need.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { RawDelivery, ToolDelivery, ToolDeliveryKind, ToolWebhook } from '../marketing-tool.ts'
import * as answers from './answers.ts'
import type { Client } from './client.ts'
import { orIfAbsent } from './failures.ts'

/** `sources.api` is off: what we do ourselves is not told back to us. All three are sent, because Mailchimp has no default we know. */
const wanted = {
  events: { subscribe: false, unsubscribe: true, profile: true, cleaned: true, upemail: true, campaign: true },
  sources: { user: true, admin: true, api: false },
}

/** Makes a webhook. Webhooks of older accounts are not signed: then there is no secret. */
export async function makeWebhook(
  { call }: Client,
  audienceId: string,
  url: string,
): Promise<{ webhookId: string; signingSecret: string | null }> {
  const made = await call('changes', answers.madeWebhook, (sdk) =>
    sdk.lists.createListWebhook(audienceId, { url, ...wanted }),
  )
  return { webhookId: made.id, signingSecret: made.signing_secret || null }
}

/** Every webhook of the audience. */
export async function webhooks({ call }: Client, audienceId: string): Promise<ToolWebhook[]> {
  const answer = await call('reads', answers.webhookList, (sdk) => sdk.lists.getListWebhooks(audienceId))
  return answer.webhooks.map(({ id, url, events, sources }) => ({
    id,
    url,
    asked: holds(events, wanted.events) && holds(sources, wanted.sources),
  }))
}

/** Deletes a webhook; an absent one counts as deleted. */
export async function deleteWebhook({ call }: Client, audienceId: string, webhookId: string): Promise<void> {
  await orIfAbsent(
    call('changes', answers.nothing, (sdk) => sdk.lists.deleteListWebhook(audienceId, webhookId)),
    null,
  )
}

function holds(found: Record<string, boolean>, asked: Record<string, boolean>): boolean {
  return Object.entries(asked).every(([name, on]) => (found[name] ?? false) === on)
}

/**
 * Checks the signature, where there is a secret, and reduces the form to what we need. Reads any bytes: what is no delivery of
 * Mailchimp's is of kind `other` and names nobody.
 */
export function readDelivery(
  { body, headers }: RawDelivery,
  signingSecret: string | null,
  now: Date,
): ToolDelivery | 'wrong-signature' {
  if (signingSecret !== null && !isSigned(body, headers['x-mailchimp-signature'], signingSecret, now)) {
    return 'wrong-signature'
  }
  const form = new URLSearchParams(Buffer.from(body).toString('utf8'))
  const data = (name: string) => form.get(`data[${name}]`) ?? ''
  const type = (form.get('type') ?? '').toLowerCase()
  const reason = data('reason').toLowerCase()
  return {
    kind: kindOf(type, reason),
    at: timeOf(form.get('fired_at') ?? ''),
    reason: reasons.has(reason) ? reason : null,
    audienceId: ownId(data('list_id')),
    toolCampaignId: ownId(type === 'campaign' ? data('id') : data('campaign_id')),
    toolIds: type === 'campaign' ? [] : present([data('id'), data('new_id')].map(ownId)),
    emails: present([data('email'), data('old_email'), data('new_email')].map(shortText)),
    echo: type === 'unsubscribe' && data('action').toLowerCase() === 'delete',
  }
}

const toleranceMs = 5 * 60_000

/** `t=<unix>,v1=<hex>`: HMAC-SHA256 of "`t.body`" over the very bytes, at most 5 minutes old or early. */
function isSigned(body: Uint8Array, header: string | string[] | undefined, secret: string, now: Date): boolean {
  const parts = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(typeof header === 'string' ? header : '')
  const [, t = '', v1 = ''] = parts ?? []
  if (!parts || Math.abs(Number(t) * 1000 - now.getTime()) > toleranceMs) return false
  const expected = createHmac('sha256', secret).update(`${t}.`).update(body).digest()
  return timingSafeEqual(expected, Buffer.from(v1, 'hex'))
}

/** A complaint comes as an opt-out or as a bounce; its reason says what it is. */
function kindOf(type: string, reason: string): ToolDeliveryKind {
  switch (type) {
    case 'unsubscribe':
      return reason === 'abuse' ? 'complained' : 'opted-out'
    case 'cleaned':
      return reason === 'abuse' ? 'complained' : 'bounced-hard'
    case 'upemail':
      return 'address-changed'
    case 'profile':
      return 'changed'
    case 'campaign':
      return 'sent'
    default:
      return 'other'
  }
}

const reasons = new Set(['manual', 'abuse', 'hard'])

/** "YYYY-MM-DD HH:MM:SS"; the zone is UTC as far as anybody knows (mailchimp.md §12i). */
function timeOf(text: string): Date | null {
  const parts = /^(20\d\d-[01]\d-[0-3]\d) ([0-2]\d:[0-5]\d:[0-5]\d)$/.exec(text)
  if (!parts) return null
  const at = new Date(`${parts[1]}T${parts[2]}Z`)
  return Number.isNaN(at.getTime()) ? null : at
}

/** Mailchimp's ids are hexadecimal and of ten digits or more: what is not may be anything, a name too. */
function ownId(text: string): string | null {
  return /^[0-9a-f]{10,40}$/.test(text) ? text : null
}

/** An address is at most 320 characters long. */
function shortText(text: string): string | null {
  return text !== '' && text.length <= 320 ? text : null
}

function present(texts: (string | null)[]): string[] {
  return texts.filter((text) => text !== null)
}
