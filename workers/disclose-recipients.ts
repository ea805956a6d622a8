// Step 3: people go to the tool, batch by batch: name and work email, nothing else. Each intent is committed before.
import { disclose } from '../src/domain/campaign.ts'
import type { BatchRun } from '../src/domain/disclosure.ts'
import { Unavailable } from '../src/domain/errors.ts'
import type { AddOutcome } from '../src/marketing/marketing-tool.ts'
import { type CampaignRecord, findCampaign, record } from '../src/register/campaigns.ts'
import {
  analyzeRecipients,
  anyOpen,
  claimBatch,
  type Settlement,
  settle,
  unansweredIn,
} from '../src/register/recipients.ts'
import { processor, type StepContext } from './processor.ts'
import { keptIds, readAudience } from './read-audience.ts'
import { transferAllowed } from './transfer-allowed.ts'

export const discloseRecipients = processor('disclose-recipients', async ({ campaignId, ...run }, ctx) => {
  const { db, clock } = ctx
  const campaign = await findCampaign(db, campaignId)
  if (campaign?.state !== 'opened') return
  transferAllowed(ctx)

  await discloseRun(ctx, campaign, run)
  if ((await unansweredIn(db, campaignId, run)) > 0)
    throw new Unavailable('the tool does not show people it says it has')

  if (await anyOpen(db, campaignId)) return
  const over = await record(db, campaignId, 'worker', async (one, tx) =>
    one.state === 'opened' ? disclose(one, (await anyOpen(tx, campaignId)) ? 1 : 0, clock()) : null,
  )
  if (over) await analyzeRecipients(db)
})

/** One batch after the other. While the tool takes one, what it said of the one before is written down. */
async function discloseRun(ctx: StepContext, campaign: CampaignRecord, run: BatchRun): Promise<void> {
  // Intents without an answer: a crash or a lost answer. The tool knows what became of them.
  if ((await unansweredIn(ctx.db, campaign.id, run)) > 0) await settleFromTool(ctx, campaign)
  let writing = Promise.resolve()
  try {
    for (let batch = run.batch; batch <= run.lastBatch; batch += 1) {
      const outcomes = await discloseBatch(ctx, campaign, batch)
      await writing
      writing = writeDown(ctx, campaign.id, outcomes)
      writing.catch(() => {}) // heard below
      if (!outcomes.some(({ outcome }) => outcome === 'already-there')) continue
      await writing
      await settleFromTool(ctx, campaign)
    }
  } finally {
    await writing
  }
}

/** Hands one batch over, as far as nobody has said no meanwhile. A campaign that is not open any more claims nobody. */
async function discloseBatch(ctx: StepContext, campaign: CampaignRecord, batch: number): Promise<AddOutcome[]> {
  const people = await claimBatch(ctx.db, campaign.id, batch, ctx.clock())
  if (people.length === 0) return []
  const outgoing = people.map(({ id, email, firstName, lastName }) => ({
    recipient: id,
    payload: { email, firstName, lastName },
  }))
  return ctx.tool(campaign.tool).addPeople(campaign.audienceId as string, outgoing)
}

async function writeDown(ctx: StepContext, campaignId: string, outcomes: AddOutcome[]): Promise<void> {
  await settle(ctx.db, campaignId, settlements(outcomes, ctx), ctx.clock())
  ctx.counters.add('people_disclosed', '', outcomes.filter(({ outcome }) => outcome === 'accepted').length)
}

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
    const found = page.flatMap(({ person, recipient }): Settlement[] =>
      recipient ? [{ id: recipient.id, outcome: 'accepted', toolIdHashes: keptIds(ctx.keys, person) }] : [],
    )
    await settle(ctx.db, campaign.id, found, ctx.clock())
  }
}
