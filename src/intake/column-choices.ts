// A mapping as an owner chooses it: what each table holds, and what each of its columns becomes. The result is a mapping like
// any other; what a form cannot say (words of a source, columns that may be missing) is said in YAML.
import { stringify } from 'yaml'
import { type ActivityKind, activityKinds, type Relation } from '../domain/collection.ts'
import type { Mapping } from './mapping.ts'
import { draftMapping } from './propose-mapping.ts'
import type { Table } from './source.ts'
import { collectedBy } from './source-words.ts'

/** What the rows of a table are. */
export const tableRoles = ['none', 'people', 'organisations', ...activityKinds] as const
export type TableRole = (typeof tableRoles)[number]

/** What a column becomes, by what its rows are about. */
export const columnMeanings = {
  person: ['firstName', 'lastName', 'fullName', 'title', 'email', 'phone', 'notes', 'tags'],
  permission: ['permitted', 'prohibited', 'status', 'permissionAt', 'permissionSource', 'bothSources', 'source'],
  upkeep: ['key', 'organisationKey', 'personKey', 'addedAt', 'changedAt', 'verifiedAt'],
  organisation: [
    ...['organisation.name', 'organisation.businessId', 'organisation.street', 'organisation.postalCode'],
    ...['organisation.city', 'organisation.country', 'organisation.website', 'organisation.phone'],
    'organisation.addedAt',
  ],
  activity: [
    'activity.at',
    'activity.endedAt',
    'activity.title',
    'activity.text',
    'activity.quantity',
    'activity.price',
  ],
} as const

/** Table → column → what it becomes; a column that is not there is not read. */
export type ColumnChoices = {
  register: string
  relation: Relation
  roles: Record<string, TableRole>
  columns: Record<string, Record<string, string>>
  /** The words of a column that says permission and prohibition in one. */
  words: { permission: string[]; prohibition: string[] }
  /** Word of the source column → a code of the grounds or of the sources. */
  sources: Record<string, string>
}

export type ChoiceProblem = {
  code:
    | 'REGISTER_NAME'
    | 'NO_PEOPLE'
    | 'TWO_TABLES'
    | 'TWICE'
    | 'NO_NAME'
    | 'WHOLE_AND_PARTS'
    | 'TICKS_AND_STATUS'
    | 'STATUS_WORDS'
    | 'NAMELESS_ORGANISATION'
    | 'NOBODYS'
  table: string
  /** What was chosen twice. */
  meaning?: string
}

/** What is worth a second look before anybody is mailed. */
export type ChoiceWarning = 'NO_PERMISSION' | 'NO_PERMISSION_SOURCE' | 'NO_PERMISSION_DATE' | 'NO_ADDRESS' | 'NO_KEY'

const noWords = { permission: ['kyllä', 'lupa', 'x'], prohibition: ['ei', 'kielto'] }

/** The choices that the names in a file suggest. */
export function suggestedChoices(tables: readonly Table[]): ColumnChoices {
  const draft = draftMapping(tables)
  const none = Object.fromEntries(tables.map(({ name }) => [name, {}]))
  const choices: ColumnChoices = {
    ...{ register: 'asiakasrekisteri', relation: 'customer', words: noWords, columns: none, sources: {} },
    roles: Object.fromEntries(tables.map(({ name }) => [name, 'none' as const])),
  }
  if (!draft) return { ...choices, roles: { ...choices.roles, ...onlyTable(tables) } }
  const { persons, organisations, activities = [], sources } = draft
  const mark = (table: string, role: TableRole | null, found: Record<string, string | undefined>) => {
    if (role) choices.roles[table] = role
    const known = Object.entries(found).flatMap(([meaning, column]) => (column ? [[column, meaning] as const] : []))
    // The first word for a column stands: a key that names an organisation is the organisation's.
    choices.columns[table] = { ...Object.fromEntries(known.reverse()), ...choices.columns[table] }
  }
  const { notes, ...columns } = persons.columns
  const permission = persons.permission ?? {}
  const source = sources?.column
  const both = source !== undefined && permission['source'] === source ? source : undefined
  mark(persons.table, 'people', {
    ...{ key: persons.key, organisationKey: persons.organisationKey, ...columns, notes: notes?.[0] },
    ...{ permitted: permission['permitted'], prohibited: permission['prohibited'], permissionAt: permission['at'] },
    ...(both ? { bothSources: both } : { permissionSource: permission['source'], source }),
  })
  if (organisations)
    mark(organisations.table ?? persons.table, organisations.table ? 'organisations' : null, {
      ...(organisations.table ? { key: organisations.key } : {}),
      ...under('organisation', organisations.columns),
    })
  for (const { table, kind, key, personKey, organisationKey, columns } of activities)
    mark(table, kind as ActivityKind, { key, personKey, organisationKey, ...under('activity', columns) })
  return choices
}

