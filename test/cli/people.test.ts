// What people may ask of the register, as its owner does it: by commands.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Environment, lupa } from '../support/cli.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

let database: TestDatabase
let folder: string
let env: Environment
beforeAll(async () => {
  database = await testDatabase()
  folder = mkdtempSync(path.join(os.tmpdir(), 'lupa-people-'))
  env = {
    LUPA_HOME: database.home,
    DATABASE_URL: database.url,
    LUPA_CONFIG: path.resolve('prisma/sample/lupa.yaml'),
  }
  await json('register', 'import', path.resolve('prisma/sample/asiakasrekisteri-2016.accdb'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await database.close()
})

test('a person’s data are written to a file of the owner’s alone: to print, or to take elsewhere', async () => {
  const [found] = await json('person', 'find', 'e22+uutiset@')
  const [page, csv, elsewhere] = ['omat.html', 'omat.csv', 'omat.txt'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ]

  const made = await json('person', 'export', found.id, page)
  const taken = await json('person', 'export', found.id.slice(0, 8), csv, '--portable')
  const again = await lupa(['person', 'export', found.id, page], env)
  const other = await lupa(['person', 'export', found.id, elsewhere], env)

  expect(made).toMatchObject({ person: found.id, portable: false, rows: { person: 1 } })
  expect(readFileSync(page, 'utf8')).toMatch(/<html lang="fi">[\s\S]+O&#39;Brien/)
  if (process.platform !== 'win32') expect(statSync(page).mode & 0o777).toBe(0o600)
  expect(taken).toMatchObject({ portable: true, rows: { note: 0 } })
  expect(readFileSync(csv, 'utf8')).toContain("person,1,last_name,O'Brien")
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('omat.html is there already')])
  expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('neither .html nor .json')])
  expect(existsSync(elsewhere)).toBe(false)
})

async function json(...args: string[]) {
  const { code, stdout, stderr } = await lupa([...args, '--json'], env)
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`)
  expect(stdout.trimEnd().split('\n')).toHaveLength(1)
  return JSON.parse(stdout)
}
