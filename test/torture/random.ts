// Chance that can be told twice: the same seed gives the same round.

export type Chance = {
  /** A whole number, both ends included. */
  whole: (least: number, most: number) => number
  /** True so often, of 1. */
  of: (share: number) => boolean
  pick: <T>(list: readonly T[]) => T
  /** So many of the list, in a new order. */
  some: <T>(list: readonly T[], count: number) => T[]
}

/** A source of chance from a seed (mulberry32). */
export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const whole: Chance['whole'] = (least, most) => least + Math.floor(next() * (most - least + 1))
  return {
    whole,
    of: (share) => next() < share,
    pick: <T>(list: readonly T[]) => list[whole(0, list.length - 1)] as T,
    some: <T>(list: readonly T[], count: number) => {
      const left = [...list]
      return Array.from(
        { length: Math.min(count, left.length) },
        () => left.splice(whole(0, left.length - 1), 1)[0] as T,
      )
    },
  }
}