/** A file of one table is about people, whatever its columns are called. */
function onlyTable(tables: readonly Table[]): Record<string, TableRole> {
  const [only, other] = tables
  return only && !other ? { [only.name]: 'people' } : {}
}

function under(group: string, columns: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(columns).map(([field, column]) => [`${group}.${field}`, column]))
}

/** The mapping that the choices make, as YAML; or everything that keeps them from being one. */
export function mappingOfChoices(choices: ColumnChoices): { yaml: string } | { problems: ChoiceProblem[] } {
  const problems = problemsOf(choices)
  if (problems.length > 0) return { problems }
  const people = tableOf(choices, 'people') as string
  const meant = columnsByMeaning(choices, people)
  const own = tableOf(choices, 'organisations')
  const mapping: Unfinished<Mapping> = {
    register: choices.register.trim(),
    organisations: own ? organisationTable(choices, own) : organisationInRows(meant),
    persons: {
      table: people,
      key: meant['key'],
      organisationKey: own ? meant['organisationKey'] : undefined,
      columns: {
        ...picked(meant, ['firstName', 'lastName', 'fullName', 'title', 'email', 'phone']),
        ...picked(meant, ['addedAt', 'changedAt', 'verifiedAt']),
        notes: columnsAs(choices, people, 'notes'),
      },
      relation: choices.relation,
      tags: meant['tags'] ? { column: meant['tags'] } : undefined,
      permission: permissionPart(choices, meant),
    },
    sources: sourcePart(choices, meant['source'] ?? meant['bothSources']),
    activities: Object.entries(choices.roles)
      .filter(([, role]) => isActivity(role))
      .map(([table, kind]) => activityPart(choices, table, kind as ActivityKind)),
  }
  return { yaml: stringify(JSON.parse(JSON.stringify(mapping)), { lineWidth: 0 }) }
}

type Unfinished<T> = { [K in keyof T]?: unknown }

const isActivity = (role: TableRole) => (activityKinds as readonly string[]).includes(role)

/** What the choices leave out that an owner would miss later. */
export function warningsOfChoices(choices: ColumnChoices): ChoiceWarning[] {
  const people = tableOf(choices, 'people')
  if (!people) return []
  const meant = columnsByMeaning(choices, people)
  const has = (...meanings: string[]) => meanings.some((meaning) => meant[meaning] !== undefined)
  const says = has('permitted', 'status')
  const found: [ChoiceWarning, boolean][] = [
    ['NO_PERMISSION', !says],
    ['NO_PERMISSION_SOURCE', says && !has('permissionSource', 'bothSources')],
    ['NO_PERMISSION_DATE', says && !has('permissionAt')],
    ['NO_ADDRESS', !has('email')],
    ['NO_KEY', !has('key')],
  ]
  return found.filter(([, missing]) => missing).map(([code]) => code)
}

function problemsOf(choices: ColumnChoices): ChoiceProblem[] {
  const problems: ChoiceProblem[] = []
  const add = (code: ChoiceProblem['code'], table = '', meaning?: string) =>
    problems.push({ code, table, ...(meaning ? { meaning } : {}) })
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u.test(choices.register.trim())) add('REGISTER_NAME')
  const tables = (role: TableRole) => Object.keys(choices.roles).filter((table) => choices.roles[table] === role)
  if (tables('people').length === 0) add('NO_PEOPLE')
  for (const role of ['people', 'organisations'] as const) if (tables(role).length > 1) add('TWO_TABLES', '', role)
  for (const [table, role] of Object.entries(choices.roles)) {
    if (role === 'none') continue
    const meant = columnsByMeaning(choices, table)
    for (const meaning of twice(choices, table)) add('TWICE', table, meaning)
    if (role === 'people') problems.push(...problemsOfPeople(choices, table, meant))
    if (role === 'organisations' && !meant['organisation.name']) add('NAMELESS_ORGANISATION', table)
    if (isActivity(role) && !meant['personKey'] && !meant['organisationKey']) add('NOBODYS', table)
  }
  return problems
}

