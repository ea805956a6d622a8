// Whoever is erased, corrected or restricted while a campaign has them in the tool leaves it at once (R-11, R-12, GDPR Art. 19),
// and what they still say counts.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readEmailCell } from '../../src/intake/email-cell.ts'
import { correctNow, eraseNow, restrictNow } from '../../src/operator/person-orders.ts'
import { applyFeedback, feedbackCounts } from '../../src/register/feedback.ts'
import { otherHand } from '../support/other-hand.ts'
import { campaignIn, recipientStates, runStep, stillWorld, walk } from '../support/step.ts'
import type { World } from '../support/world.ts'

let world: World
beforeEach(async () => {
  world = await stillWorld()
})
afterEach(() => world.close())

test('erased, corrected and restricted people are out of the tool when the command ends, and nobody else', async () => {
  const { campaign, people } = await campaignIn(world, 'sent', { people: 5 })
  const [erased, renamed, moved, restricted, stays] = people.map(({ id }) => id) as [
    string,
    string,
    string,
    string,
    string,
  ]
  const { context } = world

  const told = [
    await eraseNow(context, erased, 'request'),
    await correctNow(context, renamed, { lastName: 'Oikea' }),
    await correctNow(context, moved, { email: readEmailCell('oikea@yritys.example') }),
    await restrictNow(context, restricted, 'unlawful'),
    await correctNow(context, stays, { title: 'Johtaja' }),
  ].map(({ tool }) => tool)

  expect(told).toEqual(['left', 'left', 'left', 'left', 'nobody-there'])
  expect(otherHand(world).members(campaign.audienceId)).toEqual([people[4]?.email])
  expect(await recipientStates(world, campaign)).toEqual({ accepted: 1, removed: 4 })
})

test('what an erased person told the tool before they left it counts by the hash of the address, and keeps the address out', async () => {
  const { campaign, people } = await campaignIn(world, 'sent')
  const { db, keys, clock } = world.context
  await world.outside('unsubscribe', { email: people[0]?.email })

  await eraseNow(world.context, people[0]?.id as string, 'request')
  await applyFeedback(db, clock())

  const hash = keys.hash('email', people[0]?.email as string)
  const kinds = await db.suppression.findMany({ where: { addressHash: hash }, orderBy: { kind: 'asc' } })
  expect(kinds.map(({ kind }) => kind)).toEqual(['erased', 'opted-out'])
  expect(await feedbackCounts(db, campaign.id)).toMatchObject({ optedOut: 1 })
  expect(await db.feedback.count({ where: { personId: { not: null } } })).toBe(0)
  expect((await walkOn(campaign.id)).state).toBe('closed')
})

test('a mail in flight is not touched: the person is gone from the register, and leaves the tool right after', async () => {
  await world.outside('mischief', { kind: 'hold-delivery' })
  const { campaign, people } = await campaignIn(world, 'sending')

  const { tool } = await eraseNow(world.context, people[0]?.id as string, 'request')
  const during = otherHand(world).members(campaign.audienceId)
  await fetch(`${world.emulator.url}/__control/mischief`, { method: 'DELETE' })
  await world.outside('deliver', {})
  await walk(world, campaign, 'sent')
  await runStep(world, 'find-removals', {})
  for (const { id } of await world.context.db.recipient.findMany({ where: { personId: null } }))
    await runStep(world, 'remove-recipient', { campaignId: campaign.id, recipientId: String(id) })

  expect(tool).toBe('leaves')
  expect(during).toHaveLength(3)
  expect(otherHand(world).members(campaign.audienceId)).toHaveLength(2)
})

async function walkOn(campaignId: string) {
  const { db } = world.context
  await world.turn('73h')
  return walk(world, (await db.campaign.findUniqueOrThrow({ where: { id: campaignId } })) as never, 'closed')
}
