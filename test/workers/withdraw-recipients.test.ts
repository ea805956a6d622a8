// Withdrawal: feedback first, then everybody, and "withdrawn" only after another pair of eyes has looked.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cancel, withdraw } from '../../src/domain/campaign.ts'
import { Refused, Unavailable } from '../../src/domain/errors.ts'
import { type CampaignRecord, campaignById, record } from '../../src/register/campaigns.ts'
import { certificateOf } from '../../src/register/certificates.ts'
import { presentReason } from '../../src/register/people.ts'
import { claimBatch, markFeedbackUnknown } from '../../src/register/recipients.ts'
import { otherHand } from '../support/other-hand.ts'
import { campaignIn, recipientStates, runStep, stillWorld, walk } from '../support/step.ts'
import type { World } from '../support/world.ts'

let world: World
beforeEach(async () => {
  world = await stillWorld()
})
afterEach(() => world.close())

const deletePermanent = 'POST /lists/:list_id/members/:subscriber_hash/actions/delete-permanent'

test('whom the tool will not let go keeps nobody else in; when it lets go, the withdrawal ends', async () => {
  const { campaign, people } = await withdrawing(5)
  const [stuck, other] = people.map(({ email }) => email)
  for (const email of [stuck, other]) await world.outside('mischief', { kind: 'refuse-member-deletion', email })

  await expect(takeOut(campaign)).rejects.toThrow(/^2 people could not be removed from the tool yet$/)
  expect(otherHand(world).members(campaign.audienceId)).toEqual([stuck, other].sort())
  expect(await stateOf(campaign)).toEqual({ state: 'withdrawing', emptied: false })

  await noMoreMischief()
  await takeOut(campaign)
  expect(otherHand(world).members(campaign.audienceId)).toEqual([])
  expect(await stateOf(campaign)).toEqual({ state: 'withdrawing', emptied: true })
  await walk(world, campaign, 'closed')
  expect(await recipientStates(world, campaign)).toEqual({ removed: 5 })
})

test('a batch that fails is made good person by person', async () => {
  const { campaign } = await withdrawing(4)
  await world.outside('mischief', { kind: 'batch-fails', times: 1 })

  await takeOut(campaign)

  expect((await world.tool()).requests.byRoute[deletePermanent]).toBe(4)
  expect(otherHand(world).members(campaign.audienceId)).toEqual([])
})

test('a batch whose results nobody can read is not believed: everybody is asked for once more, one by one', async () => {
  const { campaign } = await withdrawing(4)
  const { batches } = world.emulator.state
  const keep = batches.set.bind(batches)
  batches.set = (id, batch) =>
    keep(id, Object.defineProperty(batch, 'result', { get: () => Buffer.from('no archive'), set: () => {} }))

  await takeOut(campaign)

  expect((await world.tool()).requests.byRoute[deletePermanent]).toBe(4)
  expect(otherHand(world).members(campaign.audienceId)).toEqual([])
  expect(await stateOf(campaign)).toMatchObject({ emptied: true })
})

test('while any part of the feedback cannot be read nobody is deleted; when all can, what it says is kept first', async () => {
  const { campaign, people } = await withdrawing(3)
  await world.outside('unsubscribe', { email: people[0]?.email })
  const parts = [
    'GET /reports/:campaign_id/unsubscribed',
    'GET /reports/:campaign_id/sent-to',
    'GET /reports/:campaign_id/abuse-reports',
    'GET /lists/:list_id/members',
    'GET /lists/:list_id/abuse-reports',
  ]

  for (const route of parts) {
    for (const kind of ['500', 'malformed-json']) {
      await world.outside('mischief', { kind, route })
      await expect(takeOut(campaign)).rejects.toThrow(Unavailable)
      await noMoreMischief()
    }
  }
  expect(otherHand(world).members(campaign.audienceId)).toHaveLength(3)
  await takeOut(campaign)
  await runStep(world, 'apply-feedback', {})

  expect(otherHand(world).members(campaign.audienceId)).toEqual([])
  expect(await reasons(people)).toEqual(['PROHIBITED', null, null])
})

test('what was said in the last second before the withdrawal is read by the job that deletes', async () => {
  const { campaign, people } = await withdrawing(3)
  await world.outside('complain', { email: people[1]?.email })

  await takeOut(campaign)
  await runStep(world, 'apply-feedback', {})

  expect(await reasons(people)).toEqual([null, 'PROHIBITED', null])
})

test('the operator’s order deletes unread, and marks everybody first: nobody of them is mailed again before somebody has looked', async () => {
  const { campaign, people } = await withdrawing(3)
  const [outsider] = await world.people(1)
  await world.outside('unsubscribe', { email: people[0]?.email })
  await world.outside('mischief', { kind: '500', route: '/reports/*' })
  await expect(takeOut(campaign)).rejects.toThrow(Unavailable)

  await markFeedbackUnknown(world.context.db, campaign.id)
  const marked = await reasons([...people, ...(outsider ? [outsider] : [])])
  await takeOut(campaign)

  expect(marked).toEqual(['FEEDBACK_UNKNOWN', 'FEEDBACK_UNKNOWN', 'FEEDBACK_UNKNOWN', null])
  expect(otherHand(world).members(campaign.audienceId)).toEqual([])
  await noMoreMischief()
  await walk(world, campaign, 'closed')
  expect(await certificateOf(world.context.db, campaign.id)).toMatchObject({ feedbackUnknown: true })
})

