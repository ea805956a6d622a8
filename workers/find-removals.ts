// Finds everybody who is in a tool and may not be mailed any more, and queues one removal per person.
import { type Campaign, underlying } from '../src/domain/campaign.ts'
import { listCampaigns } from '../src/register/campaigns.ts'
import { barredRecipients } from '../src/register/recipients.ts'
import { processor } from './processor.ts'

export const findRemovals = processor('find-removals', async (_payload, { db, queues, clock }) => {
  for (const campaign of await listCampaigns(db, { open: true })) {
    if (!removable(campaign)) continue
    const campaignId = campaign.id
    const barred = await barredRecipients(db, campaignId, clock())
    await queues.add(
      ...barred.map((recipientId) => ({ job: 'remove-recipient' as const, payload: { campaignId, recipientId } })),
    )
  }
  return undefined
})

/**
 * Whether single people can leave the tool now, of a halted campaign too. While the tool sends, nothing is changed under its
 * hands; whoever said no leaves right after.
 */
export function removable(campaign: Campaign): boolean {
  return ['opened', 'disclosed', 'sent'].includes(underlying(campaign))
}
