// Everything that a Redis holds, as text; and how it forgets.
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

/** Everything below a prefix is gone at one instant, as after a flush: nobody sees half of it. */
export async function flushAtOnce(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1 })
  try {
    await redis.eval(
      "for _, key in ipairs(redis.call('keys', ARGV[1])) do redis.call('del', key) end",
      0,
      `${prefix}:*`,
    )
  } finally {
    redis.disconnect()
  }
}
