// The gate: what the tool holds is what was disclosed, or nothing is sent.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Reason, reasons } from '../../src/domain/eligibility.ts'
import { Refused } from '../../src/domain/errors.ts'
import { rotateKeys } from '../../src/ledger/key-ring.ts'
import { type CampaignRecord, campaignById } from '../../src/register/campaigns.ts'
import { sql } from '../../src/register/database.ts'
import { prohibit } from '../../src/register/permissions.ts'
import { barredRecipients } from '../../src/register/recipients.ts'
import { steps } from '../../workers/index.ts'
import { otherHand } from '../support/other-hand.ts'
import {
  campaignIn,
  passing,
  recipientStates,
  runStep,
  stepContext,
  stillWorld,
  waitingJobs,
  walk,
} from '../support/step.ts'
import type { TestPerson, World } from '../support/world.ts'

let world: World
beforeEach(async () => {
  world = await stillWorld()
})
afterEach(() => world.close())

test('a stranger in the audience stops the sending', async () => {
  const { campaign } = await campaignIn(world, 'disclosed')
  otherHand(world).add(campaign.audienceId, 'vieras@muualla.example')

  await expect(passing(() => gate(campaign))).rejects.toThrow(/^Somebody whom we did not push is in the audience/)
  await expect(gate(campaign)).rejects.toThrow(Refused)

  expect(await nothingSent(campaign)).toBe(true)
})

test('a stranger who is out of sight in the archive stops it too', async () => {
  const { campaign } = await campaignIn(world, 'disclosed')
  otherHand(world).add(campaign.audienceId, 'vieras@muualla.example')
  otherHand(world).changeStatus(campaign.audienceId, 'vieras@muualla.example', 'archived')

  await expect(passing(() => gate(campaign))).rejects.toThrow(/^Somebody whom we did not push/)
})

test.each([
  ['a field', { merge_fields: { PHONE: '+358401234567' } }, /merge_fields\.PHONE/],
  ['a language', { language: 'fi' }, /language/],
  ['a place', { location: { latitude: 60.17, longitude: 24.94 } }, /location/],
  ['a tag', { tags: ['vip'] }, /tags/],
])(
  'a value in %s that we never filled stops the sending, and the sentence names the field and not the value',
  async (_what, change, named) => {
    const { campaign, people } = await campaignIn(world, 'disclosed')
    const member = otherHand(world).member(campaign.audienceId, people[0]?.email as string)
    if ('merge_fields' in change) {
      const tag = 'PHONE'
      const field = { merge_id: 9, tag, name: tag, type: 'text', required: false }
      world.emulator.state.audiences.get(campaign.audienceId as string)?.mergeFields.push(field)
      Object.assign(member.merge_fields, change.merge_fields)
    } else if ('tags' in change) Object.assign(member, change)
    else member.other = change

    const refusal = await passing(() => gate(campaign)).catch((error: Error) => error)

    expect(refusal).toBeInstanceOf(Refused)
    expect((refusal as Error).message).toMatch(named)
    expect((refusal as Error).message).not.toMatch(/358|vip|60\.17|@/)
    expect(await nothingSent(campaign)).toBe(true)
  },
)

test('a person said to be taken and never seen is waited for five minutes, then settled lost, and the others are sent to', async () => {
  await world.outside('mischief', { kind: 'lose-member', email: 'henkilo2@yritys2.example' })
  const { campaign } = await campaignIn(world, 'disclosed')

  expect(await passing(() => gate(campaign))).toMatchObject({ waitingFor: '1 people to appear in the tool' })
  await world.turn('4m')
  expect(await gate(campaign)).toMatchObject({ waitingFor: '1 people to appear in the tool' })
  expect(await recipientStates(world, campaign)).toEqual({ accepted: 3 })
  await world.turn('2m')
  await gate(campaign)

  expect(await recipientStates(world, campaign)).toEqual({ accepted: 2, 'refused LOST': 1 })
  await walk(world, campaign, 'sent')
  expect(await world.mails()).toHaveLength(2)
})

test('somebody who appears after being settled lost is taken out again, not mailed', async () => {
  await world.outside('mischief', { kind: 'lose-member', email: 'henkilo2@yritys2.example', times: 1 })
  const { campaign, people } = await campaignIn(world, 'disclosed')
  await gate(campaign)
  await world.turn('6m')
  await gate(campaign)
  otherHand(world).add(campaign.audienceId, people[1]?.email as string)

  await walk(world, campaign, 'sent')

  expect((await world.mails()).map(({ to }) => to)).not.toContain(people[1]?.email)
  expect((await world.tool()).audiences[0]?.members).toHaveLength(2)
})

