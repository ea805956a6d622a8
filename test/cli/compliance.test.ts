// `lupa compliance` as its user meets it.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../src/register/database.ts'
import { type Environment, lupa } from '../support/cli.ts'
import { lupaHere } from '../support/command-line.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

let database: TestDatabase
let env: Environment
beforeAll(async () => {
  database = await testDatabase()
  env = { LUPA_HOME: database.home, DATABASE_URL: database.url }
  const company = readFileSync('prisma/sample/lupa.yaml', 'utf8')
  const allowed = '\ndisclosures: [{ to: Tilitoimisto Oy, reason: PROCESSOR, ground: Art. 28 sopimus }]\n'
  writeFileSync(path.join(database.home, 'lupa.yaml'), company + allowed)
})
afterAll(() => database.close())

test('inventory and record are given as lines, as JSON and as a page', async () => {
  const page = path.join(database.home, 'seloste.html')
  const [inventory, record, asText, wrong] = await Promise.all([
    lupa(['compliance', 'inventory', '--json'], env),
    lupa(['compliance', 'record', '--out', page, '--language', 'en'], env),
    lupa(['compliance', 'record'], env),
    lupa(['compliance', 'record', '--out', path.join(database.home, 'seloste.pdf')], env),
  ])

  expect(JSON.parse(inventory.stdout).columns).toContainEqual(
    expect.objectContaining({
      table: 'person',
      column: 'email',
      category: 'contact',
      readBy: expect.arrayContaining(['operator', 'worker']),
    }),
  )
  expect([record.code, record.stdout.trim()]).toEqual([0, page])
  expect(readFileSync(page, 'utf8')).toContain('Record of processing activities')
  expect(asText.stdout).toContain('Seloste käsittelytoimista: B2B-asiakas-, sidosryhmä- ja markkinointirekisteri')
  expect([wrong.code, wrong.stderr]).toEqual([2, 'seloste.pdf is neither .html nor .json: name the file so.\n'])
})

test('the report names every promise with its result, as lines, JSON and a page in either language, and fails when one is broken', async () => {
  const page = path.join(database.home, 'lupaukset.html')
  const asJson = await lupaHere(['compliance', 'report', '--json', '--language', 'en'], env)
  const asText = await lupa(['compliance', 'report'], env)
  const asPage = await lupaHere(['compliance', 'report', '--out', page], env)
  const db = openDatabase(database.url)
  await db.$executeRawUnsafe('alter table audit disable trigger append_only')
  const broken = await lupaHere(['compliance', 'report', '--json'], env)
  await db.$executeRawUnsafe('alter table audit enable trigger append_only')
  await db.$disconnect()

  const { requirements } = JSON.parse(asJson.stdout)
  expect([asJson.code, asText.code, asPage.code, broken.code]).toEqual([0, 0, 0, 1])
  expect(requirements).toHaveLength(56)
  expect(requirements[19]).toEqual({
    id: 'R-19',
    promise: 'Data have a lifetime',
    control: 'Every category has its lifetime in lupa.yaml; there is no default.',
    checkedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    result: 'passed',
    because: 'Lifetimes in days: person 7300, activity 3650, note 1825, campaign 2190, request 1095.',
  })
  expect(asText.stdout).toMatch(/^R-22 +ei käytössä +Tapahtumaloki on eheä, mutta varmuuskopiota ei ole/m)
  expect(asText.stdout).toMatch(/\d+ kunnossa, 6 ei käytössä, 1 ei koneen tarkistettavissa\.\n$/)
  expect(readFileSync(page, 'utf8')).toContain('Tietosuojaselosteen lupaukset: B2B-asiakas-')
  const failed = JSON.parse(broken.stdout).requirements.filter((one: { result: string }) => one.result === 'failed')
  expect(failed).toEqual([expect.objectContaining({ id: 'R-22', because: 'Taulun audit rivejä voi muuttaa.' })])
})

