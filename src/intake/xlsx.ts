// Excel workbooks (.xlsx) through read-excel-file: each sheet is a table whose first line names the columns.
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { unzipSync } from 'fflate'
import readWorkbook, { type CellValue, InvalidInputError } from 'read-excel-file/node'
import { fromHelsinkiWallTime } from './helsinki-time.ts'
import { IntakeError } from './intake-error.ts'
import { type Cell, pageSize, type Row, type Source } from './source.ts'

const mebibyte = 1024 * 1024

/** The library holds the whole workbook in memory, unpacked. */
const largest = { file: 64 * mebibyte, unpacked: 1024 * mebibyte }

type Values = readonly (CellValue | Date | null)[]
type Sheet = { name: string; header: string[]; lines: { number: number; values: Values }[] }

/**
 * Opens a workbook: read whole into memory, at most 64 MB (1 GB unpacked). Formulas count as the value that was saved with
 * them; dates are the wall clock in Helsinki; empty lines and empty sheets are passed over.
 * @throws IntakeError: no workbook, too large, locked by a password, damaged, a formula without a value, two columns of one name.
 */
export async function openXlsx(file: string): Promise<Source> {
  const name = basename(file)
  const { size } = await stat(file)
  if (size > largest.file) throw new IntakeError(tooLarge(name))
  const buffer = await readFile(file)
  const written = unpackSheets(buffer, name)
  if (written.length === 0) throw new IntakeError(whyUnreadable(buffer, name))
  refuseWithoutValues(written, name)
  const sheets = (await readSheets(buffer, name)).flatMap(({ sheet, data }) => toSheet(sheet, data, name))
  if (sheets.length === 0) throw new IntakeError(`${name} is empty: the first line of a sheet must name the columns.`)
  return {
    format: 'xlsx',
    sha256: createHash('sha256').update(buffer).digest('hex'),
    tables: sheets.map(({ name, header }) => ({
      name,
      columns: header.map((column) => ({ name: column, type: 'cell', complex: false })),
    })),
    notices: [],
    rows: (table, columns) => pages(sheets.find((sheet) => sheet.name === table)!, columns),
    close: async () => {},
  }
}

/** The sheets as they are written, to look for what the library passes over; refuses what would unpack to no end. */
function unpackSheets(buffer: Buffer, name: string): Buffer[] {
  let unpacked = 0
  const isSheet = ({ name: entry, originalSize }: { name: string; originalSize: number }) => {
    unpacked += originalSize
    if (unpacked > largest.unpacked) throw new IntakeError(tooLarge(name))
    return /^xl\/worksheets\/[^/]+\.xml$/.test(entry)
  }
  try {
    return Object.values(unzipSync(buffer, { filter: isSheet })).map((bytes) =>
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
    )
  } catch (error) {
    throw error instanceof IntakeError ? error : new IntakeError(whyUnreadable(buffer, name))
  }
}

/** The library takes a formula that failed or was never calculated for an empty cell; a prohibition may have stood there. */
function refuseWithoutValues(sheets: Buffer[], name: string): void {
  for (const sheet of sheets) {
    const places = ['t="e"', '</f></c>', '"/></c>'].map((mark) => sheet.indexOf(mark)).filter((place) => place >= 0)
    const cells = places.map((place) => cellBefore(sheet, place)).filter((cell) => cell !== undefined)
    if (cells.length === 0) continue
    throw new IntakeError(
      `${name} has a formula without a value in cell ${cells[0]} (such as #N/A): correct it, or paste values over the formulas, and save the file.`,
    )
  }
}

/** `C5` of the cell whose inside a place in a sheet is; undefined where the place is in no cell. */
function cellBefore(sheet: Buffer, place: number): string | undefined {
  const start = sheet.lastIndexOf('<c ', place)
  return start < 0 ? undefined : /^<c [^>]*\br="([A-Z]+\d+)"/.exec(sheet.toString('latin1', start, place + 64))?.[1]
}

async function readSheets(buffer: Buffer, name: string) {
  try {
    return await readWorkbook(buffer, { trim: false })
  } catch (error) {
    if (error instanceof InvalidInputError) throw new IntakeError(whyUnreadable(buffer, name))
    const [, row] = /row (\d+)/.exec((error as Error).message) ?? []
    const where = row === undefined ? '' : ` at line ${row}`
    throw new IntakeError(`${name} is damaged${where}: open it in Excel, save it again as .xlsx, and try again.`)
  }
}

/** A workbook with a password, like one of before 2007, begins with the mark of an OLE file. */
function whyUnreadable(buffer: Buffer, name: string): string {
  if (buffer.toString('hex', 0, 4) === 'd0cf11e0')
    return `${name} is protected by a password, or is an old .xls inside: save it in Excel as .xlsx without a password.`
  return `${name} is not an Excel workbook, or it is damaged: open it in Excel and save it again as .xlsx.`
}

function tooLarge(name: string): string {
  return `${name} is too large to be read as a workbook (64 MB, or 1 GB unpacked): save the table as "CSV UTF-8".`
}

/** None where the sheet is empty. */
function toSheet(name: string, data: readonly Values[], file: string): Sheet[] {
  const lines = data
    .map((values, index) => ({ number: index + 1, values }))
    .filter(({ values }) => values.some((value) => value !== null && value !== ''))
  const [first, ...rest] = lines
  if (first === undefined) return []
  const header = first.values.map(
    (value, index) =>
      String(value ?? '')
        .normalize('NFC')
        .trim() || `(column ${index + 1})`,
  )
  const lower = header.map((column) => column.toLowerCase())
  const twice = header.find((_, index) => lower.indexOf(lower[index] ?? '') !== index)
  if (twice === undefined) return [{ name, header, lines: rest }]
  throw new IntakeError(
    `${file} has two columns named "${twice}" on the sheet "${name}": rename one of them in the first line.`,
  )
}

async function* pages({ header, lines }: Sheet, columns: readonly string[]): AsyncGenerator<Row[]> {
  const wanted = columns.map((column) => [column, header.indexOf(column)] as const)
  for (let start = 0; start < lines.length; start += pageSize) {
    yield lines.slice(start, start + pageSize).map(({ number, values }) => ({
      number,
      cells: new Map(wanted.map(([column, index]) => [column, toCell(values[index])])),
      broken: null,
    }))
  }
}

/** Excel keeps a time as a part of a day, right to the second after rounding. */
function toCell(value: unknown): Cell {
  if (value instanceof Date) return fromHelsinkiWallTime(new Date(Math.round(value.getTime() / 1000) * 1000)) ?? null
  if (typeof value === 'number' || typeof value === 'boolean') return value
  return typeof value === 'string' && value !== '' ? value : null
}
