// The table of contents of a campaign: in which state which job is due. Asked after every step, and by the sweep for
// whatever got lost on the way: the register decides, the queue only delivers.
import type { Campaign } from './domain/campaign.ts'
import type { BatchRun } from './domain/disclosure.ts'
import type { JobCall, JobName } from './queue/jobs.ts'
import type { Queues } from './queue/queue.ts'
import { findCampaign } from './register/campaigns.ts'
import type { Database } from './register/database.ts'
import { openRuns } from './register/recipients.ts'

/** What is due for a campaign now. `runs` are batches with somebody to settle; `pollMs` is how often feedback is read. */
export function due(campaign: Campaign, runs: BatchRun[], now: Date, pollMs: number): JobCall[] {
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
      return (runs.length > 0 ? runs : [{ batch: 1, lastBatch: 1 }]).map((run) => ({
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
  { queues, config, clock }: { queues: Queues; config: { pollMs: number; toolConnections: number }; clock: () => Date },
  db: Database,
  campaignId: string,
  after?: JobName,
): Promise<void> {
  const campaign = await findCampaign(db, campaignId)
  if (!campaign) return
  const disclosing = campaign.state === 'opened' && after !== 'disclose-recipients'
  const runs = disclosing ? await openRuns(db, campaignId, config.toolConnections) : []
  const calls = due(campaign, runs, clock(), config.pollMs)
  await queues.add(...calls.filter(({ job }) => job !== after))
}
