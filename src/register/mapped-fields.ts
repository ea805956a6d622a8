// Which columns of the register a file speaks of: what its mapping does not name is left as it is, never emptied.
import { type FittedMapping, isFlat } from '../intake/fit-mapping.ts'

/** Columns of `organisation` and `person` that the file decides, and what else it speaks of. */
export type MappedFields = {
  organisation: string[]
  person: string[]
  address: boolean
  permission: boolean
  /** The permission's date column is the date of a status, prohibition included. */
  permissionStatus: boolean
  sources: boolean
  notes: boolean
  /** The tables that rejected rows are counted under. */
  tables: { people: string; organisations: string | null }
}

/**
 * Reads the mapping as it fits the file. One relation for the whole file is for people who are new: a supplementary list
 * must not turn customers into prospects; a relation column decides for people already known too.
 */
export function mappedFields(fitted: FittedMapping): MappedFields {
  const { organisations, persons, sources } = fitted.mapping
  const inPersons = (column: string | undefined) => column !== undefined && fitted.persons.columns.has(column)
  const { columns, permission } = persons
  const whole = inPersons(columns.fullName)
  const address = inPersons(columns.email)
  const flat = fitted.organisations !== null && isFlat(fitted)
  const person: [string, boolean][] = [
    ['organisation_id', flat || inPersons(persons.organisationKey)],
    ['first_name', whole || inPersons(columns.firstName)],
    ['last_name', whole || inPersons(columns.lastName)],
    ['title', inPersons(columns.title)],
    ['phone', inPersons(columns.phone)],
    ['email', address],
    ['email_nature', address],
    ['email_doubtful', address],
    ['relations', typeof persons.relation !== 'string' && inPersons(persons.relation.column)],
    ['tags', inPersons(persons.tags?.column)],
    ['added_at', inPersons(columns.addedAt)],
    ['changed_at', inPersons(columns.changedAt)],
    ['verified_at', inPersons(columns.verifiedAt)],
  ]
  return {
    organisation: organisationColumns(fitted),
    person: person.filter(([, mapped]) => mapped).map(([column]) => column),
    address,
    permission: [permission?.permitted, permission?.prohibited, permission?.status?.column].some(inPersons),
    permissionStatus: permission?.status !== undefined,
    sources: [sources?.column, sources?.sourceColumn].some(inPersons),
    notes: columns.notes.some(inPersons),
    tables: {
      people: fitted.persons.table,
      organisations: flat || !organisations ? null : fitted.organisations!.table,
    },
  }
}

function organisationColumns({ mapping, organisations }: FittedMapping): string[] {
  if (!organisations || !mapping.organisations) return []
  return Object.entries(mapping.organisations.columns)
    .filter(([, column]) => column !== undefined && organisations.columns.has(column))
    .map(([field]) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
}
