// An opt-out by our own page: found by the two ids in its link, written to the inbox and applied in one transaction.
import { type Database, inTransaction, sql } from './database.ts'
import type { Prisma } from './generated/client.ts'
import { prohibit } from './permissions.ts'

export type OptOutLink = { toolCampaignId: string; toolIdHashes: string[] }
export type LinkedRecipient = {
  recipientId: string
  campaignId: string
  personId: string | null
  addressHash: string | null
}

/** The recipient that a link's two ids name, or null. Works after withdrawal, after the audience is gone, after erasure. */
export async function recipientOfLink(db: Database, link: OptOutLink): Promise<LinkedRecipient | null> {
  const [row] = await db.$queryRaw<
    { id: bigint; campaign_id: string; person_id: string | null; address_hash: string | null }[]
  >(sql`
    select r.id, r.campaign_id, r.person_id, r.address_hash
    from campaign c
    join recipient_tool_id i on i.campaign_id = c.id and i.hash = any (${link.toolIdHashes}::text[])
    join recipient r on r.id = i.recipient_id
    where c.tool_campaign_id = ${link.toolCampaignId}
    limit 1`)
  return row
    ? {
        recipientId: String(row.id),
        campaignId: row.campaign_id,
        personId: row.person_id,
        addressHash: row.address_hash,
      }
    : null
}

/** The campaign that the first id of a link names, when its life is not over; else null. */
export async function liveCampaignOfLink(db: Database, toolCampaignId: string): Promise<string | null> {
  const [row] = await db.$queryRaw<{ id: string }[]>(
    sql`select id from campaign where tool_campaign_id = ${toolCampaignId} and state <> 'closed' limit 1`,
  )
  return row?.id ?? null
}

/**
 * Says no for a recipient: inbox, ledger and suppression in one transaction. Repeating is harmless and leaves no trace; a no
 * after a later yes is a new one.
 */
export async function optOut(db: Database, recipient: LinkedRecipient, at: Date): Promise<void> {
  const { recipientId, campaignId, personId, addressHash } = recipient
  await inTransaction(db, async (tx) => {
    const onceKey = await onceSinceYes(tx, `${campaignId}|opt-out-page|opted-out|${recipientId}`, recipientId)
    const [known] = await tx.$queryRaw<object[]>(sql`select 1 as known from feedback where once_key = ${onceKey}`)
    if (known) return
    const news = await prohibit(tx, {
      personId,
      at,
      channel: 'opt-out-page',
      actor: 'recipient',
      addresses: addressHash ? [addressHash] : [],
      campaignId,
      onceKey: `feedback|${onceKey}`,
    })
    await tx.$executeRaw(sql`insert into feedback
        (campaign_id, recipient_id, person_id, kind, source, address_hash, at, received_at, applied_at, effect, once_key)
      values (${campaignId}::uuid, ${recipientId}::bigint, ${personId}::uuid, 'opted-out', 'opt-out-page',
        ${addressHash}, ${at}, ${at}, ${at}, ${news ? 'prohibited' : 'known already'}, ${onceKey})
      on conflict (once_key) do nothing`)
  })
}

/** Writes down that somebody calls their no a mistake, for the operator to look at. It permits nothing and lifts nothing. */
export async function recordMistake(db: Database, { recipientId, personId }: LinkedRecipient, at: Date): Promise<void> {
  await inTransaction(db, async (tx) => {
    const onceKey = await onceSinceYes(tx, `OPT_OUT_BY_MISTAKE|${recipientId}`, recipientId)
    await tx.$executeRaw(sql`insert into review_item (code, person_id, place, created_at, once_key)
      values ('OPT_OUT_BY_MISTAKE', ${personId}::uuid, 'opt-out page', ${at}, ${onceKey}) on conflict (once_key) do nothing`)
  })
}

/** The key of an act that counts once until the person says yes again. Until the transaction ends others wait with theirs. */
async function onceSinceYes(tx: Prisma.TransactionClient, act: string, recipientId: string): Promise<string> {
  await tx.$executeRaw(sql`select pg_advisory_xact_lock(hashtext('lupa opt-out page'), hashtext(${recipientId}))`)
  const [yes] = await tx.$queryRaw<{ at: Date | null }[]>(sql`select last_yes_of(${recipientId}::bigint) as at`)
  return yes?.at ? `${act}|${yes.at.toISOString()}` : act
}
