// The life of a campaign: its states, the moves each allows, and one function per move that returns one event.
import { IllegalMove, NotAllowed } from './errors.ts'

export const campaignStates = [
  'draft',
  'approved',
  'selected',
  'opened',
  'disclosed',
  'sending',
  'sent',
  'withdrawing',
  'withdrawn',
  'closed',
  'halted',
] as const
export type CampaignState = (typeof campaignStates)[number]

/** Why a withdrawal began. */
export type WithdrawalReason = 'settled' | 'cancelled' | 'operator' | 'deadline'
export type Outcome = 'sent' | 'cancelled'
/** What is left in the tool when nobody is: nothing, an empty audience it will not let go of yet, or nothing after all. */
export type Shell = 'none' | 'pending' | 'deleted'

/** A campaign as the register holds it: its state, and the facts that states and clocks depend on. Times are UTC. */
export type Campaign<S extends CampaignState = CampaignState> = {
  id: string
  name: string
  state: S
  because: WithdrawalReason | null
  outcome: Outcome | null
  resumeTo: CampaignState | null
  cancelWanted: boolean
  sendAt: Date | null
  settleSeconds: number
  batches: number
  audienceId: string | null
  toolCampaignId: string | null
  firstDisclosedAt: Date | null
  sentAt: Date | null
  settleUntil: Date | null
  emptiedAt: Date | null
  deadline: Date | null
  shell: Shell
  shellNotBefore: Date | null
}

/** Every legal move, in the order a healthy campaign makes them. A pair that is missing here does not compile below. */
export const moves = {
  draft: ['approve', 'cancel'],
  approved: ['select', 'cancel', 'halt'],
  selected: ['open', 'cancel', 'halt'],
  opened: ['disclose', 'withdraw', 'cancel', 'halt'],
  disclosed: ['send', 'withdraw', 'cancel', 'halt'],
  sending: ['deliver', 'wish', 'halt'],
  sent: ['withdraw', 'cancel', 'halt'],
  withdrawing: ['empty', 'halt'],
  withdrawn: ['close', 'halt'],
  closed: [],
  halted: ['resume', 'withdraw', 'cancel', 'wish'],
} as const satisfies Record<CampaignState, readonly string[]>

export type CampaignEvent = { campaignId: string; at: Date } & (
  | { type: 'campaign-approved'; toolAccountId: string }
  | { type: 'recipients-selected'; people: number; selected: number; batches: number }
  | { type: 'audience-opened'; audienceId: string; toolCampaignId: string }
  | { type: 'recipients-disclosed' }
  | { type: 'sending-started' }
  | { type: 'campaign-sent'; sentCount: number; sentAt: Date }
  | { type: 'cancel-wanted' }
  | { type: 'withdrawal-started'; because: WithdrawalReason }
  | { type: 'campaign-withdrawn'; verification: object }
  | { type: 'campaign-closed'; outcome: Outcome }
  | { type: 'campaign-halted'; sentence: string }
  | { type: 'campaign-resumed' }
)

/** The owner says: send this. `toolAccountId` is the account whose preflight passed. */
export function approve(campaign: Campaign, toolAccountId: string, at: Date): CampaignEvent {
  const { id } = during(campaign, 'draft', 'approve')
  return { type: 'campaign-approved', campaignId: id, at, toolAccountId }
}

/** Everyone asked for is now a recipient or excluded with a reason. Counts are contacts. */
export function select(campaign: Campaign, counts: { people: number; selected: number; batches: number }, at: Date) {
  const { id } = during(campaign, 'approved', 'select')
  return { type: 'recipients-selected', campaignId: id, at, ...counts } satisfies CampaignEvent
}

/** The throw-away audience and the campaign's draft exist in the tool, empty. */
export function open(campaign: Campaign, ids: { audienceId: string; toolCampaignId: string }, at: Date) {
  const { id } = during(campaign, 'selected', 'open')
  return { type: 'audience-opened', campaignId: id, at, ...ids } satisfies CampaignEvent
}

