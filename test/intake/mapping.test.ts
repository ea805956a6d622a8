import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { columnMeanings, mappingOfChoices, suggestedChoices, tableRoles } from '../../src/intake/column-choices.ts'
import { findMapping } from '../../src/intake/find-mapping.ts'
import { fitMapping, tryFit } from '../../src/intake/fit-mapping.ts'
import { IntakeError } from '../../src/intake/intake-error.ts'
import { readMapping } from '../../src/intake/mapping.ts'
import { openSource } from '../../src/intake/open-source.ts'
import { proposeMapping } from '../../src/intake/propose-mapping.ts'
import type { Table } from '../../src/intake/source.ts'
import { givenFile, sample } from './given-file.ts'

/** What the user is told, line by line. */
function complaint(act: () => unknown): string[] {
  try {
    act()
  } catch (error) {
    if (error instanceof IntakeError) return error.message.split('\n')
    throw error
  }
  return []
}

const people = 'persons:\n  columns: { lastName: Sukunimi }\n'

describe('a mapping with a mistake is refused, with the place and the fix', () => {
  test.each<[string, string, string]>([
    ['no register', people, 'register: it is missing; add it.'],
    ['no persons', 'register: koe', 'persons: it is missing; add it.'],
    ['an empty file', '', 'the whole file: "null" does not belong here; write lines under it, each "key: value".'],
    [
      'a list',
      '- register: koe',
      'the whole file: a list does not belong here; write lines under it, each "key: value".',
    ],
    [
      'a register name that will not do',
      `register: "a/b"\n${people}`,
      'register: use letters, digits, spaces, dots and hyphens, at most 64.',
    ],
    [
      'a key nobody knows, nearly right',
      'register: koe\npersons:\n  columns: { lastname: Sukunimi, emial: S }\n',
      'persons.columns.lastname: there is no such key here; write lastName, or remove it.',
    ],
    [
      'a key nobody knows at all',
      `register: koe\n${people}  marketing: true\n`,
      'persons.marketing: there is no such key here; remove it, or write one of table, key, registerColumn, organisationKey, organisationRegisterColumn, columns, relation, tags, permission.',
    ],
    [
      'a key in an activity',
      `register: koe\n${people}activities:\n  - { table: T, kind: meeting, personKey: P, column: { at: A } }\n`,
      'activities.0.column: there is no such key here; write columns, or remove it.',
    ],
    [
      'a number for a column',
      'register: koe\npersons:\n  columns: { email: 5 }\n',
      'persons.columns.email: write the name of a column, in quotes if it is a number.',
    ],
    [
      'an empty column',
      'register: koe\npersons:\n  columns: { email: "" }\n',
      'persons.columns.email: write the name of a column, or leave the line out.',
    ],
    [
      'one note column not in a list',
      'register: koe\npersons:\n  columns: { email: S, notes: Muistio }\n',
      'persons.columns.notes: write a list, such as [Muistiinpanot].',
    ],
    [
      'nobody can be known by a phone',
      'register: koe\npersons:\n  columns: { phone: P }\n',
      'persons.columns: name at least one of firstName, lastName, fullName, email.',
    ],
    [
      'two ways to say a name',
      'register: koe\npersons:\n  columns: { fullName: N, lastName: S }\n',
      'persons.columns: give either fullName or firstName and lastName, not both.',
    ],
    [
      'an unknown relation',
      `register: koe\n${people}  relation: ystävä\n`,
      'persons.relation: "ystävä" is not known; write one of customer, prospect, stakeholder.',
    ],
    [
      'an unknown relation among values',
      `register: koe\n${people}  relation: { column: R, values: { a: ystävä } }\n`,
      'persons.relation.values.a: "ystävä" is not known; write one of customer, prospect, stakeholder.',
    ],
    [
      'a status column and ticks at once',
      `register: koe\n${people}  permission: { permitted: L, status: { column: S, permission: [a], prohibition: [b] } }\n`,
      'persons.permission: give either a status column or yes/no columns (permitted, prohibited), not both.',
    ],
    [
      'a permission date without a permission',
      `register: koe\n${people}  permission: { at: P }\n`,
      'persons.permission: name a column: permitted, prohibited or status; leave permission out where the file says nothing.',
    ],
    [
      'a word that permits and prohibits',
      `register: koe\n${people}  permission: { status: { column: S, permission: [a, Ei], prohibition: [ei] } }\n`,
      'persons.permission.status: a word stands under both permission and prohibition; leave it under prohibition only.',
    ],
    [
      'an unknown source',
      `register: koe\n${people}sources: { column: L, values: { lista: { source: BOUGHT_LIST } } }\n`,
      'sources.values.lista.source: "BOUGHT_LIST" is not known; write one of CRM_WEB_FORM, E_REGISTRATION_FORM, E_ORDER_FORM, E_SIGNUP_FORM, MEDIA, PUBLIC_SOURCE, SOCIAL_MEDIA, OTHER.',
    ],
    [
      'a source without its group',
      `register: koe\n${people}sources: { column: L, values: { lista: MEDIA } }\n`,
      'sources.values.lista: "MEDIA" does not belong here; write lines under it, each "key: value".',
    ],
    [
      'an activity of nobody',
      `register: koe\n${people}activities:\n  - { table: T, kind: meeting }\n`,
      'activities.0: name the column that says whose activity it is: personKey or organisationKey.',
    ],
    [
      'an unknown kind of activity',
      `register: koe\n${people}activities:\n  - { table: T, kind: party, personKey: P }\n`,
      'activities.0.kind: "party" is not known; write one of meeting, offered-service, assignment, order-book, order-audiobook, order-eguide, other.',
    ],
    [
      'an activity without a kind',
      `register: koe\n${people}activities:\n  - { table: T, personKey: P }\n`,
      'activities.0.kind: it is missing; add it.',
    ],
  ])('%s', (_, yaml, sentence) => {
    const [title, ...problems] = complaint(() => readMapping(yaml, 'kartta.yaml'))

    expect(title).toBe('kartta.yaml cannot be used.')
    expect(problems).toContain(sentence)
  })

  test('every mistake is told at once', () => {
    expect(complaint(() => readMapping('register: 5\npersons: { columns: { email: 1, mail: S } }'))).toEqual([
      'The mapping cannot be used.',
      'register: give the register a short name of its own, such as asiakasrekisteri.',
      'persons.columns.email: write the name of a column, in quotes if it is a number.',
      'persons.columns.mail: there is no such key here; write email, or remove it.',
    ])
  })

  test.each([
    ['register: koe\n  persons:\n x', 2],
    ['register: koe\nregister: toinen\n', 2],
    ['register: "koe\n', 1],
  ])('broken YAML is told by its line: %j', (yaml, line) => {
    const [sentence = ''] = complaint(() => readMapping(yaml, 'kartta.yaml'))

    expect(sentence).toMatch(
      /^kartta\.yaml is not valid YAML at line \d: check indentation, quotes and repeated keys there\.$/,
    )
    expect(Math.abs(Number(/line (\d)/.exec(sentence)?.[1]) - line)).toBeLessThanOrEqual(1)
  })
})

