// A register of one's own, and what tests do with it: import files, look at it as a whole.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { findMapping } from '../../src/intake/find-mapping.ts'
import { type Mapping, readMapping } from '../../src/intake/mapping.ts'
import { openSource } from '../../src/intake/open-source.ts'
import { type KeyRing, openKeyRing } from '../../src/ledger/key-ring.ts'
import { openDatabase, type RegisterClient, rawSql, sql } from '../../src/register/database.ts'
import { type ImportOptions, type ImportResult, importInto } from '../../src/register/imports.ts'
import { type TestDatabase, testDatabase } from './database.ts'

export type TestRegister = {
  database: TestDatabase
  db: RegisterClient
  keys: KeyRing
  /** Imports a file with its bundled mapping, or with `mapping`. */
  importFile: (file: string, options?: Partial<ImportOptions> & { mapping?: string }) => Promise<ImportResult>
  /** Writes lines as a CSV, and imports it. */
  importCsv: (lines: string[], options?: Partial<ImportOptions> & { mapping?: string }) => Promise<ImportResult>
  folder: string
  close: () => Promise<void>
}

export const now = new Date('2026-11-22T10:00:00Z')
export const accdb = 'prisma/sample/asiakasrekisteri-2016.accdb'
export const mdb = 'prisma/sample/asiakasrekisteri-2003.mdb'

/** A permission from a file, some days before `now`, of somebody who is in the register. */
export async function givePermission(db: RegisterClient, personId: string): Promise<void> {
  const said = { personId, at: new Date(now.getTime() - 1e9), channel: 'register-file', actor: 'test', source: 'lista' }
  await db.permissionEntry.create({ data: { ...said, says: 'permission', onceKey: `given ${personId}` } })
}

/** An empty register in a database of its own. */
export async function emptyRegister(): Promise<TestRegister> {
  const database = await testDatabase()
  const db = openDatabase(database.url)
  const keys = openKeyRing(database.config)
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lupa-files-'))
  const importFile: TestRegister['importFile'] = async (file, { mapping, ...options } = {}) => {
    const source = await openSource(file)
    const chosen = mapping ? readMapping(mapping) : (findMapping(source.tables) as Mapping)
    return importInto(db, keys, source, chosen, { actor: 'operator', at: now, ...options })
  }
  return {
    database,
    db,
    keys,
    folder,
    importFile,
    importCsv: async (lines, options) => {
      const file = path.join(folder, 'tiedosto.csv')
      writeFileSync(file, `${lines.join('\n')}\n`)
      return importFile(file, options)
    },
    close: async () => {
      await db.$disconnect()
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What is known of everyone, by key, without ids and clocks: two registers with the same people are equal. */
export async function peopleOf(db: RegisterClient) {
  return db.$queryRaw<Record<string, unknown>[]>(sql`
    select p.register, p.key, p.first_name, p.last_name, p.title, p.phone, p.email, p.email_nature, p.email_doubtful, p.domain, p.relations, p.tags,
      p.added_at, p.changed_at, p.permission, p.permission_at, p.under_review, o.key as organisation,
      (select array_agg(concat_ws(',', c.source, c.ground, c.source_text) order by c.id) from collection c where c.person_id = p.id) as collected
    from person p left join organisation o on o.id = p.organisation_id order by p.register, length(p.key), p.key`)
}

/** Organisations by key, without ids. */
export async function organisationsOf(db: RegisterClient) {
  return db.$queryRaw<Record<string, unknown>[]>(sql`
    select register, key, name, business_id, street, postal_code, city, country, website, phone, added_at from organisation
    order by register, length(key), key`)
}

/** The one reason of each person who would not be mailed now, by key. */
export async function reasonsOf(db: RegisterClient): Promise<Record<string, string>> {
  const rows = await db.$queryRaw<{ key: string; because: string }[]>(sql`
    select p.key, e.because from eligibility(${now}::timestamptz) e join person p on p.id = e.person_id where e.because is not null`)
  return Object.fromEntries(rows.map(({ key, because }) => [key, because]))
}

/** How many rows each table of the register has. */
export async function rowCounts(db: RegisterClient): Promise<Record<string, number>> {
  const tables = await db.$queryRaw<{ name: string }[]>(
    sql`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`,
  )
  const counts: Record<string, number> = {}
  for (const { name } of tables) {
    const [row] = await db.$queryRaw<{ rows: bigint }[]>(sql`select count(*) as rows from ${rawSql(`"${name}"`)}`)
    counts[name] = Number(row?.rows)
  }
  return counts
}
