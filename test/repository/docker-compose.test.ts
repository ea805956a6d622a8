// The compose file without an engine: what it promises about safety and order is read from it, and what it runs is run elsewhere.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { nodeEnvironment, nodeFlags } from '../../src/cli/node-flags.mjs'
import { program } from '../../src/cli/program.ts'
import { environmentVariables } from '../../src/config.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

const serviceShape = z.strictObject({
  image: z.string(),
  build: z.literal('.').optional(),
  pull_policy: z.literal('build').optional(),
  user: z.string().optional(),
  hostname: z.string().optional(),
  profiles: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  env_file: z.array(z.strictObject({ path: z.string(), required: z.boolean() })).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  networks: z.array(z.string()).optional(),
  network_mode: z.string().optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  shm_size: z.string().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  restart: z.enum(['no', 'unless-stopped']),
  stop_grace_period: z.string().optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.string() })).optional(),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()),
      interval: z.string(),
      timeout: z.string(),
      retries: z.number().optional(),
      start_period: z.string().optional(),
    })
    .optional(),
})
type Service = z.infer<typeof serviceShape>

const compose = z
  .object({
    services: z.record(z.string(), serviceShape),
    networks: z.record(z.string(), z.object({ internal: z.boolean().optional() })),
    volumes: z.record(z.string(), z.object({})),
  })
  .parse(parse(read('docker-compose.yml'), { merge: true }))
const services = Object.entries(compose.services)
const ours = services.filter(([, { build }]) => build !== undefined)
const lupa = ours.filter(([, { entrypoint }]) => entrypoint === undefined)

test('the services are those one expects, and only the emulator waits for its profile', () => {
  const profiles = Object.fromEntries(services.map(([name, { profiles }]) => [name, profiles ?? []]))

  expect(profiles).toEqual({ postgres: [], redis: [], migrate: [], web: [], worker: [], emulator: ['emulator'] })
})

test('every command is one that the command line knows, and the image runs that command line', async () => {
  const known = (await program([])).commands.map((command) => command.name())
  const [, entrypoint = '[]'] = /^ENTRYPOINT (\[.+\])$/m.exec(read('Dockerfile')) ?? []
  const scripts = [...ours.map(([, service]) => service.entrypoint ?? []), JSON.parse(entrypoint) as string[]]

  const commands = Object.fromEntries(lupa.map(([name, { command }]) => [name, command]))

  expect(commands).toEqual({ migrate: ['migrate'], web: ['web'], worker: ['worker'] })
  expect(Object.values(commands).flat()).toSatisfy((words: string[]) => words.every((word) => known.includes(word)))
  const run = scripts.flatMap((words) => words.filter((word) => /\.m?[tj]s$/.test(word)))
  expect(run).toEqual(['test/emulator/mailchimp/main.ts', 'dist/main.mjs'])
  expect(run.filter((script) => !existsSync(path.join(root, script)))).toEqual([])
})

test('the image and `npm start` run Node as the installed command does', () => {
  const [, entrypoint = '[]'] = /^ENTRYPOINT (\[.+\])$/m.exec(read('Dockerfile')) ?? []
  const { scripts } = z.object({ scripts: z.object({ start: z.string() }) }).parse(JSON.parse(read('package.json')))
  const program = ['node', ...nodeFlags, 'dist/main.mjs']

  expect(JSON.parse(entrypoint)).toEqual(program)
  expect(scripts.start.split(' ')).toEqual([...program, 'start'])
  expect(
    Object.entries(nodeEnvironment).filter(([name, value]) => !read('Dockerfile').includes(`${name}=${value}`)),
  ).toEqual([])
})

test('nothing of ours runs as root, writes to its own disk, or gains rights', () => {
  const rights = ours.map(([, { user, read_only, cap_drop, security_opt }]) => ({
    user,
    read_only,
    cap_drop,
    security_opt,
  }))

  const safe = { user: 'node', read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] }
  expect(rights).toEqual(ours.map(() => safe))
  expect(services.filter(([, service]) => !service.read_only)).toEqual([])
  expect(read('Dockerfile')).toMatch(/^USER node$/m)
})

