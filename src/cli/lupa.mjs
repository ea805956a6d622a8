#!/usr/bin/env node
// The installed command: sees to it that the program is that of the sources, runs it, hands signals on, and ends as it ended.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { nodeEnvironment, nodeFlags } from './node-flags.mjs'

await import('../embedded/setup.mjs')
if (!process.exitCode) run()

function run() {
  const program = fileURLToPath(new URL('../../dist/main.mjs', import.meta.url))
  const env = { ...nodeEnvironment, ...process.env }
  const child = spawn(process.execPath, [...nodeFlags, program, ...process.argv.slice(2)], { stdio: 'inherit', env })
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  // A terminal tells Ctrl-C to both of us, and a program that hears it twice ends at once, whatever it has in hand.
  const atTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)
  process.on('SIGINT', () => atTerminal || child.kill('SIGINT'))
  child.on('exit', (code) => {
    process.exitCode = code ?? 1
  })
}
