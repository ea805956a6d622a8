// What was corrected stays corrected, and what is restricted is used for nothing (GDPR Art. 16 and 18).
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BadInput, NotAllowed } from '../../src/domain/errors.ts'
import { readEmailCell } from '../../src/intake/email-cell.ts'
import { correctPerson } from '../../src/register/corrections.ts'
import { releasePerson, restrictPerson } from '../../src/register/restrictions.ts'
import { listReviews } from '../../src/register/reviews.ts'
import { emptyRegister, now, reasonsOf, type TestRegister } from '../support/register.ts'

let register: TestRegister
let id: string
beforeEach(async () => {
  register = await emptyRegister()
})
afterEach(() => register.close())

const mapping = `
register: koe
persons:
  key: id
  columns: { lastName: nimi, title: titteli, email: sposti }
  permission: { permitted: lupa, prohibited: kielto, at: pvm, source: lähde }
`
const head = 'id;nimi;titteli;sposti;lupa;kielto;pvm;lähde'
const by = { actor: 'operator', at: now }
const correct = (changes: Parameters<typeof correctPerson>[3]) =>
  correctPerson(register.db, register.keys, id, changes, by)
const bring = async (...rows: string[]) => {
  await register.importCsv([head, ...rows], { mapping })
  id = (await register.db.person.findFirstOrThrow({ where: { key: '1' } })).id
}
const person = () => register.db.person.findUniqueOrThrow({ where: { id } })

test('a correction is audited by field without content, and the same file does not undo it; a newer value in the file does', async () => {
  await bring('1;Ahho;Myyjä;ahho@firma.example;x;;2020-01-01;media')

  const { fields } = await correct({
    lastName: 'Aho',
    title: 'Johtaja',
    email: readEmailCell('Aho@firma.example'),
  })
  await bring('1;Ahho;Myyjä;AHHO@firma.example;x;;2020-01-01;media')
  const same = await person()
  await bring('1;Ahho;Toimitusjohtaja;aho@uusi.example;x;;2020-01-01;media')

  expect(fields).toEqual(['last_name', 'title', 'email'])
  expect([same.lastName, same.title, same.email]).toEqual(['Aho', 'Johtaja', 'Aho@firma.example'])
  expect(same.addressHashes).toEqual(register.keys.hashes('email', 'aho@firma.example'))
  const newer = await person()
  expect([newer.lastName, newer.title, newer.email]).toEqual(['Aho', 'Toimitusjohtaja', 'aho@uusi.example'])
  const audited = await register.db.audit.findMany({ where: { subject: id }, orderBy: { seq: 'asc' } })
  expect(audited.map(({ action, facts }) => [action, facts])).toEqual([
    ['address-corrected', {}],
    ['person-corrected', { fields: 'last_name title' }],
  ])
})

test('a correction to a doubtful address answers what was asked about it', async () => {
  await bring('1;Aho;;a@firma.example tai b@firma.example;x;;2020-01-01;media')

  await correct({ email: readEmailCell('b@firma.example') })
  await bring('1;Aho;;a@firma.example tai b@firma.example;x;;2020-01-01;media')

  expect(await listReviews(register.db)).toEqual([])
  expect(await reasonsOf(register.db)).toEqual({})
  expect((await person()).email).toBe('b@firma.example')
})

test('what is no correction is refused, and changes nothing', async () => {
  await bring('1;Aho;;a@firma.example;x;;2020-01-01;media')
  const before = await person()

  await expect(correct({ lastName: 'Aho', title: '' })).rejects.toThrow(BadInput)
  await expect(correct({ title: 'Uusi', email: readEmailCell('a@@firma') })).rejects.toThrow(BadInput)
  id = crypto.randomUUID()
  await expect(correct({ title: 'Uusi' })).rejects.toThrow(BadInput)

  expect(await register.db.person.findMany()).toEqual([before])
})

test('a restricted person is excluded at once whatever permits them, until they are released', async () => {
  await bring('1;Aho;;a@firma.example;x;;2020-01-01;media')
  const { db } = register

  await restrictPerson(db, id, 'accuracy-contested', by)
  const restricted = await reasonsOf(db)
  await bring('1;Aho;;a@firma.example;x;;2026-01-01;media')
  const still = await reasonsOf(db)
  await releasePerson(db, id, by)

  expect([restricted, still, await reasonsOf(db)]).toEqual([{ 1: 'RESTRICTED' }, { 1: 'RESTRICTED' }, {}])
  await expect(releasePerson(db, id, by)).rejects.toThrow(NotAllowed)
  const audited = await db.audit.findMany({ where: { subject: id }, orderBy: { seq: 'asc' } })
  expect(audited.map(({ action, facts }) => [action, facts])).toEqual([
    ['person-restricted', { ground: 'accuracy-contested' }],
    ['person-released', {}],
  ])
})
