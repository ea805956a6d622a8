// One person leaves the tool at once because they said no, however the campaign stands, and after they have been heard.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { halt } from '../../src/domain/campaign.ts'
import { Unavailable } from '../../src/domain/errors.ts'
import { type CampaignRecord, record } from '../../src/register/campaigns.ts'
import { inTransaction, sql } from '../../src/register/database.ts'
import { prohibit } from '../../src/register/permissions.ts'
import { barredRecipients } from '../../src/register/recipients.ts'
import { otherHand } from '../support/other-hand.ts'
import { campaignIn, recipientStates, runStep, stillWorld, waitingJobs, walk } from '../support/step.ts'
import type { TestPerson, World } from '../support/world.ts'

let world: World
beforeEach(async () => {
  world = await stillWorld()
})
afterEach(() => world.close())

test.each(['disclosed', 'sent'] as const)(
  'who says no while the campaign is %s leaves, and nobody else',
  async (state) => {
    const { campaign, people } = await campaignIn(world, state)
    await sayNo(people[0])

    await removeAll(campaign)

    expect(await waitingJobs(world)).toMatchObject({ 'remove-recipient': 1 })
    expect(otherHand(world).members(campaign.audienceId)).toEqual([people[1]?.email, people[2]?.email])
    expect(await recipientStates(world, campaign)).toEqual({ accepted: 2, removed: 1 })
  },
)

test('a halted campaign keeps nobody who said no', async () => {
  const { campaign, people } = await campaignIn(world, 'disclosed')
  const { db, clock } = world.context
  await record(db, campaign.id, 'worker', (one) => halt(one, 'somebody must look', clock()))
  await sayNo(people[1])

  await removeAll(campaign)

  expect(otherHand(world).members(campaign.audienceId)).toEqual([people[0]?.email, people[2]?.email])
})

test('while the tool sends nothing is changed under its hands; right after, the person leaves', async () => {
  await world.outside('mischief', { kind: 'hold-delivery' })
  const { campaign, people } = await campaignIn(world, 'sending')
  await sayNo(people[0])

  await removeAll(campaign)
  expect(otherHand(world).members(campaign.audienceId)).toHaveLength(3)
  await fetch(`${world.emulator.url}/__control/mischief`, { method: 'DELETE' })
  await world.outside('deliver', {})
  await walk(world, campaign, 'sent')
  await removeAll(campaign)

  expect(otherHand(world).members(campaign.audienceId)).toHaveLength(2)
})

test('what the person told the tool is read before they are deleted there, and while it cannot be read they stay', async () => {
  const { campaign, people } = await campaignIn(world, 'sent')
  await sayNo(people[0])
  await world.outside('complain', { email: people[0]?.email })
  await world.outside('mischief', { kind: '500', route: 'GET /lists/:list_id/abuse-reports' })

  await expect(removeAll(campaign)).rejects.toThrow(Unavailable)
  expect(otherHand(world).members(campaign.audienceId)).toHaveLength(3)
  await fetch(`${world.emulator.url}/__control/mischief`, { method: 'DELETE' })
  await removeAll(campaign)

  expect(otherHand(world).members(campaign.audienceId)).toHaveLength(2)
  expect(await world.context.db.feedback.count({ where: { campaignId: campaign.id, kind: 'complained' } })).toBe(1)
})

test('whose address has changed in the register leaves under the address that was disclosed', async () => {
  const { campaign, people } = await campaignIn(world, 'sent')
  const { db, keys } = world.context
  const data = { email: 'uusi@muualla.example', addressHashes: keys.hashes('email', 'uusi@muualla.example') }
  await db.person.update({ where: { id: people[0]?.id as string }, data })
  await sayNo(people[0])

  await removeAll(campaign)

  expect(otherHand(world).members(campaign.audienceId)).toEqual([people[1]?.email, people[2]?.email])
})

test('an erased person leaves the tool, found there by the hash alone', async () => {
  const { campaign, people } = await campaignIn(world, 'sent')
  await inTransaction(world.context.db, async (tx) => {
    await tx.$executeRaw(sql`select set_config('lupa.removing_people', 'on', true)`)
    await tx.person.delete({ where: { id: people[0]?.id as string } })
  })

  await removeAll(campaign)

  expect(otherHand(world).members(campaign.audienceId)).toEqual([people[1]?.email, people[2]?.email])
  expect(await recipientStates(world, campaign)).toEqual({ accepted: 2, removed: 1 })
})

test('an answer lost after the deletion is made good: the person counts as removed once', async () => {
  const { campaign, people } = await campaignIn(world, 'sent')
  await sayNo(people[0])
  await world.outside('mischief', {
    kind: 'drop-answer',
    route: 'POST /lists/:list_id/members/:subscriber_hash/actions/delete-permanent',
    times: 1,
  })

  await expect(removeAll(campaign)).rejects.toThrow(Unavailable)
  await removeAll(campaign)

  expect(await recipientStates(world, campaign)).toEqual({ accepted: 2, removed: 1 })
})

/** Looks who must leave, and runs their removals, as the workers would. */
async function removeAll(campaign: CampaignRecord): Promise<void> {
  const { db, clock } = world.context
  await runStep(world, 'find-removals', {})
  for (const recipientId of await barredRecipients(db, campaign.id, clock())) {
    await runStep(world, 'remove-recipient', { campaignId: campaign.id, recipientId })
  }
}

async function sayNo(person: TestPerson | undefined): Promise<void> {
  const { db, clock } = world.context
  const personId = person?.id as string
  await prohibit(db, { personId, at: clock(), channel: 'mail', actor: 'test', onceKey: `no ${personId}` })
}
