// Access and most CSV files write the wall clock of the office, without a zone.
import { Temporal } from 'temporal-polyfill'

/**
 * The instant at which the clock on a wall in Helsinki shows what the UTC fields of `wall` say (access.md §4.1.5). A time
 * that the spring change skips moves forward by the hour; of a time that comes twice in autumn, the first is meant.
 * Undefined for no date at all: not a time, or 30.12.1899 and before, which is how Access writes a bare clock time.
 */
export function fromHelsinkiWallTime(wall: Date): Date | undefined {
  const millis = wall.getTime()
  if (Number.isNaN(millis) || millis < firstDay) return undefined
  return new Date(millis + shiftOf(Math.floor(millis / hour)))
}

const hour = 3_600_000
const firstDay = Date.UTC(1899, 11, 31)

// Temporal takes some 25 µs a date, a register has millions of them, and clocks only change on the hour.
const shifts = new Map<number, number>()

function shiftOf(wallHour: number): number {
  const known = shifts.get(wallHour)
  if (known !== undefined) return known
  if (shifts.size > 20_000) shifts.clear()

  const wall = Temporal.Instant.fromEpochMilliseconds(wallHour * hour)
    .toZonedDateTimeISO('UTC')
    .toPlainDateTime()
  const shift = wall.toZonedDateTime('Europe/Helsinki').epochMilliseconds - wallHour * hour
  shifts.set(wallHour, shift)
  return shift
}
