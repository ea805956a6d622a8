import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { holdsNationalId, sensitiveIn } from '../../src/intake/sensitive-text.ts'
import { readPeople } from './given-file.ts'

const header = 'Nro;Etu;Suku;Posti;Lupa;Kielto;Pvm;Lähde;Muistio'
const columns = '{ firstName: Etu, lastName: Suku, email: Posti, notes: [Muistio] }\n  key: Nro'
const ticks = '  permission: { permitted: Lupa, prohibited: Kielto, at: Pvm, source: Lähde }\n'

/** One person, from a row in the order of the header. */
async function person(row: string) {
  const { persons, rejected } = await readPeople(`${header}\n${row}\n`, columns, ticks)
  return persons[0] ?? rejected[0]
}

describe('a row with anything odd in it is a person all the same, and a human is asked', () => {
  test.each<[string, string, object[]]>([
    ['nothing odd', '1;Åke;af Ståhl;a@firma.example;kyllä;ei;1.2.2024;lomake;', []],
    [
      'permission and prohibition',
      '1;Å;M;a@firma.example;x;x;1.2.2024;lomake;',
      [{ code: 'PERMISSION_AND_PROHIBITION', column: 'Kielto' }],
    ],
    [
      'a permission without source and date',
      '1;Å;M;a@firma.example;1;0;;;',
      [
        { code: 'PERMISSION_WITHOUT_SOURCE', column: 'Lähde' },
        { code: 'PERMISSION_WITHOUT_DATE', column: 'Pvm' },
      ],
    ],
    [
      'a permission from the future',
      '1;Å;M;a@firma.example;-1;;23.11.2026;lomake;',
      [{ code: 'PERMISSION_DATE_IN_FUTURE', column: 'Pvm' }],
    ],
    [
      'a date that is none',
      '1;Å;M;a@firma.example;true;;kevät;lomake;',
      [
        { code: 'DATE_UNREADABLE', column: 'Pvm' },
        { code: 'PERMISSION_WITHOUT_DATE', column: 'Pvm' },
      ],
    ],
    ['no name', '1;;;a@firma.example;;;;;', [{ code: 'NAME_MISSING', column: 'Etu' }]],
    [
      'no name and a doubtful address',
      '1;;;kysy Liisalta;;;;;',
      [
        { code: 'NAME_MISSING', column: 'Etu' },
        { code: 'DOUBTFUL_ADDRESS', column: 'Posti', because: 'NOT_AN_ADDRESS' },
      ],
    ],
    [
      'a company for a person',
      '1;;Firma Oy;a@firma.example;;;;;',
      [{ code: 'NAME_LOOKS_LIKE_COMPANY', column: 'Suku' }],
    ],
    [
      'invisible characters in a name',
      '1;Mat\u200bti;Mä\u00adki;a@firma.example;;;;;',
      [
        { code: 'FORBIDDEN_CHARACTERS_IN_NAME', column: 'Etu' },
        { code: 'FORBIDDEN_CHARACTERS_IN_NAME', column: 'Suku' },
      ],
    ],
    ['a national id in a note', '1;Å;M;;;;;;hetu 131052-308T', [{ code: 'NATIONAL_ID', column: 'Muistio' }]],
    ['health in a note', '1;Å;M;;;;;;Oli sairaslomalla', [{ code: 'HEALTH_WORDS', column: 'Muistio' }]],
    ['a note without end', `1;Å;M;;;;;;${'x'.repeat(10_001)}`, [{ code: 'VERY_LONG_TEXT', column: 'Muistio' }]],
    ['a name without end', `1;Å;${'M'.repeat(256)};;;;;;`, [{ code: 'VERY_LONG_TEXT', column: 'Suku' }]],
  ])('%s', async (_, row, findings) => {
    expect(await person(row)).toMatchObject({ key: '1', findings })
  })
})

describe('permission is only what the file clearly says', () => {
  test.each([
    ['kyllä;ei', true, false, []],
    ['KYLLÄ;', true, false, []],
    ['ehkä;', false, false, [{ code: 'PERMISSION_UNREADABLE', column: 'Lupa' }]],
    ['kielto;', false, false, [{ code: 'PERMISSION_UNREADABLE', column: 'Lupa' }]],
    // What stands in a prohibition column and is no clear "no" forbids.
    [';soitti, ei halua', false, true, [{ code: 'PERMISSION_UNREADABLE', column: 'Kielto' }]],
    [';-1', false, true, []],
    [';', false, false, []],
  ])('%j', async (ticked, permitted, prohibited, findings) => {
    expect(await person(`1;Å;M;a@firma.example;${ticked};1.2.2024;lomake;`)).toMatchObject({
      permission: { permitted, prohibited, at: new Date('2024-01-31T22:00:00Z'), source: 'lomake' },
      findings,
    })
  })

  test.each([
    ['Kyllä', true, false, []],
    ['EI', false, true, []],
    ['?', false, false, []],
    ['', false, false, []],
    ['ehkä', false, false, [{ code: 'PERMISSION_UNREADABLE', column: 'Lupa' }]],
  ])('one column with words: %j', async (word, permitted, prohibited, findings) => {
    const status =
      '  permission: { status: { column: Lupa, permission: [kyllä], prohibition: [ei], unknown: ["?"] } }\n'

    const { persons } = await readPeople(`Suku;Lupa\nM;${word}\n`, '{ lastName: Suku }', status)

    const noted = permitted ? ['PERMISSION_WITHOUT_SOURCE', 'PERMISSION_WITHOUT_DATE'] : []
    expect(persons).toMatchObject([
      {
        permission: { permitted, prohibited },
        findings: [...findings, ...noted.map((code) => ({ code, column: null }))],
      },
    ])
  })
})

