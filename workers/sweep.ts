// The clock: whatever the register says should have moved and did not, moves again. Redis may be flushed; nothing is lost.
import { underlying, withdraw } from '../src/domain/campaign.ts'
import { follow } from '../src/flow.ts'
import { readCall } from '../src/queue/jobs.ts'
import { type CampaignRecord, listCampaigns, record } from '../src/register/campaigns.ts'
import { waitingFeedback } from '../src/register/feedback.ts'
import { inspectTexts } from '../src/register/inspection.ts'
import { dueAgain, forgetApplied } from '../src/register/set-aside.ts'
import { forgetSignUps } from '../src/register/sign-ups.ts'
import { waitingDeliveries } from '../src/register/webhook-deliveries.ts'
import { eachByItself } from './each-by-itself.ts'
import { processor, type StepContext } from './processor.ts'

export const sweep = processor('sweep', async (_payload, ctx) => {
  const { db, queues, keys, clock, log } = ctx
  if ((await waitingDeliveries(db)) > 0) await queues.add({ job: 'apply-webhooks', payload: {} })
  if ((await waitingFeedback(db)) > 0) await queues.add({ job: 'apply-feedback', payload: {} })
  // Whoever said no since the last look is in the outbox, whatever door they came by.
  if ((await db.ledgerOutbox.count({ where: { writtenAt: null } })) > 0) {
    await queues.add({ job: 'write-ledger', payload: {} }, { job: 'find-removals', payload: {} })
  }
  // Each step looks first whether it is still wanted: what is past returns quietly, and is set aside no more.
  await forgetApplied(db)
  for (const { job, payload } of await dueAgain(db, clock())) {
    const call = readCall(job, payload)
    if (call) await queues.add(call)
  }
  await forgetSignUps(db, clock())
  await inspectTexts(db, keys, clock())

  await eachByItself(await listCampaigns(db, { open: true }), async (campaign) => {
    if (overdue(campaign, clock())) await pastDeadline(ctx, campaign)
    await follow(ctx, db, campaign.id)
    const shellDue =
      campaign.shell === 'pending' && campaign.state === 'closed' && (campaign.shellNotBefore ?? clock()) <= clock()
    if (shellDue) await queues.add({ job: 'sweep-tool', payload: {} })
  })
  log.trace('swept')
  return undefined
})

function overdue({ deadline, state }: CampaignRecord, now: Date): boolean {
  return deadline !== null && deadline < now && state !== 'closed' && state !== 'withdrawn'
}

/** Nobody may be left by now: an alarm, and what can still be withdrawn is. */
async function pastDeadline({ db, clock, log }: StepContext, campaign: CampaignRecord): Promise<void> {
  log.error(
    { campaignId: campaign.id, state: campaign.state, deadline: campaign.deadline },
    'people are in the tool past the deadline',
  )
  if (!['opened', 'disclosed', 'sent'].includes(underlying(campaign))) return
  await record(db, campaign.id, 'sweep', (one) =>
    one.state === campaign.state ? withdraw(one, 'deadline', clock()) : null,
  )
}
