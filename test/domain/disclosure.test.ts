// The two equations of every campaign: nobody who was disclosed goes uncounted.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { batchCount, batchRuns, type DisclosureCounts, imbalance } from '../../src/domain/disclosure.ts'

const counts = (changes: Partial<DisclosureCounts>): DisclosureCounts => ({
  selected: 10,
  intended: 9,
  accepted: 6,
  refused: 2,
  unknown: 1,
  removed: 6,
  ...changes,
})

test('counts that add up have no imbalance, whatever they are', () => {
  const share = fc.nat(1_000_000)

  fc.assert(
    fc.property(share, share, share, share, (inTool, removed, refused, unknown) => {
      const accepted = inTool + removed
      const intended = accepted + refused + unknown
      expect(imbalance({ selected: intended, intended, accepted, refused, unknown, removed })).toBeNull()
    }),
  )
})

test('one person too many or too few anywhere is named in a sentence', () => {
  const off = [{ intended: 10 }, { intended: 8 }, { accepted: 7 }, { refused: 1 }, { unknown: 0 }, { removed: 7 }]

  expect(off.map((changes) => imbalance(counts(changes)))).toEqual([
    'intended 10 is not accepted 6 + refused 2 + unknown 1',
    'intended 8 is not accepted 6 + refused 2 + unknown 1',
    'intended 9 is not accepted 7 + refused 2 + unknown 1',
    'intended 9 is not accepted 6 + refused 1 + unknown 1',
    'intended 9 is not accepted 6 + refused 2 + unknown 0',
    'removed 7 is more than accepted 6',
  ])
  expect(imbalance(counts({}))).toBeNull()
})

test('batches are few, and every connection carries as many of them in runs of at most five', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000_000 }), fc.integer({ min: 1, max: 10 }), (people, connections) => {
      const total = batchCount(people, 500, connections)
      const runs = batchRuns(
        Array.from({ length: total }, (_, place) => place + 1),
        total,
        connections,
      )

      const least = Math.ceil(people / 500)
      expect(total).toBeGreaterThanOrEqual(least)
      expect(total).toBeLessThan(least + 3 * connections)
      expect(runs.flatMap(({ batch, lastBatch }) => [batch, lastBatch + 1])).toEqual([
        1,
        ...runs.slice(1).flatMap(({ batch }) => [batch, batch]),
        total + 1,
      ])
      const lengths = new Set(runs.map(({ batch, lastBatch }) => lastBatch - batch + 1))
      expect(lengths.size).toBe(1)
      expect(Math.max(...lengths)).toBeLessThanOrEqual(5)
      if (least >= 2 * connections) expect(runs.length % connections).toBe(0)
    }),
  )
})

test('a run keeps its name while batches of it are settled, so that nobody carries it twice', () => {
  expect(batchRuns([7, 8], 40, 8)).toEqual([{ batch: 6, lastBatch: 10 }])
  expect(batchRuns([1, 6, 10, 36], 40, 8)).toEqual([
    { batch: 1, lastBatch: 5 },
    { batch: 6, lastBatch: 10 },
    { batch: 36, lastBatch: 40 },
  ])
  expect(batchRuns([2], 3, 8)).toEqual([{ batch: 2, lastBatch: 2 }])
})
