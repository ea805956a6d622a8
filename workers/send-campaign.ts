// Step 4: the gate. What the tool holds is compared with what we disclosed, as sets of hashes; then it is told to send, once.
import { setTimeout as wait } from 'node:timers/promises'
import { Refused } from '../src/domain/errors.ts'
import type { ToolCampaign } from '../src/marketing/marketing-tool.ts'
import { type CampaignRecord, findCampaign, note, recordSending, takeSendOrder } from '../src/register/campaigns.ts'
import {
  barredRecipients,
  type KnownRecipient,
  keepToolIds,
  markSeen,
  refuseAccepted,
  settle,
  unseenAccepted,
} from '../src/register/recipients.ts'
import { ahead } from './ahead.ts'
import { type Again, processor, type StepContext } from './processor.ts'
import { keptIds, type MatchedPerson, readAudience } from './read-audience.ts'
import { removePerson } from './remove-recipient.ts'
import { transferAllowed } from './transfer-allowed.ts'
import { orderMayStillAct } from './watch-delivery.ts'

const patience = 5 * 60_000
const countPatience = 15 * 60_000
/** How long nobody is read because the tool still counts. */
const countingMs = 10_000
/** So long the job itself waits at a time: the queue would wake it a second later. */
const longestPauseMs = 500

export const sendCampaign = processor('send-campaign', async ({ campaignId }, ctx) => {
  const { db, clock } = ctx
  const campaign = await findCampaign(db, campaignId)
  if (campaign?.state !== 'disclosed') return
  transferAllowed(ctx)
  const early = (campaign.sendAt?.getTime() ?? 0) - clock().getTime()
  if (early > 0) return { againInMs: Math.min(early, 15_000), waitingFor: 'its time to be sent' }
  if (!campaign.gateStartedAt) await note(db, campaignId, { gateStartedAt: clock() }, 'disclosed')

  const since = campaign.gateStartedAt ?? clock()
  const [barred, counted] = await Promise.all([removeBarred(ctx, campaignId), toolHasCounted(ctx, campaign, since)])
  if (barred) return barred
  if ('againInMs' in counted) return counted
  const inTool = await compare(ctx, campaign, since)
  if (typeof inTool !== 'number') return inTool
  const ready = await toolIsReady(ctx, campaign, { inTool, counted, since })
  if (ready !== true) return ready

  if (!(await recordSending(db, campaignId, inTool, clock())))
    return { againInMs: 500, waitingFor: 'people who may not be mailed any more to leave the tool' }
  if (await takeSendOrder(db, campaignId, clock(), orderMayStillAct))
    await ctx.tool(campaign.tool).send(campaign.toolCampaignId as string)
})

/** How the campaign stands in the tool, once it has counted anybody: nobody is read while it has not begun. For ten seconds at most. */
async function toolHasCounted(ctx: StepContext, campaign: CampaignRecord, since: Date): Promise<ToolCampaign | Again> {
  const tool = ctx.tool(campaign.tool)
  for (let pauseMs = 100; ; pauseMs *= 2) {
    const there = await tool.campaign(campaign.toolCampaignId as string)
    const waited = ctx.clock().getTime() - since.getTime()
    if (there.state !== 'draft' || there.recipientCount || waited > countingMs) return there
    if (pauseMs > longestPauseMs) return { againInMs: 1000, waitingFor: 'the tool to count its recipients' }
    await wait(pauseMs)
  }
}

/** Whoever is not eligible any more, for whatever reason, leaves first; the gate waits for it. */
async function removeBarred({ db, queues, clock }: StepContext, campaignId: string): Promise<Again | null> {
  const barred = await barredRecipients(db, campaignId, clock())
  if (barred.length === 0) return null
  await queues.add(
    ...barred.map((recipientId) => ({ job: 'remove-recipient' as const, payload: { campaignId, recipientId } })),
  )
  return { againInMs: 500, waitingFor: 'people who may not be mailed any more to leave the tool' }
}

/**
 * Reads everybody in the audience. Those without mail are settled and removed; a stranger or a value in a field that we never
 * filled halts; one who is missing is waited for, then settled LOST. Returns the number of people who would get the mail.
 */
