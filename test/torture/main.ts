// `npm run torture -- [--rounds n] [--seed s] [--backend redis|postgres] [--json]`: campaigns whose processes die at any instant,
// whose servers fall and whose tool misbehaves; afterwards nobody may be lost, left, mailed twice or found in a log.
import { parseArgs } from 'node:util'
import { clean } from './findings.ts'
import { layGround } from './ground.ts'
import type { RoundResult } from './round.ts'
import { torture } from './torture.ts'

const say = (line: string) => process.stderr.write(`${line}\n`)

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '20' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      backend: { type: 'string', default: 'postgres' },
      json: { type: 'boolean', default: false },
    },
  })
  const [rounds, seed, { backend }] = [Number(values.rounds), Number(values.seed), values]
  if (!Number.isInteger(rounds) || rounds < 1) return refuse('--rounds takes a whole number above 0, such as 20')
  if (!Number.isInteger(seed) || seed < 0) return refuse('--seed takes a whole number, such as 4711')
  if (backend !== 'redis' && backend !== 'postgres') return refuse('--backend is redis or postgres')
  say(`${rounds} rounds from seed ${seed}, queue on ${backend}`)
  const ground = await layGround(backend)
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void ground.close().finally(() => process.exit(1)))
  const summary = await torture(ground, { rounds, seed }, (round) => tell(round, backend)).finally(ground.close)
  if (summary.failedSeeds.length > 0) process.exitCode = 1
  if (values.json) process.stdout.write(`${JSON.stringify(summary)}\n`)
  else for (const [name, value] of Object.entries(summary)) say(`${name.padStart(20)}  ${value}`)
}

function tell({ seed, findings, kills, faults, diedAt, seconds }: RoundResult, backend: string): void {
  const died = diedAt.length > 0 ? `; died ${diedAt.join(', ')}` : ''
  say(
    `seed ${seed}: ${clean(findings) ? 'nothing found' : 'FOUND'}; ${kills} kills, ${faults} faults, ${seconds} s${died}`,
  )
  if (clean(findings)) return
  for (const sentence of findings.other) say(`    ${sentence}`)
  say(`    again: npm run torture -- --rounds 1 --seed ${seed} --backend ${backend}`)
}

function refuse(sentence: string): void {
  say(sentence)
  process.exitCode = 2
}

await main()
