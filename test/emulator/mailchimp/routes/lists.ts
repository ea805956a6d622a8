import { createAudience } from '../audience.ts'
import { DAY } from '../clock.ts'
import { pageOf } from '../collections.ts'
import { type Json, objectOf, textOf, valueAt } from '../json.ts'
import { takeMischief } from '../mischief.ts'
import type { Plan } from '../options.ts'
import { linksTo, presentList } from '../presentation.ts'
import {
  actionNotPermitted,
  audienceHeld,
  audienceSending,
  type FieldError,
  invalidFields,
  notFound,
} from '../problems.ts'
import { type Answer, type Call, noContent, ok, type Route } from '../router.ts'
import type { Audience, EmulatorState } from '../state.ts'
import { announceMember } from '../webhooks.ts'

export const listRoutes: Route[] = [
  { method: 'GET', path: '/lists', handle: getLists },
  { method: 'POST', path: '/lists', handle: createList },
  { method: 'GET', path: '/lists/:list_id', handle: (call) => ok(presentList(call.state, audienceOf(call))) },
  { method: 'PATCH', path: '/lists/:list_id', handle: updateList },
  { method: 'DELETE', path: '/lists/:list_id', handle: deleteList },
  { method: 'GET', path: '/lists/:list_id/abuse-reports', handle: getAbuseReports },
]

/** The audience that the path names; throws 404 when it does not exist, or does not any more. */
export function audienceOf(call: Call): Audience {
  const audience = call.state.audiences.get(call.params['list_id'] ?? '')
  if (!audience) throw notFound()
  return audience
}

function getLists({ state, query }: Call): Answer {
  const { rows, total } = pageOf(query, state.audiences.values(), (audience) => presentList(state, audience))
  return ok({ lists: rows, total_items: total, constraints: constraintsOf(state), _links: linksTo(state, '/lists') })
}

/** mailchimp.md §2 */
const AUDIENCES_ALLOWED: Record<Plan, number> = {
  free: 1,
  essentials: 3,
  standard: 5,
  premium: Number.POSITIVE_INFINITY,
}

const REQUIRED = [
  'name',
  'contact.company',
  'contact.address1',
  'contact.city',
  'contact.country',
  'permission_reminder',
  'campaign_defaults.from_name',
  'campaign_defaults.from_email',
  'campaign_defaults.subject',
  'campaign_defaults.language',
]

function createList({ state, body }: Call): Answer {
  const settings = objectOf(body)
  const missing: FieldError[] = REQUIRED.filter((path) => typeof valueAt(settings, path) !== 'string').map((path) => ({
    field: path,
    message: 'Required fields were not provided',
  }))
  if (typeof settings['email_type_option'] !== 'boolean') {
    missing.push({ field: 'email_type_option', message: 'Schema describes boolean' })
  }
  if (missing.length > 0) throw invalidFields(missing)
  if (state.audiences.size >= AUDIENCES_ALLOWED[state.plan]) throw actionNotPermitted()
  return ok(presentList(state, createAudience(state, withCountry(settings))))
}

function updateList(call: Call): Answer {
  const audience = audienceOf(call)
  audience.settings = withCountry({ ...audience.settings, ...objectOf(call.body) })
  return ok(presentList(call.state, audience))
}

// "Defaults to US if invalid" (mailchimp.md §2).
function withCountry(settings: Json): Json {
  const contact = objectOf(settings['contact'])
  const country = /^[A-Z]{2}$/i.test(textOf(contact['country'])) ? contact['country'] : 'US'
  return { ...settings, contact: { ...contact, country } }
}

/**
 * Deletion of the audience (mailchimp.md §1.3): members, forgotten addresses, opt-outs and webhooks go with it, unsubscribe
 * links die; campaigns and reports stay, with `list_is_active: false`. Held for seven days after a send, and while something
 * is scheduled or being sent.
 */
function deleteList(call: Call): Answer {
  const { state } = call
  const audience = audienceOf(call)
  refuseHeld(state, audience)
  if (state.assumptions.deletionFiresUnsubscribe) {
    for (const member of audience.members.values()) {
      announceMember(state, audience, 'unsubscribe', member, 'api', { action: 'delete', reason: 'manual' })
    }
  }
  state.audiences.delete(audience.id)
  if (state.assumptions.reportRowsAfterAudienceDeletion === 'empty') emptyReportRows(state, audience)
  return noContent
}

function refuseHeld(state: EmulatorState, audience: Audience): void {
  const campaigns = [...state.campaigns.values()].filter((campaign) => campaign.list_id === audience.id)
  if (campaigns.some((campaign) => campaign.status === 'sending')) throw audienceSending()
  if (takeMischief(state, 'refuse-audience-deletion', { list: audience.id })) throw audienceHeld()
  if (state.assumptions.audienceDeletionHold === 'off') return
  const sentLately = audience.lastSentAt !== undefined && state.clock.now() < audience.lastSentAt + 7 * DAY
  if (sentLately || campaigns.some((campaign) => campaign.status === 'schedule')) throw audienceHeld()
}

function emptyReportRows(state: EmulatorState, audience: Audience): void {
  for (const report of state.reports.values()) {
    if (report.list_id !== audience.id) continue
    const rows = [...report.sentTo.values(), ...report.unsubscribed.values(), ...report.abuse]
    for (const row of rows) Object.assign(row, { email_address: '', merge_fields: {} })
  }
}

function getAbuseReports(call: Call): Answer {
  const audience = audienceOf(call)
  const present = (row: Json) => ({ ...row, list_id: audience.id })
  const { rows, total } = pageOf(call.query, audience.abuseReports, present)
  return ok({ abuse_reports: rows, list_id: audience.id, total_items: total })
}

function constraintsOf(state: EmulatorState): Json {
  const allowed = AUDIENCES_ALLOWED[state.plan]
  const max = Number.isFinite(allowed) ? allowed : -1
  return {
    may_create: state.audiences.size < allowed,
    max_instances: max,
    current_total_instances: state.audiences.size,
  }
}
