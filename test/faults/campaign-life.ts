// One whole campaign, from its design in the tool to the deletion of its shell, by every call of the tool that Lupa makes; and the
// trouble it meets: on one route, or on all, the first call of every job fails.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { certificateIsIntact } from '../../src/certificate/certificate.ts'
import { openMailchimp } from '../../src/marketing/mailchimp/mailchimp.ts'
import { toolTraits } from '../../src/marketing/tools.ts'
import { finishedMail } from '../../src/newsletter/finished-mail.ts'
import { afterProhibition } from '../../src/operator/after-prohibition.ts'
import { resumeCampaign } from '../../src/operator/campaign-orders.ts'
import { launchNow } from '../../src/operator/launching.ts'
import type { JobCall } from '../../src/queue/jobs.ts'
import { type CampaignRecord, campaignById, note } from '../../src/register/campaigns.ts'
import { certificateOf } from '../../src/register/certificates.ts'
import { presentReason } from '../../src/register/people.ts'
import { prohibit } from '../../src/register/permissions.ts'
import { toolAccount } from '../../src/register/tool-accounts.ts'
import { makeMischief } from '../emulator/mailchimp/mischief.ts'
import { resetState } from '../emulator/mailchimp/state.ts'
import type { TestDatabase } from '../support/database.ts'
import { type HandQueue, handQueue, type Ran } from '../support/hand-queue.ts'
import { openWorld, type TestPerson, type World } from '../support/world.ts'

/** What may go wrong with one call, in the order of the table. */
export const faults = {
  '429': '429',
  'bodyless 403': '403-bodyless',
  '500': '500',
  '502 HTML': '502-html',
  'time-out': 'timeout',
  'reset before the effect': 'reset-before',
  'answer lost after the effect': 'drop-answer',
  'malformed JSON': 'malformed-json',
  slow: 'delay',
} as const
export type Fault = keyof typeof faults

/**
 * One life: the jobs in which the trouble struck, the sentences with which the campaign halted, what it said that it waits for
 * after a failure, and what is wrong at its end.
 */
export type Life = {
  struck: string[]
  halts: string[]
  wrong: string[]
  says: string[]
  routes: string[]
  jobs: number
}

export type FaultWorld = {
  /** Lives one campaign, in which the first call of each of these routes (as `POST /lists`) fails in every job. */
  live: (fault: Fault, routes: readonly string[]) => Promise<Life>
  world: World
  hand: HandQueue
  close: () => Promise<void>
}

/** Only where the tool is to be late is nobody patient: else a busy machine would be told as a tool that does not answer. */
const callMayTakeMs = (fault: Fault) => (fault === 'time-out' ? 700 : 30_000)
const ms: Partial<Record<Fault, number>> = { 'time-out': 1000, slow: 60 }
const mostResumptions = 5
const sweepEveryMs = 2000

/** A world for one life after the other. Close it. */
export async function openFaultWorld(database?: TestDatabase): Promise<FaultWorld> {
  const deaf = await startDeafReceiver()
  let hand: HandQueue | undefined
  const opened = await openWorld({
    working: false,
    env: { LUPA_PUBLIC_URL: deaf.url, LUPA_POLL: '1h', LOG_LEVEL: 'silent' },
    queues: (home, clock) => {
      hand = handQueue(home, clock)
      return hand.queues
    },
    ...(database ? { database } : {}),
  })
  const patience = { ms: callMayTakeMs('slow') }
  const world = withPatience(opened, patience)
  let lives = 0
  return {
    world,
    hand: hand as unknown as HandQueue,
    live: async (fault, routes) => {
      lives += 1
      patience.ms = callMayTakeMs(fault)
      return live({ world, hand: hand as HandQueue, tag: `elama-${lives}`, fault, routes })
    },
    close: async () => {
      await world.close()
      deaf.server.close()
    },
  }
}

type Scene = { world: World; hand: HandQueue; tag: string; fault: Fault; routes: readonly string[] }
type Telling = Scene & { campaign: CampaignRecord; life: Life; swept: boolean }

async function live(scene: Scene): Promise<Life> {
  const { world, tag, hand } = scene
  emptyTool(world)
  hand.empty()
  const people = await world.people(5)
  await world.context.db.person.updateMany({ where: { id: { in: people.map(({ id }) => id) } }, data: { tags: [tag] } })
  const design = { contentKind: 'template', contentRef: addTemplate(world), html: null } as const
  const campaign = await world.draft({ ...design, name: tag, askedTags: [tag], settleSeconds: 7200 })
  const telling: Telling = {
    ...scene,
    campaign,
    life: { struck: [], halts: [], wrong: [], says: [], routes: [], jobs: 0 },
    swept: false,
  }
  strike(telling)
  await outward(telling, people)
  await answers(telling, people)
  await inward(telling)
  world.emulator.state.mischief = []
  telling.life.wrong.push(...(await whatIsWrong(telling, people)))
  telling.life.routes.push(...[...world.emulator.state.requests.byRoute.keys()].sort())
  return telling.life
}