const tables: Table[] = [
  {
    name: 'Asiakkaat',
    columns: [
      { name: 'Sukunimi', type: 'text', complex: false },
      { name: 'Sähköposti', type: 'text', complex: false },
      { name: 'Liitteet', type: 'complex', complex: true },
    ],
  },
  { name: 'Käynnit', columns: [{ name: 'Asiakas', type: 'long', complex: false }] },
]

describe('a mapping that does not fit the file is refused, with the place and the fix', () => {
  test.each([
    [
      'no table named, of several',
      'persons: { columns: { lastName: Sukunimi } }',
      'persons.table: the file has 2 tables; name one of "Asiakkaat", "Käynnit".',
    ],
    [
      'a table nearly right',
      'persons: { table: Asiakkat, columns: { lastName: Sukunimi } }',
      'persons.table: the file has no table "Asiakkat"; did you mean "Asiakkaat"?',
    ],
    [
      'a table that is not there',
      'persons: { table: Customers, columns: { lastName: Sukunimi } }',
      'persons.table: the file has no table "Customers"; it has "Asiakkaat", "Käynnit".',
    ],
    [
      'a column nearly right',
      'persons: { table: Asiakkaat, columns: { lastName: Sukunimi, email: Sahkoposti } }',
      'persons.columns.email: the table "Asiakkaat" has no column "Sahkoposti"; did you mean "Sähköposti"?',
    ],
    [
      'a prohibition column that is not there',
      'persons: { table: Asiakkaat, columns: { lastName: Sukunimi }, permission: { prohibited: Kielto } }',
      'persons.permission.prohibited: the table "Asiakkaat" has no column "Kielto"; it has "Sukunimi", "Sähköposti", "Liitteet".',
    ],
    [
      'attachments asked for',
      'persons: { table: Asiakkaat, columns: { lastName: Sukunimi, notes: [Liitteet] } }',
      'persons.columns.notes.0: the column "Liitteet" of "Asiakkaat" holds several values, attachments or binary data, which are never read; remove it.',
    ],
    [
      'the key of an activity',
      'persons: { table: Asiakkaat, columns: { lastName: Sukunimi } }\nactivities: [{ table: käynnit, kind: meeting, personKey: Asiakas, columns: { at: Aika } }]',
      'activities.0.columns.at: the table "Käynnit" has no column "Aika"; it has "Asiakas".',
    ],
    [
      'the source column',
      'persons: { table: Asiakkaat, columns: { lastName: Sukunimi } }\nsources: { column: Lähde }',
      'sources.column: the table "Asiakkaat" has no column "Lähde"; it has "Sukunimi", "Sähköposti", "Liitteet".',
    ],
  ])('%s', (_, yaml, sentence) => {
    const mapping = readMapping(`register: koe\n${yaml}`)

    expect(complaint(() => fitMapping(mapping, tables))).toEqual(['The mapping does not fit this file.', sentence])
  })

  test('only a column that is declared optional may be missing', () => {
    const mapping = readMapping(
      'register: koe\noptionalColumns: [Puhelin]\npersons: { table: Asiakkaat, columns: { lastName: sukunimi, phone: Puhelin } }',
    )

    expect(fitMapping(mapping, tables).persons.columns).toEqual(new Map([['sukunimi', 'Sukunimi']]))
  })
})

