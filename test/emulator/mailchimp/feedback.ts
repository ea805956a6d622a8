// What people do with a mail: unsubscribe, bounce, complain, change their address. Members, report rows and webhooks follow.
import { changeAddress, changeStatus, emailId } from './audience.ts'
import { stamp } from './clock.ts'
import { type Json, textOf } from './json.ts'
import type { Audience, EmulatorState, Member, Report, ReportPerson } from './state.ts'
import { announce, announceMember, announceMove, definedMergeFields } from './webhooks.ts'

/** Whom feedback is about: a live member, and the report of the campaign it answers, if it answers one. */
export type Target = { audience: Audience; member: Member; report?: Report }

export type TargetQuery = { email?: string; uniqueEmailId?: string; list?: string; campaign?: string }

/**
 * Finds the member by address or unique_email_id: in the audience asked for, in the campaign's, or in that of the campaign sent
 * last that reached the person. Throws an Error with one sentence when no living audience knows the person.
 */
export function findTarget(state: EmulatorState, asked: TargetQuery): Target {
  const reports = [...state.reports.values()].reverse()
  const asksCampaign = asked.campaign === undefined ? undefined : state.reports.get(asked.campaign)
  if (asked.campaign !== undefined && !asksCampaign)
    throw new Error(`No campaign "${asked.campaign}" has been delivered.`)
  const list = asked.list ?? asksCampaign?.list_id
  const audiences = [...state.audiences.values()].reverse().filter((one) => list === undefined || one.id === list)
  const known = audiences.flatMap((audience) => {
    const member = memberIn(audience, asked)
    return member ? [{ audience, member }] : []
  })
  const reached = ({ audience, member }: Target) =>
    asksCampaign ?? reports.find((report) => report.list_id === audience.id && rowIdIn(report, member) !== undefined)
  const target = known.find((one) => reached(one)) ?? known[0]
  if (!target)
    throw new Error('No living audience has that member: it was never added, or is deleted and its links are dead.')
  const report = reached(target)
  return { ...target, ...(report ? { report } : {}) }
}

/** The person opts out with the tool's own link, or on its page. A second time changes nothing. */
export function unsubscribe(state: EmulatorState, target: Target, reason = 'None given'): void {
  const { audience, member, report } = target
  if (member.status === 'unsubscribed') return
  if (report) {
    const timestamp = stamp(state.clock.now())
    const row = { ...personIn(report, member), timestamp, reason }
    report.unsubscribed.set(row.email_id, row)
  }
  changeStatus(state, audience, member, 'unsubscribed')
  member.unsubscribe_reason = reason
  const about = { action: 'unsub', reason: 'manual', campaign_id: report?.campaign_id ?? '' }
  announceMember(state, audience, 'unsubscribe', member, 'user', about)
}

/** A mail comes back. A hard bounce makes the member `cleaned`; a soft one only shows in the report. */
export function bounce(state: EmulatorState, target: Target, kind: 'hard' | 'soft'): void {
  const { audience, member, report } = target
  const row = report?.sentTo.get(rowIdIn(report, member) ?? '')
  if (row) {
    row.status = kind
    row.activity = [...(row.activity ?? []), { action: 'bounce', type: kind, timestamp: stamp(state.clock.now()) }]
  }
  if (kind === 'soft' || member.status === 'cleaned') return
  changeStatus(state, audience, member, 'cleaned')
  const campaign_id = report?.campaign_id ?? ''
  announce(state, audience, 'cleaned', 'mailchimp', {
    list_id: audience.id,
    campaign_id,
    reason: 'hard',
    email: member.email_address,
  })
}

/** The person calls it spam: an abuse report, and unsubscribed with the reason `abuse` (mailchimp.md §5). */
export function complain(state: EmulatorState, target: Target): void {
  const { audience, member, report } = target
  if (member.unsubscribe_reason === 'abuse') return
  const date = stamp(state.clock.now())
  const person = report ? personIn(report, member) : personOf(audience, member)
  const row = { id: state.nextWebId++, ...person, date, campaign_id: report?.campaign_id ?? '' }
  report?.abuse.push({ ...row })
  audience.abuseReports.push(row)
  changeStatus(state, audience, member, 'unsubscribed')
  member.unsubscribe_reason = 'abuse'
  const about = { action: 'unsub', reason: 'abuse', campaign_id: row.campaign_id }
  announceMember(state, audience, 'unsubscribe', member, 'user', about)
}

/** The person changes the address on the tool's profile page. */
export function moveTo(state: EmulatorState, { audience, member }: Target, newAddress: string): void {
  if (audience.members.has(emailId(newAddress))) throw new Error('That address is already a member of the audience.')
  const oldAddress = member.email_address
  changeAddress(state, audience, member, newAddress)
  announceMove(state, audience, member, oldAddress, 'user')
}

function memberIn(audience: Audience, asked: TargetQuery): Member | undefined {
  const id =
    asked.email === undefined ? audience.idByUniqueEmailId.get(textOf(asked.uniqueEmailId)) : emailId(asked.email)
  return audience.members.get(id ?? '')
}

// Rows stand under the address the mail went to, which the person may have changed since.
function rowIdIn(report: Report, member: Member): string | undefined {
  return [member.id, ...(member.former_ids ?? [])].find((id) => report.sentTo.has(id))
}

function personIn(report: Report, member: Member): ReportPerson {
  const row = report.sentTo.get(rowIdIn(report, member) ?? '')
  const { email_id, email_address, merge_fields, vip } = row ?? {
    email_id: member.id,
    email_address: member.email_address,
    merge_fields: member.merge_fields,
    vip: false,
  }
  return { email_id, email_address, merge_fields, vip }
}

function personOf(audience: Audience, member: Member): ReportPerson {
  const merge_fields: Json = definedMergeFields(audience, member)
  return { email_id: member.id, email_address: member.email_address, merge_fields, vip: false }
}
