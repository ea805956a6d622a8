// So many rounds, side by side on grounds of their own, and what they come to.
import { boundaries } from './boundaries.ts'
import { clean, type Findings, nothingFound } from './findings.ts'
import { type Backend, layGround } from './ground.ts'
import { planRound } from './plan.ts'
import { type RoundResult, tortureRound } from './round.ts'

/** The sum of all rounds: what was done, and what must be zero. */
export type Summary = { rounds: number; kills: number; faults: number; backend: Backend; seed: number } & Omit<
  Findings,
  'other'
> & { otherFindings: number; boundaries: number; boundariesDiedAt: number; failedSeeds: number[] }

export type TortureOptions = {
  rounds: number
  seed: number
  backend: Backend
  /** So many rounds side by side, each lane with its own servers: a round mostly waits for what it has broken. */
  lanes: number
  tell?: (round: RoundResult) => void
  /** Ends the lanes after the rounds in hand. */
  over?: AbortSignal
}

/** Lives the rounds of the seeds from `seed` on, telling each as it ends. A round that never ends is stuck. */
export async function torture({ rounds, seed, backend, lanes, tell, over }: TortureOptions): Promise<Summary> {
  const results: RoundResult[] = []
  let next = 0
  const lane = async () => {
    const ground = await layGround(backend)
    try {
      while (next < rounds && !over?.aborted) {
        const plan = planRound(seed + next++)
        const result = await tortureRound(ground, plan).catch((error: unknown) => unfinished(plan.seed, error))
        results.push(result)
        tell?.(result)
      }
    } finally {
      await ground.close()
    }
  }
  await Promise.all(Array.from({ length: Math.min(lanes, rounds) }, lane))
  const sum = (count: (round: RoundResult) => number) => results.reduce((total, round) => total + count(round), 0)
  return {
    rounds: results.length,
    kills: sum(({ kills }) => kills),
    faults: sum(({ faults }) => faults),
    backend,
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

/** A campaign that does not come to its close is stuck, whatever the reason. */
function unfinished(seed: number, error: unknown): RoundResult {
  const other = [`the round did not end: ${error instanceof Error ? error.message : String(error)}`]
  return { seed, findings: { ...nothingFound(), stuckOver30s: 1, other }, kills: 0, faults: 0, diedAt: [], seconds: 0 }
}
