// Minimisation, said aloud: what a file holds and the register does not take.
import { type Fit, fitMapping } from './fit-mapping.ts'
import type { Mapping } from './mapping.ts'
import type { Source } from './source.ts'

/**
 * The columns that the mapping does not take, by name: `Syntymäaika` in a file of one table, `Henkilöt.Syntymäaika` in one
 * of several, `Table.*` for a whole table. They are never read.
 * @throws IntakeError where the mapping does not fit.
 */
export function droppedColumns({ tables }: Pick<Source, 'tables'>, mapping: Mapping): string[] {
  const fitted = fitMapping(mapping, tables)
  const fits: Fit[] = [fitted.persons, ...fitted.activities, ...(fitted.organisations ? [fitted.organisations] : [])]
  return tables.flatMap((table) => {
    const mapped = fits.filter((fit) => fit.table === table.name)
    if (mapped.length === 0) return [`${table.name}.*`]
    const taken = new Set(mapped.flatMap((fit) => [...fit.columns.values()]))
    const dropped = table.columns.map(({ name }) => name).filter((name) => !taken.has(name))
    return tables.length === 1 ? dropped : dropped.map((name) => `${table.name}.${name}`)
  })
}
