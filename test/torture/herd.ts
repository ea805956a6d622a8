// The worker processes of a round: as many as there should be, however often they die. What they write is kept for the search.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { environmentVariables } from '../../src/config.ts'
import type { Death } from './plan.ts'
import type { ToWorker } from './worker-process.ts'

export type Herd = {
  /** Kills one of them, whichever is `place`th. */
  kill: (place: number) => void
  /** Turns every clock forward. */
  turn: (aheadMs: number) => void
  /** How many were killed: by us, or by themselves where they were told to. */
  kills: () => number
  /** Boundaries at which one of them has died. */
  diedAt: () => string[]
  /** When the last of them died or came up, by performance.now(). */
  lastChange: () => number
  /** Ends that nobody ordered and that a lost database does not explain, as sentences. */
  strange: string[]
  close: () => Promise<void>
}

export type HerdOptions = {
  processes: number
  env: Record<string, string>
  deaths: Death[]
  /** What each of them runs: worker-process.ts, bundled. */
  script: string
  /** Takes everything they say. */
  logFile: string
  diedFile: string
  aheadMs: number
  /** Whether the machinery they need is there: a process that ends while it is not will be started again. */
  ground: () => boolean
}

/** Starts them and waits until each works. Close it. */
export async function startHerd({
  processes,
  script,
  env,
  deaths,
  logFile,
  diedFile,
  aheadMs,
  ground,
}: HerdOptions): Promise<Herd> {
  const log = openSync(logFile, 'a')
  const told: ToWorker = { aheadMs, deaths, diedFile }
  const living = new Set<ChildProcess>()
  const diedAt = () => (existsSync(diedFile) ? readFileSync(diedFile, 'utf8').split('\n').filter(Boolean) : [])
  const strange: string[] = []
  let [kills, over, lastChange] = [0, false, performance.now()]

  const tell = () => {
    // One that dies just now need not hear it: whoever follows it is told at its start.
    for (const child of living) if (child.connected) child.send(told, () => {})
  }
  const start = (): Promise<unknown> => {
    const child = fork(script, [JSON.stringify(told)], {
      execArgv: ['--enable-source-maps'],
      env: { ...surroundings(), ...env },
      stdio: ['ignore', log, log, 'ipc'],
    })
    living.add(child)
    child.on('error', () => {})
    let worked = false
    child.once('message', () => {
      worked = true
    })
    child.once('exit', (code, signal) => void ended({ worked, end: signal ?? code }, child))
    return Promise.race([once(child, 'message'), once(child, 'exit')]).then(() => (lastChange = performance.now()))
  }
  const ended = async ({ worked, end }: { worked: boolean; end: string | number | null }, child: ChildProcess) => {
    living.delete(child)
    lastChange = performance.now()
    if (over) return
    if (end === 'SIGKILL') kills += 1
    // One that could not begin, because its database did not answer in time, says so and is started again.
    else if (ground() && worked) strange.push(`a worker ended by itself (${end})`)
    // One death at each boundary is enough.
    told.deaths = deaths.filter(({ boundary }) => !diedAt().includes(boundary))
    tell()
    if (end !== 'SIGKILL') await wait(500)
    if (!over) await start()
  }

  await Promise.all(Array.from({ length: processes }, start))
  return {
    kill: (place) => {
      const child = [...living][place % Math.max(1, living.size)]
      child?.kill('SIGKILL')
    },
    turn: (ms) => {
      told.aheadMs = ms
      tell()
    },
    kills: () => kills,
    diedAt,
    lastChange: () => lastChange,
    strange,
    close: async () => {
      over = true
      await Promise.all([...living].map(end))
      closeSync(log)
    },
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  // One that is still starting does not listen yet, and one whose ground is gone may wait for it: it is not waited for long.
  const patience = setTimeout(() => child.kill('SIGKILL'), 10_000)
  if (child.connected) child.disconnect()
  await once(child, 'exit')
  clearTimeout(patience)
}

/** Everything a process needs of this machine, and nothing that Lupa would read. */
function surroundings(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !environmentVariables.includes(name)))
}
