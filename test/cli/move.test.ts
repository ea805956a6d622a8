// A register moves to a new laptop: packed by one command, unpacked by another into a home of its own with an embedded PostgreSQL.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { type Context, openContext } from '../../src/context.ts'
import { dropEmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { findMapping } from '../../src/intake/find-mapping.ts'
import type { Mapping } from '../../src/intake/mapping.ts'
import { openSource } from '../../src/intake/open-source.ts'
import { importInto } from '../../src/register/imports.ts'
import { prohibit } from '../../src/register/permissions.ts'
import type { Environment } from '../support/cli.ts'
import { documentOf, lupaHere } from '../support/command-line.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { accdb, reasonsOf } from '../support/register.ts'

let old: TestDatabase
let folder: string
let packed: string
let words: string
let there: Environment
let here: Environment

beforeAll(async () => {
  old = await testDatabase()
  folder = mkdtempSync(path.join(os.tmpdir(), 'lupa-move-'))
  packed = path.join(folder, 'rekisteri.lupa')
  words = path.join(folder, 'salasana.txt')
  writeFileSync(words, 'neljä pientä sanaa riittää\n')
  there = { LUPA_HOME: old.home, DATABASE_URL: old.url }
  here = { LUPA_HOME: path.join(folder, 'uusi') }
  mkdirSync(path.join(old.home, 'certificates'))
  writeFileSync(path.join(old.home, 'certificates', 'kevatkirje.html'), '<p>todistus</p>')
  writeFileSync(path.join(old.home, 'lupa.yaml'), readFileSync('prisma/sample/lupa.yaml'))
  await inContext(there, async ({ db, keys }) => {
    const source = await openSource(accdb)
    const mapping = findMapping(source.tables) as Mapping
    await importInto(db, keys, source, mapping, { actor: 'operator', at: new Date(), dryRun: false })
    await source.close()
    const { id: personId } = await db.person.findFirstOrThrow({ where: { key: '3' } })
    await prohibit(db, { personId, at: new Date(), channel: 'phone', actor: 'operator', onceKey: 'puhelu' })
  })
})
afterAll(async () => {
  await dropEmbeddedPostgres(here['LUPA_HOME'] as string)
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  await old.close()
})

test('a register is packed only under a passphrase worth the name, and not while a campaign is under way', async () => {
  writeFileSync(path.join(folder, 'lyhyt.txt'), 'kissa\n')
  await inContext(there, ({ db }) => db.campaign.create({ data: { ...campaign, state: 'sent' } }))

  const answers = [
    await lupaHere(['move', 'pack', packed], there),
    await lupaHere(['move', 'pack', packed, '--passphrase-file', path.join(folder, 'lyhyt.txt')], there),
    await lupaHere(['move', 'pack', packed, '--passphrase-file', words], there),
  ]

  expect(answers.map(({ code, stderr }) => [code, stderr.trim().split('\n').at(-1)])).toEqual([
    [2, 'There is nobody here to ask for the passphrase: give --passphrase-file FILE.'],
    [2, expect.stringContaining('short of 12 characters')],
    [3, expect.stringContaining('kevät is sent: wait until it is closed, or cancel it')],
  ])
  await inContext(there, ({ db }) => db.campaign.updateMany({ data: { state: 'closed', outcome: 'sent' } }))
})

test('one file carries the register; the machine it came from works on it no more', async () => {
  const made = await json(there, 'move', 'pack', packed, '--passphrase-file', words)
  const refused = [await lupaHere(['start'], there), await lupaHere(['campaign', 'launch', 'kevät', '--yes'], there)]

  expect(made).toMatchObject({ file: packed, keys: 'inside' })
  expect(made.parts.filter((name: string) => !/^backups|^ledger/.test(name))).toEqual([
    'keys/k1.key',
    'certificates/kevatkirje.html',
    'lupa.yaml',
  ])
  expect(statSync(packed).mode & 0o777).toBe(0o600)
  const bytes = readFileSync(packed)
  for (const secret of [
    'esimerkki1.example',
    'todistus',
    readFileSync(path.join(old.home, 'keys', 'k1.key'), 'utf8').trim(),
  ])
    expect(bytes.includes(secret)).toBe(false)
  expect(refused.map(({ code, stderr }) => [code, stderr])).toEqual(
    refused.map(() => [
      3,
      expect.stringMatching(/^The register of .* was moved to another machine \(20.*`lupa move undo`/),
    ]),
  )
})

test('it is not unpacked over anything, by a wrong passphrase, or from a damaged file, and leaves nothing behind then', async () => {
  const taken = path.join(folder, 'varattu')
  mkdirSync(taken)
  writeFileSync(path.join(taken, 'jotain'), '')
  writeFileSync(path.join(folder, 'väärä.txt'), 'aivan toinen salasana\n')
  const bytes = readFileSync(packed)
  const damaged = path.join(folder, 'rikki.lupa')
  writeFileSync(damaged, bytes.fill(0, bytes.length - 400, bytes.length - 300))

  const answers = [
    await lupaHere(['move', 'unpack', packed, '--passphrase-file', words], { LUPA_HOME: taken }),
    await lupaHere(['move', 'unpack', packed, '--passphrase-file', path.join(folder, 'väärä.txt')], here),
    await lupaHere(['move', 'unpack', damaged, '--passphrase-file', words], here),
  ]

  expect(answers.map(({ code, stderr }) => [code, stderr.trim().split('\n').at(-1)])).toEqual([
    [3, expect.stringContaining('varattu is not empty: a register is unpacked into an empty LUPA_HOME only')],
    [2, 'The passphrase is not the one the file was packed with.'],
    [2, expect.stringContaining('rikki.lupa is damaged or incomplete')],
  ])
  expect(readdirSync(here['LUPA_HOME'] as string)).toEqual([])
})

test('unpacked into an empty home it is restored, replayed and proved, and everybody who said no still has', async () => {
  const found = await json(here, 'move', 'unpack', packed, '--passphrase-file', words)

  expect(found).toMatchObject({ undone: 0, auditIntact: true, halted: 0 })
  const before = await inContext(there, async ({ db }) => [await db.person.count(), await reasonsOf(db)], 'even moved')
  const after = await inContext(here, async ({ db }) => [await db.person.count(), await reasonsOf(db)])
  expect(after).toEqual(before)
  expect((after[1] as Record<string, string>)['3']).toBe('PROHIBITED')
  const home = here['LUPA_HOME'] as string
  expect(readFileSync(path.join(home, 'lupa.yaml'))).toEqual(readFileSync('prisma/sample/lupa.yaml'))
  expect(readdirSync(path.join(home, 'certificates'))).toEqual(['kevatkirje.html'])
  expect(readdirSync(home).filter((name) => name.startsWith('unpacking'))).toEqual([])
})

test('a move that never happened is undone by a command that wants to be sure', async () => {
  const unsure = await lupaHere(['move', 'undo'], there)
  const undone = await json(there, 'move', 'undo', '--yes')
  const alive = await lupaHere(['review', 'list', '--json'], there)

  expect([unsure.code, unsure.stderr]).toEqual([2, 'Say --yes: there is nobody here to ask.\n'])
  expect(undone).toEqual({ undone: true })
  expect(alive.code).toBe(0)
})

const campaign = {
  name: 'kevät',
  subject: 's',
  fromName: 'f',
  fromEmail: 'e@konsultti.example',
  tool: 'mailchimp',
  language: 'fi',
  contentKind: 'html',
  settleSeconds: 0,
  createdAt: new Date(),
}

async function inContext<T>(
  env: Environment,
  work: (context: Context) => Promise<T>,
  moved?: 'even moved',
): Promise<T> {
  const note = path.join(env['LUPA_HOME'] as string, 'moved.json')
  const kept = moved ? readFileSync(note) : null
  if (kept) rmSync(note)
  const context = await openContext(readConfig({ ...env, LOG_LEVEL: 'silent' }))
  try {
    return await work(context)
  } finally {
    await context.close()
    if (kept) writeFileSync(note, kept)
  }
}

const json = (env: Environment, ...args: string[]) => documentOf(args, env)
