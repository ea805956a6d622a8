// Files into the register by the console: tried, imported, taken back; nothing of them is left on the server.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { erasePerson } from '../../src/register/erasure.ts'
import { openWorld, type World } from '../support/world.ts'
import { csrfIn, enrolled, type Visitor } from './console-visitor.ts'

let world: World
let owner: Visitor
beforeAll(async () => {
  world = await openWorld({ working: false, web: true })
  owner = (await enrolled(world, 'erja')).client
})
afterAll(() => world?.close())

const english = { 'accept-language': 'en' }
const sample = (name: string) => readFileSync(fileURLToPath(new URL(`../../prisma/sample/${name}`, import.meta.url)))
const csrf = async (by = owner) => csrfIn(await by.get('/console', english))
const people = () => world.context.db.person.count()

/** Posts a file with the fields before it, as a browser does. */
async function bring(name: string, bytes: string | Uint8Array, fields: Record<string, string>, by = owner) {
  const body = new FormData()
  for (const [field, value] of Object.entries({ csrf: await csrf(by), as: 'try', ...fields })) body.append(field, value)
  body.append('file', new Blob([typeof bytes === 'string' ? bytes : new Uint8Array(bytes)]), name)
  const answer = await fetch(`${world.context.config.publicUrl}/console/imports`, {
    ...{ method: 'POST', body, redirect: 'manual', headers: { ...english, cookie: by.cookie() } },
  })
  return { status: answer.status, location: answer.headers.get('location'), html: await answer.text() }
}
const printOf = (html: string) => /name="sha256" value="([^"]+)"/.exec(html)?.[1] ?? ''
const leftBehind = () => {
  const folder = path.join(world.context.config.home, 'incoming')
  return existsSync(folder) ? readdirSync(folder) : []
}

test('the bundled Access register is tried, imported and taken back, and no copy of it is left', async () => {
  const file = sample('asiakasrekisteri-2016.accdb')

  const tried = await bring('Asiakkaat 2016.accdb', file, {})
  const before = await people()
  const done = await bring('Asiakkaat 2016.accdb', file, { as: 'import', sha256: printOf(tried.html) })
  const after = await people()

  expect(tried.html).toContain('298 people would be added, and 0 updated.')
  expect([before, after, done.location]).toEqual([0, 298, '/console/imports?done=imported'])
  expect(leftBehind()).toEqual([])
  const { id, actor } = await world.context.db.import.findFirstOrThrow()
  expect(actor).toBe('erja')

  const unsure = await owner.post(`/console/imports/${id}/undo`, { csrf: await csrf() })
  const undone = await owner.post(`/console/imports/${id}/undo`, { csrf: await csrf(), sure: 'yes' })

  expect([unsure.status, undone.headers.get('location'), await people()]).toEqual([
    422,
    '/console/imports?done=undone',
    0,
  ])
  expect(
    await world.context.db.audit.count({
      where: { actor: 'erja', action: { in: ['register-imported', 'import-undone'] } },
    }),
  ).toBe(2)
})

test('a file that nobody has seen before gets a proposal, which is corrected, tried and imported', async () => {
  const file =
    'Nro;Etunimi;Sukunimi;Sähköposti;Lupa\n1;Aino;Niemi;aino.niemi@firma.example;x\n2;<b>Onni</b>;Laine;onni.laine@firma.example;\n'

  const proposed = await bring('väki.csv', file, {})
  const draft = /<textarea[^>]*>([\s\S]*?)<\/textarea>/.exec(proposed.html)?.[1] ?? ''
  const mapping =
    'register: väki\npersons:\n  key: Nro\n  columns: { firstName: Etunimi, lastName: Sukunimi, email: Sähköposti }\n  relation: customer\n'
  const broken = await bring('väki.csv', file, { mapping: `${mapping}  nonsense: 1\n` })
  const tried = await bring('väki.csv', file, { mapping })
  const done = await bring('väki.csv', file, { mapping, as: 'import', sha256: printOf(tried.html) })

  expect(draft).toContain('Etunimi')
  expect([broken.status, broken.html.includes('nonsense'), broken.html.includes('Sähköposti')]).toEqual([
    422,
    true,
    true,
  ])
  expect(tried.html).toContain('2 people would be added')
  expect([done.location, await people()]).toEqual(['/console/imports?done=imported', 2])
})

/** What the form of columns is posted with, as it stands in the page. */
function formIn(html: string): Record<string, string> {
  const form = /<form [^>]*>(?:(?!<form)[\s\S])*?name="columns"[\s\S]*?<\/form>/.exec(html)?.[0] ?? ''
  const inputs = [...form.matchAll(/<input [^>]*?name="([^"]+)"[^>]*?value="([^"]*)"/g)].map(([, name, value]) => [
    name,
    value,
  ])
  const selects = [...form.matchAll(/<select [^>]*?name="([^"]+)"[^>]*>([\s\S]*?)<\/select>/g)].map(
    ([, name, inside]) => [name, /value="([^"]*)" selected/.exec(inside as string)?.[1] ?? ''],
  )
  return Object.fromEntries([...inputs, ...selects].filter(([name]) => name !== 'csrf'))
}

