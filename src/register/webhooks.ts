// The webhooks of our audiences: written down before the tool is asked, found again by the keyed hash of their secret.
import type { KeyRing } from '../ledger/key-ring.ts'
import { type Database, inTransaction, sql } from './database.ts'

/** The webhook that a campaign uses now. `madeAt` is null until the tool's answer was read back. */
export type WebhookInUse = { id: string; secretHash: string; madeAt: Date | null; problem: string | null }

/** Why a webhook was made anew. */
export type ReplacedBecause = 'missing' | 'changed' | 'silent'

/** The webhook in use, or null. */
export async function webhookInUse(db: Database, campaignId: string): Promise<WebhookInUse | null> {
  const [row] = await db.$queryRaw<WebhookInUse[]>(sql`
    select id, secret_hash as "secretHash", made_at as "madeAt", problem from webhook
    where campaign_id = ${campaignId}::uuid and replaced_at is null`)
  return row ?? null
}

export type WebhookIntent = { campaignId: string; audienceId: string; secretHash: string }

/**
 * Writes the intent of a new webhook down and returns its id. The one in use is replaced, with the reason; one whose making was
 * never answered only gets the new secret, for nobody knows the old one.
 */
export async function beginWebhook(
  db: Database,
  { campaignId, audienceId, secretHash }: WebhookIntent,
  because: ReplacedBecause,
  at: Date,
): Promise<string> {
  return inTransaction(db, async (tx) => {
    const [begun] = await tx.$queryRaw<{ id: string }[]>(sql`
      update webhook set secret_hash = ${secretHash}, begun_at = ${at}
      where campaign_id = ${campaignId}::uuid and replaced_at is null and made_at is null returning id`)
    if (begun) return begun.id
    await tx.$executeRaw(sql`update webhook set replaced_at = ${at}, replaced_because = ${because}
      where campaign_id = ${campaignId}::uuid and replaced_at is null`)
    const [row] = await tx.$queryRaw<{ id: string }[]>(sql`
      insert into webhook (campaign_id, audience_id, secret_hash, begun_at)
      values (${campaignId}::uuid, ${audienceId}, ${secretHash}, ${at}) returning id`)
    return (row as { id: string }).id
  })
}

/** The tool has made it: its id, and the signing secret under seal. From now on deliveries are taken. */
export async function finishWebhook(
  db: Database,
  keys: KeyRing,
  id: string,
  { webhookId, signingSecret }: { webhookId: string; signingSecret: string | null },
  at: Date,
): Promise<void> {
  const seal = signingSecret === null ? null : keys.seal(signingSecret, sealedAbout(id))
  await db.$executeRaw(sql`update webhook set tool_webhook_id = ${webhookId}, key_id = ${seal?.keyId ?? null},
      sealed = ${seal ? new Uint8Array(seal.sealed) : null}::bytea, made_at = ${at}, checked_at = ${at}, problem = null
    where id = ${id}::uuid`)
}

/** It was looked at and is as it should be; or it is not, and the sentence says why. The campaign goes on by polling. */
export async function noteWebhook(
  db: Database,
  campaignId: string,
  facts: { checkedAt: Date; problem: string | null },
): Promise<void> {
  await db.$executeRaw(sql`update webhook set checked_at = ${facts.checkedAt}, problem = ${facts.problem}
    where campaign_id = ${campaignId}::uuid and replaced_at is null`)
}

/**
 * Whether polling found news that this webhook should have told and did not: since the news happened nothing has come at all.
 * News younger than `grace` (ms) does not count: a delivery may take its time. Ten minutes are for clocks that differ.
 */
export async function isSilent(db: Database, id: string, now: Date, grace: number): Promise<boolean> {
  const before = new Date(now.getTime() - grace)
  const rows = await db.$queryRaw<unknown[]>(sql`
    select 1 from webhook w join feedback f on f.campaign_id = w.campaign_id
    where w.id = ${id}::uuid and f.source = 'people' and f.kind in ('opted-out', 'complained', 'bounced-hard')
      and f.at > w.made_at and f.received_at < ${before}
      and not exists (select from webhook_delivery d where d.webhook_id = w.id and d.received_at >= f.at - interval '10 minutes')
    limit 1`)
  return rows.length > 0
}

/** A webhook as the door needs it. `signingSecret` is null where the tool does not sign. */
export type KnownWebhook = {
  id: string
  audienceId: string
  toolCampaignId: string | null
  made: boolean
  signingSecret: string | null
}

/** The webhook of a URL's secret, or null; one that was replaced too, for deliveries under way. */
export async function webhookOfSecret(db: Database, keys: KeyRing, secret: string): Promise<KnownWebhook | null> {
  const [row] = await db.$queryRaw<
    {
      id: string
      audience_id: string
      tool_campaign_id: string | null
      made: boolean
      key_id: string | null
      sealed: Uint8Array | null
    }[]
  >(sql`select w.id, w.audience_id, c.tool_campaign_id, w.made_at is not null as made, w.key_id, w.sealed
    from webhook w join campaign c on c.id = w.campaign_id
    where w.secret_hash = any (${secretHashes(keys, secret)}::text[])`)
  if (!row) return null
  const { id, audience_id: audienceId, tool_campaign_id: toolCampaignId, made, key_id: keyId, sealed } = row
  const signingSecret = keyId && sealed ? keys.open(keyId, Buffer.from(sealed), sealedAbout(id)) : null
  return { id, audienceId, toolCampaignId, made, signingSecret }
}

/** The keyed hashes of a URL's secret, with every key of the ring. */
export function secretHashes(keys: KeyRing, secret: string): string[] {
  return keys.hashes('webhook', secret)
}

/** How a campaign's webhook stands, for people and programs. Null where there is none. */
export type WebhookStatus = { works: boolean; problem: string | null; checkedAt: Date | null; lastAt: Date | null }

/** Reads how the webhook in use stands, and when the tool last told something by any of the campaign's. */
export async function webhookStatus(db: Database, campaignId: string): Promise<WebhookStatus | null> {
  const [row] = await db.$queryRaw<WebhookStatus[]>(sql`
    select made_at is not null and problem is null as works, problem, checked_at as "checkedAt",
      (select max(d.received_at) from webhook_delivery d join webhook any_of on any_of.id = d.webhook_id
       where any_of.campaign_id = ${campaignId}::uuid) as "lastAt"
    from webhook where campaign_id = ${campaignId}::uuid and replaced_at is null`)
  return row ?? null
}

const sealedAbout = (id: string) => `webhook|${id}`
