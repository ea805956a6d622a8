// What a file may say of people and what it may not: nothing that was forbidden is allowed, nobody erased returns, no bad row is fatal.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { permit } from '../../src/register/permissions.ts'
import { listReviews } from '../../src/register/reviews.ts'
import { tombstoneHashes } from '../../src/register/tombstones.ts'
import { emptyRegister, now, reasonsOf, rowCounts, type TestRegister } from '../support/register.ts'

let register: TestRegister
beforeEach(async () => {
  register = await emptyRegister()
})
afterEach(() => register.close())

const none = { added: 0, updated: 0, unchanged: 0, suppressed: 0, rejected: 0 }
const tables = (counts: Record<string, number>, ...names: string[]) => names.map((name) => counts[name])

const mapping = `
register: koe
persons:
  key: id
  columns: { lastName: nimi, email: sposti, changedAt: muokattu }
  permission: { permitted: lupa, prohibited: kielto, at: pvm, source: lähde }
sources: { column: lähde }
`
const head = 'id;nimi;sposti;muokattu;lupa;kielto;pvm;lähde'
const statusOf = async (key = '1') => {
  const { permission, permissionAt, underReview, fileSays } = await register.db.person.findFirstOrThrow({
    where: { key },
  })
  return {
    permission,
    at: permissionAt?.toLocaleDateString('sv-SE', { timeZone: 'Europe/Helsinki' }) ?? null,
    underReview,
    fileSays,
  }
}

test('R15: no import lifts a prohibition: not a later date, not an emptied cell, not another file', async () => {
  await register.importCsv([head, '1;Aho;a@firma.example;2020-01-01;;x;;'], { mapping })
  const said = { personId: '', permission: 'prohibition', at: '2020-01-01', underReview: false }

  const states = []
  for (const row of [
    '1;Aho;a@firma.example;2025-01-01;x;;2025-01-01;web-lomake',
    '1;Aho;a@firma.example;2025-02-01;;;;',
    '1;Aho;toinen@firma.example;2026-01-01;x;;2026-01-01;web-lomake',
  ]) {
    await register.importCsv([head, row], { mapping })
    states.push(await statusOf())
  }
  await register.importCsv([head, '2;Aho;a@firma.example;2026-01-01;x;;2026-01-01;web-lomake'], { mapping })

  for (const state of states)
    expect(state).toMatchObject({ permission: said.permission, at: said.at, underReview: false })
  expect(await reasonsOf(register.db)).toEqual({ 1: 'PROHIBITED', 2: 'PROHIBITED' })
})

test('an opt-out known only by the address follows the person when a file changes the address', async () => {
  await register.importCsv([head, '1;Aho;a@firma.example;2020-01-01;x;;2020-01-01;media'], { mapping })
  await register.db.suppression.create({
    data: {
      addressHash: register.keys.hash('email', 'a@firma.example'),
      kind: 'opted-out',
      at: new Date('2022-01-01'),
    },
  })

  await register.importCsv([head, '1;Aho;uusi@firma.example;2023-01-01;x;;2020-01-01;media'], { mapping })

  expect(await reasonsOf(register.db)).toEqual({ 1: 'PROHIBITED' })
  expect(await statusOf()).toMatchObject({ permission: 'prohibition', at: '2022-01-01' })
})

test('a prohibition from a file is suppressed, queued for the outside ledger and audited like any other', async () => {
  await register.importCsv([head, '1;Aho;A@firma.example;2020-01-01;x;x;;', '2;Bo;;2020-01-01;;x;;'], { mapping })

  const people = await register.db.person.findMany({ orderBy: { key: 'asc' } })
  const entries = (await register.db.ledgerOutbox.findMany()).map(({ entry }) => entry as Record<string, unknown>)
  const hash = register.keys.hash('email', 'a@firma.example')

  expect(await register.db.suppression.findMany()).toEqual([
    { addressHash: hash, kind: 'opted-out', at: new Date('2019-12-31T22:00:00Z'), liftedAt: null },
  ])
  const bySubject = new Map(entries.map((entry) => [entry['subject'], entry]))
  expect(bySubject.get(people[0]?.id)).toMatchObject({ kind: 'opt-out', addresses: [hash], channel: 'register-file' })
  expect(bySubject.get(people[1]?.id)).toMatchObject({ kind: 'opt-out', addresses: [] })
  expect(await register.db.audit.count({ where: { action: 'person-prohibited' } })).toBe(2)
})

test('a fresh tick counts even when its row is older than a permission given since', async () => {
  await register.importCsv([head, '1;Aho;a@firma.example;2020-01-01;;x;;'], { mapping })
  const { id } = await register.db.person.findFirstOrThrow()
  const personal = {
    personId: id,
    at: new Date('2024-01-01'),
    channel: 'mail',
    actor: 'operator',
    source: 'mail',
    wording: null,
  } as const
  await permit(register.db, { ...personal, evidence: 'message', onceKey: 'one' })
  await register.importCsv([head, '1;Aho;a@firma.example;2020-01-01;;x;;'], { mapping })
  const afterOldTick = await statusOf()

  await register.importCsv([head, '1;Aho;a@firma.example;2020-01-01;;;;'], { mapping })
  const afterUntick = await statusOf()
  await register.importCsv([head, '1;Aho;a@firma.example;2020-01-01;;x;;'], { mapping })

  expect([afterOldTick, afterUntick]).toMatchObject([{ permission: 'permission' }, { permission: 'permission' }])
  expect(await statusOf()).toMatchObject({ permission: 'prohibition', at: '2026-11-22' })
})

