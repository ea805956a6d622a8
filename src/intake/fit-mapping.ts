// Does a mapping fit a file? Finds every table and column it names, or says which are missing.
import { IntakeError } from './intake-error.ts'
import type { ActivityMapping, Mapping, OrganisationMapping, PersonMapping } from './mapping.ts'
import { nearestName } from './nearest-name.ts'
import type { Table } from './source.ts'

/** A table and, for each column name of the mapping, its name in the file. An optional column may be absent. */
export type Fit = { table: string; columns: ReadonlyMap<string, string> }

export type FittedMapping = {
  mapping: Mapping
  persons: Fit
  organisations: Fit | null
  /** In the order of the mapping's activities. */
  activities: Fit[]
}

/**
 * Finds what a mapping names, letter for letter or without regard to case.
 * @throws IntakeError with every problem at once: no such table or column, a column that cannot be read.
 */
export function fitMapping(mapping: Mapping, tables: readonly Table[]): FittedMapping {
  const fitted = tryFit(mapping, tables)
  if (Array.isArray(fitted)) throw new IntakeError(`The mapping does not fit this file.\n${fitted.join('\n')}`)
  return fitted
}

/** The same, answering the problems instead of throwing them. */
export function tryFit(mapping: Mapping, tables: readonly Table[]): FittedMapping | string[] {
  const problems: string[] = []
  const optional = new Set(mapping.optionalColumns)
  const place = (section: Section) => fitSection(section, tables, optional, problems)

  const persons = place(personSection(mapping))
  const organisations = mapping.organisations
    ? place(organisationSection(mapping.organisations, mapping.persons))
    : null
  const activities = mapping.activities.map((activity, index) => place(activitySection(activity, index)))
  return problems.length > 0 ? problems : { mapping, persons, organisations, activities }
}

/** Whether organisations stand in the same rows as the persons. */
export function isFlat({ organisations, persons }: FittedMapping): boolean {
  return organisations?.table === persons.table
}

type Section = { place: string; table: string | undefined; columns: Named }
type Named = Record<string, string | undefined>

function personSection({ persons, sources }: Pick<Mapping, 'persons' | 'sources'>): Section {
  const { columns, permission } = persons
  const { notes, ...plain } = columns
  const named: Named = {
    key: persons.key,
    registerColumn: persons.registerColumn,
    organisationKey: persons.organisationKey,
    organisationRegisterColumn: persons.organisationRegisterColumn,
    ...under('columns', plain),
    ...under('columns.notes', Object.fromEntries(notes.entries())),
    'relation.column': typeof persons.relation === 'string' ? undefined : persons.relation.column,
    'tags.column': persons.tags?.column,
    'permission.permitted': permission?.permitted,
    'permission.prohibited': permission?.prohibited,
    'permission.status.column': permission?.status?.column,
    'permission.at': permission?.at,
    'permission.source': permission?.source,
  }
  const { column, sourceColumn, groundColumn } = sources ?? {}
  const columnsNamed = { ...under('persons', named), ...under('sources', { column, sourceColumn, groundColumn }) }
  return { place: 'persons', table: persons.table, columns: columnsNamed }
}

/** Without a table of their own, organisations stand in the rows of the persons. */
function organisationSection(organisations: OrganisationMapping, persons: PersonMapping): Section {
  const { table, key, registerColumn, columns } = organisations
  const named = under('organisations', { key, registerColumn, ...under('columns', columns) })
  return { place: 'organisations', table: table ?? persons.table, columns: named }
}

function activitySection(activity: ActivityMapping, index: number): Section {
  const { table, kind, key, personKey, organisationKey, columns } = activity
  const kindColumn = typeof kind === 'string' ? undefined : kind.column
  const named: Named = { key, personKey, organisationKey, 'kind.column': kindColumn, ...under('columns', columns) }
  return { place: `activities.${index}`, table, columns: under(`activities.${index}`, named) }
}

function under(place: string, named: object): Named {
  return Object.fromEntries(Object.entries(named).map(([key, column]) => [`${place}.${key}`, column]))
}

function fitSection(section: Section, tables: readonly Table[], optional: Set<string>, problems: string[]): Fit {
  const { place, columns } = section
  const table = findTable(section, tables)
  if (typeof table === 'string') {
    problems.push(`${place}.table: ${table}`)
    return { table: '', columns: new Map() }
  }

  const found = new Map<string, string>()
  for (const [at, name] of Object.entries(columns)) {
    const column = name === undefined ? undefined : byName(table.columns, name)
    if (column?.complex) problems.push(`${at}: ${unreadable(table, column.name)}`)
    if (column !== undefined && name !== undefined) found.set(name, column.name)
    if (column === undefined && name !== undefined && !optional.has(name))
      problems.push(`${at}: ${missing(table, name)}`)
  }
  return { table: table.name, columns: found }
}

function findTable({ table }: Section, tables: readonly Table[]): Table | string {
  if (table !== undefined) return byName(tables, table) ?? noSuchTable(table, tables)
  const only = tables.length === 1 ? tables[0] : undefined
  return only ?? `the file has ${tables.length} tables; name one of ${listed(tables)}.`
}

/** Access does not tell names apart by case; people do not see how an ä is composed. */
function byName<T extends { name: string }>(known: readonly T[], name: string): T | undefined {
  const alike = (one: T) => fold(one.name) === fold(name)
  return known.find((one) => one.name === name) ?? known.find(alike)
}

function fold(name: string): string {
  return name.normalize('NFC').trim().toLowerCase()
}

function noSuchTable(name: string, tables: readonly Table[]): string {
  return `the file has no table "${name}"; ${instead(name, tables)}`
}

function missing(table: Table, name: string): string {
  return `the table "${table.name}" has no column "${name}"; ${instead(name, table.columns)}`
}

function unreadable(table: Table, name: string): string {
  return `the column "${name}" of "${table.name}" holds several values, attachments or binary data, which are never read; remove it.`
}

function instead(name: string, known: readonly { name: string }[]): string {
  const near = nearestName(
    name,
    known.map((one) => one.name),
  )
  return near === undefined ? `it has ${listed(known)}.` : `did you mean "${near}"?`
}

function listed(known: readonly { name: string }[]): string {
  return known.map(({ name }) => `"${name}"`).join(', ') || 'none'
}
