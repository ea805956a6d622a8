// Bad input and forbidden acts, as a user types them: one sentence on stderr, the right exit code, and nothing changed.
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { cancel } from '../../src/domain/campaign.ts'
import { openOutsideLedger } from '../../src/ledger/outside-ledger.ts'
import { draftCampaign, record } from '../../src/register/campaigns.ts'
import { type RegisterClient, rawSql, sql } from '../../src/register/database.ts'
import { checkKeys, rememberKeys } from '../../src/register/installation.ts'
import { writeLedger } from '../../src/register/ledger-outbox.ts'
import { type Emulator, startEmulator } from '../emulator/mailchimp/emulator.ts'
import { type Environment, lupa } from '../support/cli.ts'
import { accdb, emptyRegister, now, rowCounts, type TestRegister } from '../support/register.ts'
import { campaignFiles, campaigns, files, people, type Setting, surroundings } from './bad-input-cases.ts'

// Two processes at once, several waiting their turn.
vi.setConfig({ testTimeout: 120_000 })

const sampleCompany = path.resolve('prisma/sample/lupa.yaml')
const kinds = { files, campaignFiles, campaigns, people, surroundings }
let register: TestRegister
let emulator: Emulator
let before: unknown
/** Nobody of these may be named on stderr: they are in the files and in the register. */
const personal = ['Aino', 'Aho', 'aino.aho', '040 1234567']

beforeAll(async () => {
  register = await emptyRegister()
  emulator = await startEmulator()
  await fillRegister(register)
  writeFiles(register.folder)
  await makeDatabase('bare', '')
  await makeDatabase('ascii', `encoding 'SQL_ASCII' locale_provider libc lc_collate 'C' lc_ctype 'C'`)
  before = await everything(register.db)
})

afterAll(async () => {
  await emulator.close()
  for (const name of ['bare', 'ascii']) await onServer(`drop database if exists ${databaseName(name)}`)
  await register.close()
})

for (const [kind, cases] of Object.entries(kinds)) {
  describe.concurrent(kind, () => {
    test.each(cases)('%s', async (_claim, line, code, says, { in: setting = 'register', env = {} } = {}) => {
      const run = () => lupa(words(line), { ...settings(setting), ...placedAll(env) })
      const ran = await (setting === 'tool' ? alone(run) : run())

      expect(ran).toEqual({
        code,
        stdout: '',
        stderr: typeof says === 'string' ? expect.stringContaining(says) : expect.stringMatching(says),
      })
      expect(ran.stderr).not.toMatch(/^\s+at |Unexpected failure|Invalid input|undefined|\[object/m)
      expect(personal.filter((datum) => ran.stderr.includes(datum))).toEqual([])
      // For reading all sentences at once.
      if (process.env['SHOW_SENTENCES']) process.stdout.write(`${code} ${line}\n  ${ran.stderr}`)
    })
  })
}

test('after all of them the register holds what it held, row for row, and nothing is in the tool', async () => {
  expect(await everything(register.db)).toEqual(before)
  expect(emulator.state.audiences.size).toBe(0)
  expect(emulator.state.campaigns.size).toBe(0)
})

test('a ragged row is rejected with its line and without its content', async () => {
  const file = placed('@/rosoinen.csv')

  const ran = await lupa(
    ['register', 'import', file, '--mapping', placed('@/hyva.yaml'), '--dry-run'],
    settings('register'),
  )

  expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/row 3: it has 2 cells and the header has 4/) })
  expect(personal.filter((datum) => ran.stdout.includes(datum))).toEqual([])
})

let last: Promise<unknown> = Promise.resolve()

/** Commands that reach the tool work one queue with different keys here: side by side, one would answer for the other. */
function alone<T>(run: () => Promise<T>): Promise<T> {
  const mine = last.then(run, run)
  last = mine
  return mine
}

/** The words of a command line of the table, with files and databases in their places. */
function words(line: string): string[] {
  if (line.startsWith('new: ')) return ['campaign', 'new', campaignFile(line.slice(5))]
  return (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => placed(word.replaceAll('"', '')))
}

