// The register can leave in a file and come back from it, with nobody's permission changed.
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BadInput } from '../../src/domain/errors.ts'
import { openSource } from '../../src/intake/open-source.ts'
import { exportRegister } from '../../src/register/export.ts'
import { exportOptOuts } from '../../src/register/opt-out-export.ts'
import { prohibit } from '../../src/register/permissions.ts'
import {
  accdb,
  emptyRegister,
  now,
  organisationsOf,
  peopleOf,
  reasonsOf,
  rowCounts,
  type TestRegister,
} from '../support/register.ts'

let register: TestRegister
beforeEach(async () => {
  register = await emptyRegister()
})
afterEach(() => register.close())

const by = { actor: 'operator', at: now }
const file = (name: string) => path.join(register.folder, name)

test('an exported file makes the same people, organisations and permissions in an empty register', async () => {
  await register.importFile(accdb)
  const written = await exportRegister(register.db, file('ulos.csv'), by)
  const other = await emptyRegister()

  const result = await other.importFile(file('ulos.csv'))

  expect(written).toEqual({ people: 298, organisations: 40, activities: 0, format: 'csv' })
  expect(result).toMatchObject({
    people: { read: 298, added: 298 },
    organisations: { read: 40, added: 40 },
    droppedColumns: [],
  })
  expect(await peopleOf(other.db)).toEqual(await peopleOf(register.db))
  expect(await organisationsOf(other.db)).toEqual(await organisationsOf(register.db))
  expect(await reasonsOf(other.db)).toEqual(await reasonsOf(register.db))
  await other.close()
})

test('an exported file changes nothing in the register it came from', async () => {
  await register.importFile(accdb)
  const [people, before] = [await peopleOf(register.db), await rowCounts(register.db)]
  await exportRegister(register.db, file('ulos.csv'), by)

  const result = await register.importFile(file('ulos.csv'))

  expect(result).toMatchObject({
    people: { added: 0, updated: 0, unchanged: 298 },
    organisations: { added: 0, updated: 0, unchanged: 40 },
    review: 0,
  })
  expect(await peopleOf(register.db)).toEqual(people)
  const after = await rowCounts(register.db)
  for (const table of ['permission_entry', 'suppression', 'ledger_outbox', 'collection', 'note', 'review_item']) {
    expect([table, after[table]]).toEqual([table, before[table]])
  }
  expect((await register.importFile(accdb)).people).toMatchObject({ unchanged: 298 })
})

test('an opt-out known only by the address leaves as a prohibition', async () => {
  await register.importFile(accdb)
  await register.db.suppression.create({
    data: { addressHash: register.keys.hash('email', 'etu1.suku1@esimerkki1.example'), kind: 'opted-out', at: now },
  })
  await exportRegister(register.db, file('ulos.csv'), by)
  const other = await emptyRegister()

  await other.importFile(file('ulos.csv'))

  expect((await reasonsOf(other.db))['1']).toBe('PROHIBITED')
  await other.close()
})

test('the file is for its owner only, replaces nothing by itself, and holds no formula and no note', async () => {
  await register.importFile(accdb)
  writeFileSync(file('vanha.csv'), 'tärkeä')

  await exportRegister(register.db, file('ulos.csv'), by)
  await expect(exportRegister(register.db, file('vanha.csv'), by)).rejects.toThrow(BadInput)
  await exportRegister(register.db, file('vanha.csv'), { ...by, force: true })

  const text = readFileSync(file('ulos.csv'), 'utf8')
  if (process.platform !== 'win32') expect(statSync(file('ulos.csv')).mode & 0o777).toBe(0o600)
  expect(text).toContain(`;'+358 40 1000004;`)
  expect(text).not.toContain('Kiinnostunut')
  expect(readFileSync(file('vanha.csv'), 'utf8')).toBe(text)
  expect(await register.db.audit.count({ where: { action: 'register-exported' } })).toBe(2)
})

test('as JSON the register is one document with everyone, every organisation and every activity', async () => {
  await register.importFile(accdb)

  const written = await exportRegister(register.db, file('ulos.json'), by)

  const document = JSON.parse(readFileSync(file('ulos.json'), 'utf8')) as Record<string, unknown[]>
  expect(Object.fromEntries(Object.entries(document).map(([name, rows]) => [name, rows.length]))).toEqual({
    organisations: 40,
    people: 298,
    activities: 300,
  })
  expect(written).toEqual({ people: 298, organisations: 40, activities: 300, format: 'json' })
})