/** Every selected person is settled: `open` counts those who are not (selected or intended). */
export function disclose(campaign: Campaign, open: number, at: Date): CampaignEvent {
  const { id } = during(campaign, 'opened', 'disclose')
  if (open > 0) throw new IllegalMove(`campaign ${id} cannot be disclosed: ${open} recipients are not settled`)
  return { type: 'recipients-disclosed', campaignId: id, at }
}

/** The gate: nobody in the tool may have said no by now. Committed before the tool is told to send. */
export function send(campaign: Campaign, gate: { inTool: number; barred: number }, at: Date): CampaignEvent {
  const { id } = during(campaign, 'disclosed', 'send')
  if (gate.barred > 0) throw new IllegalMove(`campaign ${id} cannot be sent: ${gate.barred} recipients said no`)
  if (gate.inTool === 0) throw new IllegalMove(`campaign ${id} cannot be sent: nobody is in the tool`)
  return { type: 'sending-started', campaignId: id, at }
}

/** The tool says that it has sent. `sentAt` is the tool's time. */
export function deliver(campaign: Campaign, facts: { sentCount: number; sentAt: Date }, at: Date): CampaignEvent {
  const { id } = during(campaign, 'sending', 'deliver')
  return { type: 'campaign-sent', campaignId: id, at, ...facts }
}

/** Begins taking everybody back. From here on sending is illegal, whatever jobs still wait. */
export function withdraw(campaign: Campaign, because: WithdrawalReason, at: Date): CampaignEvent {
  const from = underlying(campaign)
  if (from === 'sending') return { type: 'cancel-wanted', campaignId: campaign.id, at }
  if (from !== 'opened' && from !== 'disclosed' && from !== 'sent') {
    throw new NotAllowed(`Campaign ${campaign.name} is ${from}: there is nobody to withdraw. ${advice(from)}`)
  }
  return { type: 'withdrawal-started', campaignId: campaign.id, at, because }
}

/** Nobody is left, read back independently (I8). */
export function empty(campaign: Campaign, verification: { remaining: number }, at: Date): CampaignEvent {
  const { id } = during(campaign, 'withdrawing', 'empty')
  if (verification.remaining > 0) {
    throw new IllegalMove(`campaign ${id} is not withdrawn: ${verification.remaining} people or report rows remain`)
  }
  return { type: 'campaign-withdrawn', campaignId: id, at, verification }
}

/** The certificate can be written. */
export function close(campaign: Campaign, at: Date): CampaignEvent {
  const { id, sentAt } = during(campaign, 'withdrawn', 'close')
  return { type: 'campaign-closed', campaignId: id, at, outcome: sentAt ? 'sent' : 'cancelled' }
}

/**
 * The owner changes their mind: closed at once while nobody has been disclosed, a withdrawal afterwards, a wish while sending.
 * Throws NotAllowed with a sentence elsewhere.
 */
export function cancel(campaign: Campaign, at: Date): CampaignEvent {
  const campaignId = campaign.id
  const from = underlying(campaign)
  switch (from) {
    case 'draft':
    case 'approved':
    case 'selected':
      return { type: 'campaign-closed', campaignId, at, outcome: 'cancelled' }
    case 'opened':
    case 'disclosed':
    case 'sent':
      return { type: 'withdrawal-started', campaignId, at, because: 'cancelled' }
    case 'sending':
      return { type: 'cancel-wanted', campaignId, at }
    case 'withdrawing':
    case 'withdrawn':
    case 'closed':
    case 'halted':
      throw new NotAllowed(`Campaign ${campaign.name} is ${from} and cannot be cancelled. ${advice(from)}`)
    default:
      return from satisfies never
  }
}

