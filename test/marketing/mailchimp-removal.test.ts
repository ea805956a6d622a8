// How people are removed from Mailchimp for ever, and how we know: batches, their results, the reports, the audience.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openMailchimp } from '../../src/marketing/mailchimp/mailchimp.ts'
import { openTool } from '../../src/marketing/tools.ts'
import { everybody, opening, outgoing, sendTo } from './contract.ts'
import { type MailchimpWorld, openMailchimpWorld } from './mailchimp-world.ts'

let world: MailchimpWorld
beforeAll(async () => {
  world = await openMailchimpWorld()
})
beforeEach(() => world.control('/reset', {}))
afterAll(() => world.close())

test('an audience larger than a page is read whole and emptied whole, and leaves no batch behind', {
  timeout: 20_000,
}, async () => {
  const tool = world.open()
  const { audienceId } = await tool.openAudience(opening('Lupa'))
  const people = Array.from({ length: 1_100 }, (_, index) => outgoing(`Person${index}`))
  for (let from = 0; from < people.length; from += tool.batchSize) {
    await tool.addPeople(audienceId, people.slice(from, from + tool.batchSize))
  }

  const before = await everybody(tool, audienceId)
  const emails = before.map(({ email }) => email)
  const { failed } = await tool.removePeople(audienceId, emails)

  const { batches } = world.emulator.state
  expect({
    read: new Set(emails).size,
    failed,
    left: await tool.countPeople(audienceId),
    batches: batches.size,
  }).toEqual({
    read: 1_100,
    failed: [],
    left: 0,
    batches: 0,
  })
})

test('who could not be removed is told with the tool’s own status', async () => {
  const tool = world.open()
  const { audienceId } = await tool.openAudience(opening('Lupa'))
  await tool.addPeople(audienceId, [outgoing('Aino'), outgoing('Eero')])
  await world.control('/mischief', { kind: 'refuse-member-deletion', email: 'Eero@pulu.example' })

  const { failed } = await tool.removePeople(audienceId, ['Aino@pulu.example', 'Eero@pulu.example'])

  const left = (await everybody(tool, audienceId)).map(({ email }) => email)
  expect({ failed, left }).toEqual({
    failed: [{ email: 'Eero@pulu.example', status: expect.toSatisfy((status: number) => status >= 400) }],
    left: ['Eero@pulu.example'],
  })
})

test('a batch that fails in every operation removes nobody, and says so of everybody', async () => {
  const tool = world.open()
  const { audienceId } = await tool.openAudience(opening('Lupa'))
  await tool.addPeople(audienceId, [outgoing('Aino')])
  await world.control('/mischief', { kind: 'batch-fails' })

  const { failed } = await tool.removePeople(audienceId, ['Aino@pulu.example'])

  expect(failed).toEqual([{ email: 'Aino@pulu.example', status: 500 }])
})

test('a batch that never ends is given up with its outcome unknown, after waits that grow with the time it has taken, to ten seconds', async () => {
  const waits: number[] = []
  const wait = async (ms: number): Promise<void> => {
    waits.push(ms)
  }
  const tool = openMailchimp(world.settings, { wait })
  const { audienceId } = await tool.openAudience(opening('Lupa'))
  await tool.addPeople(audienceId, [outgoing('Aino')])
  await world.control('/mischief', { kind: 'batch-stuck' })

  const removal = tool.removePeople(audienceId, ['Aino@pulu.example'])

  await expect(removal).rejects.toMatchObject({ name: 'Unavailable', outcomeUnknown: true })
  const minutes = waits.reduce((sum, ms) => sum + ms, 0) / 60_000
  expect(waits).toEqual(waits.toSorted((one, other) => one - other))
  expect([waits.at(0), waits.at(-1), Math.round(minutes)]).toEqual([250, 10_000, 30])
  expect(world.emulator.state.batches.size).toBe(0)
})

