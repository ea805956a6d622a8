// A whole small world for stories: a register, workers, a make-believe Mailchimp, and a clock that can be turned forward.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { destination, multistream, pino } from 'pino'
import { type Config, readConfig } from '../../src/config.ts'
import { type Context, openContext } from '../../src/context.ts'
import type { CampaignState } from '../../src/domain/campaign.ts'
import { parseDuration } from '../../src/domain/duration.ts'
import { startWeb } from '../../src/http/server.ts'
import type { Logger } from '../../src/logger.ts'
import { launchNow, preflight } from '../../src/operator/launching.ts'
import { startWorkers, until, type Workers } from '../../src/operator/run-workers.ts'
import { removeRedisQueues } from '../../src/queue/backend.ts'
import type { Queues } from '../../src/queue/queue.ts'
import {
  type CampaignPlan,
  type CampaignRecord,
  campaignById,
  draftCampaign,
  record,
} from '../../src/register/campaigns.ts'
import { type Emulator, startEmulator } from '../emulator/mailchimp/emulator.ts'
import type { EmulatorOptions } from '../emulator/mailchimp/options.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { leaksIn, type Places, placesOf, queueText, type Sought, secretsOf } from './leak-search.ts'
import { strayKeys } from './what-may-leave.ts'

export type World = {
  context: Context
  /** What a command line is told that works on this world. */
  env: Record<string, string>
  emulator: Emulator
  workers: Workers
  /** People with a documented permission, as `henkilo1@yritys1.example` and so on. */
  people: (count: number) => Promise<TestPerson[]>
  /** A draft with a short newsletter. */
  draft: (plan?: Partial<CampaignPlan>) => Promise<CampaignRecord>
  launch: (campaign: CampaignRecord) => Promise<void>
  /** Waits until the campaign is there; a halt on the way fails with its sentence. */
  reached: (campaign: CampaignRecord, state: CampaignState) => Promise<CampaignRecord>
  /** Turns the clock of the product and of the tool forward, as `72h`, or by so many milliseconds. */
  turn: (by: string | number) => Promise<void>
  /** An act of the outside world, on the emulator's control surface. */
  outside: (act: string, body: object) => Promise<void>
  /** What the emulator holds, as its control surface tells it. */
  tool: () => Promise<ToolState>
  mails: () => Promise<{ to: string; links: string[]; html: string }[]>
  /** Who or what is in a place where nobody may be, here or in these texts; asked once more when the world closes. */
  leaks: (more?: Places) => Promise<{ found: string[]; places: Places }>
  close: () => Promise<void>
}

export type TestPerson = { id: string; email: string; firstName: string; lastName: string }

export type ToolState = {
  audiences: {
    id: string
    name: string
    members: { email_address: string; status: string }[]
    mergeFields: { tag: string }[]
  }[]
  campaigns: { id: string; status: string }[]
  reportRows: { collection: string; email_address?: string }[]
  requests: { total: number; byRoute: Record<string, number> }
  bodyKeys: Record<string, string[]>
  highestConnections: number
}

export type WorldOptions = {
  redisUrl?: string
  emulator?: Partial<EmulatorOptions>
  env?: Record<string, string>
  working?: boolean
  /** Whether the public pages listen, so that the tool can reach us; else only its clock does. */
  web?: boolean
  /** One of the caller's; else one is copied for this world. It is closed with the world. */
  database?: TestDatabase
  /** Queues of the caller's own in place of BullMQ's. */
  queues?: (home: Queues['home'], clock: () => Date) => Queues
}

const sampleCompany = fileURLToPath(new URL('../../prisma/sample/lupa.yaml', import.meta.url))