test('what each column becomes is chosen in a form: proposed, with examples and warnings, mended, and the same when it is tried', async () => {
  const rows = [
    '1;Aino;Niemi;aino.niemi@firma.example;kyllä;messut;x',
    '2;<b>Onni</b>;Laine;onni@firma.example;kielto;some;y',
  ]
  const file = `Nro;Etunimi;Sukunimi;Osoite netissä;Kirje;Mistä saatu;Syntymäaika\n${rows.join('\n')}\n`

  const proposed = await bring('jäsenet.csv', file, {})
  const fields = formIn(proposed.html)
  const twice = await bring('jäsenet.csv', file, { ...fields, register: 'jäsenet', 'column-0-3': 'firstName' })
  const chosen = { ...fields, register: 'jäsenet', relation: 'stakeholder', 'column-0-0': 'key', 'column-0-3': 'email' }
  const status = { 'column-0-4': 'status', 'column-0-5': 'bothSources', yes: 'kyllä', no: 'kielto, ei' }
  const other = await bring('jäsenet.csv', `${file}3;Eero;Aalto;;;;\n`, { ...chosen, ...status })
  const tried = await bring('jäsenet.csv', file, { ...chosen, ...status })
  const mapping = /name="mapping" value="([^"]+)"/.exec(tried.html)?.[1] ?? ''
  const words = formIn(tried.html)
  const again = await bring('jäsenet.csv', file, { ...words, 'meant-0': 'EVENT_OPEN_LIST' })
  const better = /name="mapping" value="([^"]+)"/.exec(again.html)?.[1] ?? ''
  const done = await bring('jäsenet.csv', file, { mapping: better, as: 'import', sha256: printOf(tried.html) })

  expect(words).toMatchObject({ 'word-0': 'messut', 'meant-0': '', 'word-1': 'some', 'meant-1': 'SOCIAL_ENGAGEMENT' })
  expect(mapping).not.toBe(better)
  expect(fields).toMatchObject({
    'column-0-1': 'firstName',
    'column-0-2': 'lastName',
    'column-0-3': '',
    'column-0-6': '',
  })
  expect(proposed.html).toContain('<bdi>&lt;b&gt;Onni&lt;/b&gt;</bdi>')
  expect(proposed.html).toContain('No column says anything of permission.')
  expect([twice.status, twice.html.includes('“first name” is chosen twice')]).toEqual([422, true])
  expect([other.status, other.html.includes('not the file that the columns were read from')]).toEqual([422, true])
  expect(tried.html).toContain('2 people would be added')
  expect(formIn(tried.html)).toMatchObject({ 'column-0-4': 'status', relation: 'stakeholder' })
  expect(done.location).toBe('/console/imports?done=imported')
  const found = await world.context.db.person.findMany({ where: { register: 'jäsenet' }, orderBy: { key: 'asc' } })
  expect(found.map(({ key, email, permission, relations }) => [key, email, permission, relations])).toEqual([
    ['1', 'aino.niemi@firma.example', 'unknown', ['stakeholder']],
    ['2', 'onni@firma.example', 'prohibition', ['stakeholder']],
  ])
  const collected = await world.context.db.collection.findMany({
    where: { personId: { in: found.map(({ id }) => id) } },
    orderBy: { source: 'asc' },
  })
  expect(collected.map(({ source, ground, sourceText }) => [source, ground, sourceText])).toEqual([
    ['OTHER', 'EVENT_OPEN_LIST', 'messut'],
    ['SOCIAL_MEDIA', 'SOCIAL_ENGAGEMENT', 'some'],
  ])
})

test('whatever a file calls its columns and holds in them is shown as text, and cut', async () => {
  const names = [
    'Etunimi',
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(2)>',
    `Pitkä${'a'.repeat(10_000)}`,
    'Väärin\u202Epäin',
  ]
  const cells = ['Aino', '=HYPERLINK("http://paha.example")', '</select><b>x</b>', 'b'.repeat(10_000), '<%~ it.csrf %>']
  const { status, html } = await bring(
    '<i>väki<i>.csv',
    `${names.join(';')}\n${cells.map((one) => `"${one.replaceAll('"', '""')}"`).join(';')}\n`,
    {},
  )

  expect(status).toBe(200)
  expect(html.match(/<script>alert|<img src=x|<\/select><b>|<i>väki/g)).toBeNull()
  expect(html).toContain('<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>')
  expect(html).toContain('<bdi>&lt;%~ it.csrf %&gt;</bdi>')
  // The same stands once more in the YAML, which is for whoever wants all of it.
  expect(/<form[^>]*>(?:(?!<form)[\s\S])*?name="columns"[\s\S]*?<\/form>/.exec(html)?.[0].length).toBeLessThan(40_000)
})

