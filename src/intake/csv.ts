// Text files with a header line, streamed: a file of a million rows takes no more memory than one of a thousand.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename, extname } from 'node:path'
import { pipeline, Transform } from 'node:stream'
import { type CsvError, type Info, type Parser, parse } from 'csv-parse'
import { type CsvFormat, sniffCsv } from './csv-format.ts'
import { IntakeError } from './intake-error.ts'
import { pageSize, type Row, type Source } from './source.ts'

type Record = { record: string[]; info: Info }

/**
 * Opens a CSV file: UTF-8 (with or without byte order mark) or Windows-1252, separated by semicolons, commas or tabs.
 * A row with too few or too many cells comes out broken, with its line.
 * @throws IntakeError: empty, not text, no header, two columns of one name, an open quote, changed while it was read.
 */
export async function openCsv(file: string): Promise<Source> {
  const name = basename(file)
  const format = await sniffCsv(file)
  const header = await readHeader(file, name, format)
  const table = basename(file, extname(file))
  return {
    format: 'csv',
    sha256: format.sha256,
    tables: [{ name: table, columns: header.map((column) => ({ name: column, type: 'text', complex: false })) }],
    notices: format.notices,
    rows: (_table, columns) => pages(file, name, format, header, columns),
    close: async () => {},
  }
}

async function readHeader(file: string, name: string, format: CsvFormat): Promise<string[]> {
  for await (const { record } of records(file, name, format)) {
    const header = record.map((cell, index) => cell.normalize('NFC').trim() || `(column ${index + 1})`)
    const lower = header.map((column) => column.toLowerCase())
    const twice = header.find((_, index) => lower.indexOf(lower[index] ?? '') !== index)
    if (twice === undefined) return header
    throw new IntakeError(`${name} has two columns named "${twice}": rename one of them in the first line.`)
  }
  throw new IntakeError(`${name} is empty: the first line must name the columns.`)
}

async function* pages(
  file: string,
  name: string,
  format: CsvFormat,
  header: readonly string[],
  columns: readonly string[],
): AsyncGenerator<Row[]> {
  const wanted = columns.map((column) => [column, header.indexOf(column)] as const)
  let page: Row[] = []
  let isHeader = true
  for await (const found of records(file, name, format)) {
    if (isHeader) {
      isHeader = false
      continue
    }
    page.push(toRow(found, wanted, header.length))
    if (page.length < pageSize) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}

function toRow({ record, info }: Record, wanted: (readonly [string, number])[], width: number): Row {
  // The parser counts to the last line of a record; people look for its first.
  const number = info.lines - record.reduce((lines, cell) => lines + lineBreaksIn(cell), 0)
  if (record.length !== width) {
    const broken = `it has ${record.length} cells and the header has ${width}: check separators and quotes in this line`
    return { number, cells: new Map(), broken }
  }
  return { number, cells: new Map(wanted.map(([column, index]) => [column, record[index] || null])), broken: null }
}

function lineBreaksIn(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0
}

/** The records of the file, the header first. Leaving the loop early closes the file. */
async function* records(file: string, name: string, format: CsvFormat): AsyncGenerator<Record> {
  const hash = createHash('sha256')
  const input = createReadStream(file)
  input.on('data', (chunk) => hash.update(chunk))
  let lastLine = 0
  const parser = csvParser(format.delimiter, (line) => {
    lastLine = line
  })
  const steps = format.encoding === 'utf-8' ? [input, parser] : [input, fromWindows1252(), parser]
  // Errors reach the parser, which is read below.
  pipeline(steps, () => {})
  try {
    yield* parser as AsyncIterable<Record>
  } catch (error) {
    throw new IntakeError(whyUnreadable(error, name, lastLine + 1))
  } finally {
    input.destroy()
  }
  if (hash.digest('hex') === format.sha256) return
  throw new IntakeError(`${name} changed while it was being read: close whatever writes to it, and try again.`)
}

/** Node 20 reads windows-1252 as Latin-1, which differs from it in these 32 places; five of them are empty. */
const windows1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

function fromWindows1252(): Transform {
  const toText = (chunk: Buffer) =>
    chunk.toString('latin1').replace(/[\x80-\x9f]/g, (one) => windows1252[one.charCodeAt(0) - 0x80] ?? '')
  return new Transform({ transform: (chunk: Buffer, _encoding, done) => done(null, toText(chunk)) })
}

/** `read` hears the last line of each record as it is parsed: a broken one is the next. */
function csvParser(delimiter: string, read: (line: number) => void): Parser {
  return parse({
    bom: true,
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: 1024 * 1024,
    on_record: (record, { lines }) => {
      read(lines)
      return record
    },
  })
}

function whyUnreadable(error: unknown, name: string, line: number): string {
  const { code } = error as Partial<CsvError>
  if (code === 'CSV_QUOTE_NOT_CLOSED') {
    return `${name} has a quotation mark that is never closed, from line ${line} on: close or remove it.`
  }
  if (code === 'CSV_MAX_RECORD_SIZE') {
    return `${name} has a row of more than 1 MB at line ${line}: look there for a quotation mark that is never closed.`
  }
  return `${name} could not be read from line ${line} on: check that it is a complete CSV file.`
}
