// `lupa compliance` as its user meets it.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../src/register/database.ts'
import { type Environment, lupa } from '../support/cli.ts'
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

async function somebody(): Promise<string> {
  const db = openDatabase(database.url)
  const data = { register: 'koe', key: '1', firstName: 'Aino', lastName: 'Esimerkki', keptFrom: new Date() }
  const { id } = await db.person.create({ data })
  await db.$disconnect()
  return id
}
