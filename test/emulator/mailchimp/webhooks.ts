// Webhooks of an audience (mailchimp.md §6): form-encoded, signed, retried for 75 minutes, never again after a 410.
import { createHmac } from 'node:crypto'
import { MINUTE } from './clock.ts'
import { type Json, objectOf, textOf } from './json.ts'
import { takeMischief } from './mischief.ts'
import type { Audience, Campaign, EmulatorState, Member, Webhook } from './state.ts'

export type WebhookEvent = 'subscribe' | 'unsubscribe' | 'profile' | 'cleaned' | 'upemail' | 'campaign'
/** Who caused it: the person, somebody in the app, a caller of the API. Mailchimp's own doings are filtered by event only. */
export type WebhookSource = 'user' | 'admin' | 'api' | 'mailchimp'

export type WebhookDelivery = { webhook: Webhook; type: WebhookEvent; body: string; attempts: number; nextAt: number }
export type WebhookQueue = {
  waiting: WebhookDelivery[]
  retries: WebhookDelivery[]
  working: number
  /** The last thousand attempts, for the control surface: no addresses. */
  log: { at: string; url: string; type: WebhookEvent; attempt: number; status: number }[]
}

/** Announces something about a member to the webhooks of the audience that ask for it. */
export function announceMember(
  state: EmulatorState,
  audience: Audience,
  type: 'subscribe' | 'unsubscribe' | 'profile',
  member: Member,
  source: WebhookSource,
  more: Json = {},
): void {
  if (audience.webhooks.size === 0) return
  announce(state, audience, type, source, {
    ...more,
    // Ten hex digits in the official samples: unique_email_id, not the md5.
    id: member.unique_email_id,
    list_id: audience.id,
    email: member.email_address,
    email_type: member.email_type,
    ip_opt: textOf(member.other?.['ip_opt']),
    merges: { EMAIL: member.email_address, ...definedMergeFields(audience, member) },
  })
}

/** Announces any event; `data` becomes `data[key]` and `data[key][inner]`. */
export function announce(
  state: EmulatorState,
  audience: Audience,
  type: WebhookEvent,
  source: WebhookSource,
  data: Json,
): void {
  for (const webhook of audience.webhooks.values()) {
    const wanted = webhook.events[type] === true && (source === 'mailchimp' || webhook.sources[source] === true)
    if (!wanted || webhook.disabled) continue
    if (takeMischief(state, 'lose-webhook', { list: audience.id, email: textOf(data['email']) })) continue
    const body = formOf(type, firedAt(state), data)
    const copies = takeMischief(state, 'duplicate-webhook', { list: audience.id, email: textOf(data['email']) }) ? 2 : 1
    for (let copy = 0; copy < copies; copy += 1) {
      state.webhookQueue.waiting.push({ webhook, type, body, attempts: 0, nextAt: 0 })
    }
  }
  work(state)
}

/** Announces a new address: `upemail`, and a separate `profile` event (mailchimp.md §6). */
export function announceMove(
  state: EmulatorState,
  audience: Audience,
  member: Member,
  old_email: string,
  source: WebhookSource,
): void {
  const { unique_email_id: new_id, email_address: new_email } = member
  announce(state, audience, 'upemail', source, { list_id: audience.id, new_id, new_email, old_email })
  announceMember(state, audience, 'profile', member, source)
}

/** Announces that a campaign was sent. */
export function announceCampaign(state: EmulatorState, audience: Audience, campaign: Campaign): void {
  announce(state, audience, 'campaign', 'mailchimp', {
    id: campaign.id,
    subject: textOf(campaign.settings['subject_line']),
    status: 'sent',
    reason: '',
    list_id: audience.id,
  })
}

/** Puts deliveries whose time has come back in line; called when the clock moves, and once a second. */
export function retryWebhooks(state: EmulatorState): void {
  const queue = state.webhookQueue
  const now = state.clock.now()
  queue.waiting.push(...queue.retries.filter((delivery) => delivery.nextAt <= now))
  queue.retries = queue.retries.filter((delivery) => delivery.nextAt > now)
  work(state)
}

/** True when a GET to the address answers 200, as Mailchimp asks before it accepts a webhook. */
export async function answersGet(url: string): Promise<boolean> {
  try {
    const headers = { 'user-agent': 'MailChimp.com WebHook Validator' }
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) })
    await answer.arrayBuffer()
    return answer.status === 200
  } catch {
    return false
  }
}

/** `t=<unix seconds>,v1=<hex>`: HMAC-SHA256 of "`t.body`" with the webhook's secret (mailchimp.md §6). */
export function signature(secret: string, atMs: number, body: string): string {
  const t = Math.floor(atMs / 1000)
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`
}

/** The member's merge fields under the tags the audience has, empty where nothing was sent. */
export function definedMergeFields(audience: Audience, member: { merge_fields: Json }): Json {
  const fields: Json = {}
  for (const { tag } of audience.mergeFields) fields[tag] = member.merge_fields[tag] ?? ''
  return fields
}

function firedAt(state: EmulatorState): string {
  const ms = state.clock.now() + state.assumptions.firedAtZoneMinutes * MINUTE
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

function formOf(type: WebhookEvent, at: string, data: Json): string {
  const form = new URLSearchParams({ type, fired_at: at })
  for (const [key, value] of Object.entries(data)) {
    if (typeof value !== 'object' || value === null) form.append(`data[${key}]`, textOf(value))
    else
      for (const [inner, text] of Object.entries(objectOf(value))) form.append(`data[${key}][${inner}]`, textOf(text))
  }
  return form.toString()
}

function work(state: EmulatorState): void {
  const queue = state.webhookQueue
  while (queue.working < 5 && queue.waiting.length > 0) {
    const delivery = queue.waiting.shift()!
    queue.working += 1
    void deliver(state, queue, delivery).finally(() => {
      queue.working -= 1
      work(state)
    })
  }
}

// "Increasing intervals over the course of 75 minutes": the minutes themselves are an assumption.
const RETRY_AFTER_MINUTES = [1, 4, 10, 20, 40]

async function deliver(state: EmulatorState, queue: WebhookQueue, delivery: WebhookDelivery): Promise<void> {
  const { webhook, type, body } = delivery
  if (webhook.disabled) return
  const status = await post(state, webhook, body)
  delivery.attempts += 1
  queue.log.push({
    at: new Date(state.clock.now()).toISOString(),
    url: webhook.url,
    type,
    attempt: delivery.attempts,
    status,
  })
  if (queue.log.length > 1000) queue.log.shift()
  if (status === 410) webhook.disabled = true
  if (status === 410 || (status >= 200 && status < 300)) return
  const wait = RETRY_AFTER_MINUTES[delivery.attempts - 1]
  if (wait === undefined) return
  delivery.nextAt = state.clock.now() + wait * MINUTE
  queue.retries.push(delivery)
}

async function post(state: EmulatorState, webhook: Webhook, body: string): Promise<number> {
  const at = state.assumptions.signatureClock === 'real' ? Date.now() : state.clock.now()
  try {
    const answer = await fetch(webhook.url, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'user-agent': 'MailChimp',
        'x-mailchimp-signature': signature(webhook.secret, at, body),
      },
      signal: AbortSignal.timeout(10_000),
    })
    await answer.arrayBuffer()
    return answer.status
  } catch {
    return 0
  }
}
