// A newsletter for later: nobody is parked in the tool meanwhile, and one that is far too late asks first.
import { expect, test } from 'vitest'
import { resume } from '../../src/domain/campaign.ts'
import { until } from '../../src/operator/run-workers.ts'
import { campaignById } from '../../src/register/campaigns.ts'
import { openWorld, say, type World } from '../support/world.ts'

const hours = (world: World, count: number) => new Date(world.context.clock().getTime() + count * 3_600_000)

test('a campaign for later waits without telling the tool anything, and begins half an hour before its time and sends at it', async () => {
  const world = await openWorld()
  try {
    const { db, queues } = world.context
    await world.people(3)
    const campaign = await world.draft({ sendAt: hours(world, 5), settleSeconds: 0 })
    await world.launch(campaign)
    const before = (await world.tool()).requests.total
    await until(async () => (await campaignById(db, campaign.id)).waitingFor?.startsWith('its time') === true, 20_000)

    await world.turn('4h')
    await queues.wake({ job: 'select-recipients', payload: { campaignId: campaign.id } })
    expect(await campaignById(db, campaign.id)).toMatchObject({ state: 'approved', selectedAt: null })
    expect((await world.tool()).requests.total).toBe(before)

    await world.turn('31m')
    await queues.wake({ job: 'select-recipients', payload: { campaignId: campaign.id } })
    await world.reached(campaign, 'disclosed')
    await until(async () => (await campaignById(db, campaign.id)).waitingFor === 'its time to be sent', 20_000)
    expect(await world.mails()).toEqual([])

    await world.turn('30m')
    await queues.wake({ job: 'send-campaign', payload: { campaignId: campaign.id } })
    await world.reached(campaign, 'closed')
    expect(await world.mails()).toHaveLength(3)
  } finally {
    await world.close()
  }
})

test('a campaign that wakes up more than two hours late asks before it sends', async () => {
  const world = await openWorld()
  try {
    const { clock } = world.context
    await world.people(2)
    const campaign = await world.draft({ sendAt: hours(world, 1), settleSeconds: 0 })
    await world.launch(campaign)

    await world.turn('4h')
    const halted = await world.reached(campaign, 'halted')
    expect(halted.haltedBecause).toMatch(/3 h ago.*Resume to send now, or cancel/)
    expect((await world.tool()).audiences).toEqual([])

    await say(world, campaign, (one) => resume(one, clock()))
    await world.reached(campaign, 'closed')
    expect(await world.mails()).toHaveLength(2)
  } finally {
    await world.close()
  }
})
