// One round: a campaign lives its whole life while its processes die, its servers fall and its tool misbehaves; then it is judged.
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Config, readConfig } from '../../src/config.ts'
import { openContext } from '../../src/context.ts'
import { BadInput, NotAllowed } from '../../src/domain/errors.ts'
import { startWeb } from '../../src/http/server.ts'
import { openLogger } from '../../src/logger.ts'
import { afterProhibition } from '../../src/operator/after-prohibition.ts'
import { cancelCampaign, resumeCampaign } from '../../src/operator/campaign-orders.ts'
import { launchNow, preflight } from '../../src/operator/launching.ts'
import { eraseNow } from '../../src/operator/person-orders.ts'
import { someoneWorks, until } from '../../src/operator/run-workers.ts'
import { type CampaignPlan, campaignById, draftCampaign } from '../../src/register/campaigns.ts'
import { prohibit } from '../../src/register/permissions.ts'
import { type Emulator, startEmulator } from '../emulator/mailchimp/emulator.ts'
import { deliveredMails } from '../emulator/mailchimp/mails.ts'
import { type Findings, findings, type HeardNo } from './findings.ts'
import type { Ground } from './ground.ts'
import { startHerd } from './herd.ts'
import { importAgain, populate, type RoundPerson } from './people.ts'
import type { Act, RoundPlan, Voice } from './plan.ts'
import { type Chance, chanceFrom } from './random.ts'
import { crowding, type Watched, watchStandstill } from './standstill.ts'

export type RoundResult = {
  seed: number
  findings: Findings
  kills: number
  faults: number
  /** Boundaries at which a process died. */
  diedAt: string[]
  seconds: number
}

/** A round under way. */
type Scene = Watched & {
  plan: RoundPlan
  chance: Chance
  ground: Ground
  databaseUrl: string
  /** Those with a permission who have not said anything yet. */
  silent: RoundPerson[]
  heard: HeardNo[]
  /** People who stayed past their deadline and about whom nobody was alarmed, as sentences. */
  unalarmed: string[]
  queueTexts: string[]
  time: { aheadMs: number }
  faults: number
}

const sampleCompany = fileURLToPath(new URL('../../prisma/sample/lupa.yaml', import.meta.url))
const patienceMs = 180_000
const hourMs = 3_600_000
let rounds = 0

/** Lives one round on this ground: its plan tells everything but the exact instants. */
export async function tortureRound(ground: Ground, plan: RoundPlan): Promise<RoundResult> {
  const began = performance.now()
  const { seed } = plan
  rounds += 1
  const name = `kierros_${rounds}`
  const { url, home } = await ground.register(name)
  const emulator = await startEmulator({ plan: 'premium', latencyMs: 5, perMemberMs: 2 })
  const logFile = path.join(home, 'workers.log')
  const config = configOf(ground, { name, url, home, emulator })
  const time = { aheadMs: 0 }
  const clock = () => new Date(Date.now() + time.aheadMs)
  const context = await openContext(readConfig(config), { clock, log: openLogger('silent') })
  const web = await startWeb({ ...context, config: { ...context.config, port: 0, host: '127.0.0.1' } })
  const own = { ...context, config: { ...context.config, publicUrl: web.address } satisfies Config }
  const { processes, deaths } = plan
  const env = { ...config, LUPA_PUBLIC_URL: web.address, LOG_LEVEL: 'trace' }
  const herd = await startHerd({
    ...{ processes, env, deaths, logFile, aheadMs: 0, ground: ground.whole, script: ground.script },
    diedFile: path.join(home, 'died-at'),
  })
  try {
    await until(() => someoneWorks(own), 60_000 * crowding())
    const { people: permitted, prohibited, unknown } = plan
    const people = await populate(own, { permitted, prohibited, unknown })
    const draft = await draftCampaign(own.db, { ...newsletter, settleSeconds: plan.settleSeconds }, 'torture', clock())
    const scene: Scene = {
      ...{ plan, ground, emulator, herd, chance: chanceFrom(seed + 1_000_003), databaseUrl: url, context: own },
      campaign: draft,
      silent: people.filter(({ says }) => says === 'permission'),
      ...{ heard: [], stuck: [], unalarmed: [], queueTexts: [], time, faults: 0, lastFault: performance.now() },
    }
    await launchNow(own, draft, await preflight(own, draft))
    await live(scene)
    const { campaign, heard, stuck, unalarmed, queueTexts } = scene
    const end = {
      context: own,
      emulator,
      campaignId: campaign.id,
      people,
      heard,
      stuck,
      unalarmed,
      queueTexts,
      logFile,
    }
    return {
      seed,
      findings: await findings({ ...end, strange: herd.strange }),
      kills: herd.kills(),
      faults: scene.faults,
      diedAt: herd.diedAt(),
      seconds: Math.round((performance.now() - began) / 100) / 10,
    }
  } finally {
    await herd.close()
    await web.close()
    await context.close()
    await emulator.close()
    await ground.drop(name)
  }
}

