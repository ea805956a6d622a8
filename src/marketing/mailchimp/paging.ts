// Reading a collection to its end while others may change it.
import { Unavailable } from '../../domain/errors.ts'
import { type KnownKeys, knownKeys } from '../known-keys.ts'

export type Page<Row> = { rows: Row[]; total: number }

/** The most rows Mailchimp gives at a time. */
export const pageSize = 1_000
const passes = 5

/**
 * Every row of a collection, page by page. A row that leaves moves the others forward, past a reader by offset: a pass
 * during which the collection shrank (or, with `keyOf`, gave a row twice) is repeated from the start. With `keyOf`
 * no row is given twice. Throws Unavailable when no pass was complete: a reader must never take a part for the whole.
 */
export async function* everyPage<Row>(
  readPage: (offset: number) => Promise<Page<Row>>,
  keyOf?: (row: Row) => string,
): AsyncGenerator<Row[]> {
  const given = knownKeys()
  for (let pass = 0; pass < passes; pass++) {
    const complete = yield* onePass(readPage, keyOf, { given, inPass: pass === 0 ? given : knownKeys() })
    if (complete) return
  }
  throw new Unavailable('Mailchimp gives fewer rows than it counts, or they keep changing while being read')
}

/** All rows of a collection that is small by nature: audiences, campaigns of an audience, merge fields. */
export async function everyRow<Row>(
  readPage: (offset: number) => Promise<Page<Row>>,
  keyOf: (row: Row) => string,
): Promise<Row[]> {
  const all: Row[] = []
  for await (const rows of everyPage(readPage, keyOf)) all.push(...rows)
  return all
}

async function* onePass<Row>(
  readPage: (offset: number) => Promise<Page<Row>>,
  keyOf: ((row: Row) => string) | undefined,
  { given, inPass }: { given: KnownKeys; inPass: KnownKeys },
): AsyncGenerator<Row[], boolean> {
  let offset = 0
  let largest = 0
  for (;;) {
    const { rows, total } = await readPage(offset)
    offset += rows.length
    largest = Math.max(largest, total)
    const fresh = keyOf ? rows.filter((row) => given.add(keyOf(row))) : rows
    if (keyOf && inPass !== given) for (const row of rows) inPass.add(keyOf(row))
    if (fresh.length > 0) yield fresh
    if (offset >= total || rows.length === 0) {
      return offset >= total && total === largest && (!keyOf || inPass.size() >= total)
    }
  }
}
