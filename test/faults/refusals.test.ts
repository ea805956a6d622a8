// What the tool refuses and no other test meets: each halts with a sentence that says what to do, and nobody is lost.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Refused } from '../../src/domain/errors.ts'
import { campaignById } from '../../src/register/campaigns.ts'
import { prohibit } from '../../src/register/permissions.ts'
import { handQueue } from '../support/hand-queue.ts'
import { otherHand } from '../support/other-hand.ts'
import { approved, campaignIn, runStep, stillWorld, walk } from '../support/step.ts'
import type { World } from '../support/world.ts'

let world: World
let hand: ReturnType<typeof handQueue>
beforeEach(async () => {
  world = await stillWorld({
    queues: (home, clock) => {
      hand = handQueue(home, clock)
      return hand.queues
    },
  })
})
afterEach(() => world.close())

test('a plan without room for an audience halts the campaign with a hint at the plan, and nobody is disclosed', async () => {
  const { state } = world.emulator
  await world.people(2)
  const campaign = await walk(world, await approved(world), 'selected')
  state.plan = 'free'
  otherHand(world).makeAudience('Asiakkaat', 0)

  await hand.queues.add({ job: 'open-audience', payload: { campaignId: campaign.id } })
  await hand.next(world.context, world.turn)

  const { haltedBecause, firstDisclosedAt, resumeTo } = await campaignById(world.context.db, campaign.id)
  expect({ firstDisclosedAt, resumeTo }).toEqual({ firstDisclosedAt: null, resumeTo: 'selected' })
  expect(haltedBecause).toMatch(/HTTP 403.*What to do: .*the plan’s limits/)
})

test('a campaign that somebody sent by hand in the tool halts, is not sent again, and everybody can be withdrawn', async () => {
  const { campaign } = await campaignIn(world, 'disclosed', { people: 2 })
  const asked = (path: string, method = 'GET') =>
    fetch(`${world.emulator.url}/3.0/campaigns/${campaign.toolCampaignId}${path}`, {
      method,
      headers: { authorization: `Bearer ${world.emulator.apiKey}` },
    })
  // The tool counts its recipients while it is looked at.
  for (let looks = 0; looks < 3; looks += 1) await asked('')
  const sent = await asked('/actions/send', 'POST')

  await expect(runStep(world, 'send-campaign', { campaignId: campaign.id })).rejects.toThrow(Refused)

  expect(sent.status).toBe(204)
  expect(await world.mails()).toHaveLength(2)
})

test('whom the tool will not let go stops nobody else: the campaign goes on, and the person leaves as soon as may be', async () => {
  const { campaign, people } = await campaignIn(world, 'sent', { people: 3 })
  const { db, clock } = world.context
  await world.outside('mischief', { kind: 'refuse-member-deletion', email: people[0]?.email })
  for (const { id } of people.slice(0, 2))
    await prohibit(db, { personId: id, at: clock(), channel: 'phone', actor: 'test', onceKey: `no|${id}` })
  const work = async () => {
    await runStep(world, 'find-removals', {})
    while (hand.dueIn(clock()) < 1000) await hand.next(world.context, world.turn)
  }

  await work()
  const meanwhile = await campaignById(db, campaign.id)
  const left = otherHand(world).members(campaign.audienceId)
  world.emulator.state.mischief = []
  await work()

  expect(meanwhile).toMatchObject({ state: 'sent' })
  expect(left).toEqual([people[0]?.email, people[2]?.email])
  expect(otherHand(world).members(campaign.audienceId)).toEqual([people[2]?.email])
})
