import { copyFile, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fitMapping } from '../../src/intake/fit-mapping.ts'
import { readMapping } from '../../src/intake/mapping.ts'
import { openSource } from '../../src/intake/open-source.ts'
import { columnTypes, withColumnType, withDate, withLinkedTables, withPassword } from './crafted-access.ts'
import { givenFile, givenFolder, readAll, sample } from './given-file.ts'

const accdb = await readFile(sample('2016.accdb'))
const openAs = async (name: string, content: Buffer, password?: string) =>
  openSource(await givenFile(name, content), password === undefined ? {} : { password })

describe('an Access file that cannot be read is refused with one sentence', () => {
  test('it is another file under its name', async () => {
    await expect(openAs('rekisteri.accdb', Buffer.from('Nimi;Paikka\n'))).rejects.toMatchObject({
      name: 'IntakeError',
      message:
        'rekisteri.accdb is not an Access database, or it is damaged: open it in Access, or give the right file.',
    })
  })

  test('it has lost its pages', async () => {
    await expect(openAs('rekisteri.accdb', accdb.subarray(0, 9000))).rejects.toMatchObject({
      name: 'IntakeError',
      message: 'rekisteri.accdb is not a readable Access database: run Compact & Repair in Access and try again.',
    })
  })

  test('a page in the middle is broken: nothing after it is believed', async () => {
    const source = await openAs('rekisteri.accdb', withBrokenPageOf(accdb, 'etu100.suku100'))
    const reading = (async () => {
      for await (const _ of source.rows('Henkilöt', ['Sukunimi']));
    })()

    await expect(reading).rejects.toMatchObject({
      name: 'IntakeError',
      message: 'rekisteri.accdb is damaged: run Compact & Repair in Access and try again.',
    })
  })

  test.each(['Rekisteri.laccdb', 'REKISTERI.LACCDB', 'rekisteri.ldb'])(
    '%s lies beside it: Access has it open',
    async (lock) => {
      const folder = await givenFolder()
      await copyFile(sample('2016.accdb'), join(folder, 'Rekisteri.accdb'))
      await writeFile(join(folder, lock), '')

      await expect(openSource(join(folder, 'Rekisteri.accdb'))).rejects.toMatchObject({
        name: 'IntakeError',
        message: `Rekisteri.accdb is open in Access (${lock} lies beside it): close Access and try again, or import a copy of the file. If nobody has it open, delete ${lock}.`,
      })
    },
  )

  test('it is larger than 512 MB', async () => {
    const file = await givenFile('suuri.mdb', accdb.subarray(0, 4096))
    await truncate(file, 600 * 1024 * 1024)

    await expect(openSource(file)).rejects.toMatchObject({
      name: 'IntakeError',
      message:
        'suuri.mdb has 600 MB, and at most 512 MB can be read: use Compact & Repair in Access, or export its tables as CSV.',
    })
  })
})

describe('a file with a password', () => {
  const locked = withPassword(accdb, 'Kevät 2026')

  test('opens with it, and says the same as without one', async () => {
    const source = await openAs('salattu.accdb', locked, 'Kevät 2026')
    const open = await openSource(sample('2016.accdb'))

    expect(source.tables).toEqual(open.tables)
    for await (const rows of source.rows('Henkilöt', ['Sukunimi'])) {
      expect(rows[0]?.cells).toEqual(new Map([['Sukunimi', 'Hämäläinen']]))
    }
  })

  test.each([
    ['syksy', 'The password does not open salattu.accdb: check the password file.'],
    [undefined, 'salattu.accdb is protected by a password: give it with --password-file.'],
  ])('with %s it stays shut, and the sentence does not repeat it', async (password, sentence) => {
    await expect(openAs('salattu.accdb', locked, password)).rejects.toMatchObject({
      name: 'IntakeError',
      message: sentence,
    })
  })
})

describe('tables that are only links to another file', () => {
  test('are named, and the rest is read', async () => {
    const source = await openAs('etu.accdb', withLinkedTables(accdb, ['Tilaukset', 'Aktiviteetit']))

    expect(source.tables.map(({ name }) => name)).toEqual([
      'Yritykset',
      'Henkilöt',
      'Tapaamiset',
      'Tarjotut palvelut',
      'Toimeksiannot',
    ])
    expect(source.notices).toEqual([
      'Linked tables are not in this file and were not read: "Tilaukset", "Aktiviteetit". To read them, import the file they link to.',
    ])
  })

  test('are all there is: then the other file is the one to import', async () => {
    const names = (await openSource(sample('2016.accdb'))).tables.map(({ name }) => name)

    await expect(openAs('etu.accdb', withLinkedTables(accdb, names))).rejects.toMatchObject({
      name: 'IntakeError',
      message: 'etu.accdb holds no tables of its own, only links to another file: import the file they link to.',
    })
  })
})

describe.each(['complex', 'ole'] as const)('a column of type %s', (type) => {
  test('spoils nothing, cannot be asked for, and the rest of its table is read', async () => {
    const source = await openAs('liitteet.accdb', withColumnType(accdb, 'Muistiinpanot', columnTypes[type]))
    const mapping = readMapping(
      'register: koe\npersons: { table: Henkilöt, columns: { lastName: Sukunimi, notes: [Muistiinpanot] } }',
    )

    const people = source.tables.find(({ name }) => name === 'Henkilöt')
    expect(people?.columns.filter(({ complex }) => complex)).toEqual([{ name: 'Muistiinpanot', type, complex: true }])
    expect(() => fitMapping(mapping, source.tables)).toThrow(
      'persons.columns.notes.0: the column "Muistiinpanot" of "Henkilöt" holds several values, attachments or binary data, which are never read; remove it.',
    )
    for await (const rows of source.rows('Henkilöt', ['Sukunimi'])) expect(rows).toHaveLength(298)
  })
})

test.each([
  ['the hour that the spring change skips', '2019-03-31T03:30:00', '2019-03-31T01:30:00.000Z'],
  ['the hour that comes twice in autumn', '2019-10-27T03:30:00', '2019-10-27T00:30:00.000Z'],
  ['no day at all', '1899-12-30T09:00:00', undefined],
])('a date is the clock on a wall in Helsinki: %s', async (_, wall, utc) => {
  const all = await readAll(await givenFile('x.accdb', withDate(accdb, '2019-03-31T09:00:00', wall)))

  expect(all.persons.find(({ key }) => key === '30')?.addedAt?.toISOString()).toBe(utc)
})

test('a file is known by its bytes and its format', async () => {
  const [old, recent] = await Promise.all([openSource(sample('2003.mdb')), openSource(sample('2016.accdb'))])

  expect([old.format, old.sha256, recent.format, recent.sha256]).toEqual([
    'mdb',
    '0e66698fc2e32ef6051d8a588fbcc8014b0738de400d86274ba9afc2974b2f2c',
    'accdb',
    'd0303e51148f67f8ade28cd7fa703eee94bc64f87aad16a3b1a2aac2c53c79bd',
  ])
})

/** The page that holds a text no longer says that it is a page of data. */
function withBrokenPageOf(database: Buffer, text: string): Buffer {
  const broken = Buffer.from(database)
  const at = broken.indexOf(Buffer.from(text, 'utf16le'))
  broken[at - (at % 4096)] = 9
  return broken
}
