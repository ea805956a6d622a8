// What the emulator's own tests begin with: an audience, a few invented people, a campaign; and ways to ask and to wait.
import { gunzipSync } from 'node:zlib'
import { extract } from 'tar-stream'
import type { Emulator } from './emulator.ts'
import { type Json, textOf } from './json.ts'
import type { Sdk } from './sdk.ts'

export const people = [
  {
    email_address: 'Aino.Virtanen@yritys.example',
    status: 'subscribed',
    merge_fields: { FNAME: 'Aino', LNAME: 'Virtanen' },
  },
  { email_address: 'bertta@paja.example', status: 'subscribed', merge_fields: { FNAME: 'Bertta', LNAME: 'Korhonen' } },
  { email_address: 'cecilia@saha.example', status: 'subscribed', merge_fields: { FNAME: 'Cecilia', LNAME: 'Öhman' } },
]

/** The settings of an audience. */
export function listSettings(name = 'Kevätkirje'): Json {
  return {
    name,
    contact: { company: 'Lupa Oy', address1: 'Katu 1', city: 'Tampere', zip: '33100', country: 'FI' },
    permission_reminder: 'You gave us permission.',
    campaign_defaults: { from_name: 'Lupa', from_email: 'kirje@lupa.example', subject: '', language: 'fi' },
    email_type_option: false,
  }
}

/** An audience with these members; returns its id. */
export async function audienceWith(sdk: Sdk, members: Json[] = people): Promise<string> {
  const { id } = await sdk.lists.createList(listSettings())
  if (members.length > 0) await sdk.lists.batchListMembers(id, { members })
  return textOf(id)
}

/** A draft with subject, sender and content for an audience; returns its id. */
export async function draftFor(sdk: Sdk, list_id: string, html = '<p>Hei *|FNAME|*</p>'): Promise<string> {
  const settings = { subject_line: 'Kevään vinkit', title: 'kevät', from_name: 'Lupa', reply_to: 'kirje@lupa.example' }
  const { id } = await sdk.campaigns.create({ type: 'regular', recipients: { list_id }, settings })
  await sdk.campaigns.setContent(id, { html })
  return textOf(id)
}

/** A draft that has been sent and delivered; returns its id. */
export async function sentTo(emulator: Emulator, sdk: Sdk, list_id: string, html?: string): Promise<string> {
  const id = await draftFor(sdk, list_id, html)
  await sdk.campaigns.get(id)
  await sdk.campaigns.send(id)
  await control(emulator, 'POST', '/deliver', { campaign: id })
  return id
}

/** Asks the control surface; the answer's JSON. */
export async function control(emulator: Emulator, method: string, path: string, body?: unknown): Promise<Json> {
  const answer = await fetch(`${emulator.url}/__control${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  return (await answer.json()) as Json
}

/** What a refused call of the SDK says: status, title, detail, and whether the problem had a `type`. */
export async function refusal(call: Promise<unknown>): Promise<Json> {
  try {
    await call
  } catch (error) {
    const { status, code, response } = error as { status?: number; code?: string; response?: { body: Json } }
    const { title, detail, type } = response?.body ?? {}
    return { status, ...(code ? { code } : {}), title, detail, typed: type !== undefined }
  }
  throw new Error('The call was not refused.')
}

/** The first value that passes, asking again for up to five seconds. */
export async function eventually<T>(ask: () => T | Promise<T>, passes: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + 5000
  for (;;) {
    const value = await ask()
    if (passes(value)) return value
    if (Date.now() > deadline) throw new Error(`Still not so after five seconds: ${JSON.stringify(value)}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** The JSON files inside a batch's gzipped tar, put together. */
export async function batchResults(url: string): Promise<Json[]> {
  const answer = await fetch(url)
  const reader = extract()
  reader.end(gunzipSync(Buffer.from(await answer.arrayBuffer())))
  const results: Json[] = []
  for await (const entry of reader) {
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(chunk as Buffer)
    results.push(...(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json[]))
  }
  return results
}
