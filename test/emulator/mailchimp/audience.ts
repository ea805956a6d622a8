// The members of one audience: kept by id, counted by status, forgotten when permanently deleted.
import { createHash, randomBytes } from 'node:crypto'
import { stamp } from './clock.ts'
import type { Json } from './json.ts'
import { takeMischief } from './mischief.ts'
import type { Audience, EmulatorState, Member, MemberStatus, MergeField } from './state.ts'

/** A new audience with the default merge fields: a real one of 2022 had BIRTHDAY too (mailchimp.md §2). */
export function createAudience(state: EmulatorState, settings: Json): Audience {
  const audience: Audience = {
    id: randomBytes(5).toString('hex'),
    web_id: state.nextWebId++,
    settings,
    contactPrefix: randomBytes(12).toString('hex'),
    date_created: stamp(state.clock.now()),
    members: new Map(),
    idByUniqueEmailId: new Map(),
    idByWebId: new Map(),
    counts: { subscribed: 0, unsubscribed: 0, cleaned: 0, pending: 0, transactional: 0, archived: 0 },
    changes: 0,
    forgotten: new Set(),
    mergeFields: defaultMergeFields(),
    webhooks: new Map(),
    abuseReports: [],
    additions: 0,
    addedAt: 0,
    campaignLastSent: '',
    lastSubscribed: '',
  }
  state.audiences.set(audience.id, audience)
  return audience
}

/** md5 of the lower-case address: `id`, `email_id` and `subscriber_hash` (mailchimp.md §3.3). */
export function emailId(address: string): string {
  return createHash('md5').update(address.toLowerCase()).digest('hex')
}

/** Ten hex digits, the same for an address in every audience of every account (mailchimp.md §4). */
export function uniqueEmailId(address: string): string {
  return createHash('sha256').update(`unique_email_id ${address.toLowerCase()}`).digest('hex').slice(0, 10)
}

/** 32 hex digits that belong to the contact: they survive a change of address, and differ between audiences. */
export function contactId(audience: Audience, member: { web_id: number }): string {
  return audience.contactPrefix + member.web_id.toString(16).padStart(8, '0')
}

/** The member for a `subscriber_hash`: md5, the plain address, or the contact_id (mailchimp.md §1.1). */
export function findMember(audience: Audience, hash: string): Member | undefined {
  const direct = audience.members.get(hash.toLowerCase())
  if (direct) return direct
  if (hash.includes('@')) return audience.members.get(emailId(hash))
  if (!hash.startsWith(audience.contactPrefix)) return undefined
  return audience.members.get(audience.idByWebId.get(Number.parseInt(hash.slice(24), 16)) ?? '')
}

/** Puts a member in, new or under a new address. */
export function putMember(state: EmulatorState, audience: Audience, member: Member): void {
  audience.members.set(member.id, member)
  audience.idByUniqueEmailId.set(member.unique_email_id, member.id)
  audience.idByWebId.set(member.web_id, member.id)
  audience.counts[member.status] += 1
  audience.changes += 1
  if (member.status === 'subscribed') noteAddition(state, audience)
}

/** Takes a member out without remembering anything. */
export function takeMember(audience: Audience, member: Member): void {
  audience.members.delete(member.id)
  audience.idByUniqueEmailId.delete(member.unique_email_id)
  audience.idByWebId.delete(member.web_id)
  audience.counts[member.status] -= 1
  audience.changes += 1
}

/** Changes a member's status, the counts and `last_changed`. */
export function changeStatus(state: EmulatorState, audience: Audience, member: Member, status: MemberStatus): void {
  if (member.status !== status) {
    audience.counts[member.status] -= 1
    audience.counts[status] += 1
    member.status = status
    if (status === 'subscribed') noteAddition(state, audience)
  }
  audience.changes += 1
  if (status === 'subscribed') delete member.unsubscribe_reason
  member.last_changed = stamp(state.clock.now())
}

/** Gives a member another address: contact_id and web_id stay, id and unique_email_id change (mailchimp.md §3.3). */
export function changeAddress(state: EmulatorState, audience: Audience, member: Member, address: string): void {
  const id = emailId(address)
  if (id !== member.id) {
    takeMember(audience, member)
    member.former_ids = [...(member.former_ids ?? []), member.id]
    Object.assign(member, { id, unique_email_id: uniqueEmailId(address) })
    putMember(state, audience, member)
  }
  member.email_address = address
  member.last_changed = stamp(state.clock.now())
}

/**
 * Permanent deletion (mailchimp.md §1.2): the member is gone, the address is barred from this audience, and the person's rows
 * in reports are made anonymous, unless the mischief `reports-keep-addresses` is on.
 */
export function forgetMember(state: EmulatorState, audience: Audience, member: Member): void {
  takeMember(audience, member)
  audience.forgotten.add(member.id)
  if (takeMischief(state, 'reports-keep-addresses', { email: member.email_address, list: audience.id })) return
  anonymiseRows(state, audience, [member.id, ...(member.former_ids ?? [])])
}

function anonymiseRows(state: EmulatorState, audience: Audience, ids: string[]): void {
  const nobody = { email_address: '', merge_fields: {} }
  for (const report of state.reports.values()) {
    if (report.list_id !== audience.id) continue
    for (const id of ids) {
      const sent = report.sentTo.get(id)
      if (sent) Object.assign(sent, nobody)
      const unsubscribed = report.unsubscribed.get(id)
      if (unsubscribed) Object.assign(unsubscribed, nobody)
    }
    for (const row of report.abuse) if (ids.includes(row.email_id)) Object.assign(row, nobody)
  }
  for (const row of audience.abuseReports) if (ids.includes(row.email_id)) Object.assign(row, nobody)
}

function noteAddition(state: EmulatorState, audience: Audience): void {
  audience.additions += 1
  audience.addedAt = state.clock.now()
  audience.lastSubscribed = stamp(audience.addedAt)
}

function defaultMergeFields(): MergeField[] {
  const field = (merge_id: number, tag: string, name: string, type: string, isPublic: boolean, options: Json) => ({
    merge_id,
    tag,
    name,
    type,
    required: false,
    default_value: '',
    public: isPublic,
    display_order: merge_id + 1,
    options,
    help_text: '',
  })
  return [
    field(1, 'FNAME', 'First Name', 'text', true, { size: 25 }),
    field(2, 'LNAME', 'Last Name', 'text', true, { size: 25 }),
    field(3, 'ADDRESS', 'Address', 'address', false, { default_country: 164 }),
    field(4, 'PHONE', 'Phone Number', 'phone', false, { phone_format: 'none' }),
    field(5, 'BIRTHDAY', 'Birthday', 'birthday', false, { date_format: 'MM/DD' }),
  ]
}
