// An import can be taken back while nothing depends on it, and taking it back never allows what was forbidden.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { NotAllowed } from '../../src/domain/errors.ts'
import { undoImport } from '../../src/register/import-undo.ts'
import { permit } from '../../src/register/permissions.ts'
import { accdb, emptyRegister, now, peopleOf, rowCounts, type TestRegister } from '../support/register.ts'

let register: TestRegister
beforeEach(async () => {
  register = await emptyRegister()
})
afterEach(() => register.close())

const by = { actor: 'operator', at: now }
const mapping = `
register: koe
persons:
  key: id
  columns: { lastName: nimi, email: sposti, notes: [muistio] }
  permission: { permitted: lupa, prohibited: kielto, at: pvm, source: lähde }
sources: { column: lähde }
`
const head = 'id;nimi;sposti;lupa;kielto;pvm;lähde;muistio'

test('what an import added is gone after it is undone, and comes back with the next one', async () => {
  const empty = await rowCounts(register.db)
  const first = await register.importFile(accdb)
  const people = await peopleOf(register.db)

  const undone = await undoImport(register.db, first.import ?? '', by)
  const after = await rowCounts(register.db)
  const again = await register.importFile(accdb)

  expect(undone).toMatchObject({
    people: { removed: 298, restored: 0 },
    organisations: { removed: 40, restored: 0 },
    activities: { removed: 300, restored: 0 },
    permissionsTakenBack: 0,
  })
  // Suppressed addresses, the outside ledger and the audit trail are never taken back.
  const kept = { import: 1, suppression: after['suppression'], ledger_outbox: 28, audit: after['audit'] }
  expect(after).toEqual({ ...empty, ...kept })
  expect(after['suppression']).toBeGreaterThan(20)
  expect(again.people).toMatchObject({ added: 298 })
  expect(await peopleOf(register.db)).toEqual(people)
})

test('what an import changed is as it was, but its prohibitions stay and its permissions are taken back', async () => {
  await register.importCsv(
    [head, '1;Aho;a@firma.example;;;;;', '2;Bo;b@firma.example;;;;;', '3;Celik;c@firma.example;;;;;'],
    { mapping },
  )
  const before = await peopleOf(register.db)
  const rows = [
    '1;Muu;muu@firma.example;;;;;uusi',
    '2;Bo;b@firma.example;;x;2020-01-01;;',
    '3;Celik;c@firma.example;x;;2020-01-01;media;',
  ]
  const second = await register.importCsv([head, ...rows], { mapping })
  const meanwhile = (await peopleOf(register.db)).map(({ permission }) => permission)

  const undone = await undoImport(register.db, (second.import ?? '').slice(0, 8), by)

  expect(second.people).toMatchObject({ updated: 3 })
  expect(meanwhile).toEqual(['unknown', 'prohibition', 'permission'])
  expect(undone).toMatchObject({ people: { removed: 0, restored: 3 }, permissionsTakenBack: 1 })
  const prohibition = { permission: 'prohibition', permission_at: new Date('2019-12-31T22:00:00Z') }
  expect(await peopleOf(register.db)).toEqual([before[0], { ...before[1], ...prohibition }, before[2]])
  expect(await register.db.note.count()).toBe(0)
})

test('an import that something depends on stays, and the refusal says what and how much', async () => {
  const first = await register.importCsv(
    [head, '1;Aho;a@firma.example;x;;2020-01-01;media;', '2;Bo;b@firma.example;;;;;'],
    { mapping },
  )
  const [person] = await register.db.person.findMany()
  const said = {
    personId: person?.id ?? '',
    at: now,
    channel: 'mail',
    actor: 'operator',
    source: 'mail',
    wording: null,
  } as const
  await permit(register.db, { ...said, evidence: 'message', onceKey: 'one' })
  await register.importCsv([head, '2;Muu;b@firma.example;;;;;'], { mapping })

  const attempt = undoImport(register.db, first.import ?? '', by)

  await expect(attempt).rejects.toThrow(NotAllowed)
  await expect(undoImport(register.db, first.import ?? '', by)).rejects.toThrow(
    /1 later permissions and prohibitions, 1 rows that a later import changed depend on it/,
  )
  expect(await register.db.person.count()).toBe(2)
})

test('an import is undone once', async () => {
  const first = await register.importCsv([head, '1;Aho;a@firma.example;;;;;'], { mapping })
  await undoImport(register.db, first.import ?? '', by)

  await expect(undoImport(register.db, first.import ?? '', by)).rejects.toThrow('undone already')
})
