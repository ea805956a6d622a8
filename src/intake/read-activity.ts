// A row read as something the company did with a person or an organisation.
import type { ActivityKind } from '../domain/collection.ts'
import { asText, comparable, type Reading, readAmount, readLines, readNumber } from './cell-values.ts'
import type { Fit, FittedMapping } from './fit-mapping.ts'
import type { IntakeActivity } from './intake-page.ts'
import type { ActivityMapping } from './mapping.ts'
import { cellOf, dateOf, inspect, type MappedRow, mappedRow, note, textOf } from './read-row.ts'
import { rowKey } from './row-key.ts'
import type { Row } from './source.ts'

/** Null for an activity of nobody. Whether the person is known is for the register to say. */
export function readActivity(
  row: Row,
  { mapping }: FittedMapping,
  activity: ActivityMapping,
  fit: Fit,
): IntakeActivity | null {
  const seen = mappedRow(row, fit)
  const personKey = textOf(seen, activity.personKey)
  const organisationKey = textOf(seen, activity.organisationKey)
  if (personKey === null && organisationKey === null) return null

  const said = readSaid(seen, activity)
  const { kind, at, title, text } = said
  const written = [personKey, organisationKey, kind, at?.toISOString() ?? null, title, text]
  const key = textOf(seen, activity.key) ?? rowKey(written)
  const read = { register: mapping.register, table: fit.table, key, personKey, organisationKey, ...said }
  return seen.findings.length === 0 ? read : { ...read, findings: seen.findings }
}

type Said = Pick<IntakeActivity, 'kind' | 'at' | 'endedAt' | 'title' | 'text' | 'quantity' | 'price'>

function readSaid(seen: MappedRow, { kind, columns }: ActivityMapping): Said {
  const title = textOf(seen, columns.title)
  const text = readLines(cellOf(seen, columns.text))
  inspect(seen, columns.title, title)
  inspect(seen, columns.text, text, 10_000)
  return {
    kind: readKind(seen, kind),
    at: dateOf(seen, columns.at),
    endedAt: dateOf(seen, columns.endedAt),
    title,
    text,
    quantity: readOrNote(seen, columns.quantity, readNumber(cellOf(seen, columns.quantity))),
    price: readOrNote(seen, columns.price, readAmount(cellOf(seen, columns.price))),
  }
}

function readKind(seen: MappedRow, kind: ActivityMapping['kind']): ActivityKind {
  if (typeof kind === 'string') return kind
  const said = comparable(asText(cellOf(seen, kind.column)))
  return Object.entries(kind.values).find(([word]) => comparable(word) === said)?.[1] ?? kind.otherwise
}

function readOrNote<T>(seen: MappedRow, column: string | undefined, reading: Reading<T>): T | null {
  if (reading !== 'unreadable') return reading
  note(seen, 'NUMBER_UNREADABLE', column)
  return null
}