/** Makes a world. With `working: false` no workers are started. Close it. */
export async function openWorld({
  redisUrl,
  emulator: options,
  env,
  working = true,
  web: listening = false,
  database: given,
  queues,
}: WorldOptions = {}): Promise<World> {
  const database = given ?? (await testDatabase())
  const emulator = await startEmulator({ plan: 'premium', ...options })
  const queuePrefix = path.basename(database.home).replaceAll('_', '-')
  const told = {
    LUPA_HOME: database.home,
    LUPA_CONFIG: sampleCompany,
    DATABASE_URL: database.url,
    LUPA_POLL: '1s',
    LUPA_QUEUE_PREFIX: queuePrefix,
    LUPA_PUBLIC_URL: 'https://uutiset.konsultti.example',
    MAILCHIMP_API_KEY: emulator.apiKey,
    MAILCHIMP_ACCOUNT_ID: emulator.accountId,
    MAILCHIMP_BASE_URL: `${emulator.url}/3.0`,
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent',
    ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
    ...env,
  }
  const config = readConfig(told)
  let ahead = 0
  const now = () => new Date(Date.now() + ahead)
  const logged: string[] = []
  const found = await openContext(config, { clock: now, log: talkativeLog(config.logLevel, logged) })
  const opened = queues ? { ...found, queues: queues(found.queues.home, now) } : found
  const web = listening ? await startWeb({ ...opened, config: { ...config, port: 0, host: '127.0.0.1' } }) : null
  const context = web ? { ...opened, config: { ...config, publicUrl: web.address } } : opened
  const { db, clock } = context
  const workers = working ? await startWorkers(context) : { close: async () => {} }
  const outside: World['outside'] = (act, body) => control(emulator, act, body)
  const made: TestPerson[] = []
  const queued: string[] = []
  const lookAtQueue = async () => void queued.push(...Object.values(await queueText(db, config)))
  const leaks: World['leaks'] = async (more) => {
    const others = (await soughtByAddress(db)).filter((one) => !made.some(({ email }) => email === one.email))
    const people = [...made.map(soughtByName), ...others]
    const metrics = web ? await (await fetch(`${web.address}/metrics`)).text() : ''
    const places = {
      ...(await placesOf(db, config)),
      log: logged.join(''),
      queued: queued.join('\n'),
      metrics,
      ...more,
    }
    return { found: leaksIn(places, people, secretsOf(config)), places }
  }
  return {
    context,
    env: told,
    emulator,
    workers,
    people: async (count) => {
      const people = Array.from({ length: count }, (_, place) => newPerson(made.length + place + 1))
      made.push(...people)
      await addPeople(context, people)
      return people
    },
    draft: (plan) => draftCampaign(db, { ...plainPlan, ...plan }, 'test', clock()),
    launch: async (campaign) => launchNow(context, campaign, await preflight(context, campaign)),
    reached: async (campaign, state) => {
      await lookAtQueue()
      await until(
        async () => {
          const now = await campaignById(db, campaign.id)
          if (now.state === 'halted' && state !== 'halted') throw new Error(`halted: ${now.haltedBecause}`)
          return now.state === state
        },
        45_000,
        50,
      )
      return campaignById(db, campaign.id)
    },
    turn: async (by) => {
      const ms = typeof by === 'number' ? by : parseDuration(by)
      if (ms === null) throw new Error(`${by} is not a duration`)
      ahead += ms
      await outside('clock', { advanceMs: ms })
    },
    outside,
    tool: async () => (await (await fetch(`${emulator.url}/__control/state`)).json()) as ToolState,
    mails: async () =>
      (
        (await (await fetch(`${emulator.url}/__control/mails`)).json()) as {
          mails: { to: string; links: string[]; html: string }[]
        }
      ).mails,
    leaks,
    close: async () => {
      await workers.close()
      const { found: leaked } = await leaks()
      await web?.close()
      await context.close()
      const strays = strayKeys(
        Object.fromEntries([...emulator.state.bodyKeys].map(([route, keys]) => [route, [...keys]])),
      )
      await emulator.close()
      if (redisUrl) await removeRedisQueues(redisUrl, queuePrefix)
      await database.close()
      if (leaked.length > 0) throw new Error(`somebody or a secret is where nobody may be: ${leaked.join('; ')}`)
      if (strays.length > 0) throw new Error(`more than name and address left: ${strays.join(', ')}`)
    },
  }
}

/** A log at its most talkative, kept for the search at the end; heard on stderr only from the level asked for. */
function talkativeLog(level: Config['logLevel'], kept: string[]): Logger {
  const heard = level === 'silent' ? [] : [{ level, stream: destination({ dest: 2, sync: true }) }]
  const keep = { level: 'trace' as const, stream: { write: (line: string) => void kept.push(line) } }
  return pino({ level: 'trace', base: null }, multistream([keep, ...heard]))
}

function soughtByName({ email, firstName, lastName }: TestPerson): Sought {
  return { email, names: [firstName, lastName, ...email.split(/[@.]/).slice(0, 2)] }
}

async function soughtByAddress(db: Context['db']): Promise<Sought[]> {
  return db.person.findMany({ where: { email: { not: null } }, select: { email: true } })
}

/** Records an operator's word on a campaign and queues what follows, as a command does. */
export async function say(world: World, campaign: CampaignRecord, move: Parameters<typeof record>[3]): Promise<void> {
  const { follow } = await import('../../src/flow.ts')
  await record(world.context.db, campaign.id, 'operator', move)
  await follow(world.context, world.context.db, campaign.id)
}

const plainPlan: CampaignPlan = {
  name: 'kevatkirje',
  subject: 'Kevään vinkit',
  fromName: 'Esimerkki Consulting Oy',
  fromEmail: 'erja@konsultti.example',
  tool: 'mailchimp',
  language: 'fi',
  contentKind: 'html',
  contentRef: null,
  html: '<!doctype html><html lang="fi"><head><title>Vinkit</title></head><body><p>Hei *|FNAME|*, tässä kevään vinkit.</p></body></html>',
  askedRelations: [],
  askedTags: [],
  sendAt: null,
  settleSeconds: 72 * 3600,
}

function newPerson(number: number): TestPerson {
  const email = `henkilo${number}@yritys${number}.example`
  return { id: crypto.randomUUID(), email, firstName: `Etu${number}`, lastName: `Suku${number}` }
}

/** Straight into the register, in two statements: stories are not about imports. */
async function addPeople({ db, keys, clock }: Context, people: TestPerson[]): Promise<void> {
  const at = new Date(clock().getTime() - 86_400_000)
  await db.person.createMany({
    data: people.map(({ email, ...person }) => ({
      ...person,
      register: 'testi',
      key: person.id,
      email,
      emailNature: 'work',
      domain: email.slice(email.indexOf('@') + 1),
      addressHashes: keys.hashes('email', email),
      addedAt: at,
      keptFrom: at,
    })),
  })
  await db.permissionEntry.createMany({
    data: people.map(({ id }) => ({
      personId: id,
      says: 'permission',
      at,
      channel: 'register-file',
      actor: 'test',
      source: 'jakelulista',
      onceKey: `test|${id}`,
    })),
  })
}

async function control(emulator: Emulator, act: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${emulator.url}/__control/${act}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`the emulator refused ${act}: ${await answer.text()}`)
}
