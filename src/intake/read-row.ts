// One row seen through a mapping: columns are asked for by the mapping's names, and what is odd is noted as found.
import { readDate, readText } from './cell-values.ts'
import type { Fit } from './fit-mapping.ts'
import type { Finding, FindingCode } from './intake-page.ts'
import { sensitiveIn } from './sensitive-text.ts'
import type { Cell, Row } from './source.ts'

export type MappedRow = { cells: Row['cells']; columns: Fit['columns']; findings: Finding[] }

export function mappedRow({ cells }: Row, { columns }: Fit): MappedRow {
  return { cells, columns, findings: [] }
}

/** Null for an empty cell, and for a column that the mapping or the file does not have. */
export function cellOf({ cells, columns }: MappedRow, column: string | undefined): Cell {
  return cells.get(columns.get(column ?? '') ?? '') ?? null
}

export function textOf(row: MappedRow, column: string | undefined): string | null {
  return readText(cellOf(row, column))
}

/** A date, or null with a finding where the cell holds something else. */
export function dateOf(row: MappedRow, column: string | undefined): Date | null {
  const date = readDate(cellOf(row, column))
  if (date === 'unreadable') note(row, 'DATE_UNREADABLE', column)
  return date === 'unreadable' ? null : date
}

export function note(row: MappedRow, code: Exclude<FindingCode, 'DOUBTFUL_ADDRESS'>, column: string | undefined): void {
  row.findings.push({ code, column: column ?? null })
}

/** Notes what should not stand in a text; `longest` in characters. */
export function inspect(row: MappedRow, column: string | undefined, text: string | null, longest = 255): void {
  if (text === null) return
  for (const code of sensitiveIn(text, longest)) note(row, code, column)
}
