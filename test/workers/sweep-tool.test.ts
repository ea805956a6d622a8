// The account against the register: what is ours and forgotten is heard, emptied and removed; what is not ours is never touched.
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Unavailable } from '../../src/domain/errors.ts'
import { campaignById } from '../../src/register/campaigns.ts'
import { installationId } from '../../src/register/installation.ts'
import { presentReason } from '../../src/register/people.ts'
import { otherHand } from '../support/other-hand.ts'
import { approved, campaignIn, runStep, stillWorld, walk } from '../support/step.ts'
import type { World } from '../support/world.ts'

let world: World
beforeEach(async () => {
  world = await stillWorld()
})
afterEach(() => world.close())

const hour = 3_600_000

test('an audience of this installation that nobody remembers is read, emptied and removed, and what people said there holds', async () => {
  const people = await world.people(3)
  const hand = otherHand(world)
  const { id } = hand.makeAudience(await ourName(), 2 * hour)
  for (const { email } of people) hand.add(id, email)
  hand.changeStatus(id, people[0]?.email as string, 'unsubscribed')
  hand.changeStatus(id, people[1]?.email as string, 'cleaned')

  await runStep(world, 'sweep-tool', {})
  await runStep(world, 'apply-feedback', {})

  expect(hand.members(id)).toBeUndefined()
  const { db, clock } = world.context
  expect(await Promise.all(people.map((one) => presentReason(db, one.id, clock())))).toEqual([
    'PROHIBITED',
    'BOUNCED',
    null,
  ])
  expect(
    await db.audit.findMany({ where: { action: { startsWith: 'forgotten' } }, select: { action: true, facts: true } }),
  ).toEqual([{ action: 'forgotten-audience-removed', facts: { audience: id, people: 3 } }])
})

test('a forgotten audience that somebody cannot leave keeps no other from being emptied', async () => {
  const [stuck, other] = await world.people(2)
  const hand = otherHand(world)
  const forgotten = []
  for (const one of [stuck, other]) {
    const { id } = hand.makeAudience(await ourName(), 2 * hour)
    hand.add(id, one?.email as string)
    forgotten.push(id)
  }
  await world.outside('mischief', { kind: 'refuse-member-deletion', email: stuck?.email })

  await expect(runStep(world, 'sweep-tool', {})).rejects.toThrow(Unavailable)

  expect(forgotten.map((id) => hand.members(id))).toEqual([[stuck?.email], undefined])
})

test('an opt-out in a second forgotten audience counts, though the same person said the same in the first', async () => {
  const [person] = await world.people(1)
  const hand = otherHand(world)
  const { db } = world.context

  for (let round = 0; round < 2; round += 1) {
    const { id } = hand.makeAudience(await ourName(), 2 * hour)
    hand.add(id, person?.email as string)
    hand.changeStatus(id, person?.email as string, 'unsubscribed')
    await runStep(world, 'sweep-tool', {})
  }

  expect(await db.feedback.count({ where: { source: 'sweep', kind: 'opted-out' } })).toBe(2)
})

test('a young audience, one of another installation, somebody’s own list and a remembered one are never touched', async () => {
  const hand = otherHand(world)
  const installation = await installationId(world.context.db)
  const { campaign, people } = await campaignIn(world, 'disclosed')
  const others = [
    hand.makeAudience(await ourName(), 0.9 * hour),
    hand.makeAudience(`lupa-00000000-${randomUUID()}`, 90 * 24 * hour),
    hand.makeAudience('Asiakkaat', 900 * 24 * hour),
    hand.makeAudience(`Lupa-${installation.slice(0, 8)}-${randomUUID()}`, 900 * 24 * hour),
    hand.makeAudience(`vanha lupa-${installation.slice(0, 8)}-${randomUUID()}`, 900 * 24 * hour),
  ]
  for (const { id } of others) hand.add(id, 'joku@muualla.example')
  await world.turn('30m')
  const before = (await world.tool()).requests.byRoute

  await world.turn('0')
  world.emulator.state.audiences.get(campaign.audienceId as string)!.date_created = '2020-01-01T00:00:00+00:00'
  others[0]!.date_created = new Date(world.context.clock().getTime() - 0.9 * hour).toISOString()
  await runStep(world, 'sweep-tool', {})

  expect(others.map(({ id }) => hand.members(id))).toEqual(others.map(() => ['joku@muualla.example']))
  expect(hand.members(campaign.audienceId)).toEqual(people.map(({ email }) => email).sort())
  const after = (await world.tool()).requests.byRoute
  const asked = Object.keys(after).filter((route) => after[route] !== before[route])
  expect(asked).toEqual(['GET /lists'])
})

