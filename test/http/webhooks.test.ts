// The webhooks' door: everything is answered, nothing of a person is stored, and only what the tool signed is taken.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWeb } from '../../src/http/server.ts'
import { until } from '../../src/operator/run-workers.ts'
import { openQueues } from '../../src/queue/queue.ts'
import { sql } from '../../src/register/database.ts'
import { campaignIn, runStep, stillWorld, waitingJobs } from '../support/step.ts'
import { formOf, hookOf, post } from '../support/webhook.ts'
import type { TestPerson, World } from '../support/world.ts'

let world: World
let people: TestPerson[]
beforeAll(async () => {
  world = await stillWorld({ web: true })
  ;({ people } = await campaignIn(world, 'sent', { people: 6 }))
  // The tool's own word that it has sent comes by the same door.
  await until(async () => (await world.context.db.webhookDelivery.count()) === 1, 10_000, 20)
})
afterAll(() => world?.close())

const deliveries = () => world.context.db.webhookDelivery.findMany({ orderBy: { id: 'asc' } })
const optOutOf = (person: TestPerson | undefined, at = world.context.clock()) =>
  formOf(world, 'unsubscribe', { action: 'unsub', reason: 'manual', email: person?.email ?? '', id: '8a25ff1d98' }, at)

test('GET and HEAD answer 200 to any secret, and so does POST to an unknown one, of which nothing is stored', async () => {
  const before = await deliveries()
  const { url } = hookOf(world)
  const unknown = url.replace(/[^/]+$/, 'A'.repeat(43))
  const answers: number[] = []

  for (const address of [url, unknown, `${unknown}x`]) {
    for (const method of ['GET', 'HEAD']) answers.push((await fetch(address, { method })).status)
  }
  for (const address of [unknown, `${unknown}x`]) answers.push(await post(world, optOutOf(people[0]), { url: address }))

  expect(answers).toEqual(Array(8).fill(200))
  expect(await deliveries()).toEqual(before)
})

test('an opt-out is stored once, however often it comes, as keyed hashes and codes', async () => {
  const before = (await deliveries()).length
  const body = optOutOf(people[1])

  const answers = [await post(world, body), await post(world, body), await post(world, body)]

  const [stored, ...more] = (await deliveries()).slice(before)
  expect(answers).toEqual([200, 200, 200])
  expect(more).toEqual([])
  const { keys } = world.context
  expect(stored).toMatchObject({
    kind: 'opted-out',
    reason: 'manual',
    echo: false,
    addressHashes: keys.hashes('email', people[1]?.email as string),
    toolIdHashes: keys.hashes('tool-id', '8a25ff1d98'),
  })
  await expect.poll(() => waitingJobs(world)).toMatchObject({ 'apply-webhooks': expect.any(Number) })
})

test('under a known secret a wrong signature is 403, never 410, and nothing is stored', async () => {
  const before = (await deliveries()).length
  const body = optOutOf(people[2])

  const answers = [
    await post(world, body, { headers: { 'x-mailchimp-signature': 't=1,v1=00' } }),
    await post(world, Buffer.from(body)),
  ]

  expect(answers).toEqual([403, 403])
  expect(await deliveries()).toHaveLength(before)
})

test('what is said of another audience is not believed: the tool is read again', async () => {
  const before = (await deliveries()).length

  await post(world, formOf(world, 'unsubscribe', { email: people[3]?.email ?? '', list_id: 'ffffffffff' }, new Date()))

  expect((await deliveries()).slice(before)).toMatchObject([{ kind: 'other', addressHashes: [], toolIdHashes: [] }])
})

