// Files into the register by the console: tried, imported, taken back; nothing of them is left on the server.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
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