function problemsOfPeople(
  { words }: ColumnChoices,
  table: string,
  meant: Record<string, string | undefined>,
): ChoiceProblem[] {
  const { firstName, lastName, fullName, email, permitted, prohibited, status } = meant
  const source = [meant['source'], meant['permissionSource']].some(Boolean)
  const clash = words.permission.some((one) => words.prohibition.map(lower).includes(lower(one)))
  const found: [ChoiceProblem['code'], boolean, string?][] = [
    ['NO_NAME', !firstName && !lastName && !fullName && !email],
    ['WHOLE_AND_PARTS', Boolean(fullName && (firstName || lastName))],
    ['TICKS_AND_STATUS', Boolean(status && (permitted || prohibited))],
    ['STATUS_WORDS', Boolean(status) && (clash || words.permission.length === 0 || words.prohibition.length === 0)],
    ['TWICE', source && meant['bothSources'] !== undefined, 'bothSources'],
  ]
  return found.filter(([, is]) => is).map(([code, , meaning]) => ({ code, table, ...(meaning ? { meaning } : {}) }))
}

const lower = (word: string) => word.trim().toLowerCase()

/** Only notes may stand in several columns. */
function twice(choices: ColumnChoices, table: string): string[] {
  const meanings = Object.values(choices.columns[table] ?? {}).filter((meaning) => meaning !== 'notes')
  return [...new Set(meanings.filter((meaning, place) => meanings.indexOf(meaning) !== place))]
}

function tableOf({ roles }: ColumnChoices, role: TableRole): string | undefined {
  return Object.keys(roles).find((table) => roles[table] === role)
}

function columnsByMeaning({ columns }: ColumnChoices, table: string): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(columns[table] ?? {}).map(([column, meaning]) => [meaning, column]))
}

function columnsAs({ columns }: ColumnChoices, table: string, wanted: string): string[] {
  return Object.entries(columns[table] ?? {}).flatMap(([column, meaning]) => (meaning === wanted ? [column] : []))
}

function picked(meant: Record<string, string | undefined>, meanings: readonly string[], group = '') {
  return Object.fromEntries(meanings.map((meaning) => [meaning.slice(group.length), meant[meaning]]))
}

function organisationTable(choices: ColumnChoices, table: string) {
  const meant = columnsByMeaning(choices, table)
  return { table, key: meant['key'], columns: picked(meant, columnMeanings.organisation, 'organisation.') }
}

/** Without a table of their own, organisations stand in the rows of the people. */
function organisationInRows(meant: Record<string, string | undefined>) {
  if (!meant['organisation.name']) return undefined
  return { columns: picked(meant, columnMeanings.organisation, 'organisation.') }
}

/** Words that nobody chose a meaning for stay as they are written, as another source. */
function sourcePart({ sources }: ColumnChoices, column: string | undefined) {
  if (!column) return undefined
  const values = Object.entries(sources).flatMap(([word, code]) => {
    const meant = collectedBy(code)
    return meant ? [[word, meant] as const] : []
  })
  return { column, values: Object.fromEntries(values) }
}

function permissionPart({ words }: ColumnChoices, meant: Record<string, string | undefined>) {
  const { permitted, prohibited, status } = meant
  if (!permitted && !prohibited && !status) return undefined
  const more = { at: meant['permissionAt'], source: meant['permissionSource'] ?? meant['bothSources'] }
  return status ? { status: { column: status, ...words }, ...more } : { permitted, prohibited, ...more }
}

function activityPart(choices: ColumnChoices, table: string, kind: ActivityKind) {
  const meant = columnsByMeaning(choices, table)
  return {
    ...{ table, kind, key: meant['key'], personKey: meant['personKey'], organisationKey: meant['organisationKey'] },
    columns: picked(meant, columnMeanings.activity, 'activity.'),
  }
}