test('any content is survived: never an error of ours, never a word of it in the register', async () => {
  const word = fc.constantFrom('Ainokaisa', 'Virtanenko', 'ainokaisa.virtanenko@paja.example', '0401234567')
  const key = fc.oneof(
    fc.constantFrom(
      'type',
      'fired_at',
      'data[id]',
      'data[email]',
      'data[list_id]',
      'data[campaign_id]',
      'data[reason]',
      'data[merges][FNAME]',
    ),
    fc.string(),
    fc.array(word, { maxLength: 5 }).map((parts) => `data${parts.map((part) => `[${part}]`).join('')}`),
  )
  const value = fc.oneof(
    word,
    fc.string({ unit: 'binary' }),
    fc.bigInt().map(String),
    fc.constantFrom('unsubscribe', 'upemail', 'cleaned'),
  )
  const body = fc.oneof(
    fc.array(fc.tuple(key, value), { maxLength: 20 }).map((fields) => new URLSearchParams(fields).toString()),
    fc.json(),
    word.map((text) => `${text}&`.repeat(3000)),
  )
  const contentType = fc.constantFrom(
    'application/x-www-form-urlencoded',
    'application/json',
    'multipart/form-data',
    'text/plain',
    'x',
  )
  const seen = new Set<number>()

  await fc.assert(
    fc.asyncProperty(fc.oneof(body, fc.uint8Array({ maxLength: 300 })), contentType, async (bytes, type) => {
      seen.add(await post(world, bytes, { headers: { 'content-type': type } }))
    }),
    { numRuns: 250 },
  )

  expect([...seen].filter((status) => ![200, 403, 413, 415].includes(status))).toEqual([])
  expect(seen).toContain(200)
  const rows = await world.context.db.$queryRaw<{ row: string }[]>(sql`select d::text as row from webhook_delivery d`)
  expect(rows.length).toBeGreaterThan(20)
  expect(rows.filter(({ row }) => /ainokaisa|virtanenko|0401234567/i.test(row))).toEqual([])
})

test('a body of more than 64 KB is refused before it is looked at', async () => {
  expect(await post(world, 'x'.repeat(70_000))).toBe(413)
})

test('while the queue cannot be reached, a delivery is stored and answered all the same', async () => {
  const queues = openQueues({ redisUrl: 'redis://127.0.0.1:1', prefix: 'nobody' })
  const web = await startWeb({ ...world.context, queues, config: { ...world.context.config, port: 0 } })
  const before = (await deliveries()).length
  try {
    const url = `${web.address}${new URL(hookOf(world).url).pathname}`

    expect(await post(world, optOutOf(people[4]), { url })).toBe(200)

    expect(await deliveries()).toHaveLength(before + 1)
  } finally {
    await web.close()
    await queues.close()
  }
})

test('metrics tell what came, who is in the tool, what waits, and how long a no took; and name nobody', async () => {
  await runStep(world, 'apply-webhooks', {})
  await runStep(world, 'apply-feedback', {})
  await world.context.counters.flush()
  const { origin } = new URL(hookOf(world).url)

  const answer = await fetch(`${origin}/metrics`)

  const text = await answer.text()
  expect(answer.headers.get('content-type')).toContain('text/plain')
  const lines = Object.fromEntries(text.split('\n').map((line) => line.split(/ (?=[^ ]*$)/)))
  expect(lines).toMatchObject({
    'lupa_webhook_deliveries_total{outcome="repeated"}': expect.stringMatching(/^[2-9]|\d\d+/),
    'lupa_webhook_deliveries_total{outcome="unknown-secret"}': '2',
    lupa_people_in_tool: '6',
    lupa_feedback_waiting: '0',
    lupa_feedback_overdue: '0',
    'lupa_suppression_seconds_bucket{source="webhook",le="+Inf"}': '2',
    'lupa_suppression_seconds_bucket{source="webhook",le="86400"}': '2',
    'lupa_suppression_seconds_count{source="webhook"}': '2',
  })
  expect(lines).toMatchObject({
    'lupa_tool_requests_total{route="POST /lists/{list_id}",outcome="200"}': '1',
    lupa_people_disclosed_total: '6',
    'lupa_queue_jobs{queue="tool",state="active"}': '0',
    lupa_deadline_left_seconds: expect.stringMatching(/^\d+/),
  })
  expect(text).not.toMatch(/@|henkilo|kevatkirje/)
})