function configOf(ground: Ground, round: { name: string; url: string; home: string; emulator: Emulator }) {
  const { apiKey, accountId, url } = round.emulator
  return {
    LUPA_HOME: round.home,
    LUPA_CONFIG: sampleCompany,
    DATABASE_URL: round.url,
    LUPA_POLL: '1s',
    LUPA_QUEUE_PREFIX: round.name.replaceAll('_', '-'),
    MAILCHIMP_API_KEY: apiKey,
    MAILCHIMP_ACCOUNT_ID: accountId,
    MAILCHIMP_BASE_URL: `${url}/3.0`,
    ...(ground.redisUrl ? { REDIS_URL: ground.redisUrl } : {}),
  }
}

/** The whole life, with what breaks in each part of it; nothing breaks any more at the end, and then it must come to its close. */
async function live(scene: Scene): Promise<void> {
  const over = new AbortController()
  const watching = watchStandstill(scene, (ms) => turn(scene, ms), over.signal)
  try {
    await perform(scene, scene.plan.outward)
    await come(scene, ['sent', 'withdrawing', 'withdrawn', 'closed'])
    await Promise.all([perform(scene, scene.plan.answering), answer(scene)])
    await come(scene, ['sent', 'withdrawing', 'withdrawn', 'closed'])
    if (scene.plan.late) await control(scene, 'mischief', { kind: 'refuse-member-deletion' })
    turn(scene, 73 * hourMs)
    await perform(scene, scene.plan.inward)
    if (scene.plan.late) await outstay(scene)
    await come(scene, ['closed'])
    await patiently(() => importAgain(scene.context))
    // Whoever said no at the last moment is on the way to the register and the outside ledger.
    await until(() => settled(scene), 60_000 * crowding()).catch(() => {})
    await look(scene)
  } finally {
    over.abort()
    await watching
  }
}

/** I4: the deadline passes while the tool lets nobody go. Somebody has to be alarmed; then it lets them go after all. */
async function outstay(scene: Scene): Promise<void> {
  const { context, campaign, emulator, unalarmed } = scene
  turn(scene, 30 * hourMs)
  const about = { kind: 'deadline-passed', campaignId: campaign.id }
  const heldOrAlarmed = async () => {
    // The tool's refusal is the fault, and it lasts.
    scene.lastFault = performance.now()
    const gone = [...emulator.state.audiences.values()].every(({ members }) => members.size === 0)
    return gone || (await patiently(() => context.db.alarm.count({ where: about }))) > 0
  }
  await until(heldOrAlarmed, 150_000 * crowding()).catch(() => {
    unalarmed.push('people are in the tool past their deadline, and there is no alarm')
  })
  const answer = await fetch(`${emulator.url}/__control/mischief`, { method: 'DELETE' })
  if (!answer.ok) throw new Error('the emulator does not end its mischief')
}

/** Nothing waits any more: neither in the inbox nor for the outside ledger, nor with the tool for its webhooks. */
async function settled({ context: { db }, emulator: { state } }: Scene): Promise<boolean> {
  const { waiting, working } = state.webhookQueue
  const inbox = await db.feedback.count({ where: { appliedAt: null } })
  const outbox = await db.ledgerOutbox.count({ where: { writtenAt: null } })
  return inbox + outbox + working + waiting.length === 0
}

async function perform(scene: Scene, acts: Act[]): Promise<void> {
  for (const act of acts) {
    await wait(act.afterMs)
    await happen(scene, act)
    if (isWish(act)) continue
    scene.faults += 1
    scene.lastFault = performance.now()
  }
}

/** What people want of us, rather than what breaks. */
function isWish({ fault }: Act): boolean {
  return ['prohibit', 'erase', 'import', 'cancel'].includes(fault)
}

async function happen(scene: Scene, act: Act): Promise<void> {
  const { ground, herd, databaseUrl, context, campaign, chance } = scene
  switch (act.fault) {
    case 'kill':
      return herd.kill(chance.whole(0, 9))
    case 'flush-queue':
      await look(scene)
      return ground.flushQueue(databaseUrl)
    case 'restart-queue':
      await look(scene)
      return ground.restartQueue(databaseUrl)
    case 'restart-postgres':
      return ground.restartPostgres()
    case 'mischief':
      return control(scene, 'mischief', act.trouble)
    case 'prohibit':
      return speak(scene, 'operator')
    case 'erase':
      return speak(scene, 'erasure')
    case 'import':
      return patiently(() => importAgain(context))
    case 'cancel': {
      const now = await patiently(() => campaignById(context.db, campaign.id))
      // Too late is an answer too.
      return patiently(() => cancelCampaign(context, now, 'torture')).catch(() => {})
    }
    default:
      return act satisfies never
  }
}

