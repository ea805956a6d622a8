// The commands as a user types them: what they print, what they refuse, and with which exit code.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { draftCampaign } from '../../src/register/campaigns.ts'
import { openDatabase } from '../../src/register/database.ts'
import { type Ended, lupa as runLupa } from '../support/cli.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

// Each command is a process of its own, which takes seconds on a small machine.
vi.setConfig({ testTimeout: 180_000 })

let database: TestDatabase
let folder: string
beforeAll(async () => {
  database = await testDatabase()
  folder = mkdtempSync(path.join(os.tmpdir(), 'lupa-cli-'))
})
afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

const sample = fileURLToPath(new URL('../../prisma/sample/asiakasrekisteri-2016.accdb', import.meta.url))
/** Runs one command line in a process of its own. */
function lupa(...args: string[]): Promise<Ended> {
  return runLupa(args, { DATABASE_URL: database.url, LUPA_HOME: database.home })
}

/** The one JSON document that a command with --json prints. */
async function json(...args: string[]) {
  const ran = await lupa(...args, '--json')
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[^\n]+\n$/) })
  return JSON.parse(ran.stdout)
}

test('an import tells what it did in one JSON document, and a dry run tells it beforehand', async () => {
  const dry = await json('register', 'import', sample, '--dry-run')
  const done = await json('register', 'import', sample)
  const listed = await json('register', 'imports')

  const zero = { updated: 0, unchanged: 0, suppressed: 0, rejected: 0 }
  expect(done).toMatchObject({
    file: 'asiakasrekisteri-2016.accdb',
    format: 'accdb',
    people: { read: 298, added: 298, ...zero },
    organisations: { read: 40, added: 40, ...zero },
    activities: { read: 300, added: 300, ...zero },
    notes: 60,
    permission: { permission: 180, prohibition: 28, unknown: 90 },
    review: 34,
    droppedColumns: [],
    dryRun: false,
    import: expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
  expect(dry).toEqual({ ...done, dryRun: true, import: null })
  expect(listed.map((one: { import: string }) => one.import)).toEqual([done.import])
  const ledger = path.join(database.home, 'ledger')
  const written = readdirSync(ledger).flatMap((file) =>
    readFileSync(path.join(ledger, file), 'utf8').trim().split('\n'),
  )
  expect(written).toHaveLength(28)
})

test('for a file that no mapping fits a dry run proposes one, and an import says how to get it', async () => {
  const file = path.join(folder, 'vieras.csv')
  writeFileSync(file, 'Nimi;Sähköposti;Lupa\nAho Aino;aino@firma.example;x\n')

  const proposal = await lupa('register', 'import', file, '--dry-run')
  const refused = await lupa('register', 'import', file)

  expect(proposal).toMatchObject({ code: 0, stdout: expect.stringContaining('email: Sähköposti') })
  expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--dry-run') })
})

test('a proposed mapping can be used as it is', async () => {
  const [file, mapping] = [path.join(folder, 'oma.csv'), path.join(folder, 'oma.yaml')]
  writeFileSync(file, 'ID;Etunimi;Sukunimi;Sähköposti\n1;Aino;Aho;aino@oma.example\n')
  const { stdout } = await lupa('register', 'import', file, '--dry-run')
  writeFileSync(mapping, stdout.replace('register: asiakasrekisteri', 'register: oma'))

  const done = await json('register', 'import', file, '--mapping', mapping)

  expect(done.people).toMatchObject({ read: 1, added: 1 })
})

test('a person is found, shown, explained, permitted and prohibited', async () => {
  const [found] = await json('person', 'find', 'e22+uutiset@')
  const shown = await json('person', 'show', found.id.slice(0, 8))
  const permitted = await json(
    'person',
    'permit',
    found.id,
    '--channel',
    'mail',
    '--source',
    'viesti',
    '--evidence',
    'viesti 1.11.2026',
    '--at',
    '2026-11-01',
  )
  const prohibited = await json(
    'person',
    'prohibit',
    'E22+uutiset@esimerkki22.example',
    '--channel',
    'phone',
    '--at',
    '2026-11-02',
  )
  const history = await json('person', 'history', found.id)

  expect(shown).toMatchObject({ firstName: 'Liisa', lastName: "O'Brien", because: 'PROHIBITED' })
  expect(permitted).toMatchObject({ fresh: true, permission: 'permission', because: null })
  expect(prohibited).toEqual({ people: [found.id], suppressed: true, fresh: true })
  expect(history.permissions.map(({ says, channel }: Record<string, string>) => [says, channel])).toEqual([
    ['prohibition', 'phone'],
    ['permission', 'mail'],
    ['prohibition', 'register-file'],
    ['permission', 'register-file'],
  ])
})

test('an address of nobody can be prohibited, and bars whoever is imported with it', async () => {
  const said = await json('person', 'prohibit', 'tuleva@firma.example', '--channel', 'letter')
  const [file, mapping] = [path.join(folder, 'uusi.csv'), path.join(folder, 'uusi.yaml')]
  writeFileSync(file, 'id;nimi;sposti\n1;Tuleva;tuleva@firma.example\n')
  writeFileSync(mapping, 'register: uusi\npersons: { key: id, columns: { lastName: nimi, email: sposti } }\n')
  await json('register', 'import', file, '--mapping', mapping)

  const [found] = await json('person', 'find', 'tuleva@firma.example')
  const shown = await json('person', 'show', found.id)

  expect(said).toEqual({ people: [], suppressed: true, fresh: true })
  expect(shown.because).toBe('PROHIBITED')
})

test('"why" says before the selection what the selection would say, and writes nothing', async () => {
  const db = openDatabase(database.url)
  const asked = { askedRelations: ['customer'], askedTags: [], sendAt: null, settleSeconds: 0 }
  const content = { contentKind: 'html', contentRef: null, html: '<p></p>' } as const
  const sender = { fromName: 'Firma', fromEmail: 'kirje@firma.example', tool: 'mailchimp', language: 'fi' } as const
  const plan = { name: 'kevätkirje', subject: 'Vinkit', ...sender, ...content, ...asked }
  await draftCampaign(db, plan, 'operator', new Date())
  const [found] = await json('person', 'find', 'info@esimerkki12.example')
  const [other] = await json('person', 'find', 'tuleva@firma.example')

  const why = await json('person', 'why', found.id, 'kevätkirje')
  const notAsked = await json('person', 'why', other.id, 'kevätkirje')

  expect([why.frozen, why.because]).toEqual([false, 'ROLE_ADDRESS'])
  expect(notAsked.because).toBe('NOT_ASKED_FOR')
  expect(await db.recipient.count()).toBe(0)
  await db.$disconnect()
})

test('review items are listed and settled, and a permission without evidence is refused', async () => {
  const items = await json('review', 'list')
  const item = items.find(({ code }: { code: string }) => code === 'PERMISSION_WITHOUT_SOURCE')

  const without = await lupa('review', 'resolve', item.id, '--permit', '--source', 'messut')
  const unclear = await lupa('review', 'resolve', item.id, '--permit', '--prohibit')
  const done = await json('review', 'resolve', item.id, '--permit', '--source', 'messut', '--evidence', 'kortti 12')
  const again = await lupa('review', 'resolve', item.id, '--dismiss', '--because', 'turha')

  expect(items).toHaveLength(34)
  expect([without.code, unclear.code, again.code]).toEqual([2, 2, 3])
  expect(done).toMatchObject({ id: item.id, resolution: 'permitted' })
  expect(await json('review', 'list')).toHaveLength(33)
})

test('an export refuses to replace a file, and says that it holds personal data', async () => {
  const file = path.join(folder, 'ulos.csv')

  const first = await lupa('register', 'export', file, '--json')
  const second = await lupa('register', 'export', file, '--json')

  expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining('personal data') })
  expect(JSON.parse(first.stdout)).toMatchObject({ format: 'csv', people: 300 })
  expect(second).toMatchObject({ code: 2, stdout: '' })
  expect(existsSync(file)).toBe(true)
})

test('an import that later acts depend on cannot be undone; wrong use exits 2', async () => {
  const [, , first] = await json('register', 'imports')

  const undone = await lupa('register', 'undo', first.import)

  expect(undone).toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringMatching(/later permissions and prohibitions/),
  })
  expect((await lupa('register', 'undo', 'abc')).code).toBe(2)
  expect((await lupa('person', 'show', 'ffffffff')).code).toBe(2)
  expect((await lupa('person', 'permit', 'ffffffff', '--channel', 'smoke')).code).toBe(2)
  expect((await lupa('register', 'import', 'olematon.accdb')).code).toBe(2)
})

test('tables are for people: aligned, without colour where nobody watches, times as in Helsinki', async () => {
  const { stdout } = await lupa('person', 'find', 'etu24')
  const imports = await lupa('register', 'imports')

  expect(stdout.split('\n')[0]).toMatch(/^person {2,}name {2,}title {2,}organisation {2,}address {2,}permission$/)
  expect(stdout).not.toContain('\u001b')
  expect(imports.stdout).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d/)
})