test('behind each count of a trial are the people, page by page, for the login that tried it and until it is imported; erased people are not named', async () => {
  const mapping = `register: lista
persons: { key: Nro, columns: { firstName: Etu, lastName: Suku, email: Posti, phone: Puh }, permission: { prohibited: Kielto } }`
  const line = (n: number, phone: string, no = '') =>
    `${n};Etu${n};Suku${String(n).padStart(3, '0')};e${n}@lista.example;${phone};${no}`
  const sheet = (lines: string[]) => `Nro;Etu;Suku;Posti;Puh;Kielto\n${lines.join('\n')}\n`
  const many = Array.from({ length: 120 }, (_, n) => n + 1)
  const first = sheet(many.slice(0, 60).map((n) => line(n, '1')))
  const before = await bring('lista.csv', first, { mapping })
  await bring('lista.csv', first, { mapping, as: 'import', sha256: printOf(before.html) })
  const { db, keys, ledger, clock } = world.context
  const { id } = await db.person.findFirstOrThrow({ where: { register: 'lista', key: '5' } })
  await erasePerson(db, keys, ledger, id, { actor: 'test', at: clock(), because: 'request' })

  const next = sheet(many.map((n) => line(n, n < 4 ? '<i>2</i>' : '1', n === 7 || n === 100 ? 'x' : '')))
  const tried = await bring('lista.csv', next, { mapping })
  const page = async (part: string) => (await owner.get(`/console/imports/trial${part}`, english)).text()
  const [added, rest, changed] = [await page('/added'), await page('/added?page=1'), await page('/changed')]
  const [prohibited, aside, again] = [await page('/prohibited'), await page('/setAside'), await page('')]

  expect(tried.html).toContain('href="/console/imports/trial/added"><bdi>60</bdi>')
  expect([added.match(/Suku\d{3}/g)?.length, rest.match(/Suku\d{3}/g)?.length, rest.includes('Suku120')]).toEqual([
    50,
    10,
    true,
  ])
  expect(changed).toContain('phone: <bdi class="quiet">1</bdi> → <bdi>&lt;i&gt;2&lt;/i&gt;</bdi>')
  expect(changed.match(/Suku\d{3}/g)).toEqual(['Suku001', 'Suku002', 'Suku003', 'Suku007'])
  expect(prohibited.match(/Suku\d{3}/g)).toEqual(['Suku007', 'Suku100'])
  expect([aside.includes('row 5'), aside.includes('Suku005'), aside.includes('e5@lista')]).toEqual([true, false, false])
  expect(again).toContain(printOf(tried.html))
  expect(await db.person.count({ where: { register: 'lista' } })).toBe(59)

  const { client } = await enrolled(world, 'toinen')
  const others = await client.get('/console/imports/trial/added', english)
  await bring('lista.csv', next, { mapping, as: 'import', sha256: printOf(tried.html) })
  const after = await owner.get('/console/imports/trial/added', english)
  expect([others.status, after.status]).toEqual([422, 422])
  expect(await after.text()).not.toContain('Suku')
})

test('another file than the one that was tried is not imported, nor a kind that is not read, nor a broken one', async () => {
  const tried = await bring('a.csv', 'Nro;Etunimi\n1;Aino\n', {
    mapping: 'register: a\npersons: { columns: { firstName: Etunimi } }',
  })

  const another = await bring('a.csv', 'Nro;Etunimi\n2;Onni\n', {
    as: 'import',
    sha256: printOf(tried.html),
    mapping: 'register: a\npersons: { columns: { firstName: Etunimi } }',
  })
  const page = await bring('sivu.html', '<p>', {})
  const broken = await bring('../../rikki.accdb', 'ei tietokanta', {})

  expect([another.status, another.html.includes('not the file that was tried')]).toEqual([422, true])
  expect(page.status).toBe(422)
  expect([broken.status, broken.html.includes('rikki.accdb is not an Access database')]).toEqual([422, true])
  expect(leftBehind()).toEqual([])
})

test('the register and the opt-outs are taken out as files, written down under the account, and not left on the server', async () => {
  const take = async (path: string) => owner.post(`/console/${path}/export`, { csrf: await csrf() }, english)

  const [register, optOuts] = [await take('imports'), await take('opt-outs')]

  expect(register.headers.get('content-disposition')).toBe('attachment; filename="register.xlsx"')
  expect([register, optOuts].map(({ status }) => status)).toEqual([200, 200])
  expect(new TextDecoder('latin1').decode((await register.arrayBuffer()).slice(0, 2))).toBe('PK')
  expect(leftBehind()).toEqual([])
  const actions = ['register-exported', 'opt-outs-exported']
  expect(await world.context.db.audit.count({ where: { actor: 'erja', action: { in: actions } } })).toBe(2)
})

test('a viewer brings nothing, nobody does without the form’s token, and nothing is written before it is looked at', async () => {
  const { client } = await enrolled(world, 'katsoja', 'viewer')
  const count = await people()

  const viewer = await bring('a.csv', 'Nro;Etunimi\n1;Aino\n', { as: 'import' }, client)
  const foreign = await bring('a.csv', 'Nro;Etunimi\n1;Aino\n', { csrf: 'x', as: 'import' })

  expect([viewer.status, foreign.status]).toEqual([403, 403])
  expect(await (await client.get('/console/imports', english)).text()).not.toContain('type="file"')
  expect([await people(), leftBehind()]).toEqual([count, []])
})
