import { appendFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { droppedColumns } from '../../src/intake/dropped-columns.ts'
import { findMapping } from '../../src/intake/find-mapping.ts'
import { readMapping } from '../../src/intake/mapping.ts'
import { openSource } from '../../src/intake/open-source.ts'
import { readIntake } from '../../src/intake/read-intake.ts'
import type { Row } from '../../src/intake/source.ts'
import { givenFile, readAll } from './given-file.ts'

async function rowsOf(file: string): Promise<Row[]> {
  const source = await openSource(file)
  const table = source.tables[0]
  const rows: Row[] = []
  for await (const page of source.rows(table?.name ?? '', table?.columns.map(({ name }) => name) ?? []))
    rows.push(...page)
  return rows
}

const valuesOf = (rows: Row[]) => rows.map(({ cells }) => [...cells.values()])

describe('a text file says the same however it is written', () => {
  const written = [
    ['semicolons', 'Nimi;Paikka\nÅke "Ukko" Mäki;Åbo\n'],
    ['commas', 'Nimi,Paikka\nÅke "Ukko" Mäki,Åbo\n'],
    ['tabs', 'Nimi\tPaikka\nÅke "Ukko" Mäki\tÅbo\n'],
    ['a byte order mark', '\uFEFFNimi;Paikka\nÅke "Ukko" Mäki;Åbo\n'],
    ['Windows line ends', 'Nimi;Paikka\r\nÅke "Ukko" Mäki;Åbo\r\n'],
    ['quotes', '"Nimi";"Paikka"\n"Åke ""Ukko"" Mäki";"Åbo"'],
    ['empty lines', '\nNimi;Paikka\n\nÅke "Ukko" Mäki;Åbo\n\n'],
    ['composed another way', 'Nimi;Paikka\nÅke "Ukko" Mäki;Åbo\n'.normalize('NFD')],
  ] as const

  test.each(written)('%s', async (_, text) => {
    const rows = await rowsOf(await givenFile('x.csv', text))

    expect(rows.map(({ cells }) => [...cells].map((pair) => pair.join('').normalize('NFC')))).toEqual([
      ['NimiÅke "Ukko" Mäki', 'PaikkaÅbo'],
    ])
  })

  test('Windows-1252, and then a notice says so', async () => {
    const file = await givenFile('vanha.csv', Buffer.from('Nimi;Hinta\n\xc5ke M\xe4ki;10 \x80\n', 'latin1'))

    expect(valuesOf(await rowsOf(file))).toEqual([['Åke Mäki', '10 €']])
    expect((await openSource(file)).notices).toEqual([
      'vanha.csv is not UTF-8: it was read as Windows-1252. If names look wrong, save it as "CSV UTF-8" and import it again.',
    ])
  })
})

describe('a file that cannot be read is refused with one sentence', () => {
  test.each<[string, string | Buffer, string]>([
    ['tyhja.csv', '', 'tyhja.csv is empty: the first line must name the columns.'],
    ['kaksi.csv', 'Nimi;nimi\na;b\n', 'kaksi.csv has two columns named "nimi": rename one of them in the first line.'],
    [
      'utf16.csv',
      Buffer.from('\uFEFFNimi;Paikka\n', 'utf16le'),
      'utf16.csv is UTF-16 text: save it as "CSV UTF-8" and try again.',
    ],
    [
      'kirja.csv',
      Buffer.from('PK\x03\x04'),
      'kirja.csv is not a text file, whatever its name says: save the table as "CSV UTF-8".',
    ],
    [
      'rikki.csv',
      Buffer.from('\xef\xbb\xbfNimi\n\xc5ke\n', 'latin1'),
      'rikki.csv says that it is UTF-8, and is not all through: save it once more as "CSV UTF-8" and try again.',
    ],
    [
      'lainaus.csv',
      'Nimi;Paikka\n"Matti;Turku\nLiisa;Raisio\n',
      'lainaus.csv has a quotation mark that is never closed, from line 2 on: close or remove it.',
    ],
    [
      'pitka.csv',
      `Nimi;Paikka\nMatti;Turku\n"${'x'.repeat(1_100_000)}`,
      'pitka.csv has a row of more than 1 MB at line 3: look there for a quotation mark that is never closed.',
    ],
    [
      'kuva.png',
      'x',
      'kuva.png cannot be read: give an Access database (.accdb, .mdb), or save the table as .csv or .xlsx.',
    ],
  ])('%s', async (name, content, sentence) => {
    const file = await givenFile(name, content)

    await expect(rowsOf(file)).rejects.toMatchObject({ name: 'IntakeError', message: sentence })
  })

  test('a file that is not there', async () => {
    await expect(openSource('/no/such/file.csv')).rejects.toMatchObject({
      name: 'IntakeError',
      message: 'There is no file /no/such/file.csv: check the name and the folder.',
    })
  })
})

test('a file that changes while it is read is never half believed', async () => {
  const file = await givenFile('x.csv', 'Nimi\nMatti\n')
  const source = await openSource(file)
  await appendFile(file, 'Liisa\n')

  const reading = (async () => {
    for await (const _ of source.rows('x', ['Nimi']));
  })()

  await expect(reading).rejects.toThrow(
    'x.csv changed while it was being read: close whatever writes to it, and try again.',
  )
})

test('rows of another length than the header are rejected with their line, and the rest is read', async () => {
  const all = await readAll(
    await givenFile(
      'x.csv',
      'Nimi;Email\nMatti;matti@firma.example\nLiisa\n"Ville\nVeikko";v@firma.example\nÅke;a;b\n;;\n;\nPäivi;p@firma.example\n',
    ),
    'register: koe\npersons: { columns: { lastName: Nimi, email: Email } }',
  )

  expect(all.persons.map(({ lastName }) => lastName)).toEqual(['Matti', 'Ville Veikko', 'Päivi'])
  expect(all.rejected).toEqual([
    { table: 'x', row: 3, because: 'it has 1 cells and the header has 2: check separators and quotes in this line' },
    { table: 'x', row: 6, because: 'it has 3 cells and the header has 2: check separators and quotes in this line' },
    { table: 'x', row: 7, because: 'it has 3 cells and the header has 2: check separators and quotes in this line' },
    { table: 'x', row: 8, because: 'it identifies nobody: it has no name and no address' },
  ])
})

const exported = [
  'register,key,first_name,last_name,title,email,phone,relation,tags,added_at,changed_at,source,ground,source_text',
  'permission,permission_at,permission_source,organisation_register,organisation_key,organisation_name,business_id',
  'street,postal_code,city,country,website,organisation_phone,organisation_added_at',
].join(',')

const matti = [
  'asiakasrekisteri,7,Matti,Mäki,Toimitusjohtaja,Matti.Maki@firma.example,040 100,customer;stakeholder,"messut 2024; kirja"',
  '2019-03-08T07:00:00.000Z,2019-03-22T07:00:00.000Z,E_ORDER_FORM,ORDERED_BOOK,kirjatilaus,permission,2019-03-08T07:00:00.000Z',
  'kirjatilaus,asiakasrekisteri,3,"Firma, Oy",1000003-3,Testikatu 3,20103,RAISIO,Suomi,https://www.firma.example,02 000',
  '2019-03-04T07:00:00.000Z',
].join(',')

describe('the file that the register exports can be read again', () => {
  const liisa = 'lomake,8,Liisa,,,,,,,,,,,,prohibition,,puhelu,asiakasrekisteri,3,Firma,,,,,,,,'
  const ville = 'lomake,7,Ville,,,,,prospect,,,,PUBLIC_SOURCE,,lehti,unknown,,,,,Toinen Oy,,,,,,,,'

  test('with every column, each person in the register it came from', async () => {
    const all = await readAll(
      await givenFile('vienti.csv', `\uFEFF${exported}\r\n${[matti, liisa, ville].join('\r\n')}\r\n`),
    )

    expect(all.organisations).toEqual([
      {
        register: 'asiakasrekisteri',
        key: '3',
        name: 'Firma, Oy',
        businessId: '1000003-3',
        street: 'Testikatu 3',
        postalCode: '20103',
        city: 'RAISIO',
        country: 'Suomi',
        website: 'https://www.firma.example',
        phone: '02 000',
        addedAt: new Date('2019-03-04T07:00:00Z'),
      },
      expect.objectContaining({ register: 'lomake', name: 'Toinen Oy', key: expect.stringMatching(/^row:/) }),
    ])
    expect(all.persons[0]).toEqual({
      register: 'asiakasrekisteri',
      key: '7',
      organisationKey: '3',
      firstName: 'Matti',
      lastName: 'Mäki',
      title: 'Toimitusjohtaja',
      phone: '040 100',
      email: {
        kind: 'address',
        address: 'Matti.Maki@firma.example',
        matching: 'matti.maki@firma.example',
        domain: 'firma.example',
        nature: 'work',
      },
      relations: ['customer', 'stakeholder'],
      tags: ['messut 2024', 'kirja'],
      addedAt: new Date('2019-03-08T07:00:00Z'),
      changedAt: new Date('2019-03-22T07:00:00Z'),
      verifiedAt: null,
      permission: { permitted: true, prohibited: false, at: new Date('2019-03-08T07:00:00Z'), source: 'kirjatilaus' },
      collected: { source: 'E_ORDER_FORM', ground: 'ORDERED_BOOK', text: 'kirjatilaus' },
      notes: [],
      findings: [],
    })
    expect(all.persons.slice(1)).toMatchObject([
      {
        register: 'lomake',
        key: '8',
        organisationKey: '3',
        organisationRegister: 'asiakasrekisteri',
        relations: ['prospect'],
        permission: { permitted: false, prohibited: true, at: null, source: 'puhelu' },
        collected: { source: 'OTHER', ground: null, text: null },
        findings: [],
      },
      {
        register: 'lomake',
        key: '7',
        organisationKey: all.organisations[1]?.key,
        permission: { permitted: false, prohibited: false },
        collected: { source: 'PUBLIC_SOURCE', ground: null, text: 'lehti' },
        findings: [],
      },
    ])
    expect([all.activities, all.rejected]).toEqual([[], []])
  })

  test('with semicolons, without the optional column, and whatever else stands in it is named and dropped', async () => {
    const header = `${exported.replace('organisation_register,', '')},Syntymäaika`
    const row = `${matti.replace(',asiakasrekisteri,3,', ',3,')},1.1.1970`
    const semicolons = [header, row].map((line) => line.replace('"Firma, Oy"', 'Firma Oy').replaceAll(',', ';'))
    const quoted = semicolons.join('\n').replace('customer;stakeholder', '"customer;stakeholder"')
    const file = await givenFile('vienti.csv', quoted)
    const source = await openSource(file)
    const mapping = findMapping(source.tables)

    const all = await readAll(file)

    expect(mapping && droppedColumns(source, mapping)).toEqual(['Syntymäaika'])
    expect(all.organisations).toMatchObject([{ register: 'asiakasrekisteri', key: '3', name: 'Firma Oy' }])
    expect(all.persons).toMatchObject([{ key: '7', organisationKey: '3', relations: ['customer', 'stakeholder'] }])
    expect(JSON.stringify(all)).not.toContain('1970')
  })

  test('a second row with the same key is rejected, and loudly where it holds a prohibition', async () => {
    const again = liisa.replace('lomake,8', 'asiakasrekisteri,7')
    const all = await readAll(await givenFile('vienti.csv', [exported, matti, matti, again].join('\n')))

    expect(all.persons).toHaveLength(1)
    expect(all.rejected).toEqual([
      { table: 'vienti', row: 3, because: 'its key stands in an earlier row' },
      {
        table: 'vienti',
        row: 4,
        because:
          'its key stands in an earlier row, and it holds a prohibition: correct the key and import the file again',
      },
    ])
  })
})

test('a reader that stops in the middle can start again from the beginning', async () => {
  const lines = Array.from({ length: 2500 }, (_, index) => `Nimi ${index}`)
  const source = await openSource(await givenFile('x.csv', `Nimi\n${lines.join('\n')}\n`))
  const mapping = readMapping('register: koe\npersons: { columns: { lastName: Nimi } }')

  for await (const _ of readIntake(source, mapping)) break
  const sizes: number[] = []
  for await (const page of readIntake(source, mapping)) sizes.push(page.persons.length)

  expect(sizes).toEqual([1000, 1000, 500])
})
