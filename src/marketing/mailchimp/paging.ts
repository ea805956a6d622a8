// Reading a collection to its end while others may change it.
import { setTimeout as wait } from 'node:timers/promises'
import { Unavailable } from '../../domain/errors.ts'
import { type KnownKeys, knownKeys } from '../known-keys.ts'

export type Page<Row> = { rows: Row[]; total: number }

/** The most rows Mailchimp gives at a time. */
export const pageSize = 1_000
const passes = 5

/** Asks for the page that begins with this row; what it resolves to reads the answer that has come. */
export type AskPage<Row> = (offset: number) => Promise<() => Page<Row>>

/**
 * Every row of a collection, page by page. A row that leaves moves the others forward, past a reader by offset: a pass
 * during which the collection shrank (or, with `keyOf`, gave a row twice) is repeated from the start. With `keyOf`
 * no row is given twice. Throws Unavailable when no pass was complete: a reader must never take a part for the whole.
 *
 * With `ahead` a page is asked for before the one before it is read and worked on, one request at a time: the tool's time and
 * ours run side by side. For readers who go to the end and ask nothing else meanwhile.
 */
export async function* everyPage<Row>(
  askPage: AskPage<Row>,
  { keyOf, ahead }: { keyOf?: (row: Row) => string; ahead: boolean },
): AsyncGenerator<Row[]> {
  const given = knownKeys()
  for (let pass = 0; pass < passes; pass++) {
    const complete = yield* onePass(pagesOf(askPage, ahead), keyOf, { given, inPass: pass === 0 ? given : knownKeys() })
    if (complete) return
  }
  throw new Unavailable('Mailchimp gives fewer rows than it counts, or they keep changing while being read')
}

/** All rows of a collection that is small by nature: audiences, campaigns of an audience, merge fields. */
export async function everyRow<Row>(
  readPage: (offset: number) => Promise<Page<Row>>,
  keyOf: (row: Row) => string,
): Promise<Row[]> {
  const askPage = async (offset: number) => {
    const page = await readPage(offset)
    return () => page
  }
  const all: Row[] = []
  for await (const rows of everyPage(askPage, { keyOf, ahead: false })) all.push(...rows)
  return all
}

/** Fresh rows; returns whether the pass was complete. */
async function* onePass<Row>(
  pages: AsyncGenerator<Page<Row>>,
  keyOf: ((row: Row) => string) | undefined,
  { given, inPass }: { given: KnownKeys; inPass: KnownKeys },
): AsyncGenerator<Row[], boolean> {
  let read = 0
  let largest = 0
  let last = 0
  for await (const { rows, total } of pages) {
    read += rows.length
    largest = Math.max(largest, total)
    last = total
    const fresh = keyOf ? rows.filter((row) => given.add(keyOf(row))) : rows
    if (keyOf && inPass !== given) for (const row of rows) inPass.add(keyOf(row))
    if (fresh.length > 0) yield fresh
  }
  return read >= last && last === largest && (!keyOf || inPass.size() >= last)
}

/** The pages of one pass, until as many rows have come as the last of them counts, or none. */
async function* pagesOf<Row>(askPage: AskPage<Row>, ahead: boolean): AsyncGenerator<Page<Row>> {
  let offset = 0
  let counted = 0
  let coming: Coming<Row> | null = null
  try {
    for (;;) {
      const read: () => Page<Row> = await (coming?.answer ?? askPage(offset))
      coming = null
      // Only the page before can tell that one follows; of the first, that is none.
      const next = offset + pageSize
      if (ahead && next < counted) coming = await onItsWay(askPage(next))
      const page = read()
      offset += page.rows.length
      counted = page.total
      const over = offset >= page.total || page.rows.length === 0
      if (coming && (over || offset !== next)) {
        await coming.answer.catch(() => {}) // to a question that was not to be asked
        coming = null
      }
      if (ahead && !over) coming ??= await onItsWay(askPage(offset))
      yield page
      if (over) return
    }
  } finally {
    // No request is left behind.
    await coming?.answer.catch(() => {})
  }
}

/** Wrapped, so that whoever awaits the request's leaving does not await its answer. */
type Coming<Row> = { answer: ReturnType<AskPage<Row>> }

/**
 * A request that was just made goes out before we work on: work keeps everything else waiting, even what only has to be sent. Whoever
 * comes for the answer hears of its failure; until then nobody does.
 */
async function onItsWay<Row>(answer: ReturnType<AskPage<Row>>): Promise<Coming<Row>> {
  answer.catch(() => {})
  await wait(1)
  return { answer }
}
