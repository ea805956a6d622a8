// Runs one of PostgreSQL's programs to its end, as the server's user and with an empty environment.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { Unavailable } from '../domain/errors.ts'
import type { ServerAccount } from './server-account.ts'

export interface Ended {
  /** the exit code; null when it was killed */
  code: number | null
  /** what it said on stderr */
  words: string
}

/**
 * Resolves when the program has ended, also when a server that it started lives on.
 * @throws Unavailable when it cannot be started at all
 */
export function runProgram(program: string, args: string[], account: ServerAccount | undefined): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      // PostgreSQL insists on a current folder that its user may enter.
      cwd: path.parse(program).root,
      // None of our settings and secrets. LC_ALL: macOS servers refuse to start without one; messages stay English.
      env: { LC_ALL: 'C' },
      // The server would keep our stdout open for as long as it runs.
      stdio: ['ignore', 'ignore', 'pipe'],
      // On Windows a server in our console would be ended by closing the window.
      detached: process.platform === 'win32',
      windowsHide: true,
      ...(account && { uid: account.uid, gid: account.gid }),
    })
    let words = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words += text
    })
    child.on('error', (error) => reject(new Unavailable(`${program} cannot be started (${error.message}).`)))
    const finish = (code: number | null) => {
      child.stderr.destroy()
      resolve({ code, words: words.trim() })
    }
    child.on('close', finish)
    // On Windows the server inherits the pipe, and it never closes.
    child.on('exit', (code) => setTimeout(() => finish(code), 200).unref())
  })
}
