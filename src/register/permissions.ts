// Saying yes and saying no, for one person. The database keeps the arithmetic; this is how the rest of the code says it.
import type { Database } from './database.ts'
import { sql } from './database.ts'

/** How a permission or a prohibition reached us. */
export type Channel =
  | 'register-file'
  | 'tool'
  | 'opt-out-page'
  | 'mail'
  | 'phone'
  | 'letter'
  | 'in-person'
  | 'form'
  | 'review'
  | 'outside-ledger'

export type Prohibition = {
  /** The person's id; null when they have been erased and only addresses are known. */
  personId: string | null
  at: Date
  channel: Channel
  actor: string
  evidence?: string | null
  /** The same act told twice has the same key. */
  onceKey: string
  /** Keyed hashes of addresses to suppress besides the person's own. */
  addresses?: string[]
  campaignId?: string | null
  importId?: string | null
}

/** Writes a prohibition down and suppresses the addresses; returns whether it was news. Repeats and late ones are harmless (I5). */
export async function prohibit(db: Database, said: Prohibition): Promise<boolean> {
  const [row] = await db.$queryRaw<
    { fresh: boolean }[]
  >(sql`select prohibit(${said.personId}::uuid, ${said.at}::timestamptz,
    ${said.channel}, ${said.actor}, ${said.evidence ?? null}, ${said.onceKey}, ${said.addresses ?? []}::text[],
    ${said.campaignId ?? null}::uuid, ${said.importId ?? null}::uuid) as fresh`)
  return row?.fresh ?? false
}

/** Until the transaction ends no prohibition of an organisation or a domain commits; one that has begun is waited for (I2). */
export async function holdProhibitions(tx: Database): Promise<void> {
  await tx.$executeRaw(sql`select pg_advisory_xact_lock_shared(hashtext('lupa prohibition'))`)
}

export type DocumentedPermission = {
  personId: string
  at: Date
  channel: Channel
  actor: string
  /** Where it came from, in words or a source code. */
  source: string
  wording: string | null
  evidence: string
  onceKey: string
}

/** Writes the person's own documented permission down: the only thing that lifts an earlier prohibition. Returns whether it was news. */
export async function permit(db: Database, said: DocumentedPermission): Promise<boolean> {
  const [row] = await db.$queryRaw<
    { fresh: boolean }[]
  >(sql`select permit(${said.personId}::uuid, ${said.at}::timestamptz,
    ${said.channel}, ${said.actor}, ${said.source}, ${said.wording}, ${said.evidence}, ${said.onceKey}) as fresh`)
  return row?.fresh ?? false
}