/** Designed in the tool, tested, launched, disclosed; the first says no before it is sent. */
async function outward(telling: Telling, [first]: TestPerson[]): Promise<void> {
  const { campaign, world } = telling
  const { db, config, clock } = world.context
  const campaignId = campaign.id
  await command(telling, { job: 'read-design', payload: { campaignId } })
  const designed = await campaignById(db, campaignId)
  const mail = finishedMail(designed, config, toolTraits('mailchimp').placeholders)
  if (!mail || mail.problems.length > 0) throw new Error(`the sample design cannot be sent: ${mail?.problems}`)
  await note(db, campaignId, { html: mail.html }, 'draft')
  await command(telling, { job: 'send-test', payload: { campaignId, to: 0 } })
  do await command(telling, { job: 'check-tool', payload: { tool: 'mailchimp' } })
  while ((await toolAccount(db, 'mailchimp'))?.problem)
  await launchNow(world.context, designed, { accountId: world.emulator.accountId, mail })

  await come(telling, 'disclosed')
  await prohibit(db, {
    ...{ personId: first?.id as string, at: clock(), channel: 'phone', actor: 'test', onceKey: `no|${first?.id}` },
  })
  await afterProhibition(world.context)
  await come(telling, 'sent')
}

/** The second opts out with the tool's link, the third bounces, the fourth complains; no webhook arrives, and a new one is made. */
async function answers(telling: Telling, [, second, third, fourth]: TestPerson[]): Promise<void> {
  const { world } = telling
  // The tool tells whole seconds: what people say must be later than the webhook that should have told it.
  await world.turn('2m')
  await world.outside('unsubscribe', { email: second?.email })
  await world.outside('bounce', { email: third?.email, kind: 'hard' })
  await world.outside('complain', { email: fourth?.email })
  await world.turn('61m')
  await perform(telling, 0)
  await world.turn('15m')
  await command(telling, { job: 'keep-webhooks', payload: {} })
}

/** The settle window is over, everybody leaves, and a week later the shell. */
async function inward(telling: Telling): Promise<void> {
  const { world } = telling
  await world.turn('1h')
  await come(telling, 'closed')
  await world.turn('8d')
  await command(telling, { job: 'sweep-tool', payload: {} })
  await command(telling, { job: 'sweep', payload: {} })
  await perform(telling, 0)
}

/** What an operator's command or a clock starts: repeated until it has gone through, as either would. */
async function command({ hand, world }: Telling, call: JobCall): Promise<void> {
  await hand.queues.addNow(call)
  for (let runs = 0; runs < 60; runs += 1) {
    const ran = await hand.next(world.context, (wait) => world.turn(wait))
    if (ran?.job === call.job && ran.end === 'done') return
    if (!ran || (ran.job === call.job && ran.end === 'dropped')) await hand.queues.addNow(call)
  }
  throw new Error(`${call.job} never went through`)
}

/** Works until the campaign is there; where it halts, the sentence is kept and an operator resumes. */
async function come(telling: Telling, state: CampaignRecord['state']): Promise<void> {
  const { world, campaign, life } = telling
  for (let runs = 0; runs < 3000; runs += 1) {
    const now = await campaignById(world.context.db, campaign.id)
    if (now.state === state) return
    if (now.state === 'halted') {
      life.halts.push(now.haltedBecause ?? '')
      if (life.halts.length > mostResumptions) break
      await resumeCampaign(world.context, now, 'test')
    }
    await turnOfOne(telling)
  }
  const { state: at, haltedBecause, waitingFor } = await campaignById(world.context.db, campaign.id)
  throw new Error(`the campaign got no further than ${at} (${haltedBecause ?? waitingFor})`)
}

/** Works off what is due within so many milliseconds. */
async function perform(telling: Telling, withinMs: number): Promise<void> {
  const { world, hand } = telling
  while (hand.dueIn(world.context.clock()) <= withinMs) await turnOfOne(telling)
}

/** The next job; before more time passes than the sweep lets pass, the sweep looks. */
async function turnOfOne(telling: Telling): Promise<Ran | null> {
  const { world, hand, life } = telling
  const wait = hand.dueIn(world.context.clock())
  if (wait > sweepEveryMs && !telling.swept) await hand.queues.add({ job: 'sweep', payload: {} })
  const ran = await hand.next(world.context, (ms) => world.turn(ms))
  telling.swept = ran?.job === 'sweep'
  if (ran) life.jobs += 1
  if (ran?.end === 'again' || ran?.end === 'rests') await keepWhatItSays(telling)
  return ran
}

async function keepWhatItSays({ world, campaign, life }: Telling): Promise<void> {
  const { waitingFor } = await campaignById(world.context.db, campaign.id)
  if (waitingFor && !life.says.includes(waitingFor)) life.says.push(waitingFor)
}

