// E-mail addresses: one normal form for sending, one for matching and hashing, and the honest answer when a cell
// holds neither (law-and-optout.md §5.2). No plus-stripping, no dot-stripping: both belong to the receiver.

/** What keeps a cell from being an address we may use. */
export const doubtfulReasons = [
  'TWO_ADDRESSES',
  'MORE_THAN_AN_ADDRESS',
  'FORBIDDEN_CHARACTER',
  'NOT_AN_ADDRESS',
  'NON_ASCII_LOCAL_PART',
  'BAD_DOMAIN',
  'TOO_LONG',
] as const

export type DoubtfulBecause = (typeof doubtfulReasons)[number]

/** Whose mailbox it is: a person's at work, a function's (info@), or one at a consumer provider. */
export type AddressNature = 'work' | 'role' | 'private'

export type NormalisedAddress = {
  /** For sending: the local part as given, the domain in lower-case ASCII. */
  address: string
  /** For matching and hashing: all of it in lower case. Never send to it. */
  matching: string
  domain: string
}

export type EmailCell =
  | { kind: 'none' }
  | ({ kind: 'address'; nature: AddressNature } & NormalisedAddress)
  | { kind: 'doubtful'; because: DoubtfulBecause; cell: string }

/**
 * The normal form of one address, or the reason why there is none. It judges form only: whether the local part can be
 * sent to, and whose mailbox it is, is for the intake to say.
 */
export function normaliseAddress(text: string): NormalisedAddress | DoubtfulBecause {
  const whole = text.normalize('NFC').trim()
  if (forbidden.test(whole)) return 'FORBIDDEN_CHARACTER'

  const at = whole.lastIndexOf('@')
  const local = whole.slice(0, at)
  if (at < 1 || local.includes('@')) return 'NOT_AN_ADDRESS'

  const domain = asciiDomain(whole.slice(at + 1))
  if (domain === undefined) return 'BAD_DOMAIN'
  if (bytesOf(local) > 64 || domain.length > 253) return 'TOO_LONG'

  // Lower-casing can leave a letter and its accent apart, so it is composed again.
  const matching = `${local}@${domain}`.toLowerCase().normalize('NFC')
  return bytesOf(matching.slice(0, matching.lastIndexOf('@'))) > 64
    ? 'TOO_LONG'
    : { address: `${local}@${domain}`, matching, domain }
}

/** Controls, invisible characters, private use, unassigned, lone surrogates, and every kind of space. */
const forbidden = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u

/** A label as DNS knows it; an underscore is no host name. */
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** `örkki.fi` → `xn--rkki-4qa.fi`; undefined for what is no domain name with at least two labels. */
function asciiDomain(text: string): string | undefined {
  // The URL parser would read these as a path, a port, a user or an escape, and digits as an IP address.
  if (text === '' || /[/?#:@%\\[\]]/.test(text)) return undefined
  const host = hostOf(text)?.replace(/\.$/, '')
  if (host === undefined) return undefined

  const labels = host.split('.')
  const top = labels.at(-1) ?? ''
  if (labels.length < 2 || !/^(?:[a-z]{2,}|xn--[a-z0-9-]+)$/.test(top)) return undefined
  return labels.every((part) => label.test(part)) ? host : undefined
}

function hostOf(text: string): string | undefined {
  return URL.canParse(`http://${text}`) ? new URL(`http://${text}`).hostname : undefined
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}
