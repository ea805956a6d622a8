// What the register holds about a person is shown to them whole (GDPR Art. 15, R-10): no list of ours decides what "whole" is, the
// foreign keys of the live schema do.
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessReport } from '../../src/compliance/access-report.ts'
import { accessReportPage } from '../../src/compliance/access-report-page.ts'
import { columnWords } from '../../src/compliance/access-report-words.ts'
import { portableCsv, portableData } from '../../src/compliance/portability.ts'
import { type Company, readCompany } from '../../src/config.ts'
import { BadInput } from '../../src/domain/errors.ts'
import {
  type ConcernedRows,
  type ConcernedTable,
  concernedTables,
  rowsAbout,
} from '../../src/register/access-report.ts'
import { rawSql, sql } from '../../src/register/database.ts'
import { emptyRegister, now, type TestRegister } from '../support/register.ts'
import { plantLife } from './planted-life.ts'

const by = { actor: 'operator', at: now }
let register: TestRegister
let company: Company
let id: string
let rows: ConcernedRows
beforeAll(async () => {
  register = await emptyRegister()
  company = readCompany(path.resolve('prisma/sample/lupa.yaml'))
  id = await plantLife(register)
  rows = await rowsAbout(register.db, register.keys, id, by)
})
afterAll(() => register.close())

test('every row that foreign keys tie to the person is in the report, each table with at least one', async () => {
  const tied = await tiedByForeignKeys()

  const missing: string[] = []
  const planted: string[] = []
  for (const { table, keys } of tied) {
    if (keys.length > 0) planted.push(table)
    const shown = new Set((rows[table as ConcernedTable] ?? []).map((row) => keyOf(row, tied, table)))
    if (keys.some((key) => !shown.has(key))) missing.push(table)
  }

  expect(missing).toEqual([])
  expect(planted).toEqual(tied.map(({ table }) => table))
})

test('a row that names the person by id, address or hash where no foreign key reaches is in the report too', async () => {
  const marks = [id, 'aino@firma.example', ...register.keys.hashes('email', 'aino@firma.example')]
  const tables = await register.db.$queryRaw<{ name: string }[]>(sql`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`)

  const uncounted: string[] = []
  for (const { name } of tables) {
    const [row] = await register.db.$queryRaw<{ rows: bigint }[]>(sql`
      select count(*) as rows from ${rawSql(`"${name}"`)} t where to_jsonb(t)::text ilike any (${marks.map((mark) => `%${mark}%`)}::text[])`)
    const shown = rows[name as ConcernedTable]?.length ?? 0
    if (Number(row?.rows) > shown) uncounted.push(`${name}: ${row?.rows} rows, ${shown} shown`)
  }

  expect(uncounted).toEqual([])
})

test('nothing of anybody else is in it', () => {
  expect(JSON.stringify(rows)).not.toMatch(/Naapuri|naapuri@firma\.example/)
  expect(rows.person).toHaveLength(1)
})

test('the report is written down before it is made, and nobody who is not there has one', async () => {
  const last = await register.db.audit.findFirst({ where: { subject: id }, orderBy: { seq: 'desc' } })

  expect(last).toMatchObject({ action: 'person-exported', actor: 'operator' })
  await expect(rowsAbout(register.db, register.keys, crypto.randomUUID(), by)).rejects.toThrow(BadInput)
})

