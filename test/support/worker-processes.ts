// `lupa worker` as it runs in production, several of them if need be, on the register and the tool of a world without workers.
import { onTestFinished } from 'vitest'
import { until } from '../../src/operator/run-workers.ts'
import { type Environment, type Running, startLupa } from './cli.ts'
import type { World } from './world.ts'

/** Starts so many worker processes, each told what `env` says of its place, and waits until all work. The caller stops them; none outlives its test, not even one that times out. */
export async function startWorkerProcesses(
  world: World,
  count: number,
  env: (place: number) => Environment = () => ({}),
): Promise<Running[]> {
  const told = { ...environmentOf(world), LOG_LEVEL: 'error' }
  const processes = await Promise.all(
    Array.from({ length: count }, (_, place) => startLupa(['worker'], { ...told, ...env(place) })),
  )
  onTestFinished(() => killAll(processes))
  await Promise.all(processes.map((one) => one.line(/Working/)))
  return processes
}

/** Kills processes and waits for their end. */
export async function killAll(processes: Running[]): Promise<void> {
  for (const one of processes) one.stop('SIGKILL')
  await Promise.all(processes.map((one) => one.ended))
}

/** Waits for something of the outside world, for up to two minutes. */
export function eventually(come: () => boolean | Promise<boolean>): Promise<void> {
  return until(async () => come(), 120_000, 20)
}

function environmentOf({ context: { config }, emulator }: World): Environment {
  return {
    LUPA_HOME: config.home,
    LUPA_CONFIG: config.companyFile,
    DATABASE_URL: config.database.url ?? undefined,
    REDIS_URL: config.redisUrl ?? undefined,
    LUPA_QUEUE_PREFIX: config.queuePrefix,
    LUPA_POLL: '1s',
    MAILCHIMP_API_KEY: emulator.apiKey,
    MAILCHIMP_ACCOUNT_ID: emulator.accountId,
    MAILCHIMP_BASE_URL: `${emulator.url}/3.0`,
  }
}
