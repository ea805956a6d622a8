// Step 3: one batch of people goes to the tool: name and work email, nothing else. Each intent is committed before.
import { disclose } from '../src/domain/campaign.ts'
import { Unavailable } from '../src/domain/errors.ts'
import type { AddOutcome } from '../src/marketing/marketing-tool.ts'
import { type CampaignRecord, findCampaign, record } from '../src/register/campaigns.ts'
import { anyOpen, claimBatch, intendedInBatch, type Settlement, settle } from '../src/register/recipients.ts'
import { processor, type StepContext } from './processor.ts'
import { readAudience } from './read-audience.ts'
import { transferAllowed } from './transfer-allowed.ts'

export const discloseRecipients = processor('disclose-recipients', async ({ campaignId, batch }, ctx) => {
  const { db, clock } = ctx
  const campaign = await findCampaign(db, campaignId)
  if (campaign?.state !== 'opened') return
  transferAllowed(ctx)

  // Intents without an answer: a crash or a lost answer. The tool knows what became of them.
  if ((await intendedInBatch(db, campaignId, batch)) > 0) await settleFromTool(ctx, campaign)
  const people = await claimBatch(db, campaignId, batch, clock())
  if (people.length > 0) {
    const tool = ctx.tool(campaign.tool)
    const outgoing = people.map(({ id, email, firstName, lastName }) => ({
      recipient: id,
      payload: { email, firstName, lastName },
    }))
    const outcomes = await tool.addPeople(campaign.audienceId as string, outgoing)
    await settle(db, campaignId, settlements(outcomes, ctx), clock())
    ctx.counters.add('people_disclosed', '', outcomes.filter(({ outcome }) => outcome === 'accepted').length)
    if (outcomes.some(({ outcome }) => outcome === 'already-there')) await settleFromTool(ctx, campaign)
    if ((await intendedInBatch(db, campaignId, batch)) > 0)
      throw new Unavailable('the tool does not show people it says it has')
  }

  if (await anyOpen(db, campaignId)) return
  await record(db, campaignId, 'worker', async (one, tx) =>
    one.state === 'opened' ? disclose(one, (await anyOpen(tx, campaignId)) ? 1 : 0, clock()) : null,
  )
})

function settlements(outcomes: AddOutcome[], { keys }: StepContext): Settlement[] {
  return outcomes.flatMap((one): Settlement[] => {
    if (one.outcome === 'accepted') {
      return [
        { id: one.recipient, outcome: 'accepted', toolIdHashes: one.toolIds.map((id) => keys.hash('tool-id', id)) },
      ]
    }
    return one.outcome === 'refused' ? [{ id: one.recipient, outcome: 'refused', because: one.because }] : []
  })
}

/** Settles every open intent of the campaign whom the tool shows. The gate will look at their status. */
async function settleFromTool(ctx: StepContext, campaign: CampaignRecord): Promise<void> {
  for await (const page of readAudience(ctx, campaign)) {
    const found = page.flatMap(({ recipient, toolIdHashes }): Settlement[] =>
      recipient ? [{ id: recipient.id, outcome: 'accepted', toolIdHashes }] : [],
    )
    await settle(ctx.db, campaign.id, found, ctx.clock())
  }
}
