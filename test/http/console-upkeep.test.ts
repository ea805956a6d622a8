// The upkeep of a register in the console: the notice, how long data are kept, what a campaign needs, who may come in.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openQueueBoard } from '../../src/queue/queue-board.ts'
import { setAside } from '../../src/register/set-aside.ts'
import { connectSdk } from '../emulator/mailchimp/sdk.ts'
import { openRedis } from '../support/redis.ts'
import { waitingJobs } from '../support/step.ts'
import { openWorld, type TestPerson, type World } from '../support/world.ts'
import { csrfIn, enrolled, type Visitor, visitor } from './console-visitor.ts'

let company: string
let world: World
let owner: Visitor
let people: TestPerson[]
beforeAll(async () => {
  company = await companyWithNotice()
  world = await openWorld({ working: false, web: true, env: { LUPA_CONFIG: company } })
  people = await world.people(3)
  owner = (await enrolled(world, 'erja')).client
})
afterAll(async () => {
  await world?.close()
  rmSync(path.dirname(company), { recursive: true, force: true })
})

/** The sample company, whose notice is the published text. */
async function companyWithNotice(): Promise<string> {
  const sample = (name: string) => fileURLToPath(new URL(`../../prisma/sample/${name}`, import.meta.url))
  const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'lupa-company-')), 'lupa.yaml')
  const text = readFileSync(sample('lupa.yaml'), 'utf8')
  const notice = sample('tietosuojaseloste.txt')
  writeFileSync(file, text.replace(/# file: tietosuojaseloste\.txt.*/, `file: ${JSON.stringify(notice)}`))
  return file
}

const english = { 'accept-language': 'en' }
const page = async (part: string, by = owner) => (await by.get(`/console/${part}`, english)).text()
const order = async (part: string, fields: Record<string, string>, by = owner) => {
  const csrf = await csrfIn(await by.get('/console', english))
  return by.post(`/console/${part}`, { csrf, ...fields }, english)
}
const done = (action: string) => world.context.db.audit.count({ where: { actor: 'erja', action } })

test('what the published notice lacks is said in words, and the reports are pages to print', async () => {
  const html = await page('compliance')
  const finnish = await (await owner.get('/console/compliance', { 'accept-language': 'fi' })).text()
  const reports = await Promise.all(
    ['inventory', 'record', 'disclosures'].map((one) => owner.get(`/console/compliance/${one}`, english)),
  )

  expect(html).toMatch(/The notice lacks \d+ things\./)
  expect(finnish).toContain('Viittaa henkilötietolakiin 523/1999')
  expect(reports.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(await (reports[1] as Response).text()).toContain('Record of processing activities')
  expect(reports[0]?.headers.get('content-security-policy')).toContain("default-src 'none'")
})

test('every promise of the notice is checked from the console, and that it was is written down', async () => {
  const html = await (await order('compliance/report', {})).text()

  expect(html).toMatch(
    /<h1 class="answer">(\d+ promises do not hold|One promise does not hold|Every promise that was checked holds)/,
  )
  expect(html).toContain('R-08b')
  expect(await done('compliance-checked')).toBe(1)
})

test('what is past its lifetime is deleted by an owner who has seen how much it is, and not when that has changed', async () => {
  const [old, held] = people as [TestPerson, TestPerson]
  const { db } = world.context
  await db.person.updateMany({ where: { id: { in: [old.id, held.id] } }, data: { keptFrom: new Date('1990-01-01') } })
  await order(`people/${held.id}/hold`, { because: 'LAW', text: 'kirjanpitolaki', until: '2099-01-01' })
  const html = await page('retention')

  const moved = await order('retention/run', { category: 'person', due: '2', sure: 'yes' })
  const unsure = await order('retention/run', { category: 'person', due: '1' })
  const before = await db.person.count({ where: { id: old.id } })
  const run = await order('retention/run', { category: 'person', due: '1', sure: 'yes' })

  expect(html).toContain('One thing is past its lifetime.')
  expect(html).toContain('kirjanpitolaki')
  expect([moved.status, unsure.status, before, run.headers.get('location')]).toEqual([
    422,
    422,
    1,
    '/console/retention?done=1',
  ])
  expect(await db.person.findMany({ where: { id: { in: [old.id, held.id] } }, select: { id: true } })).toEqual([
    { id: held.id },
  ])
  expect(await page('retention')).toMatch(/What has been deleted[\s\S]*erja/)
  expect([await done('hold-placed'), await done('retention-ran')]).toEqual([1, 1])

  const { id } = await db.retentionHold.findFirstOrThrow()
  await order(`retention/holds/${id}/end`, {})

  expect(await done('hold-ended')).toBe(1)
})

test('the settings say what must be mended, and looking at everything asks the tool too', async () => {
  const html = await page('settings')
  const checked = await (await order('settings/check', {})).text()

  expect(html).toContain('One thing must be mended.')
  expect(html).toContain('none is running')
  expect(html).toContain('Our own work'.toLowerCase())
  expect(checked).toMatch(/audit trail[\s\S]*the chain is whole/)
  expect(checked).toMatch(/account of the tool[\s\S]*answers/)
})

test('what is set aside stands on the first page and in the settings with its reason, and an owner has it tried again', async () => {
  const { db, clock } = world.context
  const now = async () => (await owner.get('/console', english)).text()
  const before = await now()
  const because = 'The tool does not answer.'
  const call = { job: 'keep-webhooks', payload: {} }
  await setAside(db, { what: 'job', key: 'keep-webhooks', ...call, campaignId: null, because }, clock())
  const [first, settings] = [await now(), await page('settings')]
  const metrics = await (await fetch(`${world.context.config.publicUrl}/metrics`)).text()

  const retried = await order('settings/retry', {})

  expect([before, first].map((html) => html.includes('One thing cannot go through'))).toEqual([false, true])
  expect(settings).toContain(because)
  expect(settings).toContain('Try again now')
  expect(metrics).toContain('lupa_set_aside{what="job"} 1\n')
  expect(retried.headers.get('location')).toBe('/console/settings')
  expect(await waitingJobs(world)).toHaveProperty('keep-webhooks', 1)
})

test('an owner adds, resets and removes accounts; a viewer sees neither forms nor queues, and orders nothing', async () => {
  const added = await (await order('settings/accounts/add', { name: 'aino', role: 'viewer' })).text()
  const code = /<code>([^<]+)<\/code>/.exec(added)?.[1] ?? ''
  const aino = visitor(world.context.config.publicUrl as string)
  const first = await aino.post('/console/first', { code })
  const { client } = await enrolled(world, 'katsoja', 'viewer')
  const html = await page('settings', client)

  expect([code.length > 10, first.headers.get('location')]).toEqual([true, '/console/enrol'])
  expect(html).toContain('aino')
  expect([html.includes('/accounts/add'), html.includes('calls of the tool')]).toEqual([false, false])
  const orders = ['accounts/add', 'accounts/reset', 'accounts/remove', 'check', 'retry']
  const refused = await Promise.all(
    orders.map(async (one) => (await order(`settings/${one}`, { name: 'aino', sure: 'yes' }, client)).status),
  )
  expect(refused).toEqual(orders.map(() => 403))

  await order('settings/accounts/remove', { name: 'aino', sure: 'yes' })
  const last = await order('settings/accounts/remove', { name: 'erja', sure: 'yes' })
  const csrf = await csrfIn(await owner.get('/console', english))
  const finnish = { 'accept-language': 'fi' }
  const said = await owner.post('/console/settings/accounts/remove', { csrf, name: 'erja', sure: 'yes' }, finnish)

  expect(await page('settings')).not.toContain('aino')
  expect(last.status).toBe(422)
  expect(await last.text()).toContain('erja is the only owner: add another one first.')
  expect(await said.text()).toContain('erja on ainoa omistaja: lisää ensin toinen.')
  expect([await done('account-added'), await done('account-removed')]).toEqual([1, 1])
})

test('a backup is made and proved from the console; keys are shown by their ids, and a viewer sees none of it', async () => {
  const { keys, config } = world.context
  const { client } = await enrolled(world, 'vieras', 'viewer')
  const empty = await page('settings/backups')

  const [made, proved] = [await order('settings/backups/create', {}), await order('settings/backups/drill', {})]
  const html = await page('settings/backups')

  expect(empty).toContain('There is no backup yet.')
  expect([made, proved].map((one) => one.headers.get('location'))).toEqual([
    '/console/settings/backups?done=made',
    '/console/settings/backups?done=proved',
  ])
  expect(html).toMatch(/The newest backup was made on .*: passed.*lupa-[\dTZ-]+\.backup/s)
  expect(html).toContain(keys.ids[0])
  expect(
    readdirSync(path.join(config.home, 'keys')).filter((name) =>
      html.includes(readFileSync(path.join(config.home, 'keys', name), 'utf8').trim()),
    ),
  ).toEqual([])
  expect([await done('backup-created'), await done('backup-drilled')]).toEqual([1, 1])
  expect((await client.get('/console/settings/backups')).status).toBe(403)
  expect((await order('settings/backups/create', {}, client)).status).toBe(403)
})

test('what lupa.yaml and the environment say is shown in words, and of secrets only that they are there', async () => {
  const { config } = world.context
  const html = await page('settings/company')
  const finnish = await (await owner.get('/console/settings/company', { 'accept-language': 'fi' })).text()

  expect(html).toContain('Esimerkki Consulting Oy (1234567-1)')
  expect(html).toMatch(/<dt>MAILCHIMP_API_KEY<\/dt><dd><bdi>given/)
  expect(html).not.toContain(config.mailchimp.apiKey)
  expect(html.includes(new URL(config.database.url as string).password)).toBe(false)
  expect(finnish).toContain('itsestään, kun aika on ohi')
})

test('the queues can be looked at job by job: only by owners, only to read, with no word about people and nobody else’s server', async () => {
  const board = 'settings/queues'
  await world.context.queues.add({
    job: 'remove-recipient',
    payload: { campaignId: people[0]?.id ?? '', recipientId: people[1]?.id ?? '' },
  })
  const { client } = await enrolled(world, 'sivusta', 'viewer')
  const shell = await owner.get(`/console/${board}/`, english)
  const html = await shell.text()
  const files = [...html.matchAll(/(?:src|href)="(static[^"]+)"/g)].map(([, file]) => file as string)
  await world.turn('2m')
  const before = await world.context.db.consoleSession.findMany({ orderBy: { seenAt: 'asc' } })
  const jobs = await (
    await owner.get(`/console/${board}/api/queues?activeQueue=tool&status=latest&page=1&jobsPerPage=10`)
  ).text()
  const after = await world.context.db.consoleSession.findMany({ orderBy: { seenAt: 'asc' } })

  expect([shell.status, html.includes('://')]).toEqual([200, false])
  expect(shell.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; script-src 'self'; (?!.*(https?:|unsafe-eval))/,
  )
  expect(files.length).toBeGreaterThan(3)
  expect(await Promise.all(files.map(async (file) => (await owner.get(`/console/${board}/${file}`)).status))).toEqual(
    files.map(() => 200),
  )
  expect(jobs).toContain('"readOnlyMode":true')
  expect(jobs).toContain(people[0]?.id)
  expect(people.flatMap(({ email, lastName }) => [email, lastName]).filter((one) => jobs.includes(one))).toEqual([])
  // What its page asks by itself is no sign that somebody is there.
  expect(after).toEqual(before)

  const others = [`${board}/`, `${board}/api/queues`, `${board}/${files[0]}`]
  const status = async (by: Visitor) => Promise.all(others.map(async (one) => (await by.get(`/console/${one}`)).status))
  expect(await status(client)).toEqual([403, 403, 403])
  expect(await status(visitor(world.context.config.publicUrl as string))).toEqual([303, 303, 303])
  const writes = ['api/queues/pause', 'api/queues/tool/obliterate', 'api/queues/tool/retry/failed'].map(async (one) =>
    ['PUT', 'POST'].map((method) =>
      fetch(`${world.context.config.publicUrl}/console/${board}/${one}`, {
        method,
        headers: { cookie: owner.cookie() },
      }),
    ),
  )
  const refused = await Promise.all((await Promise.all(writes)).flat())
  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 404))
  expect((await owner.get(`/console/${board}/static/../../../package.json`)).status).toBe(404)
})

