// One at a time across processes, on every system: a folder that only one process can put in place.
// Plain JavaScript without dependencies, because setup needs it before anything is installed.
import { randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { processAlive } from './process-alive.mjs'

/**
 * Runs `action` while no other process runs one under the same lock folder, and returns what it returns.
 * A lock is stale, and taken over, when all its processes are dead, or when it has given no sign of life for `silentMs` ms
 * of our own watching (its process id may belong to somebody else since a restart of the machine).
 * @template T
 * @param {string} folder the lock; its parent must exist
 * @param {(lock: { shareWith: (pid: number) => void }) => Promise<T>} action `shareWith` keeps the lock for a child that outlives us
 * @param {{ timeoutMs?: number, silentMs?: number, onWait?: () => void }} [options] `onWait` is called once, after 2 s of waiting
 * @returns {Promise<T>}
 * @throws when the lock was not free within `timeoutMs` ms
 */
export async function withFolderLock(folder, action, options = {}) {
  const owner = { token: `${process.pid}-${randomBytes(6).toString('hex')}`, pids: [process.pid] }
  await take(folder, owner, { timeoutMs: 120_000, silentMs: 20_000, onWait: () => {}, ...options })
  const pulse = setInterval(() => beat(folder), 1000)
  pulse.unref()
  const shareWith = (pid) => writeOwner(folder, { ...owner, pids: [process.pid, pid] })
  try {
    return await action({ shareWith })
  } finally {
    clearInterval(pulse)
    if (readOwner(folder)?.token === owner.token) discard(folder)
  }
}

async function take(folder, owner, { timeoutMs, silentMs, onWait }) {
  const seen = { sign: '', silence: 0, waited: 0, at: performance.now() }
  while (!place(folder, owner)) {
    if (seen.waited > timeoutMs)
      throw new Error(`Another process has held ${folder} for too long: end it, then try again.`)
    const held = readOwner(folder)
    watch(seen, held, onWait)
    if (held && (!held.pids.some(processAlive) || seen.silence > silentMs)) takeAway(folder, held.token)
    await sleep(25)
  }
}

// A folder prepared aside and renamed is there with its owner or not at all. Renaming onto a full folder fails everywhere.
function place(folder, owner) {
  if (existsSync(folder)) return false
  const draft = `${folder}.${owner.token}`
  mkdirSync(draft)
  writeOwner(draft, owner)
  try {
    renameSync(draft, folder)
    return true
  } catch {
    rmSync(draft, { recursive: true, force: true })
    return false
  }
}

function watch(seen, held, onWait) {
  const now = performance.now()
  // A long gap between two looks is a sleeping laptop: it says nothing about the other process.
  const passed = Math.min(now - seen.at, 1000)
  const sign = held ? `${held.token} ${held.beatAt}` : ''
  seen.silence = sign === seen.sign ? seen.silence + passed : 0
  if (seen.waited < 2000 && seen.waited + passed >= 2000) onWait()
  Object.assign(seen, { sign, at: now, waited: seen.waited + passed })
}

// Two waiters may judge the same lock stale: the second must not take away the lock that the first has just placed.
function takeAway(folder, token) {
  const guard = `${folder}.takeover`
  try {
    mkdirSync(guard)
  } catch {
    const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > 10_000) rmdirSync(guard)
    return
  }
  if (readOwner(folder)?.token === token) discard(folder)
  rmdirSync(guard)
}

function discard(folder) {
  const aside = `${folder}.gone-${randomBytes(6).toString('hex')}`
  try {
    renameSync(folder, aside)
    rmSync(aside, { recursive: true, force: true, maxRetries: 5 })
  } catch {
    // The whole parent folder may have been removed meanwhile: nothing left to release.
  }
}

function beat(folder) {
  try {
    utimesSync(join(folder, 'owner'), new Date(), new Date())
  } catch {
    // Taken away from us, or gone with its parent: the release looks again.
  }
}

function writeOwner(folder, owner) {
  writeFileSync(join(folder, 'owner.new'), JSON.stringify(owner))
  renameSync(join(folder, 'owner.new'), join(folder, 'owner'))
}

function readOwner(folder) {
  try {
    const file = join(folder, 'owner')
    return { ...JSON.parse(readFileSync(file, 'utf8')), beatAt: statSync(file).mtimeMs }
  } catch {
    return undefined
  }
}