test('no secret stands in the file: passwords are named, and asked for', () => {
  const settings = services.flatMap(([, { environment }]) => Object.entries(environment ?? {}))
  const secret = settings.filter(([name, value]) => /PASSWORD|KEY|SECRET/.test(name) || /\/\/[^/]*:[^/]*@/.test(value))

  const spelled = secret.filter(([, value]) => !/\$\{POSTGRES_PASSWORD:\?[^}]+\}/.test(value))

  expect(secret.map(([name]) => name)).toEqual(['POSTGRES_PASSWORD', 'DATABASE_URL', 'DATABASE_URL', 'DATABASE_URL'])
  expect(spelled).toEqual([])
  expect(ours.map(([, { env_file }]) => env_file)).toEqual(ours.map(() => [{ path: '.env', required: false }]))
})

test('whatever is set for our processes is a variable they read', () => {
  const names = lupa.flatMap(([, { environment }]) => Object.keys(environment ?? {}))

  expect([...new Set(names)].filter((name) => !environmentVariables.includes(name))).toEqual([])
  expect(new Set(names)).toContain('LUPA_LEDGER')
})

test('keys, logins and the outside ledger are shared by all, and the ledger has a volume of its own', () => {
  const mounts = Object.fromEntries(services.map(([name, { volumes }]) => [name, volumes ?? []]))

  const shared = ['home:/var/lib/lupa', 'ledger:/var/lib/lupa-ledger']
  expect(mounts).toEqual({
    postgres: ['database:/var/lib/postgresql'],
    redis: ['queue:/data'],
    migrate: shared,
    web: shared,
    worker: shared,
    emulator: [],
  })
  expect(Object.keys(compose.volumes)).toEqual(['database', 'queue', 'home', 'ledger'])
  for (const [, { environment }] of lupa) {
    expect(environment).toMatchObject({ LUPA_HOME: '/var/lib/lupa', LUPA_LEDGER: '/var/lib/lupa-ledger' })
  }
})

test('Redis forgets nothing to make room, and writes down what it holds', () => {
  const words = compose.services['redis']?.command?.join(' ')

  expect(words).toBe('redis-server --maxmemory-policy noeviction --appendonly yes')
})

test('a process starts when what it needs is ready: databases healthy, migrations done', () => {
  const needs = Object.fromEntries(services.map(([name, service]) => [name, conditions(service)]))

  const all = { postgres: 'service_healthy', redis: 'service_healthy', migrate: 'service_completed_successfully' }
  expect(needs).toEqual({
    postgres: {},
    redis: {},
    migrate: { postgres: 'service_healthy' },
    web: all,
    worker: all,
    emulator: { worker: 'service_started' },
  })
  const healthy = Object.values(needs).flatMap((one) =>
    Object.entries(one).flatMap(([name, condition]) => (condition === 'service_healthy' ? [name] : [])),
  )
  expect(healthy.filter((name) => !compose.services[name]?.healthcheck)).toEqual([])
})

test('what should run is started again, what runs once is not', () => {
  const policies = Object.fromEntries(services.map(([name, { restart }]) => [name, restart]))

  const always = 'unless-stopped'
  expect(policies).toEqual({
    postgres: always,
    redis: always,
    migrate: 'no',
    web: always,
    worker: always,
    emulator: always,
  })
})

test('database and queue are not reachable from outside, the pages from this host only', () => {
  const ports = Object.fromEntries(services.flatMap(([name, { ports }]) => (ports ? [[name, ports]] : [])))
  const inside = services.filter(([, { networks }]) => networks?.join() === 'inside').map(([name]) => name)

  expect(ports).toEqual({ web: ['127.0.0.1:3000:3000'] })
  expect(inside).toEqual(['postgres', 'redis'])
  expect(compose.networks['inside']?.internal).toBe(true)
})

test('what borrows a network brings none of its own', () => {
  const borrowing = services.filter(([, { network_mode }]) => network_mode !== undefined)

  const clash = borrowing.filter(([, { networks, ports, hostname }]) => networks || ports || hostname)

  expect(borrowing.map(([name, { network_mode }]) => [name, network_mode])).toEqual([['emulator', 'service:worker']])
  expect(clash).toEqual([])
})

test('only what runs goes into the image, and all of it', () => {
  const lines = read('.dockerignore')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
  const copied = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1))

  expect(lines[0]).toBe('*')
  expect(copied.filter((name) => !existsSync(path.join(root, name)))).toEqual([])
  expect(copied).toEqual(expect.arrayContaining(['package.json', 'package-lock.json', 'prisma', 'src', 'workers']))
})

function conditions({ depends_on }: Service): Record<string, string> {
  return Object.fromEntries(Object.entries(depends_on ?? {}).map(([name, { condition }]) => [name, condition]))
}
