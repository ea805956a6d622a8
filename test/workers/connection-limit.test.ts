// One limit for the whole account: four worker processes under load never hold more connections than they may, and rest together.
import { describe, expect, test } from 'vitest'
import { openBullQueue } from '../../src/queue/backend.ts'
import type { Running } from '../support/cli.ts'
import { otherHand } from '../support/other-hand.ts'
import { openRedis } from '../support/redis.ts'
import { approved, campaignIn, stillWorld, walk } from '../support/step.ts'
import { eventually, killAll, startWorkerProcesses } from '../support/worker-processes.ts'
import type { World } from '../support/world.ts'

const limit = 3
const campaigns = 4

describe.each(['postgres', 'redis'] as const)('with the queue on %s', (backend) => {
  test('four processes never hold more than three connections together, and after a 429 or a bodyless 403 none of them calls', async (context) => {
    const redis = backend === 'redis' ? await openRedis() : null
    if (redis && 'missing' in redis) return context.skip(redis.missing)
    const world = await stillWorld({
      emulator: { latencyMs: 15, connectionLimit: limit },
      ...(redis ? { redisUrl: redis.url } : {}),
    })
    let processes: Running[] = []
    try {
      await world.people(8)
      // Their feedback is read every second for an hour: there is always something to be asked.
      for (let number = 0; number < campaigns; number += 1)
        await approved(world, { name: `ruuhka-${number}`, settleSeconds: 3600 })
      processes = await startWorkerProcesses(world, 4, () => ({ LUPA_TOOL_CONNECTIONS: String(limit) }))
      await eventually(() => told(world) > 40)

      const quiet = [await quietAfter(world, '429')]
      const before = told(world)
      await eventually(() => told(world) > before + 40)
      // The second rest is of a minute: nobody waits for its end here.
      quiet.push(await quietAfter(world, '403-bodyless'))

      expect(quiet).toEqual([true, true])
      // Every process had its turn, or the load was none: three at once were reached, and never a fourth.
      expect(world.emulator.state.connections.highest).toBe(limit)
    } finally {
      await killAll(processes)
      await world.close()
      await redis?.close()
    }
  })
})

test('a job makes one call at a time, at the gate too, where somebody has to leave', async () => {
  const world = await stillWorld({ emulator: { latencyMs: 5, connectionLimit: 1 } })
  try {
    const { campaign, people } = await campaignIn(world, 'disclosed', { plan: { settleSeconds: 0 } })
    otherHand(world).changeStatus(campaign.audienceId, people[0]?.email as string, 'unsubscribed')

    await walk(world, campaign, 'closed')

    expect(world.emulator.state.connections.highest).toBe(1)
    expect(await world.mails()).toHaveLength(2)
  } finally {
    await world.close()
  }
})

function told({ emulator }: World): number {
  return emulator.state.requests.total
}

/** Whether nobody asks the tool anything for two seconds, once what was in hand is over. */
async function quietAfter(world: World, kind: string): Promise<boolean> {
  const { state } = world.emulator
  const queue = openBullQueue(world.context.queues.home, 'tool')
  try {
    await world.outside('mischief', { kind, times: 1 })
    await eventually(() => state.mischief.length === 0)
    await eventually(async () => (await queue.getRateLimitTtl()) > 1000)
    let [seen, since] = [told(world), performance.now()]
    const began = since
    await eventually(() => {
      const now = told(world)
      if (now !== seen) [seen, since] = [now, performance.now()]
      return performance.now() - since > 2000
    })
    // Jobs that had begun end their calls; no new one begins.
    return since - began < 5000
  } finally {
    await queue.close()
  }
}
