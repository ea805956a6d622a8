// A time that a user gives for something that has happened.
import { BadInput } from '../domain/errors.ts'
import { readDate } from '../intake/cell-values.ts'

/** Reads `2026-11-20`, `20.11.2026 9.30` (Helsinki) or an instant with its zone. Throws BadInput for anything else and for the future. */
export function pastTime(text: string, now: Date): Date {
  const at = readDate(text)
  if (at === null || at === 'unreadable')
    throw new BadInput(`"${text}" is not a time: write it like 2026-11-20 or 2026-11-20T09:30.`)
  if (at > now) throw new BadInput(`${text} is in the future: give the time at which it happened.`)
  return at
}
