// Step 8: everybody is taken out of the tool for ever: people first, the empty audience when the tool lets go of it.
import { Refused } from '../src/domain/errors.ts'
import type { MarketingTool } from '../src/marketing/marketing-tool.ts'
import { type CampaignRecord, findCampaign, note } from '../src/register/campaigns.ts'
import { lastUnanswered, markRemoved, settleUnanswered } from '../src/register/recipients.ts'
import { tooLateForQuiet } from './collect-feedback.ts'
import { emptyAudience } from './empty-audience.ts'
import { processor, type StepContext } from './processor.ts'
import { readFeedback } from './read-feedback.ts'
import { orderMayStillAct } from './watch-delivery.ts'

const day = 86_400_000

export const withdrawRecipients = processor('withdraw-recipients', async ({ campaignId }, ctx) => {
  const { db, clock, config } = ctx
  const campaign = await findCampaign(db, campaignId)
  if (campaign?.state !== 'withdrawing' || campaign.emptiedAt) return

  const tool = ctx.tool(campaign.tool)
  const audienceId = campaign.audienceId as string
  try {
    // The same job that deletes has read all feedback just before (I3); only the operator's order goes without.
    const news = campaign.feedbackUnknown ? 0 : await readFeedback(ctx, campaign, { whole: true })
    if (news > 0 && campaign.because === 'settled' && !tooLateForQuiet(campaign, clock())) {
      return { againInMs: Math.min(60_000, config.pollMs), waitingFor: 'feedback to grow quiet' }
    }
    await emptyAudience(tool, audienceId)
  } catch (failure) {
    // Where there is no audience any more there is nobody to read or to remove.
    if (!(failure instanceof Refused) || (await tool.audienceExists(audienceId))) throw failure
  }
  // An order to add people that was never answered may still be carried out: nobody is called gone before.
  const wait = await unansweredFor(ctx, campaignId)
  if (wait > 0)
    return { againInMs: Math.min(wait, 5000), waitingFor: 'the tool to be done with people it was told to add' }
  await markRemoved(db, campaignId, 'all', clock())
  await settleUnanswered(db, campaignId, clock())
  await dropShell(ctx, campaign, tool)
  await note(db, campaignId, { emptiedAt: clock() }, 'withdrawing')
})

/** How long until the last unanswered intent is past acting. Milliseconds; 0 when there is none. */
async function unansweredFor({ db, clock }: StepContext, campaignId: string): Promise<number> {
  const last = await lastUnanswered(db, campaignId)
  return last ? Math.max(0, last.getTime() + orderMayStillAct - clock().getTime()) : 0
}

/** Deletes the empty audience, or notes when to ask again. Never delays the withdrawal of people. */
async function dropShell(
  { db, clock, log }: StepContext,
  campaign: CampaignRecord,
  tool: MarketingTool,
): Promise<void> {
  try {
    const answer = await tool.deleteAudience(campaign.audienceId as string)
    if (answer === 'deleted') {
      await note(db, campaign.id, { shell: 'deleted', shellDeletedAt: clock(), shellNotBefore: null })
      return
    }
    log.info({ because: answer.refused }, 'the tool keeps the empty audience for now')
  } catch (error) {
    log.warn({ error: (error as Error).name }, 'the empty audience could not be deleted now')
  }
  const notBefore = campaign.sentAt
    ? new Date(campaign.sentAt.getTime() + 7 * day)
    : new Date(clock().getTime() + day / 24)
  await note(db, campaign.id, {
    shell: 'pending',
    shellNotBefore: notBefore < clock() ? new Date(clock().getTime() + day / 4) : notBefore,
  })
}
