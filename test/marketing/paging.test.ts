// A collection is read to its end although it changes meanwhile: a part is never taken for the whole.
import { expect, test } from 'vitest'
import { everyPage, everyRow, pageSize } from '../../src/marketing/mailchimp/paging.ts'

const window = (rows: string[], offset: number, count = 2) => ({
  rows: rows.slice(offset, offset + count),
  total: rows.length,
})
const itself = (row: string): string => row
/** So many rows, named by their place. */
const numbered = (from: number, count: number) => Array.from({ length: count }, (_, place) => `${from + place}`)
const bothWays = [{ ahead: false }, { ahead: true }]
/** Everything that is read of a collection, two rows a page, which changes between the first page and the second. */
async function readWhile(rows: string[], change: (rows: string[]) => void, ahead: boolean): Promise<string[]> {
  let asked = 0
  const askPage = async (offset: number) => {
    asked += 1
    if (asked === 2) change(rows)
    const page = window(rows, offset)
    return () => page
  }
  const read: string[] = []
  for await (const page of everyPage(askPage, { keyOf: itself, ahead })) read.push(...page)
  return read.sort()
}

test.each(bothWays)('a row that leaves while others are read makes nobody be skipped, %o', async ({ ahead }) => {
  const read = await readWhile(['a', 'b', 'c', 'd', 'e'], (rows) => rows.shift(), ahead)

  expect(read).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test.each(bothWays)('a row that moves to the front while others are read is given once, %o', async ({ ahead }) => {
  const read = await readWhile(['a', 'b', 'c', 'd'], (rows) => rows.unshift('new'), ahead)

  expect(read).toEqual(['a', 'b', 'c', 'd', 'new'])
})

test('pages shorter than asked for are not taken for the end', async () => {
  expect(await everyRow(async (offset) => window(['a', 'b', 'c'], offset, 1), itself)).toEqual(['a', 'b', 'c'])
})

test('a collection that counts more than it gives is never read as complete', async () => {
  const short = async (offset: number) => ({ rows: ['a', 'b'].slice(offset), total: 3 })

  await expect(everyRow(short, itself)).rejects.toMatchObject({ name: 'Unavailable' })
})

test('what is read ahead is asked for in order, one request at a time, and before the page before it is worked on', async () => {
  const said: string[] = []
  let open = 0
  const askPage = async (offset: number) => {
    said.push(`asked ${offset}`)
    open += 1
    expect(open).toBe(1)
    await Promise.resolve()
    open -= 1
    const rows = numbered(offset, Math.min(pageSize, 2 * pageSize + 1 - offset))
    return () => ({ rows, total: 2 * pageSize + 1 })
  }

  for await (const [first] of everyPage(askPage, { ahead: true })) said.push(`worked on ${first}`)

  expect(said).toEqual(['asked 0', 'asked 1000', 'worked on 0', 'asked 2000', 'worked on 1000', 'worked on 2000'])
})

test('a reader that stops leaves no request behind', async () => {
  const said: string[] = []
  let answer = () => {}
  const askPage = async (offset: number) => {
    if (offset > 0) await new Promise<void>((resolve) => (answer = resolve))
    said.push(`answered ${offset}`)
    return () => ({ rows: numbered(offset, pageSize), total: 9 * pageSize })
  }

  for await (const _ of everyPage(askPage, { ahead: true })) {
    setImmediate(() => answer())
    break
  }
  said.push('stopped')

  expect(said).toEqual(['answered 0', 'answered 1000', 'stopped'])
})

test('pages shorter than asked for are read whole, ahead too', async () => {
  const asked: number[] = []
  const askPage = async (offset: number) => {
    asked.push(offset)
    return () => ({ rows: numbered(offset, Math.min(400, 1500 - offset)), total: 1500 })
  }
  const read: string[] = []

  for await (const page of everyPage(askPage, { keyOf: itself, ahead: true })) read.push(...page)

  // 1400 is asked for before it is known that only 400 rows have come.
  expect({ asked, read }).toEqual({ asked: [0, 400, 1400, 800, 1200], read: numbered(0, 1500) })
})

test('whoever reads ahead a collection that turns out shorter than it counted is given what there is, once', async () => {
  const sizes = [2 * pageSize + 1, pageSize + 1]
  const read: string[] = []
  const askPage = async (offset: number) => {
    const total = sizes.shift() ?? pageSize + 1
    return () => ({ rows: numbered(offset, Math.max(0, Math.min(pageSize, total - offset))), total })
  }

  for await (const page of everyPage(askPage, { keyOf: itself, ahead: true })) read.push(...page)

  expect(read).toHaveLength(pageSize + 1)
  expect(new Set(read).size).toBe(pageSize + 1)
})