test('a batch is first looked at when nine tenths of what the one before took are over, a smaller one at once, and one that takes far longer as if nothing were known', async () => {
  let now = 0
  let lastsMs = 2000
  let over = Number.POSITIVE_INFINITY
  const tells = await listen((method) => {
    if (method === 'POST') over = now + lastsMs
    return JSON.stringify({ id: 'b1', status: now < over ? 'started' : 'finished', response_body_url: '' })
  })
  const pass = async (ms: number) => {
    now += ms
  }
  const tool = openMailchimp({ ...world.settings, baseUrl: `${tells.url}/3.0` }, { wait: pass })
  const looksAt = async (...emails: string[]) => {
    const [began, asked] = [now, tells.asked()]
    await tool.removePeople('0a1b2c3d4e', emails)
    // Besides the looks: the order, one more for the results, and the batch deleted.
    return { noticedAfterMs: Math.round(now - began), looks: tells.asked() - asked - 3 }
  }

  const first = await looksAt('aino@pulu.example', 'eero@pulu.example')
  const second = await looksAt('ilmari@pulu.example', 'kerttu@pulu.example')
  const smaller = await looksAt('oili@pulu.example')
  lastsMs = 60_000
  const muchLonger = await looksAt('toivo@pulu.example')

  expect({ first, second, smaller, muchLonger }).toEqual({
    first: { noticedAfterMs: 2000, looks: 9 },
    second: { noticedAfterMs: 2050, looks: 3 },
    smaller: { noticedAfterMs: 2000, looks: 9 },
    muchLonger: { noticedAfterMs: 63_710, looks: 38 },
  })
  tells.server.close()
})

test('results that lie on somebody else’s machine are not fetched: nobody counts as removed', async () => {
  const elsewhere = await listen(() => '[]')
  const finished = { id: 'b1', status: 'finished', response_body_url: `${elsewhere.url}/results.tar.gz` }
  const tellsSo = await listen(() => JSON.stringify(finished))
  const tool = openTool('mailchimp', { ...world.settings, baseUrl: `${tellsSo.url}/3.0` })

  const { failed } = await tool.removePeople('0a1b2c3d4e', ['Aino@pulu.example'])

  expect({ failed, asked: elsewhere.asked() }).toEqual({
    failed: [{ email: 'Aino@pulu.example', status: 0 }],
    asked: 0,
  })
  elsewhere.server.close()
  tellsSo.server.close()
})

test('report rows that keep an address or a name are counted until none is left', async () => {
  const tool = world.open()
  const { audienceId } = await tool.openAudience(opening('Lupa'))
  await tool.addPeople(audienceId, [outgoing('Aino'), outgoing('Eero')])
  const toolCampaignId = await sendTo(tool, audienceId, 'kevatkirje')
  await world.control('/mischief', { kind: 'reports-keep-addresses', email: 'Eero@pulu.example' })

  await tool.removePeople(audienceId, ['Aino@pulu.example', 'Eero@pulu.example'])

  // Eero's rows: one of the deliveries, one of the activity.
  expect({
    people: await tool.countPeople(audienceId),
    rows: await tool.identifyingReportRows(toolCampaignId),
  }).toEqual({
    people: 0,
    rows: 2,
  })
})

test('an audience that Mailchimp holds after a send is refused in its own words, and stays', async () => {
  const tool = world.open()
  const { audienceId } = await tool.openAudience(opening('Lupa'))
  await tool.addPeople(audienceId, [outgoing('Aino')])
  await sendTo(tool, audienceId, 'kevatkirje')

  const answer = await tool.deleteAudience(audienceId)

  expect(answer).toEqual({ refused: expect.stringContaining('7 days') })
  expect(await tool.audienceExists(audienceId)).toBe(true)
})

async function listen(
  answer: (method?: string) => string,
): Promise<{ server: Server; url: string; asked: () => number }> {
  let requests = 0
  const server = createServer(({ method }, response) => {
    requests += 1
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer(method))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { server, url: `http://127.0.0.1:${port}`, asked: () => requests }
}
