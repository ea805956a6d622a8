// What a cell of a customer register says about somebody's e-mail address. Nothing is ever picked or repaired silently:
// a cell is an address, nothing, or doubtful with a reason.
import consumerProviders from 'email-providers/all.json' with { type: 'json' }
import packagedRoleParts from 'role-based-email-addresses'
import validator from 'validator'
import { type AddressNature, type DoubtfulBecause, type EmailCell, normaliseAddress } from '../domain/email-address.ts'
import { companyDomains, consumerDomains } from './addresses/consumer-domains.ts'
import { emptyWords } from './addresses/empty-words.ts'
import { namesNotRoles, rolePartsAtStart } from './addresses/role-parts.ts'

/**
 * Reads one cell (law-and-optout.md §5.2). The address keeps its local part as given; `doubtful` keeps the cell, at most
 * 500 characters of it, for the person who reviews it. R-50: only `nature: 'work'` may ever be mailed by default.
 */
export function readEmailCell(cell: string | null | undefined): EmailCell {
  const text = withoutSeparators(cell ?? '')
  if (text === '' || nothing.has(text.toLowerCase().normalize('NFC'))) return { kind: 'none' }

  const target = withoutSeparators(linkTarget(text))
  const doubt = doubtAboutShape(target)
  if (doubt !== undefined) return doubtful(doubt, text)

  const normal = normaliseAddress(target)
  if (typeof normal === 'string') return doubtful(normal, text)
  if (/[^ -~]/.test(normal.address)) return doubtful('NON_ASCII_LOCAL_PART', text)
  if (normal.address.includes('"') || !isSendable(normal.address)) return doubtful('NOT_AN_ADDRESS', text)
  return { kind: 'address', ...normal, nature: natureOf(normal.matching, normal.domain) }
}

const nothing = new Set(emptyWords)

/** A list's leftovers around a single address: `matti@firma.example;`. */
function withoutSeparators(text: string): string {
  return text.trim().replace(/^[\s;,]+|[\s;,]+$/g, '')
}

/** Access keeps a hyperlink as `display#address#subaddress#`; either part may be missing, or stand twice. */
function linkTarget(text: string): string {
  if (!/^#|#$|#mailto:|#https?:|@[^#]*#/i.test(text)) return withoutScheme(text)
  const [display = '', address = ''] = text.split('#').map(withoutScheme)
  if (!address.includes('@')) return display
  if (!display.includes('@') || display.toLowerCase() === address.toLowerCase()) return address
  return `${display} ${address}`
}

/** Access itself writes `http://` before an address typed into a hyperlink field. */
function withoutScheme(text: string): string {
  const link = /^\s*(?:mailto:|https?:\/\/(?=[^/]*@))(.*)$/is.exec(text)?.[1]
  return link === undefined ? text.trim() : link.replace(/\?.*$|\/$/s, '').trim()
}

function doubtAboutShape(text: string): DoubtfulBecause | undefined {
  const tokens = text.split(/[\s;,|<>()]+/).filter((token) => token.includes('@'))
  if (tokens.length > 1 || /@.*[/&].*@/.test(text)) return 'TWO_ADDRESSES'
  if (tokens.length === 0) return 'NOT_AN_ADDRESS'
  if (/[<>();,|]/.test(text)) return 'MORE_THAN_AN_ADDRESS'
  return undefined
}

function doubtful(because: DoubtfulBecause, text: string): EmailCell {
  return { kind: 'doubtful', because, cell: text.replaceAll('\0', ' ').slice(0, 500) }
}

function isSendable(address: string): boolean {
  return validator.isEmail(address, { allow_utf8_local_part: false, allow_ip_domain: false })
}

/** A function's mailbox is one wherever it lies: `info@` at a consumer provider is `role`. */
function natureOf(matching: string, domain: string): AddressNature {
  if (isRole(matching.slice(0, matching.lastIndexOf('@')))) return 'role'
  return isConsumerDomain(domain) ? 'private' : 'work'
}

const wholeRoleParts = new Set([...packagedRoleParts, ...rolePartsAtStart])
for (const name of namesNotRoles) wholeRoleParts.delete(name)
const startingRoleParts = new Set(rolePartsAtStart)

function isRole(local: string): boolean {
  const untagged = local.replace(/\+.*$/, '')
  const start = /^[a-z]+/.exec(untagged)?.[0] ?? ''
  return wholeRoleParts.has(untagged) || startingRoleParts.has(start)
}

const providers = new Set(consumerProviders)

function isConsumerDomain(domain: string): boolean {
  if (companyDomains.includes(domain)) return false
  return providers.has(domain) || consumerDomains.some((own) => domain === own || domain.endsWith(`.${own}`))
}
