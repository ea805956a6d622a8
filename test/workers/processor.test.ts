// How failures become queue behaviour: the queue rests when the tool asks, drops what is no job, and may be flushed.
import type { Job } from 'bullmq'
import { afterEach, expect, test } from 'vitest'
import { cancel } from '../../src/domain/campaign.ts'
import { Refused } from '../../src/domain/errors.ts'
import { startWorkers, until } from '../../src/operator/run-workers.ts'
import { openBullQueue } from '../../src/queue/backend.ts'
import { campaignById } from '../../src/register/campaigns.ts'
import { listSetAside } from '../../src/register/set-aside.ts'
import { backoff, processor, runJob, type Step } from '../../workers/processor.ts'
import { story } from '../story/backends.ts'
import { documentOf } from '../support/command-line.ts'
import { openRedis } from '../support/redis.ts'
import { flushAtOnce } from '../support/redis-dump.ts'
import { approved, campaignIn, stillWorld } from '../support/step.ts'
import { openWorld, say } from '../support/world.ts'

const opened: { close: () => Promise<unknown> }[] = []
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close()
})

test('a back-off is a whole number of milliseconds: the queue on PostgreSQL takes no other, and the job would hang', () => {
  expect(Array.from({ length: 12 }, (_, made) => backoff(made + 1)).filter((ms) => !Number.isInteger(ms))).toEqual([])
})

test.each([
  ['429', 9_000, 10_000],
  ['403-bodyless', 55_000, 60_000],
])(
  'when the tool answers %s its queue rests, everything stays in it, and it goes on when the rest is over',
  async (kind, least, most) => {
    const world = kept(await stillWorld())
    const { context } = world
    await world.people(3)
    const campaign = await approved(world, { settleSeconds: 0 })
    await world.outside('mischief', { kind, route: 'POST /lists/:list_id', times: 1 })
    const queue = kept(openBullQueue(context.queues.home, 'tool'))
    const workers = await startWorkers(context)

    await until(async () => (await queue.getRateLimitTtl()) > 1000, 20_000, 50)
    const rest = await queue.getRateLimitTtl()
    const waiting = await queue.getJobs()
    await workers.close()
    expect(rest).toBeGreaterThan(least)
    expect(rest).toBeLessThanOrEqual(most)
    // Not an attempt: nobody gives up on a job because the tool was busy.
    expect(waiting.map(({ name, attemptsMade }) => [name, attemptsMade])).toContainEqual(['disclose-recipients', 0])
    expect(await campaignById(context.db, campaign.id)).toMatchObject({ state: 'opened' })

    await queue.removeRateLimitKey()
    kept(await startWorkers(context))
    await world.reached(campaign, 'closed')
    expect(await world.mails()).toHaveLength(3)
  },
)

test('the queue flushed in the middle of a campaign loses nothing: the campaign comes to its end', async (context) => {
  const redis = await openRedis()
  if ('missing' in redis) {
    process.stderr.write(`skipped: ${redis.missing}\n`)
    return context.skip(redis.missing)
  }
  kept(redis)
  const world = kept(await openWorld({ redisUrl: redis.url }))
  const { config } = world.context
  const flush = () => flushAtOnce(redis.url, config.queuePrefix)
  await world.people(4)
  const campaign = await world.draft({ settleSeconds: 0 })
  await world.outside('mischief', { kind: 'hold-delivery' })

  await world.launch(campaign)
  await flush()
  await world.reached(campaign, 'sending')
  await flush()
  await fetch(`${world.emulator.url}/__control/mischief`, { method: 'DELETE' })
  await world.outside('deliver', {})
  await until(async () => (await campaignById(world.context.db, campaign.id)).state !== 'sending', 45_000, 20)
  await flush()
  await world.reached(campaign, 'closed')

  expect(await world.mails()).toHaveLength(4)
  expect((await world.tool()).requests.byRoute['POST /campaigns/:campaign_id/actions/send']).toBe(1)
  // The clocks that were flushed too go again.
  const { home } = world.context.queues
  const queues = [kept(openBullQueue(home, 'local')), kept(openBullQueue(home, 'tool'))]
  const clocks = async () =>
    (await Promise.all(queues.map((queue) => queue.getJobSchedulers()))).flat().map(({ key }) => key)
  const wanted = ['sweep', 'find-removals', 'sweep-tool']
  await until(async () => contains(await clocks(), wanted), 20_000, 100)
})

