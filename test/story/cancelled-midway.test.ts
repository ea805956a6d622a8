// A campaign that is cancelled with people in the tool: nobody is mailed, everybody is taken back.
import { expect, test } from 'vitest'
import { cancel, withdraw } from '../../src/domain/campaign.ts'
import { NotAllowed } from '../../src/domain/errors.ts'
import { until } from '../../src/operator/run-workers.ts'
import { campaignStatus } from '../../src/register/campaign-status.ts'
import { campaignById } from '../../src/register/campaigns.ts'
import { certificateOf } from '../../src/register/certificates.ts'
import { openWorld, say } from '../support/world.ts'
import { story } from './backends.ts'

story('cancelled after disclosure, a campaign mails nobody and leaves nobody in the tool', async (world) => {
  const { db, clock } = world.context
  await world.people(30)
  const campaign = await world.draft()
  await world.outside('mischief', { kind: 'recipients-not-ready' })
  await world.launch(campaign)
  await world.reached(campaign, 'disclosed')

  await say(world, campaign, (one) => cancel(one, clock()))
  await world.reached(campaign, 'closed')

  expect(await world.mails()).toEqual([])
  expect((await world.tool()).audiences).toEqual([])
  expect(await campaignStatus(db, campaign.id)).toMatchObject({
    outcome: 'cancelled',
    inTool: 0,
    counts: { accepted: 30, removed: 30 },
    sent: 0,
  })
  expect(await certificateOf(db, campaign.id)).toMatchObject({
    campaign: { outcome: 'cancelled' },
    counts: { sent: 0, remaining: 0 },
    toolLinkWorkedUntil: null,
  })
})

story('cancelled while the tool is sending, a campaign is withdrawn as soon as it is sent', async (world) => {
  const { db, clock } = world.context
  await world.people(5)
  const campaign = await world.draft()
  await world.outside('mischief', { kind: 'hold-delivery' })
  await world.launch(campaign)
  await world.reached(campaign, 'sending')

  await say(world, campaign, (one) => cancel(one, clock()))
  expect(await campaignById(db, campaign.id)).toMatchObject({ state: 'sending', cancelWanted: true })
  await fetch(`${world.emulator.url}/__control/mischief`, { method: 'DELETE' })
  await world.outside('deliver', {})
  const closed = await world.reached(campaign, 'closed')

  expect(closed).toMatchObject({ because: 'cancelled', outcome: 'sent' })
  expect((await world.tool()).audiences).toMatchObject([{ members: [] }])
})

test('cancelled before anybody was disclosed, a campaign closes at once and the tool never hears of it', async () => {
  const world = await openWorld({ working: false })
  try {
    const { db, clock } = world.context
    const campaign = await world.draft()

    await say(world, campaign, (one) => cancel(one, clock()))

    expect(await campaignById(db, campaign.id)).toMatchObject({ state: 'closed', outcome: 'cancelled' })
    expect((await world.tool()).requests.total).toBe(0)
    await expect(say(world, campaign, (one) => cancel(one, clock()))).rejects.toThrow(NotAllowed)
    await expect(say(world, campaign, (one) => withdraw(one, 'operator', clock()))).rejects.toThrow(NotAllowed)
  } finally {
    await world.close()
  }
})

story(
  'withdrawn by the operator during the settle window, everybody leaves at once and answers are kept',
  async (world) => {
    const { db, clock } = world.context
    const people = await world.people(10)
    const campaign = await world.draft()
    await world.launch(campaign)
    await world.reached(campaign, 'sent')
    await world.outside('unsubscribe', { email: people[3]?.email })

    await say(world, campaign, (one) => withdraw(one, 'operator', clock()))
    await world.reached(campaign, 'closed')

    expect((await world.tool()).audiences).toMatchObject([{ members: [] }])
    await until(async () => (await db.person.count({ where: { permission: 'prohibition' } })) === 1, 10_000)
    expect(await db.person.findFirst({ where: { permission: 'prohibition' }, select: { email: true } })).toEqual({
      email: people[3]?.email,
    })
  },
)
