// Step 5: the tool sends. We look; and tell it again only when it surely never heard.
import { deliver } from '../src/domain/campaign.ts'
import { Refused } from '../src/domain/errors.ts'
import { findCampaign, record, takeSendOrder } from '../src/register/campaigns.ts'
import { markSent } from '../src/register/recipients.ts'
import { processor } from './processor.ts'

// The tool gives up on a request after 120 s (mailchimp.md §7); until then an unanswered order may still be carried out.
export const orderMayStillAct = 180_000

export const watchDelivery = processor('watch-delivery', async ({ campaignId }, ctx) => {
  const { db, clock } = ctx
  const campaign = await findCampaign(db, campaignId)
  if (campaign?.state !== 'sending') return

  const tool = ctx.tool(campaign.tool)
  const toolCampaignId = campaign.toolCampaignId as string
  const there = await tool.campaign(toolCampaignId)
  const waited = clock().getTime() - (campaign.sendingAt?.getTime() ?? 0)
  switch (there.state) {
    case 'sent':
      await record(db, campaignId, 'worker', async (one, tx) => {
        if (one.state !== 'sending') return null
        await markSent(tx, campaignId, there.sentAt ?? clock())
        return deliver(one, { sentCount: there.sentCount, sentAt: there.sentAt ?? clock() }, clock())
      })
      return
    case 'sending':
    case 'scheduled':
      return { againInMs: Math.min(15_000, 250 + waited / 10), waitingFor: 'the tool to send' }
    case 'draft': {
      if (!(await takeSendOrder(db, campaignId, clock(), orderMayStillAct))) {
        return { againInMs: 1000, waitingFor: 'the tool to start sending' }
      }
      await tool.send(toolCampaignId)
      return { againInMs: 250, waitingFor: 'the tool to send' }
    }
    case 'cancelled':
    case 'absent':
      if (!campaign.cancelWanted)
        throw new Refused(
          `The campaign is ${there.state} in the tool while it should be sending. Cancel it and resume: then everybody is taken out.`,
        )
      // The tool will send no more: the wish is carried out. Whoever may have got the mail counts as mailed.
      await record(db, campaignId, 'worker', async (one, tx) => {
        if (one.state !== 'sending') return null
        const sentCount = there.state === 'cancelled' ? there.sentCount : 0
        if (sentCount > 0) await markSent(tx, campaignId, clock())
        return deliver(one, { sentCount, sentAt: clock() }, clock())
      })
      return
    default:
      return there satisfies never
  }
})