story(
  'a call that waits for its time, and that several wake at once, is there once and waits no more',
  async ({ context: { queues } }) => {
    const call = { job: 'expire-data', payload: {} } as const
    await queues.add({ ...call, delayMs: 3_600_000 })

    await Promise.all(Array.from({ length: 8 }, () => queues.wake(call)))

    const queue = openBullQueue(queues.home, 'local')
    const all = await queue.getJobs()
    const states = await Promise.all(all.map(async (job) => [job.name, await job.isDelayed()]))
    await queue.close()
    expect(states).toEqual([[call.job, false]])
  },
  { working: false },
)

story('what is no job of ours is dropped at once, and holds nobody up', async (world) => {
  const { context } = world
  const rubbish = [
    ['tool', 'disclose-recipients', { campaignId: 'ei mikään', batch: 1, lastBatch: 1 }],
    ['tool', 'disclose-recipients', { campaignId: crypto.randomUUID(), batch: 0, lastBatch: 1 }],
    ['tool', 'remove-recipient', { campaignId: crypto.randomUUID(), recipientId: '1; drop table person' }],
    ['tool', 'send-campaign', { campaignId: crypto.randomUUID(), email: 'joku@talo.example' }],
    ['tool', 'send-campaign', null],
    ['tool', 'select-recipients', { campaignId: crypto.randomUUID() }],
    ['local', 'sweep', { more: 1 }],
    ['local', 'make-coffee', {}],
    ['local', 'toString', {}],
  ] as const
  const queues = {
    tool: openBullQueue(context.queues.home, 'tool'),
    local: openBullQueue(context.queues.home, 'local'),
  }
  const ids: ['tool' | 'local', string][] = []
  for (const [queue, name, data] of rubbish) {
    const job = await queues[queue].add(name, data, {
      // Without an id of its own a job would have BullMQ make a sequence, which no role of ours may.
      jobId: `rubbish${ids.length}`,
      attempts: 5,
      removeOnFail: true,
      backoff: { type: 'fixed', delay: 60_000 },
    })
    ids.push([queue, job.id as string])
  }

  await until(async () => {
    const left = await Promise.all(ids.map(([queue, id]) => queues[queue].getJob(id)))
    return left.every((job) => !job)
  }, 15_000)

  await world.people(1)
  const campaign = await world.draft({ settleSeconds: 0 })
  await world.launch(campaign)
  await world.reached(campaign, 'closed')
  for (const queue of Object.values(queues)) await queue.close()
  // Shown by their names where these are ours, and never with what they held.
  const aside = await listSetAside(context.db)
  expect(aside.map(({ key }) => key)).toEqual(
    expect.arrayContaining(['disclose-recipients, unreadable', 'sweep, unreadable', 'unknown in local']),
  )
  expect(aside.filter(({ payload }) => payload !== null)).toEqual([])
  expect(JSON.stringify(aside)).not.toMatch(/talo\.example|coffee|drop table/)
  const retried = await documentOf(['set-aside', 'retry', '--all'], world.env)
  expect(retried).toMatchObject({ through: aside.length, left: [] })
})

function contains(all: string[], wanted: string[]): boolean {
  return wanted.every((one) => all.includes(one))
}

function kept<T extends { close: () => Promise<unknown> }>(one: T): T {
  opened.push(one)
  return one
}

test('a job of the way in that comes too late does not halt a campaign on its way out; one of the way out does', async () => {
  const world = await stillWorld()
  try {
    const { db, clock } = world.context
    const { campaign } = await campaignIn(world, 'disclosed', { people: 1 })
    const state = async () => (await campaignById(db, campaign.id)).state
    const run = (step: Step) => {
      const delivered = { id: step.job, name: step.job, data: { campaignId: campaign.id }, attemptsMade: 0, opts: {} }
      return runJob(step, world.context, delivered as unknown as Job, 'token')
    }

    const late = processor('send-campaign', async () => {
      await say(world, campaign, (one) => cancel(one, clock()))
      throw new Refused('there is no such campaign in the tool')
    })
    await expect(run(late as unknown as Step)).rejects.toThrow('there is no such campaign in the tool')
    expect(await state()).toBe('withdrawing')

    const stuck = processor('withdraw-recipients', async () => {
      throw new Refused('nobody may be deleted')
    })
    await expect(run(stuck as unknown as Step)).rejects.toThrow('nobody may be deleted')
    expect(await state()).toBe('halted')
  } finally {
    await world.close()
  }
})
