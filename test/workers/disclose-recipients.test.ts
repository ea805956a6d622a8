// Disclosure: each intent is committed before the call; whatever becomes of the call, everybody is settled and nobody is added twice.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Unavailable } from '../../src/domain/errors.ts'
import { campaignStatus } from '../../src/register/campaign-status.ts'
import { campaignById } from '../../src/register/campaigns.ts'
import { prohibit } from '../../src/register/permissions.ts'
import { claimBatch } from '../../src/register/recipients.ts'
import { otherHand } from '../support/other-hand.ts'
import { approved, campaignIn, recipientStates, runStep, stillWorld, walk } from '../support/step.ts'
import type { World } from '../support/world.ts'

let world: World
beforeEach(async () => {
  world = await stillWorld()
})
afterEach(() => world.close())

test('an answer lost after the effect adds nobody twice, and everybody is settled accepted with the ids of the tool', async () => {
  const { campaign } = await campaignIn(world, 'opened', { people: 5 })
  await world.outside('mischief', { kind: 'drop-answer', route: 'POST /lists/:list_id', times: 1 })

  await expect(disclose(campaign.id)).rejects.toThrow(Unavailable)
  expect(await recipientStates(world, campaign)).toEqual({ intended: 5 })
  await disclose(campaign.id)

  const { audiences, requests } = await world.tool()
  expect(audiences[0]?.members.map(({ status }) => status)).toEqual(Array(5).fill('subscribed'))
  expect(requests.byRoute['POST /lists/:list_id']).toBe(1)
  expect(await recipientStates(world, campaign)).toEqual({ accepted: 5 })
  expect(await campaignById(world.context.db, campaign.id)).toMatchObject({ state: 'disclosed' })
  expect(await world.context.db.recipientToolId.count({ where: { campaignId: campaign.id } })).toBe(10)
})

test('an answer nobody can read is a lost answer', async () => {
  const { campaign } = await campaignIn(world, 'opened', { people: 2 })
  await world.outside('mischief', { kind: 'malformed-json', route: 'POST /lists/:list_id', times: 1 })

  await expect(disclose(campaign.id)).rejects.toThrow(Unavailable)
  await disclose(campaign.id)

  expect(await recipientStates(world, campaign)).toEqual({ accepted: 2 })
})

test('a line broken before the effect is tried again, and everybody arrives', async () => {
  const { campaign } = await campaignIn(world, 'opened', { people: 2 })
  await world.outside('mischief', { kind: 'reset-before', route: 'POST /lists/:list_id', times: 1 })

  await expect(disclose(campaign.id)).rejects.toThrow(Unavailable)
  await disclose(campaign.id)

  expect((await world.tool()).audiences[0]?.members).toHaveLength(2)
  expect(await recipientStates(world, campaign)).toEqual({ accepted: 2 })
})

test('a crash between the intent and the call is settled after the restart', async () => {
  const { campaign } = await campaignIn(world, 'opened', { people: 4 })
  const { as, clock } = world.context

  // The intent is committed, and the process is gone before it has called anybody.
  expect(await claimBatch(as('sync'), campaign.id, 1, clock())).toHaveLength(4)
  expect((await world.tool()).audiences[0]?.members).toEqual([])
  await disclose(campaign.id)

  expect((await world.tool()).audiences[0]?.members).toHaveLength(4)
  expect(await recipientStates(world, campaign)).toEqual({ accepted: 4 })
})

test('a person who says no after the selection is never disclosed', async () => {
  const { campaign, people } = await campaignIn(world, 'opened', { people: 4 })
  await sayNo(people[2]?.id)

  await disclose(campaign.id)

  const { audiences, bodyKeys } = await world.tool()
  expect(audiences[0]?.members.map(({ email_address }) => email_address)).not.toContain(people[2]?.email)
  expect(audiences[0]?.members).toHaveLength(3)
  expect(await recipientStates(world, campaign)).toEqual({ accepted: 3, 'dropped PROHIBITED': 1 })
  expect(bodyKeys['POST /lists/:list_id']?.filter((key) => /merge_fields/.test(key)).sort()).toEqual([
    'members[].merge_fields.FNAME',
    'members[].merge_fields.LNAME',
  ])
})

test('who says no between the intent and a second attempt is left out of it, though the first may have failed', async () => {
  const { campaign, people } = await campaignIn(world, 'opened', { people: 3 })
  await world.outside('mischief', { kind: 'reset-before', route: 'POST /lists/:list_id', times: 1 })
  await expect(disclose(campaign.id)).rejects.toThrow(Unavailable)
  await sayNo(people[0]?.id)

  await disclose(campaign.id)

  expect((await world.tool()).audiences[0]?.members).toHaveLength(2)
  expect(await recipientStates(world, campaign)).toEqual({ accepted: 2, 'refused PROHIBITED': 1 })
})