/** People answer, each in their own way. */
async function answer(scene: Scene): Promise<void> {
  for (const voice of scene.plan.answers) await speak(scene, voice)
}

/** Somebody who has not said anything says no, or cannot be reached. Whoever gets no answer was not heard. */
async function speak(scene: Scene, voice: Voice | 'erasure'): Promise<void> {
  const { context, silent, heard, chance } = scene
  const [person] = chance.some(silent, 1)
  if (!person) return
  const told = await sayNo(scene, person, voice)
  if (!told) return
  silent.splice(silent.indexOf(person), 1)
  if (!voice.endsWith('bounce')) heard.push({ person, by: voice, at: context.clock() })
}

async function sayNo(scene: Scene, { id, email }: RoundPerson, voice: Voice | 'erasure'): Promise<boolean> {
  const { context, emulator } = scene
  switch (voice) {
    case 'operator': {
      const said = {
        personId: id,
        at: context.clock(),
        channel: 'phone',
        actor: 'torture',
        onceKey: `no|${id}`,
      } as const
      await patiently(() => prohibit(context.db, said))
      await patiently(() => afterProhibition(context))
      return true
    }
    case 'erasure': {
      // A commit whose answer was lost has erased them.
      const gone = (error: unknown) => {
        if (!(error instanceof BadInput)) throw error
      }
      await patiently(() => eraseNow(context, id, 'request').then(() => {}, gone))
      return true
    }
    case 'own-link': {
      const link = ownLink(emulator, email)
      return (
        link !== null && (await fetch(link, { method: 'POST', body: oneClick() }).catch(() => null))?.status === 200
      )
    }
    case 'tool-link':
      return heardBy(control(scene, 'unsubscribe', { email }))
    case 'complaint':
      return heardBy(control(scene, 'complain', { email }))
    case 'hard-bounce':
    case 'soft-bounce':
      return heardBy(control(scene, 'bounce', { email, kind: voice === 'hard-bounce' ? 'hard' : 'soft' }))
    default:
      return voice satisfies never
  }
}

function oneClick(): URLSearchParams {
  return new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
}

/** The first link of a mail that leads to our own page, or null where the person got no mail. */
function ownLink({ state }: Emulator, email: string): string | null {
  const [mail] = deliveredMails(state, { to: email })
  return mail?.links.find((link) => link.includes('/o/')) ?? null
}

async function heardBy(told: Promise<void>): Promise<boolean> {
  return told.then(
    () => true,
    () => false,
  )
}

/** An act on the emulator's control surface; fails where the emulator refuses it. */
async function control({ emulator }: Scene, act: string, body: object): Promise<void> {
  const answer = await fetch(`${emulator.url}/__control/${act}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`the emulator refused ${act}`)
}

/** Tries again while a server is away. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      if (error instanceof NotAllowed || error instanceof BadInput || tries > 60) throw error
      await wait(500)
    }
  }
}

/** Turns all clocks forward: ours, the workers' and the tool's. */
function turn(scene: Scene, ms: number): void {
  scene.time.aheadMs += ms
  scene.herd.turn(scene.time.aheadMs)
  scene.emulator.state.clock.advance(ms)
}

/** Keeps what the queue holds for the search. */
async function look({ ground, databaseUrl, queueTexts }: Scene): Promise<void> {
  queueTexts.push(await patiently(() => ground.queueText(databaseUrl)))
}

/** Waits for one of the states; where somebody has to decide, decides as an operator would. */
async function come(scene: Scene, states: string[]): Promise<void> {
  const { context, campaign } = scene
  const giveUpAt = performance.now() + patienceMs * crowding()
  for (let orders = 0; performance.now() < giveUpAt; await wait(200)) {
    const now = await patiently(() => campaignById(context.db, campaign.id))
    if (states.includes(now.state)) return
    if (now.state !== 'halted') continue
    orders += 1
    const order = orders <= 3 ? resumeCampaign : cancelCampaign
    await patiently(() => order(context, now, 'torture')).catch(() => {})
  }
  throw new Error(`the campaign never came to ${states[0]}`)
}

const newsletter: CampaignPlan = {
  name: 'kidutus',
  subject: 'Kevään vinkit',
  fromName: 'Esimerkki Consulting Oy',
  fromEmail: 'erja@konsultti.example',
  tool: 'mailchimp',
  language: 'fi',
  contentKind: 'html',
  contentRef: null,
  html: '<!doctype html><html lang="fi"><head><title>Vinkit</title></head><body><p>Hei *|FNAME|*.</p></body></html>',
  askedRelations: [],
  askedTags: [],
  sendAt: null,
  settleSeconds: 0,
}
