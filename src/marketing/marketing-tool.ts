// THE port: what any email-marketing tool must do for us. Our words only; a tool's own words stay in its folder.
// Every function may throw RateLimited, Unavailable or Refused (domain/errors.ts) and nothing else.
import type { Payload, Refusal } from '../domain/disclosure.ts'

/** The account behind the key, as the tool tells it. `audiencesAllowed` is null when the plan sets no limit that we know of. */
export type ToolAccount = { id: string; name: string; plan: string; audiencesAllowed: number | null }

/** What the tool must know of the sender before it opens an audience. Everything here is about the company, nobody else. */
export type AudienceOpening = {
  name: string
  company: string
  street: string
  postalCode: string
  city: string
  country: string // ISO 3166 two letters
  language: 'fi' | 'en'
  fromName: string
  fromEmail: string
  subject: string
  permissionReminder: string
}

/** A mail ready to be sent: checked and finished by `newsletter`. */
export type Mail = { name: string; subject: string; fromName: string; fromEmail: string; html: string }

/** A recipient on the way out. `recipient` is our own handle and never leaves. */
export type Outgoing = { recipient: string; payload: Payload }

/** What the tool said of one recipient. `already-there` decides nothing: read the audience. `retryLater`: the tool may take them later. */
export type AddOutcome =
  | { recipient: string; outcome: 'accepted'; toolIds: string[] }
  | { recipient: string; outcome: 'already-there' }
  | { recipient: string; outcome: 'refused'; because: Refusal; retryLater: boolean }

/** `archived`: out of sight, yet kept by the tool with all data. */
export type ToolPersonStatus = 'subscribed' | 'opted-out' | 'bounced' | 'pending' | 'archived' | 'other'
export const toolPersonStatuses = ['subscribed', 'opted-out', 'bounced', 'pending', 'archived', 'other'] as const

/** One person as the tool holds them. `unexpected` names the fields that hold a value they should not (never the value). */
export type ToolPerson = {
  email: string
  status: ToolPersonStatus
  toolIds: string[]
  changedAt: Date | null
  unexpected: string[]
}

export type ToolFeedbackKind = 'opted-out' | 'complained' | 'bounced-hard' | 'bounced-soft'

/** One piece of feedback as read from the tool. `at` is the tool's time, null where it tells none. */
export type ToolFeedback = {
  kind: ToolFeedbackKind
  from: 'report' | 'people'
  email: string
  toolIds: string[]
  at: Date | null
  reason: string | null
}

/** The counts of a campaign's reports in one text; `empty` when nobody has answered yet. Null where the tool does not say. */
export type ReportMark = { mark: string; empty: boolean } | null

/** A webhook as the tool holds it. `asked`: it asks for every kind of news we need, and for none of our own doings. */
export type ToolWebhook = { id: string; url: string; asked: boolean }

/** A delivery of a webhook as it arrived: the body byte by byte, and the header fields in lower case. */
export type RawDelivery = { body: Uint8Array; headers: Record<string, string | string[] | undefined> }

export type ToolDeliveryKind =
  | 'opted-out'
  | 'complained'
  | 'bounced-hard'
  | 'address-changed'
  | 'changed'
  | 'sent'
  | 'other'

/**
 * What a delivery says, reduced. `at` is the tool's time, null where it tells none; `reason` a code of a closed list. `emails` and
 * `toolIds` name one person, of whom `address-changed` names the old address and the new. `echo`: the tool repeats what a caller
 * or an operator did there; never a word of the person's own.
 */
export type ToolDelivery = {
  kind: ToolDeliveryKind
  at: Date | null
  reason: string | null
  audienceId: string | null
  toolCampaignId: string | null
  toolIds: string[]
  emails: string[]
  echo: boolean
}

/** A campaign inside the tool. `recipientCount` is null while the tool still computes it. */
export type ToolCampaign =
  | { state: 'absent' }
  | {
      state: 'draft' | 'scheduled' | 'sending' | 'sent' | 'cancelled'
      recipientCount: number | null
      sentCount: number
      sentAt: Date | null
    }

/** Whether the tool would send now. `waiting`: not yet, ask again; `problems`: never without somebody's act. */
export type Readiness = { ready: boolean; waiting: boolean; problems: string[] }

/** Where to find a design that the owner made in the tool. */
export type ToolDesign = { kind: 'template'; id: string } | { kind: 'draft'; id: string }

/** How a tool writes placeholders into a mail. `pattern` is global; its first group is the placeholder's name. */
export type Placeholders = {
  pattern: RegExp
  /** Names the tool fills from what we push or by itself; any other name would reach the recipient as it stands. */
  filled: (name: string) => boolean
  campaignId: string
  recipientId: string
  /** The tool's own way out, for an href. */
  toolOptOut: string
  /** Ready HTML or text of the sender's postal address. */
  postalAddress: string
}

