// The two bundled Access files, and every trap laid in them (access.md §4.2).
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { droppedColumns } from '../../src/intake/dropped-columns.ts'
import { findMapping } from '../../src/intake/find-mapping.ts'
import type { IntakePerson } from '../../src/intake/intake-page.ts'
import { openSource } from '../../src/intake/open-source.ts'
import { countsOf, readAll, sample } from './given-file.ts'

describe.each(['2003.mdb', '2016.accdb'] as const)('the sample register %s', async (name) => {
  const all = await readAll(sample(name))
  const person = (key: number): IntakePerson | undefined => all.persons.find((one) => one.key === String(key))

  test('is read with no mapping given, to the last row', () => {
    expect({
      organisations: all.organisations.length,
      persons: all.persons.length,
      activities: countsOf(all.activities.map(({ table, kind }) => `${table}: ${kind}`)),
      rejected: all.rejected,
    }).toEqual({
      organisations: 40,
      persons: 298,
      activities: {
        'Tapaamiset: meeting': 75,
        'Tarjotut palvelut: offered-service': 50,
        'Toimeksiannot: assignment': 33,
        'Tilaukset: order-book': 33,
        'Tilaukset: order-audiobook': 17,
        'Tilaukset: order-eguide': 50,
        'Aktiviteetit: other': 42,
      },
      rejected: [],
    })
  })

  test('comes in pages of one table each', () => {
    expect(all.pageSizes).toEqual([40, 298, 75, 50, 33, 100, 42])
  })

  test('asks a human about exactly these rows', () => {
    const found = all.persons.flatMap(({ key, findings }) => findings.map((finding) => ({ key, ...finding })))
    const about = (code: string) => found.filter((one) => one.code === code).map(({ key }) => Number(key))

    expect(countsOf(found.map(({ code }) => code))).toEqual({
      DOUBTFUL_ADDRESS: 2,
      PERMISSION_AND_PROHIBITION: 19,
      PERMISSION_WITHOUT_SOURCE: 10,
      NATIONAL_ID: 1,
      HEALTH_WORDS: 1,
      VERY_LONG_TEXT: 1,
    })
    expect(about('PERMISSION_AND_PROHIBITION')).toEqual([
      11, 19, 22, 44, 55, 77, 88, 110, 121, 143, 154, 176, 187, 209, 220, 242, 253, 275, 286,
    ])
    // Every 17th has no source. 220 is prohibited as well, which settles it.
    expect(about('PERMISSION_WITHOUT_SOURCE')).toEqual([16, 50, 67, 101, 118, 152, 169, 203, 254, 271])
    expect(found.filter(({ code }) => !code.startsWith('PERMISSION'))).toEqual([
      { key: '15', code: 'DOUBTFUL_ADDRESS', column: 'Sähköposti', because: 'TWO_ADDRESSES' },
      { key: '20', code: 'NATIONAL_ID', column: 'Muistiinpanot' },
      { key: '23', code: 'DOUBTFUL_ADDRESS', column: 'Sähköposti', because: 'FORBIDDEN_CHARACTER' },
      { key: '24', code: 'VERY_LONG_TEXT', column: 'Muistiinpanot' },
      { key: '25', code: 'HEALTH_WORDS', column: 'Muistiinpanot' },
    ])
  })

  test('says permission, prohibition, both or neither', () => {
    const said = all.persons.map(({ permission: { permitted, prohibited } }) => `${permitted} ${prohibited}`)

    expect(countsOf(said)).toEqual({ 'true false': 180, 'true true': 19, 'false true': 9, 'false false': 90 })
  })

  test.each([
    [7, { kind: 'address', address: 'ETU7.SUKU7@esimerkki7.example', matching: 'etu7.suku7@esimerkki7.example' }],
    [8, { kind: 'address', address: 'etu8.suku8@esimerkki8.example' }],
    [9, { kind: 'address', address: 'etu7.suku7@esimerkki7.example', matching: 'etu7.suku7@esimerkki7.example' }],
    [10, { kind: 'none' }],
    [12, { kind: 'address', address: 'info@esimerkki12.example', nature: 'role' }],
    [13, { kind: 'address', address: 'myynti@esimerkki13.example', nature: 'role' }],
    [14, { kind: 'address', domain: 'gmail.com', nature: 'private' }],
    [15, { kind: 'doubtful', because: 'TWO_ADDRESSES', cell: 'e15@esimerkki15.example; e15b@esimerkki15.example' }],
    [16, { kind: 'address', address: 'e16@esimerkki16.example', nature: 'work' }],
    [17, { kind: 'address', address: 'matti@xn--rkki-4qa.example', domain: 'xn--rkki-4qa.example' }],
    [18, { kind: 'none' }],
    [21, { kind: 'address', address: "o'brien@esimerkki21.example", nature: 'work' }],
    [22, { kind: 'address', address: 'e22+uutiset@esimerkki22.example', nature: 'work' }],
    [23, { kind: 'doubtful', because: 'FORBIDDEN_CHARACTER' }],
  ])('reads the address of HenkilöID %i', (key, email) => {
    expect(person(key)?.email).toMatchObject(email)
  })

  test('keeps the long note whole, and the two that should not be there, as notes only', () => {
    expect(person(24)?.notes[0]).toHaveLength(13_999)
    expect(person(20)?.notes).toHaveLength(1)
    expect(JSON.stringify(person(20)?.findings)).not.toMatch(/\d{6}/)
    expect(person(25)?.findings).toEqual([{ code: 'HEALTH_WORDS', column: 'Muistiinpanot' }])
  })

  test('keeps both ticks where both are set, for prohibition to win', () => {
    expect(person(19)?.permission).toEqual({
      permitted: true,
      prohibited: true,
      at: new Date('2019-03-20T07:00:00Z'),
      source: 'ilmoittautumislomake',
    })
  })

  test('knows nothing of the deleted rows, whose bytes are still in the file', async () => {
    expect([person(290), person(291)]).toEqual([undefined, undefined])
    expect((await readFile(sample(name))).includes(Buffer.from('etu290', 'utf16le'))).toBe(true)
  })

  test('names where people came from in the words of the privacy notice', () => {
    expect(countsOf(all.persons.map(({ collected: { source, ground } }) => `${source} ${ground}`))).toEqual({
      'CRM_WEB_FORM null': 17,
      'E_ORDER_FORM null': 17,
      'E_ORDER_FORM ORDERED_AUDIOBOOK': 18,
      'E_ORDER_FORM ORDERED_BOOK': 18,
      'E_ORDER_FORM ORDERED_EGUIDE': 18,
      'E_REGISTRATION_FORM JOINED_LIST': 18,
      'E_SIGNUP_FORM TRAINING': 18,
      'E_SIGNUP_FORM null': 17,
      'OTHER BUSINESS_CARD': 17,
      'OTHER EVENT_OPEN_LIST': 18,
      'OTHER PERMISSION_ORAL': 17,
      'OTHER PERMISSION_WRITTEN': 17,
      'OTHER PROJECT_LED': 18,
      'OTHER PROJECT_PARTNER': 18,
      'OTHER null': 17,
      'PUBLIC_SOURCE null': 18,
      'SOCIAL_MEDIA SOCIAL_ENGAGEMENT': 17,
    })
  })

  test('is read whole: one row of each kind', () => {
    expect(all.organisations[2]).toEqual({
      register: 'asiakasrekisteri',
      key: '3',
      name: 'Esimerkki 3 Oy',
      businessId: '1000003-3',
      street: 'Testikatu 3',
      postalCode: '20103',
      city: 'RAISIO',
      country: null,
      website: 'https://www.esimerkki3.example',
      phone: '02 000 3',
      addedAt: new Date('2019-03-04T07:00:00Z'),
    })
    expect(person(5)).toEqual({
      register: 'asiakasrekisteri',
      key: '5',
      organisationKey: '5',
      firstName: 'Matti',
      lastName: 'Virtanen-Åberg',
      title: 'HR-päällikkö',
      phone: '040-1000005',
      email: {
        kind: 'address',
        address: 'etu5.suku5@esimerkki5.example',
        matching: 'etu5.suku5@esimerkki5.example',
        domain: 'esimerkki5.example',
        nature: 'work',
      },
      relations: ['customer'],
      tags: [],
      addedAt: new Date('2019-03-06T07:00:00Z'),
      changedAt: new Date('2019-03-16T07:00:00Z'),
      verifiedAt: null,
      permission: { permitted: true, prohibited: false, at: new Date('2019-03-06T07:00:00Z'), source: 'kirjatilaus' },
      collected: { source: 'E_ORDER_FORM', ground: 'ORDERED_BOOK', text: 'kirjatilaus' },
      notes: ['Kiinnostunut johtamisvalmennuksesta.'],
      findings: [],
    })
    const nothing = { organisationKey: null, endedAt: null, text: null, quantity: null, price: null }
    expect(all.activities.filter(({ key }) => key === '2')).toEqual(
      [
        {
          table: 'Tapaamiset',
          personKey: '8',
          kind: 'meeting',
          at: '2019-03-09T12:00:00Z',
          title: 'Aloituspalaveri',
          text: 'Sovittiin jatkosta.',
        },
        {
          table: 'Tarjotut palvelut',
          personKey: '12',
          kind: 'offered-service',
          at: '2019-03-23T07:00:00Z',
          title: 'Johtamisvalmennus',
          price: '1250.50',
        },
        {
          table: 'Toimeksiannot',
          personKey: '18',
          organisationKey: '18',
          kind: 'assignment',
          at: '2019-04-08T06:00:00Z',
          endedAt: new Date('2019-06-17T06:00:00Z'),
          title: 'Strategiatyö',
        },
        {
          table: 'Tilaukset',
          personKey: '6',
          kind: 'order-eguide',
          at: '2019-03-09T07:00:00Z',
          title: 'Tuote 6',
          quantity: 1,
        },
        {
          table: 'Aktiviteetit',
          personKey: '14',
          kind: 'other',
          at: '2019-03-18T07:00:00Z',
          title: 'puhelu',
          text: 'Soitettu',
        },
      ].map((one) => ({ register: 'asiakasrekisteri', key: '2', ...nothing, ...one, at: new Date(one.at) })),
    )
  })
})

