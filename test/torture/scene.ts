// A round under way, and what everybody in it can do: ask the tool to misbehave, turn the clocks, look at the queue, try again.
import { setTimeout as wait } from 'node:timers/promises'
import { BadInput, NotAllowed } from '../../src/domain/errors.ts'
import type { HeardNo } from './findings.ts'
import type { Ground } from './ground.ts'
import type { RoundPerson } from './people.ts'
import type { RoundPlan } from './plan.ts'
import type { Chance } from './random.ts'
import type { Watched } from './standstill.ts'

/** A round under way. */
export type Scene = Watched & {
  plan: RoundPlan
  chance: Chance
  ground: Ground
  databaseUrl: string
  /** Those with a permission who have not said anything yet. */
  silent: RoundPerson[]
  heard: HeardNo[]
  /** People who stayed past their deadline and about whom nobody was alarmed, as sentences. */
  unalarmed: string[]
  queueTexts: string[]
  time: { aheadMs: number }
  faults: number
}

/** An act on the emulator's control surface; fails where the emulator refuses it. */
export async function control({ emulator }: Scene, act: string, body: object): Promise<void> {
  const answer = await fetch(`${emulator.url}/__control/${act}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`the emulator refused ${act}`)
}

/** Tries again while a server is away. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      if (error instanceof NotAllowed || error instanceof BadInput || tries > 60) throw error
      await wait(500)
    }
  }
}

/** Turns all clocks forward: ours, the workers' and the tool's. */
export function turn(scene: Scene, ms: number): void {
  scene.time.aheadMs += ms
  scene.herd.turn(scene.time.aheadMs)
  scene.emulator.state.clock.advance(ms)
}

/** Keeps what the queue holds for the search. */
export async function look({ ground, databaseUrl, queueTexts }: Scene): Promise<void> {
  queueTexts.push(await patiently(() => ground.queueText(databaseUrl)))
}
