// From `save` to `sent`: counting recipients, the checklist, sending, delivering (mailchimp.md §5).
import { stamp } from './clock.ts'
import { type Json, textOf } from './json.ts'
import { contentWithFooter } from './mails.ts'
import { takeMischief } from './mischief.ts'
import { badRequest } from './problems.ts'
import type { Audience, Campaign, EmulatorState, Report, Sending } from './state.ts'
import { announceCampaign } from './webhooks.ts'

export type ChecklistItem = { type: 'success' | 'error'; id: number; heading: string; details: string }

/**
 * Somebody looks at the campaign: its recipients are counted a while after members were added (mailchimp.md §5), a number of
 * looks and a time that the options say. Returns whether the count is up to date.
 */
export function lookAtRecipients(state: EmulatorState, campaign: Campaign): boolean {
  const audience = state.audiences.get(campaign.list_id)
  const { counted } = campaign
  if (!audience || takeMischief(state, 'recipients-not-ready', { campaign: campaign.id, list: campaign.list_id }))
    return false
  if (counted.additions !== audience.additions) {
    const since = Math.max(counted.since, audience.addedAt)
    const early = state.clock.now() < since + state.options.recipientsReadyAfterMs
    counted.polls += 1
    if (early || counted.polls <= state.options.recipientsReadyAfterPolls) return false
    Object.assign(counted, { additions: audience.additions, polls: 0 })
  }
  counted.count = audience.counts.subscribed
  return true
}

/** The send checklist: what stands between this campaign and sending. */
export function checklist(state: EmulatorState, campaign: Campaign): { is_ready: boolean; items: ChecklistItem[] } {
  const { settings } = campaign
  const audience = state.audiences.get(campaign.list_id)
  const ready = lookAtRecipients(state, campaign)
  const points: [string, boolean, string][] = [
    ['List', audience !== undefined, 'recipients not ready'],
    ['Recipients', ready && campaign.counted.count > 0, 'recipients not ready'],
    ['Subject', textOf(settings['subject_line']) !== '', 'no subject line'],
    ['From', textOf(settings['from_name']) !== '', 'no from name'],
    ['Replies', textOf(settings['reply_to']) !== '', 'no reply-to address'],
    ['HTML Email', campaign.content.html !== '' || campaign.content.plain_text !== '', 'no content'],
  ]
  const items = points.map(([heading, good, problem], index) => ({
    type: good ? ('success' as const) : ('error' as const),
    id: 500 + index,
    heading,
    details: good ? '' : problem,
  }))
  return { is_ready: items.every((item) => item.type === 'success'), items }
}

/**
 * Sends a campaign: it is `sending` from now on and is delivered soon after. Not idempotent: a campaign that is not a draft any
 * more is refused, in words that are an assumption. Throws a ProblemError 400 when it is not ready.
 */
export function send(state: EmulatorState, campaign: Campaign): void {
  if (!['save', 'paused', 'schedule'].includes(campaign.status)) throw badRequest('Your Campaign is not ready to send.')
  refuseUnready(state, campaign)
  startSending(state, campaign)
}

/** Throws the 400 of mailchimp.md §5 when something is missing, with its suffix. */
export function refuseUnready(state: EmulatorState, campaign: Campaign): void {
  const missing = checklist(state, campaign).items.find((item) => item.type === 'error')
  if (missing) throw badRequest(`Your Campaign is not ready to send. ${missing.details}`, { typed: false })
}

/** Delivers a campaign that is `sending`: mails, report rows, statistics, webhook. Returns the number of mails. */
export function deliver(state: EmulatorState, campaign: Campaign): number {
  const audience = state.audiences.get(campaign.list_id)
  if (campaign.status !== 'sending' || !audience) return 0
  const now = state.clock.now()
  const sending = { ...sendingOf(campaign, audience, now), recipients: mailable(audience) }
  state.sendings.push(sending)
  Object.assign(campaign, { status: 'sent', send_time: stamp(now), emails_sent: sending.recipients.length })
  state.reports.set(campaign.id, reportOf(campaign, audience))
  audience.lastSentAt = now
  // Only sends to ten recipients or more show in the statistics (mailchimp.md §2).
  if (campaign.emails_sent >= 10) audience.campaignLastSent = campaign.send_time
  announceCampaign(state, audience, campaign)
  return campaign.emails_sent
}

