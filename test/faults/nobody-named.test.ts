// Campaigns full of trouble, told at the most talkative log level: outside the register's own tables nobody is named, not even by a hash,
// and no key or password stands anywhere. Every world is searched so when it closes; here the places are full.
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { Refused } from '../../src/domain/errors.ts'
import { until } from '../../src/operator/run-workers.ts'
import { writeAudit } from '../../src/register/audit.ts'
import { campaignById } from '../../src/register/campaigns.ts'
import { lupa, type Running, startLupa } from '../support/cli.ts'
import { leaksIn, queueText, secretsOf, textsIn } from '../support/leak-search.ts'
import { openRedis } from '../support/redis.ts'
import { campaignIn, stillWorld } from '../support/step.ts'
import type { TestPerson } from '../support/world.ts'
import { openFaultWorld } from './campaign-life.ts'
import { routesUsed } from './matrix.ts'

test('logs, jobs, thrown errors, audit, certificates and the outside ledger name nobody, and hold no key', async () => {
  const faulty = await openFaultWorld()
  const { world, hand } = faulty
  try {
    const routes = await routesUsed(faulty)
    for (const fault of ['500', 'answer lost after the effect'] as const) await faulty.live(fault, routes)

    const { found, places } = await world.leaks({ kept: hand.kept.join('\n') })

    expect(found).toEqual([])
    expect(places['log']?.split('\n').length).toBeGreaterThan(100)
    const full = [
      'audit',
      'campaign_event',
      'certificate',
      'campaign',
      'recipient',
      'webhook',
      'outside ledger',
      'kept',
    ]
    for (const place of full) expect([place, (places[place] ?? '').length > 100]).toEqual([place, true])
    expect(secretsOf(world.context.config).length).toBeGreaterThan(3)
  } finally {
    await faulty.close()
  }
})

