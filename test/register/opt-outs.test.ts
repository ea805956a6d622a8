// A link in a mail says no for ever: while people are in the tool, after they have left it, after they have been erased.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { draftCampaign } from '../../src/register/campaigns.ts'
import { inTransaction, openDatabase, type RegisterClient, sql } from '../../src/register/database.ts'
import { feedbackCounts } from '../../src/register/feedback.ts'
import { findRoleUrls } from '../../src/register/migrate.ts'
import { optOut, recipientOfLink } from '../../src/register/opt-outs.ts'
import { presentReason } from '../../src/register/people.ts'
import { permit, prohibit } from '../../src/register/permissions.ts'
import { claimBatch, settle } from '../../src/register/recipients.ts'
import { selectRecipients } from '../../src/register/selection.ts'
import { emptyRegister, givePermission, now, type TestRegister } from '../support/register.ts'

let register: TestRegister
let page: RegisterClient
beforeAll(async () => {
  register = await emptyRegister()
  const { database } = register
  const { urls } = await findRoleUrls(database.url, database.home, { sync: null, worker: null, web: null })
  // As the opt-out page runs: with the rights of lupa_web and no others.
  page = openDatabase(urls.web)
})
afterAll(async () => {
  await page.$disconnect()
  await register.close()
})

test('a link’s two ids find the recipient, and neither of them alone does', async () => {
  const { link, personId, campaignId } = await mailed()
  const stranger = { ...link, toolIdHashes: register.keys.hashes('tool-id', 'jokumuu') }

  expect(await recipientOfLink(page, link)).toMatchObject({ personId, campaignId, addressHash: expect.any(String) })
  expect(await recipientOfLink(page, { ...link, toolCampaignId: 'jokumuu' })).toBeNull()
  expect(await recipientOfLink(page, stranger)).toBeNull()
})

test('one use prohibits the person, keeps the address out and is counted once, however often it is used', async () => {
  const { link, personId, campaignId, email } = await mailed()
  const recipient = await recipientOfLink(page, link)

  await Promise.all([1, 2, 3].map(() => optOut(page, recipient as never, now)))
  await optOut(page, recipient as never, new Date(now.getTime() + 60_000))

  const { db, keys } = register
  expect(
    await db.person.findUnique({ where: { id: personId }, select: { permission: true, permissionAt: true } }),
  ).toEqual({
    permission: 'prohibition',
    permissionAt: now,
  })
  expect(await presentReason(db, await sameAddress(email), now)).toBe('PROHIBITED')
  expect(await feedbackCounts(db, campaignId)).toEqual({ optedOut: 1, complained: 0, bouncedHard: 0, bouncedSoft: 0 })
  expect(
    await db.feedback.findMany({ where: { campaignId }, select: { source: true, appliedAt: true, effect: true } }),
  ).toEqual([{ source: 'opt-out-page', appliedAt: now, effect: 'prohibited' }])
  const waiting = await db.ledgerOutbox.findMany({ where: { entry: { path: ['subject'], equals: personId } } })
  expect(waiting[0]?.entry).toMatchObject({ kind: 'opt-out', addresses: keys.hashes('email', email) })
})

test('a link works after its person has been erased: the address stays out for ever', async () => {
  const { link, personId, email } = await mailed()
  await inTransaction(register.db, async (tx) => {
    await tx.$executeRaw(sql`select set_config('lupa.removing_people', 'on', true)`)
    await tx.person.delete({ where: { id: personId } })
  })

  const recipient = await recipientOfLink(page, link)
  await optOut(page, recipient as never, now)

  expect(recipient).toMatchObject({ personId: null })
  expect(await presentReason(register.db, await sameAddress(email), now)).toBe('PROHIBITED')
})

test('a link works after its campaign is over', async () => {
  const { link, personId, campaignId } = await mailed()
  await register.db.campaign.update({ where: { id: campaignId }, data: { state: 'closed', shell: 'deleted' } })

  await optOut(page, (await recipientOfLink(page, link)) as never, now)

  expect(await presentReason(register.db, personId, now)).toBe('PROHIBITED')
})

