// Who may come into an audience, and with what: the rules of adding and changing a member (mailchimp.md §3).
import { changeAddress, changeStatus, emailId, putMember, uniqueEmailId } from './audience.ts'
import { stamp } from './clock.ts'
import { type Json, listOf, objectOf, textOf } from './json.ts'
import { takeMischief } from './mischief.ts'
import {
  type FieldError,
  fakeAddress,
  forgottenAddress,
  inCompliance,
  invalidAddress,
  invalidFields,
  invalidMergeFields,
  memberExists,
  throttledAddress,
} from './problems.ts'
import type { Audience, EmulatorState, Member, MemberStatus } from './state.ts'
import { announceMember, announceMove } from './webhooks.ts'

export type AdmissionRules = { updateExisting: boolean; skipMergeValidation: boolean; syncTags?: boolean }

/** Adds the person that was sent, or brings an archived member back; throws a ProblemError for every refusal of §3. */
export function admit(
  state: EmulatorState,
  audience: Audience,
  sent: Json,
  rules: AdmissionRules,
): { member: Member; created: boolean } {
  const address = textOf(sent['email_address'])
  refuseAddress(state, audience, address)
  const existing = audience.members.get(emailId(address))
  // An archived member does not count as existing: adding it again brings the same contact back (mailchimp.md §1.1).
  if (existing && existing.status !== 'archived' && !rules.updateExisting) throw memberExists(address)
  if (!existing || sent['status'] !== undefined) refuseStatus(state, audience, address, existing, sent['status'])
  if (!rules.skipMergeValidation) refuseMergeFields(audience, objectOf(sent['merge_fields']), !existing)
  if (existing) {
    const wasArchived = existing.status === 'archived'
    change(state, audience, existing, sent, rules.syncTags === true)
    return { member: existing, created: wasArchived }
  }
  return { member: create(state, audience, address, sent), created: true }
}

/** Applies PUT or PATCH to a member; throws a ProblemError for every refusal of §3. */
export function amend(
  state: EmulatorState,
  audience: Audience,
  member: Member,
  sent: Json,
  rules: AdmissionRules,
): void {
  const address = textOf(sent['email_address']) || member.email_address
  if (emailId(address) !== member.id) {
    refuseAddress(state, audience, address)
    if (audience.members.has(emailId(address))) throw memberExists(address)
  }
  if (sent['status'] !== undefined) refuseStatus(state, audience, address, member, sent['status'])
  if (!rules.skipMergeValidation) refuseMergeFields(audience, objectOf(sent['merge_fields']), false)
  const oldAddress = member.email_address
  if (address !== oldAddress) changeAddress(state, audience, member, address)
  change(state, audience, member, sent, false)
  if (address !== oldAddress) announceMove(state, audience, member, oldAddress, 'api')
  else if (sent['merge_fields'] !== undefined) announceMember(state, audience, 'profile', member, 'api')
}