test.each(['unsubscribed', 'cleaned', 'pending', 'archived'] as const)(
  'a member who is %s is taken out and settled refused; who opted out or bounced there is known to the register',
  async (status) => {
    const { campaign, people } = await campaignIn(world, 'disclosed')
    otherHand(world).changeStatus(campaign.audienceId, people[0]?.email as string, status)

    await walk(world, campaign, 'sent')
    await runStep(world, 'apply-feedback', {})

    expect(await recipientStates(world, campaign)).toEqual({ accepted: 2, 'refused NOT_SUBSCRIBED': 1 })
    expect((await world.tool()).audiences[0]?.members).toHaveLength(2)
    expect((await world.mails()).map(({ to }) => to).sort()).toEqual([people[1]?.email, people[2]?.email])
    const person = await world.context.db.person.findUniqueOrThrow({ where: { id: people[0]?.id as string } })
    expect({ permission: person.permission, bounced: person.bouncedAt !== null }).toEqual({
      permission: status === 'unsubscribed' ? 'prohibition' : 'permission',
      bounced: status === 'cleaned',
    })
  },
)

test('while the tool counts other recipients than are right, the gate waits; after a quarter of an hour it asks', async () => {
  await world.outside('mischief', { kind: 'recipients-not-ready' })
  const { campaign } = await campaignIn(world, 'disclosed')

  expect(await gate(campaign)).toMatchObject({ waitingFor: 'the tool to count its recipients' })
  await world.turn('14m')
  expect(await gate(campaign)).toMatchObject({ waitingFor: 'the tool to count its recipients' })
  await world.turn('2m')
  await expect(gate(campaign)).rejects.toThrow(/^The tool would send to 0 people and 3 are right\. Withdraw, or resume/)

  expect(await nothingSent(campaign)).toBe(true)
})

test('an opt-out between disclosure and sending takes the person out before anything is sent', async () => {
  const { campaign, people } = await campaignIn(world, 'disclosed')
  await sayNo(people[0]?.id)

  expect(await gate(campaign)).toMatchObject({ waitingFor: 'people who may not be mailed any more to leave the tool' })
  expect(await waitingJobs(world)).toMatchObject({ 'remove-recipient': 1 })
  expect(await nothingSent(campaign)).toBe(true)
  const [gone] = await world.context.db.recipient.findMany({
    where: { campaignId: campaign.id, personId: people[0]?.id as string },
  })
  await runStep(world, 'remove-recipient', { campaignId: campaign.id, recipientId: String(gone?.id) })
  await walk(world, campaign, 'sent')

  expect((await world.mails()).map(({ to }) => to).sort()).toEqual([people[1]?.email, people[2]?.email])
  expect(await recipientStates(world, campaign)).toEqual({ accepted: 2, removed: 1 })
})

/** What may happen to a person between disclosure and sending, one for each reason that is about them alone. */
const turns: Record<Exclude<Reason, 'DUPLICATE_ADDRESS'>, (person: TestPerson) => Promise<unknown>> = {
  ERASED: async ({ email }) => suppress(email, 'erased'),
  PROHIBITED: ({ id }) => sayNo(id),
  ORGANISATION_PROHIBITED: ({ email }) =>
    world.context.db.prohibitedDomain.create({
      data: { domain: email.replace(/.*@/, ''), at: world.context.clock(), evidence: 'kirje', actor: 'test' },
    }),
  RESTRICTED: ({ id }) => change(id, { restrictedAt: world.context.clock() }),
  EXPIRED: ({ id }) => change(id, { keptFrom: new Date('1980-01-01T00:00:00Z') }),
  NO_WORK_EMAIL: ({ id }) => change(id, { email: null, emailNature: null }),
  INVALID_ADDRESS: ({ id }) => change(id, { emailDoubtful: true }),
  ROLE_ADDRESS: ({ id }) => change(id, { emailNature: 'role' }),
  PRIVATE_ADDRESS: ({ id }) => change(id, { emailNature: 'private' }),
  BOUNCED: ({ id }) => change(id, { bouncedAt: world.context.clock() }),
  UNDER_REVIEW: ({ id }) => change(id, { underReview: true }),
  FEEDBACK_UNKNOWN: ({ id }) => change(id, { feedbackUnknown: true }),
  // The file that gave it says nothing any more.
  NO_PERMISSION: ({ id }) =>
    world.context.db.permissionEntry.create({
      data: {
        ...{ personId: id, says: 'unknown', at: world.context.clock(), channel: 'register-file', actor: 'test' },
        onceKey: `takaisin|${id}`,
      },
    }),
}

