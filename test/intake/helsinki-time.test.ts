import { expect, test } from 'vitest'
import { readDate } from '../../src/intake/cell-values.ts'
import { fromHelsinkiWallTime } from '../../src/intake/helsinki-time.ts'

test.each([
  ['winter is two hours ahead of UTC', '2024-01-15T09:00:00Z', '2024-01-15T07:00:00.000Z'],
  ['summer is three hours ahead', '2024-07-15T09:00:00Z', '2024-07-15T06:00:00.000Z'],
  ['the minute before the spring gap', '2024-03-31T02:59:00Z', '2024-03-31T00:59:00.000Z'],
  ['03:30 does not exist that night: it means 04:30', '2024-03-31T03:30:00Z', '2024-03-31T01:30:00.000Z'],
  ['the minute after the gap', '2024-03-31T04:00:00Z', '2024-03-31T01:00:00.000Z'],
  ['03:30 comes twice in autumn: the first is meant', '2024-10-27T03:30:00Z', '2024-10-27T00:30:00.000Z'],
  ['04:00 that night comes once', '2024-10-27T04:00:00Z', '2024-10-27T02:00:00.000Z'],
  ['year 9999 is a date', '9999-12-31T00:00:00Z', '9999-12-30T22:00:00.000Z'],
])('%s', (_, wall, utc) => {
  expect(fromHelsinkiWallTime(new Date(wall))?.toISOString()).toBe(utc)
})

test('a clock time without a day, which Access dates 30.12.1899, is no date', () => {
  expect(fromHelsinkiWallTime(new Date('1899-12-30T09:15:00Z'))).toBeUndefined()
})

test.each([
  ['2024-05-15', '2024-05-14T21:00:00.000Z'],
  ['2024-05-15 09:00', '2024-05-15T06:00:00.000Z'],
  ['2024-05-15T09:00:30.250Z', '2024-05-15T09:00:30.250Z'],
  ['2024-05-15 09:00:00+0300', '2024-05-15T06:00:00.000Z'],
  ['2024-05-15 09:00:00+03', '2024-05-15T06:00:00.000Z'],
  ['15.5.2024', '2024-05-14T21:00:00.000Z'],
  ['15.05.2024 9.30', '2024-05-15T06:30:00.000Z'],
  ['15.5.2024 klo 9:30', '2024-05-15T06:30:00.000Z'],
  ['31.3.2024 3.30', '2024-03-31T01:30:00.000Z'],
])('the text %s is a date', (text, utc) => {
  expect(readDate(text)).toEqual(new Date(utc))
})

test.each(['5/15/2024', '31.2.2024', '2024-13-01', 'toukokuu', '15.5.24', '2024-05-15 25:00', '45427'])(
  'the text %s is not guessed at',
  (text) => {
    expect(readDate(text)).toBe('unreadable')
  },
)
