// The embedded PostgreSQL as its users meet it: real servers, several real processes, real kills.
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { expect, test } from 'vitest'
import {
  dropEmbeddedPostgres,
  embeddedPostgresStatus,
  startEmbeddedPostgres,
  stopEmbeddedPostgres,
} from '../../src/embedded/postgres.ts'
import { ask, copyHome, eventually, homeWithDatabase, processesOf, startGuest, temporaryHome } from './homes.ts'

const quick = { fsync: false }

test('the first command finds a PostgreSQL 18 in UTF-8, for this machine only, with a password only its owner can read', async () => {
  const home = temporaryHome()

  const database = await startEmbeddedPostgres({ home, ...quick })

  const [facts] = await ask(
    database.url,
    `select current_database() as database, current_user as login, upper('äö') as upper,
            current_setting('server_version_num')::int / 10000 as major, current_setting('server_encoding') as encoding,
            (select datlocale from pg_database where datname = current_database()) as locale,
            current_setting('listen_addresses') as listens, current_setting('unix_socket_directories') as sockets,
            current_setting('max_connections') as connections, current_setting('fsync') as fsync`,
  )
  expect(facts).toEqual({
    database: 'lupa',
    login: 'lupa',
    upper: 'ÄÖ',
    major: 18,
    encoding: 'UTF8',
    locale: 'C.UTF-8',
    listens: '127.0.0.1',
    sockets: '',
    connections: '200',
    fsync: 'off',
  })
  expect(database.startedNow).toBe(true)
  expect(new URL(database.url).hostname).toBe('127.0.0.1')
  await expect(ask(database.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toMatchObject({ code: '28P01' })
  if (process.platform !== 'win32') {
    expect(statSync(path.join(home, 'postgres', 'password')).mode & 0o777).toBe(0o600)
  }
})

test('a database for real data writes them to disk', async () => {
  const { url } = await startEmbeddedPostgres({ home: await homeWithDatabase() })

  const settings = await ask(
    url,
    "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes') order by name",
  )

  expect(settings).toEqual([
    { name: 'fsync', setting: 'on' },
    { name: 'full_page_writes', setting: 'on' },
    { name: 'synchronous_commit', setting: 'on' },
  ])
})

test('a second command finds the server running, at the same address', async () => {
  const home = await homeWithDatabase()
  const first = await startEmbeddedPostgres({ home, ...quick })

  const second = await startEmbeddedPostgres({ home, ...quick })

  expect([second.startedNow, second.url, second.dataFolder]).toEqual([false, first.url, first.dataFolder])
})

test('four commands at once on a new home share one server, and exactly one of them made it', async () => {
  const home = temporaryHome()

  const guests = [1, 2, 3, 4].map(() => startGuest(home))
  const got = await Promise.all(guests.map((guest) => guest.got))

  expect(got.map((each) => each.startedNow).sort()).toEqual([false, false, false, true])
  expect(new Set(got.map((each) => each.url)).size).toBe(1)
  await Promise.all(guests.map((guest) => guest.leave()))
})

test('a server killed from outside comes back with everything that was committed', async () => {
  const home = await homeWithDatabase()
  const first = await startEmbeddedPostgres({ home })
  await ask(first.url, 'create table kept as select 42 as answer')
  const { pid = 0 } = await embeddedPostgresStatus(home)

  process.kill(pid, 'SIGKILL')
  const second = await startEmbeddedPostgres({ home })

  expect(second.startedNow).toBe(true)
  expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
})

test('a command killed while it was creating the database leaves nothing that a later one would take for a database', async () => {
  const home = temporaryHome()
  const folder = path.join(home, 'postgres')
  const halfMade = () => (existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('making-')) : [])
  const guest = startGuest(home)
  await eventually(() => halfMade().length > 0)

  process.kill(process.platform === 'win32' ? guest.process.pid! : -guest.process.pid!, 'SIGKILL')
  await once(guest.process, 'exit')
  const wasReady = existsSync(path.join(folder, 'data'))
  const { url, startedNow } = await startEmbeddedPostgres({ home, ...quick })

  expect({ wasReady, startedNow, left: halfMade() }).toEqual({ wasReady: false, startedNow: true, left: [] })
  expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('the server and its watcher end when the last command has been gone for the time given, and not before', async () => {
  const home = await homeWithDatabase()
  const first = startGuest(home, 1000)
  await first.got
  const second = startGuest(home, 1000)
  const { url } = await second.got

  await first.leave()
  const idle = performance.now() + 2500
  await eventually(() => performance.now() > idle)
  const whileOneIsHere = await ask(url, 'select 1 as one')
  await second.leave()

  expect(whileOneIsHere).toEqual([{ one: 1 }])
  await eventually(() => processesOf(home).length === 0)
  expect((await embeddedPostgresStatus(home)).state).toBe('stopped')
})

test('a command that is killed is a command that has gone', async () => {
  const home = await homeWithDatabase()
  const guest = startGuest(home, 1000)
  await guest.got

  guest.process.kill('SIGKILL')

  await eventually(() => processesOf(home).length === 0)
  expect((await embeddedPostgresStatus(home)).state).toBe('stopped')
})

test('a server that lost its watcher gets a new one from the next command', async () => {
  const home = await homeWithDatabase()
  const first = await startEmbeddedPostgres({ home, idleMs: 1000, ...quick })
  const watchers = () => ask(first.url, "select pid from pg_stat_activity where application_name = 'lupa watcher'")
  await eventually(async () => (await watchers()).length === 1)
  const watcher = processesOf(home).find(({ command }) => command.includes('watcher.mjs'))
  process.kill(watcher!.pid, 'SIGKILL')
  await eventually(async () => (await watchers()).length === 0)

  const second = await startEmbeddedPostgres({ home, idleMs: 1000, ...quick })

  await eventually(async () => (await watchers()).length === 1)
  await Promise.all([first.leave(), second.leave()])
  await eventually(() => processesOf(home).length === 0)
})

test('stop ends server and watcher within a second, though others are connected, and start brings it back', async () => {
  const home = await homeWithDatabase()
  const guest = startGuest(home)
  await guest.got
  const database = await startEmbeddedPostgres({ home, ...quick })
  await ask(database.url, 'create table kept as select 42 as answer')

  await database.stop()
  await eventually(() => processesOf(home).every(({ command }) => command.includes('guest.ts')), 1500)
  const again = await startEmbeddedPostgres({ home, ...quick })

  expect(again.startedNow).toBe(true)
  expect(await ask(again.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  expect([await stopEmbeddedPostgres(home), await stopEmbeddedPostgres(home)]).toEqual([true, false])
  await guest.leave()
})

test('the status tells a home without a database from one that is stopped and one that runs, and starts nothing', async () => {
  const home = temporaryHome()
  const before = await embeddedPostgresStatus(home)
  const { dataFolder, url, stop } = await startEmbeddedPostgres({ home, ...quick })
  const running = await embeddedPostgresStatus(home)
  await stop()

  const stopped = await embeddedPostgresStatus(home)

  expect(before).toEqual({ state: 'none' })
  expect(running).toEqual({ state: 'running', dataFolder, port: Number(new URL(url).port), pid: expect.any(Number) })
  expect(stopped).toEqual({ state: 'stopped', dataFolder })
  await eventually(() => processesOf(home).length === 0)
})

test('the port is kept from start to start, and moves when something else has taken it', async () => {
  const home = await homeWithDatabase()
  const first = await startEmbeddedPostgres({ home, ...quick })
  await first.stop()
  const second = await startEmbeddedPostgres({ home, ...quick })
  await second.stop()
  const port = Number(new URL(first.url).port)
  const squatter = createServer().listen(port, '127.0.0.1')
  await once(squatter, 'listening')

  const third = await startEmbeddedPostgres({ home, ...quick })

  expect(second.url).toBe(first.url)
  expect(third.url).not.toBe(first.url)
  expect(await ask(third.url, 'select 1 as one')).toEqual([{ one: 1 }])
  squatter.close()
})

test('a copy of a home, made while its server ran, never joins the server of the original', async () => {
  const home = await homeWithDatabase()
  const copy = temporaryHome()
  const original = await startEmbeddedPostgres({ home, ...quick })
  await ask(original.url, 'create table kept as select 42 as answer')
  await ask(original.url, 'checkpoint')
  copyHome(home, copy)

  const copied = await startEmbeddedPostgres({ home: copy, ...quick })
  await ask(copied.url, 'update kept set answer = 43')

  expect([copied.startedNow, copied.url === original.url]).toEqual([true, false])
  expect(await ask(original.url, 'select answer from kept')).toEqual([{ answer: 42 }])
})

test('data of another major version, an incomplete folder and broken settings are refused in a sentence', async () => {
  const home = await homeWithDatabase()
  const { dataFolder, stop } = await startEmbeddedPostgres({ home, ...quick })
  await stop()

  writeFileSync(path.join(dataFolder, 'postgresql.conf'), 'nonsense = 1\n')
  const broken = await refusal(home)
  writeFileSync(path.join(dataFolder, 'PG_VERSION'), '17\n')
  const older = await refusal(home)
  renameSync(path.join(dataFolder, 'PG_VERSION'), path.join(dataFolder, 'VERSION'))
  const incomplete = await refusal(home)

  expect(broken).toMatch(
    /^PostgreSQL does not start in .*data: .*unrecognized configuration parameter "nonsense".*server\.log\)$/,
  )
  expect(older).toContain('was made by PostgreSQL 17, and this Lupa brings PostgreSQL 18')
  expect(incomplete).toContain('holds something that is not a complete database')
})

test('the log of the server holds no statement and no value of a failed one', async () => {
  const home = await homeWithDatabase()
  const { dataFolder, url } = await startEmbeddedPostgres({ home, ...quick })
  await ask(url, "create table people (email text primary key); insert into people values ('aino@yritys.example')")

  await expect(ask(url, "insert into people values ('aino@yritys.example')")).rejects.toMatchObject({ code: '23505' })
  await expect(ask(url, "select 'aino@yritys.example'::int")).rejects.toMatchObject({ code: '22P02' })

  const log = readFileSync(path.join(dataFolder, '..', 'server.log'), 'utf8')
  expect({ started: log.includes('ready to accept connections'), names: log.includes('aino') }).toEqual({
    started: true,
    names: false,
  })
})

test('dropping a home leaves neither data nor processes', async () => {
  const home = await homeWithDatabase()
  const { dataFolder } = await startEmbeddedPostgres({ home, ...quick })

  await dropEmbeddedPostgres(home)

  expect([existsSync(dataFolder), existsSync(path.join(home, 'postgres')), existsSync(home)]).toEqual([
    false,
    false,
    true,
  ])
  await eventually(() => processesOf(home).length === 0)
})

async function refusal(home: string): Promise<string> {
  const outcome = await startEmbeddedPostgres({ home, ...quick }).then(
    () => 'it started',
    (error) => error.message,
  )
  return outcome
}
