// A signed time in the form: it tells how long the form was open and which words it showed, without a cookie or a store.
import { timingSafeEqual } from 'node:crypto'
import type { KeyRing } from '../../ledger/key-ring.ts'

/** Nobody fills the form in faster than this, and no form is good for longer. Milliseconds. */
export const quickestMs = 2000
export const longestMs = 24 * 3_600_000

/** A stamp for a form shown now. `shown` is what the form says: the versions of wording and notice. */
export function formStamp(keys: KeyRing, at: Date, shown: string): string {
  const time = at.getTime().toString(36)
  return `${time}.${keys.hash('form', `${time}|${shown}`)}`
}

/** Whether the stamp is ours, about the same words, and of a form that was open neither too short nor too long. */
export function stampHolds(keys: KeyRing, stamp: string, now: Date, shown: string): boolean {
  const [time = '', ...signature] = stamp.split('.')
  const openMs = now.getTime() - Number.parseInt(time, 36)
  const signed = keys.hashes('form', `${time}|${shown}`).some((own) => same(own, signature.join('.')))
  return signed && openMs >= quickestMs && openMs <= longestMs
}

function same(one: string, other: string): boolean {
  const [ours, theirs] = [Buffer.from(one), Buffer.from(other)]
  return ours.length === theirs.length && timingSafeEqual(ours, theirs)
}
