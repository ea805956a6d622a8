// One complete read of a campaign's feedback into the inbox: reports and the people's own statuses.
import type { ToolFeedback } from '../src/marketing/marketing-tool.ts'
import { type CampaignRecord, note } from '../src/register/campaigns.ts'
import { type IncomingFeedback, receiveFeedback, toolOnceKey } from '../src/register/feedback.ts'
import { recipientsByAddress, recipientsByToolId } from '../src/register/recipients.ts'
import type { StepContext } from './processor.ts'
import { addressHashes } from './read-audience.ts'

/**
 * Reads everything, page by page to the end; returns how many pieces were news. Reports whose counts are those of the last complete
 * read have nothing new: they are left alone, but for `whole`, which whoever deletes asks for (I3). Throws when any page cannot
 * be read.
 */
export async function readFeedback(
  ctx: StepContext,
  campaign: CampaignRecord,
  { whole }: { whole: boolean },
): Promise<number> {
  const { db, clock } = ctx
  if (!campaign.audienceId) return 0
  const tool = ctx.tool(campaign.tool)
  // Asked before the reports are read: what comes meanwhile changes the next mark.
  const marked = whole || !campaign.toolCampaignId ? null : await tool.reportMark(campaign.toolCampaignId)
  const known = marked !== null && (marked.empty || marked.mark === campaign.reportMark)
  let news = 0
  const pages = known
    ? tool.feedbackOfStatuses(campaign.audienceId)
    : tool.feedback(campaign.audienceId, campaign.toolCampaignId)
  try {
    for await (const page of pages) news += await receiveFeedback(db, await incoming(ctx, campaign, page))
  } finally {
    // What has come in counts at once, even where a later page cannot be read.
    if (news > 0) await ctx.queues.addNow({ job: 'apply-feedback', payload: {} })
  }
  await note(db, campaign.id, { lastReadAt: clock(), ...(marked && { reportMark: marked.mark }) })
  return news
}

/** A page of the tool's feedback as the inbox takes it: addresses become keyed hashes. */
export async function incoming(
  { db, keys, clock }: StepContext,
  campaign: { id: string | null },
  page: ToolFeedback[],
): Promise<IncomingFeedback[]> {
  const hashed = page
    .map((one) => ({ one, hashes: addressHashes(keys, one.email) }))
    .filter(({ hashes }) => hashes.length > 0)
  const known =
    campaign.id === null
      ? new Map<string, { id: string }>()
      : await recipientsByAddress(
          db,
          campaign.id,
          hashed.flatMap(({ hashes }) => hashes),
        )
  // Whoever changed their address in the tool is still known there by an id.
  const idHashes = (one: ToolFeedback) => one.toolIds.flatMap((id) => keys.hashes('tool-id', id))
  const knownById =
    campaign.id === null
      ? new Map<string, { id: string }>()
      : await recipientsByToolId(
          db,
          campaign.id,
          hashed.flatMap(({ one }) => idHashes(one)),
        )
  return hashed.map(({ one, hashes }) => {
    const byId = idHashes(one).find((hash) => knownById.has(hash))
    const disclosedAs = hashes.find((hash) => known.has(hash)) ?? (hashes[0] as string)
    const at = one.at && one.at < clock() ? one.at : clock()
    const piece = { campaignId: campaign.id, source: one.from, kind: one.kind, addressHash: disclosedAs }
    return {
      ...piece,
      recipientId: known.get(disclosedAs)?.id ?? knownById.get(byId ?? '')?.id ?? null,
      reason: reasonCode(one.reason),
      at,
      receivedAt: clock(),
      onceKey: toolOnceKey(piece),
    }
  })
}

/** A tool's reason as a short word without anything a person may have written: free text can hold anything. */
function reasonCode(reason: string | null): string | null {
  if (!reason) return null
  return /^[a-z][a-z -]{0,30}$/i.test(reason) ? reason.toLowerCase() : 'free text'
}
