// Alarms as the register keeps them: on from a time to a time, mailed once.
import type { Alarm, AlarmKind } from '../domain/alarm.ts'
import { type Database, inTransaction, type RegisterClient, sql } from './database.ts'

/** An alarm that is on. `campaign` is its campaign's name, `halted` the sentence with which it stopped. */
export type AlarmOn = Alarm & {
  id: bigint
  beganAt: Date
  mailed: boolean
  campaign: string | null
  deadline: Date | null
  halted: string | null
}

/** Begins what is new and ends what is over; returns what began. */
export async function keepAlarms(db: RegisterClient, now: Alarm[], at: Date): Promise<Alarm[]> {
  return inTransaction(db, async (tx) => {
    const on = await tx.alarm.findMany({ where: { endedAt: null } })
    const isNow = (one: Keyed) => now.some((other) => same(one, other))
    const over = on.filter((one) => !isNow(one)).map(({ id }) => id)
    await tx.alarm.updateMany({ where: { id: { in: over } }, data: { endedAt: at } })
    const fresh = now.filter((one) => !on.some((other) => same(one, other)))
    const begun: Alarm[] = []
    for (const one of fresh) {
      const { length } = await tx.$queryRaw<unknown[]>(sql`insert into alarm (kind, campaign_id, began_at)
        values (${one.kind}, ${one.campaignId}::uuid, ${at}) on conflict do nothing returning id`)
      if (length > 0) begun.push(one)
    }
    return begun
  })
}

type Keyed = { kind: string; campaignId: string | null }

function same(one: Keyed, other: Keyed): boolean {
  return one.kind === other.kind && one.campaignId === other.campaignId
}

/** Every alarm that is on, the oldest first. */
export async function alarmsOn(db: Database): Promise<AlarmOn[]> {
  return db.$queryRaw<AlarmOn[]>(sql`
    select a.id, a.kind, a.campaign_id as "campaignId", a.began_at as "beganAt", a.mailed_at is not null as mailed,
      c.name as campaign, c.deadline, c.halted_because as halted
    from alarm a left join campaign c on c.id = a.campaign_id where a.ended_at is null order by a.id`)
}

/** Notes that these were mailed. */
export async function markMailed(db: Database, ids: bigint[], at: Date): Promise<void> {
  await db.alarm.updateMany({ where: { id: { in: ids } }, data: { mailedAt: at } })
}

/** How many alarms are on, by kind. */
export async function alarmCounts(db: Database): Promise<Partial<Record<AlarmKind, number>>> {
  const rows = await db.alarm.groupBy({ by: ['kind'], where: { endedAt: null }, _count: true })
  return Object.fromEntries(rows.map(({ kind, _count }) => [kind, _count]))
}

/** Somebody tries opt-out links of a live campaign that are nobody's: so many different ones by now. */
export async function noteGuessedLinks(db: Database, campaignId: string, links: number, at: Date): Promise<void> {
  await db.$executeRaw(sql`insert into guessed_links (campaign_id, links, last_at) values (${campaignId}::uuid, ${links}, ${at})
    on conflict (campaign_id) do update set links = greatest(guessed_links.links, excluded.links), last_at = excluded.last_at`)
}

/** When links of each campaign were last guessed. */
export async function guessedLinks(db: Database): Promise<Map<string, Date>> {
  const rows = await db.guessedLinks.findMany()
  return new Map(rows.map(({ campaignId, lastAt }) => [campaignId, lastAt]))
}
