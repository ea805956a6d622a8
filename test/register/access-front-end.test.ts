// The old Access front end over the register, through the real ODBC driver: what Access reads, what it may write, and what the
// register makes of it.
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { accessScript } from '../../src/cli/access-script.ts'
import { readEmailCell } from '../../src/intake/email-cell.ts'
import { accessPlace, renewAccessLogin } from '../../src/register/access-front-end.ts'
import { openDatabase, sql } from '../../src/register/database.ts'
import { inspectTexts } from '../../src/register/inspection.ts'
import { findRoleUrls } from '../../src/register/migrate.ts'
import { prohibit } from '../../src/register/permissions.ts'
import { releasePerson, restrictPerson } from '../../src/register/restrictions.ts'
import { listReviews, resolveReview } from '../../src/register/reviews.ts'
import { missingOdbc, type Odbc, openOdbc } from '../support/odbc.ts'
import { accdb, emptyRegister, now, reasonsOf, type TestRegister } from '../support/register.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const plainMapping = `register: asiakasrekisteri
persons: { key: HenkilöID, columns: { fullName: Nimi, email: Posti } }`

let register: TestRegister
let access: pg.Client
let login: { login: string; password: string }
beforeAll(async () => {
  register = await emptyRegister()
  await register.importFile(accdb)
  await register.importCsv(
    [
      'HenkilöID;Nimi;Posti',
      '501;Onni Oja;onni@oja.example',
      '502;Ilmo Ilo;ilmo@ilo.example',
      '503;Urho Uro;urho@uro.example',
    ],
    {
      mapping: plainMapping,
    },
  )
  login = await renewAccessLogin(register.db, { actor: 'operator', at: now })
  access = new pg.Client({ connectionString: asFrontEnd() })
  await access.connect()
})
afterAll(async () => {
  await access?.end()
  await register?.close()
})

function asFrontEnd(): string {
  const url = new URL(register.database.url)
  url.username = login.login
  url.password = login.password
  return url.href
}

const person = async (key: number) => register.db.person.findFirstOrThrow({ where: { key: String(key) } })
const saidOf = async (key: number) => (await person(key)).permission

describe('through the ODBC driver', () => {
  let odbc: Odbc
  let missing: string | undefined
  beforeAll(async () => {
    missing = await missingOdbc()
    if (missing) process.stderr.write(`skipped: ${missing}\n`)
    odbc = openOdbc(register.database.url, login.login, login.password)
  })
  beforeEach((context) => context.skip(missing !== undefined, missing))

  test('the old tables are there under their old names, with ticks that are −1 and 0', async () => {
    const people = 'select "HenkilöID", "Etunimi", "Sähköposti", "Markkinointilupa", "Lupa pvm" from access."Henkilöt"'

    expect(await odbc.rows(`${people} where "Markkinointilupa" = -1 and "HenkilöID" < 3 order by 1`)).toEqual([
      ['1', 'Öörni', 'etu1.suku1@esimerkki1.example', '-1', '2019-03-02 09:00:00'],
      ['2', 'Åke', 'etu2.suku2@esimerkki2.example', '-1', '2019-03-03 09:00:00'],
    ])
    expect(await odbc.rows('select count(*) from access."Henkilöt" where "Markkinointilupa" <> 0')).toEqual([
      [String(await register.db.person.count({ where: { permission: 'permission' } }))],
    ])
    const counts = await odbc.rows(
      'select (select count(*) from access."Yritykset"), (select count(*) from access."Tarjotut palvelut"), (select count(*) from access."Tilaukset")',
    )
    expect(counts).toEqual([['40', '50', '100']])
  })

  test('a change lands in the register, and a second one on the row as it was changes nothing', async () => {
    const [[version = ''] = []] = await odbc.rows('select ctid from access."Henkilöt" where "HenkilöID" = 3')
    const change = (title: string) =>
      odbc.write(`update access."Henkilöt" set "Titteli" = '${title}' where "HenkilöID" = 3 and ctid = '${version}'`)

    expect(await change('Rehtori')).toEqual({ changed: 1 })
    expect(await change('Vararehtori')).toEqual({ changed: 0 })

    expect((await person(3)).title).toBe('Rehtori')
    expect(await register.db.correction.count({ where: { personId: (await person(3)).id, field: 'title' } })).toBe(1)
  })

  test('a new row gets a number that the old file never gave', async () => {
    expect(
      await odbc.write(
        `insert into access."Henkilöt" ("YritysID", "Etunimi", "Sukunimi", "Markkinointilupa", "Lupa pvm", "Lähde") values (1, 'Aino', 'Aho', -1, '2026-01-02 10:00:00', 'messut')`,
      ),
    ).toEqual({ changed: 1 })

    const rows = await odbc.rows(
      `select "YritysID", "Markkinointilupa", "Lupa pvm", "Lähde", case when "HenkilöID" > 1000000 then 'yli' end from access."Henkilöt" where "Sukunimi" = 'Aho'`,
    )
    expect(rows).toEqual([['1', '-1', '2026-01-02 10:00:00', 'messut', 'yli']])
  })

  test('a no is written down at once; turning it into a yes is refused, and the register says no', async () => {
    expect(await odbc.write('update access."Henkilöt" set "Markkinointikielto" = -1 where "HenkilöID" = 5')).toEqual({
      changed: 1,
    })
    const yes = `update access."Henkilöt" set "Markkinointikielto" = 0, "Markkinointilupa" = -1, "Lupa pvm" = '2026-11-01', "Lähde" = 'messut' where "HenkilöID" = 5`

    expect(await odbc.write(yes)).toEqual({ refused: expect.stringContaining('todistettu lupa') })
    expect(await saidOf(5)).toBe('prohibition')
  })

  test('nothing but the old tables can be read', async () => {
    await expect(odbc.rows('select email from public.person')).rejects.toThrow('permission denied')
    await expect(odbc.rows('select * from public.audit')).rejects.toThrow('permission denied')
  })
})

/** One statement in a transaction that is taken back: how many rows, or the sentence. */
async function wish(statement: string): Promise<number | string> {
  try {
    return (await access.query(statement)).rowCount ?? 0
  } catch (error) {
    return (error as Error).message
  }
}

describe('what the front end writes goes by the register’s rules', () => {
  beforeEach(() => access.query('begin'))
  afterEach(() => access.query('rollback'))

  test.each([
    ['a prohibition lifted', `"Markkinointikielto" = 0 where "HenkilöID" = 19`, 'todistettu lupa'],
    [
      'a permission without its date',
      `"Markkinointilupa" = -1, "Lähde" = 'messut' where "HenkilöID" = 501`,
      'Lupa tarvitsee päivän',
    ],
    [
      'a permission of tomorrow',
      `"Markkinointilupa" = -1, "Lupa pvm" = '2999-01-01', "Lähde" = 'messut' where "HenkilöID" = 501`,
      'tulevaisuudessa',
    ],
    ['another date for a permission', `"Lupa pvm" = '2026-01-01' where "HenkilöID" = 1`, 'eivät muutu jälkikäteen'],
    ['another source for a permission', `"Lähde" = 'messut' where "HenkilöID" = 1`, 'eivät muutu jälkikäteen'],
    ['another number', `"HenkilöID" = 5000 where "HenkilöID" = 1`, 'HenkilöID ei muutu'],
    ['confidential notes', `"Muistiinpanot" = 'x' where "HenkilöID" = 1`, 'muistiinpanot eivät kuulu'],
    ['an organisation that is not there', `"YritysID" = 4711 where "HenkilöID" = 1`, 'Yritystä ei ole'],
    ['nobody', `"Etunimi" = null, "Sukunimi" = '', "Sähköposti" = null where "HenkilöID" = 1`, 'Anna nimi'],
  ])('refused: %s', async (_, change, sentence) => {
    expect(await wish(`update access."Henkilöt" set ${change}`)).toMatch(new RegExp(sentence))
  })

  test.each([
    ['a person deleted', `delete from access."Henkilöt" where "HenkilöID" = 1`, 'lupa person erase'],
    ['an organisation deleted', `delete from access."Yritykset" where "YritysID" = 1`, 'ei voi poistaa'],
    [
      'a number of one’s own',
      `insert into access."Henkilöt" ("HenkilöID", "Etunimi") values (999, 'Aino')`,
      'numero tyhjäksi',
    ],
    ['a row of nobody', `insert into access."Tapaamiset" ("Aihe") values ('Aloitus')`, 'kenen rivi'],
  ])('refused: %s', async (_, statement, sentence) => {
    expect(await wish(statement)).toMatch(sentence)
  })

  test('a form may ask for the number beforehand', async () => {
    const { rows } = await access.query('select access.uusi_numero() as number')

    expect(
      await wish(
        `insert into access."Tapaamiset" ("ID", "HenkilöID", "Aihe") values (${rows[0].number}, 1, 'Aloitus')`,
      ),
    ).toBe(1)
    expect(await wish(`select from access."Tapaamiset" where "ID" = ${rows[0].number}`)).toBe(1)
  })

  test('meetings, orders and organisations are added, changed and removed', async () => {
    expect(
      await wish(
        `insert into access."Tilaukset" ("HenkilöID", "Laji", "Tuote", "Määrä", "Pvm") values (1, 'eOpas', 'Opas', 2, '2026-01-02 10:00')`,
      ),
    ).toBe(1)
    expect(await wish(`update access."Tilaukset" set "Laji" = 'kirja' where "Tuote" = 'Opas'`)).toBe(1)
    expect(
      (await access.query(`select "Laji", "Määrä", "Pvm"::text from access."Tilaukset" where "Tuote" = 'Opas'`)).rows,
    ).toEqual([{ Laji: 'kirja', Määrä: 2, Pvm: '2026-01-02 10:00:00' }])
    expect(await wish(`delete from access."Tilaukset" where "Tuote" = 'Opas'`)).toBe(1)
    expect(await wish(`update access."Yritykset" set "Postinumero" = '00100' where "YritysID" = 1`)).toBe(1)
    expect(await wish(`insert into access."Yritykset" ("Nimi") values ('Uusi Oy')`)).toBe(1)
  })
})

test('a permission with its date and source counts; its tick taken away, it counts no more', async () => {
  expect((await reasonsOf(register.db))['501']).toBe('NO_PERMISSION')

  await access.query(
    `update access."Henkilöt" set "Markkinointilupa" = -1, "Lupa pvm" = '2026-01-02 10:00', "Lähde" = 'messut' where "HenkilöID" = 501`,
  )
  expect((await reasonsOf(register.db))['501']).toBeUndefined()
  await access.query('update access."Henkilöt" set "Markkinointilupa" = 0 where "HenkilöID" = 501')

  expect((await reasonsOf(register.db))['501']).toBe('NO_PERMISSION')
  expect(
    await wish(
      `update access."Henkilöt" set "Markkinointilupa" = -1, "Lupa pvm" = '2026-01-02 10:00', "Lähde" = 'messut' where "HenkilöID" = 501`,
    ),
  ).toMatch('vanhempi kuin sen peruutus')
})

test('an address typed in Access waits for review, and an opt-out under the old one follows the person', async () => {
  const { id, addressHashes } = await person(6)
  await register.db.suppression.create({ data: { addressHash: addressHashes[0]!, kind: 'opted-out', at: now } })

  await access.query(`update access."Henkilöt" set "Sähköposti" = 'uusi@esimerkki6.example' where "HenkilöID" = 6`)
  await access.query(`update access."Henkilöt" set "Sähköposti" = 'uusi@esimerkki4.example' where "HenkilöID" = 4`)

  expect(
    (await access.query('select "Sähköposti", "Markkinointikielto" from access."Henkilöt" where "HenkilöID" = 6')).rows,
  ).toEqual([{ Sähköposti: 'uusi@esimerkki6.example', Markkinointikielto: -1 }])
  expect(await reasonsOf(register.db)).toMatchObject({ 6: 'PROHIBITED', 4: 'INVALID_ADDRESS' })
  const four = (await person(4)).id
  const item = (await listReviews(register.db)).find((one) => one.personId === four)!
  const cell = readEmailCell('uusi@esimerkki4.example')
  await resolveReview(
    register.db,
    register.keys,
    String(item.id),
    { kind: 'correct-email', cell },
    { actor: 'operator', at: now },
  )
  expect((await reasonsOf(register.db))['4']).toBeUndefined()
  expect((await register.db.person.findUniqueOrThrow({ where: { id } })).email).toBeNull()
})

test('a no to the old address that is younger than the person’s own goes along to a new one', async () => {
  const early = new Date('2026-01-10T10:00:00Z')
  const later = new Date('2026-06-10T10:00:00Z')
  const { id, addressHashes } = await person(9)
  await prohibit(register.db, { personId: id, at: early, channel: 'phone', actor: 'operator', onceKey: 'puhelu-9' })
  await register.db.$executeRaw(
    sql`update suppression set at = ${later} where address_hash = any (${addressHashes}::text[])`,
  )

  await access.query(`update access."Henkilöt" set "Sähköposti" = 'uusi@esimerkki9.example' where "HenkilöID" = 9`)

  expect(await person(9)).toMatchObject({ permission: 'prohibition', permissionAt: later })
  const said = await register.db.permissionEntry.findMany({ where: { personId: id, at: later } })
  expect(said).toMatchObject([{ says: 'prohibition', channel: 'address-change' }])
})

test('a restricted person is not edited from Access: nothing of them but a no is written down', async () => {
  const { id } = await person(503)
  await wish(`insert into access."Tapaamiset" ("HenkilöID", "Aihe") values (503, 'Aloitus')`)
  await restrictPerson(register.db, id, 'accuracy-contested', { actor: 'operator', at: now })

  const answers = [
    await wish(`update access."Henkilöt" set "Titteli" = 'Rehtori' where "HenkilöID" = 503`),
    await wish(`update access."Henkilöt" set "Sähköposti" = 'x@y.example' where "HenkilöID" = 503`),
    await wish(`update access."Henkilöt" set "Lähde" = 'messut' where "HenkilöID" = 503`),
    await wish(
      `update access."Henkilöt" set "Markkinointilupa" = -1, "Lupa pvm" = '2026-01-02', "Lähde" = 'messut' where "HenkilöID" = 503`,
    ),
    await wish(`insert into access."Tapaamiset" ("HenkilöID", "Aihe") values (503, 'Jatko')`),
    await wish(`update access."Tapaamiset" set "Aihe" = 'Toinen' where "HenkilöID" = 503`),
    await wish(`delete from access."Tapaamiset" where "HenkilöID" = 503`),
  ]
  const no = await wish('update access."Henkilöt" set "Markkinointikielto" = -1 where "HenkilöID" = 503')

  expect(answers).toEqual(answers.map(() => expect.stringMatching(/^Henkilön tietojen käsittely on rajoitettu/)))
  expect(no).toBe(1)
  expect(await person(503)).toMatchObject({ title: null, permission: 'prohibition' })
  await releasePerson(register.db, id, { actor: 'operator', at: now })
  expect(await wish(`update access."Henkilöt" set "Titteli" = 'Rehtori' where "HenkilöID" = 503`)).toBe(1)
})

test('a text written in Access passes the detectors of a file: what should not stand there comes up for review, once', async () => {
  await access.query(
    `insert into access."Tapaamiset" ("HenkilöID", "Aihe", "Muistio") values (11, 'Aloitus', 'hetu 131052-308T, on sairauslomalla')`,
  )
  await access.query(`update access."Henkilöt" set "Titteli" = 'opettaja, masennus' where "HenkilöID" = 11`)
  await access.query(
    `insert into access."Tapaamiset" ("HenkilöID", "Aihe", "Muistio") values (11, 'Jatko', 'puhuttiin hinnoista')`,
  )
  const { urls } = await findRoleUrls(register.database.url, register.database.home, {
    sync: null,
    worker: null,
    web: null,
  })
  const worker = openDatabase(urls.worker, 1)

  const opened = [await inspectTexts(worker, register.keys, now), await inspectTexts(worker, register.keys, now)]
  await worker.$disconnect()

  expect(opened).toEqual([3, 0])
  const { id } = await person(11)
  const found = ['HEALTH_WORDS', 'NATIONAL_ID']
  const items = (await listReviews(register.db)).filter((one) => one.personId === id && found.includes(one.code))
  expect(items.map(({ code, place, detail }) => [code, place, detail]).sort()).toEqual([
    ['HEALTH_WORDS', 'Henkilöt', null],
    ['HEALTH_WORDS', 'Tapaamiset', null],
    ['NATIONAL_ID', 'Tapaamiset', null],
  ])
})

test('what another hand changes between reading and writing is not overwritten', async () => {
  const { rows } = await access.query('select ctid from access."Henkilöt" where "HenkilöID" = 8')
  const { id } = await person(8)
  await prohibit(register.db, { personId: id, at: now, channel: 'phone', actor: 'operator', onceKey: 'puhelu-8' })

  const { rowCount } = await access.query(
    `update access."Henkilöt" set "Titteli" = 'Myöhässä' where "HenkilöID" = 8 and ctid = '${rows[0].ctid}'`,
  )

  expect(rowCount).toBe(0)
  expect((await person(8)).title).not.toBe('Myöhässä')
})

test('everything the front end did is in the audit trail under its login, and an opt-out on its way to the outside ledger', async () => {
  await access.query('update access."Henkilöt" set "Markkinointikielto" = -1 where "HenkilöID" = 502')
  const { id } = await person(502)

  const trail = await register.db.audit.findMany({ where: { subject: id, actor: `access:${login.login}` } })
  expect(trail.map(({ action }) => action).sort()).toEqual(['person-corrected', 'person-prohibited'])
  const [row] = await register.db.$queryRaw<{ waits: boolean }[]>(
    sql`select exists (select from ledger_outbox where entry ->> 'subject' = ${id}) as waits`,
  )
  expect(row).toEqual({ waits: true })
})

test('the front end’s role has the old tables and three functions, and no right to anything else', async () => {
  const { rows: tables } = await access.query(`
    select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'v', 'm', 'p', 'f', 'S') and n.nspname !~ '^pg_|^information_schema$'
      and case when c.relkind = 'S' then has_sequence_privilege('lupa_access', c.oid, 'usage, select, update')
        else has_table_privilege('lupa_access', c.oid, 'select, insert, update, delete') or has_any_column_privilege('lupa_access', c.oid, 'select, insert, update') end
    order by 1`)
  const { rows: functions } = await access.query(`
    select n.nspname || '.' || p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname !~ '^pg_|^information_schema$' and has_schema_privilege('lupa_access', n.oid, 'usage') and has_function_privilege('lupa_access', p.oid, 'execute')
    order by 1`)

  expect(tables.map(({ name }) => name)).toEqual(
    ['Aktiviteetit', 'Henkilöt', 'Tapaamiset', 'Tarjotut palvelut', 'Tilaukset', 'Toimeksiannot', 'Yritykset'].map(
      (name) => `access.${name}`,
    ),
  )
  expect(functions.map(({ name }) => name)).toEqual(['access.number_of', 'access.uusi_numero', 'access.wall'])
})

test('every column has a type that Access can key, index and compare: no bool, no bigint, no zone, no fraction', async () => {
  const { rows } = await access.query(`
    select distinct format_type(a.atttypid, a.atttypmod) as type from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'access'::regnamespace and c.relkind = 'v' order by 1`)

  expect(rows.map(({ type }) => type)).toEqual([
    'character varying(255)',
    'integer',
    'numeric(14,4)',
    'smallint',
    'text',
    'tid',
    'timestamp(0) without time zone',
  ])
})

test('the link script names every table with its key, verifies the server, and holds no password', async () => {
  const script = accessScript(await accessPlace(register.db), 'tietokanta.example')

  for (const link of ['"Henkilöt", "HenkilöID"', '"Yritykset", "YritysID"', '"Tarjotut palvelut", "ID"'])
    expect(script).toContain(`Linkita ${link}`)
  expect(script).toContain(`UID=${login.login};SSLmode=verify-full`)
  expect(script).toContain('BoolsAsChar=0')
  expect(script).not.toContain(login.password)
  expect(Buffer.from(script, 'latin1').toString('latin1')).toBe(script)
  expect(accessScript(await accessPlace(register.db), '127.0.0.1')).toContain('SSLmode=disable')
})
