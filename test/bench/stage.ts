// What a measurement plays on: a home of its own with an embedded PostgreSQL that writes to its disk, the emulator in a process of
// its own, and as many worker processes as are asked for. Everything is gone when it is closed.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeEnvironment, nodeFlags } from '../../src/cli/node-flags.mjs'
import { readConfig } from '../../src/config.ts'
import { type Context, openContext } from '../../src/context.ts'
import { removeRedisQueues } from '../../src/queue/backend.ts'
import type { EmulatorOptions } from '../emulator/mailchimp/options.ts'
import { bundleScript } from '../support/bundle.ts'
import { dropHome, makeHome } from './home.ts'
import type { Usage, WorkerUsage } from './usage.ts'

/** The latency of the measurements: every request 60 ms, and 2 ms for each person added or removed, removals ten at a time. */
export const latency = { latencyMs: 60, perMemberMs: 2 }

export type StageOptions = {
  /** Worker processes. */
  processes?: number
  /** Queues on this Redis; on PostgreSQL where there is none. */
  redisUrl?: string | undefined
  emulator?: Partial<EmulatorOptions>
}

export type ToolRequests = {
  total: number
  waiting: number
  byRoute: Record<string, number>
  times: Record<string, { first: number; last: number; busy: number }>
}

export type ToolAccess = { url: string; apiKey: string; accountId: string }

export type Stage = {
  context: Context
  tool: ToolAccess
  /** What the tool was asked since it was last emptied. Times in milliseconds. */
  requests: () => Promise<ToolRequests>
  emptyTool: () => Promise<void>
  /**
   * CPU time of all worker processes together since they began, the most memory that one of them has taken, and each one's requests
   * that add people.
   */
  usage: () => Promise<Usage & { adding: number[] }>
  close: () => Promise<void>
}

/** Sets a stage up. Close it. */
export async function openStage({ processes = 1, redisUrl, emulator = {} }: StageOptions = {}): Promise<Stage> {
  const home = await makeHome()
  const bundles = path.basename(home)
  const toolScript = await bundled('emulator-process', bundles)
  const toolProcess = start(toolScript, [JSON.stringify({ plan: 'premium', ...latency, ...emulator })], {})
  const [tool] = (await heard(toolProcess)) as [ToolAccess]
  const queuePrefix = `lupa-bench-${process.pid}`
  const env = {
    LUPA_HOME: home,
    LUPA_CONFIG: companyWithoutCeiling(home),
    LUPA_POLL: '1s',
    LUPA_QUEUE_PREFIX: queuePrefix,
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent',
    MAILCHIMP_API_KEY: tool.apiKey,
    MAILCHIMP_ACCOUNT_ID: tool.accountId,
    MAILCHIMP_BASE_URL: `${tool.url}/3.0`,
    ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
  }
  const context = await openContext(readConfig(env))
  const workerScript = await bundled('worker-process', bundles)
  const workers = await Promise.all(Array.from({ length: processes }, () => startWorker(workerScript, env)))
  return {
    context,
    tool,
    requests: async () => (await control(tool, 'state'))['requests'] as ToolRequests,
    emptyTool: async () => void (await control(tool, 'reset', {})),
    usage: async () => {
      const used = await Promise.all(workers.map(usageOf))
      return {
        cpuMs: used.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
        peakRssMb: Math.max(0, ...used.map(({ peakRssMb }) => peakRssMb)),
        adding: used.map(({ adding }) => adding),
      }
    },
    close: async () => {
      await Promise.all(workers.map(end))
      await context.close()
      await end(toolProcess)
      if (redisUrl) await removeRedisQueues(redisUrl, queuePrefix)
      await dropHome(home)
    },
  }
}

/** The sample company, which may mail as many people as there are. */
function companyWithoutCeiling(home: string): string {
  const sample = fileURLToPath(new URL('../../prisma/sample/lupa.yaml', import.meta.url))
  const file = path.join(home, 'bench.yaml')
  writeFileSync(file, readFileSync(sample, 'utf8').replace(/recipients: \d+/, 'recipients: 10000000'))
  return file
}

/** A script of the bench in one file, as the program is that a company runs. */
async function bundled(name: string, bundles: string): Promise<string> {
  return bundleScript(fileURLToPath(new URL(`${name}.ts`, import.meta.url)), path.join(bundles, name))
}

function start(script: string, args: string[], env: Record<string, string>): ChildProcess {
  const surroundings = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(DATABASE|REDIS)_URL/.test(name)),
  )
  return fork(script, args, {
    execArgv: nodeFlags,
    env: { ...nodeEnvironment, ...surroundings, ...env },
  })
}

async function startWorker(script: string, env: Record<string, string>): Promise<ChildProcess> {
  const worker = start(script, [], env)
  await heard(worker)
  return worker
}

/** The next word of a process; its end instead is our failure. */
async function heard(child: ChildProcess): Promise<unknown[]> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${path.basename(child.spawnargs.at(nodeFlags.length + 1) ?? 'a process')} ended with ${code}`)
  })
  return Promise.race([once(child, 'message'), ended])
}

async function usageOf(worker: ChildProcess): Promise<WorkerUsage> {
  worker.send('usage')
  const [usage] = (await heard(worker)) as [WorkerUsage]
  return usage
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.disconnect()
  await once(child, 'exit')
}

async function control({ url }: ToolAccess, act: string, body?: object): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' }
  const posted = body ? { method: 'POST', headers, body: JSON.stringify(body) } : {}
  const answer = await fetch(`${url}/__control/${act}${body ? '' : '?members=false'}`, posted)
  if (!answer.ok) throw new Error(`the emulator refused ${act}: ${await answer.text()}`)
  return (await answer.json()) as Record<string, unknown>
}
