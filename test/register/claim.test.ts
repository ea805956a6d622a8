// No intent is committed after a committed prohibition (I2). Two real connections, and the order in which their transactions commit.
import type pg from 'pg'
import { expect, test } from 'vitest'
import { batchCount } from '../../src/domain/disclosure.ts'
import { type CampaignRecord, campaignById, draftCampaign } from '../../src/register/campaigns.ts'
import { permit, prohibit } from '../../src/register/permissions.ts'
import { barredRecipients, claimBatch, settle } from '../../src/register/recipients.ts'
import { selectRecipients } from '../../src/register/selection.ts'
import { now } from '../support/register.ts'
import {
  addPerson,
  erase,
  made,
  one,
  opened,
  openedFor,
  other,
  plan,
  recipientOf,
  register,
  say,
  waits,
  withTwoHands,
} from './two-hands.ts'

withTwoHands()

test('a prohibition that is committed before the claim is never claimed', async () => {
  const { campaign, people } = await opened(3)

  await say(one, people[1]?.id)
  const claimed = await claimOn(other, campaign)

  expect(claimed).toEqual([people[0]?.email, people[2]?.email])
  expect(await statesOf(campaign)).toEqual({ intended: 2, 'dropped PROHIBITED': 1 })
})

test.each(['first', 'later'])(
  'a claim waits for a prohibition that has begun, and leaves the person out (the %s claim of a campaign)',
  async (which) => {
    const { campaign, people } = await opened(3)
    if (which === 'later') await disclosedBefore(campaign)

    await one.query('begin')
    await say(one, people[1]?.id)
    const claiming = claimOn(other, campaign)
    await waits(other)
    await one.query('commit')

    expect(await claiming).toEqual([people[0]?.email, people[2]?.email])
  },
)

test('a claim takes the person of a prohibition that was taken back', async () => {
  const { campaign, people } = await opened(2)

  await one.query('begin')
  await say(one, people[1]?.id)
  const claiming = claimOn(other, campaign)
  await waits(other)
  await one.query('rollback')

  expect(await claiming).toEqual(people.map(({ email }) => email))
})

test.each(['first', 'later'])(
  'a prohibition waits for a claim in progress, and finds the person among those who must leave (the %s claim of a campaign)',
  async (which) => {
    const { campaign, people } = await opened(3)
    if (which === 'later') await disclosedBefore(campaign)

    await one.query('begin')
    const claimed = await claimOn(one, campaign)
    const saying = say(other, people[1]?.id)
    await waits(other)
    expect(
      await register.db.permissionEntry.count({ where: { personId: people[1]?.id as string, says: 'prohibition' } }),
    ).toBe(0)
    await one.query('commit')
    await saying

    expect(claimed).toHaveLength(3)
    expect(await barredRecipients(register.db, campaign.id, now)).toEqual([await recipientOf(campaign, people[1]?.id)])
  },
)

test('R17: who shares an address with somebody who said no is not claimed, whichever of the two said it', async () => {
  const { campaign, people } = await opened(3)
  const twin = await addPerson({ email: people[0]?.email as string })
  await disclosedBefore(campaign)

  await one.query('begin')
  await say(one, twin.id)
  const claiming = claimOn(other, campaign)
  await waits(other)
  await one.query('commit')

  expect(await claiming).toEqual([people[1]?.email, people[2]?.email])
})

test('R16: an opt-out of an address alone, whose person has been erased, holds for whoever has that address', async () => {
  const { campaign, people } = await opened(2)

  await say(one, undefined, register.keys.hashes('email', people[0]?.email as string))

  expect(await claimOn(other, campaign)).toEqual([people[1]?.email])
})

test.each(['organisation', 'domain'])('a claim and the prohibition of a whole %s wait for each other', async (kind) => {
  const organisation = await register.db.organisation.create({
    data: { register: 'koe', key: `o${made}`, name: 'Yritys' },
  })
  const forbid =
    kind === 'organisation'
      ? `update organisation set prohibited_at = now() where id = '${organisation.id}'`
      : `insert into prohibited_domain (domain, at, evidence, actor) values ('talo${made + 1}.example', now(), 'kirje', 'test')`
  const { campaign, people } = await opened(2, { organisationId: organisation.id })
  const second = await openedFor(people)

  // The prohibition first: the claim waits for it.
  await one.query('begin')
  await one.query(forbid)
  const claiming = claimOn(other, campaign)
  await waits(other)
  await one.query('commit')
  expect(await claiming).toEqual(kind === 'organisation' ? [] : [people[1]?.email])

  // The claim first: the prohibition waits for it.
  await one.query('update organisation set prohibited_at = null')
  await one.query('delete from prohibited_domain')
  await one.query('begin')
  expect(await claimOn(one, second)).toHaveLength(2)
  const forbidding = other.query(forbid)
  await waits(other)
  await one.query('commit')
  await forbidding
  expect(await barredRecipients(register.db, second.id, now)).toHaveLength(kind === 'organisation' ? 2 : 1)
})