test('the tool’s refusals are kept with their reasons, and whom it refused is never counted as sent', async () => {
  const people = await world.people(6)
  const address = (n: number) => people[n]?.email as string
  const campaign = await walk(world, await approved(world, { settleSeconds: 0 }), 'opened')
  const hand = otherHand(world)
  hand.add(campaign.audienceId, address(0))
  hand.forget(campaign.audienceId, address(0))
  await becomeFake(people[1]?.id, 'henkilo@example.com')
  await world.outside('mischief', { kind: 'throttle-address', email: address(2) })
  await world.outside('mischief', { kind: 'compliance-address', email: address(3) })

  await disclose(campaign.id)
  const before = await recipientStates(world, campaign)
  await walk(world, campaign, 'closed')

  expect(before).toEqual({
    accepted: 2,
    'refused FORGOTTEN': 1,
    'refused THROTTLED': 1,
    'refused COMPLIANCE': 1,
    'dropped ADDRESS_CHANGED': 1,
  })
  expect(await campaignStatus(world.context.db, campaign.id)).toMatchObject({
    counts: { selected: 6, intended: 5, accepted: 2, refused: 3, unknown: 0, removed: 2 },
    sent: 2,
  })
  expect((await world.mails()).map(({ to }) => to).sort()).toEqual([address(4), address(5)].sort())
})

test('an address that looks fake is refused by the tool, and by its reason', async () => {
  const [fake] = await world.people(2)
  await becomeFake(fake?.id, 'henkilo@example.com')
  const campaign = await walk(world, await approved(world), 'opened')

  await disclose(campaign.id)

  expect(await recipientStates(world, campaign)).toEqual({ accepted: 1, 'refused FAKE_ADDRESS': 1 })
})

test('more than a thousand people go in even batches of at most 500, each added once', async () => {
  const { campaign } = await campaignIn(world, 'disclosed', { people: 1001 })

  const { audiences, requests } = await world.tool()
  expect(audiences[0]?.members).toHaveLength(1001)
  expect(requests.byRoute['POST /lists/:list_id']).toBe(3)
  expect(await recipientStates(world, campaign)).toEqual({ accepted: 1001 })
  const batches = await world.context.db.recipient.groupBy({
    by: ['batch'],
    where: { campaignId: campaign.id },
    _count: true,
  })
  expect(batches.map(({ _count }) => _count).sort()).toEqual([333, 334, 334])
})

test('people who were added by another hand before us are settled by what the tool shows, not added over', async () => {
  const { campaign, people } = await campaignIn(world, 'opened', { people: 3 })
  const address = people[0]?.email as string
  const hand = otherHand(world)
  hand.add(campaign.audienceId, address, { status: 'unsubscribed', firstName: 'Muu' })

  await disclose(campaign.id)

  expect(await recipientStates(world, campaign)).toEqual({ accepted: 3 })
  expect(hand.member(campaign.audienceId, address)).toMatchObject({
    status: 'unsubscribed',
    merge_fields: { FNAME: 'Muu' },
  })
})

test('with transfers switched off nobody is disclosed, and the sentence says what to do', async () => {
  const { campaign } = await campaignIn(world, 'opened', { people: 2 })
  const { toolTransferAllowed } = world.context.config
  Object.assign(world.context.config, { toolTransferAllowed: false })

  await expect(disclose(campaign.id)).rejects.toThrow(/^TOOL_TRANSFER_ALLOWED is false: nobody may be pushed/)

  expect(toolTransferAllowed).toBe(true)
  expect(await recipientStates(world, campaign)).toEqual({ selected: 2 })
})

const disclose = (campaignId: string, batch = 1) =>
  runStep(world, 'disclose-recipients', { campaignId, batch, lastBatch: batch })

async function sayNo(personId: string | undefined): Promise<void> {
  const { db, clock } = world.context
  const said = { at: clock(), channel: 'mail' as const, actor: 'test' }
  await prohibit(db, { ...said, personId: personId as string, onceKey: `no ${personId}` })
}

async function becomeFake(id: string | undefined, email: string): Promise<void> {
  const { db, keys } = world.context
  const addressHashes = keys.hashes('email', email)
  await db.person.update({ where: { id: id as string }, data: { email, addressHashes, domain: 'example.com' } })
}
