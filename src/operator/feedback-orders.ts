// What the owner may order about feedback: read it from the tool now, or write down a no that reached them by another way.
import type { Context } from '../context.ts'
import { normaliseAddress } from '../domain/email-address.ts'
import { BadInput } from '../domain/errors.ts'
import { writeAudit } from '../register/audit.ts'
import { type CampaignRecord, campaignById } from '../register/campaigns.ts'
import {
  applyFeedback,
  effectsOf,
  type IncomingFeedback,
  receiveFeedback,
  waitingFeedback,
} from '../register/feedback.ts'
import { recipientOfLink } from '../register/opt-outs.ts'
import { peopleAt } from '../register/people.ts'
import { afterProhibition } from './after-prohibition.ts'
import { checkedAccount } from './launching.ts'
import { workOff } from './run-workers.ts'

/** How a no reaches the owner. */
export const spokenWays = ['mail', 'phone', 'letter', 'in-person'] as const
export type SpokenWay = (typeof spokenWays)[number]

/** Reads feedback of these campaigns from the tool now, and applies it. Throws Unavailable when the tool does not answer. */
export async function syncFeedback(
  context: Context,
  open: CampaignRecord[],
): Promise<{ campaigns: number; applied: number }> {
  const { db, clock } = context
  const readable = open.filter(({ state }) => state === 'opened' || state === 'disclosed' || state === 'sent')
  // Said at once and in its own words, instead of waiting for reads that cannot come.
  for (const tool of new Set(readable.map((one) => one.tool))) await checkedAccount(context, tool)
  const asked = clock()
  const read = async (campaignId: string) => ((await campaignById(db, campaignId)).lastReadAt ?? new Date(0)) >= asked
  const calls = readable.map((one) => ({ job: 'collect-feedback' as const, payload: { campaignId: one.id } }))
  if (calls.length > 0)
    await workOff(context, calls, async () => (await Promise.all(readable.map((one) => read(one.id)))).every(Boolean))
  const applied = (await waitingFeedback(db)) > 0 ? await applyFeedback(db, clock()) : 0
  await afterProhibition(context)
  return { campaigns: readable.length, applied }
}

export type SpokenNo = {
  /** An address, or the two ids in the subject of an opt-out mail. */
  address?: string | undefined
  campaign?: string | undefined
  recipient?: string | undefined
  channel: SpokenWay
  evidence: string | null
  at: Date
}

/**
 * Writes down that somebody said no, and lets it hold at once: of people who share the address for each of them. Returns what it did.
 * Throws BadInput for an unknown address form.
 */
export async function writeDownNo(context: Context, said: SpokenNo, actor = 'operator'): Promise<{ effect: string }> {
  const { db, clock } = context
  const pieces = (await whoSaidNo(context, said)).map((who) => ({
    ...who,
    kind: 'opted-out' as const,
    source: 'operator' as const,
    channel: said.channel,
    evidence: said.evidence,
    at: said.at,
    receivedAt: clock(),
    onceKey: ['operator', who.campaignId ?? who.addressHash, who.recipientId ?? who.personId, said.at.toISOString()]
      .filter(Boolean)
      .join('|'),
  }))
  const known = await effectsOf(db, pieces)
  for (const piece of pieces) {
    if ((await receiveFeedback(db, [piece])) === 0) continue
    const facts = { channel: said.channel }
    await writeAudit(db, { at: clock(), actor, action: 'no-written-down', subject: piece.personId ?? null, facts })
  }
  await applyFeedback(db, clock())
  await afterProhibition(context)
  const effects = [...(await effectsOf(db, pieces))].filter(([key]) => !known.has(key)).map(([, effect]) => effect)
  return { effect: effects.find((effect) => effect === 'prohibited') ?? effects[0] ?? 'known already' }
}

type WhoSaidNo = Pick<IncomingFeedback, 'campaignId' | 'recipientId' | 'personId' | 'addressHash'>

/**
 * By the two ids of an opt-out mail, which work for ever, or by the address: everybody who has it, or nobody yet. Throws BadInput when it
 * is neither.
 */
async function whoSaidNo({ db, keys }: Context, { address, campaign, recipient }: SpokenNo): Promise<WhoSaidNo[]> {
  if (campaign && recipient) {
    const link = { toolCampaignId: campaign, toolIdHashes: keys.hashes('tool-id', recipient) }
    const found = await recipientOfLink(db, link)
    if (found) return [found]
    throw new BadInput(
      'No recipient has these two ids: check them against the subject of the mail, or give the address.',
    )
  }
  if (!address)
    throw new BadInput('Give the address, or --campaign and --recipient from the subject of the opt-out mail.')
  const normal = normaliseAddress(address)
  if (typeof normal === 'string')
    throw new BadInput('That is not one email address: write it as name@company.example, without a name or spaces.')
  const people = await peopleAt(db, keys.hashes('email', normal.matching))
  const addressHash = keys.hash('email', normal.matching)
  return (people.length > 0 ? people : [null]).map((personId) => ({
    campaignId: null,
    recipientId: null,
    personId,
    addressHash,
  }))
}
