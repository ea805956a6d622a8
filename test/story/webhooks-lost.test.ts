// Webhooks make it quicker, and nothing else: with every one of them lost the register is the same one polling interval later.
import { expect, test } from 'vitest'
import { until } from '../../src/operator/run-workers.ts'
import { campaignStatus } from '../../src/register/campaign-status.ts'
import { openWorld, type World } from '../support/world.ts'

test('R3: with every webhook lost, permissions, suppressions and bounces are the same one polling interval later', async () => {
  const delivered = await tell({ lost: false })
  const lost = await tell({ lost: true })

  expect(lost.ways).toEqual(['people', 'report'])
  expect(delivered.ways).toContain('webhook')
  expect(lost.register).toEqual(delivered.register)
  expect(lost.register).toMatchObject({
    prohibited: ['henkilo1@yritys1.example', 'henkilo3@yritys3.example', 'henkilo4@yritys4.example'],
    bounced: ['henkilo2@yritys2.example'],
    suppressed: [
      'henkilo1@yritys1.example',
      'henkilo3@yritys3.example',
      'henkilo4@uusi.example',
      'henkilo4@yritys4.example',
    ],
    feedback: { optedOut: 2, bounced: 1, complained: 1 },
  })
})

/** One campaign of six, of whom four answer: an opt-out, a bounce, a complaint, and an opt-out under an address changed meanwhile. */
async function tell({ lost }: { lost: boolean }) {
  const world = await openWorld({ web: true, env: { LUPA_POLL: '1s' } })
  try {
    const { db } = world.context
    const [ada, bo, cai, dag] = await world.people(6)
    const campaign = await world.draft()
    if (lost) await world.outside('mischief', { kind: 'lose-webhook' })
    await world.launch(campaign)
    await world.reached(campaign, 'sent')

    await world.outside('unsubscribe', { email: ada?.email })
    await world.outside('bounce', { email: bo?.email, kind: 'hard' })
    await world.outside('complain', { email: cai?.email })
    await world.outside('change-address', { email: dag?.email, newEmail: 'henkilo4@uusi.example' })
    await world.outside('unsubscribe', { email: 'henkilo4@uusi.example' })
    await until(async () => (await campaignStatus(db, campaign.id)).inTool === 3, 30_000, 50)
    await until(async () => (await db.person.count({ where: { bouncedAt: { not: null } } })) === 1, 30_000, 50)

    const { feedback } = await campaignStatus(db, campaign.id)
    const ways = await db.feedback.findMany({ distinct: ['source'], select: { source: true } })
    const register = { ...(await registerOf(world)), feedback }
    await world.turn('73h')
    await world.reached(campaign, 'closed')
    return { register, ways: ways.map(({ source }) => source).sort() }
  } finally {
    await world.close()
  }
}

async function registerOf({ context: { db, keys } }: World) {
  const people = await db.person.findMany({ orderBy: { email: 'asc' } })
  const addresses = [...people.map(({ email }) => email ?? ''), 'henkilo4@uusi.example']
  const suppressed = await db.suppression.findMany()
  return {
    prohibited: people.filter(({ permission }) => permission === 'prohibition').map(({ email }) => email),
    bounced: people.filter(({ bouncedAt }) => bouncedAt).map(({ email }) => email),
    suppressed: suppressed
      .map(({ addressHash }) => addresses.find((address) => keys.hashes('email', address).includes(addressHash)))
      .sort(),
  }
}
