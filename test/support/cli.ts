// The command line as a user meets it: real processes, told nothing but what the test says, at most two at once.
import { type ChildProcess, spawn } from 'node:child_process'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { environmentVariables } from '../../src/config.ts'
import { bundleScript } from './bundle.ts'

export type Ended = { code: number | null; stdout: string; stderr: string }
export type Environment = Record<string, string | undefined>

export type Running = {
  /** Resolves with the first line on stdout or stderr that fits; fails when the process ends before. */
  line: (pattern: RegExp) => Promise<string>
  /** The same, of the lines from now on. */
  nextLine: (pattern: RegExp) => Promise<string>
  stop: (signal: NodeJS.Signals) => void
  /** How it ended. `code` is null when a signal ended it. */
  ended: Promise<Ended>
}

const file = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const mostAtOnce = 2
let running = 0
const waiting: (() => void)[] = []

/** Runs one command line to its end, without a terminal. */
export async function lupa(args: string[], env: Environment = {}): Promise<Ended> {
  if (running >= mostAtOnce) await new Promise<void>((resolve) => waiting.push(resolve))
  running += 1
  try {
    return await (await startLupa(args, env)).ended
  } finally {
    running -= 1
    waiting.shift()?.()
  }
}

/** Starts a command that stays. The caller stops it. */
export async function startLupa(args: string[], env: Environment = {}): Promise<Running> {
  return start('src/cli/main.ts', args, env)
}

/** Starts the emulator as a process of its own on a free port; returns its address and how to end it. */
export async function startEmulatorProcess(
  options: string[] = [],
): Promise<{ url: string; close: () => Promise<void> }> {
  const emulator = await start('test/emulator/mailchimp/main.ts', ['--port', '0', ...options], {})
  const url = /http:\/\/[\d.:]+/.exec(await emulator.line(/Mailchimp emulator/))?.[0] as string
  const close = async () => {
    emulator.stop('SIGTERM')
    await emulator.ended
  }
  return { url, close }
}

async function start(script: string, args: string[], env: Environment): Promise<Running> {
  const child = spawn(process.execPath, ['--enable-source-maps', await bundled(script), ...args], {
    // Not the repository: whoever works on it may have a file .env there.
    cwd: os.tmpdir(),
    env: { ...surroundings(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
  return { ...lineReader(child, ended), stop: (signal) => void child.kill(signal), ended }
}

const bundles = new Map<string, Promise<string>>()

/** Each script is bundled once by each of the runner's processes; what the run has left goes with it (global-setup.ts). */
function bundled(script: string): Promise<string> {
  const name = path.join(inject('testRun').template, `${process.pid}-${script.replaceAll('/', '-')}`)
  const made = bundles.get(script) ?? bundleScript(file(script), name)
  bundles.set(script, made)
  return made
}

function lineReader(child: ChildProcess, ended: Promise<Ended>): Pick<Running, 'line' | 'nextLine'> {
  const lines: string[] = []
  const hear = new Set<(line: string) => void>()
  for (const input of [child.stdout, child.stderr]) {
    if (!input) continue
    createInterface({ input }).on('line', (line) => {
      lines.push(line)
      for (const one of hear) one(line)
    })
  }
  const nextLine = (pattern: RegExp) => {
    const heard = new Promise<string>((resolve) => hear.add((line) => pattern.test(line) && resolve(line)))
    const over = ended.then(({ code }) => {
      throw new Error(`it ended (${code}) without a line like ${pattern}:\n${lines.join('\n')}`)
    })
    return Promise.race([heard, over])
  }
  return { nextLine, line: async (pattern) => lines.find((line) => pattern.test(line)) ?? nextLine(pattern) }
}

/** Everything a process needs of this machine, and nothing that Lupa would read. */
function surroundings(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !environmentVariables.includes(name)))
}
