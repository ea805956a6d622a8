// The lock that keeps two commands from setting up, creating or starting the same thing at once.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { withFolderLock } from '../../src/embedded/folder-lock.mjs'

// Real processes on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const lockModule = new URL('../../src/embedded/folder-lock.mjs', import.meta.url).href

test('of eight processes that want the same lock twenty times each, no two ever hold it together', async () => {
  const folder = temporaryFolder()
  const diary = path.join(folder, 'diary')
  const turns = `for (let i = 0; i < 20; i++) await withFolderLock(lock, async () => {
    appendFileSync(diary, 'in '); await new Promise(setImmediate); appendFileSync(diary, 'out ')
  })`

  const workers = Array.from({ length: 8 }, () => startScript(folder, turns))
  const codes = await Promise.all(workers.map(async (worker) => (await once(worker, 'exit'))[0]))

  expect(codes).toEqual(Array(8).fill(0))
  expect(readFileSync(diary, 'utf8')).toBe('in out '.repeat(160))
  expect(readdirSync(folder)).toEqual(['diary'])
})

test('the lock of a killed process is free for the next one at once', async () => {
  const folder = temporaryFolder()
  const holder = startScript(
    folder,
    `await withFolderLock(lock, () => { console.log('held'); return new Promise(() => setInterval(() => {}, 1e6)) })`,
  )
  await once(holder.stdout!, 'data')
  holder.kill('SIGKILL')
  await once(holder, 'exit')

  const started = performance.now()
  const answer = await withFolderLock(path.join(folder, 'lock'), async () => 'mine')

  expect(answer).toBe('mine')
  expect(performance.now() - started).toBeLessThan(1000)
  expect(readdirSync(folder)).toEqual([])
})

test('a lock whose number belongs to somebody else by now is taken over when it has given no sign of life', async () => {
  const folder = temporaryFolder()
  const lock = path.join(folder, 'lock')
  mkdirSync(lock)
  // Our own number: a living process that knows nothing of this lock.
  writeFileSync(path.join(lock, 'owner'), JSON.stringify({ token: 'from before the restart', pids: [process.pid] }))

  const answer = await withFolderLock(lock, async () => 'mine', { silentMs: 300 })

  expect(answer).toBe('mine')
})

test('a living lock is not taken over, and waiting for it ends with a sentence', async () => {
  const folder = temporaryFolder()
  const lock = path.join(folder, 'lock')
  const diary = path.join(folder, 'diary')

  await withFolderLock(lock, async () => {
    const attempt = withFolderLock(lock, async () => appendFileSync(diary, 'no'), { timeoutMs: 2500, silentMs: 2000 })
    await expect(attempt).rejects.toThrow(`Another process has held ${lock} for too long`)
  })

  expect(readdirSync(folder)).toEqual([])
})

test('a lock shared with a child outlives its killed parent until the child has ended', async () => {
  const folder = temporaryFolder()
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'])
  const holder = startScript(
    folder,
    `await withFolderLock(lock, ({ shareWith }) => {
    shareWith(${child.pid}); console.log('held'); return new Promise(() => setInterval(() => {}, 1e6)) })`,
  )
  await once(holder.stdout!, 'data')
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  const order: string[] = []

  const next = withFolderLock(path.join(folder, 'lock'), async () => order.push('next holds it'))
  await expect(withFolderLock(path.join(folder, 'lock'), async () => {}, { timeoutMs: 500 })).rejects.toThrow(
    'too long',
  )
  order.push('child ends')
  child.kill('SIGKILL')
  await next

  expect(order).toEqual(['child ends', 'next holds it'])
})

function startScript(folder: string, code: string): ChildProcess {
  const head = `import { appendFileSync } from 'node:fs'; import { withFolderLock } from ${JSON.stringify(lockModule)}
    const lock = ${JSON.stringify(path.join(folder, 'lock'))}, diary = ${JSON.stringify(path.join(folder, 'diary'))}\n`
  return spawn(process.execPath, ['--input-type=module', '-e', head + code], { stdio: ['ignore', 'pipe', 'inherit'] })
}

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lupa-lock-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
