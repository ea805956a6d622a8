// A worker that is told to end: it finishes or lets go in a bounded time, and a second word ends it at once.
import { expect, test } from 'vitest'
import { approved, stillWorld } from '../support/step.ts'
import { eventually, startWorkerProcesses } from '../support/worker-processes.ts'
import type { World } from '../support/world.ts'

test('SIGTERM waits 15 s for what is in hand and lets go; a second signal, of either kind, ends at once', async () => {
  const world = await stillWorld()
  try {
    await world.people(1)
    const patient = await handsFull(world)
    const began = performance.now()
    patient.stop('SIGTERM')
    const ended = await patient.ended
    const took = performance.now() - began

    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('left to the next worker') })
    expect(took).toBeGreaterThan(14_000)

    const hurried = await handsFull(world)
    hurried.stop('SIGTERM')
    hurried.stop('SIGINT')

    expect(await hurried.ended).toMatchObject({ code: 1, stderr: expect.not.stringContaining('next worker') })
  } finally {
    await world.close()
  }
}, 400_000)

/** A worker process that has just asked the tool for something, and will not hear for ten minutes. */
async function handsFull(world: World) {
  const asked = () => world.emulator.state.requests.byRoute.get('POST /lists') ?? 0
  const before = asked()
  await approved(world)
  await world.outside('mischief', { kind: 'delay', ms: 600_000, route: 'POST /lists', times: 1 })
  const [worker] = await startWorkerProcesses(world, 1)
  await eventually(() => asked() > before)
  return worker as NonNullable<typeof worker>
}
