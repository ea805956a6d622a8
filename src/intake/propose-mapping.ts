// A first draft of a mapping for a register nobody has seen before, from the names of its tables and columns.
import { Document, isMap } from 'yaml'
import {
  activitySynonyms,
  kindWords,
  organisationSynonyms,
  ownTableSynonyms,
  permissionSynonyms,
  personSynonyms,
  sourceSynonyms,
} from './column-synonyms.ts'
import type { Table } from './source.ts'

/**
 * The draft as YAML with comments, for a person to read and correct. It is a guess: permission columns above all must be
 * looked at. Where no table looks like people, the draft says what the file holds and what to fill in.
 */
export function proposeMapping(tables: readonly Table[]): string {
  const draft = draftMapping(tables)
  return draft === undefined ? nothingFound(tables) : commented(draft, tables)
}

/** The same before it is written down; undefined where no table looks like people. */
export function draftMapping(tables: readonly Table[]) {
  const persons = bestTable(tables, personSynonyms, ['email', 'firstName', 'lastName'])
  if (persons === undefined) return undefined
  const others = tables.filter((table) => table !== persons)
  const organisations = bestTable(others, ownTableSynonyms, ['businessId', 'street', 'postalCode', 'city'])
  const keys = { person: keyOf(persons), organisation: organisations && keyOf(organisations) }
  const activities = others.filter(
    (table) => table !== organisations && refersTo(table, keys.person, keys.organisation),
  )
  return {
    register: 'asiakasrekisteri',
    organisations: organisationPart(persons, organisations),
    persons: personPart(persons, keys.organisation),
    sources: sourcePart(persons),
    activities: activities.length === 0 ? undefined : activities.map((table) => activityPart(table, keys)),
  }
}

type Synonyms = Record<string, readonly string[]>

/** The table with most of the telling columns, and then with most columns that are understood at all. */
function bestTable(tables: readonly Table[], synonyms: Synonyms, telling: readonly string[]): Table | undefined {
  const scored = tables.map((table) => {
    const found = Object.keys(match(table, synonyms))
    return { table, score: found.length, isLikely: telling.some((field) => found.includes(field)) }
  })
  return scored.filter(({ isLikely }) => isLikely).sort((a, b) => b.score - a.score)[0]?.table
}

/** Field → column: for each field its best word, and no column twice. */
function match(table: Table, synonyms: Synonyms): Record<string, string> {
  const free = table.columns.filter(({ complex }) => !complex).map(({ name }) => name)
  const found: Record<string, string> = {}
  for (const [field, words] of Object.entries(synonyms)) {
    const plainWords = words.map(plain)
    const hits = free.filter((name) => plainWords.includes(plain(name)))
    const best = hits.sort((a, b) => plainWords.indexOf(plain(a)) - plainWords.indexOf(plain(b)))[0]
    if (best === undefined) continue
    found[field] = best
    free.splice(free.indexOf(best), 1)
  }
  return found
}

function plain(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

/** The column that numbers the rows: `ID`, `HenkilöID`, `Asiakasnumero`; the first such one. */
function keyOf(table: Table): string | undefined {
  return table.columns.find(({ name }) => /^id$|id$|tunnus$|numero$|_key$|^key$/i.test(name) && !isContact(name))?.name
}

function isContact(name: string): boolean {
  return /tunnus|puhelin|posti/i.test(name) && /^y-?tunnus|puhelin|posti/i.test(name)
}

function refersTo(table: Table, ...keys: (string | undefined)[]): boolean {
  return keys.some((key) => has(table, key))
}

function has(table: Table, column: string | undefined): column is string {
  return column !== undefined && table.columns.some(({ name }) => name === column)
}

/** A table of their own, or the columns of the persons' table that speak of a company. */
function organisationPart(persons: Table, own: Table | undefined) {
  if (own !== undefined) {
    const columns = match(own, ownTableSynonyms)
    return columns['name'] === undefined ? undefined : { table: own.name, key: keyOf(own), columns }
  }
  const columns = match(persons, organisationSynonyms)
  return columns['name'] === undefined ? undefined : { columns }
}

function personPart(table: Table, organisationKey: string | undefined) {
  const { notes, ...columns } = match(table, personSynonyms)
  if (columns['firstName'] !== undefined || columns['lastName'] !== undefined) delete columns['fullName']
  const permission = match(table, permissionSynonyms)
  const says = permission['permitted'] !== undefined || permission['prohibited'] !== undefined
  return {
    table: table.name,
    key: keyOf(table),
    organisationKey: has(table, organisationKey) ? organisationKey : undefined,
    columns: { ...columns, notes: notes === undefined ? undefined : [notes] },
    relation: 'customer',
    permission: says ? permission : undefined,
  }
}

function sourcePart(table: Table) {
  const { column } = match(table, sourceSynonyms)
  return column === undefined ? undefined : { column, values: {} }
}

function activityPart(
  table: Table,
  { person, organisation }: { person: string | undefined; organisation: string | undefined },
) {
  const key = keyOf(table)
  return {
    table: table.name,
    kind: kindOf(table.name),
    key: key === person || key === organisation ? undefined : key,
    personKey: has(table, person) ? person : undefined,
    organisationKey: has(table, organisation) ? organisation : undefined,
    columns: match(table, activitySynonyms),
  }
}

function kindOf(table: string): string {
  const name = plain(table)
  return Object.entries(kindWords).find(([, words]) => words.some((word) => name.includes(plain(word))))?.[0] ?? 'other'
}

const comments: Record<string, string> = {
  register: ' A name for this register. It is part of every record: keep it the same at every import.',
  organisations: ' Companies and organisations. Columns that are not named are not read.',
  persons: ' People. Check the permission columns: nobody is mailed without a permission and its source.',
  sources: ' What the source column says, in codes, for example:  web-lomake: { source: CRM_WEB_FORM }',
  activities: ' Meetings, offers, assignments, orders and other activities.',
}

function commented(draft: object, tables: readonly Table[]): string {
  const document = new Document(JSON.parse(JSON.stringify(draft)))
  document.commentBefore = ` A draft from the names in the file. Read it, correct it, and give it with --mapping.\n\n${held(tables)}`
  if (!isMap(document.contents)) return document.toString()
  for (const { key } of document.contents.items as {
    key: { value: string; commentBefore?: string; spaceBefore?: boolean }
  }[]) {
    const comment = comments[key.value]
    if (comment !== undefined) key.commentBefore = comment
    key.spaceBefore = true
  }
  return document.toString({ lineWidth: 0 })
}

function nothingFound(tables: readonly Table[]): string {
  const intro = ' No table looks like people. Name the table and the columns below, and give the file with --mapping.'
  const document = new Document({
    register: 'asiakasrekisteri',
    persons: { table: '', columns: { lastName: '', email: '' } },
  })
  document.commentBefore = `${intro}\n\n${held(tables)}`
  return document.toString({ lineWidth: 0 })
}

function held(tables: readonly Table[]): string {
  const lines = tables.map(({ name, columns }) => ` ${name}: ${columns.map((column) => column.name).join(', ')}`)
  return ` The file holds:\n${lines.join('\n')}`
}
