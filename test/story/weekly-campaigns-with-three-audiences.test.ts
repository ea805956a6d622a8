// A plan of three audiences, and shells that stay for a week: a weekly newsletter must still go out.
import { expect } from 'vitest'
import { until } from '../../src/operator/run-workers.ts'
import { type CampaignRecord, campaignById } from '../../src/register/campaigns.ts'
import { story } from './backends.ts'

const essentials = { emulator: { plan: 'essentials' as const } }

story(
  'weekly newsletters go out for five weeks on a plan of three audiences',
  async (world) => {
    await world.people(6)
    const sent: CampaignRecord[] = []

    for (let week = 1; week <= 5; week += 1) {
      const campaign = await world.draft({ name: `viikko-${week}` })
      await world.launch(campaign)
      await world.reached(campaign, 'sent')
      await world.turn('73h')
      sent.push(await world.reached(campaign, 'closed'))
      await world.turn('4d')
    }

    expect(sent.map(({ outcome }) => outcome)).toEqual(['sent', 'sent', 'sent', 'sent', 'sent'])
    expect(await world.mails()).toHaveLength(30)
    expect((await world.tool()).audiences.length).toBeLessThanOrEqual(3)
  },
  essentials,
)

story(
  'a fourth campaign in one week waits for an audience slot, discloses nobody meanwhile, and goes out when a shell has gone',
  async (world) => {
    const { db } = world.context
    await world.people(3)
    for (const name of ['ma', 'ti', 'ke']) {
      const campaign = await world.draft({ name, settleSeconds: 0 })
      await world.launch(campaign)
      await world.reached(campaign, 'closed')
    }

    const fourth = await world.draft({ name: 'to', settleSeconds: 0 })
    await world.launch(fourth)
    await until(async () => (await campaignById(db, fourth.id)).waitingFor === 'audience-slot', 30_000)
    expect(await campaignById(db, fourth.id)).toMatchObject({ state: 'selected', firstDisclosedAt: null })

    await world.turn('8d')
    await world.reached(fourth, 'closed')
    expect(await world.mails()).toHaveLength(12)
  },
  essentials,
)
