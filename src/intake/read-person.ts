// A row read as a person. Whatever is odd in it becomes a finding; nothing is repaired, guessed or thrown away.
import type { Relation } from '../domain/collection.ts'
import type { EmailCell } from '../domain/email-address.ts'
import { asText, comparable, readLines, readWords } from './cell-values.ts'
import { readCollected } from './collected.ts'
import { readEmailCell } from './email-cell.ts'
import { type FittedMapping, isFlat } from './fit-mapping.ts'
import type { IntakePerson } from './intake-page.ts'
import type { PersonMapping } from './mapping.ts'
import { readName } from './person-name.ts'
import { readOrganisation } from './read-organisation.ts'
import { readPermission } from './read-permission.ts'
import { cellOf, dateOf, inspect, type MappedRow, mappedRow, textOf } from './read-row.ts'
import { rowKey } from './row-key.ts'
import type { Row } from './source.ts'

/** Null for a row that identifies nobody: no name and nothing in the cell of the address. `now` judges future dates. */
export function readPerson(row: Row, fitted: FittedMapping, now: Date): IntakePerson | null {
  const { mapping } = fitted
  const { persons } = mapping
  const seen = mappedRow(row, fitted.persons)
  const name = readName(seen, persons.columns)
  const email = readEmail(seen, persons.columns.email)
  if (name.firstName === null && name.lastName === null && email.kind === 'none') return null

  const phone = textOf(seen, persons.columns.phone)
  const register = textOf(seen, persons.registerColumn) ?? mapping.register
  const organisation = organisationOf(row, seen, fitted, register)
  const person: IntakePerson = {
    register,
    key: textOf(seen, persons.key) ?? keyOf(name, email, organisation.organisationKey, phone),
    ...organisation,
    ...name,
    title: textOf(seen, persons.columns.title),
    phone,
    email,
    relations: readRelations(seen, persons.relation),
    tags: persons.tags ? readWords(cellOf(seen, persons.tags.column), persons.tags.separator) : [],
    ...readDates(seen, persons.columns),
    permission: readPermission(seen, persons.permission, now),
    collected: readCollected(seen, mapping.sources),
    notes: readNotes(seen, persons.columns.notes),
    findings: seen.findings,
  }
  inspectTexts(seen, person, mapping)
  return person
}

function readEmail(seen: MappedRow, column: string | undefined): EmailCell {
  const email = readEmailCell(asText(cellOf(seen, column)))
  if (email.kind === 'doubtful' && column !== undefined) {
    seen.findings.push({ code: 'DOUBTFUL_ADDRESS', column, because: email.because })
  }
  return email
}

type OrganisationOf = Pick<IntakePerson, 'organisationKey' | 'organisationRegister'>

/** The organisation's key as the person's row says it, or as the organisation in the same row has it. */
function organisationOf(row: Row, seen: MappedRow, fitted: FittedMapping, register: string): OrganisationOf {
  const { register: registerOfFile, persons } = fitted.mapping
  const key = textOf(seen, persons.organisationKey)
  const inRow = key === null && isFlat(fitted) ? readOrganisation(row, fitted) : null
  const organisationKey = key ?? inRow?.key ?? null
  const byDefault = isFlat(fitted) ? register : registerOfFile
  const of = inRow?.register ?? textOf(seen, persons.organisationRegisterColumn) ?? byDefault
  return organisationKey === null || of === register
    ? { organisationKey }
    : { organisationKey, organisationRegister: of }
}

function keyOf(
  { firstName, lastName }: Pick<IntakePerson, 'firstName' | 'lastName'>,
  email: EmailCell,
  organisationKey: string | null,
  phone: string | null,
): string {
  const address = email.kind === 'address' ? email.matching : email.kind === 'doubtful' ? email.cell : null
  return rowKey([firstName, lastName, address, organisationKey, address === null ? phone : null])
}

/** Words of the privacy notice, for a file whose mapping names none. */
const relationWords: Record<string, Relation> = {
  customer: 'customer',
  asiakas: 'customer',
  prospect: 'prospect',
  prospekti: 'prospect',
  liidi: 'prospect',
  'potentiaalinen asiakas': 'prospect',
  stakeholder: 'stakeholder',
  sidosryhmä: 'stakeholder',
  yhteistyökumppani: 'stakeholder',
}

type RelationMapping = FittedMapping['mapping']['persons']['relation']

function readRelations(seen: MappedRow, mapping: RelationMapping): Relation[] {
  if (typeof mapping === 'string') return [mapping]
  const known = new Map(
    Object.entries(mapping.values ?? relationWords).map(([word, relation]) => [comparable(word), relation]),
  )
  const words = readWords(cellOf(seen, mapping.column), mapping.separator)
  const found = words.map((word) => known.get(comparable(word)) ?? mapping.otherwise)
  return found.length === 0 ? [mapping.otherwise] : [...new Set(found)]
}

function readDates(seen: MappedRow, { addedAt, changedAt, verifiedAt }: PersonMapping['columns']) {
  return {
    addedAt: dateOf(seen, addedAt),
    changedAt: dateOf(seen, changedAt),
    verifiedAt: dateOf(seen, verifiedAt),
  }
}

function readNotes(seen: MappedRow, columns: readonly string[]): string[] {
  return columns.map((column) => readLines(cellOf(seen, column))).filter((note) => note !== null)
}

/** Notes may be long; everything else is a line. */
function inspectTexts(seen: MappedRow, person: IntakePerson, { persons, sources }: FittedMapping['mapping']): void {
  const { columns } = persons
  inspect(seen, columns.firstName ?? columns.fullName, person.firstName)
  inspect(seen, columns.lastName ?? columns.fullName, person.lastName)
  inspect(seen, columns.title, person.title)
  inspect(seen, columns.phone, person.phone)
  inspect(seen, sources?.column, person.collected.text)
  for (const column of columns.notes) inspect(seen, column, readLines(cellOf(seen, column)), 10_000)
}
