// Recipients of a campaign once they are selected: claimed batch by batch, settled by what the tool said. Sets, not loops.
import type { BatchRun, DisclosureCounts, Refusal } from '../domain/disclosure.ts'
import { type Database, inTransaction, sql } from './database.ts'

/** A recipient on the way out, as the claim returns it. `id` is decimal text. */
export type ClaimedRecipient = { id: string; email: string; firstName: string; lastName: string }

/** Still to be settled. An index finds them, and it is about `settled_at`, which changes once. */
const isOpen = sql`batch is not null and settled_at is null and state in ('selected', 'intended')`

/** Batches that still have somebody to settle, lowest first. */
export async function openBatches(db: Database, campaignId: string): Promise<number[]> {
  const rows = await db.$queryRaw<{ batch: number }[]>(sql`
    select distinct batch from recipient where campaign_id = ${campaignId}::uuid and ${isOpen} order by batch`)
  return rows.map((row) => row.batch)
}

/** Whether anybody of the campaign is still to be settled. */
export async function anyOpen(db: Database, campaignId: string): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>(sql`
    select 1 from recipient where campaign_id = ${campaignId}::uuid and ${isOpen} limit 1`)
  return rows.length > 0
}

/** How many in these batches are intended and have no answer: a former attempt may have left them. Recipients. */
export async function unansweredIn(db: Database, campaignId: string, { batch, lastBatch }: BatchRun): Promise<number> {
  return db.recipient.count({
    where: { campaignId, batch: { gte: batch, lte: lastBatch }, state: 'intended', settledAt: null },
  })
}

/** Claims a batch: asks eligibility again, commits the intent, returns the four columns (I2). */
export async function claimBatch(
  db: Database,
  campaignId: string,
  batch: number,
  at: Date,
): Promise<ClaimedRecipient[]> {
  const rows = await db.$queryRaw<{ recipient_id: bigint; email: string; first_name: string; last_name: string }[]>(
    sql`select * from claim_batch(${campaignId}::uuid, ${batch}::int, ${at}::timestamptz)`,
  )
  return rows.map((row) => ({
    id: String(row.recipient_id),
    email: row.email,
    firstName: row.first_name,
    lastName: row.last_name,
  }))
}

/** What became of one recipient. `toolIdHashes` are keyed hashes. */
export type Settlement =
  | { id: string; outcome: 'accepted'; toolIdHashes: string[] }
  | { id: string; outcome: 'refused'; because: Refusal }
  | { id: string; outcome: 'unknown' }

/** Writes the tool's answers down, only for recipients whose answer is still open. */
export async function settle(db: Database, campaignId: string, settlements: Settlement[], at: Date): Promise<void> {
  if (settlements.length === 0) return
  const because = (one: Settlement) => (one.outcome === 'refused' ? one.because : null)
  const ids = settlements.flatMap((one) =>
    one.outcome === 'accepted' ? one.toolIdHashes.map((hash) => ({ recipient: one.id, hash })) : [],
  )
  await inTransaction(db, async (tx) => {
    await tx.$executeRaw(sql`update recipient r set state = s.state, because = s.because, settled_at = ${at}
      from unnest(${settlements.map((one) => one.id)}::bigint[], ${settlements.map((one) => one.outcome)}::text[],
        ${settlements.map(because)}::text[]) as s (id, state, because)
      where r.id = s.id and r.campaign_id = ${campaignId}::uuid and r.state in ('intended', 'unknown')`)
    await keepToolIds(tx, campaignId, ids)
  })
}

/** Keeps ids that the tool gave, as keyed hashes. Repeating is harmless. */
export async function keepToolIds(
  db: Database,
  campaignId: string,
  ids: { recipient: string; hash: string }[],
): Promise<void> {
  if (ids.length === 0) return
  await db.$executeRaw(sql`insert into recipient_tool_id (campaign_id, hash, recipient_id)
    select ${campaignId}::uuid, i.hash, i.recipient
    from unnest(${ids.map((id) => id.hash)}::text[], ${ids.map((id) => id.recipient)}::bigint[]) as i (hash, recipient)
    on conflict do nothing`)
}

/**
 * A recipient as the tool knows them. `idsKept` is how many of the tool's ids the register keeps of them, as far as they cannot have
 * changed: 0 where the address is not the one that was disclosed.
 */
