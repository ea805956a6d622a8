// When somebody must look: a campaign that should be over, an answer nobody applies, a door that is missing or tried.
import { type Campaign, type CampaignState, underlying } from './campaign.ts'

export const alarmKinds = [
  'deadline-near',
  'deadline-passed',
  'halted',
  'feedback-waiting',
  'links-guessed',
  'webhook-missing',
  'transfer-lapsed',
] as const
export type AlarmKind = (typeof alarmKinds)[number]

/** What each says, to whoever looks after the installation. */
export const alarmPhrases: Record<AlarmKind, string> = {
  'deadline-near': 'people are in the tool, and the deadline is near',
  'deadline-passed': 'people are in the tool, and the deadline is over',
  halted: 'a campaign has stopped',
  'feedback-waiting': 'feedback has not been applied for too long',
  'links-guessed': 'opt-out links are being guessed',
  'webhook-missing': 'a campaign has no webhook',
  'transfer-lapsed': 'the transfer to the tool should have been checked again',
}

/** Whether it is told ahead of time: nothing is wrong yet. */
export function isWarning(kind: AlarmKind): boolean {
  return kind === 'deadline-near'
}

/** What is wrong now; `campaignId` is null where it is about no campaign alone. */
export type Alarm = { kind: AlarmKind; campaignId: string | null }

/** What is looked at for one campaign. */
export type CampaignFacts = {
  campaign: Campaign & { deadline: Date | null; openedAt: Date | null }
  webhookWorks: boolean
  guessedAt: Date | null
}

const hour = 3_600_000
/** So long before its deadline a campaign with people in the tool is warned about: a healthy one is long over by then. */
const warnBefore = 6 * hour
/** So long a webhook may take to be made, and its tool to answer. */
const webhookGrace = hour / 4
/** So long after the last guess the alarm stands. */
const guessesStand = 24 * hour

/** The alarms of one campaign now. `reachable`: the tool could tell us, for there is a public address. */
export function campaignAlarms(facts: CampaignFacts, reachable: boolean, now: Date): AlarmKind[] {
  const { campaign, webhookWorks, guessedAt } = facts
  const { deadline, openedAt, state } = campaign
  const left = deadline && !over(state) ? deadline.getTime() - now.getTime() : Number.POSITIVE_INFINITY
  const open = ['opened', 'disclosed', 'sending', 'sent'].includes(underlying(campaign))
  const deaf = open && reachable && !webhookWorks && now.getTime() - (openedAt ?? now).getTime() > webhookGrace
  const found: [boolean, AlarmKind][] = [
    [left >= 0 && left < warnBefore, 'deadline-near'],
    [left < 0, 'deadline-passed'],
    [state === 'halted', 'halted'],
    [deaf, 'webhook-missing'],
    [guessedAt !== null && now.getTime() - guessedAt.getTime() < guessesStand, 'links-guessed'],
  ]
  return found.filter(([holds]) => holds).map(([, kind]) => kind)
}

function over(state: CampaignState): boolean {
  return state === 'withdrawn' || state === 'closed'
}
