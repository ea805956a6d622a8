// Whoever asks to be erased is gone from every table, does not come back with a file, and their no stands (R-12, I5, I7).
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BadInput } from '../../src/domain/errors.ts'
import { readEmailCell } from '../../src/intake/email-cell.ts'
import { type OutsideLedger, openOutsideLedger } from '../../src/ledger/outside-ledger.ts'
import { type RegisterClient, rawSql, sql } from '../../src/register/database.ts'
import { erasePerson } from '../../src/register/erasure.ts'
import { receiveFeedback } from '../../src/register/feedback.ts'
import { replayLedger, writeLedger } from '../../src/register/ledger-outbox.ts'
import { prohibit } from '../../src/register/permissions.ts'
import { correctAddress } from '../../src/register/reviews.ts'
import { askSignUp } from '../../src/register/sign-ups.ts'
import { accdb, emptyRegister, now, reasonsOf, type TestRegister } from '../support/register.ts'

let register: TestRegister
let ledger: OutsideLedger
beforeEach(async () => {
  register = await emptyRegister()
  ledger = openOutsideLedger(path.join(register.folder, 'ledger'), 'this machine')
})
afterEach(() => register.close())

const mapping = `
register: koe
persons:
  key: id
  columns: { lastName: nimi, title: titteli, email: sposti, notes: [muistio] }
  permission: { permitted: lupa, prohibited: kielto, at: pvm, source: lähde }
`
const head = 'id;nimi;titteli;sposti;muistio;lupa;kielto;pvm;lähde'
const by = { actor: 'operator', at: now, because: 'request' as const }
const erase = (id: string, to = ledger) => erasePerson(register.db, register.keys, to, id, by)
const idOf = async (key: string) => (await register.db.person.findFirstOrThrow({ where: { key } })).id

test('an erased person is named in no table; the audit trail keeps an id that means nobody', async () => {
  const { db, keys, importCsv } = register
  await importCsv(
    [head, '1;Vanhanimi;;vanha@firma.example;Salaista;x;;2020-01-01;media', '2;Bo;;b@firma.example;;;;;'],
    { mapping },
  )
  await importCsv(
    [head, '1;Ainutlaatuinen;Johtaja;aino@firma.example;Salaista;x;;2020-01-01;media', '2;Bo;;b@firma.example;;;;;'],
    { mapping },
  )
  const id = await idOf('1')
  await traces(id)
  const secrets = ['Vanhanimi', 'Ainutlaatuinen', 'Johtaja', 'aino@firma', 'vanha@firma', 'kertoi puhelimessa', id]
  const before = await tablesWith(db, secrets)

  await erase(id)

  expect(before).toEqual(
    expect.arrayContaining(['audit', 'feedback', 'import_change', 'person', 'review_item', 'sign_up']),
  )
  expect(await tablesWith(db, secrets)).toEqual(['audit'])
  expect(await db.person.count()).toBe(1)
  expect(await db.note.count()).toBe(0)
  const [last] = await db.audit.findMany({ orderBy: { seq: 'desc' }, take: 1 })
  expect(last).toMatchObject({ action: 'person-erased', subject: id, facts: { because: 'request', optedOut: true } })
  const text = JSON.stringify(ledger.read(ledger.writer))
  for (const secret of secrets.slice(0, -1)) expect(text).not.toContain(secret)
  expect(text).toContain(keys.hash('email', 'aino@firma.example'))
})

test('erased, the same Access file and any other file with the address leave them out, and their no stands', async () => {
  const { db, importFile, importCsv } = register
  await importFile(accdb)
  const said = await db.person.findFirstOrThrow({
    where: { permission: 'prohibition', email: { not: null }, emailNature: 'work' },
  })
  const { optedOut } = await erase(said.id)
  const people = await db.person.count()

  const again = await importFile(accdb)
  const elsewhere = await importCsv([head, `9;Sama;;${said.email?.toUpperCase()};;x;;2026-01-01;messut`], { mapping })

  expect(optedOut).toBe(true)
  expect(again.people).toMatchObject({ added: 0, suppressed: 1 })
  expect(elsewhere.people).toMatchObject({ added: 0, suppressed: 1 })
  expect(await db.person.count()).toBe(people)
  const kinds = await db.suppression.findMany({
    where: { addressHash: said.addressHashes[0] ?? '' },
    orderBy: { kind: 'asc' },
  })
  expect(kinds.map(({ kind, liftedAt }) => [kind, liftedAt])).toEqual([
    ['erased', null],
    ['opted-out', null],
  ])
})

