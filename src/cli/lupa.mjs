#!/usr/bin/env node
// The installed command: runs the TypeScript as it is, hands signals on, and ends as it ended.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
// Pages of JSON are soon forgotten: a small young generation keeps a worker tens of megabytes smaller.
const flags = ['--max-semi-space-size=2', '--import', import.meta.resolve('tsx')]
const child = spawn(process.execPath, [...flags, main, ...process.argv.slice(2)], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => {
  process.exitCode = code ?? 1
})
