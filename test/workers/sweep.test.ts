// The clock: what the register says is due is queued again, however the queue forgot it; nobody stays past the deadline quietly.
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CampaignState, halt } from '../../src/domain/campaign.ts'
import { campaignById, record } from '../../src/register/campaigns.ts'
import { receiveFeedback } from '../../src/register/feedback.ts'
import { prohibit } from '../../src/register/permissions.ts'
import { steps } from '../../workers/index.ts'
import { approved, campaignIn, runStep, stepContext, stillWorld, waitingJobs } from '../support/step.ts'
import type { World } from '../support/world.ts'

let world: World
beforeAll(async () => {
  world = await stillWorld()
})
afterAll(() => world.close())

test('a queue that has forgotten everything is told again what is due, whatever state a campaign is in', async () => {
  await world.people(2)
  const { db } = world.context
  const campaign = await approved(world)
  const due: Partial<Record<CampaignState, string>> = {
    approved: 'select-recipients',
    selected: 'open-audience',
    opened: 'disclose-recipients',
    disclosed: 'send-campaign',
    sending: 'watch-delivery',
    sent: 'collect-feedback',
    withdrawing: 'withdraw-recipients',
    withdrawn: 'close-campaign',
  }

  const queued: Record<string, Record<string, number>> = {}
  for (const state of ['draft', 'halted', ...Object.keys(due)]) {
    await db.$executeRawUnsafe('truncate bullmq.job cascade')
    await db.campaign.update({ where: { id: campaign.id }, data: { state, resumeTo: 'approved' } })
    await sweep()
    await sweep()
    queued[state] = await waitingJobs(world)
  }

  const expected = Object.entries(due).map(([state, job]) => [state, { [job]: 1 }])
  expect(queued).toEqual({ draft: {}, halted: {}, ...Object.fromEntries(expected) })
  await db.campaign.update({ where: { id: campaign.id }, data: { state: 'closed' } })
})

test('feedback and opt-outs that wait in the register are queued again, and so is the removal of whoever said no', async () => {
  const { db, clock } = world.context
  const [person] = await world.people(1)
  await db.$executeRawUnsafe('truncate bullmq.job cascade')
  await receiveFeedback(db, [
    {
      ...{ campaignId: null, recipientId: null, kind: 'opted-out', source: 'webhook', addressHash: 'k1:x' },
      ...{ at: clock(), receivedAt: clock(), onceKey: 'odottaa' },
    },
  ])
  await prohibit(db, { personId: person?.id as string, at: clock(), channel: 'mail', actor: 'test', onceKey: 'ei' })

  await sweep()

  expect(await waitingJobs(world)).toEqual({ 'apply-feedback': 1, 'find-removals': 1, 'write-ledger': 1 })
})

test.each(['opened', 'disclosed', 'sent'] as const)(
  'past its deadline a campaign that is %s is withdrawn, halted or not, and an alarm is written without a name in it',
  async (state) => {
    const { campaign, people } = await campaignIn(world, state === 'opened' ? 'disclosed' : state)
    const { db, clock } = world.context
    await db.campaign.update({ where: { id: campaign.id }, data: { state } })
    if (state !== 'sent') await record(db, campaign.id, 'worker', (one) => halt(one, 'somebody must look', clock()))
    const { deadline } = await campaignById(db, campaign.id)
    const log = lines()

    await world.turn(state === 'sent' ? '95h' : '23h')
    await sweep(log)
    const early = await campaignById(db, campaign.id)
    await world.turn('2h')
    await sweep(log)

    expect(early.state).toBe(state === 'sent' ? 'sent' : 'halted')
    expect(await campaignById(db, campaign.id)).toMatchObject({ state: 'withdrawing', because: 'deadline', deadline })
    const alarms = log.written.filter((line) => line.includes('people are in the tool past the deadline'))
    expect(alarms).toHaveLength(1)
    expect(alarms[0]).toContain(campaign.id)
    for (const { email, firstName } of people)
      expect(log.written.join()).not.toMatch(new RegExp(`${email}|${firstName}"`))
    await db.campaign.update({ where: { id: campaign.id }, data: { state: 'closed', shell: 'none' } })
  },
)

test('a withdrawal that does not end keeps its alarm past the deadline, and keeps being tried', async () => {
  const { campaign } = await campaignIn(world, 'sent')
  const { db } = world.context
  await world.turn('100h')
  await sweep()
  await db.$executeRawUnsafe('truncate bullmq.job cascade')
  const log = lines()

  await sweep(log)
  await sweep(log)

  expect(log.written.filter((line) => line.includes('past the deadline'))).toHaveLength(2)
  expect(await waitingJobs(world)).toMatchObject({ 'withdraw-recipients': 1 })
  expect(await campaignById(db, campaign.id)).toMatchObject({ state: 'withdrawing' })
})

async function sweep(log?: ReturnType<typeof lines>): Promise<void> {
  if (!log) await runStep(world, 'sweep', {})
  else await steps.sweep.run({}, { ...stepContext(world, 'sweep'), log: log.logger })
}

function lines() {
  const written: string[] = []
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      written.push(String(chunk))
      done()
    },
  })
  return { written, logger: pino({ level: 'trace' }, stream) }
}
