// What webhooks told: kept in reduced form before the tool is answered, applied later. Opt-outs, complaints and hard bounces of
// people we disclosed are believed as they stand; everything else is only a hint to read the tool again (I5).
import { type Database, type RegisterClient, sql } from './database.ts'
import { type FeedbackKind, receiveFeedback } from './feedback.ts'
import type { Prisma } from './generated/client.ts'
import { prohibit } from './permissions.ts'
import { keepToolIds } from './recipients.ts'
import { applyNextPiece, isAside, notAside, type PieceByPiece } from './set-aside.ts'

export type DeliveryKind =
  | 'opted-out'
  | 'complained'
  | 'bounced-hard'
  | 'address-changed'
  | 'changed'
  | 'sent'
  | 'other'

/** A delivery on its way in. Hashes are keyed hashes with every key of the ring; there is nothing else about a person. */
export type ReducedDelivery = {
  webhookId: string
  kind: DeliveryKind
  echo: boolean
  reason: string | null
  toolCampaignId: string | null
  toolIdHashes: string[]
  addressHashes: string[]
  at: Date
  receivedAt: Date
  /** The same delivery has the same key. */
  onceKey: string
}

/** Keeps a delivery; false when it was kept before. */
export async function keepDelivery(db: Database, one: ReducedDelivery): Promise<boolean> {
  const kept = await db.$executeRaw(sql`insert into webhook_delivery
      (webhook_id, kind, echo, reason, tool_campaign_id, tool_id_hashes, address_hashes, at, received_at, once_key)
    values (${one.webhookId}::uuid, ${one.kind}, ${one.echo}, ${one.reason}, ${one.toolCampaignId}, ${one.toolIdHashes}::text[],
      ${one.addressHashes}::text[], ${one.at}, ${one.receivedAt}, ${one.onceKey})
    on conflict do nothing`)
  return kept > 0
}

/** How many deliveries wait to be applied. */
export async function waitingDeliveries(db: Database): Promise<number> {
  return db.webhookDelivery.count({ where: { appliedAt: null } })
}

/** What applying the deliveries came to: how many, how many pieces of feedback, and the campaigns to read again. */
export type AppliedDeliveries = { applied: number; believed: number; reread: Set<string> }

/**
 * Applies what waits, at most `limit`, oldest first, each in a transaction of its own. One that cannot be applied is set aside and
 * stops no other. Safe to run by several at once.
 */
export async function applyDeliveries(db: RegisterClient, at: Date, limit: number): Promise<AppliedDeliveries> {
  const sum: AppliedDeliveries = { applied: 0, believed: 0, reread: new Set() }
  for (;;) {
    if (sum.applied === limit) return sum
    const one = await applyNextPiece(db, deliveries(at), at)
    if (!one) return sum
    sum.applied += 1
    sum.believed += one.effect === 'believed' ? 1 : 0
    if (one.effect !== 'believed' && one.effect !== 'echo') sum.reread.add(one.campaignId)
  }
}

type Effect = 'believed' | 'noted' | 'echo' | 'hint' | 'nobody-of-ours' | 'several'
type StoredDelivery = {
  id: bigint
  campaign_id: string
  kind: DeliveryKind
  echo: boolean
  reason: string | null
  tool_id_hashes: string[]
  address_hashes: string[]
  at: Date
  received_at: Date
  aside: boolean
}
type NamedRecipient = { id: bigint; person_id: string | null; address_hash: string; state: string }

type Applied = { campaignId: string; effect: Effect }

function deliveries(at: Date): PieceByPiece<StoredDelivery, Applied> {
  return {
    ...{ what: 'delivery', job: 'apply-webhooks' },
    next: (tx) => nextDelivery(tx, at),
    apply: async (tx, delivery) => {
      const effect = await effectOf(tx, delivery)
      // Whoever nobody knows yet may be known under this address or id by and by; else the hashes have done their work.
      const keep = effect === 'nobody-of-ours'
      await tx.$executeRaw(sql`update webhook_delivery set applied_at = ${at}, effect = ${effect},
          tool_id_hashes = case when ${keep}::boolean then tool_id_hashes else '{}' end,
          address_hashes = case when ${keep}::boolean then address_hashes else '{}' end
        where id = ${delivery.id}`)
      return { campaignId: delivery.campaign_id, effect }
    },
  }
}

async function nextDelivery(tx: Prisma.TransactionClient, at: Date): Promise<StoredDelivery | null> {
  const id = sql`d.id`
  const [delivery] = await tx.$queryRaw<StoredDelivery[]>(sql`
    select d.id, w.campaign_id, d.kind, d.echo, d.reason, d.tool_id_hashes, d.address_hashes, d.at, d.received_at,
      ${isAside('delivery', id)} as aside
    from webhook_delivery d join webhook w on w.id = d.webhook_id
    where d.applied_at is null and ${notAside('delivery', id, at)} order by d.id limit 1 for update of d skip locked`)
  return delivery ?? null
}

