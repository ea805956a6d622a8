// The order to send: given once, whatever becomes of it; never from a campaign that is on its way out.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cancel } from '../../src/domain/campaign.ts'
import { Unavailable } from '../../src/domain/errors.ts'
import { type CampaignRecord, campaignById, record } from '../../src/register/campaigns.ts'
import type { Again } from '../../workers/processor.ts'
import { campaignIn, passing, runStep, stillWorld, walk } from '../support/step.ts'
import type { World } from '../support/world.ts'

let world: World
beforeEach(async () => {
  world = await stillWorld()
})
afterEach(() => world.close())

test('an answer to the order lost after the effect: everybody is mailed once', async () => {
  const { campaign } = await campaignIn(world, 'disclosed')
  await world.outside('mischief', { kind: 'drop-answer', route: 'POST /campaigns/:campaign_id/actions/send', times: 1 })

  await expect(passing(() => gate(campaign))).rejects.toThrow(Unavailable)
  await gate(campaign)
  await walk(world, campaign, 'sent')

  expect(await world.mails()).toHaveLength(3)
  expect((await world.tool()).requests.byRoute['POST /campaigns/:campaign_id/actions/send']).toBe(1)
})

test('an order that failed is given again only when it surely did not act', async () => {
  const { campaign } = await campaignIn(world, 'disclosed')
  await world.outside('mischief', { kind: '500', route: 'POST /campaigns/:campaign_id/actions/send', times: 1 })

  await expect(passing(() => gate(campaign))).rejects.toThrow(Unavailable)
  const orders = async () => (await world.tool()).requests.byRoute['POST /campaigns/:campaign_id/actions/send']
  const watched: (Again | undefined)[] = [await watch(campaign)]
  await world.turn('170s')
  watched.push(await watch(campaign))
  expect(await orders()).toBe(1)
  await world.turn('15s')
  watched.push(await watch(campaign))

  expect(watched.map((again) => again?.waitingFor)).toEqual([
    'the tool to start sending',
    'the tool to start sending',
    'the tool to send',
  ])
  expect(await orders()).toBe(2)
  await walk(world, campaign, 'sent')
  expect(await world.mails()).toHaveLength(3)
})

test('a crash between the event and the order is made good at once, by one of however many look', async () => {
  const { campaign } = await campaignIn(world, 'disclosed')
  await world.outside('mischief', { kind: 'hold-delivery' })
  const tool = world.context.tool('mailchimp')
  const id = campaign.toolCampaignId as string
  for (let looks = 0; looks < 3; looks += 1) await tool.campaign(id)
  const { db, clock } = world.context
  await record(db, campaign.id, 'worker', () => ({ type: 'sending-started', campaignId: campaign.id, at: clock() }))

  await Promise.all([1, 2, 3, 4].map(() => watch(campaign)))

  expect((await world.tool()).requests.byRoute['POST /campaigns/:campaign_id/actions/send']).toBe(1)
})

test('nothing is sent from a withdrawal, whatever jobs still wait', async () => {
  const { campaign } = await campaignIn(world, 'disclosed')
  const { db, clock } = world.context
  await record(db, campaign.id, 'operator', (one) => cancel(one, clock()))

  expect([await gate(campaign), await watch(campaign)]).toEqual([undefined, undefined])

  expect(await campaignById(db, campaign.id)).toMatchObject({ state: 'withdrawing' })
  expect(await world.mails()).toEqual([])
})

test.each(['absent', 'cancelled'])(
  'a campaign that is %s in the tool while sending halts; cancelled and resumed, everybody leaves',
  async (there) => {
    const { campaign } = await campaignIn(world, 'disclosed')
    const { db, clock, emulator } = { ...world.context, emulator: world.emulator }
    await world.outside('mischief', { kind: 'hold-delivery' })
    await passing(() => gate(campaign))
    const inTool = emulator.state.campaigns.get(campaign.toolCampaignId as string)
    if (there === 'absent') emulator.state.campaigns.delete(campaign.toolCampaignId as string)
    else Object.assign(inTool as object, { status: 'canceled' })

    await expect(watch(campaign)).rejects.toThrow(/Cancel it and resume: then everybody is taken out\.$/)
    await record(db, campaign.id, 'operator', (one) => cancel(one, clock()))
    await watch(campaign)
    await runStep(world, 'collect-feedback', { campaignId: campaign.id })

    expect(await campaignById(db, campaign.id)).toMatchObject({
      state: 'withdrawing',
      because: 'cancelled',
      sentCount: 0,
    })
  },
)

const gate = (campaign: CampaignRecord) => runStep(world, 'send-campaign', { campaignId: campaign.id })
const watch = (campaign: CampaignRecord) => runStep(world, 'watch-delivery', { campaignId: campaign.id })
