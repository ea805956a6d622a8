// Who gets a campaign and who does not, and the one reason why: one statement over the whole register, never a loop.
import { batchCount } from '../domain/disclosure.ts'
import type { Reason } from '../domain/eligibility.ts'
import type { CampaignRecord } from './campaigns.ts'
import { type Page, pageOf, pageSize } from './console-overview.ts'
import { type Database, sql } from './database.ts'
import type { PersonLine } from './people.ts'
import type { ClaimedRecipient } from './recipients.ts'

export type SelectionCounts = { people: number; selected: number; excluded: Partial<Record<Reason, number>> }

/** Who is asked for, with the one reason of each who is left out; of people sharing an address the one added first stays. */
const ranked = (campaign: Pick<CampaignRecord, 'askedRelations' | 'askedTags'>, at: Date) => sql`
  with asked as (
    select p.id, p.address_hashes[1] as address_hash, p.added_at, p.register, p.key, e.because
    from person p join eligibility(${at}::timestamptz) e on e.person_id = p.id
    where (cardinality(${campaign.askedRelations}::text[]) = 0 or p.relations && ${campaign.askedRelations}::text[])
      and (cardinality(${campaign.askedTags}::text[]) = 0 or p.tags && ${campaign.askedTags}::text[])
  ),
  placed as (
    select *, row_number() over (
      partition by because is null, address_hash
      order by added_at nulls last, register, case when key ~ '^[0-9]{1,18}$' then key::bigint end nulls last, key
    ) as place
    from asked
  ),
  decided as (
    select id, address_hash, case when because is null and place > 1 then 'DUPLICATE_ADDRESS' else because end as because from placed
  )`

/** Counts a selection without writing anything. */
export async function previewSelection(db: Database, campaign: CampaignRecord, at: Date): Promise<SelectionCounts> {
  const rows = await db.$queryRaw<{ because: Reason | null; people: bigint }[]>(
    sql`${ranked(campaign, at)} select because, count(*) as people from decided group by because order by people desc, because`,
  )
  return counted(rows)
}

/** The counts of a selection and the first few who would get it: one look at the register for both. Writes nothing. */
export async function previewWithSample(
  db: Database,
  campaign: CampaignRecord,
  at: Date,
  count: number,
): Promise<{ counts: SelectionCounts; sample: ClaimedRecipient[] }> {
  const rows = await db.$queryRaw<({ because: Reason | null; people: bigint | null } & ClaimedRecipient)[]>(sql`
    ${ranked(campaign, at)},
    first as (
      select p.id::text as id, p.email, p.first_name, p.last_name, row_number() over (order by p.added_at nulls last, p.register, p.key) as place
      from decided d join person p on p.id = d.id where d.because is null
      order by p.added_at nulls last, p.register, p.key limit ${count}
    )
    select because, count(*) as people, null::text as id, null::text as email, null::text as "firstName", null::text as "lastName", 0::bigint as place
    from decided group by because
    union all
    select null, null, id, email, first_name, last_name, place from first
    order by place, people desc nulls last, because`)
  const sample = rows.filter(({ people }) => people === null)
  return {
    counts: counted(rows.flatMap(({ because, people }) => (people === null ? [] : [{ because, people }]))),
    sample: sample.map(({ id, email, firstName, lastName }) => ({ id, email, firstName, lastName })),
  }
}

/** How many people each of the last five campaigns that were sent had selected. */
export async function earlierSelections(db: Database): Promise<number[]> {
  const rows = await db.$queryRaw<{ selected: number }[]>(sql`
    select (select count(*)::int from recipient r where r.campaign_id = c.id and r.batch is not null) as selected
    from campaign c where c.sent_at is not null order by c.sent_at desc limit 5`)
  return rows.map(({ selected }) => selected)
}

/**
 * One page of the people a campaign asks for: those with this reason, or with null those who get it. Before the selection as it
 * would be now, after it as it was decided.
 */
