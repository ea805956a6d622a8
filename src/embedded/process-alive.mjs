// Is a process still there? Plain JavaScript: setup and watcher run it before or without any compiler.
import { readFileSync } from 'node:fs'

/**
 * True while the process with this id runs, whoever owns it. A zombie (ended, not yet collected by its parent) is dead.
 * @param {number} pid
 * @returns {boolean}
 */
export function processAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
  return !isZombie(pid)
}

// Containers often have no init process that collects the dead, so the id of a killed server may linger for days.
function isZombie(pid) {
  if (process.platform !== 'linux') return false
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
  } catch {
    return false
  }
}
