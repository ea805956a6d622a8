// What people ask, what time asks and what a person must decide, as the owner does it: by commands, in one small register.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase, sql } from '../../src/register/database.ts'
import type { Environment } from '../support/cli.ts'
import { documentOf, lupaHere } from '../support/command-line.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

let database: TestDatabase
let env: Environment
const ids: Record<string, string> = {}

beforeAll(async () => {
  database = await testDatabase()
  const file = (name: string) => path.join(database.home, name)
  env = { LUPA_HOME: database.home, DATABASE_URL: database.url, LUPA_CONFIG: file('lupa.yaml') }
  const company = readFileSync('prisma/sample/lupa.yaml', 'utf8')
  writeFileSync(file('lupa.yaml'), company.replace('person: 20y', 'person: 2y'))
  writeFileSync(file('kartta.yaml'), mapping)
  writeFileSync(file('ihmiset.csv'), people.join('\n'))
  await json('register', 'import', file('ihmiset.csv'), '--mapping', file('kartta.yaml'))
  const db = openDatabase(database.url, 1)
  for (const { key, id } of await db.person.findMany()) ids[key] = id
  await db.$executeRaw(sql`update person set kept_from = '2020-01-01' where key in ('3', '4', '5')`)
  await db.$disconnect()
})
afterAll(() => database.close())

const mapping = `
register: koe
persons:
  key: id
  columns: { firstName: etunimi, lastName: nimi, email: sposti }
  permission: { permitted: lupa, at: pvm, source: lähde }
`
const people = [
  'id;etunimi;nimi;sposti;lupa;pvm;lähde',
  '1;Aino;Aho;aino@aho.example;x;2026-01-02;messut',
  '2;Aino;Aho-Berg;aino@aho.example;x;2026-01-02;messut',
  '3;Bo;Berg;bo@berg.example;x;2026-01-02;messut',
  '4;Ci;Cederberg;ci@ceder.example;x;2026-01-02;messut',
  '5;Dag;Dahl;dag@dahl.example;x;2026-01-02;messut',
]

test('a note is read from stdin or a file, kept sealed, and what should not stand in it comes up for review', async () => {
  const one = ids['1'] as string
  const file = path.join(database.home, 'muistio.txt')
  writeFileSync(file, 'Soitetaan keväällä.\n')
  const secret = 'Hetu 131052-308T, sairauslomalla syksyyn.'

  const added = await lupaHere(['person', 'note', one, '--json'], env, `${secret}\n`)
  const again = await lupaHere(['person', 'note', one, '--json'], env, secret)
  const harmless = await json('person', 'note', one, '--file', file)
  const [empty, asArgument] = [
    await lupaHere(['person', 'note', one], env, ' \n'),
    await lupaHere(['person', 'note', one, 'x'], env),
  ]
  const items = (await json('review', 'list')).filter((item: { place: string }) => item.place === 'note')
  const shown = await json('person', 'show', one, '--notes')

  expect(JSON.parse(added.stdout)).toEqual({ person: one, added: true, found: ['NATIONAL_ID', 'HEALTH_WORDS'] })
  expect(JSON.parse(again.stdout)).toEqual({ person: one, added: false, found: [] })
  expect(harmless).toMatchObject({ added: true, found: [] })
  expect([empty.code, asArgument.code]).toEqual([2, 2])
  expect(items.map(({ code, detail }: { code: string; detail: null }) => [code, detail])).toEqual([
    ['NATIONAL_ID', null],
    ['HEALTH_WORDS', null],
  ])
  expect(shown.notes.map(({ text }: { text: string }) => text).sort()).toEqual([secret, 'Soitetaan keväällä.'].sort())
  expect(await stored('131052')).toBe(0)
})