test('a person whose address was corrected after the selection is not claimed: nobody goes under an address that was not selected', async () => {
  const { campaign, people } = await opened(2)

  await register.db.person.update({
    where: { id: people[0]?.id as string },
    data: { email: 'uusi@talo.example', addressHashes: register.keys.hashes('email', 'uusi@talo.example') },
  })

  expect(await claimOn(one, campaign)).toEqual([people[1]?.email])
  expect(await statesOf(campaign)).toEqual({ intended: 1, 'dropped ADDRESS_CHANGED': 1 })
})

test('an erased person is not claimed, and whoever was claimed before is among those who must leave', async () => {
  const { campaign, people } = await opened(4, {}, 2)
  const [before] = await claimBatch(register.db, campaign.id, 1, now)
  const claimed = people.find(({ email }) => email === before?.email)
  const waiting = await register.db.recipient.findFirstOrThrow({ where: { campaignId: campaign.id, batch: 2 } })

  await erase(claimed?.id as string)
  await erase(waiting.personId as string)

  expect(await claimBatch(register.db, campaign.id, 2, now)).toHaveLength(1)
  expect(await statesOf(campaign)).toMatchObject({ 'dropped ERASED': 1 })
  expect(await barredRecipients(register.db, campaign.id, now)).toEqual([before?.id])
})

test('a claim asked again returns the open rows and no others: nobody who is settled, nobody who said no meanwhile', async () => {
  const { campaign, people } = await opened(4)
  const first = await claimBatch(register.db, campaign.id, 1, now)

  expect(await claimBatch(register.db, campaign.id, 1, now)).toEqual(first)
  await settle(register.db, campaign.id, [{ id: first[0]?.id as string, outcome: 'accepted', toolIdHashes: [] }], now)
  await say(one, people.find(({ email }) => email === first[1]?.email)?.id)

  expect(await claimBatch(register.db, campaign.id, 1, now)).toEqual(first.slice(2))
  expect(await statesOf(campaign)).toEqual({ accepted: 1, intended: 2, 'refused PROHIBITED': 1 })
})

test('only an opened campaign is claimed, and only the batch that was asked for', async () => {
  const { campaign } = await opened(4, {}, 2)
  const states = [
    'draft',
    'approved',
    'selected',
    'disclosed',
    'sending',
    'sent',
    'withdrawing',
    'withdrawn',
    'closed',
    'halted',
  ]

  for (const state of states) {
    await register.db.campaign.update({ where: { id: campaign.id }, data: { state } })
    expect({ state, claimed: await claimBatch(register.db, campaign.id, 1, now) }).toEqual({ state, claimed: [] })
  }

  await register.db.campaign.update({ where: { id: campaign.id }, data: { state: 'opened' } })
  expect(await claimBatch(register.db, campaign.id, 3, now)).toEqual([])
  expect(await claimBatch(register.db, campaign.id, 2, now)).toHaveLength(2)
  expect(await statesOf(campaign)).toEqual({ intended: 2, selected: 2 })
})

test('a claim that has begun holds a withdrawal back until its intents are written down', async () => {
  const { campaign } = await opened(2)
  await one.query('begin')
  await claimOn(one, campaign)

  const withdrawing = other.query(`update campaign set state = 'withdrawing' where id = $1`, [campaign.id])
  await waits(other)
  await one.query('commit')
  await withdrawing

  expect(await statesOf(campaign)).toEqual({ intended: 2 })
})

