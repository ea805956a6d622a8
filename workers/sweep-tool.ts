// The account against the register: empty shells whose time has come are deleted; an audience of this installation that nobody
// remembers is read, emptied and removed. Audiences of others are never touched.
import { sealCertificate } from '../src/certificate/certificate.ts'
import { underlying } from '../src/domain/campaign.ts'
import type { MarketingTool } from '../src/marketing/marketing-tool.ts'
import { toolNames } from '../src/marketing/tools.ts'
import { writeAudit } from '../src/register/audit.ts'
import { type CampaignRecord, listCampaigns, note } from '../src/register/campaigns.ts'
import { certificateOf, keepCertificate } from '../src/register/certificates.ts'
import { inTransaction } from '../src/register/database.ts'
import { receiveFeedback } from '../src/register/feedback.ts'
import { installationId } from '../src/register/installation.ts'
import { eachByItself } from './each-by-itself.ts'
import { emptyAudience } from './empty-audience.ts'
import { audiencePrefix } from './open-audience.ts'
import { processor, type StepContext } from './processor.ts'
import { incoming } from './read-feedback.ts'

const hour = 3_600_000
const askAgainAfter = 6 * hour

export const sweepTool = processor('sweep-tool', async (_payload, ctx) => {
  await eachByItself(toolNames, async (name) => {
    const tool = ctx.tool(name)
    const campaigns = (await listCampaigns(ctx.db)).filter((campaign) => campaign.tool === name)
    const shells = campaigns.filter(({ shell, state }) => shell === 'pending' && state === 'closed')
    const looks = [
      ...shells.map((campaign) => () => lookAtShell(ctx, tool, campaign)),
      () => removeForgotten(ctx, tool, campaigns),
    ]
    await eachByItself(looks, (look) => look())
  })
  return undefined
})

/** Whoever is in a shell leaves at once; the shell itself goes when its time has come. */
async function lookAtShell(ctx: StepContext, tool: MarketingTool, campaign: CampaignRecord): Promise<void> {
  await emptyIfPeopled(ctx, tool, campaign)
  if ((campaign.shellNotBefore ?? ctx.clock()) <= ctx.clock()) await dropShell(ctx, tool, campaign)
}

/** Deletes one shell, reads that it is gone, and adds that to the certificate. */
async function dropShell(ctx: StepContext, tool: MarketingTool, campaign: CampaignRecord): Promise<void> {
  const { db, clock, log } = ctx
  const audienceId = campaign.audienceId as string
  const answer = await tool.deleteAudience(audienceId)
  if (answer !== 'deleted' || (await tool.audienceExists(audienceId))) {
    log.info({ campaignId: campaign.id }, 'the tool keeps the empty audience for now')
    await note(db, campaign.id, { shellNotBefore: new Date(clock().getTime() + askAgainAfter) })
    return
  }
  const deletedAt = clock()
  await inTransaction(db, async (tx) => {
    await note(tx, campaign.id, { shell: 'deleted', shellDeletedAt: deletedAt, shellNotBefore: null })
    await writeAudit(tx, { at: deletedAt, actor: 'sweep', action: 'shell-deleted', campaignId: campaign.id })
    const certificate = await certificateOf(tx, campaign.id)
    if (!certificate) return
    const { sha256: _, ...content } = certificate
    const shell = { state: 'deleted' as const, notBefore: null, deletedAt: deletedAt.toISOString() }
    await keepCertificate(tx, sealCertificate({ ...content, shell }), deletedAt)
  })
  await wakeWaiting(ctx)
}

/** Somebody is in a shell, where nobody should be: an order to add people was carried out long after it was given. */
async function emptyIfPeopled(ctx: StepContext, tool: MarketingTool, campaign: CampaignRecord): Promise<void> {
  const audienceId = campaign.audienceId as string
  if (!(await tool.audienceExists(audienceId)) || (await tool.countPeople(audienceId)) === 0) return
  ctx.log.error(
    { campaignId: campaign.id },
    'people are in the audience of a campaign that is over: they are taken out',
  )
  const people = await readAndEmpty(ctx, tool, audienceId)
  const entry = { actor: 'sweep', action: 'shell-emptied', campaignId: campaign.id, facts: { people } }
  await writeAudit(ctx.db, { at: ctx.clock(), ...entry })
}

/** Everybody leaves an audience, after what they said has been read into the inbox (I3). Returns how many contacts there were. */
async function readAndEmpty(ctx: StepContext, tool: MarketingTool, audienceId: string): Promise<number> {
  for await (const page of tool.feedback(audienceId, null)) {
    const pieces = await incoming(ctx, { id: null }, page)
    await receiveFeedback(
      ctx.db,
      pieces.map((piece) => ({ ...piece, source: 'sweep', onceKey: `${audienceId}|${piece.onceKey}` })),
    )
  }
  return emptyAudience(tool, audienceId)
}

/** A place for an audience is free: whoever waits for one tries again. */
async function wakeWaiting({ db, queues }: StepContext): Promise<void> {
  const waiting = await listCampaigns(db, { open: true })
  for (const { id } of waiting.filter(
    ({ state, waitingFor }) => state === 'selected' && waitingFor === 'audience-slot',
  )) {
    await queues.wake({ job: 'open-audience', payload: { campaignId: id } })
  }
}

/** An audience with our name that no campaign of ours is about: a crash between making and recording it, or a restore. */
async function removeForgotten(ctx: StepContext, tool: MarketingTool, campaigns: CampaignRecord[]): Promise<void> {
  const { db, clock, log } = ctx
  const prefix = audiencePrefix(await installationId(db))
  await eachByItself(await tool.audiences(), async ({ id, name, createdAt }) => {
    const remembered = campaigns.some(
      (one) => one.audienceId === id || (underlying(one) === 'selected' && name.endsWith(one.id)),
    )
    const young = !createdAt || clock().getTime() - createdAt.getTime() < hour
    if (!name.startsWith(prefix) || remembered || young) return
    log.error({ audience: id }, 'an audience of ours that nobody remembers: emptied and removed')
    const people = await readAndEmpty(ctx, tool, id)
    const removed = (await tool.deleteAudience(id)) === 'deleted'
    if (people === 0 && !removed) return
    const action = removed ? 'forgotten-audience-removed' : 'forgotten-audience-emptied'
    await writeAudit(db, { at: clock(), actor: 'sweep', action, facts: { audience: id, people } })
  })
}
