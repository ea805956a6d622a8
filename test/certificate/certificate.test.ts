import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson } from '../../src/certificate/canonical-json.ts'
import {
  type Certificate,
  certificateIsIntact,
  certificateSchema,
  sealCertificate,
} from '../../src/certificate/certificate.ts'
import { springCertificate, springContent } from './spring-certificate.ts'

/** Every place of a certificate that holds one value: the paths to its leaves. */
function leaves(value: unknown, path: string[] = []): string[][] {
  if (value === null || typeof value !== 'object') return [path]
  return Object.entries(value).flatMap(([key, member]) => leaves(member, [...path, key]))
}

function withLeaf(certificate: Certificate, path: string[]): Certificate {
  const changed = structuredClone(certificate)
  let place = changed as unknown as Record<string, unknown>
  for (const key of path.slice(0, -1)) place = place[key] as Record<string, unknown>
  const last = path.at(-1) ?? ''
  place[last] = typeof place[last] === 'number' ? (place[last] as number) + 1 : `${place[last]}x`
  return changed
}

test('a certificate is intact as sealed, and not when any single value of it is changed', () => {
  const paths = leaves(springCertificate)

  const intact = paths.filter((path) => certificateIsIntact(withLeaf(springCertificate, path)))

  expect(certificateIsIntact(springCertificate)).toBe(true)
  expect(paths.length).toBeGreaterThan(60)
  expect(intact).toEqual([])
})

test('the seal survives a store that reorders keys', () => {
  const reordered = Object.fromEntries(
    Object.entries(springCertificate)
      .reverse()
      .map(([key, value]) => [key, reverseKeys(value)]),
  )

  const read = certificateSchema.parse(JSON.parse(JSON.stringify(reordered)))

  expect(certificateIsIntact(read)).toBe(true)
})

function reverseKeys(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).reverse())
}

test('canonical JSON is JSON of the same value, and the same text however its keys came', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'ä"' }], a: undefined, '10': 1, '9': 2 })).toBe(
    '{"10":1,"9":2,"b":[1,{"c":"ä\\"","d":null}]}',
  )
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const plain = JSON.parse(JSON.stringify(value))
      expect(JSON.parse(canonicalJson(plain))).toEqual(plain)
      expect(canonicalJson(reverseKeys(plain))).toBe(canonicalJson(plain))
    }),
  )
})

test('a certificate has no place for anything about a person, nor for a time without a zone or a negative count', () => {
  const names = { ...springContent, people: ['Maija Mehiläinen'] }
  const local = { ...springContent, toolLinkWorkedUntil: '2027-03-05T09:11:20' }
  const negative = { ...springContent, counts: { ...springContent.counts, remaining: -1 } }

  for (const wrong of [names, local, negative])
    expect(() => sealCertificate(wrong)).toThrow(/people|Invalid ISO datetime|>=0/)
})
