// What webhooks tell is applied in any order of arrival.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { until } from '../../src/operator/run-workers.ts'
import type { CampaignRecord } from '../../src/register/campaigns.ts'
import { permit } from '../../src/register/permissions.ts'
import { campaignIn, runStep, stillWorld, waitingJobs } from '../support/step.ts'
import { formOf, hookOf, post, prohibited } from '../support/webhook.ts'
import type { TestPerson, World } from '../support/world.ts'

let world: World
let campaign: CampaignRecord
let everybody: TestPerson[]
/** The people of one test: nobody else's. */
let people: TestPerson[]
let moved: string
let told = 0n
beforeAll(async () => {
  world = await stillWorld({ web: true })
  ;({ campaign, people: everybody } = await campaignIn(world, 'sent', { people: 48 }))
  await until(async () => (await world.context.db.webhookDelivery.count()) === 1, 10_000, 20)
  await apply()
})
afterAll(() => world?.close())
beforeEach(async () => {
  people = everybody.splice(0, 3)
  moved = `muuttaja${everybody.length}@uusi.example`
  told = (await world.context.db.webhookDelivery.findFirst({ orderBy: { id: 'desc' } }))?.id ?? 0n
})

test('an opt-out is believed although the tool has forgotten the person meanwhile', async () => {
  const [ada] = people
  const body = formOf(world, 'unsubscribe', { action: 'unsub', reason: 'manual', email: ada?.email ?? '' }, ago(60))
  await world.context.tool('mailchimp').removePerson(hookOf(world).audienceId, ada?.email ?? '')

  await post(world, body)
  await apply()

  expect(await prohibited(world, people)).toEqual([ada?.email])
  expect(await kept()).toEqual([{ kind: 'opted-out', effect: 'believed', hashes: 0 }])
  expect(await waitingJobs(world)).toMatchObject({ 'find-removals': expect.any(Number) })
})

test('an opt-out is believed by the tool’s id alone, a complaint prohibits, and a hard bounce marks the address only', async () => {
  const [ada, bo, cai] = people
  const members = [...world.emulator.state.audiences.values()].flatMap((one) => [...one.members.values()])
  const id = members.find(({ email_address }) => email_address === ada?.email)?.unique_email_id ?? ''

  await post(world, formOf(world, 'unsubscribe', { action: 'unsub', id }, ago(60)))
  await post(world, formOf(world, 'unsubscribe', { action: 'unsub', reason: 'abuse', email: bo?.email ?? '' }, ago(50)))
  await post(world, formOf(world, 'cleaned', { reason: 'hard', email: cai?.email ?? '' }, ago(40)))
  await apply()

  expect(await prohibited(world, people)).toEqual([ada?.email, bo?.email])
  expect(await bounced(people)).toEqual([cai?.email])
})

test('R4: echoes of deletions are never opt-outs, of our own and of those by hand', async () => {
  const [ada, bo] = people
  const { db } = world.context
  await db.recipient.updateMany({ where: { personId: ada?.id ?? '' }, data: { state: 'removed', removedAt: ago(9) } })

  await post(
    world,
    formOf(world, 'unsubscribe', { action: 'delete', reason: 'manual', email: ada?.email ?? '' }, ago(60)),
  )
  await post(
    world,
    formOf(world, 'unsubscribe', { action: 'delete', reason: 'manual', email: bo?.email ?? '' }, ago(50)),
  )
  await apply()

  expect(await prohibited(world, people)).toEqual([])
  expect(await suppressed(people.map(({ email }) => email))).toEqual([false, false, false])
  expect((await kept()).map(({ effect }) => effect)).toEqual(['echo', 'hint'])
})

test('R4: when people are taken out of the tool its echoes make nobody an opted-out person', async () => {
  // Even where the tool tells callers of the API about themselves.
  const webhooks = [...world.emulator.state.audiences.values()].flatMap((one) => [...one.webhooks.values()])
  for (const webhook of webhooks) webhook.sources = { user: true, admin: true, api: true }
  const addresses = people.map(({ email }) => email)

  await world.context.tool('mailchimp').removePeople(hookOf(world).audienceId, addresses)
  await until(async () => (await kept()).length === 3, 10_000, 20)
  for (const webhook of webhooks) webhook.sources = { user: true, admin: true, api: false }
  await apply()

  expect((await kept()).map(({ effect }) => effect)).toEqual(['hint', 'hint', 'hint'])
  expect(await prohibited(world, people)).toEqual([])
  expect(await suppressed(addresses)).toEqual([false, false, false])
})

test('a no of somebody who was never disclosed there is not believed; it wakes a read of the tool', async () => {
  const [stranger] = await world.people(1)

  await post(world, formOf(world, 'unsubscribe', { action: 'unsub', email: stranger?.email ?? '' }, ago(60)))
  await post(world, formOf(world, 'profile', { email: people[0]?.email ?? '' }, ago(60)))
  await apply()

  expect(await prohibited(world, people)).toEqual([])
  expect((await kept()).map(({ effect }) => effect)).toEqual(['nobody-of-ours', 'hint'])
  expect(await waitingJobs(world)).toMatchObject({ 'collect-feedback': 1 })
})

