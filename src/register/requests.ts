// Requests of people about their data (R-55, GDPR Art. 12): who asked what, by when it must be answered, how it ended.
import { BadInput } from '../domain/errors.ts'
import {
  type Closing,
  type ExtensionGround,
  type Identification,
  mayAnswer,
  mayExtend,
  mayRefuse,
  type RefusalGround,
  type RequestChannel,
  type RequestKind,
  type RequestState,
  saysNo,
  stillOpen,
} from '../domain/request.ts'
import { writeAudit } from './audit.ts'
import { type Page, pageOf, pageSize } from './console-overview.ts'
import { type Database, inTransaction, sql } from './database.ts'
import type { Prisma } from './generated/client.ts'
import { prohibit } from './permissions.ts'
import type { By } from './reviews.ts'

/** A request as the operator sees it. `due` is the first instant that is too late. */
export type RequestLine = RequestState & {
  channel: RequestChannel
  name: string | null
  receivedAt: Date
  identifiedBy: Identification | null
  extendedBecause: ExtensionGround | null
  outcome: string | null
  refusedBecause: RefusalGround | null
  overdue: boolean
  notes: string | null
}

export type NewRequest = {
  /** Null when nobody in the register could be found yet. */
  personId: string | null
  kind: RequestKind
  channel: RequestChannel
  receivedAt: Date
  notes: string | null
}

/**
 * Opens a request; its clock runs from when it arrived. One that says no to marketing prohibits at once: call `afterProhibition` next.
 * Returns its number and when it is due.
 */
export async function openRequest(
  db: Database,
  asked: NewRequest,
  { actor, at }: By,
): Promise<{ id: string; due: Date }> {
  return inTransaction(db, async (tx) => {
    const { personId, kind, channel, receivedAt, notes } = asked
    const [row] = await tx.$queryRaw<{ id: string; due: Date }[]>(sql`
      insert into request (person_id, kind, channel, received_at, opened_at, opened_by, notes)
      values (${personId}::uuid, ${kind}, ${channel}, ${receivedAt}::timestamptz, ${at}::timestamptz, ${actor}, ${notes})
      returning id::text as id, request_due(received_at, false) as due`)
    const request = row as { id: string; due: Date }
    await writeAudit(tx, {
      at,
      actor,
      action: 'request-opened',
      subject: personId,
      facts: { request: Number(request.id), kind },
    })
    if (personId && saysNo(kind))
      await prohibit(tx, { personId, at: receivedAt, channel, actor, onceKey: `request|${request.id}` })
    return request
  })
}

/** Requests, the most urgent first: the open ones, or with `all` the closed ones too. */
export async function listRequests(db: Database, at: Date, { all = false } = {}): Promise<RequestLine[]> {
  return db.$queryRaw<RequestLine[]>(
    sql`${lines(at)} where ${all} or r.closed_at is null order by r.closed_at nulls first, due, r.id`,
  )
}

/** One page of the same list. */
export async function requestPage(
  db: Database,
  at: Date,
  { all, page }: { all: boolean; page: number },
): Promise<Page<RequestLine>> {
  return pageOf(
    await db.$queryRaw<RequestLine[]>(sql`${lines(at)} where ${all} or r.closed_at is null
      order by r.closed_at desc nulls first, due, r.id limit ${pageSize + 1} offset ${page * pageSize}`),
  )
}

/** How many requests are open, how many of them too late, and when the next is due. */
export async function openRequests(
  db: Database,
  at: Date,
): Promise<{ open: number; overdue: number; next: Date | null }> {
  const [row] = await db.$queryRaw<{ open: number; overdue: number; next: Date | null }[]>(sql`
    select count(*)::int as open, count(*) filter (where due <= ${at}::timestamptz)::int as overdue, min(due) as next
    from (select request_due(received_at, extended_at is not null) as due from request where closed_at is null) r`)
  return row ?? { open: 0, overdue: 0, next: null }
}

/** One request, or null. */
export async function findRequest(db: Database, id: string, at: Date): Promise<RequestLine | null> {
  if (!/^\d{1,18}$/.test(id)) return null
  const [found] = await db.$queryRaw<RequestLine[]>(sql`${lines(at)} where r.id = ${BigInt(id)}`)
  return found ?? null
}

/** What a person has asked, the newest first. */
export async function requestsOf(db: Database, personId: string, at: Date): Promise<RequestLine[]> {
  return db.$queryRaw<RequestLine[]>(sql`${lines(at)} where r.person_id = ${personId}::uuid order by r.id desc`)
}

const lines = (at: Date) => sql`
  select r.id::text as id, r.kind, r.channel, r.person_id as "personId", r.received_at as "receivedAt", r.notes,
    nullif(trim(concat(p.first_name, ' ', p.last_name)), '') as name, r.identified_at as "identifiedAt",
    r.identified_by as "identifiedBy", r.extended_at as "extendedAt", r.extended_because as "extendedBecause",
    r.closed_at as "closedAt", r.outcome, r.refused_because as "refusedBecause", request_due(r.received_at, r.extended_at is not null) as due,
    r.closed_at is null and request_due(r.received_at, r.extended_at is not null) <= ${at}::timestamptz as overdue
  from request r left join person p on p.id = r.person_id`

