// No campaign enters sending with somebody who has said no by then (I2). Two real connections, and the order in which their
// transactions commit.
import { expect, test } from 'vitest'
import { until } from '../../src/operator/run-workers.ts'
import { type CampaignRecord, campaignById, recordSending } from '../../src/register/campaigns.ts'
import { inTransaction } from '../../src/register/database.ts'
import { optOut } from '../../src/register/opt-outs.ts'
import { barredRecipients } from '../../src/register/recipients.ts'
import { now } from '../support/register.ts'
import {
  addPerson,
  disclosed,
  erase,
  made,
  one,
  openedFor,
  recipientOf,
  register,
  type Someone,
  say,
  settleAll,
  waiting,
  waits,
  withTwoHands,
} from './two-hands.ts'

withTwoHands()

test('the gate waits for an opt-out that has begun, and does not send', async () => {
  const { campaign, people } = await disclosed(3)

  await one.query('begin')
  await say(one, people[1]?.id)
  const sending = recordSending(register.db, campaign.id, 3, now)
  await somebodyWaits()
  await one.query('commit')

  expect(await sending).toBeNull()
  expect((await campaignById(register.db, campaign.id)).state).toBe('disclosed')
})

test('an opt-out waits for a gate that has begun: who said no after the sending event said it after', async () => {
  const { campaign, people } = await disclosed(3)
  const recipientId = await recipientOf(campaign, people[1]?.id)
  const gate = held()

  const sending = inTransaction(register.db, async (tx) => {
    const event = await recordSending(tx, campaign.id, 3, now)
    await gate.passed
    return event
  })
  await until(async () => (await openEvents()) > 0, 10_000, 20)
  const saying = optOut(
    register.db,
    { recipientId, campaignId: campaign.id, personId: people[1]?.id as string, addressHash: null },
    now,
  )
  await somebodyWaits()
  expect(await register.db.feedback.count({ where: { campaignId: campaign.id } })).toBe(0)
  gate.pass()

  expect(await sending).toMatchObject({ type: 'sending-started' })
  await saying
  const [event] = await register.db.campaignEvent.findMany({ where: { campaignId: campaign.id } })
  expect(event).toMatchObject({ type: 'sending-started' })
  expect(await register.db.person.findUnique({ where: { id: people[1]?.id as string } })).toMatchObject({
    permission: 'prohibition',
  })
})

test('the gate waits for the prohibition of an organisation, and the prohibition for the gate', async () => {
  const organisation = await register.db.organisation.create({
    data: { register: 'koe', key: `o${made}`, name: 'Yritys' },
  })
  const forbid = `update organisation set prohibited_at = now() where id = '${organisation.id}'`
  const { campaign, people } = await disclosed(2, { organisationId: organisation.id })
  const second = await disclosedFor(people)

  // The gate first.
  const gate = held()
  const sending = inTransaction(register.db, async (tx) => {
    const event = await recordSending(tx, second.id, 2, now)
    await gate.passed
    return event
  })
  await until(async () => (await openEvents()) > 0, 10_000, 20)
  const forbidding = one.query(forbid)
  await waits(one)
  gate.pass()
  expect(await sending).toMatchObject({ type: 'sending-started' })
  await forbidding

  // The prohibition first.
  await one.query('update organisation set prohibited_at = null')
  await one.query('begin')
  await one.query(forbid)
  const refused = recordSending(register.db, campaign.id, 2, now)
  await somebodyWaits()
  await one.query('commit')
  expect(await refused).toBeNull()
})

test('the gate looks through shared addresses, erasure and restriction too', async () => {
  const harms = [
    async ({ email }: Someone) => say(one, (await addPerson({ email })).id),
    async ({ id }: Someone) => erase(id),
    async ({ id }: Someone) => register.db.person.update({ where: { id }, data: { restrictedAt: now } }),
  ]

  for (const harm of harms) {
    const { campaign, people } = await disclosed(2)
    await harm(people[0] as Someone)
    expect(await recordSending(register.db, campaign.id, 2, now)).toBeNull()
  }
})

test.each(['was disclosed', 'was taken in the tool since'])(
  'a no to the address that %s bars its recipient alone, whatever address the register has by now; a yes after it does not',
  async (which) => {
    const { campaign, people } = await disclosed(3)
    const recipientId = await recipientOf(campaign, people[1]?.id)
    const hash = register.keys.hash('email', `muu@talo${made}.example`)
    const ofRecipient = { where: { id: BigInt(recipientId) } }
    if (which === 'was disclosed') await register.db.recipient.update({ ...ofRecipient, data: { addressHash: hash } })
    else
      await register.db.recipientAlias.create({
        data: { campaignId: campaign.id, hash, recipientId: BigInt(recipientId) },
      })
    const barred = () => barredRecipients(register.db, campaign.id, now)

    expect(await barred()).toEqual([])
    const no = await register.db.suppression.create({ data: { addressHash: hash, kind: 'opted-out', at: now } })
    expect(await barred()).toEqual([recipientId])
    expect(await recordSending(register.db, campaign.id, 3, now)).toBeNull()

    const sameNo = { addressHash_kind: { addressHash: hash, kind: no.kind } }
    await register.db.suppression.update({ where: sameNo, data: { liftedAt: new Date(now.getTime() + 1) } })
    expect(await barred()).toEqual([])
  },
)

async function disclosedFor(people: Someone[]): Promise<CampaignRecord> {
  const campaign = await openedFor(people)
  await settleAll(campaign)
  return campaign
}

/** Polls until any connection to this database waits for a lock. */
async function somebodyWaits(): Promise<void> {
  await until(async () => (await waiting('')) > 0, 10_000, 20)
}

/** Transactions that have written a campaign's event and are not over. */
async function openEvents(): Promise<number> {
  const [row] = await register.db.$queryRawUnsafe<{ count: number }[]>(
    `select count(*)::int as count from pg_locks
     where relation = 'campaign_event'::regclass and mode = 'RowExclusiveLock' and database = (select oid from pg_database where datname = current_database())`,
  )
  return row?.count ?? 0
}

function held(): { passed: Promise<void>; pass: () => void } {
  let pass = () => {}
  const passed = new Promise<void>((resolve) => {
    pass = resolve
  })
  return { passed, pass: () => pass() }
}
