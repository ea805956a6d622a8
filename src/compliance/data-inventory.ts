// The data inventory as it is: what the schema says of each column about people, and who may read it by the rights of the database.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type DataColumn, type DataInventory, readInventory } from '../domain/data-inventory.ts'
import { dataCategories } from '../domain/retention.ts'
import type { Database } from '../register/database.ts'
import { readersOf } from '../register/readers.ts'

/** A column with its readers: `operator` always, a role's name, or `role through function`. */
export type InventoryColumn = DataColumn & { readBy: string[] }

/** What the schema of this version says. */
export function schemaInventory(): DataInventory {
  const schema = fileURLToPath(new URL('../../prisma/schema.prisma', import.meta.url))
  return readInventory(readFileSync(schema, 'utf8'), dataCategories)
}

/** Every column about people, with who may read it now. */
export async function dataInventory(db: Database): Promise<InventoryColumn[]> {
  const readers = await readersOf(db)
  return schemaInventory().columns.map((column) => ({
    ...column,
    readBy: [
      'operator',
      ...(readers.columns.get(`${column.table}.${column.column}`) ?? []),
      ...column.via.flatMap((name) => (readers.functions.get(name) ?? []).map((role) => `${role} through ${name}`)),
    ],
  }))
}