/** Says how the person was recognised, and who they are when that was not known. Throws BadInput, NotAllowed. */
export async function identifyRequest(
  db: Database,
  id: string,
  { how, personId }: { how: Identification; personId: string | null },
  by: By,
): Promise<RequestLine> {
  return change(db, id, by, 'request-identified', { how }, async (tx, request) => {
    stillOpen(request)
    if (personId && request.personId && personId !== request.personId)
      throw new BadInput(`The request ${id} is about another person: close it, and open one about this person.`)
    const who = personId ?? request.personId
    if (!who) throw new BadInput('Nobody in the register is named: add --person, or close it with --as nothing-held.')
    await tx.$executeRaw(sql`update request set person_id = ${who}::uuid, identified_at = ${by.at}::timestamptz,
      identified_by = ${how} where id = ${BigInt(id)}`)
    if (saysNo(request.kind))
      await prohibit(tx, { personId: who, at: by.at, channel: 'mail', actor: by.actor, onceKey: `request|${id}` })
  })
}

/** Records that the person has their answer. Throws BadInput, NotAllowed. */
export async function answerRequest(db: Database, id: string, by: By): Promise<RequestLine> {
  return change(db, id, by, 'request-answered', {}, async (tx, request) => {
    mayAnswer(request)
    await close(tx, id, 'answered', by)
  })
}

/** Two months more; the person has been told so, and why. Throws BadInput, NotAllowed. */
export async function extendRequest(db: Database, id: string, because: ExtensionGround, by: By): Promise<RequestLine> {
  return change(db, id, by, 'request-extended', { because }, async (tx, request) => {
    mayExtend(request, by.at)
    await tx.$executeRaw(sql`update request set extended_at = ${by.at}::timestamptz, extended_because = ${because},
      reminded_at = null where id = ${BigInt(id)}`)
  })
}

export type Refusal = { because: RefusalGround; text: string; complaintTold: boolean }

/** Refuses; the person has been told why and where to complain. Throws BadInput, NotAllowed. */
export async function refuseRequest(db: Database, id: string, refusal: Refusal, by: By): Promise<RequestLine> {
  const { because, text, complaintTold } = refusal
  return change(db, id, by, 'request-refused', { because }, async (tx, request) => {
    mayRefuse(request, text, complaintTold)
    await close(tx, id, 'refused', by, refusal)
  })
}

/** Ends a request that needs no answer with data. Throws BadInput, NotAllowed. */
export async function closeRequest(db: Database, id: string, as: Closing, by: By): Promise<RequestLine> {
  return change(db, id, by, 'request-closed', { as }, async (tx, request) => {
    stillOpen(request)
    await close(tx, id, as, by)
  })
}

async function close(tx: Prisma.TransactionClient, id: string, outcome: string, { actor, at }: By, refusal?: Refusal) {
  await tx.$executeRaw(sql`update request set closed_at = ${at}::timestamptz, closed_by = ${actor}, outcome = ${outcome},
    refused_because = ${refusal?.because ?? null}, complaint_told = ${refusal?.complaintTold ?? false},
    notes = case when person_id is null then null else coalesce(${refusal?.text ?? null}, notes) end where id = ${BigInt(id)}`)
}

/** Holds one request still, changes it, writes it down, and shows it as it is now. */
async function change(
  db: Database,
  id: string,
  { actor, at }: By,
  action: string,
  facts: Record<string, string>,
  work: (tx: Prisma.TransactionClient, request: RequestLine) => Promise<void>,
): Promise<RequestLine> {
  return inTransaction(db, async (tx) => {
    const request = /^\d{1,18}$/.test(id) ? await heldRequest(tx, id, at) : null
    if (!request) throw new BadInput(`There is no request ${id}: \`lupa request list --all\` shows them.`)
    await work(tx, request)
    const now = (await heldRequest(tx, id, at)) as RequestLine
    await writeAudit(tx, { at, actor, action, subject: now.personId, facts: { request: Number(id), ...facts } })
    return now
  })
}

async function heldRequest(tx: Prisma.TransactionClient, id: string, at: Date): Promise<RequestLine | null> {
  const [found] = await tx.$queryRaw<RequestLine[]>(sql`${lines(at)} where r.id = ${BigInt(id)} for update of r`)
  return found ?? null
}

/** An open request that somebody must be reminded of now. No personal data. */
export type DueRequest = { id: string; kind: RequestKind; due: Date; overdue: boolean }

/** Open requests due within a week that nobody has been reminded of for a day. */
export async function requestsToRemind(db: Database, at: Date): Promise<DueRequest[]> {
  return db.$queryRaw<DueRequest[]>(sql`
    select id, kind, due, due <= ${at}::timestamptz as overdue
    from (select r.id::text as id, r.kind, r.reminded_at, request_due(r.received_at, r.extended_at is not null) as due
      from request r where r.closed_at is null) r
    where due <= ${at}::timestamptz + interval '7 days'
      and (reminded_at is null or reminded_at <= ${at}::timestamptz - interval '24 hours')
    order by due, id::bigint`)
}

/** Writes down that the reminder has gone out. */
export async function markReminded(db: Database, ids: string[], at: Date): Promise<void> {
  await db.$executeRaw(
    sql`update request set reminded_at = ${at}::timestamptz where id = any (${ids.map(BigInt)}::bigint[])`,
  )
}
