// `npm run torture -- [--rounds n] [--seed s] [--backend redis|postgres] [--lanes n] [--json]`: campaigns whose processes die at any instant,
// whose servers fall and whose tool misbehaves; afterwards nobody may be lost, left, mailed twice or found in a log.
import { readOptions } from '../support/options.ts'
import { clean } from './findings.ts'
import type { RoundResult } from './round.ts'
import { torture } from './torture.ts'

const say = (line: string) => process.stderr.write(`${line}\n`)

async function main(): Promise<void> {
  const values = readOptions({
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    backend: { type: 'string', default: 'postgres' },
    lanes: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  })
  const { backend } = values
  const [rounds, seed, lanes] = [Number(values.rounds), Number(values.seed), Number(values.lanes)]
  if (!Number.isInteger(rounds) || rounds < 1) return refuse('--rounds takes a whole number above 0, such as 20')
  if (!Number.isInteger(seed) || seed < 0) return refuse('--seed takes a whole number, such as 4711')
  if (!Number.isInteger(lanes) || lanes < 1) return refuse('--lanes takes a whole number above 0, such as 3')
  if (backend !== 'redis' && backend !== 'postgres') return refuse('--backend is redis or postgres')
  say(`${rounds} rounds from seed ${seed}, queue on ${backend}`)
  const over = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      say('ending after the rounds in hand; once more ends at once')
      over.abort()
    })
  }
  const summary = await torture({
    ...{ rounds, seed, backend, lanes, over: over.signal },
    tell: (round) => tell(round, backend),
  })
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
