// One table of text into a file that a spreadsheet opens: as CSV or as a workbook. No cell of either is ever run as a formula.
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { stringify } from 'csv-stringify'
import writeWorkbook from 'write-excel-file/node'
import { BadInput } from '../domain/errors.ts'

export type TableRow = Record<string, unknown>

/** The library holds a workbook in memory: some 5 kB a row of 30 cells. */
const mostWorkbookRows = 100_000

/** What Excel refuses in a cell. */
const longestCell = 32_767

/**
 * Writes the pages of a table, and ends the file. Times are written in UTC (ISO 8601), so that they come back as they were.
 * @throws BadInput for a workbook of more than 100,000 rows.
 */
export async function writeTable(
  out: Writable,
  format: 'csv' | 'xlsx',
  columns: readonly string[],
  pages: AsyncIterable<TableRow[]>,
): Promise<void> {
  if (format === 'csv') await writeCsv(out, columns, pages)
  else await writeXlsx(out, columns, pages)
  await finished(out)
}

async function writeCsv(out: Writable, columns: readonly string[], pages: AsyncIterable<TableRow[]>): Promise<void> {
  const csv = stringify({
    header: true,
    columns: [...columns],
    bom: true,
    delimiter: ';',
    record_delimiter: 'windows',
    escape_formulas: true,
    cast: { date: (date) => date.toISOString() },
  })
  csv.pipe(out)
  for await (const page of pages) for (const row of page) await put(csv, row)
  csv.end()
}

/** Every cell is text: a phone number keeps its plus sign and a postal code its zeros. */
async function writeXlsx(out: Writable, columns: readonly string[], pages: AsyncIterable<TableRow[]>): Promise<void> {
  const rows = [columns.map((column) => textCell(column))]
  for await (const page of pages) {
    rows.push(...page.map((row) => columns.map((column) => textCell(row[column]))))
    if (rows.length > mostWorkbookRows + 1)
      throw new BadInput('A workbook of more than 100,000 people is more than Excel is good for: name the file .csv.')
  }
  const workbook = writeWorkbook(rows, { sheet: 'Lupa', stickyRowsCount: 1 })
  out.end(await workbook.toBuffer())
}

function textCell(value: unknown) {
  if (value === null || value === undefined || value === '') return null
  const text = value instanceof Date ? value.toISOString() : String(value)
  return { type: String, value: text.replace(control, '\uFFFD').slice(0, longestCell) }
}

/** XML has no place for these. They leave a mark: what is doubtful here must not come back looking sound. */
const control = /[^\P{Cc}\n\t]/gu

/** Waits where the file is slower than the register. */
export async function put(stream: Writable, what: unknown): Promise<void> {
  if (stream.errored) throw stream.errored
  if (!stream.write(what)) await once(stream, 'drain')
}
