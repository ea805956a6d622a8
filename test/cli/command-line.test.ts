// The command line from the first to the last command, as separate processes against an emulator that is one too.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Command } from 'commander'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { program } from '../../src/cli/program.ts'
import { dropEmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { defaultOptions } from '../emulator/mailchimp/options.ts'
import { type Environment, lupa, startEmulatorProcess, startLupa } from '../support/cli.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

// A campaign of seventeen processes; a busy machine takes its time.
vi.setConfig({ testTimeout: 240_000 })

const sample = path.resolve('prisma/sample')
let database: TestDatabase
let emulator: Awaited<ReturnType<typeof startEmulatorProcess>>
let folder: string
let env: Environment

beforeAll(async () => {
  database = await testDatabase()
  emulator = await startEmulatorProcess(['--plan', 'premium'])
  folder = mkdtempSync(path.join(os.tmpdir(), 'lupa-line-'))
  env = {
    LUPA_HOME: database.home,
    DATABASE_URL: database.url,
    LUPA_POLL: '1s',
    MAILCHIMP_API_KEY: defaultOptions.apiKey,
    MAILCHIMP_ACCOUNT_ID: defaultOptions.accountId,
    MAILCHIMP_BASE_URL: `${emulator.url}/3.0`,
  }
})

afterAll(async () => {
  await emulator.close()
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

const count = expect.any(Number)
const text = expect.any(String)
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/)
const rows = { read: count, added: count, updated: count, unchanged: count, suppressed: count, rejected: count }
const statusKeys = {
  id: uuid,
  name: text,
  state: text,
  because: null,
  outcome: null,
  cancelWanted: false,
  counts: { selected: count, intended: count, accepted: count, refused: count, unknown: count, removed: count },
  sent: count,
  feedback: { optedOut: count, bounced: count, complained: count },
  inTool: count,
  lastReadAt: null,
  settleUntil: null,
  deadline: null,
  waitingFor: null,
  halted: null,
  shell: { state: text, notBefore: null },
}

test('a whole campaign is made by commands alone, each with one line of JSON as the interface promises', async () => {
  const written = await json('init', '--from', path.join(sample, 'lupa.yaml'))
  const imported = await json('register', 'import', path.join(sample, 'asiakasrekisteri-2016.accdb'))
  const made = await json('campaign', 'new', campaignFile('ensimmainen', '0'))
  const asked = (await state()).requests.total
  const preview = await json('campaign', 'preview', made.id)
  const launched = await json('campaign', 'launch', made.id, '--yes')
  const status = await json('campaign', 'status', 'ensimmainen')
  const certificate = await json('campaign', 'certificate', made.id)

  expect(written).toEqual({ file: path.join(database.home, 'lupa.yaml') })
  expect(imported).toMatchObject({
    file: 'asiakasrekisteri-2016.accdb',
    format: 'accdb',
    people: rows,
    organisations: rows,
    activities: rows,
    notes: count,
    permission: { permission: count, prohibition: count, unknown: count },
    review: count,
    droppedColumns: [],
    dryRun: false,
    import: uuid,
  })
  expect(made).toEqual({ id: uuid, name: 'ensimmainen', state: 'draft' })
  expect(asked).toBe(0)
  expect(preview).toMatchObject({
    people: 298,
    selected: count,
    excluded: expect.objectContaining({ PROHIBITED: count, NO_PERMISSION: count }),
    sample: Array(3).fill({ EMAIL: text, FNAME: text, LNAME: text }),
    toolRequests: count,
    toolLinkWorksUntil: time,
    putIn: expect.arrayContaining(['opt-out-link']),
    problems: [],
    warnings: expect.any(Array),
    lacks: [],
  })
  const all = preview.selected
  expect(preview.people).toBe(all + Object.values(preview.excluded as number[]).reduce((sum, one) => sum + one, 0))
  expect(launched).toMatchObject({
    ...statusKeys,
    id: made.id,
    name: 'ensimmainen',
    state: 'closed',
    because: 'settled',
    outcome: 'sent',
    counts: { selected: all, intended: all, accepted: all, refused: 0, unknown: 0, removed: all },
    sent: all,
    inTool: 0,
    lastReadAt: time,
    settleUntil: time,
    deadline: time,
    shell: { state: 'pending', notBefore: time },
  })
  expect(status).toEqual(launched)
  expect(certificate).toMatchObject({ counts: { sent: all, removed: all, remaining: 0 }, sha256: text })
  expect(existsSync(path.join(database.home, 'certificates', `${made.id}.html`))).toBe(true)
  expect((await state()).audiences.flatMap(({ members }) => members)).toEqual([])
})

test('an opt-out mail of a campaign that is long over still counts, by the two ids in its subject', async () => {
  const { mails } = (await control('mails')) as { mails: { to: string; links: string[] }[] }
  const mail = mails[0] as (typeof mails)[number]
  const link = mail.links.find((one) => one.startsWith('mailto:')) as string
  const [, campaign, recipient] = decodeURIComponent(link.split('subject=')[1] as string).split(' ')

  const said = ['--channel', 'mail', '--campaign', campaign as string, '--recipient', recipient as string]
  const added = await json('opt-outs', 'add', ...said, '--at', '2026-11-20')
  const again = await json('opt-outs', 'add', ...said, '--at', '2026-11-20')
  const listed = await json('opt-outs', 'list', '--since', '2026-11-01')

  expect([added, again]).toEqual([{ effect: 'prohibited' }, { effect: 'known already' }])
  expect(listed).toEqual([
    {
      id: text,
      kind: 'opted-out',
      source: 'operator',
      channel: 'mail',
      campaignId: uuid,
      personId: uuid,
      at: '2026-11-19T22:00:00.000Z',
      receivedAt: time,
      appliedAt: time,
      effect: 'prohibited',
    },
  ])
  expect(await json('person', 'find', mail.to)).toMatchObject([{ id: listed[0].personId, permission: 'prohibition' }])
})

test('every other command answers in one line of JSON too', async () => {
  expect(await json('opt-outs', 'add', 'tuleva@firma.example', '--channel', 'phone')).toEqual({ effect: text })
  expect(await json('opt-outs', 'sync')).toEqual({ campaigns: 0, applied: 0 })
  expect(await json('sweep')).toEqual({ shells: [{ id: uuid, name: 'ensimmainen', notBefore: time }] })
  expect(await json('review', 'list')).toHaveLength(34)
  expect(await json('register', 'imports')).toHaveLength(1)
  expect(await json('campaign', 'list')).toEqual([
    { id: uuid, name: 'ensimmainen', state: 'closed', outcome: 'sent', createdAt: time },
  ])
  const key = (id: string, current: boolean) => ({ id, checkValue: text, current })
  expect(await json('keys', 'rotate')).toEqual({ current: 'k2', people: count, notes: count })
  expect(await json('keys', 'show')).toEqual({ kept: text, keys: [key('k2', true), key('k1', false)] })
  expect(await json('keys', 'check')).toEqual({ ok: true, keys: ['k2', 'k1'] })
  const found = await json('doctor')
  expect(found.filter(({ result }: { result: string }) => result === 'failed')).toEqual([])
  expect(found).toContainEqual({ check: 'tool account', result: 'ok', says: expect.stringContaining('answers') })
  expect(await json('migrate')).toEqual({ applied: [] })
})

test('a doctor who cannot reach the tool says so and fails', async () => {
  const ran = await lupa(['doctor', '--json'], { ...env, MAILCHIMP_BASE_URL: 'http://127.0.0.1:1/3.0' })

  expect(ran.code).toBe(1)
  expect(JSON.parse(ran.stdout)).toContainEqual({
    check: 'tool account',
    result: 'failed',
    says: expect.stringContaining('cannot be reached'),
  })
})

test('a living worker takes over: launch returns, --watch streams to the end, withdraw and cancel are heard', async () => {
  const worker = await startLupa(['worker'], env)
  await worker.line(/Working/)
  await control('mischief', { kind: 'hold-delivery' })
  const made = await json('campaign', 'new', campaignFile('toinen', '72h'))

  const launched = await json('campaign', 'launch', made.id, '--yes')
  const twice = await lupa(['campaign', 'launch', made.id, '--yes'], env)
  const watch = await startLupa(['campaign', 'status', made.id, '--watch', '--json'], env)
  await watch.line(/"state":"sending"/)
  await control('mischief', 'DELETE')
  await control('deliver', {})
  await watch.line(/"state":"sent"/)
  const synced = await json('opt-outs', 'sync', 'toinen')
  const withdrawn = await json('campaign', 'withdraw', made.id)
  const watched = await watch.ended
  const draft = await json('campaign', 'new', campaignFile('kolmas', '0'))
  const cancelled = await json('campaign', 'cancel', draft.id)
  worker.stop('SIGTERM')

  expect(launched).toMatchObject({ id: made.id, state: expect.not.stringMatching(/draft|closed|halted/) })
  expect(twice).toEqual({ code: 3, stdout: '', stderr: expect.stringContaining('only a draft can be launched') })
  const lines = watched.stdout.trimEnd().split('\n')
  const states = lines.map((line) => JSON.parse(line).state)
  expect(watched.code).toBe(0)
  expect(states).toEqual(expect.arrayContaining(['sending', 'sent', 'closed']))
  expect(JSON.parse(lines.at(-1) as string)).toMatchObject({ state: 'closed', because: 'operator', inTool: 0 })
  expect(synced).toEqual({ campaigns: 1, applied: 0 })
  expect(withdrawn).toMatchObject({ because: 'operator', state: expect.stringMatching(/withdr|closed/) })
  expect(cancelled).toMatchObject({ state: 'closed', outcome: 'cancelled' })
  expect(await worker.ended).toMatchObject({ code: 0, stdout: '' })
})

test('start serves the probes and the opt-out page, and ends when told', async () => {
  const started = await startLupa(['start', '--json'], { ...env, PORT: '0' })
  const { address } = JSON.parse(await started.line(/address/))

  const ready = await fetch(`${address}/health/ready`)
  const page = await fetch(`${address}/o/abc/def?lang=fi`)
  started.stop('SIGTERM')

  expect([ready.status, await ready.json()]).toEqual([200, { ready: true, database: true, queue: true }])
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('uutiskirjeitämme?')])
  expect(await started.ended).toMatchObject({ code: 0, stdout: `${JSON.stringify({ address })}\n` })
})

