// The two equations of every campaign: nobody who was disclosed goes uncounted.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DisclosureCounts, imbalance } from '../../src/domain/disclosure.ts'

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
