// The emulator's own clock: it starts at real time and can be moved; every time rule of the emulator reads it.

export type Clock = {
  /** Milliseconds since 1970. */
  now(): number
  advance(ms: number): void
  set(ms: number): void
}

export const MINUTE = 60_000
export const DAY = 24 * 60 * MINUTE

/** A clock that runs at real speed from real time on, plus whatever it has been moved by. */
export function createClock(): Clock {
  let offset = 0
  return {
    now: () => Date.now() + offset,
    advance: (ms) => {
      offset += ms
    },
    set: (ms) => {
      offset = ms - Date.now()
    },
  }
}

/** The time as the API writes it, in whole seconds: `2026-11-22T09:00:00+00:00`. */
export function stamp(ms: number): string {
  const second = Math.floor(ms / 1000)
  if (second !== lastStamp.second) {
    lastStamp = { second, text: `${new Date(second * 1000).toISOString().slice(0, 19)}+00:00` }
  }
  return lastStamp.text
}

// A hundred thousand members added in one second share one string.
let lastStamp = { second: Number.NaN, text: '' }

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: MINUTE, h: 60 * MINUTE, d: DAY }

/** `72h`, `7d`, `30m`, `10s`, `250ms` in milliseconds; undefined when it is none of these. */
export function durationMs(text: string): number | undefined {
  const found = /^(-?\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(text.trim())
  const unit = UNITS[found?.[2] ?? '']
  return unit === undefined ? undefined : Number(found?.[1]) * unit
}
