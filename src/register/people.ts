// People as the operator asks about them: who is it, what happened, and why did they (not) get a campaign.
import { BadInput } from '../domain/errors.ts'
import type { CampaignRecord } from './campaigns.ts'
import { type Database, type RegisterClient, sql } from './database.ts'
import type { Prisma } from './generated/client.ts'
import { selectRecipients } from './selection.ts'

/** A person in one line. */
export type PersonLine = {
  id: string
  name: string
  title: string | null
  organisation: string | null
  email: string | null
  permission: string
}

/** The id of the person a user means: the id, or its beginning (6 characters or more). Throws BadInput. */
export async function personMeant(db: Database, text: string): Promise<string> {
  const matches = await db.$queryRaw<{ id: string }[]>(sql`
    select id from person where length(${text}) >= 6 and left(id::text, length(${text})) = ${text.toLowerCase()} limit 2`)
  const [match] = matches
  if (match && matches.length === 1) return match.id
  const because = match ? 'More than one person has an id that begins with' : 'There is no person'
  throw new BadInput(
    `${because} ${/^[0-9a-f-]*$/i.test(text) ? text : 'like that'}: give the id, or at least 6 characters of it (\`lupa person find\` shows them).`,
  )
}

/** People whose name, address or organisation holds the text, however it is written in upper and lower case; at most `most`. */
export async function findPeople(db: Database, text: string, most = 50): Promise<PersonLine[]> {
  const pattern = `%${text.trim().replace(/[\\%_]/g, '\\$&')}%`
  return db.$queryRaw<PersonLine[]>(sql`${lines}
    where concat_ws(' ', p.first_name, p.last_name) ilike ${pattern} or concat_ws(' ', p.last_name, p.first_name) ilike ${pattern}
      or p.email ilike ${pattern} or o.name ilike ${pattern}
    order by p.last_name, p.first_name, p.id limit ${most}`)
}

const lines = sql`
  select p.id, trim(concat(p.first_name, ' ', p.last_name)) as name, p.title, o.name as organisation, p.email, p.permission
  from person p left join organisation o on o.id = p.organisation_id`

/** The people who have this address now, by its keyed hashes. */
export async function peopleAt(db: Database, hashes: string[]): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>(sql`
    select id from person where address_hashes && ${hashes}::text[] order by added_at nulls last, register, key`)
  return rows.map(({ id }) => id)
}

/** Everything about a person but their notes and their history; `because` is why they would not be mailed now. */
export async function describePerson(db: Database, id: string, at: Date) {
  const person = await db.person.findUniqueOrThrow({ where: { id }, omit: { addressHashes: true } })
  const organisation = person.organisationId
    ? await db.organisation.findUnique({ where: { id: person.organisationId } })
    : null
  const collected = await db.collection.findMany({
    where: { personId: id },
    orderBy: { id: 'asc' },
    select: {
      source: true,
      ground: true,
      sourceText: true,
      proof: true,
      collectedAt: true,
      noticeVersion: true,
      informedAt: true,
      informedBy: true,
      exemptGround: true,
      exemptBecause: true,
      exemptAt: true,
    },
  })
  const notes = await db.note.count({ where: { personId: id } })
  const reviews = await db.reviewItem.count({ where: { personId: id, resolvedAt: null } })
  return { ...person, organisation, collected, notes, openReviews: reviews, because: await presentReason(db, id, at) }
}

/** Why a person would not be mailed now, whatever the campaign; null when nothing stands against it. */
export async function presentReason(db: Database, id: string, at: Date): Promise<string | null> {
  const [row] = await db.$queryRaw<{ because: string | null }[]>(
    sql`select because from eligibility(${at}::timestamptz) where person_id = ${id}::uuid`,
  )
  return row?.because ?? null
}

/** What the register remembers of a person, each list the newest first. */
export async function personHistory(db: Database, id: string) {
  const permissions = await db.permissionEntry.findMany({
    where: { personId: id },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    select: {
      at: true,
      says: true,
      channel: true,
      actor: true,
      source: true,
      wording: true,
      evidence: true,
      usable: true,
      personal: true,
      recordedAt: true,
    },
  })
  const campaigns = await db.$queryRaw<CampaignLine[]>(sql`
    select c.id, c.name, r.state, r.because, r.disclosed, r.sent, c.tool, r.intended_at as "disclosedAt", r.removed_at as "removedAt"
    from recipient r join campaign c on c.id = r.campaign_id where r.person_id = ${id}::uuid order by r.id desc`)
  const feedback = await db.feedback.findMany({
    where: { personId: id },
    orderBy: { at: 'desc' },
    select: { at: true, kind: true, source: true, effect: true },
  })
  const activities = await db.activity.findMany({
    where: { personId: id },
    orderBy: [{ at: { sort: 'desc', nulls: 'last' } }, { id: 'desc' }],
    select: { at: true, endedAt: true, kind: true, title: true, text: true, quantity: true, price: true },
  })
  return { permissions, campaigns, feedback, activities }
}

type CampaignLine = {
  id: string
  name: string
  state: string
  because: string | null
  disclosed: boolean
  sent: boolean
  tool: string
  disclosedAt: Date | null
  removedAt: Date | null
}

/** Why a person did (not) get a campaign. `frozen`: decided at its selection; else what a selection now would say. */
export type Why = {
  frozen: boolean
  state: string | null
  because: string | null
  disclosed: boolean
  sent: boolean
}

/** Answers "why did X (not) get campaign Y?": the recipient as it stands, or, before the selection, what it would be now. */
export async function whyPerson(
  db: RegisterClient,
  personId: string,
  campaign: CampaignRecord,
  at: Date,
): Promise<Why> {
  const recipient = await recipientOf(db, personId, campaign.id)
  if (recipient) return { frozen: true, ...recipient }
  if (campaign.selectedAt) return { frozen: true, ...nobody, because: 'NOT_ASKED_FOR' }
  return { frozen: false, ...(await asIfSelected(db, personId, campaign, at)) }
}

const nobody = { state: null, because: null, disclosed: false, sent: false }

async function recipientOf(db: Database, personId: string, campaignId: string) {
  return db.recipient.findUnique({
    where: { personId_campaignId: { personId, campaignId } },
    select: { state: true, because: true, disclosed: true, sent: true },
  })
}

/** Runs the very selection and takes it back: there is one rule, not a second one for explaining. */
async function asIfSelected(db: RegisterClient, personId: string, campaign: CampaignRecord, at: Date) {
  const answer = { ...nobody, because: 'NOT_ASKED_FOR' } as Omit<Why, 'frozen'>
  const takenBack = new Error('taken back')
  const attempt = async (tx: Prisma.TransactionClient) => {
    await selectRecipients(tx, campaign, { batchSize: 500, connections: 1 }, at)
    Object.assign(answer, await recipientOf(tx, personId, campaign.id))
    throw takenBack
  }
  await db.$transaction(attempt, { timeout: 60_000, maxWait: 10_000 }).catch((error) => {
    if (error !== takenBack) throw error
  })
  return answer
}
