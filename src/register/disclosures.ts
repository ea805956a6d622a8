// The disclosure register: everything that was handed to anybody outside, the tool included.
import type { DisclosureReason } from '../domain/disclosure.ts'
import { NotAllowed } from '../domain/errors.ts'
import { writeAudit } from './audit.ts'
import { type Database, inTransaction, sql } from './database.ts'

/** One disclosure of the register. `people` is a count; `campaignId` is null for what did not go to the tool. */
export type DisclosureLine = {
  at: Date
  recipient: string
  reason: DisclosureReason
  ground: string
  purpose: string
  fields: string[]
  people: number
  decidedBy: string
  campaignId: string | null
}

export type NewDisclosure = Omit<DisclosureLine, 'people' | 'campaignId'> & { personIds: string[]; actor: string }

/**
 * Writes a disclosure down before it is made. Throws NotAllowed when one of the people is restricted (GDPR Art. 18(2)) and no law
 * asks for it.
 */
export async function recordDisclosure(db: Database, disclosure: NewDisclosure): Promise<string> {
  const { personIds, ...about } = disclosure
  return inTransaction(db, async (tx) => {
    const restricted = await tx.person.count({ where: { id: { in: personIds }, restrictedAt: { not: null } } })
    if (restricted > 0 && about.reason !== 'LEGAL_OBLIGATION')
      throw new NotAllowed(
        `${restricted} of them are restricted: kept, and used for nothing. Leave them out, or name the law that asks.`,
      )
    const { id } = await tx.disclosure.create({ data: { ...about, people: personIds.length } })
    await tx.disclosurePerson.createMany({ data: personIds.map((personId) => ({ disclosureId: id, personId })) })
    for (const subject of personIds) {
      const facts = { disclosure: String(id), reason: about.reason, fields: about.fields.join(',') }
      await writeAudit(tx, { at: about.at, actor: about.actor, action: 'person-disclosed', subject, facts })
    }
    return String(id)
  })
}

/** Everything handed to anybody, the newest first: campaigns from the recipients themselves, under the agreement of their time. */
export async function listDisclosures(
  db: Database,
  { personId = null, most = 1000, skip = 0 }: { personId?: string | null; most?: number; skip?: number } = {},
): Promise<DisclosureLine[]> {
  return db.$queryRaw<DisclosureLine[]>(sql`
    select c.first_disclosed_at as at, c.tool as recipient, 'PROCESSOR' as reason,
      coalesce((select concat(a.agreement, ' (', a.agreed_on, '), ', a.mechanism, ', checked ', a.checked_on) from tool_agreement a
        where a.tool = c.tool and a.seen_at <= c.first_disclosed_at order by a.seen_at desc, a.id desc limit 1), 'not recorded') as ground,
      c.name as purpose, array['first name', 'last name', 'work email'] as fields,
      -- Where the campaign's recipients have outlived their time, its certificate remembers how many there were.
      greatest((select count(*) from recipient r where r.campaign_id = c.id and r.disclosed),
        (select (k.body -> 'counts' ->> 'intended')::bigint from certificate k where k.campaign_id = c.id))::int as people,
      coalesce((select e.actor from campaign_event e where e.campaign_id = c.id and e.type = 'campaign-approved' order by e.id limit 1), '')
        as "decidedBy",
      c.id as "campaignId"
    from campaign c
    where c.first_disclosed_at is not null and (${personId}::uuid is null or exists (
      select from recipient r where r.campaign_id = c.id and r.person_id = ${personId}::uuid and r.disclosed))
    union all
    select d.at, d.recipient, d.reason, d.ground, d.purpose, d.fields, d.people, d.decided_by, null
    from disclosure d
    where ${personId}::uuid is null or exists (
      select from disclosure_person p where p.disclosure_id = d.id and p.person_id = ${personId}::uuid)
    order by at desc limit ${most} offset ${skip}`)
}

export type ToolEntry = {
  agreement: { version: string; date: string }
  transfer: { mechanism: string; checkedAt: string; nextCheck: string }
}

/** Keeps what lupa.yaml says of the tool, when it is news. */
export async function rememberAgreement(
  db: Database,
  tool: string,
  { agreement, transfer }: ToolEntry,
  at: Date,
): Promise<void> {
  await db.toolAgreement.createMany({
    data: [
      {
        tool,
        agreement: agreement.version,
        agreedOn: new Date(agreement.date),
        mechanism: transfer.mechanism,
        checkedOn: new Date(transfer.checkedAt),
        nextCheck: new Date(transfer.nextCheck),
        seenAt: at,
      },
    ],
    skipDuplicates: true,
  })
}

/** The tool's entry as it has been, the newest first. */
export async function listAgreements(db: Database) {
  return db.toolAgreement.findMany({ orderBy: [{ seenAt: 'desc' }, { id: 'desc' }] })
}
