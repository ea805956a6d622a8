// Campaigns full of trouble, told at the most talkative log level: outside the register's own tables nobody is named, not even by a hash.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { campaignById } from '../../src/register/campaigns.ts'
import { campaignIn } from '../support/step.ts'
import { openFaultWorld } from './campaign-life.ts'
import { routesUsed } from './matrix.ts'

/** Tables that say what was done and not to whom; the rest is the register itself. */
const without = [
  'audit',
  'campaign_event',
  'certificate',
  'campaign',
  'alarm',
  'ledger_outbox',
  'tool_account',
  'webhook',
]

test('logs, jobs, thrown errors, audit, certificates and the outside ledger name nobody, and hold no key', async () => {
  const lines: string[] = []
  const faulty = await openFaultWorld(undefined, pino({ level: 'trace' }, { write: (line) => void lines.push(line) }))
  const { world, hand } = faulty
  try {
    const routes = await routesUsed(faulty)
    for (const fault of ['500', 'answer lost after the effect'] as const) await faulty.live(fault, routes)
    const { db, config } = world.context
    const people = await db.person.findMany({ select: { email: true, firstName: true, lastName: true } })
    const places: Record<string, string> = {
      log: lines.join(''),
      queue: hand.kept.join('\n'),
      ledger: filesIn(config.ledger),
      ...(await tables(config.database.url as string)),
    }
    const secrets = [config.mailchimp.apiKey as string, ...secretKeys(path.join(config.home, 'keys'))]

    const wanted = [...people.flatMap(tracesOf), ...secrets].map((one) => one.toLowerCase())
    const found = Object.entries(places).flatMap(([place, text]) => {
      const whole = text.toLowerCase()
      return wanted
        .filter((one) => new RegExp(`(?<![a-z0-9])${literal(one)}(?![a-z0-9])`).test(whole))
        .map((one) => `${place}: ${one}`)
    })

    expect(people.length).toBeGreaterThan(10)
    expect(lines.length).toBeGreaterThan(100)
    expect(secrets.length).toBeGreaterThan(1)
    for (const [place, text] of Object.entries(places))
      expect([place, text.length > 0]).toEqual([place, place !== 'alarm'])
    expect(found).toEqual([])
  } finally {
    await faulty.close()
  }
})

test('an unexpected failure whose message names somebody is kept by its kind alone', async () => {
  const { world, hand, close } = await openFaultWorld()
  try {
    const { campaign } = await campaignIn(world, 'withdrawing', { people: 1, plan: { settleSeconds: 0 } })
    const fails = () => {
      throw new Error('aino.aho@firma.example')
    }
    const context = { ...world.context, tool: () => ({ feedback: fails, audienceExists: fails }) as never }
    hand.empty()
    await hand.queues.add({ job: 'withdraw-recipients', payload: { campaignId: campaign.id } })

    const ran = await hand.next(context, world.turn)

    expect(ran?.end).toBe('again')
    expect(hand.kept.join()).not.toContain('aino.aho')
    expect((await campaignById(world.context.db, campaign.id)).waitingFor).toBe('unexpected failure (Error)')
  } finally {
    await close()
  }
})

function tracesOf({
  email,
  firstName,
  lastName,
}: {
  email: string | null
  firstName: string
  lastName: string
}): string[] {
  const address = email ?? ''
  const hashes = ['md5', 'sha1', 'sha256'].map((kind) => createHash(kind).update(address).digest('hex'))
  return [address, address.slice(address.indexOf('@') + 1), firstName, lastName, ...hashes]
}

async function tables(url: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const texts: Record<string, string> = {}
    for (const table of without) {
      const { rows } = await client.query(`select row_to_json(t)::text as row from ${table} t`)
      texts[table] = rows.map(({ row }) => row).join('\n')
    }
    return texts
  } finally {
    await client.end()
  }
}

function filesIn(folder: string): string {
  return readdirSync(folder, { recursive: true })
    .map((name) => path.join(folder, String(name)))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
}

/** The keys as they stand in their files: whatever is long enough to be one. */
function secretKeys(folder: string): string[] {
  return filesIn(folder).match(/[A-Za-z0-9+/]{43}=?/g) ?? []
}

function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