/** What is known of a tool without calling it. */
export type ToolTraits = {
  name: string
  /** The most people one `addPeople` may carry. */
  batchSize: number
  placeholders: Placeholders
  /** The tool's names of the only fields that ever leave, sorted. */
  fields: readonly string[]
  /** A payload as this tool's own field names write it, for preview: exactly what would leave. */
  asSent: (payload: Payload) => Record<string, string>
  /**
   * Checks the signature of a delivery (where the tool gave a signing secret) and reduces it. Pure, never throws: what it cannot
   * read is of kind `other`.
   */
  readDelivery: (delivery: RawDelivery, signingSecret: string | null, now: Date) => ToolDelivery | 'wrong-signature'
  /**
   * About how many requests a whole campaign of so many people costs, when nothing is throttled; `polls`: how often its feedback is
   * looked at while nobody answers, `connections`: how many are used at once. Without webhooks.
   */
  requestCost: (people: number, polls: number, connections: number) => number
}

export type MarketingTool = ToolTraits & {
  /** The account behind the key. `ping`: asks first whether the tool is there at all, as a preflight does. */
  account: (options?: { ping?: boolean }) => Promise<ToolAccount>
  /** Every audience of the account, page by page to the end. */
  audiences: () => Promise<{ id: string; name: string; createdAt: Date | null }[]>
  /** Opens the audience of this name, or finds the one a lost answer left; trims its fields to first and last name and reads them back. */
  openAudience: (opening: AudienceOpening) => Promise<{ audienceId: string }>
  /** Deletes the audience. `refused` carries the tool's sentence; it may be asked again later. An absent one counts as deleted. */
  deleteAudience: (audienceId: string) => Promise<'deleted' | { refused: string }>
  audienceExists: (audienceId: string) => Promise<boolean>

  /** Makes a webhook of the audience. The tool asks the URL first, and refuses one that does not answer. The secret is told once; null where the tool does not sign. */
  makeWebhook: (audienceId: string, url: string) => Promise<{ webhookId: string; signingSecret: string | null }>
  /** Every webhook of the audience. */
  webhooks: (audienceId: string) => Promise<ToolWebhook[]>
  /** Deletes a webhook. An absent one counts as deleted. */
  deleteWebhook: (audienceId: string, webhookId: string) => Promise<void>

  /** Adds people, never updating one who is there. One outcome per recipient, in any order. */
  addPeople: (audienceId: string, people: Outgoing[]) => Promise<AddOutcome[]>
  /** Everybody in the audience in every status, archived too, in pages of at most 1,000. */
  people: (audienceId: string) => AsyncGenerator<ToolPerson[]>
  /** The addresses of everybody in the audience, in every status, archived too, in pages of at most 1,000: whom to remove. */
  addresses: (audienceId: string) => AsyncGenerator<string[]>
  /** How many people the audience holds, counted by reading each status (never a cached figure). */
  countPeople: (audienceId: string) => Promise<number>
  /** Removes one person for ever, with what reports hold of them. An absent one counts as removed. */
  removePerson: (audienceId: string, email: string) => Promise<void>
  /** Removes many for ever; returns those it could not, with the tool's answer (status code), never a sentence with an address. */
  removePeople: (audienceId: string, emails: string[]) => Promise<{ failed: { email: string; status: number }[] }>

  /** The designs made in the tool: templates of the account's own, and drafts, ours too. Names only. */
  designs: () => Promise<(ToolDesign & { name: string; madeAt: Date | null })[]>
  /** The HTML of a design made in the tool. Never changes it. */
  readDesign: (design: ToolDesign) => Promise<string>
  /** Makes our campaign for this audience (tracking off), or finds the one of this name a lost answer left; sets its content and reads it back. */
  draftCampaign: (audienceId: string, mail: Mail) => Promise<{ toolCampaignId: string }>
  campaign: (toolCampaignId: string) => Promise<ToolCampaign>
  readiness: (toolCampaignId: string) => Promise<Readiness>
  /** Orders the sending, once. Not idempotent in the tool: after an unknown outcome look at `campaign` first. */
  send: (toolCampaignId: string) => Promise<void>
  /** Sends one test mail of a draft campaign to an address of the company's own. */
  sendTest: (toolCampaignId: string, to: string) => Promise<void>
  /** Deletes the campaign with its reports. An absent one counts as deleted. */
  deleteCampaign: (toolCampaignId: string) => Promise<'deleted' | { refused: string }>

  /** What the campaign's reports count now: while the mark is the same, nothing was added to them. */
  reportMark: (toolCampaignId: string) => Promise<ReportMark>
  /** All feedback of a campaign: reports (opt-outs, complaints, bounces) and the people's own statuses, page by page to the end. */
  feedback: (audienceId: string, toolCampaignId: string | null) => AsyncGenerator<ToolFeedback[]>
  /** The people's own statuses alone: the rest of the feedback while the reports' mark is the same. */
  feedbackOfStatuses: (audienceId: string) => AsyncGenerator<ToolFeedback[]>
  /** The feedback of one person, read just before they are removed. */
  feedbackOf: (audienceId: string, toolCampaignId: string | null, email: string) => Promise<ToolFeedback[]>
  /** Report rows of the campaign that still show an address or a name: rows, over every report collection. */
  identifyingReportRows: (toolCampaignId: string) => Promise<number>
}
