// Steps by hand: a world without workers, whose jobs a test runs one by one, at the instant it chooses.

import { approve, type CampaignState } from '../../src/domain/campaign.ts'
import { due } from '../../src/flow.ts'
import { checkedMail } from '../../src/operator/launching.ts'
import { type JobName, jobs, type Payload } from '../../src/queue/jobs.ts'
import { type CampaignPlan, type CampaignRecord, campaignById, note, record } from '../../src/register/campaigns.ts'
import { openBatches } from '../../src/register/recipients.ts'
import { steps } from '../../workers/index.ts'
import type { Again, Step, StepContext } from '../../workers/processor.ts'
import { openWorld, type TestPerson, type World, type WorldOptions } from './world.ts'

/** What a job's step is given, with the database role of its queue. */
export function stepContext({ context }: World, job: JobName): StepContext {
  return { ...context, db: context.as(jobs[job].queue === 'tool' ? 'sync' : 'worker') }
}

/** Runs one step now, once; what it throws is thrown. */
export async function runStep<N extends JobName>(
  world: World,
  job: N,
  payload: Payload<N>,
): Promise<Again | undefined> {
  const step = steps[job] as unknown as Step
  return step.run(payload as never, stepContext(world, job))
}

/** A world without workers. */
export function stillWorld(options: WorldOptions = {}): Promise<World> {
  return openWorld({ ...options, working: false })
}

/** A campaign that is approved and has its finished mail, as a launch leaves it; nothing is queued. */
export async function approved(world: World, plan: Partial<CampaignPlan> = {}): Promise<CampaignRecord> {
  const { db, clock } = world.context
  const campaign = await world.draft(plan)
  const { html } = await checkedMail(world.context, campaign)
  await note(db, campaign.id, { html }, 'draft')
  await record(db, campaign.id, 'operator', (one) => approve(one, world.emulator.accountId, clock()))
  return campaignById(db, campaign.id)
}

/** Runs whatever is due, step after step, until the campaign is there. What a step throws is thrown. */
export async function walk(world: World, campaign: CampaignRecord, to: CampaignState): Promise<CampaignRecord> {
  const { db, clock, config } = world.context
  for (let round = 0; round < 60; round += 1) {
    const now = await campaignById(db, campaign.id)
    if (now.state === to) return now
    for (const { job, payload } of due(now, await openBatches(db, now.id), clock(), config)) {
      await runStep(world, job, payload as never)
    }
  }
  const { state, waitingFor } = await campaignById(db, campaign.id)
  throw new Error(`the campaign got no further than ${state} (${waitingFor})`)
}

/** So many people, and a campaign for them that has come this far. */
export async function campaignIn(
  world: World,
  state: CampaignState,
  { people = 3, plan = {} }: { people?: number; plan?: Partial<CampaignPlan> } = {},
): Promise<{ campaign: CampaignRecord; people: TestPerson[] }> {
  const made = await world.people(people)
  return { campaign: await walk(world, await approved(world, plan), state), people: made }
}

/** How many recipients of a campaign are in which state, and why: `{ 'refused LOST': 1 }`. */
export async function recipientStates({ context }: World, campaign: CampaignRecord): Promise<Record<string, number>> {
  const rows = await context.db.recipient.groupBy({
    by: ['state', 'because'],
    where: { campaignId: campaign.id },
    _count: true,
  })
  return Object.fromEntries(
    rows.map(({ state, because, _count }) => [[state, because].filter(Boolean).join(' '), _count]),
  )
}

/** Jobs that wait in both queues, by name. */
export async function waitingJobs({ context }: World): Promise<Record<string, number>> {
  const rows = await context.db.$queryRawUnsafe<{ name: string; jobs: number }[]>(
    `select name, count(*)::int as jobs from bullmq.job group by name order by name`,
  )
  return Object.fromEntries(rows.map(({ name, jobs: count }) => [name, count]))
}

/** Runs the gate until the tool has counted its recipients, and a last time; what it answers then. */
export async function passing(run: () => Promise<Again | undefined>): Promise<Again | undefined> {
  for (let looks = 0; looks < 5; looks += 1) {
    const again = await run()
    if (!again?.waitingFor?.startsWith('the tool')) return again
  }
  throw new Error('the tool never counted its recipients')
}
