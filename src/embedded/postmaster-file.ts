// postmaster.pid: what a running server writes about itself into its data folder, and what a killed one leaves behind.
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { processAlive } from './process-alive.mjs'

export interface Postmaster {
  pid: number
  port: number
}

/**
 * The server that this data folder speaks of, if there is such a process. No proof that it serves this folder: only a connection is.
 */
export function runningPostmaster(dataFolder: string): Postmaster | undefined {
  const found = readPostmasterFile(dataFolder)
  return found && processAlive(found.pid) && looksLikePostgres(found.pid) ? found : undefined
}

/** Removes what a killed server left: PostgreSQL itself takes a zombie, or another process with its number, for the server. */
export function discardPostmasterFile(dataFolder: string): void {
  rmSync(fileIn(dataFolder), { force: true })
}

function readPostmasterFile(dataFolder: string): Postmaster | undefined {
  try {
    // Lines: process, folder, start time, port, socket folder, address, shared memory, status.
    const [pid, , , port] = readFileSync(fileIn(dataFolder), 'utf8').split('\n')
    return { pid: Number(pid), port: Number(port) }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

// After a restart of the machine the number in a left-over file may be anybody's. When in doubt, it is the server.
function looksLikePostgres(pid: number): boolean {
  if (process.platform === 'win32') return true
  try {
    const command =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        : execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' })
    return command.includes('postgres')
  } catch {
    return processAlive(pid)
  }
}

function fileIn(dataFolder: string): string {
  return path.join(dataFolder, 'postmaster.pid')
}