test('R2: an old delivery does not undo a later documented permission; a later one does, in either order of arrival', async () => {
  const [ada, bo] = people
  const said = (person: TestPerson | undefined, at: Date) =>
    post(world, formOf(world, 'unsubscribe', { action: 'unsub', email: person?.email ?? '' }, at))
  for (const person of [ada, bo]) await permitAgain(person, ago(600))

  await said(ada, ago(900))
  await said(bo, ago(300))
  await said(bo, ago(900))
  await apply()

  expect(await prohibited(world, people)).toEqual([bo?.email])
})

test('R2: no repeated, late or overtaking delivery ever makes anybody permitted again', async () => {
  const [ada] = people
  const email = ada?.email ?? ''
  const news = [
    formOf(world, 'subscribe', { email, id: '8a25ff1d98' }, ago(10)),
    formOf(world, 'unsubscribe', { action: 'unsub', email }, ago(400)),
    formOf(world, 'profile', { email }, ago(20)),
    formOf(world, 'upemail', { old_email: email, new_email: moved, new_id: newId() }, ago(500)),
  ]

  for (const body of [...news, ...news.toReversed(), ...news]) {
    await post(world, body)
    await apply()
  }

  expect(await prohibited(world, people)).toEqual([email])
  expect(await suppressed([moved, email])).toEqual([true, true])
})

test.each([
  ['moves, then says no under the new address', ['moved', 'noNew']],
  ['says no under the new address, and the move is told later', ['noNew', 'moved']],
  ['moves, then says no under the old address', ['moved', 'noOld']],
  ['says no, then moves', ['noOld', 'moved']],
] as const)('a person who %s is prohibited, and both addresses are suppressed', async (_claim, order) => {
  const [ada] = people
  const email = ada?.email ?? ''
  const news = {
    moved: formOf(world, 'upemail', { old_email: email, new_email: moved, new_id: newId() }, ago(60)),
    noNew: formOf(world, 'unsubscribe', { action: 'unsub', email: moved, id: newId() }, ago(30)),
    noOld: formOf(world, 'unsubscribe', { action: 'unsub', email }, ago(30)),
  }

  for (const one of order) {
    await post(world, news[one])
    await apply()
  }

  expect(await prohibited(world, people)).toEqual([email])
  expect(await suppressed([email, moved])).toEqual([true, true])
})

test('who moved in the tool and says no on our own page leaves the tool under the new address', async () => {
  const [ada] = people
  await world.outside('change-address', { email: ada?.email, newEmail: moved })
  await until(
    async () => (await world.context.db.webhookDelivery.count({ where: { appliedAt: null } })) === 2,
    10_000,
    20,
  )
  await apply()
  const recipient = await world.context.db.recipient.findFirst({ where: { personId: ada?.id ?? '' } })
  const [link] = (await world.mails()).filter(({ to }) => to === ada?.email).flatMap(({ links }) => links)

  await fetch(link ?? '', { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) })
  await runStep(world, 'remove-recipient', { campaignId: campaign.id, recipientId: String(recipient?.id) })

  expect(await prohibited(world, people)).toEqual([ada?.email])
  expect(await suppressed([moved])).toEqual([true])
  const addresses = (await world.tool()).audiences.flatMap(({ members }) => members.map((one) => one.email_address))
  expect([ada?.email, moved].filter((address) => addresses.includes(address ?? ''))).toEqual([])
})

test('R23: what came back is applied before the next campaign selects anybody', async () => {
  const [ada, bo] = people
  await post(world, formOf(world, 'unsubscribe', { action: 'unsub', email: ada?.email ?? '' }, ago(60)))
  await apply()

  const next = await campaignIn(world, 'selected', { people: 0 })

  const found = await world.context.db.recipient.findMany({
    where: { campaignId: next.campaign.id, personId: { in: [ada?.id ?? '', bo?.id ?? ''] } },
    orderBy: { state: 'asc' },
  })
  expect(found.map(({ personId, state, because }) => [personId, state, because])).toEqual([
    [ada?.id, 'excluded', 'PROHIBITED'],
    [bo?.id, 'selected', null],
  ])
})

const newId = () => everybody.length.toString(16).padStart(10, '0')

async function apply() {
  await runStep(world, 'apply-webhooks', {})
  await runStep(world, 'apply-feedback', {})
}

async function kept() {
  const all = await world.context.db.webhookDelivery.findMany({
    orderBy: { id: 'asc' },
    where: { id: { gt: told } },
  })
  return all.map(({ kind, effect, addressHashes, toolIdHashes }) => ({
    kind,
    effect,
    hashes: addressHashes.length + toolIdHashes.length,
  }))
}

/** So many seconds ago, on the world's clock, without parts of a second: the tool's times have none. */
function ago(seconds: number): Date {
  return new Date(Math.floor(world.context.clock().getTime() / 1000 - seconds) * 1000)
}

async function permitAgain(person: TestPerson | undefined, at: Date) {
  await permit(world.context.db, {
    personId: person?.id ?? '',
    at,
    channel: 'phone',
    actor: 'test',
    source: 'phone',
    wording: null,
    evidence: 'called back',
    onceKey: `again|${person?.id}`,
  })
}

async function bounced(among: TestPerson[]) {
  const found = await world.context.db.person.findMany({
    where: { bouncedAt: { not: null }, id: { in: among.map(({ id }) => id) } },
  })
  return found.map(({ email }) => email)
}

async function suppressed(addresses: string[]) {
  const { db, keys } = world.context
  const found = await db.suppression.findMany({ where: { kind: 'opted-out', liftedAt: null } })
  return addresses.map((address) => found.some(({ addressHash }) => addressHash === keys.hash('email', address)))
}
