// What waits for review is settled by a person, and settling never turns a no into a yes.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BadInput, NotAllowed } from '../../src/domain/errors.ts'
import { readEmailCell } from '../../src/intake/email-cell.ts'
import { listReviews, resolveReview } from '../../src/register/reviews.ts'
import { emptyRegister, now, reasonsOf, type TestRegister } from '../support/register.ts'

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
  columns: { lastName: nimi, email: sposti }
  permission: { permitted: lupa, prohibited: kielto, at: pvm, source: lähde }
`
const head = 'id;nimi;sposti;lupa;kielto;pvm;lähde'
const itemOf = async (code: string) => (await listReviews(register.db)).find((item) => item.code === code)?.id ?? ''
const settle = (id: string, resolution: Parameters<typeof resolveReview>[3]) =>
  resolveReview(register.db, register.keys, id, resolution, by)

test('a permission under review becomes usable with its source and evidence, and not without', async () => {
  await register.importCsv([head, '1;Aho;a@firma.example;x;;2020-01-01;'], { mapping })
  const id = await itemOf('PERMISSION_WITHOUT_SOURCE')

  const without = settle(id, { kind: 'permit', source: 'messut', evidence: ' ', givenAt: null })
  await expect(without).rejects.toThrow(BadInput)
  const before = await reasonsOf(register.db)
  await settle(id, { kind: 'permit', source: 'messut 2020', evidence: 'kortti kansiossa 4', givenAt: null })

  expect(before).toEqual({ 1: 'UNDER_REVIEW' })
  expect(await reasonsOf(register.db)).toEqual({})
  const [, entry] = await register.db.permissionEntry.findMany({ orderBy: { id: 'asc' } })
  expect(entry).toMatchObject({
    says: 'permission',
    channel: 'review',
    usable: true,
    personal: false,
    source: 'messut 2020',
  })
  expect(entry?.at).toEqual(new Date('2019-12-31T22:00:00Z'))
})

test('a review never lifts a prohibition', async () => {
  await register.importCsv([head, '1;Aho;a@firma.example;x;x;2020-01-01;'], { mapping })
  const id = await itemOf('PERMISSION_AND_PROHIBITION')

  const attempt = settle(id, { kind: 'permit', source: 'messut', evidence: 'kortti', givenAt: now })

  await expect(attempt).rejects.toThrow(NotAllowed)
  expect(await reasonsOf(register.db)).toEqual({ 1: 'PROHIBITED' })
})

test('dismissing grants nothing, and a settled item stays settled', async () => {
  await register.importCsv([head, '1;Aho;a@firma.example;x;;2020-01-01;'], { mapping })
  const id = await itemOf('PERMISSION_WITHOUT_SOURCE')

  await settle(id, { kind: 'dismiss', because: 'ei löydy' })

  expect(await reasonsOf(register.db)).toEqual({ 1: 'UNDER_REVIEW' })
  expect(await listReviews(register.db)).toEqual([])
  await expect(settle(id, { kind: 'prohibit' })).rejects.toThrow('settled already')
})

test('prohibiting from a review reaches the person, the address and the outside ledger', async () => {
  await register.importCsv([head, '1;Aho;a@firma.example;x;;2020-01-01;'], { mapping })

  await settle(await itemOf('PERMISSION_WITHOUT_SOURCE'), { kind: 'prohibit' })

  expect(await reasonsOf(register.db)).toEqual({ 1: 'PROHIBITED' })
  expect(await register.db.suppression.count({ where: { kind: 'opted-out' } })).toBe(1)
  expect(await register.db.ledgerOutbox.count()).toBe(1)
})

test('a corrected address goes through the address rules, and the same file does not undo the correction', async () => {
  const file = [head, '1;Aho;a@firma.example tai b@firma.example;x;;2020-01-01;media']
  await register.importCsv(file, { mapping })
  const id = await itemOf('DOUBTFUL_ADDRESS')

  await expect(settle(id, { kind: 'correct-email', cell: readEmailCell('a@@firma') })).rejects.toThrow(BadInput)
  await settle(id, { kind: 'correct-email', cell: readEmailCell(' Info@Firma.example ') })
  const asRole = await reasonsOf(register.db)
  const again = await register.importCsv(file, { mapping })

  expect(asRole).toEqual({ 1: 'ROLE_ADDRESS' })
  expect(again).toMatchObject({ people: { unchanged: 1 }, review: 0 })
  const person = await register.db.person.findFirstOrThrow()
  expect([person.email, person.emailDoubtful]).toEqual(['Info@firma.example', false])
})

test('an address that was opted out bars whoever it is given to, and an erased one is given to nobody', async () => {
  await register.importCsv([head, '1;Aho;a ja b;x;;2020-01-01;media', '2;Bo;c ja d;x;;2020-01-01;media'], { mapping })
  const [first, second] = await listReviews(register.db)
  const hash = (address: string) => register.keys.hash('email', address)
  await register.db.suppression.createMany({
    data: [
      { addressHash: hash('ei@firma.example'), kind: 'opted-out', at: now },
      { addressHash: hash('poistettu@firma.example'), kind: 'erased', at: now },
    ],
  })

  await settle(first?.id ?? '', { kind: 'correct-email', cell: readEmailCell('ei@firma.example') })
  const attempt = settle(second?.id ?? '', { kind: 'correct-email', cell: readEmailCell('poistettu@firma.example') })

  await expect(attempt).rejects.toThrow(NotAllowed)
  expect(await reasonsOf(register.db)).toEqual({ 1: 'PROHIBITED', 2: 'INVALID_ADDRESS' })
})
