// One person leaves the tool at once: they said no while they were there. Their own feedback is read first (I3).
import { type CampaignRecord, findCampaign } from '../src/register/campaigns.ts'
import { receiveFeedback } from '../src/register/feedback.ts'
import { addressToRemove, markRemoved, recipientById, refuseAccepted, settle } from '../src/register/recipients.ts'
import { removable } from './find-removals.ts'
import { processor, type StepContext } from './processor.ts'
import { readAudience } from './read-audience.ts'
import { incoming } from './read-feedback.ts'

export const removeRecipient = processor('remove-recipient', async ({ campaignId, recipientId }, ctx) => {
  const { db, clock } = ctx
  const campaign = await findCampaign(db, campaignId)
  if (!campaign || !removable(campaign)) return
  const recipient = await recipientById(db, recipientId)
  if (!recipient || !['accepted', 'intended', 'unknown'].includes(recipient.state)) return

  const address = (await addressToRemove(db, recipientId)) ?? (await addressInTool(ctx, campaign, recipientId))
  if (!address) {
    // Not in the tool: never arrived, or gone already. The gate and the withdrawal read the whole audience again.
    await refuseAccepted(db, [recipientId], 'LOST', clock())
    await settle(db, campaignId, [{ id: recipientId, outcome: 'refused', because: 'PROHIBITED' }], clock())
    return
  }
  await removePerson(ctx, campaign, address)
  if (recipient.state !== 'accepted')
    await settle(db, campaignId, [{ id: recipientId, outcome: 'accepted', toolIdHashes: [] }], clock())
  await markRemoved(db, campaignId, [recipientId], clock())
})

/** Takes one person out of the tool for ever, after their own feedback has been read into the inbox (I3). */
export async function removePerson(ctx: StepContext, campaign: CampaignRecord, address: string): Promise<void> {
  const tool = ctx.tool(campaign.tool)
  const audienceId = campaign.audienceId as string
  const said = await tool.feedbackOf(audienceId, campaign.toolCampaignId, address)
  await receiveFeedback(ctx.db, await incoming(ctx, campaign, said))
  await tool.removePerson(audienceId, address)
}

/** The register has another address by now, or none: the tool's own list shows the one that was disclosed. */
async function addressInTool(ctx: StepContext, campaign: CampaignRecord, recipientId: string): Promise<string | null> {
  for await (const page of readAudience(ctx, campaign)) {
    const found = page.find(({ recipient }) => recipient?.id === recipientId)
    if (found) return found.person.email
  }
  return null
}
