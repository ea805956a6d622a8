// Figures over the whole register, for metrics and alarms: counts and times, never a person.
import { type Database, sql } from './database.ts'

/** How long opt-outs and complaints took from the act to the suppression, by the way they came. Seconds. */
export type Suppressions = { source: string; count: number; sumSeconds: number; atMost: number[] }

/** Counts suppressions by source. `atMost[i]` counts those that took `buckets[i]` seconds or less; `buckets` ascend. */
export async function suppressionTimes(db: Database, buckets: number[]): Promise<Suppressions[]> {
  const rows = await db.$queryRaw<{ source: string; bucket: number; count: bigint; seconds: number }[]>(sql`
    select source, width_bucket(seconds, ${buckets}::float8[]) as bucket, count(*) as count, sum(seconds) as seconds
    from (select source, greatest(0, extract(epoch from applied_at - at))::float8 as seconds
          from feedback where kind in ('opted-out', 'complained') and applied_at is not null) took
    group by 1, 2 order by 1, 2`)
  return [...new Set(rows.map(({ source }) => source))].map((source) => {
    const own = rows.filter((row) => row.source === source)
    const sum = (some: typeof own) => some.reduce((total, { count }) => total + Number(count), 0)
    return {
      source,
      count: sum(own),
      sumSeconds: own.reduce((total, { seconds }) => total + seconds, 0),
      atMost: buckets.map((_, place) => sum(own.filter(({ bucket }) => bucket <= place))),
    }
  })
}

/** Feedback and deliveries that wait to be applied, and for how long the oldest has. Seconds. */
export async function waitingNow(db: Database, now: Date): Promise<{ waiting: number; oldestSeconds: number }> {
  const [row] = await db.$queryRaw<{ waiting: bigint; oldest: Date | null }[]>(sql`
    select count(*) as waiting, min(received_at) as oldest from (
      select received_at from feedback where applied_at is null
      union all
      select received_at from webhook_delivery where applied_at is null
    ) inbox`)
  const oldestSeconds = row?.oldest ? Math.max(0, (now.getTime() - row.oldest.getTime()) / 1000) : 0
  return { waiting: Number(row?.waiting ?? 0), oldestSeconds }
}

/** People who are in a tool now, or may be: contacts over all campaigns. */
export async function peopleInTools(db: Database): Promise<number> {
  const [row] = await db.$queryRaw<{ people: bigint }[]>(sql`
    select count(*) as people from recipient r join campaign c on c.id = r.campaign_id
    where r.state in ('intended', 'accepted', 'unknown') and c.state not in ('withdrawn', 'closed')`)
  return Number(row?.people ?? 0)
}

/** The first time by which nobody may be left in the tool; null while nobody is there. */
export async function nextDeadline(db: Database): Promise<Date | null> {
  const { _min } = await db.campaign.aggregate({
    where: { state: { notIn: ['withdrawn', 'closed'] }, firstDisclosedAt: { not: null } },
    _min: { deadline: true },
  })
  return _min.deadline
}

/** Per source: how many said no by it, and how long it took until the register knew. Seconds. */
export type TimeToSuppression = Record<string, { count: number; p50Seconds: number; maxSeconds: number }>

/** One campaign's times from the recipient's act to the suppression, by source. */
export async function timeToSuppression(db: Database, campaignId: string): Promise<TimeToSuppression> {
  const rows = await db.$queryRaw<{ source: string; count: bigint; p50: number; max: number }[]>(sql`
    select source, count(*) as count, percentile_cont(0.5) within group (order by seconds) as p50, max(seconds) as max
    from (select source, greatest(0, extract(epoch from applied_at - at))::float8 as seconds from feedback
          where campaign_id = ${campaignId}::uuid and kind in ('opted-out', 'complained') and applied_at is not null) took
    group by source order by source`)
  return Object.fromEntries(
    rows.map(({ source, count, p50, max }) => [source, { count: Number(count), p50Seconds: p50, maxSeconds: max }]),
  )
}
