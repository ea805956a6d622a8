// Reports of sent campaigns (mailchimp.md §5). Rows outlive archiving and the audience; permanent deletion makes them anonymous.
import { pageOf } from '../collections.ts'
import { type Json, textOf } from '../json.ts'
import { linksTo } from '../presentation.ts'
import { notFound } from '../problems.ts'
import { type Answer, type Call, ok, type Route } from '../router.ts'
import type { AbuseRow, EmulatorState, Report, ReportPerson, SentRow, UnsubscribeRow } from '../state.ts'

export const reportRoutes: Route[] = [
  { method: 'GET', path: '/reports', handle: getReports },
  { method: 'GET', path: '/reports/:campaign_id', handle: (call) => ok(presentReport(call.state, reportOf(call))) },
  { method: 'GET', path: '/reports/:campaign_id/sent-to', handle: getSentTo },
  { method: 'GET', path: '/reports/:campaign_id/sent-to/:subscriber_hash', handle: getSentToOne },
  { method: 'GET', path: '/reports/:campaign_id/unsubscribed', handle: getUnsubscribed },
  { method: 'GET', path: '/reports/:campaign_id/unsubscribed/:subscriber_hash', handle: getUnsubscribedOne },
  { method: 'GET', path: '/reports/:campaign_id/email-activity', handle: getActivity },
  { method: 'GET', path: '/reports/:campaign_id/email-activity/:subscriber_hash', handle: getActivityOfOne },
  { method: 'GET', path: '/reports/:campaign_id/abuse-reports', handle: getAbuse },
  { method: 'GET', path: '/reports/:campaign_id/abuse-reports/:report_id', handle: getAbuseOne },
]

/** A row of `/sent-to`. */
export function presentSentTo(state: EmulatorState, report: Report, row: SentRow): Json {
  const { status } = row
  return {
    ...person(report, row),
    status,
    open_count: 0,
    last_open: '',
    absplit_group: '',
    gmt_offset: 0,
    ...about(state, report),
  }
}

/** A row of `/unsubscribed`. */
export function presentUnsubscribed(state: EmulatorState, report: Report, row: UnsubscribeRow): Json {
  return { ...person(report, row), timestamp: row.timestamp, reason: row.reason, ...about(state, report) }
}

/** A row of `/email-activity`. */
export function presentActivity(state: EmulatorState, report: Report, row: SentRow, since?: number): Json {
  const { email_id, email_address, activity = [] } = row
  const recent = activity.filter((one) => since === undefined || Date.parse(one.timestamp) >= since)
  return { ...about(state, report), email_id, email_address, activity: recent }
}

/** A row of `/abuse-reports`. */
export function presentAbuse(state: EmulatorState, report: Report, row: AbuseRow): Json {
  return { id: row.id, ...about(state, report), ...person(report, row), date: row.date }
}

function getReports({ state, query }: Call): Answer {
  const { rows, total } = pageOf(query, state.reports.values(), (report) => presentReport(state, report))
  return ok({ reports: rows, total_items: total, _links: linksTo(state, '/reports') })
}

function getSentTo(call: Call): Answer {
  const report = reportOf(call)
  const present = (row: SentRow) => presentSentTo(call.state, report, row)
  return collection(call, 'sent_to', pageOf(call.query, report.sentTo.values(), present))
}

function getUnsubscribed(call: Call): Answer {
  const report = reportOf(call)
  const present = (row: UnsubscribeRow) => presentUnsubscribed(call.state, report, row)
  return collection(call, 'unsubscribes', pageOf(call.query, report.unsubscribed.values(), present))
}

function getActivity(call: Call): Answer {
  const report = reportOf(call)
  const since = Date.parse(textOf(call.query['since']))
  const present = (row: SentRow) => presentActivity(call.state, report, row, Number.isNaN(since) ? undefined : since)
  return collection(call, 'emails', pageOf(call.query, report.sentTo.values(), present))
}

// The SPEC knows no count and offset here (mailchimp.md §5): all rows at once.
function getAbuse(call: Call): Answer {
  const report = reportOf(call)
  const rows = report.abuse.map((row) => presentAbuse(call.state, report, row))
  return collection(call, 'abuse_reports', { rows, total: rows.length })
}

function collection(call: Call, name: string, { rows, total }: { rows: Json[]; total: number }): Answer {
  const campaign_id = call.params['campaign_id']
  return ok({ [name]: rows, campaign_id, total_items: total, _links: linksTo(call.state, `/reports/${campaign_id}`) })
}

function getSentToOne(call: Call): Answer {
  const report = reportOf(call)
  return ok(presentSentTo(call.state, report, found(report.sentTo.get(hashOf(call)))))
}

function getUnsubscribedOne(call: Call): Answer {
  const report = reportOf(call)
  return ok(presentUnsubscribed(call.state, report, found(report.unsubscribed.get(hashOf(call)))))
}

function getActivityOfOne(call: Call): Answer {
  const report = reportOf(call)
  return ok(presentActivity(call.state, report, found(report.sentTo.get(hashOf(call)))))
}

function getAbuseOne(call: Call): Answer {
  const report = reportOf(call)
  const row = report.abuse.find((one) => String(one.id) === call.params['report_id'])
  return ok(presentAbuse(call.state, report, found(row)))
}

function presentReport(state: EmulatorState, report: Report): Json {
  let hard = 0
  let soft = 0
  for (const { status } of report.sentTo.values()) {
    if (status === 'hard') hard += 1
    if (status === 'soft') soft += 1
  }
  return {
    id: report.campaign_id,
    campaign_title: report.campaign_title,
    type: 'regular',
    ...about(state, report),
    list_name: report.list_name,
    subject_line: report.subject_line,
    preview_text: '',
    emails_sent: report.sentTo.size,
    abuse_reports: report.abuse.length,
    unsubscribed: report.unsubscribed.size,
    send_time: report.send_time,
    bounces: { hard_bounces: hard, soft_bounces: soft, syntax_errors: 0 },
    opens: { opens_total: 0, unique_opens: 0, open_rate: 0, last_open: '' },
    clicks: { clicks_total: 0, unique_clicks: 0, unique_subscriber_clicks: 0, click_rate: 0, last_click: '' },
    list_stats: { sub_rate: 0, unsub_rate: 0, open_rate: 0, click_rate: 0 },
    timeseries: [],
    ecommerce: { total_orders: 0, total_spent: 0, total_revenue: 0, currency_code: 'EUR' },
    delivery_status: { enabled: false },
    _links: linksTo(state, `/reports/${report.campaign_id}`),
  }
}

function person(report: Report, row: ReportPerson): Json {
  const merge_fields: Json = {}
  for (const tag of report.mergeTags) if (tag in row.merge_fields) merge_fields[tag] = row.merge_fields[tag]
  return { email_id: row.email_id, email_address: row.email_address, merge_fields, vip: row.vip }
}

// `list_is_active` is how a report says that its audience is deleted (mailchimp.md §1.3).
function about(state: EmulatorState, report: Report): Json {
  const list_is_active = state.audiences.has(report.list_id)
  return { campaign_id: report.campaign_id, list_id: report.list_id, list_is_active }
}

function reportOf(call: Call): Report {
  return found(call.state.reports.get(call.params['campaign_id'] ?? ''))
}

function hashOf(call: Call): string {
  return (call.params['subscriber_hash'] ?? '').toLowerCase()
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw notFound()
  return value
}
