// Everything that a Redis holds, as text.
import { Redis } from 'ioredis'

/** Every key that fits, with its value, a line each. */
export async function redisText(url: string, match = '*'): Promise<string> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1 })
  try {
    const lines: string[] = []
    for await (const keys of redis.scanStream({ match, count: 500 })) {
      for (const key of keys as string[]) lines.push(`${key} ${JSON.stringify(await held(redis, key))}`)
    }
    return lines.join('\n')
  } finally {
    redis.disconnect()
  }
}

async function held(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key)
    case 'hash':
      return redis.hgetall(key)
    case 'list':
      return redis.lrange(key, 0, -1)
    case 'set':
      return redis.smembers(key)
    case 'zset':
      return redis.zrange(key, '0', '-1')
    case 'stream':
      return redis.xrange(key, '-', '+')
    default:
      return null // it has gone meanwhile
  }
}
