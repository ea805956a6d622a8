// The tool tells us at once; and where it does not, the register is the same a little later.
import { expect } from 'vitest'
import { until } from '../../src/operator/run-workers.ts'
import { campaignStatus } from '../../src/register/campaign-status.ts'
import { sql } from '../../src/register/database.ts'
import type { World } from '../support/world.ts'
import { story } from './backends.ts'

const web = { web: true, env: { LUPA_POLL: '10m' } }

story(
  'what people tell the tool is in the register before anybody polls, and they leave the tool at once',
  async (world) => {
    const { db } = world.context
    const [ada, bo, cai] = await world.people(6)
    const campaign = await world.draft()
    await world.launch(campaign)
    await world.reached(campaign, 'sent')

    await world.outside('unsubscribe', { email: ada?.email })
    await world.outside('bounce', { email: bo?.email, kind: 'hard' })
    await world.outside('complain', { email: cai?.email })
    await until(async () => (await campaignStatus(db, campaign.id)).inTool === 4, 20_000, 50)

    const status = await campaignStatus(db, campaign.id)
    expect(status).toMatchObject({
      state: 'sent',
      feedback: { optedOut: 1, bounced: 1, complained: 1 },
      counts: { removed: 2 },
      webhook: { works: true, problem: null },
      timeToSuppression: { webhook: { count: 2 } },
    })
    expect(status.timeToSuppression['webhook']?.maxSeconds).toBeLessThan(20)
    expect(await said(world)).toEqual([ada?.email, cai?.email])
    await world.turn('73h')
    // The next poll is ten real minutes away; and a read that brought news waits for another to find none.
    await until(async () => {
      await world.context.queues.wake({ job: 'collect-feedback', payload: { campaignId: campaign.id } })
      return (await campaignStatus(db, campaign.id)).state !== 'sent'
    }, 45_000)
    await world.reached(campaign, 'closed')
  },
  web,
)

async function said({ context }: World) {
  const rows = await context.db.$queryRaw<{ email: string }[]>(
    sql`select email from person where permission = 'prohibition' order by email`,
  )
  return rows.map(({ email }) => email)
}
