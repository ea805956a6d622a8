// A spreadsheet takes a cell that begins with = + - @ for a formula. The export puts an apostrophe before it; the import
// takes it away again, so that a phone number comes back as it was.
import type { Cell, Source } from '../intake/source.ts'

/** The characters that csv-stringify's `escape_formulas` guards. */
const guarded = /^'(?=[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20])/

/** The same source with the apostrophes before formulas taken away; only text files have them. */
export function withoutFormulaGuards(source: Source): Source {
  if (source.format !== 'csv') return source
  return {
    ...source,
    async *rows(table, columns) {
      for await (const page of source.rows(table, columns)) {
        yield page.map((row) => ({ ...row, cells: new Map([...row.cells].map(([name, cell]) => [name, plain(cell)])) }))
      }
    },
  }
}

function plain(cell: Cell): Cell {
  return typeof cell === 'string' ? cell.replace(guarded, '') : cell
}
