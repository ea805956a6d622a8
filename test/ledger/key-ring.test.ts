// The key ring: hashes nobody can make without the key, and seals nobody can open or move.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BadInput, NotAllowed } from '../../src/domain/errors.ts'
import { openKeyRing, rotateKeys } from '../../src/ledger/key-ring.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'lupa-keys-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const inFolder = () => ({ home, secretKeys: null })
const secret = (byte: number) => Buffer.alloc(32, byte).toString('base64')

test('the first ring makes its key by itself, only for its owner to read, and every later one finds the same', () => {
  const first = openKeyRing(inFolder())
  const again = openKeyRing(inFolder())

  expect([first.ids, again.ids]).toEqual([['k1'], ['k1']])
  expect(again.hash('email', 'a@b.example')).toBe(first.hash('email', 'a@b.example'))
  expect(readdirSync(path.join(home, 'keys'))).toEqual(['k1.key'])
  if (process.platform !== 'win32') expect(statSync(path.join(home, 'keys', 'k1.key')).mode & 0o777).toBe(0o600)
})

test('a hash tells neither text nor purpose, and differs between keys and purposes', () => {
  const ring = openKeyRing({ home, secretKeys: `k2:${secret(2)},k1:${secret(1)}` })
  const hashes = ['email', 'tool-id', 'note'].flatMap((purpose) => ring.hashes(purpose as 'email', 'a@b.example'))

  expect(new Set(hashes).size).toBe(6)
  expect(hashes.map((hash) => /^k[12]:[\w-]{43}$/.test(hash))).toEqual(hashes.map(() => true))
  expect(ring.hash('email', 'a@b.example')).toBe(hashes[0])
})

test('after a rotation the new key is current and the old one still finds what it hashed and opens what it sealed', () => {
  const before = openKeyRing(inFolder())
  const sealed = before.seal('luottamuksellista', 'note|1')

  const after = rotateKeys(inFolder())
  const later = rotateKeys(inFolder())

  expect([after.ids, later.ids]).toEqual([
    ['k2', 'k1'],
    ['k3', 'k2', 'k1'],
  ])
  expect(after.hashes('email', 'a@b.example')[1]).toBe(before.hash('email', 'a@b.example'))
  expect(later.open(sealed.keyId, sealed.sealed, 'note|1')).toBe('luottamuksellista')
  expect(later.seal('x', 'y').keyId).toBe('k3')
})

test('a rotation makes a new key even where an old file has been put away', () => {
  openKeyRing(inFolder())
  rotateKeys(inFolder())
  rmSync(path.join(home, 'keys', 'k1.key'))

  expect(rotateKeys(inFolder()).ids).toEqual(['k3', 'k2'])
})

test('a seal opens only with its own key and for what it was made about, and not when a byte of it has changed', () => {
  const ring = openKeyRing(inFolder())
  const stranger = openKeyRing({ home, secretKeys: `k1:${secret(9)}` })
  const { keyId, sealed } = ring.seal('luottamuksellista', 'note|1')

  expect(ring.open(keyId, sealed, 'note|1')).toBe('luottamuksellista')
  expect(() => ring.open(keyId, sealed, 'note|2')).toThrow()
  expect(() => stranger.open(keyId, sealed, 'note|1')).toThrow()
  for (let place = 0; place < sealed.length; place += 1) {
    const harmed = Buffer.from(sealed)
    harmed[place] = (harmed[place] as number) ^ 1
    expect(() => ring.open(keyId, harmed, 'note|1')).toThrow()
  }
  expect(sealed.toString('latin1')).not.toContain('luottamuksellista')
  expect(ring.seal('luottamuksellista', 'note|1').sealed.equals(sealed)).toBe(false)
})

test('a seal of a key that is not there is refused with a sentence that names the key and nothing secret', () => {
  const ring = openKeyRing(inFolder())
  const secretText = readFileSync(path.join(home, 'keys', 'k1.key'), 'utf8').trim()

  const refusal = () => ring.open('k7', Buffer.alloc(40), 'note|1')

  expect(refusal).toThrow(NotAllowed)
  expect(refusal).toThrow(/^The key k7 is not in .*: put it back before anything else runs\.$/)
  expect(refusal).not.toThrow(secretText)
})

test('keys that are no keys are refused, and the sentence does not repeat them', () => {
  const refused = ['k1', 'k1:', `k 1:${secret(1)}`, 'k1:bGlpYW4gbHloeXQ=', `k1:${secret(1)},k1:${secret(2)}`, ',']

  for (const secretKeys of refused) {
    const open = () => openKeyRing({ home, secretKeys })
    expect(open).toThrow(BadInput)
    expect(open).toThrow(/LUPA_SECRET_KEYS/)
    expect(open).not.toThrow('bGlpYW4gbHloeXQ=')
  }
})

test('a key file that is damaged is refused by its name, and not replaced', () => {
  openKeyRing(inFolder())
  writeFileSync(path.join(home, 'keys', 'k1.key'), 'rikki')

  expect(() => openKeyRing(inFolder())).toThrow(/k1 in .*k1\.key is not 32 bytes of base64\.$/)
  expect(readFileSync(path.join(home, 'keys', 'k1.key'), 'utf8')).toBe('rikki')
})

test('keys given by the environment are not rotated by us', () => {
  expect(() => rotateKeys({ home, secretKeys: `k1:${secret(1)}` })).toThrow(NotAllowed)
})

test('the check value is the same for the same key only', () => {
  const rings = [1, 1, 2].map((byte) => openKeyRing({ home, secretKeys: `k1:${secret(byte)}` }).checkValue('k1'))

  expect(rings[0]).toBe(rings[1])
  expect(rings[0]).not.toBe(rings[2])
  expect(Buffer.from(rings[0] as string, 'base64url').length).toBeLessThan(16)
})
