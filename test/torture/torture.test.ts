// The short form of `npm run torture`: one round on each backend, each with a death at a boundary and broken servers.
import { expect, test } from 'vitest'
import { openRedis } from '../support/redis.ts'
import { boundaries } from './boundaries.ts'
import { nothingFound } from './findings.ts'
import { layGround } from './ground.ts'
import { planRound, type RoundPlan } from './plan.ts'
import { tortureRound } from './round.ts'

/** Small and quick: the long rounds are `npm run torture`. */
const short: RoundPlan = {
  ...planRound(1),
  ...{ people: 12, processes: 1, settleSeconds: 72 * 3600 },
  deaths: [{ boundary: 'after disclose-recipients addPeople', turn: 1 }],
  outward: [
    { fault: 'prohibit', afterMs: 0 },
    { fault: 'erase', afterMs: 0 },
    { fault: 'import', afterMs: 0 },
  ],
  late: false,
  answering: [{ fault: 'restart-postgres', afterMs: 200 }],
  inward: [{ fault: 'restart-queue', afterMs: 0 }],
  answers: ['tool-link', 'own-link', 'complaint', 'hard-bounce', 'operator'],
}

// Side by side: a round mostly waits for what it has broken.
test.concurrent.for(['postgres', 'redis'] as const)(
  'a round of kills and broken servers loses nobody, leaves nobody, and tells nobody: queue on %s',
  { timeout: 600_000 },
  async (backend, { skip }) => {
    const redis = backend === 'redis' ? await openRedis() : null
    if (redis && 'missing' in redis) return skip(redis.missing)
    await redis?.close()
    const ground = await layGround(backend)
    try {
      const { findings, kills, faults, diedAt } = await tortureRound(ground, short)

      expect(findings).toEqual(nothingFound())
      expect({ kills, faults, diedAt }).toEqual({
        kills: 1,
        faults: 2,
        diedAt: ['after disclose-recipients addPeople'],
      })
    } finally {
      await ground.close()
    }
  },
)

test('a seed tells the same round again, and seeds in a row die at every boundary', () => {
  expect(planRound(4711)).toEqual(planRound(4711))
  const deaths = Array.from({ length: boundaries.length }, (_, seed) =>
    planRound(seed).deaths.map((one) => one.boundary),
  )
  expect(new Set(deaths.flat())).toEqual(new Set(boundaries))
})
