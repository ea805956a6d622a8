// Two rows of one human become one person: nothing of the ledger is lost, and whoever said no has said no (R-18, I5).
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BadInput, NotAllowed } from '../../src/domain/errors.ts'
import { rowsAbout } from '../../src/register/access-report.ts'
import { rawSql, sql } from '../../src/register/database.ts'
import { findDuplicates, mergePeople } from '../../src/register/merging.ts'
import { readNotes } from '../../src/register/notes.ts'
import { type LinkedRecipient, optOut, recipientOfLink } from '../../src/register/opt-outs.ts'
import { permit, prohibit } from '../../src/register/permissions.ts'
import { listReviews, resolveReview } from '../../src/register/reviews.ts'
import { emptyRegister, now, reasonsOf, type TestRegister } from '../support/register.ts'
import { plantLife } from './planted-life.ts'

let register: TestRegister
beforeEach(async () => {
  register = await emptyRegister()
})
afterEach(() => register.close())

const by = { actor: 'operator', at: now }
const before = (days: number) => new Date(now.getTime() - days * 86_400_000)
const mapping = `
register: koe
persons:
  key: id
  columns: { firstName: etunimi, lastName: nimi, email: sposti, notes: [muistio] }
  permission: { permitted: lupa, prohibited: kielto, at: pvm, source: lähde }
`
const head = 'id;etunimi;nimi;sposti;muistio;lupa;kielto;pvm;lähde'
const bring = (...rows: string[]) => register.importCsv([head, ...rows], { mapping })
const idOf = async (key: string) => (await register.db.person.findFirstOrThrow({ where: { key } })).id
const merge = (keep: string, gone: string) => mergePeople(register.db, register.keys, keep, gone, by)
const yes = (personId: string, at: Date) =>
  permit(register.db, {
    personId,
    at,
    channel: 'mail',
    actor: 'test',
    source: 'viesti',
    wording: null,
    evidence: 'viesti',
    onceKey: `yes ${personId} ${at.getTime()}`,
  })

test('a no of either holds for both, though the other’s yes came later, and every entry is still there', async () => {
  const { db } = register
  await bring('1;Aino;Aho;a@firma.example;;;;;', '2;Aino;Aho;aino@firma.example;;;;;')
  const [keep, gone] = [await idOf('1'), await idOf('2')]
  await prohibit(db, { personId: gone, at: before(20), channel: 'mail', actor: 'test', onceKey: 'ei' })
  await yes(keep, before(10))
  const entries = await db.permissionEntry.count()

  const merged = await merge(keep, gone)

  expect(merged).toEqual({ person: keep, gone, prohibited: true })
  expect(await reasonsOf(db)).toEqual({ 1: 'PROHIBITED' })
  expect(await db.permissionEntry.count({ where: { personId: keep } })).toBe(entries + 1)
  expect(
    await db.suppression.count({ where: { addressHash: { in: register.keys.hashes('email', 'a@firma.example') } } }),
  ).toBe(1)
  await yes(keep, new Date(now.getTime() + 1000))
  expect(await reasonsOf(db)).toEqual({})
})

test('two who never said no keep the permission that one of them gave', async () => {
  await bring('1;Aino;Aho;;;;;;', '2;Aino;Aho;a@firma.example;;x;;2020-01-01;media')
  const merged = await merge(await idOf('1'), await idOf('2'))

  const person = await register.db.person.findUniqueOrThrow({ where: { id: merged.person } })

  expect(merged.prohibited).toBe(false)
  expect([person.permission, person.email]).toEqual(['permission', 'a@firma.example'])
  expect(await reasonsOf(register.db)).toEqual({})
})

test('every row of the one who goes is the other’s, in every table, and their notes can be read', async () => {
  const { db, keys } = register
  const gone = await plantLife(register)
  await bring('9;Aino;Ainutlaatuinen;toinen@firma.example;;;;;')
  const keep = await idOf('9')
  const were = await rowsAbout(db, keys, gone, by)

  await merge(keep, gone)

  const are = await rowsAbout(db, keys, keep, by)
  const fewer = Object.entries(were)
    .filter(
      ([table]) =>
        ![
          'person',
          'suppression',
          'sign_up',
          'webhook_delivery',
          'ledger_outbox',
          'import_change',
          'prohibited_domain',
        ].includes(table),
    )
    .filter(([table, rows]) => are[table as keyof typeof are].length < rows.length)
  expect(fewer).toEqual([])
  expect(await tablesNaming(gone)).toEqual(['audit', 'ledger_outbox', 'merged_record', 'permission_entry'])
  expect((await readNotes(db, keys, keep, by)).map(({ text }) => text)).toEqual(['Salainen muistio'])
})

test('the file that still has both rows adds nobody again, and a no ticked in the row that went is believed', async () => {
  await bring(
    '1;Aino;Aho;a@firma.example;;x;;2020-01-01;media',
    '2;Aino;Aho;b@firma.example;Muistio;x;;2020-01-01;media',
  )
  const keep = await idOf('1')
  await merge(keep, await idOf('2'))

  const again = await bring(
    '1;Aino;Aho;a@firma.example;;x;;2020-01-01;media',
    '2;Aino;Aho;b@firma.example;Muistio;x;;2020-01-01;media',
  )
  const allowed = await reasonsOf(register.db)
  await bring(
    '1;Aino;Aho;a@firma.example;;x;;2020-01-01;media',
    '2;Aino;Aho;b@firma.example;Muistio;;x;2020-01-01;media',
  )

  expect(again.people).toMatchObject({ added: 0, suppressed: 1 })
  expect(await register.db.person.count()).toBe(1)
  expect(await register.db.note.count({ where: { personId: keep } })).toBe(1)
  expect(allowed).toEqual({})
  expect(await reasonsOf(register.db)).toEqual({ 1: 'PROHIBITED' })
})