function placed(word: string): string {
  if (word === '@bare' || word === '@ascii') return databaseUrl(word.slice(1))
  if (word.startsWith('prisma/sample/')) return path.resolve(word)
  return word === '@' || word.startsWith('@/') ? path.join(register.folder, word.slice(1)) : word
}

function placedAll(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value && placed(value)]))
}

function settings(setting: Setting): Environment {
  const { home, url } = register.database
  const base = { LUPA_HOME: home, DATABASE_URL: url }
  if (setting === 'register') return base
  if (setting === 'company') return { ...base, LUPA_CONFIG: sampleCompany }
  const { apiKey, accountId } = emulator
  const tool = { MAILCHIMP_API_KEY: apiKey, MAILCHIMP_ACCOUNT_ID: accountId, MAILCHIMP_BASE_URL: `${emulator.url}/3.0` }
  return { ...base, LUPA_CONFIG: sampleCompany, ...tool }
}

const plain = {
  subject: 'Vinkit',
  fromName: 'Esimerkki',
  fromEmail: 'erja@konsultti.example',
  tool: 'mailchimp',
  language: 'fi',
  contentKind: 'html',
  contentRef: null,
  html: '<!doctype html><html lang="fi"><head><title>V</title></head><body><p>Hei *|FNAME|*</p></body></html>',
  askedRelations: [],
  askedTags: [],
  sendAt: null,
  settleSeconds: 0,
} as const

async function fillRegister({ db, keys, importFile, database }: TestRegister): Promise<void> {
  await rememberKeys(db, keys, await checkKeys(db, keys))
  await importFile(accdb)
  const { ledger, hostname } = database.config
  await writeLedger(db, openOutsideLedger(ledger, hostname), now)
  const draft = (name: string, more: object = {}) =>
    draftCampaign(db, { ...plain, askedRelations: [], askedTags: [], ...more, name }, 'operator', now)
  await draft('luonnos')
  await draft('sama')
  await draft('sama')
  await draft('tyhjiin', { askedTags: ['jota ei ole kenelläkään'] })
  await draft('malli', { contentKind: 'template', contentRef: '999', html: null })
  const over = await draft('ohi')
  await record(db, over.id, 'operator', (one) => cancel(one, now))
  const emails = await db.person.findMany({ where: { email: { not: null } }, select: { email: true } })
  personal.push(...emails.map(({ email }) => email as string))
}

function writeFiles(folder: string): void {
  const write = (name: string, content: string | Buffer) => writeFileSync(path.join(folder, name), content)
  const access = readFileSync(accdb)
  const row = '1;Aino;Aho;aino.aho@firma.example\n'
  write('kuva.png', Buffer.from([0x89, 0x50, 0x4e, 0x47]))
  write('tyhja.csv', '')
  write('teksti.xlsx', 'Nimi;Paikka')
  write('teksti.accdb', `id;nimi\n${row}`)
  write('puolikas.accdb', access.subarray(0, access.length / 2))
  write('alku.accdb', access.subarray(0, 3000))
  mkdirSync(path.join(folder, 'auki'))
  copyFileSync(accdb, path.join(folder, 'auki', 'rekisteri.accdb'))
  write('auki/rekisteri.laccdb', '')
  write('kahdesti.csv', `ID;Nimi;nimi;Sähköposti\n${row}`)
  write(
    'rikki.csv',
    Buffer.concat([Buffer.from(`\ufeffID;Etunimi;Sukunimi;Sähköposti\n${row}`), Buffer.from([0xe4, 0x0a])]),
  )
  write('lainaus.csv', 'id;etu;suku;sposti\n1;"Aino;Aho;aino.aho@firma.example\n')
  write('rosoinen.csv', `id;etu;suku;sposti\n${row}2;Aino Aho 040 1234567\n`)
  write('vieras.csv', `id;etu;suku;sposti\n${row}`)
  write(
    'hyva.yaml',
    'register: oma\npersons: { key: id, columns: { firstName: etu, lastName: suku, email: sposti } }\n',
  )
  write('sana.yaml', 'register: oma\npersons: { key: id, columns: { lastName: suku, emial: sposti } }\n')
  write(
    'muu.yaml',
    'register: oma\npersons: { key: id, columns: { lastName: suku }, permission: { prohibited: Markkinointikielto } }\n',
  )
  write('rikki.yaml', 'name: kirje\nsubject: Vinkit: kevät\n')
  write('latin1.yaml', Buffer.from(campaignLines.replace('Vinkit', 'Kevään vinkit'), 'latin1'))
  write('kirje.html', plain.html)
  write('rikki.mjml', '<mjml><mj-body>\n<mj-vieras>Hei</mj-vieras>\n</mj-body></mjml>')
  write('tunniste.html', plain.html.replace('FNAME', 'PUHELIN'))
  write('skripti.html', plain.html.replace('<p>', '<script>alert(1)</script><p>'))
  const company = readFileSync(sampleCompany, 'utf8')
  write('vanhentunut.yaml', company.replace('nextCheck: 2029-09-01', 'nextCheck: 2026-09-02'))
  write('katto.yaml', company.replace('recipients: 100000', 'recipients: 3'))
  write('huono-lupa.yaml', company.replace('"21410"', '21410').replace(/alarms:[\s\S]*/, 'lok: {}\n'))
  writeLedgers(folder)
}

