// The table of contents of a campaign: in which state which job is due. Asked after every step, and by the sweep for
// whatever got lost on the way: the register decides, the queue only delivers.
import type { Campaign } from './domain/campaign.ts'
import { batchRuns } from './domain/disclosure.ts'
import type { JobCall, JobName } from './queue/jobs.ts'
import type { Queues } from './queue/queue.ts'
import { findCampaign } from './register/campaigns.ts'
import type { Database } from './register/database.ts'
import { openBatches } from './register/recipients.ts'

/** What matters of the configuration here: how often feedback is read (ms), and the connections that share the batches. */
type Pace = { pollMs: number; toolConnections: number }

/** What is due for a campaign now. `open` are the batches with somebody to settle. */
export function due(campaign: Campaign, open: number[], now: Date, { pollMs, toolConnections }: Pace): JobCall[] {
  const payload = { campaignId: campaign.id }
  switch (campaign.state) {
    case 'draft':
    case 'halted':
      return [] // a person's turn
    case 'approved':
      return [{ job: 'select-recipients', payload }]
    case 'selected':
      return [{ job: 'open-audience', payload }]
    case 'opened':
      // With no batch left the first job finds nothing to do, and says that everybody is disclosed.
      return batchRuns(open.length > 0 ? open : [1], campaign.batches, toolConnections).map((run) => ({
        job: 'disclose-recipients',
        payload: { ...payload, ...run },
      }))
    case 'disclosed':
      return [{ job: 'send-campaign', payload }]
    case 'sending':
      return [{ job: 'watch-delivery', payload }]
    case 'sent':
      return [
        { job: 'collect-feedback', payload, delayMs: campaign.cancelWanted ? 0 : untilNextRead(campaign, now, pollMs) },
      ]
    case 'withdrawing':
      return [campaign.emptiedAt ? { job: 'verify-withdrawal', payload } : { job: 'withdraw-recipients', payload }]
    case 'withdrawn':
      return [{ job: 'close-campaign', payload }]
    case 'closed':
      return [] // the shell, if any, is the sweep's
    default:
      return campaign.state satisfies never
  }
}

/** How long until feedback is read next: one polling interval, or the end of the settle window if that is sooner. Milliseconds. */
export function untilNextRead(campaign: Campaign, now: Date, pollMs: number): number {
  const settled = (campaign.settleUntil?.getTime() ?? 0) - now.getTime()
  return Math.max(0, Math.min(pollMs, settled))
}

/** Queues what is due for a campaign; what was queued before is swallowed. `after` is the job that has just run and queued its like already. */
export async function follow(
  { queues, config, clock }: { queues: Queues; config: Pace; clock: () => Date },
  db: Database,
  campaignId: string,
  after?: JobName,
): Promise<void> {
  const campaign = await findCampaign(db, campaignId)
  if (!campaign) return
  const disclosing = campaign.state === 'opened' && after !== 'disclose-recipients'
  const calls = due(campaign, disclosing ? await openBatches(db, campaignId) : [], clock(), config)
  await queues.add(...calls.filter(({ job }) => job !== after))
}
