// A file and a mapping become clean rows: organisations, then persons, then activities, a page at a time. Nothing but the
// keys seen so far is held in memory (some 100 bytes a row), and a page is only read when the one before is done with.
import { type Fit, type FittedMapping, fitMapping, isFlat } from './fit-mapping.ts'
import type { IntakePage } from './intake-page.ts'
import type { Mapping } from './mapping.ts'
import { readActivity } from './read-activity.ts'
import { readOrganisation } from './read-organisation.ts'
import { readPerson } from './read-person.ts'
import type { Row, Source } from './source.ts'

/**
 * Reads every row that the mapping names. Each page holds rows of one table, 1,000 at most.
 * @param options.now judges whether a permission's date lies in the future
 * @throws IntakeError: the mapping does not fit, the file is damaged or has changed.
 */
export async function* readIntake(
  source: Source,
  mapping: Mapping,
  { now = new Date() }: { now?: Date } = {},
): AsyncGenerator<IntakePage> {
  const fitted = fitMapping(mapping, source.tables)
  if (fitted.organisations !== null) {
    yield* isFlat(fitted)
      ? organisationsInRows(source, fitted)
      : organisationTable(source, fitted, fitted.organisations)
  }
  yield* persons(source, fitted, now)
  for (const [index, activity] of mapping.activities.entries()) {
    const fit = fitted.activities[index]
    if (fit === undefined) continue
    const read = (row: Row) => readActivity(row, fitted, activity, fit)
    yield* pages(
      source,
      fit.table,
      columnsOf(fit),
      'activities',
      read,
      'it belongs to nobody: it names no person and no organisation',
    )
  }
}

type Kind = 'organisations' | 'persons' | 'activities'
type Known<K extends Kind> = IntakePage[K][number]

async function* organisationTable(source: Source, fitted: FittedMapping, fit: Fit): AsyncGenerator<IntakePage> {
  const read = (row: Row) => readOrganisation(row, fitted)
  yield* pages(source, fit.table, columnsOf(fit), 'organisations', read, 'it is an organisation without a name')
}

/** One organisation stands in the rows of all its people: the first row speaks for it, and no row is refused here. */
async function* organisationsInRows(source: Source, fitted: FittedMapping): AsyncGenerator<IntakePage> {
  const columns = columnsOf(fitted.organisations, fitted.persons)
  const seen = new Set<string>()
  for await (const rows of source.rows(fitted.persons.table, columns)) {
    const page = emptyPage()
    for (const row of rows) {
      const organisation = row.broken === null ? readOrganisation(row, fitted) : null
      if (organisation !== null && isNew(seen, organisation)) page.organisations.push(organisation)
    }
    if (page.organisations.length > 0) yield page
  }
}

async function* persons(source: Source, fitted: FittedMapping, now: Date): AsyncGenerator<IntakePage> {
  const columns = isFlat(fitted) ? columnsOf(fitted.organisations, fitted.persons) : columnsOf(fitted.persons)
  const read = (row: Row) => readPerson(row, fitted, now)
  yield* pages(
    source,
    fitted.persons.table,
    columns,
    'persons',
    read,
    'it identifies nobody: it has no name and no address',
  )
}

function columnsOf(...fits: (Fit | null)[]): string[] {
  return [...new Set(fits.flatMap((fit) => [...(fit?.columns.values() ?? [])]))]
}

/** The pages of one table; `nobody` says why a row that `read` makes nothing of is rejected. */
async function* pages<K extends Kind>(
  source: Source,
  table: string,
  columns: string[],
  kind: K,
  read: (row: Row) => Known<K> | null,
  nobody: string,
): AsyncGenerator<IntakePage> {
  const seen = new Set<string>()
  for await (const rows of source.rows(table, columns)) {
    const page = emptyPage()
    const kept: Known<K>[] = []
    for (const row of rows) {
      const found = row.broken === null ? read(row) : null
      const because = row.broken ?? (found === null ? nobody : isNew(seen, found) ? null : sameKey(found))
      if (because !== null) page.rejected.push({ table, row: row.number, because })
      else if (found !== null) kept.push(found)
    }
    yield { ...page, [kind]: kept }
  }
}

function emptyPage(): IntakePage {
  return { organisations: [], persons: [], activities: [], rejected: [] }
}

function isNew(seen: Set<string>, { register, key }: { register: string; key: string }): boolean {
  const before = seen.size
  return seen.add(`${register}\0${key}`).size > before
}

/** A prohibition must not get lost in a row that is not read. */
function sameKey(found: Known<Kind>): string {
  const isProhibition = 'permission' in found && found.permission.prohibited
  return isProhibition
    ? 'its key stands in an earlier row, and it holds a prohibition: correct the key and import the file again'
    : 'its key stands in an earlier row'
}
