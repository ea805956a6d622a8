// The set of keys that readers of large audiences keep: it says of every key what a set of strings would say.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { knownKeys } from '../../src/marketing/known-keys.ts'

test('it knows every key that was added and no other, whatever they look like', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.string()), (added, others) => {
      const known = knownKeys()
      const strings = new Set<string>()
      for (const key of added) {
        expect(known.add(key)).toBe(!strings.has(key))
        strings.add(key)
      }
      expect(known.size()).toBe(strings.size)
      expect([...added, ...others].map((key) => known.has(key))).toEqual(
        [...added, ...others].map((key) => strings.has(key)),
      )
    }),
  )
})

test('it grows with what it is given', () => {
  const known = knownKeys()
  const keys = Array.from({ length: 50_000 }, (_, place) => `henkilo${place}@yritys${place}.example`)

  expect(keys.filter((key) => known.add(key))).toHaveLength(50_000)
  expect(keys.filter((key) => known.add(key))).toEqual([])
  expect(known.size()).toBe(50_000)
  expect(known.has('muu@yritys.example')).toBe(false)
})
