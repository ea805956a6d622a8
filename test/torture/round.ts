// One round: a campaign lives its whole life while its processes die, its servers fall and its tool misbehaves; then it is judged.
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Config, readConfig } from '../../src/config.ts'
import { openContext } from '../../src/context.ts'
import { startWeb } from '../../src/http/server.ts'
import { openLogger } from '../../src/logger.ts'
import { cancelCampaign, resumeCampaign } from '../../src/operator/campaign-orders.ts'
import { launchNow, preflight } from '../../src/operator/launching.ts'
import { someoneWorks, until } from '../../src/operator/run-workers.ts'
import { type CampaignPlan, campaignById, draftCampaign } from '../../src/register/campaigns.ts'
import { type Emulator, startEmulator } from '../emulator/mailchimp/emulator.ts'
import { perform } from './acts.ts'
import { type Findings, findings } from './findings.ts'
import type { Ground } from './ground.ts'
import { startHerd } from './herd.ts'
import { importAgain, populate } from './people.ts'
import type { RoundPlan } from './plan.ts'
import { chanceFrom } from './random.ts'
import { control, look, patiently, type Scene, turn } from './scene.ts'
import { crowding, watchStandstill } from './standstill.ts'
import { answer } from './voices.ts'

export type RoundResult = {
  seed: number
  findings: Findings
  kills: number
  faults: number
  /** Boundaries at which a process died. */
  diedAt: string[]
  seconds: number
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