/** Sets the trouble before the runs of each job, and takes it away after: each route is struck once in every job. */
function strike({ world, hand, fault, routes, life }: Telling): void {
  const { state } = world.emulator
  const met = new Set<string>()
  hand.around.before = (job) => {
    state.mischief = []
    for (const route of routes.filter((one) => !met.has(`${job} ${one}`))) {
      makeMischief(state, { kind: faults[fault], route, times: 1, ...(ms[fault] ? { ms: ms[fault] } : {}) })
    }
  }
  hand.around.after = (job) => {
    const left = new Set(state.mischief.map(({ route }) => route))
    for (const route of routes.filter((one) => !left.has(one) && !met.has(`${job} ${one}`))) {
      met.add(`${job} ${route}`)
      life.struck.push(job)
    }
    state.mischief = []
  }
}

/** What the tool, the register and the certificate say at the end that they should not. */
async function whatIsWrong({ world, campaign, life }: Telling, people: TestPerson[]): Promise<string[]> {
  const { context, emulator } = world
  const { db, clock } = context
  const { audiences, campaigns, reports } = emulator.state
  const members = [...audiences.values()].flatMap((one) => [...one.members.values()])
  const rows = [...reports.values()].flatMap((one) => [
    ...one.sentTo.values(),
    ...one.unsubscribed.values(),
    ...one.abuse,
  ])
  const mailed = emulator.state.sendings
    .filter(({ test }) => !test)
    .flatMap(({ recipients }) => recipients.map(({ email_address }) => email_address))
  const reasons = await Promise.all(people.map(({ id }) => presentReason(db, id, clock())))
  const now = await campaignById(db, campaign.id)
  const certificate = await certificateOf(db, campaign.id)
  const states = await db.recipient.groupBy({ by: ['state'], where: { campaignId: campaign.id }, _count: true })
  const counts = certificate?.counts
  const unapplied = await db.feedback.count({ where: { appliedAt: null } })
  const promises: [boolean, string][] = [
    [members.length === 0, `${members.length} people are left in the tool`],
    [rows.every((row) => !row.email_address.includes('@yritys')), 'report rows still show somebody'],
    [audiences.size === 0, `${audiences.size} audiences are left in the tool`],
    [
      campaigns.size === 0,
      `campaigns are left in the tool: ${[...campaigns.values()].map((one) => JSON.stringify(one.settings)).join()}`,
    ],
    [mailed.length === new Set(mailed).size, 'somebody was mailed twice'],
    [!mailed.includes(people[0]?.email as string), 'somebody was mailed after their no'],
    [mailed.length === 4, `${mailed.length} people were mailed, not 4`],
    [
      reasons.join() === ['PROHIBITED', 'PROHIBITED', 'BOUNCED', 'PROHIBITED', ''].join(),
      `what people said did not come back: ${reasons.join()}`,
    ],
    [now.shell === 'deleted' && certificate?.shell.state === 'deleted', `the shell is ${now.shell}`],
    [certificate !== null && certificateIsIntact(certificate), 'the certificate is not intact'],
    [
      counts?.sent === 4 && counts.remaining === 0 && counts.unknown === 0,
      `the certificate counts ${JSON.stringify(counts)}`,
    ],
    [
      states.map(({ state }) => state).join() === 'removed',
      `recipients are ${states.map(({ state }) => state).join()}`,
    ],
    [unapplied === 0, `${unapplied} pieces of feedback were not applied`],
    [life.halts.every((sentence) => sentence.length > 20), 'a halt says nothing'],
  ]
  return promises.filter(([holds]) => !holds).map(([, sentence]) => sentence)
}

/** The tool forgets everything; its clock goes on with the world's. */
function emptyTool({ emulator, context }: World): void {
  resetState(emulator.state, {})
  emulator.state.clock.set(context.clock().getTime())
}

function addTemplate({ emulator: { state } }: World): string {
  state.templates.set(10_001, {
    ...{ id: 10_001, name: 'kevat', date_created: '2026-01-01T00:00:00+00:00' },
    html: '<!doctype html><html lang="fi"><head><title>Vinkit</title></head><body><p>Hei *|FNAME|*.</p></body></html>',
  })
  return '10001'
}

/** The adapter's own waiting passes on the world's clock too. */
function withPatience(world: World, patience: { ms: number }): World {
  const { mailchimp } = world.context.config
  const { apiKey, baseUrl, accountId } = mailchimp as Record<keyof typeof mailchimp, string>
  const tool = () =>
    openMailchimp({ apiKey, baseUrl, accountId, timeoutMs: patience.ms }, { wait: (wait) => world.turn(wait) })
  return { ...world, context: { ...world.context, tool } }
}

/** Somebody who takes every webhook and tells nobody: whatever is known in the end was read from the tool. */
async function startDeafReceiver(): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    request.resume()
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
