// Step 6: what people said comes back, read completely each time, until the settle window is over and nothing new comes.
import { withdraw } from '../src/domain/campaign.ts'
import { untilNextRead } from '../src/flow.ts'
import { type CampaignRecord, findCampaign, record } from '../src/register/campaigns.ts'
import { processor } from './processor.ts'
import { readFeedback } from './read-feedback.ts'

const quietPatience = 12 * 3_600_000

/** From 12 h after the settle window on one complete read is enough. */
export function tooLateForQuiet({ settleUntil }: CampaignRecord, now: Date): boolean {
  return now.getTime() - (settleUntil?.getTime() ?? 0) > quietPatience
}

export const collectFeedback = processor('collect-feedback', async ({ campaignId }, ctx) => {
  const { db, clock, config } = ctx
  const campaign = await findCampaign(db, campaignId)
  if (!campaign || !['opened', 'disclosed', 'sent'].includes(campaign.state)) return

  if (campaign.cancelWanted && campaign.state === 'sent') {
    await record(db, campaignId, 'worker', (one) => (one.state === 'sent' ? withdraw(one, 'cancelled', clock()) : null))
    return
  }
  const begun = clock()
  const news = await readFeedback(ctx, campaign, { whole: false })
  const settled = campaign.settleUntil && begun >= campaign.settleUntil
  if (campaign.state !== 'sent') return
  if (!settled)
    return { againInMs: Math.max(1000, untilNextRead(campaign, clock(), config.pollMs)), waitingFor: 'feedback' }

  // Quiet is two complete reads in a row without news, of which the second is the one in the deleting job.
  if (news > 0 && !tooLateForQuiet(campaign, begun)) {
    return { againInMs: Math.min(60_000, config.pollMs), waitingFor: 'feedback to grow quiet' }
  }
  await record(db, campaignId, 'worker', (one) => (one.state === 'sent' ? withdraw(one, 'settled', clock()) : null))
})