/** Stops with a sentence for the operator; leaves by resume, withdraw or cancel only. */
export function halt(campaign: Campaign, sentence: string, at: Date): CampaignEvent {
  if (!(moves[campaign.state] as readonly string[]).includes('halt')) throw illegal(campaign, 'halt')
  return { type: 'campaign-halted', campaignId: campaign.id, at, sentence }
}

/** The operator has mended what was wrong: back to where it stood. */
export function resume(campaign: Campaign, at: Date): CampaignEvent {
  if (campaign.state !== 'halted') {
    throw new NotAllowed(`Campaign ${campaign.name} is ${campaign.state}, not halted: there is nothing to resume.`)
  }
  return { type: 'campaign-resumed', campaignId: campaign.id, at }
}

const hour = 3_600_000

/** What an event changes in a campaign: state and the facts that hang on it. Pure; the only place that says so. */
export function changes(campaign: Campaign, event: CampaignEvent): Partial<Campaign> & Record<string, unknown> {
  const { at } = event
  switch (event.type) {
    case 'campaign-approved':
      return { state: 'approved', approvedAt: at, toolAccountId: event.toolAccountId }
    case 'recipients-selected':
      return { state: 'selected', selectedAt: at, people: event.people, batches: event.batches }
    case 'audience-opened':
      return {
        state: 'opened',
        openedAt: at,
        audienceId: event.audienceId,
        toolCampaignId: event.toolCampaignId,
        shell: 'pending',
      }
    case 'recipients-disclosed':
      return { state: 'disclosed', disclosedAt: at }
    case 'sending-started':
      return { state: 'sending', sendingAt: at, sendAttemptedAt: null }
    case 'campaign-sent': {
      const settleUntil = new Date(event.sentAt.getTime() + campaign.settleSeconds * 1000)
      const deadline = new Date(settleUntil.getTime() + 24 * hour)
      return { state: 'sent', sentAt: event.sentAt, sentCount: event.sentCount, settleUntil, deadline }
    }
    case 'cancel-wanted':
      return { cancelWanted: true }
    case 'withdrawal-started':
      return { state: 'withdrawing', because: event.because, withdrawalStartedAt: at, emptiedAt: null, ...unhalted }
    case 'campaign-withdrawn':
      return { state: 'withdrawn', withdrawnAt: at, verification: event.verification }
    case 'campaign-closed':
      return { state: 'closed', closedAt: at, outcome: event.outcome, ...unhalted }
    case 'campaign-halted':
      return { state: 'halted', resumeTo: campaign.state, haltedBecause: event.sentence, waitingFor: null }
    case 'campaign-resumed':
      return { state: campaign.resumeTo ?? 'draft', gateStartedAt: null, ...unhalted }
    default:
      return event satisfies never
  }
}

const unhalted = { resumeTo: null, haltedBecause: null, waitingFor: null }

/** The state a campaign is in, looking through a halt to where it would resume. */
export function underlying(campaign: Campaign): CampaignState {
  return campaign.state === 'halted' ? (campaign.resumeTo ?? 'draft') : campaign.state
}

/** Narrows to the state a move needs. A pair missing from `moves` does not compile. */
function during<S extends CampaignState>(campaign: Campaign, state: S, move: (typeof moves)[S][number]): Campaign<S> {
  if (campaign.state !== state) throw illegal(campaign, move)
  return campaign as Campaign<S>
}

function illegal(campaign: Campaign, move: string): IllegalMove {
  return new IllegalMove(`campaign ${campaign.id} is ${campaign.state}: it cannot ${move}`)
}

function advice(state: CampaignState): string {
  switch (state) {
    case 'withdrawing':
      return 'Everybody is being taken out of the tool already.'
    case 'withdrawn':
    case 'closed':
      return 'Nobody is left in the tool.'
    default:
      return 'Use `lupa campaign cancel` to end it.'
  }
}

/** How often feedback is read in the settle window. */
export function pollsOf({ settleSeconds }: Pick<Campaign, 'settleSeconds'>, pollMs: number): number {
  return Math.ceil((settleSeconds * 1000) / pollMs)
}
