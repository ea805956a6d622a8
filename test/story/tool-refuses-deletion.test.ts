// The tool will not delete an audience for seven days after a send. People do not wait for that.
import { expect } from 'vitest'
import { until } from '../../src/operator/run-workers.ts'
import { campaignById } from '../../src/register/campaigns.ts'
import { certificateOf } from '../../src/register/certificates.ts'
import { story } from './backends.ts'

story(
  'nobody stays for the seven days in which the tool keeps the empty audience, and the shell goes when it may',
  async (world) => {
    const { db } = world.context
    await world.people(12)
    const campaign = await world.draft({ settleSeconds: 3600 })

    await world.launch(campaign)
    await world.reached(campaign, 'sent')
    await world.turn('2h')
    const closed = await world.reached(campaign, 'closed')

    expect((await world.tool()).audiences).toMatchObject([{ members: [] }])
    expect(closed.shell).toBe('pending')
    expect(await certificateOf(db, campaign.id)).toMatchObject({
      verification: { audience: 'empty', peopleRead: 0 },
      shell: { state: 'pending' },
    })

    await world.turn('3d')
    expect((await world.tool()).audiences).toHaveLength(1)
    await world.turn('4d')
    await until(async () => (await campaignById(db, campaign.id)).shell === 'deleted', 30_000)
    expect((await world.tool()).audiences).toEqual([])
    expect((await certificateOf(db, campaign.id))?.shell).toMatchObject({
      state: 'deleted',
      deletedAt: expect.any(String),
    })
  },
)
