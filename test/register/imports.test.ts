// The sample of a customer file becomes a register: everyone once, nobody lost, every trap left out.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { draftCampaign } from '../../src/register/campaigns.ts'
import { sql } from '../../src/register/database.ts'
import { readNotes } from '../../src/register/notes.ts'
import { listReviews } from '../../src/register/reviews.ts'
import { previewSelection } from '../../src/register/selection.ts'
import {
  accdb,
  emptyRegister,
  mdb,
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

const none = { added: 0, updated: 0, unchanged: 0, suppressed: 0, rejected: 0 }

test('the sample register comes in whole: 298 people, 40 organisations, 300 activities', async () => {
  const result = await register.importFile(accdb)

  expect({ ...result, import: null }).toEqual({
    format: 'accdb',
    people: { ...none, read: 298, added: 298 },
    organisations: { ...none, read: 40, added: 40 },
    activities: { ...none, read: 300, added: 300 },
    notes: 60,
    permission: { permission: 180, prohibition: 28, unknown: 90 },
    review: 34,
    droppedColumns: [],
    dryRun: false,
    import: null,
    rejectedRows: [],
  })
  const kinds = await register.db.$queryRaw<{ table: string; rows: bigint }[]>(
    sql`select source_table as table, count(*) as rows from activity group by 1`,
  )
  expect(Object.fromEntries(kinds.map((kind) => [kind.table, Number(kind.rows)]))).toEqual({
    Tapaamiset: 75,
    'Tarjotut palvelut': 50,
    Toimeksiannot: 33,
    Tilaukset: 100,
    Aktiviteetit: 42,
  })
})

test('both bundled formats give the same people, organisations and permissions, in either order', async () => {
  const other = await emptyRegister()
  await register.importFile(accdb)
  await other.importFile(mdb)
  const [fromNew, fromOld] = [await peopleOf(register.db), await peopleOf(other.db)]

  const second = await register.importFile(mdb)
  const secondInOther = await other.importFile(accdb)

  expect(fromNew).toHaveLength(298)
  expect(fromOld).toEqual(fromNew)
  expect(await organisationsOf(other.db)).toEqual(await organisationsOf(register.db))
  for (const { people } of [second, secondInOther]) expect(people).toEqual({ ...none, read: 298, unchanged: 298 })
  expect(await peopleOf(register.db)).toEqual(fromNew)
  expect(await peopleOf(other.db)).toEqual(fromNew)
  await other.close()
})

test('a second import of the same file changes nothing and asks nothing again', async () => {
  await register.importFile(accdb)
  const [before, people] = [await rowCounts(register.db), await peopleOf(register.db)]

  const again = await register.importFile(accdb, { at: new Date(now.getTime() + 86_400_000) })

  expect(again).toMatchObject({
    people: { ...none, read: 298, unchanged: 298 },
    organisations: { ...none, read: 40, unchanged: 40 },
    activities: { ...none, read: 300, unchanged: 300 },
    review: 0,
  })
  expect(await rowCounts(register.db)).toEqual({ ...before, import: 2, audit: (before['audit'] ?? 0) + 1 })
  expect(await peopleOf(register.db)).toEqual(people)
})

test('every trap of the sample is left out for the right reason', async () => {
  await register.importFile(accdb)
  const campaign = await draftCampaign(register.db, everyone, 'operator', now)

  const preview = await previewSelection(register.db, campaign, now)
  const reasons = await reasonsOf(register.db)

  expect(preview).toEqual({
    people: 298,
    selected: 166,
    excluded: {
      NO_PERMISSION: 87,
      PROHIBITED: 28,
      UNDER_REVIEW: 10,
      ROLE_ADDRESS: 2,
      NO_WORK_EMAIL: 2,
      INVALID_ADDRESS: 2,
      PRIVATE_ADDRESS: 1,
    },
  })
  const traps = Object.fromEntries(
    [7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25].map((key) => [
      key,
      reasons[key] ?? 'selected',
    ]),
  )
  expect(traps).toEqual({
    7: 'selected',
    8: 'selected',
    9: 'NO_PERMISSION',
    10: 'NO_WORK_EMAIL',
    12: 'ROLE_ADDRESS',
    13: 'ROLE_ADDRESS',
    14: 'PRIVATE_ADDRESS',
    15: 'INVALID_ADDRESS',
    16: 'UNDER_REVIEW',
    17: 'selected',
    18: 'NO_WORK_EMAIL',
    19: 'PROHIBITED',
    20: 'selected',
    21: 'NO_PERMISSION',
    22: 'PROHIBITED',
    23: 'INVALID_ADDRESS',
    24: 'NO_PERMISSION',
    25: 'selected',
  })
  expect(reasons['290']).toBeUndefined()
})

const everyone = {
  name: 'kirje',
  subject: 'Vinkit',
  fromName: 'Firma',
  fromEmail: 'kirje@firma.example',
  tool: 'mailchimp',
  language: 'fi',
  contentKind: 'html',
  contentRef: null,
  html: '<p></p>',
  askedRelations: [],
  askedTags: [],
  sendAt: null,
  settleSeconds: 0,
} as const satisfies Parameters<typeof draftCampaign>[1]

test('a doubtful address is withheld, and its cell waits for review; a national id is never repeated', async () => {
  await register.importFile(accdb)

  const items = await listReviews(register.db)
  const shown = items
    .filter(({ code }) => !code.startsWith('PERMISSION'))
    .map(({ code, place, detail }) => [code, place, detail])
  const withheld = (await peopleOf(register.db)).filter((person) => person['email_doubtful'])

  expect(shown).toEqual([
    ['DOUBTFUL_ADDRESS', 'Sähköposti', 'e15@esimerkki15.example; e15b@esimerkki15.example'],
    ['NATIONAL_ID', 'Muistiinpanot', null],
    ['DOUBTFUL_ADDRESS', 'Sähköposti', 'zw\u200b23@esimerkki23.example'],
    ['VERY_LONG_TEXT', 'Muistiinpanot', null],
    ['HEALTH_WORDS', 'Muistiinpanot', null],
  ])
  expect(withheld.map(({ key, email }) => [key, email])).toEqual([
    ['15', null],
    ['23', null],
  ])
})

test('notes are sealed: the database holds none of their words, and the key ring opens them', async () => {
  await register.importFile(accdb)

  const person = await register.db.person.findFirstOrThrow({ where: { key: '5' } })
  const [stored] = await register.db.note.findMany({ where: { personId: person.id } })
  const [note] = await readNotes(register.db, register.keys, person.id, { actor: 'operator', at: now })

  expect(note?.text).toBe('Kiinnostunut johtamisvalmennuksesta.')
  expect(Buffer.from(stored?.sealed ?? []).toString('latin1')).not.toContain('Kiinnostunut')
  expect(await register.db.audit.count({ where: { action: 'notes-read', subject: person.id } })).toBe(1)
})

test('a dry run counts exactly what the import then does, and writes nothing', async () => {
  const before = await rowCounts(register.db)

  const dry = await register.importFile(accdb, { dryRun: true })
  const after = await rowCounts(register.db)
  const wet = await register.importFile(accdb)

  expect(after).toEqual(before)
  expect(dry).toEqual({ ...wet, dryRun: true, import: null })
})