function writeLedgers(folder: string): void {
  const good = register.database.config.ledger
  const [file = ''] = readdirSync(good)
  const lines = readFileSync(path.join(good, file), 'utf8').trimEnd().split('\n')
  const write = (name: string, changed: string[]) => {
    cpSync(good, path.join(folder, name), { recursive: true })
    writeFileSync(path.join(folder, name, file), `${changed.join('\n')}\n`)
  }
  write('vanha-kirja', lines.slice(0, -1))
  write(
    'muutettu-kirja',
    lines.map((line, place) => (place === 1 ? line.replace('"kind":"opt-out"', '"kind":"erasure"') : line)),
  )
}

const campaignLines =
  'name: kirje\nsubject: Vinkit\nfrom: { name: Esimerkki, email: erja@konsultti.example }\ncontent: kirje.html\n'

function campaignFile(line: string): string {
  const key = line.split(':')[0] as string
  const others = campaignLines.split('\n').filter((one) => !one.startsWith(`${key}:`))
  const file = path.join(register.folder, `kampanja-${Buffer.from(line).toString('hex').slice(0, 60)}.yaml`)
  writeFileSync(file, [...others, line].join('\n'))
  return file
}

/** Written down before the tool is asked, and so whatever comes of it. */
const ordered = 'test-mail-ordered'

/** How many rows each table has, and a sum over the content of each. The tool's account notes when it was looked at, counters count. */
async function everything(db: RegisterClient) {
  const rows = await rowCounts(db)
  const sums: Record<string, string | null> = {}
  for (const table of Object.keys(rows).filter((name) => name !== 'tool_account' && name !== 'counter')) {
    const [found] = await db.$queryRaw<{ sum: string | null }[]>(
      sql`select md5(string_agg(t::text, '|' order by t::text)) as sum from ${rawSql(`"${table}"`)} t
        where to_jsonb(t) ->> 'action' is distinct from ${ordered}`,
    )
    sums[table] = found?.sum ?? null
  }
  const orders = await db.audit.count({ where: { action: ordered } })
  return { rows: { ...rows, tool_account: 0, counter: 0, audit: (rows['audit'] ?? 0) - orders }, sums }
}

const databaseName = (name: string) => `${new URL(register.database.url).pathname.slice(1)}_${name}`

function databaseUrl(name: string): string {
  const url = new URL(register.database.url)
  url.pathname = `/${databaseName(name)}`
  return url.href
}

async function makeDatabase(name: string, encoding: string): Promise<void> {
  await onServer(`create database ${databaseName(name)} template template0 ${encoding}`)
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: register.database.url })
  await client.connect()
  await client.query(statement)
  await client.end()
}
