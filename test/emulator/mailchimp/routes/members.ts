// Members of an audience (mailchimp.md §1.1, §1.2, §3.2, §4).
import { admit, amend } from '../admission.ts'
import { changeStatus, findMember, forgetMember } from '../audience.ts'
import { pageOf, pageOfList } from '../collections.ts'
import { type Json, objectOf, textOf } from '../json.ts'
import { takeMischief } from '../mischief.ts'
import { linksTo, presentMember } from '../presentation.ts'
import { invalidFields, methodNotAllowed, notFound } from '../problems.ts'
import { type Answer, type Call, noContent, ok, type Route, takeTimeFor } from '../router.ts'
import type { Audience, EmulatorState, Member } from '../state.ts'
import { announceMember } from '../webhooks.ts'
import { audienceOf } from './lists.ts'

export const memberRoutes: Route[] = [
  { method: 'GET', path: '/lists/:list_id/members', handle: getMembers },
  { method: 'POST', path: '/lists/:list_id/members', handle: addMember },
  { method: 'GET', path: '/lists/:list_id/members/:subscriber_hash', handle: getMember },
  { method: 'PUT', path: '/lists/:list_id/members/:subscriber_hash', handle: setMember },
  { method: 'PATCH', path: '/lists/:list_id/members/:subscriber_hash', handle: updateMember },
  { method: 'DELETE', path: '/lists/:list_id/members/:subscriber_hash', handle: archiveMember },
  {
    method: 'POST',
    path: '/lists/:list_id/members/:subscriber_hash/actions/delete-permanent',
    handle: deletePermanent,
  },
]

function getMembers(call: Call): Answer {
  const { state, query } = call
  const audience = audienceOf(call)
  const present = (member: Member) => presentMember(state, audience, member)
  const { rows, total } = isPlainListing(query)
    ? pageOfList(query, byOptInTime(audience), present)
    : pageOf(query, sorted(candidates(audience, query), query), present, filterOf(state, query))
  const _links = linksTo(state, `/lists/${audience.id}/members`)
  return ok({ members: rows, list_id: audience.id, total_items: total, _links })
}

function candidates(audience: Audience, query: Json): Iterable<Member> {
  // Something that can be gone through more than once.
  if (query['unique_email_id'] === undefined) return { [Symbol.iterator]: () => audience.members.values() }
  const member = audience.members.get(audience.idByUniqueEmailId.get(textOf(query['unique_email_id'])) ?? '')
  return member ? [member] : []
}

// Archived members are listed only when asked for (a third party's observation, mailchimp.md §4).
function filterOf(state: EmulatorState, query: Json): (member: Member) => boolean {
  const status = query['status']
  const since = timeOf(query, 'since_last_changed')
  const before = timeOf(query, 'before_last_changed')
  const unsubscribedSince = timeOf(query, 'unsubscribed_since')
  if (unsubscribedSince !== undefined && status !== 'unsubscribed') {
    throw invalidFields([{ field: 'unsubscribed_since', message: 'The member status must be unsubscribed.' }])
  }
  const inclusive = state.assumptions.sinceLastChanged === 'inclusive'
  const after = (changed: number, time: number) => (inclusive ? changed >= time : changed > time)
  return (member) => {
    if (status === undefined ? member.status === 'archived' : member.status !== status) return false
    if (since === undefined && before === undefined && unsubscribedSince === undefined) return true
    const changed = Date.parse(member.last_changed)
    if (since !== undefined && !after(changed, since)) return false
    if (unsubscribedSince !== undefined && !after(changed, unsubscribedSince)) return false
    return before === undefined || changed < before
  }
}

function timeOf(query: Json, name: string): number | undefined {
  if (query[name] === undefined) return undefined
  const time = Date.parse(textOf(query[name]))
  if (Number.isNaN(time)) throw invalidFields([{ field: name, message: 'This value is not a valid datetime.' }])
  return time
}

