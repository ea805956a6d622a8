// Every answer of Mailchimp that we rely on. Unknown keys are ignored, but for a person's record, where a value in a
// field that nobody expects must be noticed.
import { z } from 'zod'

const id = z.union([z.string(), z.number()]).transform(String)
/** Mailchimp writes "" or null where it has nothing; both read as ''. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')
const moment = text.transform((value) => toDate(value))

/** A collection under `key`, with how many rows there are in all. */
function collection<Row extends z.ZodType>(key: string, row: Row) {
  return z
    .object({ [key]: z.array(row), total_items: z.number().int().nonnegative() })
    .transform((answer) => ({ rows: answer[key] as z.output<Row>[], total: answer['total_items'] as number }))
}

/** 204, or an empty 200. */
export const nothing = z.union([z.null(), z.literal('')])

export const account = z.object({ account_id: z.string().min(1), account_name: text, pricing_plan_type: text })
export const pong = z.object({ health_status: z.string().min(1) })

export const audience = z.object({ id: z.string().min(1) })
export const audiencePage = collection(
  'lists',
  z.object({ id: z.string().min(1), name: z.string(), date_created: moment }),
)
export const fieldPage = collection('merge_fields', z.object({ merge_id: id, tag: z.string() }))

const switches = z.record(z.string(), z.boolean()).catch({})
export const webhook = z.object({ id: z.string().min(1), url: text, events: switches, sources: switches })
export const madeWebhook = webhook.extend({ signing_secret: text })
export const webhookList = z.object({ webhooks: z.array(webhook) })

const addedMember = z.object({ email_address: z.string(), unique_email_id: text, contact_id: text })
export const batchAdd = z.object({
  new_members: z.array(addedMember),
  errors: z.array(z.object({ email_address: text, error: text, error_code: text })),
})

/**
 * What Mailchimp fills by itself in the record of a person whom the API added (mailchimp.md §4), and nobody here reads. Among it
 * `ip_opt`, which recorded API adds carry with the address of the machine that called, ours, and not of the person.
 */
export const filledByMailchimp = [
  'full_name',
  'web_id',
  'list_id',
  'email_type',
  'consents_to_one_to_one_messaging',
  'ip_opt',
  'timestamp_opt',
  'member_rating',
  'source',
  '_links',
]
/** The only fields of a person's record that may hold a value: those, what we sent and what we read. */
const expectedFields = new Set([
  ...filledByMailchimp,
  'id',
  'email_address',
  'unique_email_id',
  'contact_id',
  'status',
  'unsubscribe_reason',
  'last_changed',
])
const expectedMergeFields = new Set(['FNAME', 'LNAME'])

/** The names of fields that hold a value outside the expected list; never a value. Zero, false and "" are no values. */
function unexpectedFields(record: unknown): string[] {
  const found: string[] = []
  for (const [field, value] of entriesOf(record)) {
    if (field === 'merge_fields') found.push(...unexpectedMergeFields(value))
    else if (!expectedFields.has(field) && holdsValue(value)) found.push(field)
  }
  return found
}

function unexpectedMergeFields(fields: unknown): string[] {
  return entriesOf(fields).flatMap(([tag, value]) =>
    expectedMergeFields.has(tag) || !holdsValue(value) ? [] : [`merge_fields.${tag}`],
  )
}

function entriesOf(record: unknown): [string, unknown][] {
  return typeof record === 'object' && record !== null ? Object.entries(record) : []
}

/** Whether anything but emptiness is in there, however deep. */
export function holdsValue(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() !== ''
  if (value instanceof Date) return true
  if (typeof value === 'object' && value !== null) return Object.values(value).some(holdsValue)
  return Boolean(value)
}

const person = z.object({
  id: z.string().min(1),
  email_address: text,
  unique_email_id: text,
  contact_id: text,
  status: z.string(),
  unsubscribe_reason: text,
  last_changed: moment,
})
/** A person's record as far as we use it, and under `unexpected` the names of what else holds a value in it. */
export const member = person.and(z.unknown().transform((record) => ({ unexpected: unexpectedFields(record) })))
export type Member = z.infer<typeof member>
export const memberPage = collection('members', member)
export const addressPage = collection('members', person.pick({ id: true, email_address: true }))

export const batch = z.object({ id: z.string().min(1), status: z.string(), response_body_url: text })
export const batchResults = z.array(z.object({ operation_id: z.string(), status_code: z.coerce.number().int() }))

const recipients = z
  .object({ list_id: text, recipient_count: z.number().int().nullish() })
  .nullish()
  .transform((value) => ({ listId: value?.list_id ?? '', count: value?.recipient_count ?? null }))
const tracking = z
  .object({
    opens: z.boolean().catch(false),
    html_clicks: z.boolean().catch(false),
    text_clicks: z.boolean().catch(false),
  })
  .nullish()
  .transform((value) => (value ? value.opens || value.html_clicks || value.text_clicks : false))
export const campaign = z.object({
  id: z.string().min(1),
  status: z.string(),
  emails_sent: z.number().int().nullish(),
  send_time: moment,
  recipients,
  tracking,
})
export const campaignPage = collection(
  'campaigns',
  z.object({ id: z.string().min(1), settings: z.object({ title: text }) }),
)
export const draftPage = collection(
  'campaigns',
  z.object({ id: z.string().min(1), create_time: moment, settings: z.object({ title: text, subject_line: text }) }),
)
export const templatePage = collection('templates', z.object({ id, name: text, date_created: moment }))
export const campaignContent = z.object({ html: text })
export const checklist = z.object({
  is_ready: z.boolean(),
  items: z.array(z.object({ type: z.string(), heading: text, details: text })).catch([]),
})

// A report names a person by `email_id`, the md5 of the address; no id that a link or a webhook brings back.
/** What a report counts; where one of the counts is missing, nothing can be said of any. */
export const reportCounts = z
  .object({
    emails_sent: z.number().int(),
    unsubscribed: z.number().int(),
    abuse_reports: z.number().int(),
    bounces: z.object({ hard_bounces: z.number().int(), soft_bounces: z.number().int() }),
  })
  .nullish()
  .catch(null)

const reportRow = z.looseObject({ email_address: text, merge_fields: z.record(z.string(), z.unknown()).nullish() })
export type ReportRow = z.infer<typeof reportRow>
export const optOut = reportRow.extend({ timestamp: moment, reason: text })
export type OptOut = z.infer<typeof optOut>
export const delivery = reportRow.extend({ status: text })
export type Delivery = z.infer<typeof delivery>
const complaint = reportRow.extend({ date: moment })
export type Complaint = z.infer<typeof complaint>
export const reportPages = {
  optOuts: collection('unsubscribes', optOut),
  complaints: collection('abuse_reports', complaint),
  deliveries: collection('sent_to', delivery),
  activity: collection('emails', reportRow),
}

function toDate(value: string): Date | null {
  const milliseconds = Date.parse(value)
  return Number.isNaN(milliseconds) ? null : new Date(milliseconds)
}