test('the board answers from queues in Redis as it does from those in PostgreSQL', async (context) => {
  const redis = await openRedis()
  if ('missing' in redis) return context.skip(redis.missing)
  const homes = [world.context.queues.home, { redisUrl: redis.url, prefix: 'lupa-board-test' }]
  try {
    const answers = []
    for (const home of homes) {
      const board = openQueueBoard(home, {})
      answers.push(await board.ask('/api/queues', {}), await board.ask('/api/redis/stats', {}))
      await board.close()
    }
    const queues = {
      status: 200,
      body: { queues: [expect.objectContaining({ name: 'tool' }), expect.objectContaining({ name: 'local' })] },
    }

    expect(answers).toEqual([
      queues,
      { status: 200, body: expect.objectContaining({ backend: 'postgres' }) },
      queues,
      { status: 200, body: expect.objectContaining({ backend: 'redis' }) },
    ])
  } finally {
    await redis.close()
  }
})

test('a newsletter designed in the tool is chosen from a list of names, and what is there stays as it is', async () => {
  const sdk = connectSdk(world.emulator)
  await sdk.templates.create({ name: 'Kevätpohja <1>', html: '<p>Hei *|FNAME|*</p>' })
  const { id } = (await sdk.campaigns.create({
    type: 'regular',
    settings: { title: 'Kevätluonnos', subject_line: 'x' },
  })) as { id: string }
  const before = await page('campaigns/new')

  await order('campaigns/designs', {})
  const form = await page('campaigns/new')
  const fields = {
    name: 'kevät',
    subject: 'Kevät',
    fromName: 'Erja',
    fromEmail: 'erja@konsultti.example',
    settle: '72',
  }
  const body = new FormData()
  const csrf = /name="csrf" value="([^"]+)"/.exec(form)?.[1] ?? ''
  for (const [name, value] of Object.entries({ csrf, ...fields, design: `draft:${id}` })) body.append(name, value)
  const made = await fetch(`${world.context.config.publicUrl}/console/campaigns/new`, {
    ...{ method: 'POST', body, redirect: 'manual', headers: { ...english, cookie: owner.cookie() } },
  })

  expect(before).not.toContain('Kevät')
  expect(form).toContain('template: Kevätpohja &lt;1&gt;</option>')
  expect(form).toContain(`<option value="draft:${id}">draft: Kevätluonnos</option>`)
  expect(made.headers.get('location')).toMatch(/\/launch$/)
  const draft = await world.context.db.campaign.findFirstOrThrow({ where: { name: 'kevät' } })
  expect([draft.contentKind, draft.contentRef]).toEqual(['draft', id])
  expect((await world.tool()).campaigns.map(({ status }) => status)).toEqual(['save'])
})