export type KnownRecipient = { id: string; state: string; idsKept: number }

/** Recipients by the keyed hash of the address as it was disclosed, or as they changed it in the tool since. */
export async function recipientsByAddress(
  db: Database,
  campaignId: string,
  hashes: string[],
): Promise<Map<string, KnownRecipient>> {
  const rows = await db.$queryRaw<{ id: bigint; state: string; address_hash: string; ids_kept: number }[]>(sql`
    select r.id, r.state, a.hash as address_hash, 0 as ids_kept
    from recipient_alias a join recipient r on r.id = a.recipient_id
    where a.campaign_id = ${campaignId}::uuid and a.hash = any (${hashes}::text[]) and r.disclosed
    union all
    select r.id, r.state, r.address_hash, (select count(*)::int from recipient_tool_id i where i.recipient_id = r.id)
    from recipient r
    where r.campaign_id = ${campaignId}::uuid and r.address_hash = any (${hashes}::text[]) and r.disclosed`)
  return new Map(rows.map((row) => [row.address_hash, known(row)]))
}

/** Recipients by the keyed hash of an id the tool gave: who changed their address in the tool is still the same there. */
export async function recipientsByToolId(
  db: Database,
  campaignId: string,
  hashes: string[],
): Promise<Map<string, KnownRecipient>> {
  if (hashes.length === 0) return new Map()
  const rows = await db.$queryRaw<{ id: bigint; state: string; hash: string }[]>(sql`
    select r.id, r.state, i.hash from recipient_tool_id i join recipient r on r.id = i.recipient_id
    where i.campaign_id = ${campaignId}::uuid and i.hash = any (${hashes}::text[]) and r.disclosed`)
  return new Map(rows.map((row) => [row.hash, known({ ...row, ids_kept: 0 })]))
}

function known(row: { id: bigint; state: string; ids_kept: number }): KnownRecipient {
  return { id: String(row.id), state: row.state, idsKept: row.ids_kept }
}

/** Tells the planner what has become of everybody: until then the gate would look at each by itself. */
export async function analyzeRecipients(db: Database): Promise<void> {
  await db.$executeRaw(sql`select analyze_recipients()`)
}

/** Marks recipients as seen in the tool at the gate of this time. */
export async function markSeen(db: Database, ids: string[], at: Date): Promise<void> {
  await db.$executeRaw(sql`update recipient set seen_at = ${at} where id = any (${ids}::bigint[])`)
}

/** Accepted recipients whom the gate's read of the tool did not show. Ids. */
export async function unseenAccepted(db: Database, campaignId: string, gate: Date): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: bigint }[]>(sql`
    select id from recipient where campaign_id = ${campaignId}::uuid and state = 'accepted' and (seen_at is null or seen_at < ${gate}) limit 10000`)
  return rows.map((row) => String(row.id))
}

/** Settles accepted recipients as refused after all: not there, or in a status that gets no mail. */
export async function refuseAccepted(db: Database, ids: string[], because: Refusal, at: Date): Promise<void> {
  await db.$executeRaw(sql`update recipient set state = 'refused', because = ${because}, settled_at = ${at}
    where id = any (${ids}::bigint[]) and state = 'accepted'`)
}

/** Recipients in the tool, or perhaps there, who may not be mailed any more; once it was sent, who may not wait there for the withdrawal. Ids. */
export async function barredRecipients(db: Database, campaignId: string, at: Date): Promise<string[]> {
  const rows = await db.$queryRaw<{ recipient_id: bigint }[]>(
    sql`select recipient_id from recipients_now_barred(${campaignId}::uuid, ${at}::timestamptz)`,
  )
  return rows.map((row) => String(row.recipient_id))
}

/** The address of a recipient who must leave the tool now, when the register still has the one the tool has; else null. */
export async function addressToRemove(db: Database, recipientId: string): Promise<string | null> {
  const [row] = await db.$queryRaw<{ address: string | null }[]>(
    sql`select address_to_remove(${recipientId}::bigint) as address
      where not exists (select from recipient_alias where recipient_id = ${recipientId}::bigint)`,
  )
  return row?.address ?? null
}