function sorted(members: Iterable<Member>, query: Json): Iterable<Member> {
  const field = query['sort_field']
  if (field !== 'timestamp_opt' && field !== 'timestamp_signup' && field !== 'last_changed') return members
  const key = (member: Member) => (field === 'timestamp_signup' ? textOf(member.other?.[field]) : member[field])
  const direction = query['sort_dir'] === 'DESC' ? -1 : 1
  return [...members].sort((a, b) => direction * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}

/** Everybody but the archived, by opt-in time: how a reader goes through an audience. */
function isPlainListing(query: Json): boolean {
  const narrowed = ['status', 'unique_email_id', 'since_last_changed', 'before_last_changed', 'unsubscribed_since']
  return (
    query['sort_field'] === 'timestamp_opt' && query['sort_dir'] === 'ASC' && !narrowed.some((name) => name in query)
  )
}

/** That listing, kept until a member changes: a million people are not sorted anew for each of their thousand pages. */
function byOptInTime(audience: Audience): Member[] {
  if (audience.listing?.changes !== audience.changes) {
    const members = [...audience.members.values()].filter(({ status }) => status !== 'archived')
    members.sort((a, b) => (a.timestamp_opt < b.timestamp_opt ? -1 : a.timestamp_opt > b.timestamp_opt ? 1 : 0))
    audience.listing = { changes: audience.changes, members }
  }
  return audience.listing.members
}

function getMember(call: Call): Answer {
  return ok(presentMember(call.state, audienceOf(call), memberOf(call)))
}

async function addMember(call: Call): Promise<Answer> {
  await takeTimeFor(call, 1)
  const audience = audienceOf(call)
  const { member } = admit(call.state, audience, objectOf(call.body), { updateExisting: false, ...validation(call) })
  return ok(presentMember(call.state, audience, member))
}

async function setMember(call: Call): Promise<Answer> {
  const audience = audienceOf(call)
  const sent = objectOf(call.body)
  const member = findMember(audience, call.params['subscriber_hash'] ?? '')
  if (member) {
    amend(call.state, audience, member, sent, { updateExisting: true, ...validation(call) })
    return ok(presentMember(call.state, audience, member))
  }
  await takeTimeFor(call, 1)
  const fresh = { ...sent, status: sent['status_if_new'] ?? sent['status'] }
  const created = admit(call.state, audience, fresh, { updateExisting: true, ...validation(call) })
  return ok(presentMember(call.state, audience, created.member))
}

function updateMember(call: Call): Answer {
  const audience = audienceOf(call)
  const member = memberOf(call)
  amend(call.state, audience, member, objectOf(call.body), { updateExisting: true, ...validation(call) })
  return ok(presentMember(call.state, audience, member))
}

/**
 * DELETE archives and keeps everything (mailchimp.md §1.1). It is not idempotent: what is bounced, pending or archived already
 * is refused with 405.
 */
function archiveMember(call: Call): Answer {
  const { state } = call
  const audience = audienceOf(call)
  const member = memberOf(call)
  refuseDeletion(state, audience, member)
  if (['cleaned', 'pending', 'archived'].includes(member.status)) {
    const detail = 'This list member cannot be removed. Can not archive a contact that is bounced, pending or archived'
    throw methodNotAllowed('GET, PUT', detail)
  }
  changeStatus(state, audience, member, 'archived')
  announceDeletion(state, audience, member)
  return noContent
}

/** mailchimp.md §1.2: afterwards the member is a 404, as if it had never been, and cannot be imported again. */
function deletePermanent(call: Call): Answer {
  const { state } = call
  const audience = audienceOf(call)
  const member = memberOf(call)
  refuseDeletion(state, audience, member)
  forgetMember(state, audience, member)
  announceDeletion(state, audience, member)
  return noContent
}

function refuseDeletion(state: EmulatorState, audience: Audience, member: Member): void {
  if (!takeMischief(state, 'refuse-member-deletion', { email: member.email_address, list: audience.id })) return
  throw methodNotAllowed('GET, PUT', 'This list member cannot be removed.  Please contact support.')
}

// Assumption, the worse case (mailchimp.md §6, §12i): a caller's own deletions come back looking like opt-outs.
function announceDeletion(state: EmulatorState, audience: Audience, member: Member): void {
  if (!state.assumptions.deletionFiresUnsubscribe) return
  announceMember(state, audience, 'unsubscribe', member, 'api', { action: 'delete', reason: 'manual' })
}

function memberOf(call: Call): Member {
  const member = findMember(audienceOf(call), call.params['subscriber_hash'] ?? '')
  if (!member) throw notFound()
  return member
}

function validation(call: Call): { skipMergeValidation: boolean } {
  return { skipMergeValidation: call.query['skip_merge_validation'] === 'true' }
}
