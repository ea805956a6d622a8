// Deleting people should clear the reports too; where it does not, the report itself must go before "withdrawn" is said.
import { expect } from 'vitest'
import { until } from '../../src/operator/run-workers.ts'
import { campaignById } from '../../src/register/campaigns.ts'
import { certificateOf } from '../../src/register/certificates.ts'
import { story } from './backends.ts'

story('a report that keeps its addresses is deleted with its campaign before anybody says withdrawn', async (world) => {
  await world.people(8)
  const campaign = await world.draft({ settleSeconds: 3600 })
  await world.outside('mischief', { kind: 'reports-keep-addresses' })

  await world.launch(campaign)
  await world.reached(campaign, 'sent')
  await world.turn('2h')
  await world.reached(campaign, 'closed')

  const { campaigns, reportRows } = await world.tool()
  expect({ campaigns, reportRows }).toEqual({ campaigns: [], reportRows: [] })
  const certificate = await certificateOf(world.context.db, campaign.id)
  expect(certificate?.verification).toMatchObject({ toolCampaign: 'deleted', identifyingReportRows: 0 })
})

story('while the tool keeps both report and addresses, the campaign is not called withdrawn', async (world) => {
  const { db } = world.context
  await world.people(8)
  const campaign = await world.draft({ settleSeconds: 3600 })
  await world.outside('mischief', { kind: 'reports-keep-addresses' })
  await world.outside('mischief', { kind: 'refuse-campaign-deletion' })

  await world.launch(campaign)
  await world.reached(campaign, 'sent')
  await world.turn('2h')
  await until(async () => (await campaignById(db, campaign.id)).toolCampaignLeft, 30_000)

  const waiting = await campaignById(db, campaign.id)
  expect(waiting.state).toBe('withdrawing')
  expect((await world.tool()).audiences).toMatchObject([{ members: [] }])
  expect((await world.tool()).reportRows.some(({ email_address }) => email_address)).toBe(true)

  await fetch(`${world.emulator.url}/__control/mischief`, { method: 'DELETE' })
  await world.reached(campaign, 'closed')
  expect((await world.tool()).reportRows).toEqual([])
})