describe('a mapping need not be written where one can be found', () => {
  test.each([sample('2003.mdb'), sample('2016.accdb')])('%s brings its own', async (file) => {
    const { tables: found } = await openSource(file)

    expect(findMapping(found)?.register).toBe('asiakasrekisteri')
  })

  test('a file that nothing fits gets none, and a draft instead', async () => {
    const { tables: found } = await openSource(
      await givenFile('asiakkaat.csv', 'Asiakasnro;Nimi;S-posti;Yritys;Y-tunnus;Markkinointilupa;Lähde\n'),
    )

    const draft = proposeMapping(found)

    expect(findMapping(found)).toBeUndefined()
    expect(readMapping(draft)).toMatchObject({
      organisations: { columns: { name: 'Yritys', businessId: 'Y-tunnus' } },
      persons: {
        table: 'asiakkaat',
        columns: { fullName: 'Nimi', email: 'S-posti' },
        permission: { permitted: 'Markkinointilupa', source: 'Lähde' },
      },
      sources: { column: 'Lähde' },
    })
    expect(() => fitMapping(readMapping(draft), found)).not.toThrow()
  })

  test('the draft for the sample register says what the bundled mapping says, but for codes and words', async () => {
    const { tables: found } = await openSource(sample('2016.accdb'))
    const bundled = findMapping(found)

    const draft = readMapping(proposeMapping(found))

    const { sources: _, activities, ...mapping } = draft
    expect(mapping).toEqual({ ...mapping, ...bundled, sources: undefined, activities: undefined })
    expect(activities.map(({ table, kind }) => `${table}: ${kind}`)).toEqual([
      'Tapaamiset: meeting',
      'Tarjotut palvelut: offered-service',
      'Toimeksiannot: assignment',
      'Tilaukset: order-book',
      'Aktiviteetit: other',
    ])
  })

  test('what a form suggests and leaves as it is makes the mapping that the draft says', async () => {
    const flat = 'Asiakasnro;Nimi;S-posti;Yritys;Y-tunnus;Markkinointilupa;Lähde;Huomautus\n'
    for (const file of [sample('2016.accdb'), await givenFile('asiakkaat.csv', flat)]) {
      const { tables: found } = await openSource(file)

      const made = mappingOfChoices(suggestedChoices(found))

      expect('yaml' in made && readMapping(made.yaml)).toEqual(readMapping(proposeMapping(found)))
    }
  })

  test('choices that make no mapping are refused with what is wrong, and nothing else gets past', () => {
    const table = (name: string, ...columns: string[]) => ({
      name,
      columns: columns.map((column) => ({ name: column, type: 'text', complex: false })),
    })
    const tables = [table('A', 'a', 'b', 'c'), table('B', 'a', 'b')]
    const meanings = Object.values(columnMeanings).flat()
    const meant = (columns: string[]) =>
      fc.record(Object.fromEntries(columns.map((name) => [name, fc.constantFrom(...meanings)])))
    const words = fc.array(fc.constantFrom('kyllä', 'ei', 'EI'), { maxLength: 2 })
    const anything = fc.record({
      register: fc.constantFrom('rekisteri', 'väki', 'a/b'),
      relation: fc.constant('customer' as const),
      roles: fc.record({
        A: fc.constantFrom('people' as const, 'people' as const, 'organisations' as const, 'none' as const),
        B: fc.constantFrom(...tableRoles),
      }),
      columns: fc.record({
        A: fc
          .tuple(meant(['b', 'c']), fc.constantFrom('lastName', 'email', 'phone'))
          .map(([two, a]) => ({ ...two, a })),
        B: meant(['a', 'b']),
      }),
      words: fc.record({ permission: words, prohibition: words }),
      sources: fc.dictionary(fc.constantFrom('some', 'messut'), fc.constantFrom('SOCIAL_ENGAGEMENT', 'MEDIA', '', 'x')),
    })

    let good = 0
    fc.assert(
      fc.property(anything, (choices) => {
        const made = mappingOfChoices(choices)
        if ('problems' in made) return made.problems.length > 0
        good += 1
        return !Array.isArray(tryFit(readMapping(made.yaml), tables))
      }),
      { numRuns: 3000 },
    )
    expect(good).toBeGreaterThan(20)
  })

  test('a file without people gets a draft to fill in, which says what the file holds', () => {
    const draft = proposeMapping([{ name: 'T', columns: [{ name: 'a', type: 'text', complex: false }] }])

    expect(draft).toContain('# T: a')
    expect(complaint(() => readMapping(draft))).toContain(
      'persons.table: write the name of a table, or leave the line out if the file has only one.',
    )
  })
})
