// A register with two connections beside it, each in a transaction of its own: what is committed first is seen to be first.
import pg from 'pg'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { until } from '../../src/operator/run-workers.ts'
import { type CampaignPlan, type CampaignRecord, draftCampaign } from '../../src/register/campaigns.ts'
import { inTransaction, sql } from '../../src/register/database.ts'
import { claimBatch, settle } from '../../src/register/recipients.ts'
import { selectRecipients } from '../../src/register/selection.ts'
import { emptyRegister, givePermission, now, type TestRegister } from '../support/register.ts'

export let register: TestRegister
export let one: pg.Client
export let other: pg.Client

/** Opens them for the tests of a file. What a test began and did not commit is taken back after it. */
export function withTwoHands(): void {
  beforeAll(async () => {
    register = await emptyRegister()
    ;[one, other] = [await connected(), await connected()]
  })
  afterEach(async () => {
    for (const client of [one, other]) await client.query('rollback')
  })
  afterAll(async () => {
    for (const client of [one, other]) await client.end()
    await register.close()
  })
}

export type Someone = { id: string; email: string }
/** The number of the last person, campaign or word: each has its own. */
export let made = 0

export async function addPerson(more: Record<string, unknown> = {}): Promise<Someone> {
  made += 1
  const email = (more['email'] as string | undefined) ?? `henkilo@talo${made}.example`
  const data = {
    ...{
      register: 'koe',
      key: String(made),
      firstName: 'Etu',
      lastName: `Suku${made}`,
      keptFrom: now,
      tags: [`t${made}`],
    },
    ...{
      emailNature: 'work',
      domain: email.split('@')[1] as string,
      addressHashes: register.keys.hashes('email', email),
    },
    ...more,
    email,
  }
  const { id } = await register.db.person.create({ data })
  await givePermission(register.db, id)
  return { id, email }
}

/** So many new people, and an opened campaign of their own; `size` people a batch. */
export async function opened(count: number, more: Record<string, unknown> = {}, size = 500) {
  const people: Someone[] = []
  for (let n = 0; n < count; n += 1) people.push(await addPerson(more))
  return { campaign: await openedFor(people, size), people }
}

export async function openedFor(people: Someone[], size = 500): Promise<CampaignRecord> {
  const tag = `kampanja${++made}`
  await register.db.person.updateMany({ where: { id: { in: people.map(({ id }) => id) } }, data: { tags: [tag] } })
  const campaign = await draftCampaign(register.db, { ...plan, name: tag, askedTags: [tag] }, 'test', now)
  await selectRecipients(register.db, campaign, { batchSize: size, connections: 8 }, now)
  await register.db.campaign.update({ where: { id: campaign.id }, data: { state: 'opened' } })
  return campaign
}

export async function disclosed(count: number, more: Record<string, unknown> = {}) {
  const { campaign, people } = await opened(count, more)
  await settleAll(campaign)
  return { campaign, people }
}

export async function settleAll(campaign: CampaignRecord): Promise<void> {
  const claimed = await claimBatch(register.db, campaign.id, 1, now)
  const accepted = claimed.map(({ id }) => ({ id, outcome: 'accepted' as const, toolIdHashes: [] }))
  await settle(register.db, campaign.id, accepted, now)
  await register.db.campaign.update({ where: { id: campaign.id }, data: { state: 'disclosed' } })
}

export async function erase(id: string): Promise<void> {
  await inTransaction(register.db, async (tx) => {
    await tx.$executeRaw(sql`select set_config('lupa.removing_people', 'on', true)`)
    await tx.person.delete({ where: { id } })
  })
}

/** Says no on a connection of the test's choice, within whatever transaction it is in. */
export async function say(client: pg.Client, id: string | undefined, addresses: string[] = []): Promise<void> {
  const values = [id ?? null, now, `say ${id} ${addresses} ${++made}`, addresses]
  await client.query(`select prohibit($1, $2, 'mail', 'test', null, $3, $4::text[], null, null)`, values)
}

export async function recipientOf(campaign: CampaignRecord, personId: string | undefined): Promise<string> {
  const found = await register.db.recipient.findFirstOrThrow({
    where: { campaignId: campaign.id, personId: personId ?? null },
  })
  return String(found.id)
}

/** Polls until this connection waits for a lock. */
export async function waits(client: pg.Client): Promise<void> {
  const { processID } = client as unknown as { processID: number }
  await until(async () => (await waiting(`and pid = ${processID}`)) > 0, 10_000, 20)
}

export async function waiting(which: string): Promise<number> {
  const [row] = await register.db.$queryRawUnsafe<{ count: number }[]>(
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock' and pid <> pg_backend_pid() ${which}`,
  )
  return row?.count ?? 0
}

async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: register.database.url })
  await client.connect()
  return client
}

/** A newsletter; who asks for it is in `askedTags`. */
export const plan: CampaignPlan = {
  ...{
    name: '',
    subject: 'Kevään vinkit',
    fromName: 'Esimerkki',
    fromEmail: 'erja@konsultti.example',
    tool: 'mailchimp',
  },
  ...{
    language: 'fi',
    contentKind: 'html',
    contentRef: null,
    html: '',
    askedRelations: [],
    askedTags: [],
    sendAt: null,
  },
  settleSeconds: 3600,
}