test('whoever is not eligible any more, for whichever reason, is taken out before anything is sent; the others are sent to', async () => {
  const { db, clock } = world.context
  const why = Object.keys(turns) as (keyof typeof turns)[]
  const { campaign, people } = await campaignIn(world, 'disclosed', { people: why.length + 2 })
  await db.retentionLifetime.createMany({ data: [{ category: 'person', days: 7300 }], skipDuplicates: true })
  for (const [place, reason] of why.entries()) await turns[reason](people[place] as TestPerson)
  const rows = await db.$queryRaw<{ person_id: string; because: string }[]>(
    sql`select person_id, because from eligibility(${clock()}::timestamptz) where because is not null`,
  )
  const found = new Map(rows.map((row) => [row.person_id, row.because]))

  const waiting = await gate(campaign)
  const leaving = await waitingJobs(world)
  for (const recipientId of await barredRecipients(db, campaign.id, clock()))
    await runStep(world, 'remove-recipient', { campaignId: campaign.id, recipientId })
  await walk(world, campaign, 'sent')

  expect(why.toSorted()).toEqual(reasons.filter((reason) => reason !== 'DUPLICATE_ADDRESS').toSorted())
  expect(why.map((_, place) => found.get(people[place]?.id as string))).toEqual(why)
  expect(waiting).toMatchObject({ waitingFor: 'people who may not be mailed any more to leave the tool' })
  expect(leaving).toMatchObject({ 'remove-recipient': why.length })
  expect((await world.mails()).map(({ to }) => to).sort()).toEqual(
    people
      .slice(-2)
      .map(({ email }) => email)
      .sort(),
  )
  expect(await recipientStates(world, campaign)).toEqual({ accepted: 2, removed: why.length })
  expect((await world.tool()).audiences[0]?.members).toHaveLength(2)
})

test('once it was sent, those who say no leave at once, and who only bounced waits for the withdrawal', async () => {
  const { db, clock } = world.context
  const { campaign, people } = await campaignIn(world, 'sent')
  await turns.BOUNCED(people[0] as TestPerson)
  await turns.PROHIBITED(people[1] as TestPerson)

  const barred = await barredRecipients(db, campaign.id, clock())

  const theirs = await db.recipient.findMany({ where: { id: { in: barred.map(BigInt) } } })
  expect(theirs.map(({ personId }) => personId)).toEqual([people[1]?.id])
})

test('an opt-out at the very last moment, after the tool was compared, is still before the sending', async () => {
  const { campaign, people } = await campaignIn(world, 'disclosed')
  const context = stepContext(world, 'send-campaign')
  const late = {
    ...context,
    tool: (name: string) => {
      const tool = context.tool(name)
      return {
        ...tool,
        // The last question before the lock: the answer arrives, and somebody has said no meanwhile.
        readiness: async (id: string) => {
          const answer = await tool.readiness(id)
          await sayNo(people[0]?.id)
          return answer
        },
      }
    },
  }

  const again = await passing(() => steps['send-campaign'].run({ campaignId: campaign.id }, late))

  expect(again).toMatchObject({ waitingFor: 'people who may not be mailed any more to leave the tool' })
  expect(await nothingSent(campaign)).toBe(true)
})

test('keys rotated between disclosure and gate make strangers of nobody', async () => {
  const { campaign } = await campaignIn(world, 'disclosed')
  const keys = rotateKeys(world.context.config)
  const context = { ...stepContext(world, 'send-campaign'), keys }

  expect(keys.ids).toEqual(['k2', 'k1'])
  expect(await passing(() => steps['send-campaign'].run({ campaignId: campaign.id }, context))).toBeUndefined()
  expect(await campaignById(world.context.db, campaign.id)).toMatchObject({ state: 'sending' })
})

test('who moves to another address in the tool before it is sent is mailed there, and known by the id that came with it', async () => {
  const { campaign, people } = await campaignIn(world, 'disclosed')
  const moved = { email: people[0]?.email as string, list: campaign.audienceId, newEmail: 'uusi@toinen.example' }
  await world.outside('change-address', moved)
  const { db, keys } = world.context

  await walk(world, campaign, 'sent')

  const { unique_email_id: newId } = otherHand(world).member(campaign.audienceId, moved.newEmail)
  const kept = await db.recipientToolId.findMany({ where: { hash: keys.hash('tool-id', newId) } })
  const recipient = await db.recipient.findFirst({
    where: { campaignId: campaign.id, personId: people[0]?.id as string },
  })
  expect((await world.mails()).map(({ to }) => to)).toContain(moved.newEmail)
  expect(kept.map(({ recipientId }) => recipientId)).toEqual([recipient?.id])
})

const gate = (campaign: CampaignRecord) => runStep(world, 'send-campaign', { campaignId: campaign.id })
async function nothingSent(campaign: CampaignRecord): Promise<boolean> {
  const { state } = await campaignById(world.context.db, campaign.id)
  const [inTool] = (await world.tool()).campaigns
  return state === 'disclosed' && inTool?.status === 'save' && (await world.mails()).length === 0
}

async function change(id: string, data: Parameters<typeof world.context.db.person.update>[0]['data']): Promise<void> {
  await world.context.db.person.update({ where: { id }, data })
}

async function suppress(email: string, kind: 'erased'): Promise<void> {
  const { db, keys, clock } = world.context
  await db.suppression.create({ data: { addressHash: keys.hash('email', email), kind, at: clock() } })
}

async function sayNo(personId: string | undefined): Promise<void> {
  const { db, clock } = world.context
  const said = { at: clock(), channel: 'mail' as const, actor: 'test' }
  await prohibit(db, { ...said, personId: personId as string, onceKey: `no ${personId}` })
}