test('the old and the new file format say the same, row for row', async () => {
  const [old, recent] = await Promise.all([readAll(sample('2003.mdb')), readAll(sample('2016.accdb'))])

  expect(recent).toEqual(old)
})

test('nothing of the sample is left out, and what another mapping leaves out is said by name', async () => {
  const source = await openSource(sample('2016.accdb'))
  const mapping = findMapping(source.tables)
  if (mapping === undefined) throw new Error('no bundled mapping fits the sample')
  const { notes: _, phone: __, ...columns } = mapping.persons.columns
  const smaller = {
    ...mapping,
    activities: mapping.activities.slice(0, 4),
    persons: { ...mapping.persons, columns: { ...columns, notes: [] } },
  }

  expect(droppedColumns(source, mapping)).toEqual([])
  expect(droppedColumns(source, smaller)).toEqual(['Henkilöt.Puhelin', 'Henkilöt.Muistiinpanot', 'Aktiviteetit.*'])
})

test('a column that the mapping does not name is never asked of the file', async () => {
  const source = await openSource(sample('2016.accdb'))

  const columns: string[] = []
  for await (const rows of source.rows('Henkilöt', ['HenkilöID']))
    columns.push(...rows.flatMap(({ cells }) => [...cells.keys()]))

  expect(columns).toEqual(Array(298).fill('HenkilöID'))
})

