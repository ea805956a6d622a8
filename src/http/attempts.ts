// Counting attempts in memory, per client or per address, for a time. Nothing is kept longer than its window.
import { isIPv6 } from 'node:net'

export type Attempts = {
  /** Counts one more attempt of this one, and returns how many there have been since the first of the window. */
  count: (who: string) => number
}

/** Windows begin with the first attempt and last `windowMs`. At most `most` are remembered; the oldest go first. */
export function countAttempts({ windowMs, clock, most = 10_000 }: AttemptOptions): Attempts {
  const known = new Map<string, { since: number; times: number }>()
  return {
    count: (who) => {
      const now = clock().getTime()
      for (const [one, { since }] of known) {
        if (since > now - windowMs && known.size < most) break
        known.delete(one)
      }
      const attempts = known.get(who) ?? { since: now, times: 0 }
      attempts.times += 1
      known.set(who, attempts)
      return attempts.times
    },
  }
}

type AttemptOptions = { windowMs: number; clock: () => Date; most?: number }

/** Whom a request is counted for: its address, or of IPv6 the network of 64 bits, which one client has to itself. */
export function clientOf({ ip }: { ip: string }): string {
  if (!isIPv6(ip) || ip.includes('.')) return ip
  const [head = '', tail] = ip.split('::')
  const before = head.split(':').filter(Boolean)
  const after = tail?.split(':').filter(Boolean) ?? []
  const whole = [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after]
  return whole.slice(0, 4).join(':')
}
