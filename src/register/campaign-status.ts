// How a campaign stands, for people and programs: counts, feedback, who is in the tool now.
import type { DisclosureCounts } from '../domain/disclosure.ts'
import { type CampaignRecord, campaignById } from './campaigns.ts'
import type { Database } from './database.ts'
import { feedbackCounts } from './feedback.ts'
import { type TimeToSuppression, timeToSuppression } from './figures.ts'
import { disclosureCounts } from './recipients.ts'
import { type WebhookStatus, webhookStatus } from './webhooks.ts'

export type CampaignStatus = {
  id: string
  name: string
  state: string
  because: string | null
  outcome: string | null
  /** It was cancelled while the tool was sending: everybody leaves once it has sent. */
  cancelWanted: boolean
  counts: DisclosureCounts
  sent: number
  feedback: { optedOut: number; bounced: number; complained: number }
  timeToSuppression: TimeToSuppression
  webhook: WebhookStatus | null
  inTool: number
  lastReadAt: Date | null
  settleUntil: Date | null
  deadline: Date | null
  waitingFor: string | null
  halted: string | null
  shell: { state: string; notBefore: Date | null }
}

/** Reads how a campaign stands. `inTool` counts people who are there or may be. */
export async function campaignStatus(db: Database, campaignId: string): Promise<CampaignStatus> {
  const campaign = await campaignById(db, campaignId)
  const { sent, inTool, ...counts } = await disclosureCounts(db, campaignId)
  const feedback = await feedbackCounts(db, campaignId)
  return {
    id: campaign.id,
    name: campaign.name,
    state: campaign.state,
    because: campaign.because,
    outcome: campaign.outcome,
    cancelWanted: campaign.cancelWanted,
    counts,
    sent,
    feedback: {
      optedOut: feedback.optedOut,
      bounced: feedback.bouncedHard + feedback.bouncedSoft,
      complained: feedback.complained,
    },
    timeToSuppression: await timeToSuppression(db, campaignId),
    webhook: await webhookStatus(db, campaignId),
    inTool: inTool + (over(campaign) ? 0 : counts.unknown),
    lastReadAt: campaign.lastReadAt,
    settleUntil: campaign.settleUntil,
    deadline: campaign.deadline,
    waitingFor: campaign.waitingFor,
    halted: campaign.haltedBecause,
    shell: { state: campaign.shell, notBefore: campaign.shellNotBefore },
  }
}

function over({ state }: CampaignRecord): boolean {
  return state === 'withdrawn' || state === 'closed'
}