async function effectOf(tx: Prisma.TransactionClient, delivery: StoredDelivery): Promise<Effect> {
  const { kind } = delivery
  if (kind === 'changed' || kind === 'sent' || kind === 'other') return 'hint'
  const named = await namedRecipients(tx, delivery)
  if (named.length === 0) return 'nobody-of-ours'
  // The tool repeats what was done there: by us, or by hand, which only a read of the tool can tell apart.
  if (delivery.echo) return named.every(({ state }) => state === 'removed') ? 'echo' : 'hint'
  if (kind !== 'address-changed') return believe(tx, delivery, kind, named)
  const [recipient] = named
  return named.length === 1 && recipient ? noteAddressChange(tx, delivery, recipient) : 'several'
}

/** Recipients who were disclosed in this audience under an address, a later address or an id that the delivery names. */
async function namedRecipients(
  tx: Prisma.TransactionClient,
  { campaign_id, address_hashes, tool_id_hashes }: StoredDelivery,
): Promise<NamedRecipient[]> {
  return tx.$queryRaw<NamedRecipient[]>(sql`
    select r.id, r.person_id, r.address_hash, r.state from recipient r
    where r.campaign_id = ${campaign_id}::uuid and r.disclosed and r.id in (
      select id from recipient where campaign_id = ${campaign_id}::uuid and address_hash = any (${address_hashes}::text[])
      union
      select recipient_id from recipient_alias where campaign_id = ${campaign_id}::uuid and hash = any (${address_hashes}::text[])
      union
      select recipient_id from recipient_tool_id where campaign_id = ${campaign_id}::uuid and hash = any (${tool_id_hashes}::text[]))
    order by r.id`)
}

async function believe(
  tx: Prisma.TransactionClient,
  { campaign_id, reason, address_hashes, at, received_at }: StoredDelivery,
  kind: FeedbackKind,
  named: NamedRecipient[],
): Promise<Effect> {
  await receiveFeedback(
    tx,
    named.map(({ id, address_hash }) => ({
      campaignId: campaign_id,
      recipientId: String(id),
      kind,
      source: 'webhook',
      reason,
      addressHash: address_hashes.includes(address_hash) ? address_hash : (address_hashes[0] ?? address_hash),
      at,
      receivedAt: received_at,
      onceKey: `${campaign_id}|webhook|${kind}|${id}|${at.toISOString()}`,
    })),
  )
  return 'believed'
}

/** The new address and id become ways to find the recipient; a no that was said before holds for the new address too. */
async function noteAddressChange(
  tx: Prisma.TransactionClient,
  delivery: StoredDelivery,
  recipient: NamedRecipient,
): Promise<Effect> {
  const { campaign_id: campaignId, at, received_at: receivedAt } = delivery
  const recipientId = String(recipient.id)
  const aliases = delivery.address_hashes.filter((hash) => hash !== recipient.address_hash)
  await tx.$executeRaw(sql`select pg_advisory_xact_lock(hashtext('lupa prohibition'))`)
  await tx.$executeRaw(sql`insert into recipient_alias (campaign_id, hash, recipient_id)
    select ${campaignId}::uuid, unnest(${aliases}::text[]), ${recipient.id} on conflict do nothing`)
  await keepToolIds(
    tx,
    campaignId,
    delivery.tool_id_hashes.map((hash) => ({ recipient: recipientId, hash })),
  )
  const onceKey = `${campaignId}|webhook|address-changed|${recipientId}|${at.toISOString()}`
  const piece = {
    campaignId,
    recipientId,
    kind: 'address-changed' as const,
    source: 'webhook' as const,
    at,
    receivedAt,
  }
  await receiveFeedback(tx, [{ ...piece, addressHash: recipient.address_hash, onceKey }])
  await prohibitAliases(tx, delivery, recipient, aliases)
  // Deliveries overtake each other: what came under the new name before is looked at again.
  await tx.$executeRaw(sql`update webhook_delivery d set applied_at = null, effect = null from webhook w
    where w.id = d.webhook_id and w.campaign_id = ${campaignId}::uuid and d.effect = 'nobody-of-ours'
      and (d.address_hashes && ${aliases}::text[] or d.tool_id_hashes && ${delivery.tool_id_hashes}::text[])`)
  return 'noted'
}

async function prohibitAliases(
  tx: Prisma.TransactionClient,
  { campaign_id: campaignId }: StoredDelivery,
  { id, person_id, address_hash }: NamedRecipient,
  aliases: string[],
): Promise<void> {
  const [said] = await tx.$queryRaw<{ at: Date | null }[]>(sql`
    select max(at) as at from (
      select permission_at as at from person where id = ${person_id}::uuid and permission = 'prohibition'
      union all
      select at from suppression where address_hash = ${address_hash} and kind = 'opted-out' and (lifted_at is null or lifted_at <= at)
    ) prohibition`)
  if (!said?.at || aliases.length === 0) return
  const onceKey = `alias|${campaignId}|${id}|${aliases[0]}`
  await prohibit(tx, {
    personId: null,
    at: said.at,
    channel: 'tool',
    actor: 'webhook',
    addresses: aliases,
    campaignId,
    onceKey,
  })
}
