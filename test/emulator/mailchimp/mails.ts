// Mails as recipients got them: rendered when somebody looks, so that a hundred thousand of them cost little.
import { hostedLink, type Recipient, renderMergeTags, unsubscribeLink } from './merge-tags.ts'
import type { EmulatorState, Sending } from './state.ts'

export type Mail = {
  campaign: string
  list: string
  test: boolean
  to: string
  uniqueEmailId: string
  subject: string
  from: string
  html: string
  text: string
  links: string[]
  headers: Record<string, string>
}

/** All delivered mails, oldest first; of one campaign or to one address when asked. */
export function* deliveredMails(state: EmulatorState, asked: { campaign?: string; to?: string } = {}): Generator<Mail> {
  for (const sending of state.sendings) {
    if (asked.campaign !== undefined && asked.campaign !== sending.campaign_id) continue
    for (const recipient of sending.recipients) {
      if (asked.to !== undefined && asked.to.toLowerCase() !== recipient.email_address.toLowerCase()) continue
      yield mailOf(state, sending, recipient)
    }
  }
}

/** The content as it goes out: with a footer where the author left out the unsubscribe link (mailchimp.md §4). */
export function contentWithFooter(content: { html: string; plain_text: string }): { html: string; text: string } {
  const plain = content.plain_text || plainTextOf(content.html)
  return { html: withHtmlFooter(content.html), text: withTextFooter(plain) }
}

/** Plain text made from HTML, as Mailchimp makes it when none is given. */
export function plainTextOf(html: string): string {
  return html
    .replaceAll(/<(style|script|head)\b[\s\S]*?<\/\1>/gi, '')
    .replaceAll(/<a\b[^>]*?href=["']([^"']*)["'][^>]*>([\s\S]*?)<\/a>/gi, '$2 ($1)')
    .replaceAll(/<(br|\/p|\/div|\/tr|\/h\d|\/li)\b[^>]*>/gi, '\n')
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll(/[ \t]*\n[ \t\n]*/g, '\n')
    .trim()
}

function mailOf(state: EmulatorState, sending: Sending, recipient: Recipient): Mail {
  const render = (text: string, html: boolean) => renderMergeTags(state, sending, recipient, text, html)
  const html = render(sending.html, true)
  const text = render(sending.text, false)
  const subject = render(sending.subject, false)
  const from = `${sending.from_name} <${sending.reply_to}>`
  return {
    campaign: sending.campaign_id,
    list: sending.list_id,
    test: sending.test,
    to: recipient.email_address,
    uniqueEmailId: recipient.unique_email_id,
    subject,
    from,
    html,
    text,
    links: linksIn(html, text),
    headers: headersOf(state, sending, recipient, subject, from),
  }
}

// The headers of a real sample (mailchimp.md §4).
function headersOf(
  state: EmulatorState,
  sending: Sending,
  recipient: Recipient,
  subject: string,
  from: string,
): Record<string, string> {
  const account = state.options.accountId
  const { campaign_id: c } = sending
  const mailbox = `unsubscribe-mc.us1_${account}.${c}-${recipient.unique_email_id}@unsubscribe.mailchimpapp.net`
  return {
    From: from,
    To: recipient.email_address,
    'Reply-To': sending.reply_to,
    Subject: subject,
    Date: new Date(sending.at).toUTCString(),
    'List-Unsubscribe': `<${unsubscribeLink(state, sending, recipient)}>, <mailto:${mailbox}?subject=unsubscribe>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    'X-MC-User': account,
    'X-Campaign': `mailchimp${account}.${c}`,
    'X-Report-Abuse': hostedLink(state, '/contact/abuse/', sending, recipient),
  }
}

function linksIn(html: string, text: string): string[] {
  const inHtml = [...html.matchAll(/href\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)].map((found) => found[1] ?? found[2] ?? '')
  const inText = [...text.matchAll(/(?:https?:\/\/|mailto:)[^\s<>()"']+/g)].map(([link]) => link)
  return [...new Set([...inHtml.map((link) => link.replaceAll('&amp;', '&')), ...inText])]
}

function withHtmlFooter(html: string): string {
  if (html === '' || html.includes('*|UNSUB|*')) return html
  const footer = '<p>*|HTML:LIST_ADDRESS_HTML|*<br><a href="*|UNSUB|*">unsubscribe from this list</a></p>'
  return /<\/body>/i.test(html) ? html.replace(/<\/body>/i, `${footer}</body>`) : html + footer
}

function withTextFooter(text: string): string {
  return text.includes('*|UNSUB|*') ? text : `${text}\n\n*|LIST:ADDRESS|*\nUnsubscribe *|UNSUB|* from this list.`
}