test('any table can be the people, any column anything: a mapping by hand', async () => {
  const all = await readAll(
    sample('2003.mdb'),
    `
register: Yhtiöt 2003
organisations:
  table: henkilöt # Access does not tell names apart by case
  columns: { name: Titteli }
persons:
  table: Yritykset
  columns: { fullName: nimi, phone: Puhelin, addedAt: Lisätty, notes: [Katuosoite, www] }
  relation: { column: Postitoimipaikka, values: { turku: stakeholder }, otherwise: prospect }
  tags: { column: Y-tunnus, separator: "-" }
  permission:
    status: { column: Postinumero, permission: [20101], prohibition: [20102, 20103], unknown: [20104] }
    at: Lisätty
sources:
  column: Postitoimipaikka
  values: { RAISIO: { source: MEDIA } }
  otherwise: { source: PUBLIC_SOURCE, ground: EVENT_OPEN_LIST }
activities:
  - table: Henkilöt
    kind: { column: Lähde, values: { some: other }, otherwise: meeting }
    personKey: YritysID
    columns: { at: Muokattu, title: Titteli }
`,
  )

  expect(all.organisations.map(({ name }) => name)).toEqual(['HR-päällikkö', 'Toimitusjohtaja'])
  expect(all.organisations.map(({ key }) => /^row:[0-9a-f]{16}$/.test(key))).toEqual([true, true])
  expect(countsOf(all.rejected.map(({ table, because }) => `${table}: ${because}`))).toEqual({
    'Henkilöt: its key stands in an earlier row': 296,
  })
  expect(all.persons.map(({ firstName, lastName }) => `${firstName} | ${lastName}`).slice(0, 2)).toEqual([
    'Esimerkki 1 | Oy',
    'Esimerkki 2 | Oy',
  ])
  expect(all.persons.slice(0, 4).map(({ permission }) => [permission.permitted, permission.prohibited])).toEqual([
    [true, false],
    [false, true],
    [false, true],
    [false, false],
  ])
  expect(all.persons[3]).toMatchObject({
    register: 'Yhtiöt 2003',
    key: expect.stringMatching(/^row:[0-9a-f]{16}$/),
    organisationKey: null,
    email: { kind: 'none' },
    relations: ['stakeholder'],
    tags: ['1000004', '4'],
    collected: { source: 'PUBLIC_SOURCE', ground: 'EVENT_OPEN_LIST', text: 'TURKU' },
    notes: ['Testikatu 4'],
    findings: [{ code: 'NAME_LOOKS_LIKE_COMPANY', column: 'nimi' }],
  })
  expect(countsOf(all.activities.map(({ kind }) => kind))).toEqual({ meeting: 281, other: 17 })
})
