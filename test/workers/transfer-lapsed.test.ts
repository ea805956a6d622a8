// What stops a push, and what never stops a withdrawal: the tool's entry in lupa.yaml, and the ceiling of a run.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withdraw } from '../../src/domain/campaign.ts'
import { campaignById, record } from '../../src/register/campaigns.ts'
import { approved, campaignIn, recipientStates, runStep, stillWorld, walk } from '../support/step.ts'
import type { World } from '../support/world.ts'

let world: World
beforeEach(async () => {
  world = await stillWorld()
})
afterEach(() => world.close())

test('when the check of the transfer has lapsed nobody more is pushed or mailed, and whoever is in the tool still comes out', async () => {
  const first = await campaignIn(world, 'disclosed', { people: 3 })
  const second = await campaignIn(world, 'opened', { people: 2 })
  lapse('2026-01-31')

  await expect(runStep(world, 'send-campaign', { campaignId: first.campaign.id })).rejects.toThrow(lapsed)
  await expect(
    runStep(world, 'disclose-recipients', { campaignId: second.campaign.id, batch: 1, lastBatch: 1 }),
  ).rejects.toThrow(lapsed)
  for (const { campaign } of [first, second]) await takeOut(campaign.id)
  await walk(world, first.campaign, 'closed')
  await walk(world, second.campaign, 'closed')

  expect(await recipientStates(world, first.campaign)).toEqual({ removed: 3 })
  expect((await world.tool()).audiences.flatMap(({ members }) => members)).toEqual([])
  expect(await world.mails()).toEqual([])
})

test('a run above the ceiling halts before anybody is disclosed, with the figures', async () => {
  await world.people(3)
  const campaign = await approved(world)
  const { company } = world.context.config
  if (!company) throw new Error('the world has a company')
  Object.assign(company.ceilings, { recipients: 2 })

  await expect(runStep(world, 'select-recipients', { campaignId: campaign.id })).rejects.toThrow(
    /^3 people would get this and the ceiling in lupa\.yaml is 2/,
  )

  expect(await recipientStates(world, campaign)).toEqual({})
  expect(await campaignById(world.context.db, campaign.id)).toMatchObject({ state: 'approved', firstDisclosedAt: null })
})

const lapsed = /should have been checked again by 2026-01-31: check it, move tool\.transfer\.nextCheck/

/** What lupa.yaml would say to a worker started now. */
function lapse(nextCheck: string): void {
  const { company } = world.context.config
  if (!company) throw new Error('the world has a company')
  Object.assign(company.tool.transfer, { nextCheck })
}

async function takeOut(campaignId: string): Promise<void> {
  const { db, clock } = world.context
  await record(db, campaignId, 'operator', (one) => withdraw(one, 'operator', clock()))
}
