// One campaign, from the draft to the certificate.
import { expect } from 'vitest'
import { certificateIsIntact } from '../../src/certificate/certificate.ts'
import { until } from '../../src/operator/run-workers.ts'
import { campaignStatus } from '../../src/register/campaign-status.ts'
import { campaignById } from '../../src/register/campaigns.ts'
import { certificateOf } from '../../src/register/certificates.ts'
import { story } from './backends.ts'

story(
  'a campaign reaches those with permission, brings their answers back, and leaves nobody in the tool',
  async (world) => {
    const { db } = world.context
    const [ada, bo, cai, dag] = await world.people(40)
    const campaign = await world.draft()

    await world.launch(campaign)
    await world.reached(campaign, 'sent')
    await world.outside('unsubscribe', { email: ada?.email })
    await world.outside('bounce', { email: bo?.email, kind: 'hard' })
    await world.outside('bounce', { email: cai?.email, kind: 'soft' })
    await world.outside('complain', { email: dag?.email })
    await world.turn('73h')
    await world.reached(campaign, 'closed')

    const status = await campaignStatus(db, campaign.id)
    expect(status).toMatchObject({
      counts: { selected: 40, intended: 40, accepted: 40, refused: 0, unknown: 0, removed: 40 },
      feedback: { optedOut: 1, bounced: 2, complained: 1 },
      inTool: 0,
      outcome: 'sent',
    })
    const tool = await world.tool()
    expect(tool.audiences.map(({ members }) => members)).toEqual([[]])
    expect(tool.campaigns).toEqual([])
    expect(tool.reportRows.filter(({ email_address }) => email_address)).toEqual([])
    expect(await world.mails()).toHaveLength(40)
    const said = await db.person.findMany({
      where: { permission: 'prohibition' },
      select: { email: true },
      orderBy: { email: 'asc' },
    })
    expect(said.map(({ email }) => email)).toEqual([ada?.email, dag?.email].sort())
    const bounced = await db.person.findMany({ where: { bouncedAt: { not: null } }, select: { email: true } })
    expect(bounced).toEqual([{ email: bo?.email }])

    const certificate = await certificateOf(db, campaign.id)
    expect(certificate && certificateIsIntact(certificate)).toBe(true)
    expect(certificate).toMatchObject({
      fieldsSent: ['EMAIL', 'FNAME', 'LNAME'],
      counts: { removed: 40, remaining: 0 },
      shell: { state: 'pending' },
    })

    await world.turn('8d')
    await until(async () => (await campaignById(db, campaign.id)).shell === 'deleted', 30_000)
    expect((await world.tool()).audiences).toEqual([])
    expect(await certificateOf(db, campaign.id)).toMatchObject({ shell: { state: 'deleted' } })
  },
)
