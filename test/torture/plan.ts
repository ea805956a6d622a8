// What will happen in a round, all of it told by its seed: how many people, who dies where, what breaks when, who says no how.
import { boundaries } from './boundaries.ts'
import { type Chance, chanceFrom } from './random.ts'

/** A process dies when it has come to the boundary for the `turn`th time. */
export type Death = { boundary: string; turn: number }

export type Fault =
  | { fault: 'kill' }
  | { fault: 'flush-queue' }
  | { fault: 'restart-queue' }
  | { fault: 'restart-postgres' }
  | { fault: 'mischief'; trouble: { kind: string; times: number; ms?: number } }
  | { fault: 'prohibit' }
  | { fault: 'erase' }
  | { fault: 'import' }
  | { fault: 'cancel' }

/** Something that happens so many milliseconds after what happened before it. */
export type Act = Fault & { afterMs: number }

/** How somebody says no, or cannot be reached. */
export const voices = ['tool-link', 'own-link', 'complaint', 'hard-bounce', 'soft-bounce', 'operator'] as const
export type Voice = (typeof voices)[number]

export type RoundPlan = {
  seed: number
  people: number
  /** Of whom so many have prohibited, and so many never permitted, before anything begins. */
  prohibited: number
  unknown: number
  processes: number
  settleSeconds: number
  deaths: Death[]
  /** Until it is sent, while answers come, and while people are taken out. */
  outward: Act[]
  answering: Act[]
  inward: Act[]
  answers: Voice[]
  /** The tool deletes nobody until the deadline is over and somebody has been alarmed. */
  late: boolean
}

const wire = ['429', '403-bodyless', '500', '502-html', 'reset-before', 'drop-answer', 'malformed-json', 'delay']
const account = [
  ...['refuse-member-deletion', 'refuse-campaign-deletion', 'refuse-audience-deletion', 'reports-keep-addresses'],
  ...['recipients-not-ready', 'throttle-address', 'compliance-address', 'lose-member', 'batch-fails'],
  ...['duplicate-webhook', 'lose-webhook'],
]
const deathsARound = 2

/** The round of a seed. Consecutive seeds walk through all boundaries one after the other. */
export function planRound(seed: number): RoundPlan {
  const chance = chanceFrom(seed)
  const people = chance.whole(4, 90)
  return {
    seed,
    people,
    prohibited: chance.whole(1, 4),
    unknown: chance.whole(1, 4),
    processes: chance.whole(1, 2),
    settleSeconds: chance.of(0.75) ? 72 * 3600 : 0,
    deaths: Array.from({ length: deathsARound }, (_, place) => ({
      boundary: boundaries[(seed * deathsARound + place) % boundaries.length] as string,
      turn: chance.of(0.8) ? 1 : 2,
    })),
    outward: acts(chance, chance.whole(2, 4), chance.of(0.1)),
    answering: acts(chance, chance.whole(0, 2), chance.of(0.05)),
    inward: acts(chance, chance.whole(1, 3), false),
    answers: Array.from({ length: chance.whole(2, 10) }, () => chance.pick(voices)),
    late: chance.of(0.1),
  }
}

function acts(chance: Chance, count: number, cancelled: boolean): Act[] {
  const list = Array.from({ length: count }, () => ({ ...fault(chance), afterMs: chance.whole(0, 1500) }))
  return cancelled ? [...list, { fault: 'cancel', afterMs: chance.whole(0, 3000) }] : list
}

function fault(chance: Chance): Fault {
  const kind = chance.whole(1, 100)
  if (kind <= 20) return { fault: 'kill' }
  if (kind <= 30) return { fault: 'flush-queue' }
  if (kind <= 40) return { fault: 'restart-queue' }
  if (kind <= 48) return { fault: 'restart-postgres' }
  if (kind <= 57) return { fault: 'prohibit' }
  if (kind <= 63) return { fault: 'erase' }
  if (kind <= 68) return { fault: 'import' }
  const trouble = { kind: chance.pick(chance.of(0.6) ? wire : account), times: chance.whole(1, 3) }
  return {
    fault: 'mischief',
    trouble: trouble.kind === 'delay' ? { ...trouble, ms: chance.whole(200, 2500) } : trouble,
  }
}