test('a no from before an address was corrected stands for the new address too, once the person is erased', async () => {
  const { db, keys, importCsv } = register
  await importCsv([head, '1;Aho;;a@firma.example;;x;;2020-01-01;media'], { mapping })
  const id = await idOf('1')
  await prohibit(db, { personId: id, at: now, channel: 'mail', actor: 'test', onceKey: 'ei' })
  await db.$transaction((tx) => correctAddress(tx, keys, id, readEmailCell('uusi@firma.example'), by))

  await erase(id)

  const { key } = await db.person.create({
    data: {
      register: 'muu',
      key: '1',
      firstName: 'A',
      lastName: 'B',
      keptFrom: now,
      email: 'uusi@firma.example',
      emailNature: 'work',
      addressHashes: keys.hashes('email', 'uusi@firma.example'),
    },
  })
  expect(await reasonsOf(db)).toEqual({ [key]: 'ERASED' })
  await db.suppression.deleteMany({ where: { kind: 'erased' } })
  expect(await reasonsOf(db)).toEqual({ [key]: 'PROHIBITED' })
})

test('whoever shares the address stays, is named to the operator, and is mailed no more', async () => {
  const { db, importCsv } = register
  await importCsv(
    [head, '1;Aho;;yhteinen@firma.example;;x;;2020-01-01;media', '2;Bo;;yhteinen@firma.example;;x;;2020-01-01;media'],
    { mapping },
  )

  const { sameAddress } = await erase(await idOf('1'))

  expect(sameAddress).toEqual([await idOf('2')])
  expect(await reasonsOf(db)).toEqual({ 2: 'ERASED' })
})

test('an erasure that died between the ledger and the commit is completed by whoever writes there next, or by the next start', async () => {
  const { db, importCsv } = register
  await importCsv(
    [head, '1;Aho;;a@firma.example;;;;;', '2;Bo;;b@firma.example;;;;;', '3;Celik;;c@firma.example;;;;;'],
    { mapping },
  )
  const [first, second, third] = [await idOf('1'), await idOf('2'), await idOf('3')]
  const dying = {
    ...ledger,
    append: (entries: Parameters<OutsideLedger['append']>[0]) => {
      ledger.append(entries)
      throw new Error('the power went')
    },
  }

  await expect(erase(first, dying)).rejects.toThrow('the power went')
  const stayed = await db.person.count({ where: { id: first } })
  await prohibit(db, { personId: third, at: now, channel: 'mail', actor: 'test', onceKey: 'ei' })
  await writeLedger(db, ledger, now)
  await expect(erase(second, dying)).rejects.toThrow('the power went')
  const replayed = [await replayLedger(db, ledger), await replayLedger(db, ledger)]

  expect(stayed).toBe(1)
  expect(replayed).toEqual([1, 0])
  expect((await db.person.findMany()).map(({ key }) => key)).toEqual(['3'])
  expect(await db.audit.count({ where: { action: 'person-erased' } })).toBe(2)
})

test('nobody is erased twice, and a register without the person takes the tombstone from the ledger', async () => {
  const { db, importCsv } = register
  await importCsv([head, '1;Aho;;a@firma.example;;;;;'], { mapping })
  const id = await idOf('1')
  await erase(id)
  await expect(erase(id)).rejects.toThrow(BadInput)
  await db.suppression.deleteMany()
  await db.ledgerPosition.deleteMany()

  await replayLedger(db, ledger)

  expect((await importCsv([head, '1;Aho;;a@firma.example;;;;;'], { mapping })).people).toMatchObject({ suppressed: 1 })
})

/** Every place that may hold something of a person and is no column of theirs. */
async function traces(id: string): Promise<void> {
  const { db, keys } = register
  const hashes = keys.hashes('email', 'aino@firma.example')
  await receiveFeedback(db, [
    {
      campaignId: null,
      recipientId: null,
      personId: id,
      kind: 'bounced-soft',
      source: 'operator',
      evidence: 'kertoi puhelimessa',
      addressHash: hashes[0] ?? '',
      at: now,
      receivedAt: now,
      onceKey: 'f',
    },
  ])
  await db.reviewItem.create({
    data: { code: 'DOUBTFUL_ADDRESS', personId: id, detail: 'aino@firma.example', createdAt: now, onceKey: 'r' },
  })
  await askSignUp(db, {
    tokenHash: 't',
    firstName: 'Ainutlaatuinen',
    lastName: 'A',
    email: 'aino@firma.example',
    nature: 'work',
    addressHashes: hashes,
    domain: 'firma.example',
    organisation: null,
    wording: 'w',
    wordingVersion: '1',
    noticeVersion: '1',
    at: now,
  })
  await prohibit(db, { personId: id, at: now, channel: 'mail', actor: 'test', onceKey: 'x' })
  await writeLedger(db, ledger, now)
}

/** Tables with a row that holds one of the texts anywhere. */
async function tablesWith(db: RegisterClient, texts: string[]): Promise<string[]> {
  const tables = await db.$queryRaw<{ name: string }[]>(sql`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`)
  const found: string[] = []
  for (const { name } of tables) {
    const [row] = await db.$queryRaw<{ rows: bigint }[]>(sql`
      select count(*) as rows from ${rawSql(`"${name}"`)} t where to_jsonb(t)::text ilike any (${texts.map((text) => `%${text}%`)}::text[])`)
    if (Number(row?.rows) > 0) found.push(name)
  }
  return found
}
