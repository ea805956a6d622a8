// Several worker processes share the connections to the tool, and so the work, evenly.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { follow } from '../../src/flow.ts'
import { toolShare } from '../../workers/tool-share.ts'
import { type Door, openDoor } from '../support/door.ts'
import { openRedis } from '../support/redis.ts'
import { approved, stillWorld } from '../support/step.ts'
import { eventually, killAll, startWorkerProcesses } from '../support/worker-processes.ts'
import type { World } from '../support/world.ts'

test('the shares are the whole limit and differ by one at most; with more processes than connections each may have one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 20 }), (connections, of) => {
      const shares = Array.from({ length: of }, (_, place) => toolShare(connections, { place, of }))
      const [least, most] = [Math.min(...shares), Math.max(...shares)]

      expect(least).toBeGreaterThanOrEqual(1)
      expect(most - least).toBeLessThanOrEqual(1)
      expect(shares.reduce((sum, one) => sum + one)).toBe(Math.max(connections, of))
    }),
  )
})

const env = { LUPA_TOOL_CONNECTIONS: '4' }

describe.each(['postgres', 'redis'] as const)('with the queue on %s', (backend) => {
  test('four processes take one of four batches each; when two of them have gone, the others take two each', async (context) => {
    const redis = backend === 'redis' ? await openRedis() : null
    if (redis && 'missing' in redis) return context.skip(redis.missing)
    const world = await stillWorld({ env, ...(redis ? { redisUrl: redis.url } : {}) })
    // No batch goes on before all are in somebody's hand.
    let batches = 4
    let doors: Door[] = []
    const added = () => doors.map((door) => door.adding())
    const allThere = () => eventually(() => added().reduce((sum, one) => sum + one) === batches)
    doors = await Promise.all(Array.from({ length: 4 }, () => openDoor(world.emulator.url, allThere)))
    try {
      await world.people(2000)
      const processes = await startWorkerProcesses(world, 4, (place) => ({
        MAILCHIMP_BASE_URL: `${doors[place]?.url}/3.0`,
        LOG_LEVEL: 'info',
        ...env,
      }))
      await Promise.all(processes.map((one) => one.line(/"toolShare":1\b/)))

      await disclosed(world, 'kevatkirje')
      expect(added()).toEqual([1, 1, 1, 1])

      const alone = processes.slice(0, 2).map((one) => one.nextLine(/"toolShare":2\b/))
      for (const gone of processes.slice(2)) gone.stop('SIGTERM')
      await Promise.all(alone)
      batches = 8

      await disclosed(world, 'syyskirje')
      expect(added()).toEqual([3, 3, 1, 1])
      await killAll(processes)
    } finally {
      await world.close()
      await Promise.all(doors.map((door) => door.close()))
      await redis?.close()
    }
  })
})

/** A campaign of everybody, queued as a launch does, until everybody has been handed over. */
async function disclosed(world: World, name: string): Promise<void> {
  const { context } = world
  const campaign = await approved(world, { name })
  await follow(context, context.db, campaign.id)
  await world.reached(campaign, 'sent')
}
