// Step 9: another job, a new client, reads the tool: nobody is left, in the audience or in a report (I8).
import { empty } from '../src/domain/campaign.ts'
import { Refused, Unavailable } from '../src/domain/errors.ts'
import type { MarketingTool } from '../src/marketing/marketing-tool.ts'
import { type CampaignRecord, findCampaign, note, record } from '../src/register/campaigns.ts'
import { processor } from './processor.ts'

/** What the independent read found. Counts of people and of report rows that still show somebody. */
export type Verification = {
  at: string
  account: string
  audience: 'absent' | 'empty' | 'occupied'
  people: number
  reportRows: number
  toolCampaign: 'deleted' | 'refused'
  remaining: number
}

export const verifyWithdrawal = processor('verify-withdrawal', async ({ campaignId }, ctx) => {
  const { db, clock } = ctx
  const campaign = await findCampaign(db, campaignId)
  if (campaign?.state !== 'withdrawing' || !campaign.emptiedAt) return

  const verification = await readBack(ctx.tool(campaign.tool), campaign, clock())
  if (verification.people === 0 && verification.toolCampaign === 'refused')
    await note(db, campaignId, { toolCampaignLeft: true })
  if (verification.remaining > 0) {
    // Not empty after all: the withdrawal goes on, and the deadline's alarm with it.
    await note(db, campaignId, { emptiedAt: null }, 'withdrawing')
    throw new Unavailable(
      `${verification.people} people and ${verification.reportRows} report rows are still in the tool`,
    )
  }
  await record(db, campaignId, 'worker', (one) =>
    one.state === 'withdrawing' ? empty(one, verification, clock()) : null,
  )
})

async function readBack(tool: MarketingTool, campaign: CampaignRecord, at: Date): Promise<Verification> {
  const { id: account } = await tool.account()
  if (campaign.toolAccountId && account !== campaign.toolAccountId) {
    throw new Refused(
      `The key leads to the account ${account}, and this campaign is in ${campaign.toolAccountId}. Put the right key back and resume.`,
    )
  }
  const audienceId = campaign.audienceId as string
  const listed = (await tool.audiences()).some(({ id }) => id === audienceId)
  const there = listed || (await tool.audienceExists(audienceId))
  const people = there ? await tool.countPeople(audienceId) : 0
  // While somebody is left their feedback must stay readable: the campaign with its reports goes last (I3).
  const toolCampaignId = campaign.toolCampaignId as string
  const reports =
    people > 0
      ? { reportRows: await tool.identifyingReportRows(toolCampaignId), toolCampaign: 'refused' as const }
      : await readReports(tool, toolCampaignId)
  return {
    at: at.toISOString(),
    account,
    audience: there ? (people > 0 ? 'occupied' : 'empty') : 'absent',
    people,
    ...reports,
    remaining: people + reports.reportRows,
  }
}

/** The tool's campaign is deleted and read again: with it, its reports go. Then every report is paged, whether it should be there or not. */
async function readReports(
  tool: MarketingTool,
  toolCampaignId: string,
): Promise<Pick<Verification, 'reportRows' | 'toolCampaign'>> {
  const answer = await tool.deleteCampaign(toolCampaignId)
  const gone = answer === 'deleted' && (await tool.campaign(toolCampaignId)).state === 'absent'
  const reportRows = await tool.identifyingReportRows(toolCampaignId)
  return { reportRows, toolCampaign: gone ? 'deleted' : 'refused' }
}
