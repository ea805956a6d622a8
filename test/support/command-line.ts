// The command line without a process of its own: the same program, its exit code and its output, for a tenth of the time. One at a
// time, since environment and output are the process's; what stays, or hears signals, needs a real one (cli.ts).
import { Readable } from 'node:stream'

import { runCommandLine } from '../../src/cli/command-line.ts'
import { environmentVariables } from '../../src/config.ts'
import type { Ended, Environment } from './cli.ts'

/** Runs one command line to its end, without a terminal. `input` is what it reads from stdin. */
export async function lupaHere(args: string[], env: Environment, input = ''): Promise<Ended> {
  const before = { ...process.env }
  const stdin = Object.getOwnPropertyDescriptor(process, 'stdin') as PropertyDescriptor
  Object.defineProperty(process, 'stdin', { value: Readable.from([input]), configurable: true })
  for (const name of environmentVariables) delete process.env[name]
  Object.assign(process.env, env)
  const said = { stdout: '', stderr: '' }
  const restore = [heard('stdout', said), heard('stderr', said)]
  process.exitCode = undefined
  try {
    return { code: await runCommandLine(args), ...said }
  } finally {
    for (const one of restore) one()
    Object.defineProperty(process, 'stdin', stdin)
    for (const name of environmentVariables) delete process.env[name]
    Object.assign(process.env, before)
    process.exitCode = undefined
  }
}

/** Runs one command with --json and returns its document. Fails when the command does. */
export async function documentOf(args: string[], env: Environment) {
  const { code, stdout, stderr } = await lupaHere([...args, '--json'], env)
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`)
  if (stdout.trimEnd().includes('\n')) throw new Error(`${args.join(' ')} said more than one line`)
  return JSON.parse(stdout)
}

function heard(stream: 'stdout' | 'stderr', said: Record<'stdout' | 'stderr', string>): () => void {
  const { write } = process[stream]
  process[stream].write = ((text: string | Uint8Array) => {
    said[stream] += String(text)
    return true
  }) as typeof write
  return () => {
    process[stream].write = write
  }
}