test('nothing is handed to whom nobody allowed; what is, is written down first', async () => {
  const person = await somebody()
  const ask = (to: string, fields: string, ...rest: string[]) =>
    lupa(['disclosure', 'record', person, '--to', to, '--fields', fields, '--purpose', 'laskutus', ...rest], env)

  const answers = await Promise.all([
    ask('Muu Oy', 'name'),
    ask('Tilitoimisto Oy', 'shoes'),
    ask('Tilitoimisto Oy', 'confidential'),
    ask('Poliisi', 'name', '--reason', 'LEGAL_OBLIGATION'),
    ask('Tilitoimisto Oy', 'name,contact', '--json'),
  ])
  const listed = await lupa(['disclosure', 'list', '--person', person, '--json'], env)

  expect(answers.map(({ code }) => code)).toEqual([3, 2, 3, 2, 0])
  expect(answers.slice(0, 4).map(({ stderr }) => stderr)).toEqual([
    expect.stringContaining('Nothing may be handed to Muu Oy: add them to disclosures in lupa.yaml'),
    expect.stringContaining('--fields shoes: write one or more of name, work'),
    expect.stringContaining('Confidential text is handed to nobody'),
    expect.stringContaining('LEGAL_OBLIGATION needs --ground'),
  ])
  expect(JSON.parse(listed.stdout).disclosures).toEqual([
    expect.objectContaining({
      recipient: 'Tilitoimisto Oy',
      ground: 'Art. 28 sopimus',
      people: 1,
      decidedBy: 'Erja Esimerkki',
    }),
  ])
})

test('whoever must be told is told by name, or all whom the owner has seen on the list; nobody is taken for told unseen', async () => {
  const db = openDatabase(database.url)
  const people = ['a', 'b', 'c'].map((key) => ({
    ...{ id: crypto.randomUUID(), register: 'media', key, firstName: 'Etu', lastName: key, keptFrom: new Date() },
  }))
  await db.person.createMany({ data: people })
  await db.collection.createMany({ data: people.map(({ id }) => ({ personId: id, source: 'MEDIA' })) })
  const informed = (...rest: string[]) => lupaHere(['notice', 'informed', '--by', 'letter', '--json', ...rest], env)

  const one = await informed(people[0]?.id as string)
  const refused = [
    await informed('--all', '3'),
    await informed(),
    await informed(people[1]?.id as string, '--all', '2'),
  ]
  const due = await lupaHere(['notice', 'due', '--json'], env)
  const all = await informed('--all', '2')
  const after = await lupaHere(['notice', 'due', '--json'], env)

  const told = await db.collection.findMany({ where: { informedAt: { not: null } } })
  await db.$disconnect()
  expect([one, all].map(({ stdout }) => JSON.parse(stdout).told)).toEqual([1, 2])
  expect(refused.map(({ code, stderr }) => [code, stderr.trim().split('.')[0]])).toEqual([
    [3, '2 people must still be told: look at `lupa notice due`, then say --all 2'],
    [2, 'Name people, or say --all with how many `lupa notice due` says'],
    [2, 'Name people, or say --all, not both'],
  ])
  expect([due, after].map(({ stdout }) => JSON.parse(stdout).waiting)).toEqual([2, 0])
  expect(told.map(({ informedBy, noticeVersion }) => [informedBy, noticeVersion])).toEqual(
    Array(3).fill(['letter', '2024-05-15']),
  )
})

test('why somebody need not be told is asked for, counted, and can be lifted', async () => {
  const db = openDatabase(database.url)
  const person = { id: crypto.randomUUID(), register: 'lehti', key: 'a', firstName: 'Etu', lastName: 'Suku' }
  await db.person.create({ data: { ...person, keptFrom: new Date() } })
  await db.collection.create({ data: { personId: person.id, source: 'MEDIA' } })
  await db.$disconnect()
  const exempt = (...rest: string[]) => lupaHere(['notice', 'exempt', person.id, ...rest], env)
  const due = () => lupaHere(['notice', 'due'], env)
  const why = ['--ground', 'secrecy', '--because', 'tilintarkastus']

  const refused = [
    await exempt('--ground', 'secrecy'),
    await exempt('--lift', ...why),
    await exempt('--ground', 'busy'),
  ]
  const recorded = [await exempt(...why), await exempt(...why)]
  const meanwhile = await due()
  const lifted = await exempt('--lift')

  expect(refused.map(({ code }) => code)).toEqual([2, 2, 2])
  expect(refused[0]?.stderr).toContain(
    'Say why: --ground (has-information, disproportionate, laid-down-by-law, secrecy)',
  )
  expect(recorded.map(({ stdout }) => stdout.trim())).toEqual([
    '1 recorded as not to be told (secrecy); 0 had been told, or did not have to be.',
    '0 recorded as not to be told (secrecy); 1 had been told, or did not have to be.',
  ])
  expect(meanwhile.stdout.trim()).toBe('Nobody.\nNeed not be told: 1 secrecy.')
  expect(lifted.stdout.trim()).toBe('1 exempt no more: who has not been told must be told.')
  expect((await due()).stdout).toContain('1 must still be told')
})

async function somebody(): Promise<string> {
  const db = openDatabase(database.url)
  const data = { register: 'koe', key: '1', firstName: 'Aino', lastName: 'Esimerkki', keptFrom: new Date() }
  const { id } = await db.person.create({ data })
  await db.$disconnect()
  return id
}
