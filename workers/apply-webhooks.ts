// What the tool's webhooks told is applied: believed where it is a no of somebody we disclosed, else the tool is read again.

import { findCampaign } from '../src/register/campaigns.ts'
import { applyFeedback } from '../src/register/feedback.ts'
import { applyDeliveries } from '../src/register/webhook-deliveries.ts'
import { processor, type StepContext } from './processor.ts'

/** So few at a time that in a rush the first no need not wait for the last delivery. */
const atATime = 25

export const applyWebhooks = processor('apply-webhooks', async (_payload, ctx) => {
  const { db, clock, log, queues } = ctx
  const reread = new Set<string>()
  let believed = 0
  for (let applied = atATime; applied === atATime; ) {
    const some = await applyDeliveries(db, clock(), atATime)
    if (some.believed > 0) await applyFeedback(db, clock())
    for (const campaignId of some.reread) reread.add(campaignId)
    applied = some.applied
    believed += some.believed
    if (applied > 0) log.info({ applied, believed: some.believed }, 'webhook deliveries applied')
  }
  if (believed > 0) {
    await queues.addNow({ job: 'find-removals', payload: {} })
    await queues.addNow({ job: 'write-ledger', payload: {} })
  }
  for (const campaignId of reread) await readAgain(ctx, campaignId)
  return undefined
})

/** The job that reads the tool for this campaign wakes, if it is the campaign's time for one. */
async function readAgain({ db, queues }: StepContext, campaignId: string): Promise<void> {
  const campaign = await findCampaign(db, campaignId)
  if (campaign?.state === 'sending') await queues.wake({ job: 'watch-delivery', payload: { campaignId } })
  if (campaign && ['opened', 'disclosed', 'sent'].includes(campaign.state)) {
    await queues.wake({ job: 'collect-feedback', payload: { campaignId } })
  }
}
