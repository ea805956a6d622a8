// Durations as people write them, read and written.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDuration, parseDuration } from '../../src/domain/duration.ts'

test('a duration is a number and one unit, and nothing else is guessed at', () => {
  const read = [
    '72h',
    '15m',
    '14d',
    '30s',
    '0',
    ' 0 ',
    ' 5 m ',
    '0s',
    '72',
    '1.5h',
    '-1h',
    '1h30m',
    '5 weeks',
    '72H',
    '',
    'h',
  ]

  expect(read.map(parseDuration)).toEqual([
    ...[259_200_000, 900_000, 1_209_600_000, 30_000, 0, 0, 300_000, 0],
    ...[null, null, null, null, null, null, null, null],
  ])
})

test('every whole number of every unit is read as so many milliseconds', () => {
  const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

  fc.assert(
    fc.property(fc.nat(100_000), fc.constantFrom(...(Object.keys(units) as (keyof typeof units)[])), (count, unit) => {
      expect(parseDuration(`${count}${unit}`)).toBe(count * units[unit])
    }),
  )
})

test('a duration is shown in its two largest units, rounded to the second, and never as nothing', () => {
  const shown = [0, 499, 500, 12_000, 300_000, 3_661_000, 90_000_000, 273_600_000, 86_400_000 * 9 + 1000, -5].map(
    formatDuration,
  )

  expect(shown).toEqual(['0 s', '0 s', '1 s', '12 s', '5 min', '1 h 1 min', '1 d 1 h', '3 d 4 h', '9 d 1 s', '0 s'])
})
