import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normaliseAddress } from '../../src/domain/email-address.ts'

describe('an address has one normal form', () => {
  test.each([
    ['matti@firma.example', 'matti@firma.example', 'matti@firma.example', 'firma.example'],
    [' Matti.Virtanen@Firma.Example ', 'Matti.Virtanen@firma.example', 'matti.virtanen@firma.example', 'firma.example'],
    ['\uFEFFmatti@firma.example', 'matti@firma.example', 'matti@firma.example', 'firma.example'],
    ["O'Brien@firma.example", "O'Brien@firma.example", "o'brien@firma.example", 'firma.example'],
    ['liisa+uutiset@firma.example', 'liisa+uutiset@firma.example', 'liisa+uutiset@firma.example', 'firma.example'],
    ['l.i.i.s.a@firma.example', 'l.i.i.s.a@firma.example', 'l.i.i.s.a@firma.example', 'firma.example'],
    ['matti@örkki.example', 'matti@xn--rkki-4qa.example', 'matti@xn--rkki-4qa.example', 'xn--rkki-4qa.example'],
    ['matti@o\u0308rkki.example', 'matti@xn--rkki-4qa.example', 'matti@xn--rkki-4qa.example', 'xn--rkki-4qa.example'],
    ['matti@firma.example.', 'matti@firma.example', 'matti@firma.example', 'firma.example'],
    // The capital has no composed form, the small letter has one.
    ['J\u030c@firma.example', 'J\u030c@firma.example', '\u01f0@firma.example', 'firma.example'],
    ['JÖRN@firma.example', 'JÖRN@firma.example', 'jörn@firma.example', 'firma.example'],
  ])('%s', (written, address, matching, domain) => {
    expect(normaliseAddress(written)).toEqual({ address, matching, domain })
  })
})

describe('what is no address says why', () => {
  test.each([
    ['', 'NOT_AN_ADDRESS'],
    ['matti', 'NOT_AN_ADDRESS'],
    ['@firma.example', 'NOT_AN_ADDRESS'],
    ['a@b@firma.example', 'NOT_AN_ADDRESS'],
    ['zw\u200b@firma.example', 'FORBIDDEN_CHARACTER'],
    ['soft\u00ad@firma.example', 'FORBIDDEN_CHARACTER'],
    ['mat ti@firma.example', 'FORBIDDEN_CHARACTER'],
    ['mat\u00a0ti@firma.example', 'FORBIDDEN_CHARACTER'],
    ['matti\0@firma.example', 'FORBIDDEN_CHARACTER'],
    ['matti@\u202efirma.example', 'FORBIDDEN_CHARACTER'],
    ['matti@localhost', 'BAD_DOMAIN'],
    ['matti@', 'BAD_DOMAIN'],
    ['matti@firma..example', 'BAD_DOMAIN'],
    ['matti@firma.example..', 'BAD_DOMAIN'],
    ['matti@-firma.example', 'BAD_DOMAIN'],
    ['matti@fir_ma.example', 'BAD_DOMAIN'],
    ['matti@192.168.0.1', 'BAD_DOMAIN'],
    ['matti@0x7f.1', 'BAD_DOMAIN'],
    ['matti@[127.0.0.1]', 'BAD_DOMAIN'],
    ['matti@firma.example/polku', 'BAD_DOMAIN'],
    ['matti@firma.example:25', 'BAD_DOMAIN'],
    ['matti@firma%2eexample', 'BAD_DOMAIN'],
    [`${'a'.repeat(65)}@firma.example`, 'TOO_LONG'],
    [`${'ä'.repeat(33)}@firma.example`, 'TOO_LONG'],
    [`a@${'b'.repeat(62)}.${'c'.repeat(62)}.${'d'.repeat(62)}.${'e'.repeat(62)}.example`, 'TOO_LONG'],
  ])('%j is %s', (written, because) => {
    expect(normaliseAddress(written)).toBe(because)
  })
})

describe('for every text whatever', () => {
  const local = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  const domain = fc.oneof(
    fc.domain(),
    fc.constantFrom('örkki.example', 'FIRMA.Example', 'ſtrasse.example', 'firma.fi.'),
  )
  const addressLike = fc.tuple(local, domain).map(([before, after]) => `${before}@${after}`)
  const noisy = fc
    .tuple(addressLike, fc.nat({ max: 40 }), fc.constantFrom('', '\u200b', '\u0000', '\u2028', '\u202e', '\ufeff', 'İ'))
    .map(([text, at, noise]) => text.slice(0, at) + noise + text.slice(at))
  const anything = fc.oneof(noisy, addressLike, fc.string({ unit: 'binary' }), fc.emailAddress())

  test('normalising twice changes nothing, neither for sending nor for matching', () => {
    let addresses = 0
    fc.assert(
      fc.property(anything, (text) => {
        const once = normaliseAddress(text)
        if (typeof once === 'string') return

        addresses += 1
        expect(normaliseAddress(once.address)).toEqual(once)
        expect(normaliseAddress(once.matching)).toEqual({ ...once, address: once.matching })
      }),
      { numRuns: 2000 },
    )
    expect(addresses).toBeGreaterThan(500)
  })

  test('nothing invisible and no space is ever left in an address', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const normal = normaliseAddress(text)
        expect(typeof normal === 'string' ? '' : `${normal.address}${normal.matching}`).not.toMatch(
          /[\p{Cc}\p{Cf}\p{Z}]/u,
        )
      }),
      { numRuns: 2000 },
    )
  })

  test('the domain is lower-case ASCII, so that hashes of one mailbox are one', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const normal = normaliseAddress(text)
        expect(typeof normal === 'string' ? 'a.fi' : normal.domain).toMatch(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/)
      }),
      { numRuns: 2000 },
    )
  })
})
