// Every column about people is accounted for: the schema says what it is, the database who may read it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dataInventory, schemaInventory } from '../../src/compliance/data-inventory.ts'
import { inventoryReport, processingRecord } from '../../src/compliance/inventory-report.ts'
import { categoryWords } from '../../src/compliance/inventory-words.ts'
import { reportPage } from '../../src/compliance/report.ts'
import { readCompany } from '../../src/config.ts'
import { sql } from '../../src/register/database.ts'
import { readersOf } from '../../src/register/readers.ts'
import { emptyRegister, type TestRegister } from '../support/register.ts'

let register: TestRegister
beforeAll(async () => {
  register = await emptyRegister()
})
afterAll(() => register.close())

const company = readCompany('prisma/sample/lupa.yaml')

test('every column of the schema says which personal data it is, what for, on which basis, from where and how long', () => {
  expect(schemaInventory().problems).toEqual([])
})

test('no column of a person escapes the inventory', async () => {
  const columns = await register.db.$queryRaw<{ name: string }[]>(sql`
    select column_name as name from information_schema.columns where table_schema = 'public' and table_name = 'person'`)

  const told = schemaInventory().columns.filter(({ table }) => table === 'person')
  expect(told.map(({ column }) => column).sort()).toEqual(columns.map(({ name }) => name).sort())
})

test('every category has its words in both languages, and every word its category', () => {
  expect(Object.keys(categoryWords).sort()).toEqual([...schemaInventory().categories.keys()].sort())
})

test('the inventory knows every column of a table that refers to a person, but for those that say they are about nobody', async () => {
  const about = new Set(schemaInventory().columns.map(({ table }) => table))

  const referring = await register.db.$queryRaw<{ name: string }[]>(sql`
    select distinct table_name as name from information_schema.columns
    where table_schema = 'public' and column_name ~ '(person_id|recipient_id|address_hash)' order by 1`)

  expect(referring.map(({ name }) => name).filter((name) => !about.has(name))).toEqual([])
})

test('the tool’s jobs read nothing of a person but what leaves, and the inventory says by which function', async () => {
  const columns = await dataInventory(register.db)

  const readers = columns.filter(({ table }) => table === 'person')
  const sync = readers.flatMap(({ column, readBy }) =>
    readBy.filter((who) => who.startsWith('sync')).map((who) => [column, who]),
  )
  expect(sync).toEqual([
    ['first_name', 'sync through claim_batch'],
    ['last_name', 'sync through claim_batch'],
    ['email', 'sync through claim_batch'],
    ['email', 'sync through address_to_remove'],
  ])
  expect(columns.find(({ table, column }) => table === 'note' && column === 'sealed')?.readBy).toEqual(['operator'])
})

test('a function that hands a column to a role is named at the column', async () => {
  const { functions } = await readersOf(register.db)
  const columns = schemaInventory().columns
  const handing = await register.db.$queryRaw<{ name: string; gives: string }[]>(sql`
    select p.proname as name, a.name as gives
    from pg_proc p cross join unnest(p.proargnames, p.proargmodes) as a (name, mode)
    where p.pronamespace = 'public'::regnamespace and p.prosecdef and a.mode in ('t', 'o')`)

  const unnamed = handing.filter(
    ({ name, gives }) =>
      (functions.get(name)?.length ?? 0) > 0 &&
      columns.some(({ table, column, via }) => table === 'person' && column === gives && !via.includes(name)),
  )

  expect(unnamed).toEqual([])
})

test('the record of processing says what Art. 30 asks for, in both languages, with the times of lupa.yaml', () => {
  const fi = reportPage(processingRecord(company, 'Mailchimp', 'fi'), 'fi')
  const en = reportPage(processingRecord(company, 'Mailchimp', 'en'), 'en')

  for (const fact of [
    'Esimerkki Consulting Oy (1234567-1)',
    'erja@konsultti.example',
    'Mailchimp (Yhdysvallat)',
    'DPF',
    'person: 7300 vrk',
  ])
    expect(fi).toContain(fact)
  for (const fact of [
    'customers, prospects and stakeholders',
    'first name, last name, work email',
    'note: 1825 days',
    'A backup is kept 35 days.',
  ])
    expect(en).toContain(fact)
})

test('the inventory as a page shows every column once', async () => {
  const columns = await dataInventory(register.db)

  const html = reportPage(inventoryReport(columns, null, 'fi'), 'fi')

  for (const { table, column } of columns) expect(html.split(`<td>${table}.${column}</td>`)).toHaveLength(2)
  expect(html).toContain('<html lang="fi">')
})
