// `lupa backup` as its user meets it: made, drilled and put back by commands alone.
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Environment, lupa } from '../support/cli.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

let database: TestDatabase
let env: Environment
beforeAll(async () => {
  database = await testDatabase()
  env = { LUPA_HOME: database.home, DATABASE_URL: database.url }
})
afterAll(() => database.close())

test('a backup is made, drilled and restored by commands, each with one line of JSON', async () => {
  const made = await json('backup', 'create')
  const drilled = await json('backup', 'drill')
  const unasked = await lupa(['backup', 'restore', made.file], env)
  const restored = await json('backup', 'restore', made.file, '--yes', '--without-backup')
  const said = await lupa(['backup', 'create', '--to', path.join(database.home, 'muualla')], env)

  expect(made).toMatchObject({ people: 0, bytes: expect.any(Number), deleted: 0 })
  expect(drilled).toMatchObject({ file: made.file, passed: true, auditIntact: true, undone: 0, checksum: 'fits' })
  expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('Say --yes to replace the register')])
  expect(restored).toMatchObject({ restored: true, people: 0, halted: 0, before: null })
  expect(said.stdout).toMatch(/holds no keys: without a copy of .*keys, kept elsewhere, nobody can open it/)
})

test('a file that is no backup, and none at all, are refused with a sentence', async () => {
  const answers = await Promise.all([
    lupa(['backup', 'restore', path.resolve('package.json'), '--yes'], env),
    lupa(['backup', 'restore', '/nowhere/x.backup', '--yes'], env),
    lupa(['backup', 'create', '--method', 'tar'], env),
  ])

  expect(answers.map(({ code, stderr }) => [code, stderr])).toEqual([
    [2, expect.stringMatching(/package\.json is not a backup of Lupa: `lupa backup list`/)],
    [2, expect.stringMatching(/\/nowhere\/x\.backup cannot be read \(ENOENT\): check the name/)],
    [2, '--method tar is neither pg_dump nor export.\n'],
  ])
})

async function json(...args: string[]) {
  const { code, stdout, stderr } = await lupa([...args, '--json'], env)
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`)
  expect(stdout.trimEnd().split('\n')).toHaveLength(1)
  return JSON.parse(stdout)
}