test('the first claim with somebody in it starts the deadline, and no later one moves it', async () => {
  const { campaign, people } = await opened(4, {}, 2)
  const firstTwo = await register.db.recipient.findMany({ where: { campaignId: campaign.id, batch: 1 } })
  for (const { personId } of firstTwo) await say(one, personId as string)
  const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000)

  await claimBatch(register.db, campaign.id, 1, at(1))
  const nobody = await campaignById(register.db, campaign.id)
  await claimBatch(register.db, campaign.id, 2, at(2))
  await claimBatch(register.db, campaign.id, 2, at(3))
  const claimed = await campaignById(register.db, campaign.id)

  expect(people).toHaveLength(4)
  expect([nobody.firstDisclosedAt, nobody.deadline]).toEqual([null, null])
  expect([claimed.firstDisclosedAt, claimed.deadline]).toEqual([at(2), at(2 + 24 * 60)])
})

test('people are cut into as many batches as the rule says, as even as they allow', async () => {
  const { people } = await opened(37)
  const { tags } = await register.db.person.findUniqueOrThrow({ where: { id: people[0]?.id as string } })
  for (const connections of [1, 2, 3, 8]) {
    for (const batchSize of [1, 2, 3, 5, 40]) {
      const name = `${connections} ${batchSize}`
      const campaign = await draftCampaign(register.db, { ...plan, name, askedTags: tags }, 'test', now)
      const { batches } = await selectRecipients(register.db, campaign, { batchSize, connections }, now)

      const cut = await register.db.recipient.groupBy({
        by: ['batch'],
        where: { campaignId: campaign.id },
        _count: true,
        orderBy: { batch: 'asc' },
      })
      const sizes = cut.map(({ _count }) => _count)
      // With more batches than people some stay empty.
      const filled = Math.min(37, batches)
      expect({ name, batches, filled: sizes.length }).toEqual({
        name,
        batches: batchCount(37, batchSize, connections),
        filled,
      })
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(batchSize)
    }
  }
})

test('batches claimed at once while people say no and are permitted again never lock each other out', async () => {
  const { campaign, people } = await opened(60, {}, 10)
  const db = register.db
  const told: string[] = []

  const answers = await Promise.allSettled([
    ...[1, 2, 3, 4, 5, 6].map((batch) => claimBatch(db, campaign.id, batch, now)),
    ...[1, 2].map((batch) => claimBatch(db, campaign.id, batch, now)),
    ...people.slice(0, 20).map(({ id, email }) => {
      told.push(id)
      const addresses = [...people.slice(0, 5), { email }].flatMap((person) =>
        register.keys.hashes('email', person.email),
      )
      return prohibit(db, { personId: id, at: now, channel: 'mail', actor: 'test', onceKey: `many ${id}`, addresses })
    }),
    ...people.slice(10, 15).map(({ id }) =>
      permit(db, {
        personId: id,
        at: now,
        channel: 'form',
        actor: 'test',
        source: 'x',
        wording: null,
        evidence: 'x',
        onceKey: `yes ${id}`,
      }),
    ),
  ])

  expect(answers.flatMap((answer) => (answer.status === 'rejected' ? [String(answer.reason)] : []))).toEqual([])
  // Each of those who said no was either left out by the claim, or is among those who must leave.
  const barred = await barredRecipients(db, campaign.id, now)
  const inTool = await db.recipient.findMany({
    where: { campaignId: campaign.id, personId: { in: told }, state: 'intended' },
  })
  expect(inTool.map(({ id }) => String(id)).sort()).toEqual(barred.sort())
}, 60_000)

/** Another batch of the campaign has been claimed before: from then on claims do not stand in each other's way. */
async function disclosedBefore({ id }: CampaignRecord): Promise<void> {
  await register.db.campaign.update({ where: { id }, data: { firstDisclosedAt: now } })
}

/** Claims batch 1 on a connection; the addresses in the order of the people. */
async function claimOn(client: pg.Client, campaign: CampaignRecord): Promise<string[]> {
  const { rows } = await client.query('select email from claim_batch($1, 1, $2)', [campaign.id, now])
  return rows.map(({ email }) => email).sort(byNumber)
}

const byNumber = (a: string, b: string) => Number(/\d+/.exec(a)?.[0]) - Number(/\d+/.exec(b)?.[0])

async function statesOf(campaign: CampaignRecord): Promise<Record<string, number>> {
  const rows = await register.db.recipient.groupBy({
    by: ['state', 'because'],
    where: { campaignId: campaign.id },
    _count: true,
  })
  return Object.fromEntries(
    rows.map(({ state, because, _count }) => [[state, because].filter(Boolean).join(' '), _count]),
  )
}
