// How quickly webhooks are taken and applied: N opt-outs posted to a web server with workers beside it, on each backend of the
// queue. Times in milliseconds.
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { readConfig } from '../../src/config.ts'
import { type Context, openContext } from '../../src/context.ts'
import { startWeb } from '../../src/http/server.ts'
import { startWorkers, until } from '../../src/operator/run-workers.ts'
import { removeRedisQueues } from '../../src/queue/backend.ts'
import { sql } from '../../src/register/database.ts'
import { beginWebhook, finishWebhook } from '../../src/register/webhooks.ts'
import { signature } from '../emulator/mailchimp/webhooks.ts'
import { dropHome, makeHome } from './home.ts'
import { usageOfThis } from './usage.ts'

const count = 2000
const connections = 8
const audienceId = '0123456789'
const secret = 'A'.repeat(43)
const signingSecret = 'b'.repeat(64)

export type WebhookFigures = {
  backend: string
  deliveries: number
  /** One at a time, each applied before the next comes. */
  quiet: { answerMs: Quantiles; webhookToSuppressionMs: Quantiles }
  /** As many as there are, over eight connections, while the workers of the same process apply them. */
  rush: { receivedPerSecond: number; answerMs: Quantiles; webhookToSuppressionMs: Quantiles }
  /** Of one process that posts, takes and applies, for 1,000 of the rush; and the most memory it has ever taken, in MiB. */
  cpuMsPer1000: number
  peakRssMb: number
}
type Quantiles = { p50: number; p99: number; max: number }

/** Measures 2,000 opt-outs, on a home of its own that is gone afterwards. */
export async function webhookFigures(redisUrl: string | null): Promise<WebhookFigures> {
  const home = await makeHome()
  const queuePrefix = `lupa-bench-${process.pid}`
  const company = fileURLToPath(new URL('../../prisma/sample/lupa.yaml', import.meta.url))
  const config = readConfig({
    LUPA_HOME: home,
    LUPA_CONFIG: company,
    LUPA_QUEUE_PREFIX: queuePrefix,
    PORT: '0',
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent',
    ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
  })
  try {
    const context = await openContext(config)
    const web = await startWeb(context)
    const workers = await startWorkers(context)
    try {
      await populate(context)
      const few = Math.min(100, Math.floor(count / 4))
      const quietAnswers: number[] = []
      for (let number = 0; number < few; number += 1) {
        quietAnswers.push(...(await postAll(context, web.address, number, number + 1, 1)))
        await allApplied(context, number + 1)
      }
      const quiet = {
        answerMs: quantiles(quietAnswers),
        webhookToSuppressionMs: quantiles(await suppressionMs(context)),
      }
      const [began, before] = [performance.now(), usageOfThis()]
      const rush = await postAll(context, web.address, few, count, connections)
      const seconds = (performance.now() - began) / 1000
      await allApplied(context, count)
      const { cpuMs, peakRssMb } = usageOfThis()
      return {
        backend: redisUrl ? 'redis' : 'postgres',
        deliveries: count,
        quiet,
        rush: {
          receivedPerSecond: Math.round(rush.length / seconds),
          answerMs: quantiles(rush),
          webhookToSuppressionMs: quantiles((await suppressionMs(context)).slice(few)),
        },
        cpuMsPer1000: Math.round(((cpuMs - before.cpuMs) * 10_000) / (count - few)) / 10,
        peakRssMb: Math.round(peakRssMb),
      }
    } finally {
      await workers.close()
      await web.close()
      await context.close()
    }
  } finally {
    if (redisUrl) await removeRedisQueues(redisUrl, queuePrefix)
    await dropHome(home)
  }
}

const emailOf = (number: number) => `henkilo${number}@yritys${number}.example`

/** A sent campaign of so many people, and its webhook; straight into the register. */
async function populate({ db, keys, clock }: Context): Promise<void> {
  const long = new Date(clock().getTime() - 86_400_000)
  const campaign = await db.campaign.create({
    data: {
      name: 'mittaus',
      subject: 'Mittaus',
      fromName: 'Esimerkki',
      fromEmail: 'erja@konsultti.example',
      tool: 'mailchimp',
      language: 'fi',
      contentKind: 'html',
      settleSeconds: 3600,
      createdAt: long,
      state: 'withdrawing',
      audienceId,
      emptiedAt: long,
    },
  })
  const numbers = Array.from({ length: count }, (_, number) => number)
  const ids = numbers.map(() => crypto.randomUUID())
  await db.person.createMany({
    data: numbers.map((number) => ({
      id: ids[number] as string,
      register: 'mittaus',
      key: String(number),
      firstName: 'Etu',
      lastName: 'Suku',
      email: emailOf(number),
      emailNature: 'work',
      domain: `yritys${number}.example`,
      addressHashes: keys.hashes('email', emailOf(number)),
      addedAt: long,
      keptFrom: long,
    })),
  })
  await db.recipient.createMany({
    data: numbers.map((number) => ({
      campaignId: campaign.id,
      personId: ids[number] as string,
      state: 'removed',
      batch: 1,
      disclosed: true,
      sent: true,
      addressHash: keys.hash('email', emailOf(number)),
    })),
  })
  const intent = { campaignId: campaign.id, audienceId, secretHash: keys.hash('webhook', secret) }
  const id = await beginWebhook(db, intent, 'missing', long)
  await finishWebhook(db, keys, id, { webhookId: 'x', signingSecret }, long)
}

/** Posts opt-outs over so many connections; returns the milliseconds until each was answered. */
async function postAll(
  { clock }: Context,
  address: string,
  from: number,
  to: number,
  lanes: number,
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: lanes })
  const took: number[] = []
  let next = from
  const lane = async () => {
    for (let number = next++; number < to; number = next++) {
      const began = performance.now()
      const status = await postOne(agent, address, number, clock())
      if (status !== 200) throw new Error(`answered ${status}`)
      took.push(performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  agent.destroy()
  return took
}

function postOne(agent: Agent, address: string, number: number, now: Date): Promise<number> {
  const body = new URLSearchParams({
    type: 'unsubscribe',
    fired_at: now.toISOString().slice(0, 19).replace('T', ' '),
    'data[action]': 'unsub',
    'data[list_id]': audienceId,
    'data[email]': emailOf(number),
  }).toString()
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(body),
    'x-mailchimp-signature': signature(signingSecret, now.getTime(), body),
  }
  return new Promise((resolve, reject) => {
    const posted = request(`${address}/hooks/mailchimp/${secret}`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode ?? 0))
    })
    posted.once('error', reject)
    posted.end(body)
  })
}

async function allApplied({ db }: Context, wanted: number): Promise<void> {
  const applied = { where: { appliedAt: { not: null } } }
  await until(async () => (await db.feedback.count(applied)) >= wanted, 300_000, 20)
}

/** From the arrival of the webhook to the suppression; `fired_at` has whole seconds only. */
async function suppressionMs({ db }: Context): Promise<number[]> {
  const rows = await db.$queryRaw<{ ms: number }[]>(sql`
    select (extract(epoch from e.recorded_at - f.received_at) * 1000)::float8 as ms
    from feedback f join permission_entry e on e.once_key = 'feedback|' || f.once_key order by f.id`)
  return rows.map(({ ms }) => ms)
}

function quantiles(values: number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b)
  const pick = (part: number) => Math.round((sorted[Math.floor(part * (sorted.length - 1))] ?? 0) * 10) / 10
  return { p50: pick(0.5), p99: pick(0.99), max: pick(1) }
}