describe.each(['postgres', 'redis'] as const)('with the queue on %s', (backend) => {
  test('processes that see the tool fail, and are killed, leave nobody’s trace: not on stderr, in the queue, in temporary files or metrics', async (context) => {
    const redis = backend === 'redis' ? await openRedis() : null
    if (redis && 'missing' in redis) return context.skip(redis.missing)
    const world = await stillWorld(redis ? { redisUrl: redis.url } : {})
    const folder = mkdtempSync(path.join(os.tmpdir(), 'lupa-named-'))
    const told = { ...world.env, LUPA_PUBLIC_URL: '', LOG_LEVEL: 'trace', TMPDIR: path.join(folder, 'tmp'), PORT: '0' }
    const said: string[] = []
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await lupa([...args, '--json'], told)
      said.push(stdout, stderr)
      if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`)
      return JSON.parse(stdout)
    }
    try {
      const { db, config } = world.context
      mkdirSync(told.TMPDIR)
      await run('register', 'import', ...planted(folder))
      const made = await run('campaign', 'new', campaignFile(folder))
      await world.outside('mischief', { kind: '500', route: 'POST /lists/:list_id', times: 2 })
      await world.outside('mischief', { kind: 'drop-answer', route: 'POST /campaigns', times: 1 })
      const queued: string[] = []
      const looks = setInterval(
        () => void queueText(db, config).then((text) => queued.push(...Object.values(text))),
        50,
      )
      const process = await startLupa(['start', '--json'], told)
      const { address } = JSON.parse(await process.line(/address/))
      await run('campaign', 'launch', made.id, '--yes')
      await until(async () => (await campaignById(db, made.id)).state === 'sent', 60_000)
      await world.outside('unsubscribe', { email: people[0]?.email })
      await run('campaign', 'withdraw', made.id)
      await until(async () => (await campaignById(db, made.id)).state === 'closed', 60_000)
      const metrics = await (await fetch(`${address}/metrics`)).text()
      clearInterval(looks)
      said.push(...(await killed(process)))

      const { places } = await world.leaks({
        said: said.join('\n'),
        queued: queued.join('\n'),
        metrics,
        'temporary files': textsIn(told.TMPDIR).join('\n'),
      })

      expect(
        leaksIn(
          places,
          people.map(({ email, names }) => ({ email, names })),
          secretsOf(config),
        ),
      ).toEqual([])
      for (const place of ['said', 'queued', 'metrics', 'audit', 'certificate'])
        expect([place, (places[place] ?? '').length > 200]).toEqual([place, true])
      expect(said.join()).toContain('"level":10')
    } finally {
      await world.close()
      await redis?.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

test('whoever is put where nobody may be is found, in whatever form, and so is a key', async () => {
  const world = await stillWorld()
  const { db, clock, config, log } = world.context
  const [ada] = (await world.people(1)) as [TestPerson]
  const hash = (kind: string) => createHash(kind).update(ada.email).digest()
  try {
    await writeAudit(db, { at: clock(), actor: 'test', action: 'planted', facts: { who: ada.lastName } })
    await world.context.queues.addNow({ job: 'check-tool', payload: { tool: ada.firstName } })
    log.trace({ who: hash('md5').toString('hex') }, 'planted')
    writeFileSync(
      path.join(config.home, 'left-behind'),
      `${hash('sha1').toString('base64')} ${config.mailchimp.apiKey}`,
    )

    const { found } = await world.leaks({
      url: `/o/${encodeURIComponent(ada.email)}`,
      mail: `<${ada.email.toUpperCase()}>`,
      jobs: Buffer.from(ada.email).toString('base64url'),
      harmless: 'etu10 henkilo12 yritys1x',
    })

    expect(found).toEqual(
      expect.arrayContaining([
        'audit: a name of person 1',
        'log: md5 of the address of person 1 in hex',
        'home/left-behind: sha1 of the address of person 1 in base64',
        'home/left-behind: a key or a password',
        'url: the address of person 1 in a URL',
        'mail: the address of person 1',
        'jobs: the address of person 1 in base64url',
      ]),
    )
    expect(found.filter((one) => one.startsWith('harmless'))).toEqual([])
    await expect(world.close()).rejects.toThrow('somebody or a secret is where nobody may be')
  } finally {
    await world.close().catch(() => {})
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

    // So is what the database says of somebody while a refusal is being written down.
    const named = `create function named() returns trigger language plpgsql as $$ begin raise exception 'aino.aho@firma.example'; end $$`
    await world.context.db.$executeRawUnsafe(named)
    await world.context.db.$executeRawUnsafe(
      'create trigger named before insert on campaign_event for each row execute function named()',
    )
    const refuses = () => {
      throw new Refused('The tool will not.')
    }
    const there = async () => true
    const refusing = { ...world.context, tool: () => ({ feedback: refuses, audienceExists: there }) as never }
    await world.turn('1m')
    const again = await hand.next(refusing, world.turn)

    expect(again?.end).toBe('again')
    expect(hand.kept.join()).not.toContain('aino.aho')
  } finally {
    await close()
  }
})

const people = ['xaveria', 'yrjanto', 'zebulonia'].map((first, place) => ({
  email: `${first}.quillonen@zyxfirma${place}.example`,
  names: [first, 'quillonen', `zyxfirma${place}`],
}))

/** A file of people as an owner has one, and how to read it: the arguments of an import. */
function planted(folder: string): string[] {
  const mapping = `register: koe
persons:
  key: id
  columns: { firstName: etu, lastName: nimi, email: sposti }
  permission: { permitted: lupa, at: pvm, source: lähde }
`
  const rows = people.map(({ email, names: [first] }, place) => {
    return `${place};${first};Quillonen;${email};x;2026-01-02;media`
  })
  const file = path.join(folder, 'ihmiset.csv')
  writeFileSync(file, ['id;etu;nimi;sposti;lupa;pvm;lähde', ...rows, ''].join('\n'))
  writeFileSync(`${file}.yaml`, mapping)
  return [file, '--mapping', `${file}.yaml`]
}

function campaignFile(folder: string): string {
  writeFileSync(path.join(folder, 'kirje.html'), '<!doctype html><title>Vinkit</title><p>Hei *|FNAME|*.</p>')
  const file = path.join(folder, 'kevat.yaml')
  const from = '{ name: "Esimerkki Oy", email: "erja@konsultti.example" }'
  writeFileSync(file, `name: kevat\nsubject: "Vinkit"\nfrom: ${from}\ncontent: kirje.html\ntool: mailchimp\n`)
  return file
}

async function killed(one: Running): Promise<string[]> {
  one.stop('SIGKILL')
  const { stdout, stderr } = await one.ended
  return [stdout, stderr]
}
