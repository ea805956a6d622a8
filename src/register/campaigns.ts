// Campaigns and their events. `record` is the only writer of a campaign's state.
import { type Campaign, type CampaignEvent, type CampaignState, changes, send } from '../domain/campaign.ts'
import { BadInput } from '../domain/errors.ts'
import { writeAudit } from './audit.ts'
import { type Database, inTransaction, sql } from './database.ts'
import type { Prisma, Campaign as StoredCampaign } from './generated/client.ts'
import { holdProhibitions } from './permissions.ts'
import { barredRecipients } from './recipients.ts'

/** A campaign with everything the register holds of it. */
export type CampaignRecord = Campaign & Omit<StoredCampaign, keyof Campaign>

/** What is known of a campaign before its life begins. Durations in seconds. */
export type CampaignPlan = {
  name: string
  subject: string
  fromName: string
  fromEmail: string
  tool: string
  language: 'fi' | 'en'
  contentKind: 'html' | 'template' | 'draft'
  contentRef: string | null
  html: string | null
  askedRelations: string[]
  askedTags: string[]
  sendAt: Date | null
  settleSeconds: number
}

/** Writes a new campaign down as a draft. */
export async function draftCampaign(
  db: Database,
  plan: CampaignPlan,
  actor: string,
  at: Date,
): Promise<CampaignRecord> {
  return inTransaction(db, async (tx) => {
    const campaign = await tx.campaign.create({ data: { ...plan, createdAt: at } })
    await writeAudit(tx, { at, actor, action: 'campaign-drafted', campaignId: campaign.id })
    return campaign as CampaignRecord
  })
}

/** The campaign, or null. */
export async function findCampaign(db: Database, id: string): Promise<CampaignRecord | null> {
  return (await db.campaign.findUnique({ where: { id } })) as CampaignRecord | null
}

/** The campaign. Throws BadInput when there is none. */
export async function campaignById(db: Database, id: string): Promise<CampaignRecord> {
  const campaign = await findCampaign(db, id)
  if (!campaign) throw new BadInput(`There is no campaign ${id}. \`lupa campaign list\` shows them.`)
  return campaign
}

/** The campaign a user means: its id, the beginning of its id (6 characters or more), or its name when only one has it. Throws BadInput. */
export async function campaignMeant(db: Database, text: string): Promise<CampaignRecord> {
  const matches = await db.$queryRaw<{ id: string }[]>(sql`
    select id from campaign where name = ${text} or (length(${text}) >= 6 and left(id::text, length(${text})) = ${text.toLowerCase()})
    order by created_at desc limit 2`)
  if (matches.length > 1)
    throw new BadInput(`More than one campaign is called ${text}: give its id (\`lupa campaign list\`).`)
  const [match] = matches
  if (!match) throw new BadInput(`There is no campaign ${text}. \`lupa campaign list\` shows them.`)
  return campaignById(db, match.id)
}

/** All campaigns, newest first; with `open`, only those whose life or shell is not over. */
export async function listCampaigns(db: Database, { open = false } = {}): Promise<CampaignRecord[]> {
  const where = open ? { OR: [{ state: { not: 'closed' } }, { shell: 'pending' }] } : {}
  return (await db.campaign.findMany({ where, orderBy: { createdAt: 'desc' } })) as CampaignRecord[]
}

/**
 * Records what `decide` makes of the campaign as it stands now: locked, checked, appended and applied in one transaction.
 * `decide` returns null to leave it as it is. Throws what `decide` throws.
 */
export async function record(
  db: Database,
  campaignId: string,
  actor: string,
  decide: (
    campaign: CampaignRecord,
    tx: Prisma.TransactionClient,
  ) => CampaignEvent | null | Promise<CampaignEvent | null>,
): Promise<CampaignEvent | null> {
  return inTransaction(db, async (tx) => {
    await tx.$queryRaw(sql`select id from campaign where id = ${campaignId}::uuid for update`)
    const campaign = await campaignById(tx, campaignId)
    const event = await decide(campaign, tx)
    if (!event) return null
    const { type, at, campaignId: _, ...facts } = event
    await tx.$executeRaw(sql`insert into campaign_event (campaign_id, type, at, actor, facts)
      values (${campaignId}::uuid, ${type}, ${at}, ${actor}, ${JSON.stringify(facts)}::jsonb)`)
    const data = { waitingFor: null, ...changes(campaign, event) } as Prisma.CampaignUpdateManyMutationInput
    await tx.campaign.updateMany({ where: { id: campaignId }, data })
    await writeAudit(tx, { at, actor, action: type, campaignId })
    return event
  })
}

/**
 * The gate's last look: records `sending` unless a recipient has said no by now, in one transaction that an opt-out of a
 * recipient, of an organisation or of a domain waits for (I2). Null when somebody has, or the campaign has moved on.
 */
export async function recordSending(
  db: Database,
  campaignId: string,
  inTool: number,
  at: Date,
): Promise<CampaignEvent | null> {
  return inTransaction(db, async (tx) => {
    await holdProhibitions(tx)
    return record(tx, campaignId, 'worker', async (one) => {
      if (one.state !== 'disclosed') return null
      const { length: barred } = await barredRecipients(tx, campaignId, at)
      return barred > 0 ? null : send(one, { inTool, barred }, at)
    })
  })
}

/** Takes the right to order the sending now: true for one caller only, until an order given `mayStillActMs` ago is past acting. */
export async function takeSendOrder(
  db: Database,
  campaignId: string,
  at: Date,
  mayStillActMs: number,
): Promise<boolean> {
  const past = new Date(at.getTime() - mayStillActMs)
  const { count } = await db.campaign.updateMany({
    where: {
      id: campaignId,
      state: 'sending',
      OR: [{ sendAttemptedAt: null }, { sendAttemptedAt: { lte: past } }],
    },
    data: { sendAttemptedAt: at },
  })
  return count === 1
}

/** Facts about a campaign that are not its state: clocks, counters, what it waits for. */
export type CampaignNote = Partial<
  Pick<
    StoredCampaign,
    | 'waitingFor'
    | 'gateStartedAt'
    | 'sendAttemptedAt'
    | 'lastReadAt'
    | 'reportMark'
    | 'emptiedAt'
    | 'feedbackUnknown'
    | 'shell'
    | 'shellNotBefore'
    | 'shellDeletedAt'
    | 'toolCampaignLeft'
    | 'html'
    | 'noticeVersion'
  >
>

/** Notes facts that do not move the campaign. With `whileIn`, only while it is in that state. */
export async function note(
  db: Database,
  campaignId: string,
  facts: CampaignNote,
  whileIn?: CampaignState,
): Promise<void> {
  await db.campaign.updateMany({ where: { id: campaignId, ...(whileIn ? { state: whileIn } : {}) }, data: facts })
}

/** The campaign's events in order. */
export async function campaignEvents(db: Database, campaignId: string) {
  return db.campaignEvent.findMany({ where: { campaignId }, orderBy: { id: 'asc' } })
}