describe('a name is read as people write it', () => {
  test.each([
    ['Matti Virtanen', 'Matti', 'Virtanen'],
    ['Virtanen, Matti', 'Matti', 'Virtanen'],
    ['Anna-Liisa von Öhman', 'Anna-Liisa', 'von Öhman'],
    ['Åke af Ståhl', 'Åke', 'af Ståhl'],
    ['Virtanen', null, 'Virtanen'],
    ['  Matti   Juhani  Virtanen ', 'Matti Juhani', 'Virtanen'],
    ['Va\u0308ino\u0308 O\u0308rn', 'Väinö', 'Örn'],
  ])('%s', async (name, firstName, lastName) => {
    const { persons } = await readPeople(`Nimi;x\n"${name}";\n`, '{ fullName: Nimi }')

    expect(persons).toMatchObject([{ firstName, lastName, findings: [] }])
  })
})

describe('a row without a key gets one that says nothing of the person', () => {
  const flat = 'Suku;Posti;Yritys\n'
  const mapping = '{ lastName: Suku, email: Posti }\norganisations: { columns: { name: Yritys } }'

  test('the same at every import, whatever the case and wherever the row stands', async () => {
    const first = await readPeople(`${flat}Virtanen;a@firma.example;Firma\nMäki;b@firma.example;Firma\n`, mapping)
    const again = await readPeople(`${flat}MÄKI;B@firma.example;FIRMA\nVirtanen;A@FIRMA.example;Firma\n`, mapping)

    const keys = first.persons.map(({ key }) => key)
    expect(again.persons.map(({ key }) => key)).toEqual(keys.toReversed())
    expect(new Set(keys).size).toBe(2)
    expect(keys.join()).toMatch(/^row:[0-9a-f]{16},row:[0-9a-f]{16}$/)
    expect(first.persons.map(({ organisationKey }) => organisationKey)).toEqual(
      Array(2).fill(first.organisations[0]?.key),
    )
    expect(first.organisations).toHaveLength(1)
  })

  test('the same row twice is one person', async () => {
    const { persons, rejected } = await readPeople(`${flat}Mäki;b@firma.example;F\nMäki;b@firma.example;F\n`, mapping)

    expect([persons.length, rejected]).toEqual([
      1,
      [{ table: 'ihmiset', row: 3, because: 'its key stands in an earlier row' }],
    ])
  })
})

test('an activity of nobody is rejected, and one with an odd number or text is not', async () => {
  const { activities, rejected } = await readPeople(
    'Suku;Nro;Hinta;Teksti\nMäki;7;1 250,50 €;Hetu 131052-308T\nMäki;;1;x\nOja;8;paljon;x\n',
    '{ lastName: Suku }',
    'activities: [{ table: ihmiset, kind: offered-service, personKey: Nro, columns: { price: Hinta, text: Teksti } }]',
  )

  expect(activities.map(({ personKey, price, findings }) => [personKey, price, findings])).toEqual([
    ['7', '1250.50', [{ code: 'NATIONAL_ID', column: 'Teksti' }]],
    ['8', null, [{ code: 'NUMBER_UNREADABLE', column: 'Hinta' }]],
  ])
  expect(rejected).toContainEqual({
    table: 'ihmiset',
    row: 3,
    because: 'it belongs to nobody: it names no person and no organisation',
  })
})

describe('a national id is known by its check character', () => {
  test.each(['131052-308T', 'hetu:131052-308t.', '010594Y9032', '131052–308T'])('%s is one', (text) => {
    expect(holdsNationalId(text)).toBe(true)
  })

  test.each(['131052-308U', '999952-308T', '040-1000005', '1000003-3', 'x131052-308T', '131052-308TT', '2024-05-15'])(
    '%s is none',
    (text) => {
      expect(holdsNationalId(text)).toBe(false)
    },
  )

  test('whatever surrounds it, it is found; what is found never repeats it', () => {
    const between = fc.string({ unit: 'grapheme' }).map((text) => ` ${text} `)
    fc.assert(
      fc.property(between, between, (before, after) => {
        expect(sensitiveIn(`${before}131052-308T${after}`, 10_000)).toContain('NATIONAL_ID')
        expect(sensitiveIn(`${before}131052-308T${after}`, 10_000).join()).not.toContain('131052')
      }),
    )
  })
})

test.each([
  'Sairauslomalla kesään',
  'Toipuu selkäleikkauksesta',
  'DIAGNOOSI tuli keväällä',
  'kertoi masennuksestaan',
  'työuupumusta ja burn-outia',
  'on raskaana',
  'Sjukskriven till maj',
  'back after cancer treatment',
])('health is found however it is inflected or written: %j', (text) => {
  expect(sensitiveIn(text, 10_000)).toEqual(['HEALTH_WORDS'])
})

test('a text that is too long to be a title is found, and so is all that is in it', () => {
  const long = `${'Sovittu. '.repeat(30)}Hetu 131052-308T, sairauslomalla.`

  expect(sensitiveIn(long, 255)).toEqual(['NATIONAL_ID', 'HEALTH_WORDS', 'VERY_LONG_TEXT'])
})

test.each(['Kustannusleikkaukset sovittu', 'Budjettileikkaus', 'Sovittiin jatkosta.'])(
  'ordinary business is not health: %j',
  (text) => {
    expect(sensitiveIn(text, 10_000)).toEqual([])
  },
)
