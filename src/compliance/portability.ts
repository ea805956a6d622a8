// What a person gave themselves and may take elsewhere (GDPR Art. 20): contact data, permissions, orders, sign-ups; no judgement
// of ours and no note. As JSON, or as CSV with one value a line.
import { stringify } from 'csv-stringify/sync'
import type { ConcernedRow, ConcernedRows, ConcernedTable } from '../register/access-report.ts'

const portable = {
  person: ['first_name', 'last_name', 'title', 'phone', 'email'],
  organisation: ['name', 'business_id', 'street', 'postal_code', 'city', 'country', 'website', 'phone'],
  permission_entry: ['says', 'at', 'channel', 'source', 'wording'],
  activity: ['kind', 'at', 'ended_at', 'title', 'quantity', 'price'],
  sign_up: ['first_name', 'last_name', 'email', 'organisation', 'wording', 'asked_at', 'confirmed_at'],
} as const satisfies Partial<Record<ConcernedTable, readonly string[]>>

export type PortableData = Record<keyof typeof portable, ConcernedRow[]>

/** The portable part of a person's rows: empty cells and what others did are left out. Pure. */
export function portableData(rows: ConcernedRows): PortableData {
  const taken = Object.entries(portable).map(([table, columns]) => [
    table,
    rows[table as keyof typeof portable].map((row) =>
      Object.fromEntries(columns.filter((column) => row[column] != null).map((column) => [column, row[column]])),
    ),
  ])
  return Object.fromEntries(taken)
}

/** The same as CSV: table, row number, field, value. A spreadsheet takes no value for a formula. */
export function portableCsv(data: PortableData): string {
  const lines = Object.entries(data).flatMap(([table, rows]) =>
    rows.flatMap((row, place) => Object.entries(row).map(([field, value]) => [table, place + 1, field, String(value)])),
  )
  return stringify(lines, {
    header: true,
    columns: ['table', 'row', 'field', 'value'],
    bom: true,
    escape_formulas: true,
  })
}