test('a link works after a rotation of the keys: it is looked for with every key', async () => {
  const { link, personId } = await mailed()

  const recipient = await recipientOfLink(page, { ...link, toolIdHashes: ['k2:uusi', ...link.toolIdHashes] })

  expect(recipient).toMatchObject({ personId })
})

test('a no that was lifted by a later permission counts again when the same link is used again', async () => {
  const { link, personId } = await mailed()
  const recipient = await recipientOfLink(page, link)
  const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000)
  await optOut(page, recipient as never, now)
  await permit(register.db, {
    ...{ personId, at: later(1), channel: 'form', actor: 'test', source: 'lomake', wording: null, evidence: 'lomake' },
    onceKey: `yes ${personId}`,
  })
  expect(await presentReason(register.db, personId, later(2))).toBeNull()

  await optOut(page, recipient as never, later(3))

  expect(await presentReason(register.db, personId, later(4))).toBe('PROHIBITED')
  expect(
    await register.db.person.findUnique({ where: { id: personId }, select: { permission: true, permissionAt: true } }),
  ).toEqual({
    permission: 'prohibition',
    permissionAt: later(3),
  })
})

test('a no told under the key of an earlier one is a new one after a yes, and the same old one when it is older than the yes', async () => {
  const { personId } = await mailed()
  const { db } = register
  const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000)
  const say = (minutes: number) =>
    prohibit(db, { personId, at: later(minutes), channel: 'tool', actor: 'test', onceKey: `ei ${personId}` })
  const says = async () => (await db.person.findUniqueOrThrow({ where: { id: personId } })).permission
  await say(0)
  await permit(db, {
    ...{ personId, at: later(5), channel: 'form', actor: 'test', source: 'lomake', wording: null, evidence: 'lomake' },
    onceKey: `yes ${personId}`,
  })

  const old = [await say(0), await says()]
  const fresh = [await say(9), await says()]

  expect([old, fresh]).toEqual([
    [false, 'permission'],
    [true, 'prohibition'],
  ])
})

let made = 0

/** Somebody who is in the tool with a campaign, and the link in their mail. */
async function mailed() {
  const { db, keys } = register
  made += 1
  const email = `henkilo@talo${made}.example`
  const tag = `t${made}`
  const personId = await addPerson(email, [tag])
  const campaign = await draftCampaign(
    db,
    {
      ...{
        name: `kirje${made}`,
        subject: 's',
        fromName: 'f',
        fromEmail: 'e@talo.example',
        tool: 'mailchimp',
        language: 'fi',
      },
      ...{ contentKind: 'html', contentRef: null, html: '', askedRelations: [], askedTags: [tag], sendAt: null },
      settleSeconds: 0,
    },
    'test',
    now,
  )
  await selectRecipients(db, campaign, { batchSize: 500, connections: 8 }, now)
  const toolCampaignId = `kampanja${made}`
  await db.campaign.update({ where: { id: campaign.id }, data: { state: 'opened', toolCampaignId } })
  const [claimed] = await claimBatch(db, campaign.id, 1, now)
  const toolIdHashes = keys.hashes('tool-id', `henkilo${made}`)
  await settle(db, campaign.id, [{ id: claimed?.id as string, outcome: 'accepted', toolIdHashes }], now)
  return { link: { toolCampaignId, toolIdHashes }, personId, campaignId: campaign.id, email }
}

async function addPerson(email: string, tags: string[]): Promise<string> {
  made += 1
  const { id } = await register.db.person.create({
    data: {
      ...{ register: 'koe', key: String(made), firstName: 'Etu', lastName: 'Suku', keptFrom: now, email, tags },
      ...{ emailNature: 'work', addressHashes: register.keys.hashes('email', email) },
    },
  })
  await givePermission(register.db, id)
  return id
}

/** Another person who brings the same address. */
const sameAddress = (email: string) => addPerson(email, [])