test('the page says everything in Finnish and in English, with words for every column that is not technical', async () => {
  const columns = await register.db.$queryRaw<{ name: string }[]>(sql`
    select distinct column_name as name from information_schema.columns
    where table_schema = 'public' and table_name = any (${concernedTables}::text[]) order by 1`)
  const facts = { person: id, because: null, without: [], rows, at: now }
  const [fi, en] = [page('fi'), page('en')]

  function page(language: 'fi' | 'en') {
    return accessReportPage(accessReport(company, { ...facts, language }))
  }

  // What is sealed is shown opened, as text.
  const sealed = ['sealed', 'key_id']
  expect(columns.map(({ name }) => name).filter((name) => !(name in columnWords) && !sealed.includes(name))).toEqual([])
  for (const text of ['Ainutlaatuinen', 'Salainen muistio', 'Markkinointiluvat', 'tietosuoja@om.fi', 'tapaaminen'])
    expect(fi).toContain(text)
  for (const text of [
    'Ainutlaatuinen',
    'Salainen muistio',
    'Marketing permissions',
    'Newsletters are sent',
    'kevatkirje',
  ])
    expect(en).toContain(text)
  expect(fi).toContain(company.register.name)
  expect(fi.match(/<section>/g)).toHaveLength(concernedTables.length + 1)
  expect(fi).not.toContain('<script>alert')
})

test('notes that say things about others can be left out, and the page says so', async () => {
  const without = await rowsAbout(register.db, register.keys, id, by, ['note'])
  const facts = { person: id, because: 'PROHIBITED', without: ['note'], rows: without, at: now }

  const text = accessReportPage(accessReport(company, { ...facts, language: 'en' }))

  expect(without.note).toEqual([])
  expect(text).toContain('it holds things about others (GDPR Art. 15(4))')
  expect(text).not.toContain('Salainen muistio')
})

test('what is taken elsewhere is what the person gave, and a spreadsheet runs none of it', () => {
  const data = portableData(rows)
  const csv = portableCsv(data)

  expect(data.person).toEqual([expect.objectContaining({ last_name: 'Ainutlaatuinen', email: 'aino@firma.example' })])
  expect(JSON.stringify(data)).not.toMatch(/Salainen muistio|review|audit/)
  expect(csv).toContain("person,1,title,'=1+1")
  expect(csv).toContain('permission_entry,1,says,permission')
})

type Tied = { table: string; primary: string[]; keys: string[] }

/** Walks the foreign keys from `person`, as far as they lead away from it; returns each table with the keys of its rows. */
async function tiedByForeignKeys(): Promise<Tied[]> {
  const { db } = register
  const edges = await db.$queryRaw<{ child: string; column: string; parent: string; target: string }[]>(sql`
    select c.conrelid::regclass::text as child, a.attname as column, c.confrelid::regclass::text as parent, f.attname as target
    from pg_constraint c
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    join pg_attribute f on f.attrelid = c.confrelid and f.attnum = c.confkey[1]
    where c.contype = 'f' and c.connamespace = 'public'::regnamespace`)
  // A campaign, an import or an organisation is many people's: what hangs from it is not this person's by that alone.
  const conditions = new Map([['person', `id = '${id}'`]])
  for (const [parent, condition] of conditions) {
    for (const { child, column, target } of edges.filter((edge) => edge.parent === parent)) {
      const more = `${column} in (select ${target} from ${parent} where ${condition})`
      if (child === parent || conditions.get(child)?.includes(more)) continue
      conditions.set(child, conditions.has(child) ? `${conditions.get(child)} or ${more}` : more)
    }
  }
  const tied: Tied[] = []
  for (const [table, condition] of conditions) {
    const columns = await db.$queryRaw<{ name: string }[]>(sql`
      select a.attname as name from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
      where i.indisprimary and i.indrelid = ${table}::regclass order by a.attnum`)
    const found = await db.$queryRaw<{ row: Record<string, unknown> }[]>(rawFilter(table, condition))
    const primary = columns.map(({ name }) => name)
    tied.push({ table, primary, keys: found.map(({ row }) => primary.map((name) => String(row[name])).join('|')) })
  }
  return tied
}

function rawFilter(table: string, condition: string) {
  return sql`select to_jsonb(t) as row from ${rawSql(table)} t where ${rawSql(condition)}`
}

function keyOf(row: Record<string, unknown>, tied: Tied[], table: string): string {
  const primary = tied.find((one) => one.table === table)?.primary ?? []
  return primary.map((name) => String(row[name])).join('|')
}
