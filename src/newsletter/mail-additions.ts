// What every mail must show, and our own text for it where the mail lacks it: the way out at the top, the footer below.
import { Eta } from 'eta'
import type { NewsletterSetting } from './finish-newsletter.ts'
import { footerClass, type MailOutline, openingClass, shows } from './mail-outline.ts'

export const additions = ['opt-out-link', 'sender', 'postal-address', 'why', 'tool-opt-out', 'notice-link'] as const
export type Addition = (typeof additions)[number]

// A link that comes after more text than this no longer stands first.
const openingCharacters = 300

/**
 * Our own way out, which works for ever: the opt-out page, or without a public address a mail to the responsible person.
 * The tool replaces placeholders as they are written, so they are never URL-encoded (mission, way out; 917/2014 §203).
 */
export function optOutHref({ placeholders, publicUrl, responsible, language }: NewsletterSetting): string {
  const { campaignId, recipientId } = placeholders
  if (publicUrl !== null) return `${new URL(publicUrl).href.replace(/\/+$/, '')}/o/${campaignId}/${recipientId}`
  const mailbox = encodeURIComponent(responsible.email).replace('%40', '@')
  return `mailto:${mailbox}?subject=${encodeURIComponent(words[language].mailSubject)}%20${campaignId}%20${recipientId}`
}

/** Which required parts the mail does not show, in the order of `additions`. Hidden text and links do not count. */
export function missingFrom(html: string, outline: MailOutline, setting: NewsletterSetting): Addition[] {
  const { controller, placeholders, notice } = setting
  const [first] = outline.links
  const linked = (href: string) => outline.links.some((link) => sameHref(link.href, href))
  const shown = (...parts: string[]) => parts.every((part) => shows(outline.text, part))
  const there: Record<Addition, boolean> = {
    'opt-out-link': first?.href === optOutHref(setting) && first.textBefore <= openingCharacters,
    sender: shown(controller.name, controller.businessId),
    'postal-address':
      html.includes(placeholders.postalAddress) || shown(controller.street, controller.postalCode, controller.city),
    why: Object.values(words).some(({ why }) => shown(why)),
    'tool-opt-out': linked(placeholders.toolOptOut),
    'notice-link': notice.url === null || linked(notice.url),
  }
  return additions.filter((addition) => !there[addition])
}

/** The line for the top of the mail (when it is missing), as HTML. */
export function openingFor(missing: Addition[], setting: NewsletterSetting): string {
  return missing.includes('opt-out-link') ? eta.renderString(opening, facts(missing, setting)) : ''
}

/** The footer with only the parts that are missing, as HTML; empty when none is. */
export function footerFor(missing: Addition[], setting: NewsletterSetting): string {
  const parts = missing.filter((addition) => addition !== 'opt-out-link')
  return parts.length === 0 ? '' : eta.renderString(footer, facts(parts, setting))
}

const sameHref = (one: string, other: string) => one.replace(/\/+$/, '') === other.replace(/\/+$/, '')

function facts(missing: Addition[], setting: NewsletterSetting): Record<string, unknown> {
  const { controller, placeholders, notice, language } = setting
  const { postalAddress, toolOptOut } = placeholders
  const needs = (addition: Addition) => missing.includes(addition)
  const said = words[language]
  return { needs, said, language, controller, postalAddress, toolOptOut, notice, optOut: optOutHref(setting) }
}

const words = {
  fi: {
    mailSubject: 'Kielto',
    newsletter: 'Uutiskirje, lähettäjä',
    optOut: 'En halua enää uutiskirjeitä',
    why: 'Saat tämän uutiskirjeen työsähköpostiisi, koska olet antanut siihen luvan.',
    businessId: 'Y-tunnus',
    toolOptOut: 'Postitustyökalun oma peruutuslinkki',
    forSomeTime: 'toimii vain jonkin aikaa',
    notice: 'Tietosuojaseloste',
  },
  en: {
    mailSubject: 'Opt-out',
    newsletter: 'Newsletter from',
    optOut: 'I do not want these newsletters any more',
    why: 'You get this newsletter at your work address because you have given your permission.',
    businessId: 'Business ID',
    toolOptOut: 'Unsubscribe link of the mailing tool',
    forSomeTime: 'works for some time only',
    notice: 'Privacy notice',
  },
}

const eta = new Eta({ autoTrim: false })

const font = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"

// `<%~` leaves placeholders and addresses that hold them as they are; everything else is escaped.
const opening = `<div class="${openingClass}" lang="<%= it.language %>" style="${font};font-size:14px;line-height:1.5;color:#24302a;\
background-color:#ffffff;padding:12px 16px;text-align:center"><%= it.said.newsletter %> <%= it.controller.name %>. \
<a href="<%~ it.optOut %>" style="color:#1f5d3a;font-weight:bold;text-decoration:underline"><%= it.said.optOut %></a></div>
`

const paragraph = '<p style="margin:0 0 8px 0">'
const link = 'style="color:#1f5d3a;text-decoration:underline"'

const footer = `<div class="${footerClass}" lang="<%= it.language %>" style="${font};font-size:13px;line-height:1.5;\
color:#4a564f;background-color:#ffffff;padding:24px 16px;text-align:center">
<% if (it.needs('why')) { %>${paragraph}<%= it.said.why %></p>
<% } %><% if (it.needs('sender')) { %>${paragraph}<%= it.controller.name %> · \
<%= it.said.businessId %> <%= it.controller.businessId %></p>
<% } %><% if (it.needs('postal-address')) { %><div style="margin:0 0 8px 0"><%~ it.postalAddress %></div>
<% } %><% if (it.needs('tool-opt-out')) { %>${paragraph}<a href="<%~ it.optOut %>" ${link}><%= it.said.optOut %></a> · \
<a href="<%~ it.toolOptOut %>" ${link}><%= it.said.toolOptOut %></a> (<%= it.said.forSomeTime %>)</p>
<% } %><% if (it.needs('notice-link')) { %>${paragraph}<a href="<%= it.notice.url %>" ${link}><%= it.said.notice %></a></p>
<% } %></div>
`