/** One recipient's state, campaign and disclosed hash. */
export async function recipientById(db: Database, id: string) {
  return db.recipient.findUnique({
    where: { id: BigInt(id) },
    select: { id: true, campaignId: true, state: true, addressHash: true, sent: true },
  })
}

/** Writes down that recipients have left the tool; those who were never in it are settled refused instead. */
export async function markRemoved(db: Database, campaignId: string, ids: string[] | 'all', at: Date): Promise<void> {
  const which = ids === 'all' ? sql`true` : sql`id = any (${ids}::bigint[])`
  await db.$executeRaw(sql`update recipient set state = 'removed', removed_at = ${at}
    where campaign_id = ${campaignId}::uuid and state = 'accepted' and ${which}`)
}

/** The mail, and in it the link to the notice, has gone to everyone who is in the tool now (GDPR Art. 14(3)(b)). */
export async function markSent(db: Database, campaignId: string, at: Date): Promise<void> {
  await db.$executeRaw(
    sql`update recipient set sent = true where campaign_id = ${campaignId}::uuid and state = 'accepted'`,
  )
  await db.$queryRaw(sql`select inform_recipients(${campaignId}::uuid, ${at}::timestamptz)`)
}

/** How a campaign's people are spread. Contacts. */
export async function disclosureCounts(
  db: Database,
  campaignId: string,
): Promise<DisclosureCounts & { sent: number; inTool: number }> {
  const [row] = await db.$queryRaw<Record<string, bigint>[]>(sql`
    select count(*) filter (where batch is not null) as selected,
      count(*) filter (where disclosed) as intended,
      count(*) filter (where disclosed and state in ('accepted', 'removed')) as accepted,
      count(*) filter (where disclosed and state = 'refused') as refused,
      count(*) filter (where disclosed and state in ('intended', 'unknown')) as unknown,
      count(*) filter (where state = 'removed') as removed,
      count(*) filter (where state in ('accepted')) as "inTool",
      count(*) filter (where sent) as sent
    from recipient where campaign_id = ${campaignId}::uuid`)
  const number = (name: string) => Number(row?.[name] ?? 0)
  return {
    selected: number('selected'),
    intended: number('intended'),
    accepted: number('accepted'),
    refused: number('refused'),
    unknown: number('unknown'),
    removed: number('removed'),
    inTool: number('inTool'),
    sent: number('sent'),
  }
}

/** Counts by refusal of those the tool did not take. */
export async function refusalCounts(db: Database, campaignId: string): Promise<Record<string, number>> {
  const rows = await db.$queryRaw<{ because: string; people: bigint }[]>(sql`
    select coalesce(because, 'OTHER') as because, count(*) as people from recipient
    where campaign_id = ${campaignId}::uuid and state = 'refused' group by 1 order by 1`)
  return Object.fromEntries(rows.map((row) => [row.because, Number(row.people)]))
}

/** When the last intent was claimed whose answer is still open; null when none is. */
export async function lastUnanswered(db: Database, campaignId: string): Promise<Date | null> {
  const { _max } = await db.recipient.aggregate({
    where: { campaignId, state: 'intended', settledAt: null },
    _max: { intendedAt: true },
  })
  return _max.intendedAt
}

/** After a withdrawal nobody is there any more: intents that never got an answer are settled unknown. */
export async function settleUnanswered(db: Database, campaignId: string, at: Date): Promise<void> {
  await db.$executeRaw(sql`update recipient set state = 'unknown', settled_at = ${at}
    where campaign_id = ${campaignId}::uuid and state = 'intended' and settled_at is null`)
}

/** When the last person of the campaign left the tool. */
export async function lastRemovedAt(db: Database, campaignId: string): Promise<Date | null> {
  const { _max } = await db.recipient.aggregate({ where: { campaignId }, _max: { removedAt: true } })
  return _max.removedAt
}

/**
 * An operator orders a deletion although feedback cannot be read: every recipient who was disclosed is marked first, so that
 * nobody is mailed again before somebody has looked (I3).
 */
export async function markFeedbackUnknown(db: Database, campaignId: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    // The campaign before its people, as the claim and the gate take them.
    await tx.campaign.update({ where: { id: campaignId }, data: { feedbackUnknown: true } })
    await tx.$executeRaw(sql`update person set feedback_unknown = true
      where id in (select person_id from recipient where campaign_id = ${campaignId}::uuid and disclosed)`)
  })
}
