// So many rounds on one ground, and what they come to.
import { boundaries } from './boundaries.ts'
import { clean, type Findings } from './findings.ts'
import type { Backend, Ground } from './ground.ts'
import { planRound } from './plan.ts'
import { type RoundResult, tortureRound } from './round.ts'

/** The sum of all rounds: what was done, and what must be zero. */
export type Summary = { rounds: number; kills: number; faults: number; backend: Backend; seed: number } & Omit<
  Findings,
  'other'
> & { otherFindings: number; boundaries: number; boundariesDiedAt: number; failedSeeds: number[] }

/** Lives the rounds of the seeds from `seed` on, telling each as it ends. */
export async function torture(
  ground: Ground,
  { rounds, seed }: { rounds: number; seed: number },
  tell: (round: RoundResult) => void = () => {},
): Promise<Summary> {
  const results: RoundResult[] = []
  for (let round = 0; round < rounds; round += 1) {
    const result = await tortureRound(ground, planRound(seed + round))
    results.push(result)
    tell(result)
  }
  const sum = (count: (round: RoundResult) => number) => results.reduce((total, round) => total + count(round), 0)
  return {
    rounds: results.length,
    kills: sum(({ kills }) => kills),
    faults: sum(({ faults }) => faults),
    backend: ground.backend,
    seed,
    optOutsLost: sum(({ findings }) => findings.optOutsLost),
    wronglyDisclosed: sum(({ findings }) => findings.wronglyDisclosed),
    mailedTwice: sum(({ findings }) => findings.mailedTwice),
    leftInTool: sum(({ findings }) => findings.leftInTool),
    stuckOver30s: sum(({ findings }) => findings.stuckOver30s),
    personalDataFound: sum(({ findings }) => findings.personalDataFound),
    otherFindings: sum(({ findings }) => findings.other.length),
    boundaries: boundaries.length,
    boundariesDiedAt: new Set(results.flatMap(({ diedAt }) => diedAt)).size,
    failedSeeds: results.filter(({ findings }) => !clean(findings)).map((round) => round.seed),
  }
}