async function compare(ctx: StepContext, campaign: CampaignRecord, since: Date): Promise<number | Again> {
  const { db, clock } = ctx
  const gate = clock()
  let inTool = 0
  const leaving: KnownPerson[] = []
  for await (const page of ahead(readAudience(ctx, campaign))) {
    const { mailed, unmailed } = await comparePage(ctx, campaign, page, gate)
    inTool += mailed
    leaving.push(...unmailed)
  }
  // Not before: the next page is asked for while one is looked at, and a job makes one call at a time.
  for (const { person, recipient } of leaving) {
    await removePerson(ctx, campaign, person.email)
    await refuseAccepted(db, [recipient.id], 'NOT_SUBSCRIBED', gate)
  }

  const missing = await unseenAccepted(db, campaign.id, gate)
  if (missing.length === 0) return inTool
  if (gate.getTime() - since.getTime() < patience)
    return { againInMs: 3000, waitingFor: `${missing.length} people to appear in the tool` }
  await refuseAccepted(db, missing, 'LOST', gate)
  return { againInMs: 100 }
}

/** Writes down whom a page shows; returns how many of them would get the mail, and who would not. Throws Refused for what should not be there. */
async function comparePage(
  { db, keys }: StepContext,
  campaign: CampaignRecord,
  page: MatchedPerson[],
  gate: Date,
): Promise<{ mailed: number; unmailed: KnownPerson[] }> {
  const people = onlyKnown(page)
  const open = people.filter(({ recipient }) => recipient.state === 'intended' || recipient.state === 'unknown')
  await settle(
    db,
    campaign.id,
    open.map(({ person, recipient }) => ({
      ...{ id: recipient.id, outcome: 'accepted' },
      toolIdHashes: keptIds(keys, person),
    })),
    gate,
  )
  // Nobody without an id of the tool's may be mailed: their opt-out link would lead nowhere.
  const isMailed = ({ person, recipient }: KnownPerson) =>
    person.status === 'subscribed' && person.toolIds.length > 0 && inPlace(recipient.state)
  const mailed = people.filter(isMailed)
  // Most ids were kept when the tool took their people.
  const fresh = mailed.filter(({ person, recipient }) => person.toolIds.length > recipient.idsKept)
  await keepToolIds(
    db,
    campaign.id,
    fresh.flatMap(({ person, recipient }) => keptIds(keys, person).map((hash) => ({ recipient: recipient.id, hash }))),
  )
  await markSeen(
    db,
    mailed.map(({ recipient }) => recipient.id),
    gate,
  )
  return { mailed: mailed.length, unmailed: people.filter((one) => !isMailed(one)) }
}

type KnownPerson = MatchedPerson & { recipient: KnownRecipient }

/** The page again, when nobody and nothing is in it that we did not push. */
function onlyKnown(page: MatchedPerson[]): KnownPerson[] {
  const people = page.filter((one): one is KnownPerson => one.recipient !== null)
  if (people.length < page.length) {
    throw new Refused(
      'Somebody whom we did not push is in the audience of this campaign. Look at it in the tool; then withdraw.',
    )
  }
  const unexpected = new Set(people.flatMap(({ person }) => person.unexpected))
  if (unexpected.size > 0) {
    throw new Refused(
      `The tool holds more than name and address of people in this campaign (${[...unexpected].join(', ')}). Withdraw.`,
    )
  }
  return people
}

function inPlace(state: string): boolean {
  return state === 'accepted' || state === 'intended' || state === 'unknown'
}

/** The tool must count the same people, and have nothing against sending. */
async function toolIsReady(
  ctx: StepContext,
  campaign: CampaignRecord,
  { inTool, counted, since }: { inTool: number; counted: ToolCampaign; since: Date },
): Promise<true | Again> {
  if (inTool === 0) throw new Refused('The tool took nobody of this campaign: there is nobody to send to. Cancel it.')
  const tool = ctx.tool(campaign.tool)
  // Counted before everybody was read, and right: nobody came or went meanwhile. Else it is asked again.
  const same = counted.state === 'draft' && counted.recipientCount === inTool
  const there = same ? counted : await tool.campaign(campaign.toolCampaignId as string)
  if (there.state !== 'draft')
    throw new Refused(
      `The campaign is ${there.state} in the tool although we have not sent it. Look at it there; then withdraw.`,
    )
  const waited = ctx.clock().getTime() - since.getTime()
  if (there.recipientCount !== inTool) {
    if (waited > countPatience)
      throw new Refused(
        `The tool would send to ${there.recipientCount ?? 'an unknown number of'} people and ${inTool} are right. Withdraw, or resume to ask again.`,
      )
    return { againInMs: 1000, waitingFor: 'the tool to count its recipients' }
  }
  const readiness = await tool.readiness(campaign.toolCampaignId as string)
  if (readiness.ready) return true
  if (readiness.waiting && waited < countPatience) return { againInMs: 1000, waitingFor: 'the tool to be ready' }
  throw new Refused(
    `The tool would not send: ${readiness.problems.join('; ') || 'it does not say why'}. Mend it in the tool and resume, or cancel.`,
  )
}