test('two first commands at once in a new home both succeed, and stop ends the database', async () => {
  const home = path.join(folder, 'koti')
  try {
    const ran = await Promise.all([
      lupa(['campaign', 'list', '--json'], { LUPA_HOME: home }),
      lupa(['keys', 'show', '--json'], { LUPA_HOME: home }),
    ])
    const stopped = await lupa(['stop', '--json'], { LUPA_HOME: home })

    expect(ran).toMatchObject([
      { code: 0, stdout: '[]\n' },
      { code: 0, stdout: expect.stringMatching(/"id":"k1".*"current":true/) },
    ])
    expect(stopped).toEqual({ code: 0, stdout: '{"stopped":true}\n', stderr: '' })
  } finally {
    await dropEmbeddedPostgres(home)
  }
})

test('every command says what it does and has --help and --json', async () => {
  const helped = await lupa(['campaign', 'launch', '--help'])
  expect(helped).toEqual({ code: 0, stdout: expect.stringContaining('Usage: lupa campaign launch'), stderr: '' })

  const names = (await program([])).commands.map((command) => command.name())
  const whole = await Promise.all(
    names.map(async (name) => (await program([name])).commands.find((one) => one.name() === name)),
  )
  const leaves = whole.flatMap((command) => leavesOf(command as Command))

  expect(names).toEqual(expect.arrayContaining(['init', 'start', 'campaign', 'opt-outs', 'sweep', 'keys', 'doctor']))
  expect(leaves.length).toBeGreaterThan(35)
  for (const leaf of leaves) expect(leaf.helpInformation()).toMatch(/--json[\s\S]*--help/)
  expect(leaves.filter((leaf) => leaf.description() === '')).toEqual([])
})

function leavesOf(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf)
}

/** The one line of JSON of a command that succeeds. */
async function json(...args: string[]) {
  const ran = await lupa([...args, '--json'], env)
  expect(ran, args.join(' ')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[^\n]+\n$/) })
  return JSON.parse(ran.stdout)
}

function campaignFile(name: string, settle: string): string {
  const file = path.join(folder, `${name}.yaml`)
  const content = path.join(sample, 'kirje.html')
  writeFileSync(
    file,
    `name: ${name}\nsubject: Vinkit\nfrom: { name: Esimerkki, email: erja@konsultti.example }\ncontent: '${content}'\nsettle: ${settle}\n`,
  )
  return file
}

type ToolState = { requests: { total: number }; audiences: { members: unknown[] }[] }

async function state(): Promise<ToolState> {
  return (await control('state')) as ToolState
}

/** The emulator's control surface: GET, DELETE, or POST of a body. */
async function control(act: string, body?: object | 'DELETE'): Promise<unknown> {
  const url = `${emulator.url}/__control/${act}`
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const answer = await fetch(url, body === 'DELETE' ? { method: 'DELETE' } : body ? post : {})
  if (!answer.ok) throw new Error(`the emulator refused ${act}: ${await answer.text()}`)
  return answer.json()
}
