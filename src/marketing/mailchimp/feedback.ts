// What comes back after sending: opt-outs, bounces and complaints, from the campaign's reports and the people's own
// statuses; and which report rows still show who somebody is.
import type ApiClient from '@mailchimp/mailchimp_marketing/src/ApiClient.js'
import type { z } from 'zod'
import { Refused, Unavailable } from '../../domain/errors.ts'
import type { ReportMark, ToolFeedback } from '../marketing-tool.ts'
import * as answers from './answers.ts'
import { readCampaign } from './campaign.ts'
import type { Client } from './client.ts'
import { orIfAbsent } from './failures.ts'
import { type AskPage, everyPage, type Page, pageSize } from './paging.ts'
import { membersOf, subscriberHash, toolIdsOf } from './people.ts'

/**
 * All feedback of a campaign in its audience; `toolCampaignId` is null where nothing was ever drafted. A draft has no
 * reports. Throws Refused when the audience or a campaign is gone (what they knew cannot be read any more), Unavailable
 * when a sent campaign has no report yet. Rows of people removed for ever name nobody and are left out.
 */
export async function* feedback(
  client: Client,
  audienceId: string,
  toolCampaignId: string | null,
): AsyncGenerator<ToolFeedback[]> {
  if (toolCampaignId !== null) yield* feedbackOfReports(client, toolCampaignId)
  yield* feedbackOfStatuses(client, audienceId)
  for await (const rows of everyPage(complaintsIn(client, audienceId, 'must-exist'), toItsEnd)) yield complaints(rows)
}

/**
 * What the reports of a campaign count, as a text that stays the same while they do; null where the tool does not say. `empty`:
 * there is no answer in them yet. Opens are none of our business.
 */
export async function reportMark({ call }: Client, id: string): Promise<ReportMark> {
  const fields = ['emails_sent', 'unsubscribed', 'abuse_reports', 'bounces']
  const asked = call('reads', answers.reportCounts, ({ reports }) => reports.getCampaignReport(id, { fields }))
  const counts = await orIfAbsent(asked, null)
  if (!counts) return null
  const { emails_sent, unsubscribed, abuse_reports, bounces } = counts
  const said = [unsubscribed, abuse_reports, bounces.hard_bounces, bounces.soft_bounces]
  return { mark: [emails_sent, ...said].join(' '), empty: said.every((count) => count === 0) }
}

/**
 * Report rows that still show an address or the value of a field, over every collection of reports. A collection that is gone,
 * or was never there, has none.
 */
export async function identifyingReportRows(client: Client, toolCampaignId: string): Promise<number> {
  const collections = reportsOf(client, toolCampaignId)
  let rows = 0
  for (const pages of [collections.deliveries, collections.optOuts, collections.activity, collections.complaints]) {
    for await (const page of everyPage<answers.ReportRow>(orNone(pages), toItsEnd))
      rows += page.filter(identifies).length
  }
  return rows
}

/** The feedback of one person, read just before they are removed. What does not know the person tells nothing. */
export async function feedbackOf(
  client: Client,
  audienceId: string,
  toolCampaignId: string | null,
  email: string,
): Promise<ToolFeedback[]> {
  const hash = subscriberHash(email)
  const excludeFields = ['_links']
  const found: ToolFeedback[] = []
  if (toolCampaignId !== null && (await hasReports(client, toolCampaignId, 'may-be-absent'))) {
    const id = toolCampaignId
    const ask = client.call
    const said = ask('reads', answers.optOut, ({ reports }) =>
      reports.getUnsubscribedListMember(id, hash, { excludeFields }),
    )
    found.push(...optOuts(rowsOf(await orIfAbsent(said, null))))
    const mailed = ask('reads', answers.delivery, ({ reports }) =>
      reports.getCampaignRecipient(id, hash, { excludeFields }),
    )
    found.push(...bounces(rowsOf(await orIfAbsent(mailed, null))))
  }
  const known = client.call('reads', answers.member, ({ lists }) =>
    lists.getListMember(audienceId, hash, { excludeFields }),
  )
  found.push(...ownStatuses(rowsOf(await orIfAbsent(known, null))))
  for await (const rows of everyPage(complaintsIn(client, audienceId, 'may-be-absent'), toItsEnd)) {
    found.push(...complaints(rows.filter(({ email_address }) => subscriberHash(email_address) === hash)))
  }
  return found
}

async function* feedbackOfReports(client: Client, toolCampaignId: string): AsyncGenerator<ToolFeedback[]> {
  const reports = reportsOf(client, toolCampaignId)
  try {
    for await (const rows of everyPage(reports.optOuts, toItsEnd)) yield optOuts(rows)
    for await (const rows of everyPage(reports.complaints, toItsEnd)) yield complaints(rows)
    for await (const rows of everyPage(reports.deliveries, toItsEnd)) yield bounces(rows)
  } catch (failure) {
    if (!(failure instanceof NoReport) || (await hasReports(client, toolCampaignId, 'must-exist'))) throw failure
  }
}

/** The people's own statuses alone, as feedback: who opted out of the audience or bounced. */
export async function* feedbackOfStatuses(client: Client, audienceId: string): AsyncGenerator<ToolFeedback[]> {
  for (const status of ['unsubscribed', 'cleaned']) {
    for await (const members of membersOf(client, audienceId, status)) yield ownStatuses(members)
  }
}