function refuseAddress(state: EmulatorState, audience: Audience, address: string): void {
  if (!/^[^\s@<>(),;:"[\]]+@[^\s@<>(),;:"[\]]+\.[^\s@<>(),;:"[\].]{2,}$/.test(address)) throw invalidAddress()
  const domain = address.slice(address.indexOf('@') + 1).toLowerCase()
  // `.example` is left alone, so that invented people have somewhere to live.
  const isFake = /(^|\.)example\.(com|org|net)$|\.(test|invalid)$/.test(domain)
  if (isFake && state.assumptions.fakeAddresses === 'refused') throw fakeAddress(address)
  if (takeMischief(state, 'throttle-address', { email: address, list: audience.id })) throw throttledAddress(address)
  if (audience.forgotten.has(emailId(address))) throw forgottenAddress(address)
}

const SETTABLE: readonly unknown[] = ['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional']

// `archived` can be read, not set. Unsubscribed and cleaned people cannot be made subscribed; asking them again (pending) may
// be tried (mailchimp.md §3.2).
function refuseStatus(
  state: EmulatorState,
  audience: Audience,
  address: string,
  existing: Member | undefined,
  status: unknown,
): void {
  if (!SETTABLE.includes(status)) {
    throw invalidFields([{ field: 'status', message: `Data did not match any of the schemas: ${SETTABLE.join(', ')}` }])
  }
  if (status !== 'subscribed') return
  const byApi = existing?.unsubscribe_reason === BY_API && state.assumptions.resubscribeAfterApiUnsubscribe
  const barred = (existing?.status === 'unsubscribed' && !byApi) || existing?.status === 'cleaned'
  if (barred || takeMischief(state, 'compliance-address', { email: address, list: audience.id }))
    throw inCompliance(address)
}

// Tags the audience does not have are silently ignored (mailchimp.md §3.2).
function refuseMergeFields(audience: Audience, sent: Json, isNew: boolean): void {
  const errors: FieldError[] = []
  for (const { tag, type, required } of audience.mergeFields) {
    const value = textOf(sent[tag])
    if (required && value === '' && (isNew || tag in sent)) errors.push({ field: tag, message: 'Please enter a value' })
    if (type === 'number' && value !== '' && Number.isNaN(Number(value))) {
      errors.push({ field: tag, message: 'Please enter a number' })
    }
  }
  if (errors.length > 0) throw invalidMergeFields(errors)
}

function create(state: EmulatorState, audience: Audience, address: string, sent: Json): Member {
  const now = stamp(state.clock.now())
  const other = otherFields(sent)
  const member: Member = {
    id: emailId(address),
    email_address: address,
    unique_email_id: uniqueEmailId(address),
    web_id: state.nextWebId++,
    status: sent['status'] as MemberStatus,
    merge_fields: shortened(audience, objectOf(sent['merge_fields'])),
    email_type: textOf(sent['email_type']) || 'html',
    timestamp_opt: sent['status'] === 'subscribed' ? now : '',
    last_changed: now,
    source: 'API - Generic',
    tags: listOf(sent['tags']).map(textOf),
    ...(other ? { other } : {}),
  }
  if (member.status === 'unsubscribed') member.unsubscribe_reason = BY_API
  if (takeMischief(state, 'lose-member', { email: address, list: audience.id })) return member
  putMember(state, audience, member)
  if (member.status === 'subscribed') announceMember(state, audience, 'subscribe', member, 'api')
  return member
}

function change(state: EmulatorState, audience: Audience, member: Member, sent: Json, syncTags: boolean): void {
  const before = member.status
  const status = (sent['status'] as MemberStatus | undefined) ?? before
  if (sent['merge_fields'] !== undefined) {
    member.merge_fields = { ...member.merge_fields, ...shortened(audience, objectOf(sent['merge_fields'])) }
  }
  if (sent['email_type'] !== undefined) member.email_type = textOf(sent['email_type'])
  if (sent['tags'] !== undefined) {
    const tags = listOf(sent['tags']).map(textOf)
    member.tags = syncTags ? tags : [...new Set([...member.tags, ...tags])]
  }
  const other = otherFields(sent)
  if (other) member.other = { ...member.other, ...other }
  changeStatus(state, audience, member, status)
  if (status === before) return
  if (status === 'unsubscribed') {
    member.unsubscribe_reason = BY_API
    announceMember(state, audience, 'unsubscribe', member, 'api', { action: 'unsub', reason: 'manual' })
  }
  if (status !== 'subscribed') return
  member.timestamp_opt = member.last_changed
  announceMember(state, audience, 'subscribe', member, 'api')
}

const BY_API = 'N/A (Unsubscribed by an admin)'

const OWN_PLACE = new Set(['email_address', 'status', 'status_if_new', 'merge_fields', 'email_type', 'tags'])

function otherFields(sent: Json): Json | undefined {
  const other: Json = {}
  let any = false
  for (const key in sent) {
    if (OWN_PLACE.has(key)) continue
    other[key] = sent[key]
    any = true
  }
  return any ? other : undefined
}

// Text is cut at 255 bytes (mailchimp.md §3.2).
function shortened(audience: Audience, sent: Json): Json {
  const kept: Json = { ...sent }
  for (const { tag, type } of audience.mergeFields) {
    const value = kept[tag]
    if (type === 'text' && typeof value === 'string' && Buffer.byteLength(value) > 255) {
      kept[tag] = Buffer.from(value)
        .subarray(0, 255)
        .toString('utf8')
        .replace(/\uFFFD+$/, '')
    }
  }
  return kept
}
