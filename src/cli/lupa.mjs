#!/usr/bin/env node
// The installed command: runs the TypeScript as it is, hands signals on, and ends as it ended.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
// Pages of JSON are soon forgotten, and the tool is what is waited for: a small young generation and small code keep a worker some
// sixty megabytes smaller, for a little more work.
const flags = ['--max-semi-space-size=2', '--optimize-for-size', '--import', import.meta.resolve('tsx')]
const child = spawn(process.execPath, [...flags, main, ...process.argv.slice(2)], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => {
  process.exitCode = code ?? 1
})
