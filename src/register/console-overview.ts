// What the console shows of many campaigns and people at once: pages of lists, counts by the database, nothing computed here.
import { type Database, sql } from './database.ts'
import type { Feedback } from './generated/client.ts'

/** One page of a list, and whether there is another after it. */
export type Page<T> = { rows: T[]; more: boolean }

/** Rows on one page of the console. */
export const pageSize = 50

/** Takes the row too many off, which only says that there are more. */
export function pageOf<T>(rows: T[]): Page<T> {
  return { rows: rows.slice(0, pageSize), more: rows.length > pageSize }
}

/** People in the tool over time: `at` in ms since 1970, contacts at that moment. Ascending. */
export type Exposure = { from: Date; to: Date; points: { at: number; people: number }[]; most: number }

/**
 * How many people of a campaign were in the tool, or may have been, from the first disclosure until `now` or until nobody
 * was, in at most 240 steps. Null when nobody was disclosed.
 */
export async function exposureOf(db: Database, campaignId: string, now: Date): Promise<Exposure | null> {
  const [span] = await db.$queryRaw<{ from: Date | null; to: Date | null; open: bigint }[]>(sql`
    select min(intended_at) as from, max(gone_at) as to, count(*) filter (where gone_at is null) as open from (${lives(campaignId)}) life`)
  if (!span?.from) return null
  const to = span.open > 0n || !span.to ? new Date(Math.max(now.getTime(), span.from.getTime() + 1)) : span.to
  const [first, last] = [span.from.getTime(), Math.max(to.getTime(), span.from.getTime() + 1)]
  const rows = await db.$queryRaw<{ step: number; change: bigint }[]>(sql`
    select least(240, ceil((extract(epoch from at) * 1000 - ${first}::float8) * 240 / ${last - first}::float8))::int as step, sum(change) as change
    from (select intended_at as at, 1 as change from (${lives(campaignId)}) came
          union all select gone_at, -1 from (${lives(campaignId)}) went where gone_at is not null) changed
    group by 1 order by 1`)
  let people = 0
  const points = rows.map(({ step, change }) => {
    people += Number(change)
    return { at: first + ((last - first) * Math.max(0, step)) / 240, people }
  })
  return { from: span.from, to, points, most: Math.max(0, ...points.map((one) => one.people)) }
}

const lives = (campaignId: string) => sql`
  select r.intended_at, case when r.removed_at is not null then r.removed_at when r.state = 'refused' then r.settled_at
    when c.state in ('withdrawn', 'closed') then c.withdrawn_at end as gone_at
  from recipient r join campaign c on c.id = r.campaign_id
  where r.campaign_id = ${campaignId}::uuid and r.disclosed and r.intended_at is not null`

/** Campaigns, newest first, without their content. `page` begins with 0. */
export async function campaignPage(db: Database, page: number) {
  return pageOf(
    await db.campaign.findMany({
      ...{ orderBy: { createdAt: 'desc' }, skip: page * pageSize, take: pageSize + 1 },
      select: {
        ...{ id: true, name: true, subject: true, state: true, outcome: true, sentAt: true, sentCount: true },
        ...{ createdAt: true, withdrawnAt: true, closedAt: true },
      },
    }),
  )
}

/** When the tool was last emptied and read back, and by which campaign; null when it never was. */
export async function lastEmptied(db: Database): Promise<{ id: string; name: string; at: Date } | null> {
  const [last] = await db.campaign.findMany({
    ...{
      where: { withdrawnAt: { not: null }, firstDisclosedAt: { not: null } },
      orderBy: { withdrawnAt: 'desc' },
      take: 1,
    },
    select: { id: true, name: true, withdrawnAt: true },
  })
  return last?.withdrawnAt ? { id: last.id, name: last.name, at: last.withdrawnAt } : null
}

export type FeedbackLine = Pick<
  Feedback,
  'kind' | 'source' | 'at' | 'receivedAt' | 'appliedAt' | 'personId' | 'effect'
> & {
  id: string
  campaignId: string | null
  campaign: string | null
  name: string | null
}

/** `kind`: of this kind only; empty: all. */
type FeedbackAsked = { page?: number; campaignId?: string | null; kind?: string; rows?: number }

/** Feedback with whom and what it is about, newest first; of one campaign, or of all. */
export async function feedbackPage(
  db: Database,
  { page = 0, campaignId = null, kind = '', rows = pageSize }: FeedbackAsked,
): Promise<Page<FeedbackLine>> {
  const found = await db.$queryRaw<FeedbackLine[]>(sql`
    select f.id::text as id, f.kind, f.source, f.at, f.received_at as "receivedAt", f.applied_at as "appliedAt", f.effect,
      coalesce(f.person_id, r.person_id) as "personId", f.campaign_id as "campaignId", c.name as campaign,
      nullif(trim(concat(p.first_name, ' ', p.last_name)), '') as name
    from feedback f
    left join recipient r on r.id = f.recipient_id
    left join person p on p.id = coalesce(f.person_id, r.person_id)
    left join campaign c on c.id = f.campaign_id
    where (${campaignId}::uuid is null or f.campaign_id = ${campaignId}::uuid) and (${kind} = '' or f.kind = ${kind})
    order by f.id desc limit ${rows + 1} offset ${page * pageSize}`)
  return { rows: found.slice(0, rows), more: found.length > rows }
}

/** Open review items by what they are about, the most frequent first. */
export async function reviewCounts(db: Database): Promise<{ code: string; items: number }[]> {
  const rows = await db.$queryRaw<{ code: string; items: bigint }[]>(sql`
    select code, count(*) as items from review_item where resolved_at is null group by code order by items desc, code`)
  return rows.map(({ code, items }) => ({ code, items: Number(items) }))
}

/** A mark that differs whenever a page about these campaigns would: of one campaign, or of all that are open. */
export async function pulse(db: Database, campaignId: string | null): Promise<string> {
  const [row] = await db.$queryRaw<{ mark: string | null }[]>(sql`
    select concat_ws('|',
      (select string_agg(concat_ws(',', id, state, waiting_for, last_read_at, shell, cancel_wanted), ';' order by id) from campaign
        where id = ${campaignId}::uuid or (${campaignId}::uuid is null and state <> 'closed')),
      (select string_agg(concat_ws(',', r.state, r.people), ';' order by r.state) from (select r.state, count(*) as people from recipient r
        join campaign c on c.id = r.campaign_id
        where r.campaign_id = ${campaignId}::uuid or (${campaignId}::uuid is null and c.state <> 'closed') group by r.state) r),
      (select string_agg(concat_ws(',', kind, campaign_id), ';' order by id) from alarm where ended_at is null and ${campaignId}::uuid is null),
      (select max(id) from feedback where ${campaignId}::uuid is null or campaign_id = ${campaignId}::uuid)) as mark`)
  return row?.mark ?? ''
}