test('a permission without a source, without a date, or from the future permits nothing and waits for review', async () => {
  const rows = [
    '1;Aho;a@firma.example;;x;;2020-01-01;',
    '2;Bo;b@firma.example;;x;;;media',
    '3;Celik;c@firma.example;;x;;2031-01-01;media',
    '4;Dahl;d@firma.example;;x;;2020-01-01;media',
    '5;Eklund;e@firma.example;;;;;media',
  ]
  const first = await register.importCsv([head, ...rows], { mapping })
  const second = await register.importCsv([head, ...rows], { mapping })

  expect([first.review, second.review, second.people.unchanged]).toEqual([3, 0, 5])
  expect(await reasonsOf(register.db)).toEqual({
    1: 'UNDER_REVIEW',
    2: 'UNDER_REVIEW',
    3: 'UNDER_REVIEW',
    5: 'NO_PERMISSION',
  })
})

test('a file that no longer says permission takes it back; one without such columns says nothing', async () => {
  const permitted = '1;Aho;a@firma.example;;x;;2020-01-01;media'
  await register.importCsv([head, permitted], { mapping })
  const other = 'register: koe\npersons: { key: id, columns: { lastName: nimi, phone: puhelin } }\n'
  await register.importCsv(['id;nimi;puhelin', '1;Aho;+358 40 1'], { mapping: other })
  const untouched = await register.db.person.findFirstOrThrow()

  await register.importCsv([head, '1;Aho;a@firma.example;;;;;media'], { mapping })

  expect(untouched).toMatchObject({ permission: 'permission', email: 'a@firma.example', phone: '+358 40 1' })
  expect(await statusOf()).toMatchObject({ permission: 'unknown', fileSays: 'unknown' })
})

test('an erased person does not come back, by address or by record, and leaves no trace', async () => {
  const rows = [
    '1;Aho;a@firma.example;;x;;2020-01-01;media',
    '2;Bo;;;x;;2020-01-01;media',
    '3;Celik;A@FIRMA.example;;x;x;;',
  ]
  for (const erased of [
    { register: 'koe', key: '99', matching: 'a@firma.example' },
    { register: 'koe', key: '2', matching: null },
  ]) {
    const hashes = tombstoneHashes(register.keys, erased)
    await register.db.suppression.createMany({
      data: hashes.map((addressHash) => ({ addressHash, kind: 'erased', at: now })),
    })
  }
  const before = await rowCounts(register.db)

  const result = await register.importCsv([head, ...rows], { mapping })

  expect(result.people).toEqual({ ...none, read: 3, suppressed: 3 })
  const after = await rowCounts(register.db)
  expect(tables(after, 'person', 'permission_entry', 'collection', 'review_item', 'ledger_outbox')).toEqual(
    tables(before, 'person', 'permission_entry', 'collection', 'review_item', 'ledger_outbox'),
  )
})

test('the file answers what was asked about it, and trouble that comes back is asked about again', async () => {
  const bad = [head, '1;Aho;a@firma.example tai b@firma.example;;x;;2020-01-01;media']
  const good = [head, '1;Aho;a@firma.example;;x;;2020-01-01;media']

  const asked = []
  for (const rows of [bad, bad, good, bad]) asked.push((await register.importCsv(rows, { mapping })).review)

  expect(asked).toEqual([1, 0, 0, 1])
  expect((await listReviews(register.db, { all: true })).map(({ resolution }) => resolution)).toEqual([
    'corrected-in-file',
    null,
  ])
})

test('rows that identify nobody are rejected and counted, with their place and no content', async () => {
  const result = await register.importCsv(
    [head, '1;Aho;a@firma.example;;x;;2020-01-01;media', ';;;;;x;;', '1;Toinen;;;;;;'],
    { mapping },
  )

  expect(result.people).toEqual({ ...none, read: 3, added: 1, rejected: 2 })
  expect(result.rejectedRows.map(({ row }) => row)).toEqual([3, 4])
  expect(JSON.stringify(result.rejectedRows)).not.toContain('Toinen')
})

test('nothing is imported when the file breaks off', async () => {
  const before = await rowCounts(register.db)
  const lines = [
    head,
    ...Array.from({ length: 2500 }, (_, n) => `${n};Nimi${n};n${n}@firma.example;;;;;`),
    '9999;"auki',
  ]

  await expect(register.importCsv(lines, { mapping })).rejects.toThrow('quotation mark')

  expect(await rowCounts(register.db)).toEqual(before)
})

/** Bytes that are still in use once the garbage is gone. */
function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

test('fifty thousand rows take no more memory than a few', async () => {
  const file = path.join(register.folder, 'iso.csv')
  const row = (n: number) =>
    `${n};Sukunimi${n};etu${n}@firma${n % 5000}.example;2024-01-01;x;${n % 20 ? '' : 'x'};2020-01-01;media`
  writeFileSync(file, `${[head, ...Array.from({ length: 50_000 }, (_, n) => row(n))].join('\n')}\n`)
  let most = 0
  const start = heapAfterCollection()
  const began = performance.now()

  const result = await register.importFile(file, {
    mapping,
    onProgress: (rows) => {
      if (rows % 10_000 === 0) most = Math.max(most, heapAfterCollection())
    },
  })

  console.info(
    `50,000 rows in ${((performance.now() - began) / 1000).toFixed(1)} s, heap at most ${Math.round((most - start) / 2 ** 20)} MiB more`,
  )
  expect(result.people).toEqual({ ...none, read: 50_000, added: 50_000 })
  // The database client keeps its last hundred statements, a page each; rows kept as objects would take 125 MiB.
  expect(most - start).toBeLessThan(64 * 2 ** 20)
}, 180_000)
