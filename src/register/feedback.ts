// The feedback inbox: everything that comes back lands here once, and is applied to the register once (I5).
import { type Database, joinSql, type RegisterClient, sql } from './database.ts'
import type { Prisma } from './generated/client.ts'
import { type Channel, prohibit } from './permissions.ts'
import { applyNextPiece, isAside, notAside, type PieceByPiece } from './set-aside.ts'

export type FeedbackKind = 'opted-out' | 'complained' | 'bounced-hard' | 'bounced-soft' | 'address-changed'
export type FeedbackSource = 'webhook' | 'people' | 'report' | 'opt-out-page' | 'operator' | 'sweep'

/** One piece of feedback on its way in. `at` is when it happened, `receivedAt` when we learned of it. */
export type IncomingFeedback = {
  campaignId: string | null
  recipientId: string | null
  personId?: string | null
  kind: FeedbackKind
  source: FeedbackSource
  channel?: string | null
  reason?: string | null
  evidence?: string | null
  addressHash: string | null
  at: Date
  receivedAt: Date
  /** The same fact told twice by the same way has the same key. */
  onceKey: string
}

/** The de-duplication key of what the tool tells: one fact per campaign, way, kind and address. */
export function toolOnceKey(one: Pick<IncomingFeedback, 'campaignId' | 'source' | 'kind' | 'addressHash'>): string {
  return [one.campaignId ?? 'none', one.source, one.kind, one.addressHash].join('|')
}

/** Stores feedback; returns how many pieces were news. */
export async function receiveFeedback(db: Database, pieces: IncomingFeedback[]): Promise<number> {
  if (pieces.length === 0) return 0
  const rows = pieces.map(
    (
      one,
    ) => sql`(${one.campaignId}::uuid, ${one.recipientId}::bigint, ${one.personId ?? null}::uuid, ${one.kind}, ${one.source},
      ${one.channel ?? null}, ${one.reason ?? null}, ${one.evidence ?? null}, ${one.addressHash}, ${one.at}::timestamptz,
      ${one.receivedAt}::timestamptz, ${one.onceKey})`,
  )
  return db.$executeRaw(sql`insert into feedback
      (campaign_id, recipient_id, person_id, kind, source, channel, reason, evidence, address_hash, at, received_at, once_key)
    values ${joinSql(rows)} on conflict (once_key) do nothing`)
}

/** How many pieces wait to be applied. */
export async function waitingFeedback(db: Database): Promise<number> {
  return db.feedback.count({ where: { appliedAt: null } })
}

/**
 * Applies what waits, oldest first, each piece in a transaction of its own; returns how many. One that cannot be applied is set
 * aside and stops no other. Safe to run by several at once.
 */
export async function applyFeedback(db: RegisterClient, at: Date): Promise<number> {
  const pieces: PieceByPiece<StoredFeedback, true> = {
    ...{ what: 'feedback', job: 'apply-feedback' },
    next: (tx) => nextPiece(tx, at),
    apply: async (tx, piece) => {
      const effect = await effectOf(tx, piece)
      await tx.feedback.update({ where: { id: piece.id }, data: { appliedAt: at, effect } })
      return true
    },
  }
  let applied = 0
  while (await applyNextPiece(db, pieces, at)) applied += 1
  return applied
}

type StoredFeedback = {
  id: bigint
  campaign_id: string | null
  person_id: string | null
  kind: FeedbackKind
  source: FeedbackSource
  channel: string | null
  evidence: string | null
  address_hash: string | null
  disclosed_hash: string | null
  at: Date
  once_key: string
  aside: boolean
}

async function nextPiece(tx: Prisma.TransactionClient, at: Date): Promise<StoredFeedback | null> {
  const id = sql`f.id`
  const [piece] = await tx.$queryRaw<StoredFeedback[]>(sql`
    select f.id, f.campaign_id, coalesce(f.person_id, r.person_id) as person_id, f.kind, f.source, f.channel, f.evidence,
      coalesce(f.address_hash, r.address_hash) as address_hash, r.address_hash as disclosed_hash, f.at, f.once_key,
      ${isAside('feedback', id)} as aside
    from feedback f left join recipient r on r.id = f.recipient_id
    where f.applied_at is null and ${notAside('feedback', id, at)} order by f.id limit 1 for update of f skip locked`)
  return piece ?? null
}

/** Applies one piece and says what it did, in a code for people to read. */
async function effectOf(tx: Prisma.TransactionClient, piece: StoredFeedback): Promise<string> {
  const addresses = piece.address_hash ? [piece.address_hash] : []
  switch (piece.kind) {
    case 'opted-out':
    case 'complained': {
      const news = await prohibit(tx, {
        personId: piece.person_id,
        at: piece.at,
        channel: (piece.channel as Channel | null) ?? (piece.source === 'opt-out-page' ? 'opt-out-page' : 'tool'),
        actor: piece.source,
        evidence: piece.evidence,
        // An address changed in the tool says no for the one we disclosed, too.
        addresses: [...new Set([...addresses, ...(piece.disclosed_hash ? [piece.disclosed_hash] : [])])],
        campaignId: piece.campaign_id,
        onceKey: `feedback|${piece.once_key}`,
      })
      return news ? 'prohibited' : 'known already'
    }
    case 'bounced-hard': {
      const marked =
        await tx.$executeRaw(sql`update person set bounced_at = greatest(coalesce(bounced_at, ${piece.at}), ${piece.at})
        where address_hashes && ${addresses}::text[]`)
      return marked > 0 ? 'address marked' : 'address not here'
    }
    case 'bounced-soft': {
      const marked = await tx.$executeRaw(
        sql`update person set soft_bounces = soft_bounces + 1 where address_hashes && ${addresses}::text[]`,
      )
      return marked > 0 ? 'counted' : 'address not here'
    }
    case 'address-changed':
      return 'noted'
    default:
      return piece.kind satisfies never
  }
}

/** Feedback of one campaign: different addresses, whatever number of ways told of each; who complained is not counted as opted out too. */
export async function feedbackCounts(db: Database, campaignId: string) {
  const rows = await db.$queryRaw<{ kind: FeedbackKind; people: bigint }[]>(sql`
    with piece as (
      select kind, coalesce(recipient_id::text, address_hash, once_key) as who from feedback where campaign_id = ${campaignId}::uuid
    )
    select kind, count(distinct who) as people from piece
    where kind <> 'opted-out' or who not in (select who from piece where kind = 'complained')
    group by kind`)
  const of = (kind: FeedbackKind) => Number(rows.find((row) => row.kind === kind)?.people ?? 0)
  return {
    optedOut: of('opted-out'),
    complained: of('complained'),
    bouncedHard: of('bounced-hard'),
    bouncedSoft: of('bounced-soft'),
  }
}

/** What became of these pieces, by their keys: those that are in the inbox; `waiting` while one is not applied. */
export async function effectsOf(
  db: Database,
  pieces: Pick<IncomingFeedback, 'onceKey'>[],
): Promise<Map<string, string>> {
  const stored = await db.feedback.findMany({
    where: { onceKey: { in: pieces.map(({ onceKey }) => onceKey) } },
    select: { onceKey: true, effect: true },
  })
  return new Map(stored.map(({ onceKey, effect }) => [onceKey, effect ?? 'waiting']))
}

/** The inbox for people to read, newest first: what, by which way, when it happened, when it was known and applied. */
export async function listFeedback(db: Database, since: Date | null, limit = 1000) {
  return db.feedback.findMany({
    where: since ? { receivedAt: { gte: since } } : {},
    orderBy: { id: 'desc' },
    take: limit,
  })
}