export async function selectionPeople(
  db: Database,
  campaign: CampaignRecord,
  at: Date,
  { because, page }: { because: string | null; page: number },
): Promise<Page<PersonLine>> {
  const limit = sql`order by p.last_name, p.first_name, p.id limit ${pageSize + 1} offset ${page * pageSize}`
  const line = sql`p.id, trim(concat(p.first_name, ' ', p.last_name)) as name, p.title, o.name as organisation, p.email, p.permission`
  const person = sql`person p left join organisation o on o.id = p.organisation_id`
  return pageOf(
    campaign.selectedAt
      ? await db.$queryRaw<PersonLine[]>(sql`select ${line} from recipient r join ${person} on p.id = r.person_id
          where r.campaign_id = ${campaign.id}::uuid and (${because}::text is null and r.batch is not null or r.state = 'excluded' and r.because = ${because}) ${limit}`)
      : await db.$queryRaw<
          PersonLine[]
        >(sql`${ranked(campaign, at)} select ${line} from decided d join ${person} on p.id = d.id
          where d.because is not distinct from ${because} ${limit}`),
  )
}

/** The tags that people have, by name, at most 200. */
export async function knownTags(db: Database): Promise<string[]> {
  const rows = await db.$queryRaw<{ tag: string }[]>(
    sql`select distinct unnest(tags) as tag from person order by 1 limit 200`,
  )
  return rows.map(({ tag }) => tag)
}

/** Up to `count` people who would get it now, for a preview: their three fields. Contacts, in the register's order. */
export async function samplePayloads(
  db: Database,
  campaign: CampaignRecord,
  at: Date,
  count: number,
): Promise<ClaimedRecipient[]> {
  return db.$queryRaw<ClaimedRecipient[]>(sql`${ranked(campaign, at)}
    select p.id::text as id, p.email, p.first_name as "firstName", p.last_name as "lastName"
    from decided d join person p on p.id = d.id where d.because is null
    order by p.added_at nulls last, p.register, p.key limit ${count}`)
}

/**
 * Makes everyone the campaign asks for a recipient, selected with a batch number or excluded with the reason. One statement. Batches
 * are as even as people allow, and as many as `batchCount` says.
 */
export async function selectRecipients(
  db: Database,
  campaign: CampaignRecord,
  { batchSize, connections }: { batchSize: number; connections: number },
  at: Date,
): Promise<SelectionCounts & { batches: number }> {
  await db.$executeRaw(sql`insert into recipient (campaign_id, person_id, state, because, batch, address_hash)
    ${ranked(campaign, at)},
    full_batches as (
      select count(*) as people, (count(*) + ${batchSize}::int - 1) / ${batchSize}::int as least from decided where because is null
    ),
    -- Worked out once, and not again for each person.
    cut as materialized (
      select people, case when least < 2 * ${connections}::int then least else ${connections}::int * (
        select min(rounds) from generate_series((least + ${connections}::int - 1) / ${connections}::int, least + 2) rounds
        where rounds <= 5 or 0 in (rounds % 3, rounds % 4, rounds % 5)) end as batches
      from full_batches
    )
    select ${campaign.id}::uuid, id, case when because is null then 'selected' else 'excluded' end, because,
      case when because is null then (row_number() over (partition by because is null order by id) - 1) * batches / people + 1 end,
      case when because is null then address_hash end
    from decided cross join cut
    on conflict (person_id, campaign_id) do nothing`)
  const rows = await db.$queryRaw<{ because: Reason | null; people: bigint }[]>(
    sql`select because, count(*) as people from recipient where campaign_id = ${campaign.id}::uuid and state in ('selected', 'excluded') group by because`,
  )
  const counts = counted(rows)
  return { ...counts, batches: batchCount(counts.selected, batchSize, connections) }
}

/** Counts by reason of those excluded at selection. */
export async function exclusionCounts(db: Database, campaignId: string): Promise<Partial<Record<Reason, number>>> {
  const rows = await db.$queryRaw<{ because: Reason; people: bigint }[]>(sql`
    select because, count(*) as people from recipient where campaign_id = ${campaignId}::uuid and state = 'excluded'
    group by because order by people desc, because`)
  return Object.fromEntries(rows.map((row) => [row.because, Number(row.people)]))
}

function counted(rows: { because: Reason | null; people: bigint }[]): SelectionCounts {
  const excluded: Partial<Record<Reason, number>> = {}
  let selected = 0
  for (const { because, people } of rows) {
    if (because) excluded[because] = Number(people)
    else selected = Number(people)
  }
  const people = selected + Object.values(excluded).reduce((sum, count) => sum + count, 0)
  return { people, selected, excluded }
}
