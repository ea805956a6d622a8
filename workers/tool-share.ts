// How many connections to the tool each of several worker processes uses: the limit is one for all of them (mailchimp.md §7).
import type { PlaceAmong } from '../src/register/worker-processes.ts'

/**
 * The share of the process at `place` (from 0) among `of` of them, in connections: as many as the others, or one more for the
 * first ones, and together exactly the limit. At least one, so with more processes than connections the queue's own limit decides.
 */
export function toolShare(connections: number, { place, of }: PlaceAmong): number {
  const even = Math.floor(connections / of)
  return Math.max(1, place < connections % of ? even + 1 : even)
}
