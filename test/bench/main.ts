// `npm run bench`: how fast, how thrifty and how small a campaign is, every figure a ratio inside one run against the floor (a bare
// client) and the naïve connector. `-- --people N` measures the whole campaign alone, `-- --rights N` what people may ask; `-- --json` ends with the figures on one line.
import os from 'node:os'
import { table } from '../../src/cli/table.ts'
import { readOptions } from '../support/options.ts'
import { openRedis } from '../support/redis.ts'
import { type CampaignFigures, campaignFigures } from './campaign-figures.ts'
import { type PartFigures, partFigures } from './parts.ts'
import { type RightsFigures, rightsFigures, rightsTable } from './rights.ts'
import { type WebhookFigures, webhookFigures } from './webhooks.ts'

const say = (line: string) => process.stderr.write(`${line}\n`)

/** What a whole run measures: how everything grows, on both backends, with one worker process and with more. */
const campaigns: { people: number; processes: number; redis: boolean }[] = [
  { people: 1_000, processes: 1, redis: false },
  { people: 10_000, processes: 1, redis: false },
  { people: 10_000, processes: 2, redis: false },
  { people: 10_000, processes: 4, redis: false },
  { people: 10_000, processes: 1, redis: true },
  { people: 10_000, processes: 4, redis: true },
  { people: 100_000, processes: 1, redis: false },
]

async function main(): Promise<void> {
  const values = readOptions({
    people: { type: 'string' },
    rights: { type: 'string' },
    json: { type: 'boolean', default: false },
  })
  if (values.rights !== undefined) return rightsAlone(Number(values.rights), values.json)
  if (values.people === undefined) return everything(values.json)
  const people = Number(values.people)
  if (!Number.isInteger(people) || people < 1) {
    say('--people takes a whole number of people, such as 10000')
    process.exitCode = 2
    return
  }
  say(`a whole campaign of ${people} people: ours, the floor, the naïve connector`)
  const figures = await campaignFigures(people)
  process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : `${campaignTable([figures])}\n`)
}

/** What people may ask alone, in a register of so many. */
async function rightsAlone(people: number, json: boolean): Promise<void> {
  const rights = await rightsFigures(people)
  process.stdout.write(json ? `${JSON.stringify({ rights })}\n` : `${rightsTable(rights)}\n`)
}

/** All parts, then whole campaigns, the largest last. */
async function everything(json: boolean): Promise<void> {
  const redis = await openRedis()
  const redisUrl = 'missing' in redis ? null : redis.url
  if ('missing' in redis) say(`nothing on Redis: ${redis.missing}`)
  try {
    say('webhooks: received, stored, answered, applied')
    const webhooks = [await webhookFigures(null), ...(redisUrl ? [await webhookFigures(redisUrl)] : [])]
    say('parts: import, selection, feedback, removal')
    const parts = [...(await partFigures(1_000)), ...(await partFigures(10_000)), ...(await partFigures(100_000))]
    say('what people may ask, with 100,000 in the register')
    const rights: RightsFigures[] = await rightsFigures(100_000)
    const figures: CampaignFigures[] = []
    for (const { people, processes, redis: onRedis } of campaigns) {
      if (onRedis && !redisUrl) continue
      say(
        `a whole campaign of ${people} people, ${processes} worker processes, queue on ${onRedis ? 'Redis' : 'PostgreSQL'}`,
      )
      figures.push(await campaignFigures(people, { processes, ...(onRedis && redisUrl && { redisUrl }) }))
    }
    for (const one of json ? [{ webhooks }, { parts }, { rights }, ...figures] : [])
      process.stdout.write(`${JSON.stringify(one)}\n`)
    if (!json)
      process.stdout.write(
        `${[machine(), webhookTable(webhooks), partTable(parts), rightsTable(rights), campaignTable(figures)].join('\n\n')}\n`,
      )
  } finally {
    if (!('missing' in redis)) await redis.close()
  }
}

function machine(): string {
  const memory = Math.round(os.totalmem() / 2 ** 30)
  return `${os.availableParallelism()} cores, ${memory} GiB, ${os.type()}, Node ${process.versions.node}, embedded PostgreSQL 18`
}

function webhookTable(figures: WebhookFigures[]): string {
  const head = [
    ...['webhooks', 'a second', 'answer p50 ms', 'answer p99 ms', 'to suppression p50 ms', 'p99 ms'],
    ...['CPU ms/1,000', 'peak MiB'],
  ]
  const times = ({ answerMs, webhookToSuppressionMs }: WebhookFigures['quiet']) => [
    ...[answerMs.p50, answerMs.p99, webhookToSuppressionMs.p50, webhookToSuppressionMs.p99],
  ]
  const rows = figures.flatMap(({ backend, quiet, rush, cpuMsPer1000, peakRssMb }) => [
    [`${backend}, one at a time`, '', ...times(quiet), '', ''],
    [`${backend}, a rush`, rush.receivedPerSecond, ...times(rush), cpuMsPer1000, peakRssMb],
  ])
  return table(head, rows)
}

function partTable(figures: PartFigures[]): string {
  const head = [
    'part',
    'people',
    'seconds',
    'people a second',
    'requests per 1,000',
    'busy',
    'CPU ms/1,000',
    'peak MiB',
    'ratio',
  ]
  return table(
    head,
    figures.map((one) => [
      one.part,
      one.people,
      one.seconds,
      one.perSecond,
      one.requestsPer1000 || '',
      one.utilisation ? `${Math.round(one.utilisation * 100)} %` : '',
      one.cpuMsPer1000,
      one.peakRssMb,
      one.against ? `${one.ratio} ${one.against}` : '',
    ]),
  )
}

function campaignTable(figures: CampaignFigures[]): string {
  const head = [
    ...['people', 'processes', 'queue', 'seconds', 'times floor', 'times naïve', 'requests', 'per 1,000', 'polls'],
    ...['adding busy', 'by process', 'peak MiB', 'CPU ms/1,000'],
  ]
  return table(
    head,
    figures.map((one) => [
      one.people,
      one.processes,
      one.backend,
      one.seconds,
      one.timesFloor,
      one.timesFasterThanNaive,
      one.requests,
      one.requestsPer1000,
      one.waitingPolls,
      `${Math.round(one.disclosureUtilisation * 100)} %`,
      `${one.addingShares.map((share) => Math.round(share * 100)).join(' ')} %`,
      one.peakRssMb,
      one.cpuMsPer1000,
    ]),
  )
}

await main()
