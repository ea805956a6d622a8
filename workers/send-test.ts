// A test mail to one of the company's own addresses, by way of an empty audience that is deleted again at once.
import { NotAllowed } from '../src/domain/errors.ts'
import { ownAddresses } from '../src/newsletter/own-addresses.ts'
import { findCampaign } from '../src/register/campaigns.ts'
import { installationId } from '../src/register/installation.ts'
import { audiencePrefix, opening } from './open-audience.ts'
import { processor } from './processor.ts'

export const sendTest = processor('send-test', async ({ campaignId, to }, ctx) => {
  const { db, config } = ctx
  const campaign = await findCampaign(db, campaignId)
  if (!campaign || !config.company) return
  const address = ownAddresses(config.company, campaign.fromEmail)[to]
  if (!address) throw new NotAllowed('A test goes to one of the company’s own addresses only.')

  const tool = ctx.tool(campaign.tool)
  const name = `${audiencePrefix(await installationId(db))}test-${campaign.id}`
  const { audienceId } = await tool.openAudience(opening(ctx, campaign, name))
  const { subject, fromName, fromEmail, html } = campaign
  const { toolCampaignId } = await tool.draftCampaign(audienceId, {
    name,
    subject,
    fromName,
    fromEmail,
    html: html ?? '',
  })
  await tool.sendTest(toolCampaignId, address)
  await tool.deleteCampaign(toolCampaignId)
  await tool.deleteAudience(audienceId)
  return undefined
})
