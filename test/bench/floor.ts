// The floor: what a whole campaign takes when the same requests are made by a bare client at the connection limit, in the order
// in which they depend on each other, with nothing done in between. A page of a collection that may change is asked for when the
// page before it has come, so pages are a chain here too.
import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { filledByMailchimp } from '../../src/marketing/mailchimp/answers.ts'
import { type BareClient, bareClient } from './bare-client.ts'
import { audience } from './naive.ts'
import { emailOf } from './population.ts'
import type { ToolAccess } from './stage.ts'

const page = 1_000
const operationsPerBatch = 10_000

export type FloorRun = { seconds: number; requests: number }
type Json = Record<string, unknown>

/** Lives the tool's side of one campaign of so many people, added in so many requests. */
export async function floorOf(
  tool: ToolAccess,
  { people, adds, connections }: { people: number; adds: number; connections: number },
): Promise<FloorRun> {
  const client = bareClient(tool, connections)
  const began = performance.now()
  let polls = 0
  const { list, campaign } = await opened(client)
  await client.spread(adds, (place) => {
    const [from, to] = [Math.floor((people * place) / adds), Math.floor((people * (place + 1)) / adds)]
    return client.ask('POST', `/lists/${list}`, { members: members(from, to), update_existing: false })
  })
  polls += await sent(client, list, campaign, people)
  await feedbackRead(client, list, campaign, people)
  polls += await emptied(client, list, people)
  await verified(client, list, campaign)
  const seconds = (performance.now() - began) / 1000
  client.close()
  return { seconds, requests: client.asked() - polls }
}

async function opened({ ask }: BareClient): Promise<{ list: string; campaign: string }> {
  await ask('GET', '/')
  await ask('GET', '/lists?count=1000')
  const list = (await ask('POST', '/lists', audience('floor')))?.['id'] as string
  const fields = (await ask('GET', `/lists/${list}/merge-fields?count=1000`))?.['merge_fields'] as Json[]
  for (const field of fields.filter(({ tag }) => tag !== 'FNAME' && tag !== 'LNAME')) {
    await ask('DELETE', `/lists/${list}/merge-fields/${field['merge_id']}`)
  }
  await ask('GET', `/lists/${list}/merge-fields?count=1000`)
  const settings = { subject_line: 'Mittaus', title: 'floor', from_name: 'Mittaus', reply_to: 'erja@konsultti.example' }
  const drafted = await ask('POST', '/campaigns', { type: 'regular', recipients: { list_id: list }, settings })
  const campaign = drafted?.['id'] as string
  await ask('PUT', `/campaigns/${campaign}/content`, { html: '<p>Hei *|FNAME|*</p><a href="*|UNSUB|*">Peru</a>' })
  await ask('GET', `/campaigns/${campaign}/content`)
  return { list, campaign }
}

function members(from: number, to: number): object[] {
  return Array.from({ length: to - from }, (_, place) => ({
    email_address: emailOf(from + place),
    status: 'subscribed',
    merge_fields: { FNAME: 'Etu', LNAME: `Suku${from + place}` },
  }))
}

async function sent({ ask }: BareClient, list: string, campaign: string, people: number): Promise<number> {
  const without = ['_links', ...filledByMailchimp.map((field) => `members.${field}`)].join(',')
  await pages({ ask }, `/lists/${list}/members?sort_field=timestamp_opt&sort_dir=ASC&exclude_fields=${without}`, people)
  await ask('GET', `/lists/${list}/members?status=archived&count=1000`)
  let looks = 0
  for (let counted: unknown = 0; counted !== people; looks += 1) {
    const recipients = (await ask('GET', `/campaigns/${campaign}`))?.['recipients'] as Json
    counted = recipients['recipient_count']
  }
  await ask('GET', `/campaigns/${campaign}/send-checklist`)
  await ask('POST', `/campaigns/${campaign}/actions/send`)
  await ask('GET', `/campaigns/${campaign}`)
  return looks - 1
}

async function feedbackRead({ ask }: BareClient, list: string, campaign: string, people: number): Promise<void> {
  // The poll that finds everything quiet, then the complete read before anybody is deleted.
  await ask('GET', `/reports/${campaign}`)
  await ask('GET', `/lists/${list}/members?status=unsubscribed&count=1000`)
  await ask('GET', `/lists/${list}/members?status=cleaned&count=1000`)
  await ask('GET', `/campaigns/${campaign}`)
  for (const collection of ['unsubscribed', 'abuse-reports']) {
    await ask('GET', `/reports/${campaign}/${collection}?count=1000`)
  }
  await pages({ ask }, `/reports/${campaign}/sent-to?`, people)
  await ask('GET', `/lists/${list}/members?status=unsubscribed&count=1000`)
  await ask('GET', `/lists/${list}/members?status=cleaned&count=1000`)
  await ask('GET', `/lists/${list}/abuse-reports?count=1000`)
}

async function emptied({ ask }: BareClient, list: string, people: number): Promise<number> {
  let polls = 0
  const listing = `/lists/${list}/members?sort_field=timestamp_opt&sort_dir=ASC&fields=members.id,members.email_address,total_items`
  for (let gone = 0; gone < people; gone += operationsPerBatch) {
    const here = Math.min(operationsPerBatch, people - gone)
    await pages({ ask }, listing, here)
    if (gone + here >= people) await ask('GET', `/lists/${list}/members?status=archived&count=1000`)
    const operations = Array.from({ length: here }, (_, place) => ({
      method: 'POST',
      path: `/lists/${list}/members/${subscriber(emailOf(gone + place))}/actions/delete-permanent`,
      operation_id: String(place),
    }))
    const batch = (await ask('POST', '/batches', { operations }))?.['id']
    let looked = await ask('GET', `/batches/${batch}`)
    for (; looked?.['status'] !== 'finished'; polls += 1) {
      await wait(20)
      looked = await ask('GET', `/batches/${batch}`)
    }
    await ask('GET', looked['response_body_url'] as string)
    await ask('DELETE', `/batches/${batch}`)
  }
  await ask('GET', `${listing}&count=1000`)
  await ask('GET', `/lists/${list}/members?status=archived&count=1000`)
  await ask('DELETE', `/lists/${list}`)
  return polls
}

async function verified({ ask }: BareClient, list: string, campaign: string): Promise<void> {
  await ask('GET', '/')
  await ask('GET', `/lists/${list}?fields=id`)
  for (const status of ['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional', '', 'archived']) {
    await ask('GET', `/lists/${list}/members?count=1${status ? `&status=${status}` : ''}`)
  }
  await ask('DELETE', `/campaigns/${campaign}`)
  await ask('GET', `/campaigns/${campaign}`)
  for (const collection of ['sent-to', 'unsubscribed', 'email-activity', 'abuse-reports']) {
    await ask('GET', `/reports/${campaign}/${collection}?count=1000`)
  }
}

async function pages({ ask }: Pick<BareClient, 'ask'>, path: string, rows: number): Promise<void> {
  for (let offset = 0; offset < Math.max(rows, 1); offset += page) {
    await ask('GET', `${path}&count=${page}&offset=${offset}`)
  }
}

const subscriber = (email: string) => createHash('md5').update(email).digest('hex')