/** Delivers unless the mischief `hold-delivery` is on. */
export function deliverUnlessHeld(state: EmulatorState, campaign: Campaign): void {
  if (campaign.status !== 'sending') return
  if (takeMischief(state, 'hold-delivery', { campaign: campaign.id, list: campaign.list_id })) return
  deliver(state, campaign)
}

/** Sends what was scheduled for a time that has come. */
export function sendScheduled(state: EmulatorState): void {
  for (const campaign of state.campaigns.values()) {
    const due = campaign.status === 'schedule' && (campaign.scheduledFor ?? 0) <= state.clock.now()
    if (due && state.audiences.has(campaign.list_id)) startSending(state, campaign)
  }
}

/** A mail to a few addresses outside the audience. Nothing is recorded about them but the mail. */
export function sendTest(state: EmulatorState, campaign: Campaign, addresses: string[]): void {
  const audience = state.audiences.get(campaign.list_id)
  const sending = sendingOf(campaign, audience, state.clock.now())
  const recipients = addresses.map((email_address) => ({
    email_address,
    unique_email_id: '0000000000',
    merge_fields: {},
  }))
  state.sendings.push({ ...sending, test: true, subject: `[Test] ${sending.subject}`, recipients })
}

function startSending(state: EmulatorState, campaign: Campaign): void {
  campaign.status = 'sending'
  const audience = state.audiences.get(campaign.list_id)
  if (audience) audience.lastSentAt = state.clock.now()
  const soon = setTimeout(() => {
    if (state.campaigns.get(campaign.id) === campaign) deliverUnlessHeld(state, campaign)
  }, state.options.deliverAfterMs)
  soon.unref()
}

// Sends go to subscribed members only (mailchimp.md §5).
function* subscribedMembers(audience: Audience) {
  for (const member of audience.members.values()) if (member.status === 'subscribed') yield member
}

function mailable(audience: Audience): Sending['recipients'] {
  const recipients: Sending['recipients'] = []
  for (const { email_address, unique_email_id, merge_fields } of subscribedMembers(audience)) {
    recipients.push({ email_address, unique_email_id, merge_fields })
  }
  return recipients
}

function sendingOf(campaign: Campaign, audience: Audience | undefined, at: number): Sending {
  const { settings } = campaign
  return {
    campaign_id: campaign.id,
    list_id: campaign.list_id,
    at,
    test: false,
    subject: textOf(settings['subject_line']),
    from_name: textOf(settings['from_name']),
    reply_to: textOf(settings['reply_to']),
    ...contentWithFooter(campaign.content),
    list: structuredClone(audience?.settings ?? {}),
    mergeTags: audience?.mergeFields.map((field) => field.tag) ?? [],
    recipients: [],
  }
}

function reportOf(campaign: Campaign, audience: Audience): Report {
  const sentTo: Report['sentTo'] = new Map()
  for (const { id, email_address, merge_fields, other } of subscribedMembers(audience)) {
    const vip = isTrue(other, 'vip')
    sentTo.set(id, { email_id: id, email_address, merge_fields, vip, status: 'sent' })
  }
  return {
    campaign_id: campaign.id,
    campaign_title: textOf(campaign.settings['title']),
    subject_line: textOf(campaign.settings['subject_line']),
    list_id: audience.id,
    list_name: campaign.list_name,
    send_time: campaign.send_time,
    mergeTags: audience.mergeFields.map((field) => field.tag),
    sentTo,
    unsubscribed: new Map(),
    abuse: [],
  }
}

function isTrue(values: Json | undefined, key: string): boolean {
  return values?.[key] === true
}