/** Complaints about an audience, whatever campaign they answer. */
function complaintsIn({ ask }: Client, audienceId: string, absence: Absence) {
  return async (offset: number): Promise<() => Page<answers.Complaint>> => {
    const options = { ...withoutLinks('abuse_reports'), count: pageSize, offset }
    const asked = ask('reads', answers.reportPages.complaints, (sdk) =>
      sdk.lists.getListAbuseReports(audienceId, options),
    )
    return absence === 'must-exist' ? asked : orIfAbsent(asked, noRows)
  }
}

/** Reports are read to their end, each page ahead of its turn. */
const toItsEnd = { ahead: true }

type Absence = 'must-exist' | 'may-be-absent'

/** A campaign that is a draft has no reports yet; one that was sent must have them, or nothing of it can be trusted. */
async function hasReports(client: Client, toolCampaignId: string, absence: Absence) {
  const { state } = await readCampaign(client, toolCampaignId)
  if (state === 'absent' && absence === 'must-exist') {
    throw new Refused('our campaign is gone from Mailchimp, and its reports with it: its feedback cannot be read')
  }
  return state === 'sending' || state === 'sent' || state === 'cancelled'
}

function reportsOf({ ask }: Client, id: string) {
  const reader =
    <Row>(answer: z.ZodType<Page<Row>>, rows: string, of: (sdk: ApiClient, page: PageOptions) => Promise<unknown>) =>
    (offset: number): Promise<() => Page<Row>> =>
      present(ask('reads', answer, (sdk) => of(sdk, { ...withoutLinks(rows), count: pageSize, offset })))
  const { optOuts, deliveries, activity, complaints } = answers.reportPages
  return {
    optOuts: reader(optOuts, 'unsubscribes', ({ reports }, page) => reports.getUnsubscribedListForCampaign(id, page)),
    deliveries: reader(deliveries, 'sent_to', ({ reports }, page) => reports.getCampaignRecipients(id, page)),
    activity: reader(activity, 'emails', ({ reports }, page) => reports.getEmailActivityForCampaign(id, page)),
    complaints: reader(complaints, 'abuse_reports', (sdk, page) => complaintsOf(sdk, id, page)),
  }
}

type PageOptions = { excludeFields: string[]; count: number; offset: number }

/** The SDK's own function cannot page this collection. */
async function complaintsOf(sdk: ApiClient, id: string, { count, offset }: PageOptions): Promise<unknown> {
  const path = '/reports/{campaign_id}/abuse-reports'
  const json = ['application/json']
  const { data } = await sdk.callApi(
    path,
    'GET',
    { campaign_id: id },
    { count, offset },
    {},
    {},
    null,
    [],
    json,
    json,
    '',
  )
  return data
}

/** Reports go with their campaign: then there is nothing to page. */
function orNone<Row>(ask: AskPage<Row>): AskPage<Row> {
  return async (offset) => {
    try {
      return await ask(offset)
    } catch (failure) {
      if (failure instanceof NoReport) return noRows
      throw failure
    }
  }
}

const noRows = () => ({ rows: [], total: 0 })

class NoReport extends Unavailable {}

async function present<Answer>(asked: Promise<Answer>): Promise<Answer> {
  const answer = await orIfAbsent(asked, null)
  if (!answer) throw new NoReport('Mailchimp has no report of a campaign that was sent: it will be asked again')
  return answer
}

const withoutLinks = (rows: string) => ({ excludeFields: ['_links', `${rows}._links`] })

/** After a permanent deletion the address is empty or a made-up one that begins with `forgotten.`. */
function isNamed({ email_address }: answers.ReportRow): boolean {
  return email_address.trim() !== '' && !/^forgotten[.@]/i.test(email_address)
}

function identifies(row: answers.ReportRow): boolean {
  return isNamed(row) || answers.holdsValue(row.merge_fields ?? {})
}

function optOuts(rows: answers.OptOut[]): ToolFeedback[] {
  return rows.filter(isNamed).map((row) => inReport('opted-out', row, row.timestamp, row.reason))
}

function complaints(rows: answers.Complaint[]): ToolFeedback[] {
  return rows.filter(isNamed).map((row) => inReport('complained', row, row.date, ''))
}

/** The report of deliveries tells no time of a bounce. */
function bounces(rows: answers.Delivery[]): ToolFeedback[] {
  return rows.filter(isNamed).flatMap((row) => {
    if (row.status === 'hard') return [inReport('bounced-hard', row, null, '')]
    return row.status === 'soft' ? [inReport('bounced-soft', row, null, '')] : []
  })
}

function inReport(kind: ToolFeedback['kind'], row: answers.ReportRow, at: Date | null, reason: string): ToolFeedback {
  return { kind, from: 'report', email: row.email_address, toolIds: [], at, reason: reason || null }
}

function ownStatuses(members: answers.Member[]): ToolFeedback[] {
  return members.flatMap((member) => {
    if (member.status !== 'unsubscribed' && member.status !== 'cleaned') return []
    const kind = member.status === 'cleaned' ? 'bounced-hard' : 'opted-out'
    const { email_address: email, last_changed: at, unsubscribe_reason: reason } = member
    return [{ kind, from: 'people', email, toolIds: toolIdsOf(member), at, reason: reason || null }]
  })
}

function rowsOf<Row>(row: Row | null): Row[] {
  return row === null ? [] : [row]
}
