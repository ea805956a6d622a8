// Access databases (.mdb, .accdb) through mdb-reader: never written, never more columns than asked for (access.md §4.1).
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, extname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import MDBReader from 'mdb-reader'
import { fromHelsinkiWallTime } from './helsinki-time.ts'
import { IntakeError } from './intake-error.ts'
import { type Cell, pageSize, type Row, type Source, type Table } from './source.ts'

const mebibyte = 1024 * 1024

/** The library holds the whole file in memory. */
const largest = 512 * mebibyte

/**
 * Opens an Access database: read whole into memory, at most 512 MB.
 * @throws IntakeError: too large, open in Access, changed while it was read, locked by a password, damaged.
 */
export async function openAccess(file: string, password?: string): Promise<Source> {
  const name = basename(file)
  await refuseTooLarge(file, name)
  await refuseOpenInAccess(file, name)

  const buffer = await readFile(file)
  const sha256 = createHash('sha256').update(buffer).digest('hex')
  if ((await sha256OfFile(file)) !== sha256) throw new IntakeError(changed(name))

  const reader = openReader(buffer, name, password)
  const tables = readTables(reader, name)
  const close = async () => {}
  return { format: formatOf(buffer), sha256, tables, notices: noticesOf(reader), rows, close }

  async function* rows(table: string, columns: readonly string[]): AsyncGenerator<Row[]> {
    for (let offset = 0; ; ) {
      const page = readPage(reader, table, columns, offset, name)
      if (page.length === 0) return
      offset += page.length
      yield page
    }
  }
}

async function refuseTooLarge(file: string, name: string): Promise<void> {
  const { size } = await stat(file)
  if (size <= largest) return
  const has = Math.ceil(size / mebibyte)
  throw new IntakeError(
    `${name} has ${has} MB, and at most 512 MB can be read: use Compact & Repair in Access, or export its tables as CSV.`,
  )
}

/** Access keeps a lock file beside a database somebody has open. Its name may differ in case. */
async function refuseOpenInAccess(file: string, name: string): Promise<void> {
  const stem = basename(file, extname(file)).toLowerCase()
  const beside = await readdir(dirname(file))
  const lock = beside.find((other) => [`${stem}.laccdb`, `${stem}.ldb`].includes(other.toLowerCase()))
  if (lock === undefined) return
  throw new IntakeError(
    `${name} is open in Access (${lock} lies beside it): close Access and try again, or import a copy of the file. If nobody has it open, delete ${lock}.`,
  )
}

async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

function changed(name: string): string {
  return `${name} changed while it was being read: close whatever writes to it, and try again.`
}

function openReader(buffer: Buffer, name: string, password: string | undefined): MDBReader {
  try {
    return new MDBReader(buffer, { password })
  } catch (error) {
    throw new IntakeError(whyClosed(error, name, password !== undefined))
  }
}

/** The library's messages are its own words; only two of them tell the user something. */
function whyClosed(error: unknown, name: string, hasPassword: boolean): string {
  const message = error instanceof Error ? error.message : ''
  if (message === 'Wrong password') {
    return hasPassword
      ? `The password does not open ${name}: check the password file.`
      : `${name} is protected by a password: give it with --password-file.`
  }
  if (/encryption|not implemented/i.test(message)) {
    return `${name} is encrypted in a way that cannot be read: decrypt a copy in Access (File, Info, Decrypt Database) and import that.`
  }
  return `${name} is not a readable Access database: run Compact & Repair in Access and try again.`
}

function readTables(reader: MDBReader, name: string): Table[] {
  const names = reader.getTableNames({ normalTables: true, systemTables: false, linkedTables: false })
  const linked = linkedTablesOf(reader)
  if (names.length === 0 && linked.length > 0) {
    throw new IntakeError(
      `${name} holds no tables of its own, only links to another file: import the file they link to.`,
    )
  }
  try {
    return names.map((table) => ({ name: table, columns: reader.getTable(table).getColumns().map(toColumn) }))
  } catch {
    throw new IntakeError(damaged(name))
  }
}

function toColumn({ name, type }: { name: string; type: string }) {
  return { name, type, complex: ['complex', 'ole', 'binary'].includes(type) }
}

function linkedTablesOf(reader: MDBReader): string[] {
  return reader.getTableNames({ normalTables: false, systemTables: false, linkedTables: true })
}

function noticesOf(reader: MDBReader): string[] {
  const linked = linkedTablesOf(reader)
  if (linked.length === 0) return []
  const names = linked.map((table) => `"${table}"`).join(', ')
  return [`Linked tables are not in this file and were not read: ${names}. To read them, import the file they link to.`]
}

function damaged(name: string): string {
  return `${name} is damaged: run Compact & Repair in Access and try again.`
}

/** The engine's name stands from the fifth byte on. */
function formatOf(buffer: Buffer): 'accdb' | 'mdb' {
  return buffer.toString('latin1', 4, 16) === 'Standard ACE' ? 'accdb' : 'mdb'
}

/** Never asks the table for its row count: it may be wrong. Never asks for all columns: a complex one would throw. */
function readPage(
  reader: MDBReader,
  table: string,
  columns: readonly string[],
  rowOffset: number,
  name: string,
): Row[] {
  try {
    const data = reader.getTable(table).getData({ columns, rowOffset, rowLimit: pageSize })
    return data.map((row, index) => ({
      number: rowOffset + index + 1,
      cells: new Map(columns.map((column) => [column, toCell(row[column])])),
      broken: null,
    }))
  } catch {
    throw new IntakeError(damaged(name))
  }
}

function toCell(value: unknown): Cell {
  if (value instanceof Date) return fromHelsinkiWallTime(value) ?? null
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value !== 'string') return null
  const extended = /^(\d{4})\.(\d\d)\.(\d\d) (\d\d:\d\d:\d\d)\.\d{9}$/.exec(value)
  if (extended === null) return value
  const [, year, month, day, time] = extended
  return fromHelsinkiWallTime(new Date(`${year}-${month}-${day}T${time}Z`)) ?? null
}
