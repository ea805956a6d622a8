import { readFileSync } from 'node:fs'
import { strToU8, unzipSync, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import writeWorkbook, { type SheetData } from 'write-excel-file/node'
import { openSource } from '../../src/intake/open-source.ts'
import type { Row } from '../../src/intake/source.ts'
import { givenFile, now, readAll, sample } from './given-file.ts'

const day = (value: Date) => ({ type: Date, value, format: 'd.m.yyyy h:mm' })

function workbook(sheets: Record<string, SheetData>): Promise<Buffer> {
  return writeWorkbook(Object.entries(sheets).map(([sheet, data]) => ({ sheet, data }))).toBuffer()
}

/** The workbook with one cell of its first sheet written otherwise. */
async function withCell(data: SheetData, from: RegExp, to: string): Promise<Buffer> {
  const entries = unzipSync(await workbook({ Taulu1: data }))
  const sheet = 'xl/worksheets/sheet1.xml'
  const xml = new TextDecoder().decode(entries[sheet])
  expect(xml).toMatch(from)
  return Buffer.from(zipSync({ ...entries, [sheet]: strToU8(xml.replace(from, to)) }))
}

async function rowsOf(file: string): Promise<Row[]> {
  const source = await openSource(file)
  const table = source.tables[0]!
  const columns = table.columns.map(({ name }) => name)
  const rows: Row[] = []
  for await (const page of source.rows(table.name, columns)) rows.push(...page)
  return rows
}

test('a cell says what it shows: text, number, yes or no, and the wall clock in Helsinki', async () => {
  const file = await givenFile(
    'a.xlsx',
    await workbook({
      Henkilöt: [
        ['Nimi', 'Määrä', 'Lupa', 'Lisätty', null],
        [' Åke "Ukko" & Mäki ', 12.5, true, day(new Date('2024-05-15T09:30:00Z')), 'x'],
      ],
    }),
  )

  const [row] = await rowsOf(file)

  expect(Object.fromEntries(row!.cells)).toEqual({
    Nimi: ' Åke "Ukko" & Mäki ',
    Määrä: 12.5,
    Lupa: true,
    Lisätty: new Date('2024-05-15T06:30:00Z'),
    '(column 5)': 'x',
  })
})

test('rows keep their line in the sheet; empty lines and empty sheets are passed over', async () => {
  const file = await givenFile('b.xlsx', await workbook({ A: [[], ['Nimi'], [], ['Aino'], [null], ['Onni']], B: [] }))

  expect((await openSource(file)).tables.map(({ name }) => name)).toEqual(['A'])
  expect((await rowsOf(file)).map(({ number, cells }) => [number, cells.get('Nimi')])).toEqual([
    [4, 'Aino'],
    [6, 'Onni'],
  ])
})

test('a workbook whose sheets are the tables of the old register is read as the register itself', async () => {
  const accdb = await openSource(sample('2016.accdb'))
  const sheets: Record<string, SheetData> = {}
  for (const table of accdb.tables) {
    const columns = table.columns.filter(({ complex }) => !complex).map(({ name }) => name)
    const rows: SheetData = [columns]
    for await (const page of accdb.rows(table.name, columns))
      rows.push(...page.map(({ cells }) => columns.map((column) => asCell(cells.get(column)))))
    sheets[table.name] = rows
  }
  const file = await givenFile('rekisteri.xlsx', await workbook(sheets))

  const [fromExcel, fromAccess] = [await readAll(file), await readAll(sample('2016.accdb'))]

  expect(fromAccess.persons.length).toBe(298)
  expect(fromExcel.persons).toEqual(fromAccess.persons)
  expect(fromExcel.organisations).toEqual(fromAccess.organisations)
})

/** An instant as Excel keeps it: the wall clock, here as text that says its zone. */
function asCell(value: unknown) {
  if (value instanceof Date) return value.toISOString()
  return value === null || value === undefined ? null : (value as string | number | boolean)
}

test('a doubtful row is set aside with its line, and a prohibition is heard as the cell shows it', async () => {
  const file = await givenFile(
    'c.xlsx',
    await workbook({
      Taulu1: [
        ['Nimi', 'Posti', 'Kielto', 'Lupa', 'Pvm', 'Lähde'],
        ['Aino Aho', 'aino@a.example', true, true, day(new Date('2024-01-01T00:00:00Z')), 'messut'],
        [null, null, true, null, null, 'tyhjä'],
        ['Onni Oja', 'onni@a.example; oja@b.example', 0, 'kyllä', day(new Date(now.getTime() + 864e5)), 'messut'],
      ],
    }),
  )
  const mapping = `register: koe
persons:
  columns: { fullName: Nimi, email: Posti }
  permission: { prohibited: Kielto, permitted: Lupa, at: Pvm, source: Lähde }`

  const { persons, rejected } = await readAll(file, mapping)

  expect(rejected).toEqual([
    { table: 'Taulu1', row: 3, because: 'it identifies nobody: it has no name and no address' },
  ])
  expect(persons.map(({ permission }) => permission.prohibited)).toEqual([true, false])
  expect(persons.flatMap(({ findings }) => findings.map(({ code }) => code)).sort()).toEqual([
    'DOUBTFUL_ADDRESS',
    'PERMISSION_AND_PROHIBITION',
    'PERMISSION_DATE_IN_FUTURE',
  ])
})

describe('a workbook that cannot be read is refused with one sentence', () => {
  const people: SheetData = [
    ['Nimi', 'Kielto'],
    ['Aino', 1],
  ]
  const cases: [string, string, () => Promise<Buffer> | Buffer][] = [
    [
      'text',
      'x.xlsx is not an Excel workbook, or it is damaged: open it in Excel and save it again as .xlsx.',
      () => Buffer.from('Nimi;Paikka\n'),
    ],
    [
      'half of one',
      'x.xlsx is not an Excel workbook, or it is damaged: open it in Excel and save it again as .xlsx.',
      async () => (await workbook({ A: people })).subarray(0, 900),
    ],
    [
      'another archive',
      'x.xlsx is not an Excel workbook, or it is damaged: open it in Excel and save it again as .xlsx.',
      () => Buffer.from(zipSync({ 'a.txt': strToU8('a') })),
    ],
    [
      'nothing',
      'x.xlsx is not an Excel workbook, or it is damaged: open it in Excel and save it again as .xlsx.',
      () => Buffer.alloc(0),
    ],
    [
      'an old .xls, or a password',
      'x.xlsx is protected by a password, or is an old .xls inside: save it in Excel as .xlsx without a password.',
      () => Buffer.from(`d0cf11e0a1b11ae1${'00'.repeat(600)}`, 'hex'),
    ],
    ['empty sheets', 'x.xlsx is empty: the first line of a sheet must name the columns.', () => workbook({ A: [] })],
    [
      'two columns of one name',
      'x.xlsx has two columns named "nimi" on the sheet "A": rename one of them in the first line.',
      () => workbook({ A: [['Nimi', 'nimi']] }),
    ],
    [
      'a formula that failed',
      'x.xlsx has a formula without a value in cell B2 (such as #N/A): correct it, or paste values over the formulas, and save the file.',
      () => withCell(people, /<c r="B2"[^>]*>.*?<\/c>/, '<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'),
    ],
    [
      'a formula never calculated',
      'x.xlsx has a formula without a value in cell B2 (such as #N/A): correct it, or paste values over the formulas, and save the file.',
      () => withCell(people, /<c r="B2"[^>]*>.*?<\/c>/, '<c r="B2"><f>1+1</f></c>'),
    ],
    [
      'a cell that says nothing sensible',
      'x.xlsx is damaged at line 2: open it in Excel, save it again as .xlsx, and try again.',
      () => withCell(people, /<c r="B2"[^>]*>.*?<\/c>/, '<c r="B2" t="s"><v>999</v></c>'),
    ],
  ]
  test.each(cases)('%s', async (_, sentence, bytes) => {
    await expect(openSource(await givenFile('x.xlsx', await bytes()))).rejects.toThrow(sentence)
  })
})

test('a formula counts as the value that was saved with it', async () => {
  const file = await givenFile(
    'k.xlsx',
    await withCell(
      [
        ['Nimi', 'Kielto'],
        ['Aino', 0],
      ],
      /<c r="B2"[^>]*>.*?<\/c>/,
      '<c r="B2"><f>1+0</f><v>1</v></c>',
    ),
  )

  expect((await rowsOf(file))[0]!.cells.get('Kielto')).toBe(1)
  expect(readFileSync(file).subarray(0, 2).toString()).toBe('PK')
})