test('a request is opened, identified, extended, answered or refused by the rules, and a no to marketing holds at once', async () => {
  const opened = await json(
    'request',
    'open',
    '--kind',
    'access',
    '--channel',
    'letter',
    '--person',
    ids['1'] as string,
  )
  const early = await lupaHere(['request', 'answer', opened.id], env)
  await json('request', 'identify', opened.id, '--by', 'known-address')
  const longer = await json('request', 'extend', opened.id, '--because', 'complex')
  const answered = await json('request', 'answer', opened.id)
  const no = await json('request', 'open', '--kind', 'objection', '--channel', 'phone', '--person', ids['4'] as string)
  const because = ['--because', 'excessive', '--text', 'Liian usein']
  const unrefusable = await lupaHere(['request', 'refuse', no.id, ...because, '--complaint-told'], env)
  const open = await json('request', 'list')
  const withdrawal = ['request', 'open', '--kind', 'consent-withdrawal', '--channel', 'mail']
  const [known, stranger] = [
    await lupaHere([...withdrawal, '--person', ids['4'] as string], env),
    await lupaHere(withdrawal, env),
  ]

  expect([known.stdout, stranger.stdout].map((text) => text.trimEnd().split('\n')[1])).toEqual([
    'Their no holds already: tell them so, then `lupa request answer`.',
    'Nobody known yet: `lupa person prohibit ADDRESS --channel …` makes the no hold.',
  ])
  expect([early.code, early.stderr]).toEqual([3, expect.stringMatching(/identif/i)])
  expect(new Date(longer.due).getTime() - new Date(opened.due).getTime()).toBeGreaterThan(55 * 86_400_000)
  expect(answered).toMatchObject({ id: opened.id, outcome: 'answered' })
  expect(no).toMatchObject({ prohibited: true })
  expect(unrefusable.code).toBe(3)
  expect(open.map(({ id, overdue }: { id: string; overdue: boolean }) => [id, overdue])).toEqual([[no.id, false]])
  expect(await json('person', 'show', ids['4'] as string)).toMatchObject({ because: 'PROHIBITED' })
})

test('what is past its lifetime is shown, held with a reason, and deleted only when somebody says so', async () => {
  const held = ['--because', 'LAW', '--text', 'kirjanpito', '--until', '2099-12-31']
  const hold = await json('retention', 'hold', ids['3'] as string, ...held)
  const due = await json('retention', 'due', '--people')
  const unasked = await lupaHere(['retention', 'run'], env)
  const ran = await json('retention', 'run', '--category', 'person', '--yes')
  const history = await json('retention', 'history')

  const person = due.categories.find(({ category }: { category: string }) => category === 'person')
  expect(person).toMatchObject({ days: 730, mode: 'routine', due: 1, overdue: true })
  expect(person.spared).toEqual({ held: 1, 'request-open': 1 })
  expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('add --yes')])
  expect(ran).toEqual({ deleted: { person: 1 } })
  expect(history).toMatchObject([{ category: 'person', deleted: 1, actor: 'operator' }])
  expect(await json('retention', 'holds')).toMatchObject([{ id: hold.id, reason: 'LAW' }])
  expect(await json('retention', 'release', hold.id)).toMatchObject({ person: ids['3'] })
})

test('two who are one human are found, and made one from the review list', async () => {
  expect(await json('review', 'duplicates')).toEqual({ found: 1 })
  const [item] = (await json('review', 'list')).filter(({ code }: { code: string }) => code === 'DUPLICATE_PERSON')

  const two = await lupaHere(['review', 'resolve', item.id, '--merge', '--prohibit'], env)
  const merged = await json('review', 'resolve', item.id, '--merge')
  const again = await lupaHere(['review', 'resolve', item.id, '--merge'], env)

  expect(two.code).toBe(2)
  expect(merged).toMatchObject({ id: item.id, resolution: 'merged' })
  expect(again.code).toBe(3)
  expect(await json('person', 'find', 'aho')).toMatchObject([{ id: item.personId }])
})

/** How many rows of the tables that a note touches hold this text. */
async function stored(text: string): Promise<number> {
  const db = openDatabase(database.url, 1)
  const [row] = await db.$queryRaw<{ rows: number }[]>(sql`
    select ((select count(*) from note n where to_jsonb(n)::text like ${`%${text}%`})
      + (select count(*) from review_item i where to_jsonb(i)::text like ${`%${text}%`})
      + (select count(*) from audit a where to_jsonb(a)::text like ${`%${text}%`}))::int as rows`)
  await db.$disconnect()
  return row?.rows ?? -1
}

const json = (...args: string[]) => documentOf(args, env)
