// A collection is read to its end although it changes meanwhile: a part is never taken for the whole.
import { expect, test } from 'vitest'
import { everyPage, everyRow } from '../../src/marketing/mailchimp/paging.ts'

const window = (rows: string[], offset: number, count = 2) => ({
  rows: rows.slice(offset, offset + count),
  total: rows.length,
})
const itself = (row: string): string => row

test('a row that leaves while others are read makes nobody be skipped', async () => {
  const rows = ['a', 'b', 'c', 'd', 'e']
  const read: string[] = []
  for await (const page of everyPage(async (offset) => window(rows, offset), itself)) {
    read.push(...page)
    if (rows.includes('a')) rows.shift()
  }

  expect(read.sort()).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('a row that moves to the front while others are read is given once', async () => {
  const rows = ['a', 'b', 'c', 'd']
  const read: string[] = []
  for await (const page of everyPage(async (offset) => window(rows, offset), itself)) {
    read.push(...page)
    if (!rows.includes('new')) rows.unshift('new')
  }

  expect(read.sort()).toEqual(['a', 'b', 'c', 'd', 'new'])
})

test('pages shorter than asked for are not taken for the end', async () => {
  expect(await everyRow(async (offset) => window(['a', 'b', 'c'], offset, 1), itself)).toEqual(['a', 'b', 'c'])
})

test('a collection that counts more than it gives is never read as complete', async () => {
  const short = async (offset: number) => ({ rows: ['a', 'b'].slice(offset), total: 3 })

  await expect(everyRow(short, itself)).rejects.toMatchObject({ name: 'Unavailable' })
})
