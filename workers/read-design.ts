// Fetches the HTML of a design that the owner made in the tool. The owner's own draft is never touched.
import { findCampaign, note } from '../src/register/campaigns.ts'
import { processor } from './processor.ts'

export const readDesign = processor('read-design', async ({ campaignId }, { db, tool }) => {
  const campaign = await findCampaign(db, campaignId)
  if (campaign?.state !== 'draft' || campaign.contentKind === 'html' || !campaign.contentRef) return
  const html = await tool(campaign.tool).readDesign({
    kind: campaign.contentKind as 'template' | 'draft',
    id: campaign.contentRef,
  })
  await note(db, campaignId, { html }, 'draft')
  return undefined
})
