// The same story on both backends of the queue.
import type { TestContext } from 'vitest'
import { describe, test } from 'vitest'
import { openRedis } from '../support/redis.ts'
import { openWorld, type World, type WorldOptions } from '../support/world.ts'

/** Tells one story on PostgreSQL and on Redis; where there is no Redis, that half is skipped and says why. */
export function story(claim: string, tell: (world: World) => Promise<void>, options: WorldOptions = {}): void {
  describe.each(['postgres', 'redis'] as const)('with the queue on %s', (backend) => {
    test(claim, async (context) => {
      const redis = backend === 'redis' ? await openRedis() : null
      if (redis && 'missing' in redis) return skipped(context, redis.missing)
      const world = await openWorld({ ...options, ...(redis ? { redisUrl: redis.url } : {}) })
      try {
        await tell(world)
      } finally {
        await world.close()
        await redis?.close()
      }
    })
  })
}

function skipped(context: TestContext, because: string): void {
  process.stderr.write(`skipped: ${because}\n`)
  context.skip(because)
}
