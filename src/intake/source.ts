// What every kind of file looks like to the rest of the intake: named tables, pages of rows, nothing of the format.

/** A value of one cell. A Date is an instant; a currency amount is a decimal string. */
export type Cell = string | number | boolean | Date | null

export type Row = {
  /** Where it stands: the line of a text file or a sheet (1 is the header), or the how-manieth row of the table (from 1). */
  number: number
  /** Column name → value, for the columns that were asked for. */
  cells: ReadonlyMap<string, Cell>
  /** Why the row cannot be read, in words that hold nothing of its content; null for a sound row. */
  broken: string | null
}

/** `complex`: several values, attachments or binary data in one cell; it exists, and is never read. */
export type Column = { name: string; type: string; complex: boolean }

export type Table = { name: string; columns: Column[] }

export type Source = {
  format: 'accdb' | 'mdb' | 'csv' | 'xlsx'
  /** Of the file's bytes, in hex. */
  sha256: string
  tables: Table[]
  /** Sentences the user should see: another encoding, tables that live in another file. */
  notices: string[]
  /**
   * The rows of a table in pages of at most 1,000, in file order, holding only the columns asked for. May be called
   * again. Throws IntakeError when the file is damaged, or has changed since it was opened.
   */
  rows(table: string, columns: readonly string[]): AsyncGenerator<Row[]>
  close(): Promise<void>
}

/** Rows in one page, at most. */
export const pageSize = 1000