test('an audience whose campaign is about to record it is not forgotten, halted or not', async () => {
  await world.people(2)
  const campaign = await walk(world, await approved(world), 'selected')
  const { id } = otherHand(world).makeAudience(
    `lupa-${(await installationId(world.context.db)).slice(0, 8)}-${campaign.id}`,
    2 * hour,
  )

  await runStep(world, 'sweep-tool', {})
  await world.context.db.campaign.update({
    where: { id: campaign.id },
    data: { state: 'halted', resumeTo: 'selected' },
  })
  await runStep(world, 'sweep-tool', {})

  expect(otherHand(world).members(id)).toEqual([])
})

test('what cannot be read is not deleted', async () => {
  const hand = otherHand(world)
  const { id } = hand.makeAudience(await ourName(), 2 * hour)
  hand.add(id, 'joku@talo.example')
  await world.outside('mischief', { kind: '500', route: 'GET /lists/:list_id/abuse-reports' })

  await expect(runStep(world, 'sweep-tool', {})).rejects.toThrow(Unavailable)

  expect(hand.members(id)).toEqual(['joku@talo.example'])
})

test('an audience that the tool keeps is emptied, not called removed, and gone at last when the tool lets go', async () => {
  const hand = otherHand(world)
  const { db } = world.context
  const { id } = hand.makeAudience(await ourName(), 2 * hour)
  hand.add(id, 'joku@talo.example')
  await world.outside('mischief', { kind: 'refuse-audience-deletion' })

  await runStep(world, 'sweep-tool', {})
  await runStep(world, 'sweep-tool', {})
  expect(hand.members(id)).toEqual([])
  await fetch(`${world.emulator.url}/__control/mischief`, { method: 'DELETE' })
  await runStep(world, 'sweep-tool', {})

  expect(hand.members(id)).toBeUndefined()
  expect(
    (await db.audit.findMany({ where: { actor: 'sweep' }, orderBy: { seq: 'asc' } })).map(({ action }) => action),
  ).toEqual(['forgotten-audience-emptied', 'forgotten-audience-removed'])
})

test('while somebody cannot be taken out, the audience stays: nobody goes with their list, unheard', async () => {
  const hand = otherHand(world)
  const { id } = hand.makeAudience(await ourName(), 2 * hour)
  for (const email of ['joku@talo.example', 'toinen@talo.example']) hand.add(id, email)
  await world.outside('mischief', { kind: 'refuse-member-deletion', email: 'joku@talo.example' })

  await expect(runStep(world, 'sweep-tool', {})).rejects.toThrow(Unavailable)

  expect(hand.members(id)).toEqual(['joku@talo.example'])
})

test('somebody who turned up in the empty shell of a campaign that is over is heard and taken out at once, long before the shell goes', async () => {
  const { campaign, people } = await campaignIn(world, 'closed', { plan: { settleSeconds: 0 } })
  const hand = otherHand(world)
  const [late] = await world.people(1)
  hand.add(campaign.audienceId, late?.email as string)
  hand.changeStatus(campaign.audienceId, late?.email as string, 'unsubscribed')

  await runStep(world, 'sweep-tool', {})
  await runStep(world, 'apply-feedback', {})
  const left = hand.members(campaign.audienceId)
  await world.turn('8d')
  await runStep(world, 'sweep-tool', {})

  const { db, clock } = world.context
  expect([left, hand.members(campaign.audienceId)]).toEqual([[], undefined])
  const written = { where: { actor: 'sweep' }, orderBy: { seq: 'asc' }, select: { action: true, facts: true } } as const
  expect(await db.audit.findMany(written)).toEqual([
    { action: 'shell-emptied', facts: { people: 1 } },
    { action: 'person-prohibited', facts: { channel: 'tool' } },
    { action: 'shell-deleted', facts: {} },
  ])
  expect(await presentReason(db, late?.id as string, clock())).toBe('PROHIBITED')
  expect(await campaignById(db, campaign.id)).toMatchObject({ shell: 'deleted' })
  expect(people).toHaveLength(3)
})

async function ourName(): Promise<string> {
  return `lupa-${(await installationId(world.context.db)).slice(0, 8)}-${randomUUID()}`
}
