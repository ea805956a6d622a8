// The audit trail: who did what when. Append-only and hash-chained by the database (I9); subjects are random ids.
import type { Database } from './database.ts'
import { sql } from './database.ts'

export type AuditEntry = {
  at: Date
  actor: string
  action: string
  subject?: string | null
  campaignId?: string | null
  /** Codes and counts only; nothing about a person. */
  facts?: Record<string, string | number | boolean | null>
}

/** Appends one entry; the database numbers and chains it. */
export async function writeAudit(
  db: Database,
  { at, actor, action, subject, campaignId, facts }: AuditEntry,
): Promise<void> {
  await db.$executeRaw(sql`insert into audit (seq, at, actor, action, subject, campaign_id, facts, previous, hash)
    values (0, ${at}, ${actor}, ${action}, ${subject ?? null}::uuid, ${campaignId ?? null}::uuid, ${JSON.stringify(facts ?? {})}::jsonb, '', '')`)
}

/** The chain's head: how many entries there are, and the hash of the last. */
export async function auditHead(db: Database): Promise<{ entries: number; head: string }> {
  const last = await db.audit.findFirst({ orderBy: { seq: 'desc' } })
  return { entries: Number(last?.seq ?? 0), head: last?.hash ?? '' }
}

/** Recomputes the whole chain inside the database; the number of the first entry that does not fit, or null. */
export async function firstBrokenAudit(db: Database): Promise<number | null> {
  const [row] = await db.$queryRaw<{ seq: bigint }[]>(sql`
    select seq from (
      select seq, hash, previous, lag(hash, 1, '') over (order by seq) as before, row_number() over (order by seq) as place,
        audit_hash(previous, seq, at, actor, action, subject, campaign_id, facts) as recomputed
      from audit
    ) chain
    where hash <> recomputed or previous <> before or seq <> place
    order by seq limit 1`)
  return row ? Number(row.seq) : null
}
