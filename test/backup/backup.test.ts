// Backups: sealed, complete, proved by a drill, and deleted when their days are over.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { openBackup, readHeader } from '../../src/backup/backup-file.ts'
import { drillBackup } from '../../src/backup/drill-backup.ts'
import { listBackups } from '../../src/backup/rotation.ts'
import { openKeyRing, rotateKeys } from '../../src/ledger/key-ring.ts'
import { pgDumpMajor } from '../../src/register/dump.ts'
import { migrationsOf } from '../../src/register/migrate.ts'
import { databaseName } from '../../src/register/server-databases.ts'
import { at, backedUp, database, databasesLike, inContext, onDatabase, withSampleRegister } from './sample-register.ts'

withSampleRegister()

test('a backup says what it is and that it holds no keys; nothing of a person can be read in it', async () => {
  const { file, people } = await backedUp('export')

  const bytes = readFileSync(file)
  const header = await readHeader(file)
  const secrets = await inContext(async ({ db, config }) => [
    ...(await db.person.findMany({ where: { email: { not: null } }, take: 20 })).map(({ email }) => email as string),
    ...(await db.organisation.findMany({ take: 20 })).map(({ name }) => name),
    readFileSync(path.join(config.home, 'keys', 'k1.key'), 'utf8').trim(),
  ])

  expect(people).toBeGreaterThan(100)
  expect(header).toMatchObject({ method: 'export', keyId: 'k1', migrations: await migrationsOf(database.url) })
  expect(header.keys).toContain('No keys')
  expect(secrets.filter((secret) => bytes.includes(secret))).toEqual([])
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test.for(['export', 'pg_dump'] as const)(
  'a backup made by %s passes its drill, and the drill leaves nothing behind',
  async (method, { skip }) => {
    if (method === 'pg_dump' && !(await pgDumpFits())) {
      const because = 'there is no pg_dump here that is not older than the server'
      process.stderr.write(`skipped: ${because}\n`)
      return skip(because)
    }
    const made = await backedUp(method)

    const drill = await inContext(({ db, keys, ledger }) =>
      drillBackup(db, database.url, { file: made.file, keys, ledger }, () => at),
    )

    expect(drill).toMatchObject({
      passed: true,
      method,
      people: made.people,
      rows: made.rows,
      undone: 0,
      checksum: 'fits',
    })
    expect(await databasesLike(`${databaseName(database.url)}\\_%`)).toEqual([])
    const written = await inContext(({ db }) => db.audit.findFirstOrThrow({ orderBy: { seq: 'desc' } }))
    expect([written.action, written.facts]).toEqual([
      'backup-drilled',
      expect.objectContaining({ passed: true, method }),
    ])
  },
)

test('after a rotation of the keys an old backup opens with the old key; without that key a sentence names it', async () => {
  const { file } = await backedUp('export')
  const alone = path.join(database.home, 'elsewhere')
  mkdirSync(alone)
  const other = openKeyRing({ home: alone, secretKeys: `k9:${Buffer.alloc(32, 9).toString('base64')}` })
  rotateKeys({ home: database.home, secretKeys: null })
  const both = openKeyRing(database.config)
  let read = 0

  await openBackup(file, both, async (rows) => {
    for await (const chunk of rows) read += chunk.length
  })

  expect(both.ids).toEqual(['k2', 'k1'])
  expect(read).toBeGreaterThan(10_000)
  await expect(openBackup(file, other, async () => {})).rejects.toThrow('The key k1 is not in LUPA_SECRET_KEYS')
})

test('backups are deleted when their days are over; the newest stays, and other files are left alone', async () => {
  const folder = path.join(database.home, 'rotated')
  mkdirSync(folder)
  writeFileSync(path.join(folder, 'lupa-2020-01-01T00-00-00Z.backup'), 'somebody else’s\n')
  const ages = [100, 36, 34, 1]
  const counts = []
  for (const days of ages) {
    const { deleted } = await backedUp('export', { folder, at: new Date(at.getTime() - days * 86_400_000) })
    counts.push(deleted)
  }
  const { deleted } = await backedUp('export', { folder, at })

  const left = (await listBackups(folder)).map(({ header }) => header.madeAt.slice(0, 10))
  expect([counts, deleted]).toEqual([[0, 1, 0, 0], 1])
  expect(left).toEqual(['2026-11-24', '2026-11-23', '2026-10-21'])
})

async function pgDumpFits(): Promise<boolean> {
  const server = await onDatabase(
    async (client) => (await client.query('show server_version_num')).rows[0].server_version_num,
  )
  return ((await pgDumpMajor()) ?? 0) >= Math.floor(Number(server) / 10_000)
}
