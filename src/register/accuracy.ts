// Are the data still right: whose have not been looked at for long, and whose address bounces.
import { type Database, sql } from './database.ts'

export type Unverified = {
  personId: string
  name: string
  organisation: string | null
  email: string | null
  /** The last time somebody saw to them: verified, changed at the source, or added. */
  lastSeen: Date
}

/** People nobody has seen to since `before`, the longest ago first; at most `take`. */
export async function listUnverified(db: Database, before: Date, take = 200): Promise<Unverified[]> {
  return db.$queryRaw<Unverified[]>(sql`
    select p.id as "personId", trim(concat(p.first_name, ' ', p.last_name)) as name, o.name as organisation, p.email, seen.at as "lastSeen"
    from person p left join organisation o on o.id = p.organisation_id
    cross join lateral (select coalesce(greatest(p.verified_at, p.changed_at, p.added_at), p.created_at) as at) seen
    where seen.at < ${before}::timestamptz order by seen.at, p.id limit ${take}`)
}

export type Bounced = {
  personId: string
  name: string
  organisation: string | null
  email: string | null
  /** When the address bounced for good; null when it has only passing trouble. */
  bouncedAt: Date | null
  softBounces: number
}

/** Addresses that bounce: those for good first, then the ones with passing trouble. */
export async function listBounced(db: Database, take = 500): Promise<Bounced[]> {
  return db.$queryRaw<Bounced[]>(sql`
    select p.id as "personId", trim(concat(p.first_name, ' ', p.last_name)) as name, o.name as organisation, p.email,
      p.bounced_at as "bouncedAt", p.soft_bounces as "softBounces"
    from person p left join organisation o on o.id = p.organisation_id
    where p.bounced_at is not null or p.soft_bounces > 0
    order by p.bounced_at desc nulls last, p.soft_bounces desc, p.id limit ${take}`)
}

/** Writes down that somebody looked at these people and found them right. Returns how many. */
export async function markVerified(db: Database, ids: string[], at: Date): Promise<number> {
  const { count } = await db.person.updateMany({ where: { id: { in: ids } }, data: { verifiedAt: at } })
  return count
}
