// Merge tags, `*|FNAME|*`, as they are replaced when a campaign is delivered (mailchimp.md §4). Unknown ones stay as they are.
import { createHash } from 'node:crypto'
import { type Json, objectOf, textOf } from './json.ts'
import type { EmulatorState, Sending } from './state.ts'

export type Recipient = Sending['recipients'][number]

/** The hosted unsubscribe link of one recipient of one campaign. */
export function unsubscribeLink(state: EmulatorState, sending: Sending, recipient: Recipient): string {
  return hostedLink(state, '/unsubscribe', sending, recipient)
}

/** Another hosted page about the same recipient and campaign. */
export function hostedLink(state: EmulatorState, path: string, sending: Sending, recipient: Recipient): string {
  const query = new URLSearchParams({
    u: state.options.accountId,
    id: sending.list_id,
    e: recipient.unique_email_id,
    c: sending.campaign_id,
  })
  return `${state.url}${path}?${query}`
}

/**
 * The text with its merge tags replaced for one recipient. With `html` a person's own values are escaped; links are not.
 * A test mail has no member behind it: tags about a person stay as they are (assumption).
 */
export function renderMergeTags(
  state: EmulatorState,
  sending: Sending,
  recipient: Recipient,
  text: string,
  html: boolean,
): string {
  const safe = html ? escapeHtml : (value: string) => value
  return text.replaceAll(/\*\|([^|*]+)\|\*/g, (whole, tag: string) => {
    const ofCampaign = campaignTag(state, sending, tag, safe)
    if (ofCampaign !== undefined) return ofCampaign
    return personTag(state, sending, recipient, tag, safe) ?? whole
  })
}

function personTag(
  state: EmulatorState,
  sending: Sending,
  recipient: Recipient,
  tag: string,
  safe: (value: string) => string,
): string | undefined {
  if (tag === 'UNSUB') return unsubscribeLink(state, sending, recipient)
  if (sending.test) return undefined
  if (tag === 'EMAIL') return safe(recipient.email_address)
  if (tag === 'UNIQID') return uniqid(state, recipient)
  return sending.mergeTags.includes(tag) ? safe(textOf(recipient.merge_fields[tag])) : undefined
}

function campaignTag(
  state: EmulatorState,
  sending: Sending,
  tag: string,
  safe: (value: string) => string,
): string | undefined {
  const contact = objectOf(sending.list['contact'])
  switch (tag) {
    case 'CAMPAIGN_UID':
      return campaignUid(state, sending)
    case 'LIST:NAME':
      return safe(textOf(sending.list['name']))
    case 'LIST:COMPANY':
      return safe(textOf(contact['company']))
    case 'LIST:DESCRIPTION':
      return safe(textOf(sending.list['permission_reminder']))
    case 'LIST:ADDRESS':
      return safe(addressLines(contact).join(', '))
    case 'HTML:LIST_ADDRESS_HTML':
      return `<div class="vcard">${addressLines(contact).map(escapeHtml).join('<br>')}</div>`
    case 'SUBJECT':
    case 'MC:SUBJECT':
      return safe(sending.subject)
    case 'CURRENT_YEAR':
      return String(new Date(sending.at).getUTCFullYear())
    case 'ARCHIVE':
      return `${state.url}/archive/${sending.campaign_id}`
    default:
      return tag.startsWith('DATE:') ? dateAs(tag.slice(5), new Date(sending.at)) : undefined
  }
}

function addressLines(contact: Json): string[] {
  const town = [textOf(contact['zip']), textOf(contact['city'])].filter(Boolean).join(' ')
  const lines = [textOf(contact['company']), textOf(contact['address1']), textOf(contact['address2']), town]
  return [...lines, textOf(contact['country'])].filter(Boolean)
}

function uniqid(state: EmulatorState, recipient: Recipient): string {
  return state.assumptions.uniqidIsUniqueEmailId ? recipient.unique_email_id : otherId(recipient.unique_email_id)
}

function campaignUid(state: EmulatorState, sending: Sending): string {
  return state.assumptions.campaignUidIsCampaignId ? sending.campaign_id : otherId(sending.campaign_id)
}

function otherId(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 10)
}

// The letters of PHP's date(), in UTC.
function dateAs(format: string, date: Date): string {
  const name = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en', { ...options, timeZone: 'UTC' }).format(date)
  const two = (value: number) => String(value).padStart(2, '0')
  const letters: Record<string, () => string> = {
    d: () => two(date.getUTCDate()),
    j: () => String(date.getUTCDate()),
    m: () => two(date.getUTCMonth() + 1),
    n: () => String(date.getUTCMonth() + 1),
    Y: () => String(date.getUTCFullYear()),
    y: () => two(date.getUTCFullYear() % 100),
    H: () => two(date.getUTCHours()),
    i: () => two(date.getUTCMinutes()),
    s: () => two(date.getUTCSeconds()),
    F: () => name({ month: 'long' }),
    M: () => name({ month: 'short' }),
    l: () => name({ weekday: 'long' }),
    D: () => name({ weekday: 'short' }),
  }
  return format.replaceAll(/[a-zA-Z]/g, (letter) => letters[letter]?.() ?? letter)
}

/** The text safe inside HTML. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