test('while somebody is left it is not called withdrawn, and their feedback stays readable to the end', async () => {
  const { campaign, people } = await withdrawing(2)
  const { db } = world.context
  const hand = otherHand(world)
  await takeOut(campaign)
  hand.add(campaign.audienceId, 'myohassa@talo.example')

  await expect(verify(campaign)).rejects.toThrow(/^1 people and 0 report rows are still in the tool$/)
  const now = await campaignById(db, campaign.id)
  expect(now).toMatchObject({ state: 'withdrawing', emptiedAt: null, toolCampaignLeft: false })
  expect((await world.tool()).campaigns).toHaveLength(1)

  hand.changeStatus(campaign.audienceId, 'myohassa@talo.example', 'unsubscribed')
  await walk(world, campaign, 'closed')
  expect(hand.members(campaign.audienceId)).toEqual([])
  expect(await db.feedback.count({ where: { campaignId: campaign.id, kind: 'opted-out' } })).toBe(1)
  expect(people).toHaveLength(2)
})

test('somebody archived, out of sight of every other list, is somebody left', async () => {
  const { campaign } = await withdrawing(2)
  await takeOut(campaign)
  otherHand(world).add(campaign.audienceId, 'arkistossa@talo.example')
  otherHand(world).changeStatus(campaign.audienceId, 'arkistossa@talo.example', 'archived')

  await expect(verify(campaign)).rejects.toThrow(Unavailable)
})

test('a read of another account verifies nothing', async () => {
  const { campaign } = await withdrawing(2)
  const { db, config } = world.context
  await takeOut(campaign)
  Object.assign(config, { mailchimp: { ...config.mailchimp, accountId: null } })
  Object.assign(world.emulator.state.options, { accountId: 'toinentili' })

  await expect(verify(campaign)).rejects.toThrow(/^The key leads to the account toinentili/)

  expect((await campaignById(db, campaign.id)).state).toBe('withdrawing')
})

test('an audience that somebody else has deleted ends the withdrawal; nothing that it knew is made up', async () => {
  const { campaign } = await withdrawing(2)
  world.emulator.state.audiences.delete(campaign.audienceId as string)

  await walk(world, campaign, 'closed')

  expect(await certificateOf(world.context.db, campaign.id)).toMatchObject({
    verification: { audience: 'absent', peopleRead: 0 },
    shell: { state: 'deleted' },
  })
})

test('our campaign deleted in the tool by another hand: its reports are gone, so nobody is deleted unread', async () => {
  const { campaign } = await withdrawing(2)
  world.emulator.state.campaigns.delete(campaign.toolCampaignId as string)
  world.emulator.state.reports.delete(campaign.toolCampaignId as string)

  await expect(takeOut(campaign)).rejects.toThrow(Refused)

  expect(otherHand(world).members(campaign.audienceId)).toHaveLength(2)
})

test('an order to add people that was never answered is waited for: who arrives late is taken out, not left behind', async () => {
  const { campaign, people } = await campaignIn(world, 'opened', { people: 3 })
  const { db, as, clock } = world.context
  // The order is on its way when the owner changes their mind.
  await claimBatch(as('sync'), campaign.id, 1, clock())
  await record(db, campaign.id, 'operator', (one) => cancel(one, clock()))

  expect(await takeOut(campaign)).toMatchObject({ waitingFor: 'the tool to be done with people it was told to add' })
  for (const { email } of people) otherHand(world).add(campaign.audienceId, email)
  await world.turn('2m')
  expect(await takeOut(campaign)).toMatchObject({ waitingFor: expect.any(String) })
  expect(otherHand(world).members(campaign.audienceId)).toEqual([])
  await world.turn('2m')
  await walk(world, campaign, 'closed')

  expect(otherHand(world).members(campaign.audienceId)).toBeUndefined()
  expect(await recipientStates(world, campaign)).toEqual({ unknown: 3 })
})

const takeOut = ({ id }: CampaignRecord) => runStep(world, 'withdraw-recipients', { campaignId: id })
const verify = ({ id }: CampaignRecord) => runStep(world, 'verify-withdrawal', { campaignId: id })

async function withdrawing(count: number) {
  const made = await campaignIn(world, 'sent', { people: count })
  const { db, clock } = world.context
  await record(db, made.campaign.id, 'operator', (one) => withdraw(one, 'operator', clock()))
  return made
}

async function stateOf({ id }: CampaignRecord) {
  const { state, emptiedAt } = await campaignById(world.context.db, id)
  return { state, emptied: emptiedAt !== null }
}

async function reasons(people: { id: string }[]): Promise<(string | null)[]> {
  const { db, clock } = world.context
  return Promise.all(people.map(({ id }) => presentReason(db, id, clock())))
}

async function noMoreMischief(): Promise<void> {
  await fetch(`${world.emulator.url}/__control/mischief`, { method: 'DELETE' })
}
