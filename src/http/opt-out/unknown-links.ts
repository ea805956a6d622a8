// Links that name nobody: counted per client, and an alarm when somebody tries ids of a campaign that is under way.
import type { Logger } from '../../logger.ts'
import { countAttempts } from '../attempts.ts'

/** So many unknown links a client may post in so long (ms); links that are known are never limited. */
const mostFailures = 20
const windowMs = 10 * 60_000

export type UnknownLinks = {
  /** Counts one; returns whether its client has now had too many. `campaignId` is the live campaign it names, if any. */
  met: (unknown: { client: string; campaignId: string | null; link: string }) => boolean
}

/** What the metrics count: a link that names nobody; one refused, or an alarm, besides. */
export type UnknownLinkEvent = 'unknown' | 'refused' | 'alarm'

/**
 * One wrong id may be a mangled mail; a second one for the same campaign is somebody who guesses: `note` is told how many different
 * ones there were, once for each.
 */
export function watchUnknownLinks(
  { clock, log }: { clock: () => Date; log: Logger },
  count: (event: UnknownLinkEvent) => void,
  note: (campaignId: string, links: number) => void,
): UnknownLinks {
  const failures = countAttempts({ windowMs, clock })
  const guesses = new Map<string, Set<string>>()
  const guessed = (campaignId: string, link: string) => {
    const links = guesses.get(campaignId) ?? new Set()
    guesses.set(campaignId, links)
    // The same wrong link again is no guess, and of very many it does not matter which they were.
    if (links.has(link) || links.size >= 10_000) return
    links.add(link)
    if (links.size < 2) return
    count('alarm')
    note(campaignId, links.size)
    // The second, the fourth, the eighth …: a flood of guesses is no flood of lines.
    if (Number.isInteger(Math.log2(links.size)))
      log.error({ campaignId, unknownLinks: links.size }, 'opt-out links of a live campaign are being guessed')
  }
  return {
    met: ({ client, campaignId, link }) => {
      count('unknown')
      if (campaignId) guessed(campaignId, link)
      const tooMany = failures.count(client) > mostFailures
      if (tooMany) count('refused')
      return tooMany
    },
  }
}
