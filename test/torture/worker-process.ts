// One worker process as `lupa worker` starts it, whose clock can be turned and who dies where it is told to. Its first argument
// says both; nothing here is part of the product.
import { appendFileSync } from 'node:fs'
import { readConfig } from '../../src/config.ts'
import { openContext } from '../../src/context.ts'
import { startWorkers } from '../../src/operator/run-workers.ts'
import { watchBoundaries } from './boundaries.ts'
import type { Death } from './plan.ts'

export type ToWorker = {
  aheadMs: number
  deaths: Death[]
  /** Takes the name of the boundary at which a process is about to die. */
  diedFile: string
}

let told = JSON.parse(process.argv[2] ?? '{}') as ToWorker
const passed = new Map<string, number>()

watchBoundaries((boundary) => {
  const turn = (passed.get(boundary) ?? 0) + 1
  passed.set(boundary, turn)
  if (!told.deaths.some((death) => death.boundary === boundary && death.turn === turn)) return
  appendFileSync(told.diedFile, `${boundary}\n`)
  process.kill(process.pid, 'SIGKILL')
})
process.on('message', (message) => {
  told = message as ToWorker
})

const context = await openContext(readConfig(process.env), { clock: () => new Date(Date.now() + told.aheadMs) })
const workers = await startWorkers(context)
process.send?.('ready')
process.once('disconnect', async () => {
  await workers.close()
  await context.close()
  process.exit(0)
})