test('duplicates are asked about once, exclude nobody, and are merged from the review list', async () => {
  const { db, keys } = register
  await bring(
    '1;Aino;Aho;yhteinen@firma.example;;x;;2020-01-01;media',
    '2;Aino;Aho-Berg;Yhteinen@firma.example;;x;;2020-01-01;media',
    '3;Bo;Berg;bo@firma.example;;x;;2020-01-01;media',
  )

  const found = [await findDuplicates(db, now), await findDuplicates(db, now)]
  const [item] = (await listReviews(db)).filter(({ code }) => code === 'DUPLICATE_PERSON')
  const unharmed = await reasonsOf(db)
  const settled = await resolveReview(db, keys, item?.id ?? '', { kind: 'merge' }, by)

  expect(found).toEqual([1, 0])
  expect(unharmed).toEqual({})
  expect(settled.resolution).toBe('merged')
  expect(await db.person.count()).toBe(2)
  expect((await listReviews(db)).filter(({ code }) => code === 'DUPLICATE_PERSON')).toEqual([])
})

test('the opt-out links of both lead to the person who is left, and a no by either closes both addresses', async () => {
  const { db, keys } = register
  await bring('1;Aino;Aho;a@firma.example;;x;;2020-01-01;media', '2;Aino;Aho;aino@firma.example;;x;;2020-01-01;media')
  const [keep, gone] = [await idOf('1'), await idOf('2')]
  await db.campaign.create({ data: { ...newsletter, state: 'closed', outcome: 'sent', toolCampaignId: 'kirje1' } })
  await db.campaign.create({ data: { ...newsletter, state: 'closed', outcome: 'sent', toolCampaignId: 'kirje2' } })
  await mailed('kirje1', keep, 'a@firma.example', 'tunniste1')
  await mailed('kirje1', gone, 'aino@firma.example', 'tunniste2')
  await mailed('kirje2', gone, 'aino@firma.example', 'tunniste3')

  await merge(keep, gone)
  const found = await Promise.all([
    linked('kirje1', 'tunniste1'),
    linked('kirje1', 'tunniste2'),
    linked('kirje2', 'tunniste3'),
  ])
  const allowed = await reasonsOf(db)
  await optOut(db, found[1] as LinkedRecipient, now)

  expect(found.map((one) => one?.personId)).toEqual([keep, keep, keep])
  expect(allowed).toEqual({})
  expect(await reasonsOf(db)).toEqual({ 1: 'PROHIBITED' })
  for (const address of ['a@firma.example', 'aino@firma.example'])
    expect(await db.suppression.count({ where: { addressHash: keys.hash('email', address), kind: 'opted-out' } })).toBe(
      1,
    )
})

test('nobody is merged with themselves, with nobody, or out of a campaign that is under way', async () => {
  await bring('1;Aino;Aho;a@firma.example;;;;;', '2;Aino;Aho;b@firma.example;;;;;')
  const [keep, gone] = [await idOf('1'), await idOf('2')]
  const campaign = await register.db.campaign.create({ data: { ...newsletter, state: 'disclosed' } })
  await register.db.recipient.create({
    data: { campaignId: campaign.id, personId: gone, state: 'accepted', disclosed: true },
  })

  await expect(merge(keep, keep)).rejects.toThrow(BadInput)
  await expect(merge(keep, crypto.randomUUID())).rejects.toThrow(BadInput)
  await expect(merge(keep, gone)).rejects.toThrow(NotAllowed)
  expect(await register.db.person.count()).toBe(2)
})

const newsletter = {
  name: 'k',
  subject: 'k',
  fromName: 'E',
  fromEmail: 'e@konsultti.example',
  tool: 'mailchimp',
  language: 'fi',
  contentKind: 'html',
  settleSeconds: 0,
  createdAt: now,
}

/** Somebody got the newsletter at this address; the tool gave them this id. */
async function mailed(toolCampaignId: string, personId: string, address: string, toolId: string): Promise<void> {
  const { db, keys } = register
  const { id: campaignId } = await db.campaign.findFirstOrThrow({ where: { toolCampaignId } })
  const addressHash = keys.hash('email', address)
  const data = { campaignId, personId, state: 'removed', addressHash, disclosed: true, sent: true }
  const { id: recipientId } = await db.recipient.create({ data })
  await db.recipientToolId.create({ data: { campaignId, hash: keys.hash('tool-id', toolId), recipientId } })
}

const linked = (toolCampaignId: string, toolId: string) =>
  recipientOfLink(register.db, { toolCampaignId, toolIdHashes: register.keys.hashes('tool-id', toolId) })

/** Tables with a row that names this id. */
async function tablesNaming(id: string): Promise<string[]> {
  const { db } = register
  const tables = await db.$queryRaw<{ name: string }[]>(sql`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`)
  const found: string[] = []
  for (const { name } of tables) {
    const [row] = await db.$queryRaw<{ rows: bigint }[]>(sql`
      select count(*) as rows from ${rawSql(`"${name}"`)} t where to_jsonb(t)::text ilike ${`%${id}%`}`)
    if (Number(row?.rows) > 0) found.push(name)
  }
  return found
}
