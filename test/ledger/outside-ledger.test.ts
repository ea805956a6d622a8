// The files of the outside ledger: lines that only grow, each covering the one before it, whatever a crash did to the last.
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { NotAllowed } from '../../src/domain/errors.ts'
import type { LedgerEntry } from '../../src/ledger/ledger-file.ts'
import { type OutsideLedger, openOutsideLedger } from '../../src/ledger/outside-ledger.ts'

let folder: string
let ledger: OutsideLedger
let file: string
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'lupa-ledger-')), 'kirja')
  ledger = openOutsideLedger(folder, 'kone')
  file = path.join(folder, `${ledger.writer}.jsonl`)
})
afterEach(() => rmSync(path.dirname(folder), { recursive: true, force: true }))

const entry = (n: number): LedgerEntry => ({ kind: 'opt-out', onceKey: `k${n}`, addresses: ['k1:ääkköset'] })
const entriesOf = (writer: string) =>
  openOutsideLedger(folder, 'kone')
    .read(writer)
    .map((line) => line.entry)

test('what was appended is read back, in order and with numbers without gaps, by whoever opens the folder', () => {
  const numbers = [ledger.append([entry(1), entry(2)]), ledger.append([entry(3)]), ledger.append([])]

  expect(numbers).toEqual([2, 3, 3])
  expect(ledger.writers()).toEqual([ledger.writer])
  expect(
    openOutsideLedger(folder, 'kone')
      .read(ledger.writer)
      .map(({ seq, entry: one }) => [seq, one]),
  ).toEqual([
    [1, entry(1)],
    [2, entry(2)],
    [3, entry(3)],
  ])
})

test('a ledger is nobody’s to read but its owner’s, and does not name the machine', () => {
  ledger.append([entry(1)])

  // Windows knows no modes.
  const modes = [statSync(folder).mode & 0o777, statSync(file).mode & 0o777]
  if (process.platform !== 'win32') expect(modes).toEqual([0o700, 0o600])
  expect(path.basename(file)).not.toContain('kone')
})

test('cut short anywhere by a crash, the file keeps every line before the cut, and goes on', () => {
  ledger.append([entry(1), entry(2)])
  const whole = readFileSync(file)
  const firstLine = whole.indexOf('\n') + 1

  fc.assert(
    fc.property(fc.integer({ min: firstLine, max: whole.length - 2 }), (length) => {
      writeFileSync(file, whole)
      truncateSync(file, length)

      expect(entriesOf(ledger.writer)).toEqual([entry(1)])
      expect(ledger.append([entry(2), entry(3)])).toBe(3)
      expect(entriesOf(ledger.writer)).toEqual([entry(1), entry(2), entry(3)])
    }),
    { numRuns: 60 },
  )
})

test('a file that lacks only its last line end keeps its last line', () => {
  ledger.append([entry(1), entry(2)])
  truncateSync(file, statSync(file).size - 1)

  ledger.append([entry(3)])

  expect(entriesOf(ledger.writer)).toEqual([entry(1), entry(2), entry(3)])
})

test('crash after crash, what was half written stays without meaning', () => {
  ledger.append([entry(1)])
  appendFileSync(file, '{"seq":2,"entry":{"kind":"opt')
  appendFileSync(file, '\n{"seq":2,')

  ledger.append([entry(2)])

  expect(entriesOf(ledger.writer)).toEqual([entry(1), entry(2)])
})

test('a change of any byte of a line that others follow is found, and the sentence says where and what to do', () => {
  ledger.append([entry(1), entry(2), entry(3)])
  const whole = readFileSync(file)
  const lines = whole.toString().split('\n')
  const end = Buffer.byteLength(`${lines[0]}\n${lines[1]}`)

  fc.assert(
    fc.property(fc.integer({ min: 0, max: end - 1 }), fc.integer({ min: 1, max: 255 }), (place, flip) => {
      const harmed = Buffer.from(whole)
      harmed[place] = (harmed[place] as number) ^ flip
      writeFileSync(file, harmed)

      const read = () => entriesOf(ledger.writer)
      const sameMeaning = JSON.stringify(tryRead(read)) === JSON.stringify([entry(1), entry(2), entry(3)])
      if (!sameMeaning) expect(read).toThrow(NotAllowed)
    }),
    { numRuns: 400 },
  )
  expect(() => {
    writeFileSync(file, whole.toString().replace('k2', 'k9'))
    ledger.read(ledger.writer)
  }).toThrow(/^The outside ledger .*\.jsonl is broken at entry 2: put back an intact copy before anything runs\.$/)
})

