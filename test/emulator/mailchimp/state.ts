// Everything the emulator remembers. Fields that Mailchimp itself names bear Mailchimp's names (snake_case).
import { type Assumptions, assume } from './assumptions.ts'
import { type Clock, createClock } from './clock.ts'
import type { Json } from './json.ts'
import type { Mischief } from './mischief.ts'
import type { EmulatorOptions, Plan } from './options.ts'
import type { WebhookQueue } from './webhooks.ts'

export const MEMBER_STATUSES = [
  'subscribed',
  'unsubscribed',
  'cleaned',
  'pending',
  'transactional',
  'archived',
] as const
export type MemberStatus = (typeof MEMBER_STATUSES)[number]

export type Member = {
  /** md5 of the lower-case address (mailchimp.md §3.3) */
  id: string
  email_address: string
  unique_email_id: string
  web_id: number
  status: MemberStatus
  unsubscribe_reason?: string
  /** Everything that was sent, also under tags the audience does not have. */
  merge_fields: Json
  email_type: string
  timestamp_opt: string
  last_changed: string
  source: string
  tags: string[]
  /** Every other field that was sent, known to Mailchimp or not, so that a leak shows. */
  other?: Json
  /** Ids under addresses the member had before: report rows stand under these. */
  former_ids?: string[]
}

export type MergeField = {
  merge_id: number
  tag: string
  name: string
  type: string
  required: boolean
  [more: string]: unknown
}

export type Webhook = {
  id: string
  url: string
  events: Record<string, boolean>
  sources: Record<string, boolean>
  secret: string
  disabled: boolean
}

export type ReportPerson = { email_id: string; email_address: string; merge_fields: Json; vip: boolean }
export type Activity = { action: 'bounce'; type: 'hard' | 'soft'; timestamp: string }
export type SentRow = ReportPerson & { status: 'sent' | 'hard' | 'soft'; activity?: Activity[] }
export type UnsubscribeRow = ReportPerson & { timestamp: string; reason: string }
export type AbuseRow = ReportPerson & { id: number; date: string; campaign_id: string }

export type Audience = {
  id: string
  web_id: number
  /** As sent on creation and by PATCH. */
  settings: Json
  date_created: string
  /** The first 24 hex digits of its members' contact_ids. */
  contactPrefix: string
  members: Map<string, Member>
  idByUniqueEmailId: Map<string, string>
  idByWebId: Map<number, string>
  counts: Record<MemberStatus, number>
  /** Grows with every change of a member; the listing by opt-in time is good as long as it bears the same number. */
  changes: number
  listing?: { changes: number; members: Member[] }
  /** Permanently deleted addresses (md5): per audience, and gone with it (mailchimp.md §1.2). */
  forgotten: Set<string>
  mergeFields: MergeField[]
  webhooks: Map<string, Webhook>
  abuseReports: AbuseRow[]
  /** How often somebody became mailable, and when last (ms): recipients are recounted after that. */
  additions: number
  addedAt: number
  /** When a campaign was last sent to it (ms); holds its deletion. */
  lastSentAt?: number
  campaignLastSent: string
  lastSubscribed: string
  cachedStats?: { at: number; stats: Json }
}

export type CampaignStatus = 'save' | 'paused' | 'schedule' | 'sending' | 'sent' | 'canceled'

export type Campaign = {
  id: string
  web_id: number
  type: string
  create_time: string
  status: CampaignStatus
  settings: Json
  tracking: Json
  recipients: Json
  content: { html: string; plain_text: string }
  content_type: string
  list_id: string
  list_name: string
  send_time: string
  emails_sent: number
  scheduledFor?: number
  /** What the asynchronous count of recipients knows (mailchimp.md §5). */
  counted: { additions: number; polls: number; count: number; since: number }
  other: Json
}

export type Report = {
  campaign_id: string
  campaign_title: string
  subject_line: string
  list_id: string
  list_name: string
  send_time: string
  /** Tags whose values rows show. */
  mergeTags: string[]
  sentTo: Map<string, SentRow>
  unsubscribed: Map<string, UnsubscribeRow>
  abuse: AbuseRow[]
}

export type Template = { id: number; name: string; html: string; date_created: string }

export type BatchOperation = { method: string; path: string; params: Json; body: unknown; operation_id: string }
export type Batch = {
  id: string
  status: 'pending' | 'preprocessing' | 'started' | 'finalizing' | 'finished'
  total_operations: number
  finished_operations: number
  errored_operations: number
  submittedAt: number
  completedAt?: number
  /** gzipped tar */
  result?: Buffer
  /** Address tokens of the result with the time (ms) each was given out. */
  tokens: Map<string, number>
}

/** One campaign as it left: enough to render each mail when somebody looks. */
export type Sending = {
  campaign_id: string
  list_id: string
  at: number
  test: boolean
  subject: string
  from_name: string
  reply_to: string
  html: string
  text: string
  list: Json
  mergeTags: string[]
  recipients: { email_address: string; unique_email_id: string; merge_fields: Json }[]
}

export type EmulatorState = {
  options: EmulatorOptions
  /** `http://127.0.0.1:<port>` */
  url: string
  clock: Clock
  plan: Plan
  assumptions: Assumptions
  audiences: Map<string, Audience>
  campaigns: Map<string, Campaign>
  reports: Map<string, Report>
  templates: Map<number, Template>
  batches: Map<string, Batch>
  sendings: Sending[]
  webhookQueue: WebhookQueue
  mischief: Mischief[]
  /** `waiting` counts looks at what was not ready yet; `times` when a route was asked first and last, and for how long in all (ms); `throttledAt` when it last asked us to wait. */
  requests: {
    total: number
    throttledAt: number
    waiting: number
    byRoute: Map<string, number>
    inBatches: Map<string, number>
    times: Map<string, { first: number; last: number; busy: number }>
  }
  bodyKeys: Map<string, Set<string>>
  connections: { now: number; highest: number }
  nextWebId: number
}

/** A new account without anything in it. */
export function emptyState(options: EmulatorOptions): EmulatorState {
  return {
    options,
    url: '',
    clock: createClock(),
    plan: options.plan,
    assumptions: assume(options.assumptions),
    audiences: new Map(),
    campaigns: new Map(),
    reports: new Map(),
    templates: new Map(),
    batches: new Map(),
    sendings: [],
    webhookQueue: { waiting: [], retries: [], working: 0, log: [] },
    mischief: [],
    requests: {
      total: 0,
      throttledAt: Number.NEGATIVE_INFINITY,
      waiting: 0,
      byRoute: new Map(),
      inBatches: new Map(),
      times: new Map(),
    },
    bodyKeys: new Map(),
    connections: { now: 0, highest: 0 },
    nextWebId: 387_987_849,
  }
}

/** Empties the account in place, so that whoever holds the state keeps seeing it. Requests under way keep their slots. */
export function resetState(state: EmulatorState, changes: Partial<EmulatorOptions>): void {
  const { url, connections } = state
  const options = { ...state.options, ...changes }
  Object.assign(state, emptyState(options), { url, connections: { now: connections.now, highest: connections.now } })
}
