// The tool tells us at once what people say, as long as its webhook is in order: each audience's is made, looked at, made anew.
// Without one a campaign lives on polling alone, and ends up with the same register.
import { randomBytes } from 'node:crypto'
import { underlying } from '../src/domain/campaign.ts'
import { RateLimited, Refused, Unavailable } from '../src/domain/errors.ts'
import type { MarketingTool } from '../src/marketing/marketing-tool.ts'
import { listCampaigns } from '../src/register/campaigns.ts'
import {
  beginWebhook,
  finishWebhook,
  isSilent,
  noteWebhook,
  type ReplacedBecause,
  secretHashes,
  type WebhookInUse,
  webhookInUse,
} from '../src/register/webhooks.ts'
import { eachByItself } from './each-by-itself.ts'
import { processor, type StepContext } from './processor.ts'

/** The tool repeats a delivery after minutes; what polling found sooner than this is no sign of silence. Milliseconds. */
const grace = 10 * 60_000

export type AudiencePlace = { campaignId: string; audienceId: string; tool: string }

export const keepWebhooks = processor('keep-webhooks', async (_payload, ctx) => {
  await eachByItself(await listCampaigns(ctx.db, { open: true }), async (campaign) => {
    const { id: campaignId, audienceId, tool } = campaign
    if (audienceId && ['opened', 'disclosed', 'sending', 'sent'].includes(underlying(campaign)))
      await keepWebhook(ctx, { campaignId, audienceId, tool })
  })
  return undefined
})

/**
 * Makes the webhook of an audience, or looks whether it is as we made it and speaks. A tool that will not have it keeps nobody
 * waiting: the sentence is noted, and the next look tries again. Throws RateLimited only.
 */
export async function keepWebhook(ctx: StepContext, place: AudiencePlace): Promise<void> {
  const { config, db, clock, log } = ctx
  if (!config.publicUrl) return
  const base = `${config.publicUrl}/hooks/${place.tool}/`
  const tool = ctx.tool(place.tool)
  try {
    const inUse = await webhookInUse(db, place.campaignId)
    const wrong = await whatIsWrong(ctx, tool, place, base, inUse)
    if (wrong) await makeAnew(ctx, tool, place, base, wrong)
    if (wrong && inUse?.madeAt) log.warn({ campaignId: place.campaignId, because: wrong }, 'the webhook was made anew')
    await noteWebhook(db, place.campaignId, { checkedAt: clock(), problem: null })
  } catch (error) {
    if (error instanceof RateLimited || !(error instanceof Refused || error instanceof Unavailable)) throw error
    // The sentence may quote the URL, and with it the secret.
    const problem = error.message.replaceAll(/\/hooks\/[^\s"']*/g, '/hooks/…')
    log.warn({ campaignId: place.campaignId, because: problem }, 'no webhook: the tool is polled only')
    await noteWebhook(db, place.campaignId, { checkedAt: clock(), problem })
  }
}

async function whatIsWrong(
  { db, keys, clock }: StepContext,
  tool: MarketingTool,
  { audienceId }: AudiencePlace,
  base: string,
  inUse: WebhookInUse | null,
): Promise<ReplacedBecause | null> {
  // Without the answer to its making nobody has the signing secret: whatever became of it, it is made anew.
  if (!inUse?.madeAt) return 'missing'
  const found = (await tool.webhooks(audienceId)).find(({ url }) =>
    secretHashes(keys, url.slice(url.lastIndexOf('/') + 1)).includes(inUse.secretHash),
  )
  if (!found) return 'missing'
  if (!found.asked || !found.url.startsWith(base)) return 'changed'
  return (await isSilent(db, inUse.id, clock(), grace)) ? 'silent' : null
}

/** Writes the new one down, deletes what there is of ours, has it made, and reads it back. */
async function makeAnew(
  { db, keys, clock }: StepContext,
  tool: MarketingTool,
  { campaignId, audienceId, tool: name }: AudiencePlace,
  base: string,
  because: ReplacedBecause,
): Promise<void> {
  const secret = randomBytes(32).toString('base64url')
  const secretHash = keys.hash('webhook', secret)
  const id = await beginWebhook(db, { campaignId, audienceId, secretHash }, because, clock())
  for (const { id: old, url } of await tool.webhooks(audienceId)) {
    if (url.includes(`/hooks/${name}/`)) await tool.deleteWebhook(audienceId, old)
  }
  const made = await tool.makeWebhook(audienceId, `${base}${secret}`)
  await finishWebhook(db, keys, id, made, clock())
  const there = (await tool.webhooks(audienceId)).some(({ url, asked }) => url === `${base}${secret}` && asked)
  if (!there) throw new Unavailable('the tool does not show the webhook it has made')
}
