// A row read as an organisation, from a table of its own or from the row of one of its people.
import { readLink } from './cell-values.ts'
import { type FittedMapping, isFlat } from './fit-mapping.ts'
import type { IntakeOrganisation } from './intake-page.ts'
import { cellOf, dateOf, mappedRow, textOf } from './read-row.ts'
import { rowKey } from './row-key.ts'
import type { Row } from './source.ts'

/** Null for a row without an organisation's name: nothing can be said of it. */
export function readOrganisation(row: Row, fitted: FittedMapping): IntakeOrganisation | null {
  const { mapping, organisations: fit } = fitted
  const { organisations } = mapping
  if (organisations === undefined || fit === null) return null
  const seen = mappedRow(row, fit)
  const { columns } = organisations
  const name = textOf(seen, columns.name)
  if (name === null) return null

  const businessId = textOf(seen, columns.businessId)
  return {
    register: textOf(seen, organisations.registerColumn) ?? registerOfPerson(row, fitted) ?? mapping.register,
    key: textOf(seen, organisations.key) ?? rowKey([name, businessId]),
    name,
    businessId,
    street: textOf(seen, columns.street),
    postalCode: textOf(seen, columns.postalCode),
    city: textOf(seen, columns.city),
    country: textOf(seen, columns.country),
    website: readLink(cellOf(seen, columns.website)),
    phone: textOf(seen, columns.phone),
    addedAt: dateOf(seen, columns.addedAt),
  }
}

/** In a person's row, an organisation without a register of its own belongs to the person's. */
function registerOfPerson(row: Row, fitted: FittedMapping): string | null {
  return isFlat(fitted) ? textOf(mappedRow(row, fitted.persons), fitted.mapping.persons.registerColumn) : null
}
