// What is wrong with a finished mail, in sentences: problems block a launch, warnings leave the choice to the owner.
import { DomUtils } from 'htmlparser2'
import type { Placeholders } from '../marketing/marketing-tool.ts'
import { type MailElement, type MailOutline, openingClass, shows } from './mail-outline.ts'

// Gmail clips a mail at 102 kB and hides the rest, footer and all.
const mostBytes = 100_000

/** Sentences that block launching: what mail programs refuse or strip, and placeholders nobody would fill. Pure. */
export function problemsIn(html: string, { elements }: MailOutline, placeholders: Placeholders): string[] {
  return [...unfilled(html, placeholders), ...forbidden(elements)]
}

/** Sentences for the owner to weigh; `ownHref` is our own opt-out link, which is not the mail's to answer for. Pure. */
export function warningsIn(html: string, outline: MailOutline, sender: string, ownHref: string): string[] {
  return [
    ...aboutPictures(outline.elements),
    ...aboutAddresses(outline.elements, ownHref),
    ...aboutTheWhole(html, outline, sender),
  ]
}

function aboutPictures(elements: MailElement[]): string[] {
  const pictures = elements.filter(({ name }) => name === 'img')
  const withoutAlt = pictures.filter(({ attribs }) => !('alt' in attribs)).length
  const pixels = pictures.filter(({ attribs }) => attribs['width'] === '1' && attribs['height'] === '1').length
  return sentences(
    [
      withoutAlt > 0,
      `Pictures without alt text: ${withoutAlt}; say what each shows, or write alt="" where it only decorates`,
    ],
    [pixels > 0, `Pictures of one pixel, which look like tracking: ${pixels}; take them out`],
  )
}

function aboutAddresses(elements: MailElement[], ownHref: string): string[] {
  const addresses = addressesIn(elements).filter((address) => address !== ownHref)
  const open = addresses.filter((address) => /^http:/i.test(address))
  const tracking = addresses.filter((address) => trackingMarks.test(address))
  return sentences(
    [open.length > 0, `Addresses that are not encrypted: ${listed(open)}; write https instead of http`],
    [tracking.length > 0, `Links that look like tracking: ${listed(tracking)}; take the extra parameters out`],
  )
}

function aboutTheWhole(html: string, outline: MailOutline, sender: string): string[] {
  const bytes = Buffer.byteLength(html)
  return sentences(
    [!hasTitle(outline), 'The mail has no title: write one between <title> and </title>; screen readers say it first'],
    [
      !outline.hasPreview,
      'The mail has no preview line, so mailboxes show the opt-out line: begin with a hidden line (mj-preview)',
    ],
    [
      bytes > mostBytes,
      `The mail is ${Math.round(bytes / 1000)} kB: Gmail hides what comes after 102 kB; make it shorter`,
    ],
    [
      outline.contentText === '',
      'The mail has no text of its own: people whose pictures are off see nothing; write some',
    ],
    [
      !recognisable(outline, sender),
      'The mail says neither who sends it nor that it is a newsletter: say so at its top (917/2014 §203)',
    ],
  )
}

const sentences = (...found: [holds: boolean, sentence: string][]) =>
  found.flatMap(([holds, sentence]) => (holds ? sentence : []))

function unfilled(html: string, { pattern, filled }: Placeholders): string[] {
  const names = new Map<string, string>()
  for (const [written, name] of html.matchAll(new RegExp(pattern)))
    if (name !== undefined && !filled(name)) names.set(name, written)
  return [...names.values()].map(
    (written) =>
      `The mail uses ${written}, which nobody fills: every recipient would read it as it stands; take it out`,
  )
}

const refusedTags: Record<string, string> = {
  script: 'a script',
  form: 'a form',
  iframe: 'a frame',
  frame: 'a frame',
  frameset: 'a frame',
  object: 'an embedded object',
  embed: 'an embedded object',
  base: 'a base address',
}

function forbidden(elements: MailElement[]): string[] {
  const kinds = new Set(elements.flatMap((element) => forbiddenIn(element) ?? []))
  return [...kinds].map((kind) => `The mail holds ${kind}, which mail programs block or distrust: take it out`)
}

function forbiddenIn(element: MailElement): string | null {
  const { name, attribs } = element
  const tag = refusedTags[name]
  if (tag) return tag
  if (name === 'link' && /\bstylesheet\b/i.test(attribs['rel'] ?? ''))
    return 'a remote stylesheet (a <link>, in MJML an mj-font)'
  if (name === 'style' && /@import/i.test(DomUtils.textContent(element))) return 'a remote stylesheet (an @import)'
  if (name === 'meta' && /^refresh$/i.test(attribs['http-equiv'] ?? '')) return 'a redirect (a meta refresh)'
  const scripted = Object.entries(attribs).some(([key, value]) => /^on/.test(key) || /^\s*javascript:/i.test(value))
  return scripted ? 'a script in an attribute' : null
}

function addressesIn(elements: MailElement[]): string[] {
  return elements
    .flatMap(
      ({ name, attribs }) =>
        (name === 'a' || name === 'area' ? attribs['href'] : name === 'img' ? attribs['src'] : null) ?? [],
    )
    .map((address) => address.trim())
}

const trackingMarks = /[?&](utm_\w+|mc_[ce]id|fbclid|gclid|msclkid|_hsenc|_hsmi)=|list-manage\.com\/track\//i

function listed(addresses: string[]): string {
  const different = [...new Set(addresses)]
  const more = different.length > 3 ? ` and ${different.length - 3} more` : ''
  return different.slice(0, 3).join(', ') + more
}

const hasTitle = ({ elements }: MailOutline) =>
  elements.some((element) => element.name === 'title' && DomUtils.textContent(element).trim() !== '')

// Our own opening line says both; a mail that brings its own way out must say it in its own words.
function recognisable({ elements, contentText }: MailOutline, sender: string): boolean {
  if (elements.some(({ attribs }) => attribs['class'] === openingClass)) return true
  return (
    shows(contentText, sender) || /uutiskirje|newsletter|mainos|markkinointi|advertisement|marketing/.test(contentText)
  )
}
