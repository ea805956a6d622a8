// A Redis for tests: the one of REDIS_URL under a prefix of the test's own, else a redis-server on PATH, private to the test.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'

export type TestRedis = { url: string; close: () => Promise<void> }

/** Opens a Redis, or says why there is none. */
export async function openRedis(): Promise<TestRedis | { missing: string }> {
  const given = process.env['REDIS_URL']
  if (given) return { url: given, close: async () => {} }
  const port = await freePort()
  const server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const failed = once(server, 'error').then(() => 'missing' as const)
  if ((await Promise.race([ready(server), failed])) === 'missing') {
    return { missing: 'no REDIS_URL, and no redis-server on PATH' }
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    close: async () => {
      server.kill()
      if (server.exitCode === null) await once(server, 'exit')
    },
  }
}

async function ready(server: ChildProcess): Promise<'ready'> {
  for await (const chunk of server.stdout ?? [])
    if (String(chunk).includes('Ready to accept connections')) return 'ready'
  throw new Error('redis-server ended before it was ready')
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as net.AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