test('as a workbook the register comes back as it was, and every cell is text', async () => {
  await register.importFile(accdb)
  const written = await exportRegister(register.db, file('ulos.xlsx'), by)
  const other = await emptyRegister()

  const result = await other.importFile(file('ulos.xlsx'))

  expect(written).toEqual({ people: 298, organisations: 40, activities: 0, format: 'xlsx' })
  expect(result).toMatchObject({ people: { read: 298, added: 298 }, droppedColumns: [] })
  expect(await peopleOf(other.db)).toEqual(await peopleOf(register.db))
  expect(await reasonsOf(other.db)).toEqual(await reasonsOf(register.db))
  const cells = await cellsOf(file('ulos.xlsx'))
  expect(cells).toContain('+358 40 1000004')
  expect(cells.filter((cell) => cell !== null && typeof cell !== 'string')).toEqual([])
  await other.close()
})

async function cellsOf(workbook: string) {
  const source = await openSource(workbook)
  const [table] = source.tables
  const cells = []
  for await (const page of source.rows(
    table!.name,
    table!.columns.map(({ name }) => name),
  ))
    cells.push(...page.flatMap((row) => [...row.cells.values()]))
  return cells
}

describe('opt-outs for those who keep the old register', () => {
  test('everyone who said no is there by HenkilöID, once, with neither name nor address', async () => {
    await register.importFile(accdb)
    const [first] = await peopleWithKey('1')
    await prohibit(register.db, { personId: first!.id, at: now, channel: 'mail', actor: 'operator', onceKey: 'kielto' })
    const barred = Object.entries(await reasonsOf(register.db)).filter(([, because]) => because === 'PROHIBITED')

    const written = await exportOptOuts(register.db, file('kiellot.csv'), by)

    const [header, ...lines] = readFileSync(file('kiellot.csv'), 'utf8').replace('\uFEFF', '').trim().split('\r\n')
    expect(header).toBe('HenkilöID;Markkinointikielto;Kielto pvm;Koskee;Rekisteri')
    expect(written).toEqual({ people: barred.length, format: 'csv' })
    expect(lines.map((line) => line.split(';')[0]).sort()).toEqual(barred.map(([key]) => key).sort())
    // The wall clock in Helsinki; 1, which Access takes for a yes and no spreadsheet for a formula.
    expect(lines).toContain('1;1;2026-11-22 12:00:00;henkilö;asiakasrekisteri')
    expect(lines.join('\n')).not.toMatch(/@|Etu|Suku/)
    expect(await register.db.audit.count({ where: { action: 'opt-outs-exported' } })).toBe(1)
  })

  test('a whole organisation and an address alone count too; a permission that lifted the no does not', async () => {
    await register.importCsv(
      [
        'HenkilöID;Nimi;Posti;Yritys',
        '1;Aino Aho;aino@a.example;A',
        '2;Onni Oja;onni@b.example;B',
        '3;Ilmo Ilo;ilmo@c.example;C',
      ],
      { mapping: personMapping },
    )
    const at = new Date('2026-01-02T10:00:00Z')
    await register.db.organisation.updateMany({ where: { name: 'A' }, data: { prohibitedAt: at } })
    const addressHash = (address: string) => register.keys.hash('email', address)
    await register.db.suppression.createMany({
      data: [
        { addressHash: addressHash('onni@b.example'), kind: 'opted-out', at },
        { addressHash: addressHash('ilmo@c.example'), kind: 'opted-out', at, liftedAt: now },
      ],
    })

    await exportOptOuts(register.db, file('kiellot.xlsx'), { ...by, register: 'koe' })

    expect(
      (await cellsOf(file('kiellot.xlsx')))
        .join(' ')
        .split(' koe')
        .map((row) => row.trim())
        .sort(),
    ).toEqual(['', '1 1 2026-01-02 12:00:00 organisaatio', '2 1 2026-01-02 12:00:00 henkilö'])
    await expect(exportOptOuts(register.db, file('muu.csv'), { ...by, register: 'vanha' })).rejects.toThrow(
      'Nobody came from a register named vanha: the registers are koe.',
    )
  })
})

const personMapping = `register: koe
organisations: { columns: { name: Yritys } }
persons: { key: HenkilöID, columns: { fullName: Nimi, email: Posti } }`

function peopleWithKey(key: string) {
  return register.db.person.findMany({ where: { key }, select: { id: true } })
}
