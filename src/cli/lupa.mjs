#!/usr/bin/env node
// The installed command: runs the TypeScript as it is, hands signals on, and ends as it ended.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { nodeEnvironment, nodeFlags } from './node-flags.mjs'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const env = { ...nodeEnvironment, ...process.env }
const child = spawn(process.execPath, [...nodeFlags, main, ...process.argv.slice(2)], { stdio: 'inherit', env })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => {
  process.exitCode = code ?? 1
})
