// The people in an audience: adding them, reading them, counting them. Mailchimp calls them members.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Payload } from '../../domain/disclosure.ts'
import { Refused } from '../../domain/errors.ts'
import type { AddOutcome, Outgoing, ToolPerson, ToolPersonStatus } from '../marketing-tool.ts'
import * as answers from './answers.ts'
import type { Client } from './client.ts'
import { rowMeaning } from './failures.ts'
import { everyPage, type Page, pageSize } from './paging.ts'

/** A payload in Mailchimp's field names. Throws Refused when it holds anything but the three fields (R-50, I1). */
export function asSent(payload: Payload): { EMAIL: string; FNAME: string; LNAME: string } {
  const read = exactlyThree.safeParse(payload)
  if (!read.success) throw new Refused('a person to be added holds something else than email, first and last name')
  return { EMAIL: read.data.email, FNAME: read.data.firstName, LNAME: read.data.lastName }
}

/**
 * Adds up to 500 people, never updating one who is there. Rows are matched by the hash of the lower-case address
 * (mailchimp.md §3.3). A recipient the answer does not mention is `already-there`: the caller reads the audience.
 */
export async function addPeople({ call }: Client, audienceId: string, people: Outgoing[]): Promise<AddOutcome[]> {
  if (people.length === 0) return []
  const members = people.map(({ payload }) => {
    const { EMAIL, FNAME, LNAME } = asSent(payload)
    return { email_address: EMAIL, status: 'subscribed', merge_fields: { FNAME, LNAME } }
  })
  const answer = await call('changes', answers.batchAdd, (sdk) =>
    sdk.lists.batchListMembers(audienceId, { members, update_existing: false }),
  )
  const taken = new Map(answer.new_members.map((row) => [subscriberHash(row.email_address), row]))
  const failed = new Map(answer.errors.map((row) => [subscriberHash(row.email_address), row]))
  return people.map(({ recipient, payload }): AddOutcome => {
    const hash = subscriberHash(payload.email)
    const row = taken.get(hash)
    if (row) return { recipient, outcome: 'accepted', toolIds: toolIdsOf(row) }
    const failure = failed.get(hash)
    const meaning = failure ? rowMeaning(failure) : 'already-there'
    if (meaning === 'already-there') return { recipient, outcome: 'already-there' }
    return { recipient, outcome: 'refused', because: meaning, retryLater: meaning === 'THROTTLED' }
  })
}

/**
 * Everybody in the audience: Mailchimp lists archived people only when asked for them. Sorted by opt-in time, which an
 * opt-out does not change. All of the record is asked for but what Mailchimp fills by itself: only so a value nobody expects
 * is noticed.
 */
export async function* people(client: Client, audienceId: string): AsyncGenerator<ToolPerson[]> {
  for (const status of [undefined, 'archived']) {
    for await (const members of membersOf(client, audienceId, status)) yield members.map(toolPerson)
  }
}

/** The addresses of everybody in the audience: nothing else of them is asked for, and no page before somebody wants it. */
export async function* addresses(client: Client, audienceId: string): AsyncGenerator<string[]> {
  const reading = { part: { fields: ['members.id', 'members.email_address', 'total_items'] }, ahead: false }
  for (const status of [undefined, 'archived']) {
    for await (const rows of membersOf(client, audienceId, status, answers.addressPage, reading)) {
      yield rows.map(({ email_address }) => email_address)
    }
  }
}

/** Every member of one status, or of all but archived, in pages, nobody twice. `reading` says which fields, and whether ahead. */
export function membersOf(client: Client, audienceId: string, status?: string): AsyncGenerator<answers.Member[]>
export function membersOf<Row extends { id: string }>(
  client: Client,
  audienceId: string,
  status: string | undefined,
  answer: z.ZodType<Page<Row>>,
  reading: Reading,
): AsyncGenerator<Row[]>
export function membersOf(
  client: Client,
  audienceId: string,
  status?: string,
  answer: z.ZodType<Page<{ id: string }>> = answers.memberPage,
  { part, ahead }: Reading = wholeRecords,
): AsyncGenerator<{ id: string }[]> {
  const options = { ...part, sortField: 'timestamp_opt', sortDir: 'ASC' as const }
  return everyPage(
    (offset) =>
      client.ask('reads', answer, (sdk) =>
        sdk.lists.getListMembersInfo(audienceId, { ...options, ...(status && { status }), count: pageSize, offset }),
      ),
    { keyOf: ({ id }) => id, ahead },
  )
}

/** People in the audience: each status asked for by itself, and all together, the larger answer counts; archived ones besides. */
export async function countPeople(client: Client, audienceId: string): Promise<number> {
  const total = async (status?: string): Promise<number> => {
    const options = { excludeFields: ['_links', 'members._links'], count: 1, offset: 0 }
    const page = await client.call('reads', answers.memberPage, (sdk) =>
      sdk.lists.getListMembersInfo(audienceId, { ...options, ...(status && { status }) }),
    )
    return Math.max(page.total, page.rows.length)
  }
  let inSight = 0
  for (const status of ['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional']) {
    inSight += await total(status)
  }
  return Math.max(inSight, await total()) + (await total('archived'))
}

/** Mailchimp's name of a member in a path: md5 of the lower-case address. */
export function subscriberHash(email: string): string {
  return createHash('md5').update(email.toLowerCase()).digest('hex')
}

/** The ids that can come back in a link or a webhook. */
export function toolIdsOf({ unique_email_id, contact_id }: { unique_email_id: string; contact_id: string }): string[] {
  return [unique_email_id, contact_id].filter((id) => id !== '')
}

type Reading = { part: { fields: string[] } | { excludeFields: string[] }; ahead: boolean }
const wholeRecords = {
  part: { excludeFields: ['_links', ...answers.filledByMailchimp.map((field) => `members.${field}`)] },
  ahead: true,
}

const exactlyThree = z.strictObject({ email: z.string().min(1), firstName: z.string(), lastName: z.string() })

const statuses: Record<string, ToolPersonStatus> = {
  subscribed: 'subscribed',
  unsubscribed: 'opted-out',
  cleaned: 'bounced',
  pending: 'pending',
  archived: 'archived',
}

function toolPerson(member: answers.Member): ToolPerson {
  return {
    email: member.email_address,
    status: statuses[member.status] ?? 'other',
    toolIds: toolIdsOf(member),
    changedAt: member.last_changed,
    unexpected: member.unexpected,
  }
}
