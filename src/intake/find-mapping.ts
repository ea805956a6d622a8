// The mappings that come with the product: a register they fit needs no mapping file.
import { readFileSync } from 'node:fs'
import { tryFit } from './fit-mapping.ts'
import { type Mapping, readMapping } from './mapping.ts'
import type { Table } from './source.ts'

/** The bundled mapping that fits the file's tables and columns; undefined where none does. */
export function findMapping(tables: readonly Table[]): Mapping | undefined {
  return bundledMappings().find((mapping) => !Array.isArray(tryFit(mapping, tables)))
}

/** Every mapping that comes with the product. */
export function bundledMappings(): Mapping[] {
  return bundled.map(readBundled)
}

const bundled = ['asiakasrekisteri.yaml', 'lupa-csv.yaml'] as const

function readBundled(name: (typeof bundled)[number]): Mapping {
  return readMapping(readFileSync(new URL(`mappings/${name}`, import.meta.url), 'utf8'), name)
}
