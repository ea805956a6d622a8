// The way out is open from every state: cancel and withdraw do what they can, and where they cannot they say why (exit code 3).
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CampaignState, halt } from '../../src/domain/campaign.ts'
import { cancelCampaign, withdrawCampaign } from '../../src/operator/campaign-orders.ts'
import { type CampaignRecord, campaignById, record } from '../../src/register/campaigns.ts'
import { beat } from '../../src/register/worker-processes.ts'
import { lupaHere } from '../support/command-line.ts'
import { approved, campaignIn, stillWorld, walk } from '../support/step.ts'
import type { World } from '../support/world.ts'

let world: World
let people: string[]
beforeAll(async () => {
  world = await stillWorld()
  people = (await world.people(2)).map(({ id }) => id)
  await world.context.db.person.updateMany({ where: { id: { in: people } }, data: { tags: ['joku'] } })
})
afterAll(() => world.close())

type Order = 'cancel' | 'withdraw'
const orders = { cancel: cancelCampaign, withdraw: withdrawCampaign }

/** What comes of an order in each state: how the campaign ends, or the sentence. */
const ends: [CampaignState, Record<Order, string | RegExp>][] = [
  ['draft', { cancel: 'closed cancelled', withdraw: /is draft: there is nobody to withdraw/ }],
  ['approved', { cancel: 'closed cancelled', withdraw: /is approved: there is nobody to withdraw/ }],
  ['selected', { cancel: 'closed cancelled', withdraw: /is selected: there is nobody to withdraw/ }],
  ['opened', { cancel: 'closed cancelled', withdraw: 'closed cancelled' }],
  ['disclosed', { cancel: 'closed cancelled', withdraw: 'closed cancelled' }],
  ['sent', { cancel: 'closed sent', withdraw: 'closed sent' }],
]
const tooLate = [
  ['withdrawing', { cancel: /is withdrawing and cannot be cancelled/, withdraw: /is being withdrawn already/ }],
  ['withdrawn', { cancel: /is withdrawn and cannot/, withdraw: /is withdrawn: there is nobody/ }],
  ['closed', { cancel: /is closed and cannot/, withdraw: /is closed: there is nobody/ }],
] as const

for (const order of ['cancel', 'withdraw'] as const) {
  for (const halted of [false, true]) {
    const states = ends.filter(([state]) => !halted || state !== 'draft')
    test.each(states)(
      `${order} ${halted ? 'of a campaign halted while it was' : 'while'} %s`,
      async (state, outcomes) => {
        const outcome = outcomes[order]
        const campaign = await campaignThatIs(state, halted)

        if (typeof outcome !== 'string') {
          expect(await onCommandLine(order, campaign)).toEqual([3, '', expect.stringMatching(outcome)])
          expect(await campaignById(world.context.db, campaign.id)).toMatchObject({ state: campaign.state })
        } else {
          await orders[order](world.context, campaign, 'operator')
          const closed = await walk(world, campaign, 'closed')
          expect(`${closed.state} ${closed.outcome}`).toBe(outcome)
        }
        expect(members()).toBe(0)
      },
    )
  }
}

test('once everybody is on the way out, both orders are refused with what is happening', async () => {
  let campaign = await campaignThatIs('sent', false)
  for (const [state, says] of tooLate) {
    campaign = await walk(world, campaign, state)
    for (const order of ['cancel', 'withdraw'] as const) {
      expect(await onCommandLine(order, campaign)).toEqual([3, '', expect.stringMatching(says[order])])
      expect(await campaignById(world.context.db, campaign.id)).toMatchObject({ state })
    }
  }
})

test('a withdrawal that is halted goes on when it is ordered again', async () => {
  const campaign = await campaignThatIs('withdrawing', true)

  await withdrawCampaign(world.context, campaign, 'operator')

  expect(await walk(world, campaign, 'closed')).toMatchObject({ outcome: 'sent' })
  expect(members()).toBe(0)
})

test.each(['cancel', 'withdraw'] as const)(
  'while the tool sends, a %s is a wish that is kept, and carried out once it has sent',
  async (order) => {
    await world.outside('mischief', { kind: 'hold-delivery' })
    const { campaign } = await campaignIn(world, 'disclosed', { people: 0, plan: { askedTags: ['joku'] } })
    await walk(world, campaign, 'sending')

    // With a worker alive the command hands over and ends.
    await beat(world.context.db, crypto.randomUUID(), new Date())
    const said = await onCommandLine(order, campaign)
    const wished = await campaignById(world.context.db, campaign.id)
    world.emulator.state.mischief = []
    await world.outside('deliver', {})
    const closed = await walk(world, campaign, 'closed')

    expect(said).toEqual([0, expect.stringContaining('the wish to end it is kept'), ''])
    expect(wished).toMatchObject({ state: 'sending', cancelWanted: true })
    expect(closed).toMatchObject({ outcome: 'sent', because: 'cancelled' })
    expect(members()).toBe(0)
  },
)

/** The order as a user gives it: the exit code, and what is said on stdout and stderr. */
async function onCommandLine(order: Order, { id }: CampaignRecord): Promise<[number | null, string, string]> {
  const { code, stdout, stderr } = await lupaHere(['campaign', order, id], world.env)
  return [code, stdout, stderr]
}

async function campaignThatIs(state: CampaignState, halted: boolean): Promise<CampaignRecord> {
  const { db, clock } = world.context
  const plan = { askedTags: ['joku'], settleSeconds: 0 }
  const campaign = state === 'draft' ? await world.draft(plan) : await walk(world, await approved(world, plan), state)
  if (halted) await record(db, campaign.id, 'worker', (one) => halt(one, 'Somebody must look at it.', clock()))
  return campaignById(db, campaign.id)
}

function members(): number {
  return [...world.emulator.state.audiences.values()].reduce((sum, one) => sum + one.members.size, 0)
}