test('a line taken out, doubled or moved is found', () => {
  ledger.append([entry(1), entry(2), entry(3)])
  const [first, second, third] = readFileSync(file, 'utf8').trim().split('\n')
  const harms = [
    [second, third],
    [first, third],
    [first, first, second, third],
    [first, third, second],
  ]

  for (const harm of harms) {
    writeFileSync(file, `${harm.join('\n')}\n`)
    expect(() => ledger.read(ledger.writer)).toThrow(NotAllowed)
  }
})

test('nothing is appended to a broken file', () => {
  ledger.append([entry(1), entry(2)])
  writeFileSync(file, readFileSync(file, 'utf8').replace('k1', 'k9'))
  const before = readFileSync(file, 'utf8')

  expect(() => ledger.append([entry(3)])).toThrow(NotAllowed)
  expect(readFileSync(file, 'utf8')).toBe(before)
})

test('two processes of one machine append in turns, and a line that one of them left half written is in nobody’s way', () => {
  const other = openOutsideLedger(folder, 'kone')
  const numbers = [1, 2, 3, 4, 5, 6].map((n) => {
    if (n === 4) appendFileSync(file, '{"seq":4,"entry":{"kind":"opt')
    return (n % 2 ? ledger : other).append([entry(n)])
  })

  expect(numbers).toEqual([1, 2, 3, 4, 5, 6])
  expect(entriesOf(ledger.writer)).toEqual([1, 2, 3, 4, 5, 6].map(entry))
})

test('a half line that was read while another process wrote it counts once it is whole', () => {
  const other = openOutsideLedger(folder, 'kone')
  ledger.append([entry(1)])
  const before = readFileSync(file)
  other.append([entry(2)])
  const whole = readFileSync(file)
  writeFileSync(file, whole.subarray(0, before.length + 20))
  ledger.read(ledger.writer)
  writeFileSync(file, whole)

  expect(ledger.append([entry(3)])).toBe(3)
  expect(entriesOf(ledger.writer)).toEqual([entry(1), entry(2), entry(3)])
})

test('a file that another one took the place of is read anew, and appended to only where it is whole', () => {
  ledger.append([entry(1), entry(2)])
  const elsewhere = openOutsideLedger(path.join(path.dirname(folder), 'toinen'), 'kone')
  elsewhere.append([7, 8, 9, 10].map(entry))
  const longer = readFileSync(path.join(elsewhere.folder, `${elsewhere.writer}.jsonl`), 'utf8')
  writeFileSync(file, longer)

  expect(ledger.append([entry(11)])).toBe(5)
  writeFileSync(file, `${longer.replace('k8', 'k0')}${readFileSync(file, 'utf8').slice(longer.length)}${longer}`)

  expect(() => ledger.append([entry(12)])).toThrow(NotAllowed)
})

/** What this process has read of files since it began, in bytes; Linux counts it. */
const bytesRead = () => Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1])

test.skipIf(!existsSync('/proc/self/io'))('an append to a long ledger reads next to nothing of it', () => {
  ledger.append(Array.from({ length: 10_000 }, (_, n) => entry(n)))
  const { size } = statSync(file)
  const before = bytesRead()

  for (let n = 0; n < 20; n += 1) ledger.append([entry(n)])

  expect(bytesRead() - before).toBeLessThan(size / 4)
})

test('two machines write two files, and each reads both', () => {
  const other = openOutsideLedger(folder, 'toinen kone')
  ledger.append([entry(1)])
  other.append([entry(2)])

  expect(ledger.writers()).toEqual([ledger.writer, other.writer].sort())
  expect(ledger.read(other.writer).map((line) => line.entry)).toEqual([entry(2)])
})

function tryRead(read: () => unknown): unknown {
  try {
    return read()
  } catch {
    return null
  }
}
