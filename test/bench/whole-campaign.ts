// A whole campaign, from the launch to the certificate, with the workers' processes beside us and the tool at its latency.
import { setTimeout as wait } from 'node:timers/promises'
import { launchNow, preflight } from '../../src/operator/launching.ts'
import { type CampaignPlan, campaignById, draftCampaign } from '../../src/register/campaigns.ts'
import type { Stage } from './stage.ts'

export type CampaignRun = {
  people: number
  seconds: number
  /** Requests to the tool, without looks at what was not ready yet; those are `waitingPolls`. */
  requests: number
  waitingPolls: number
  byRoute: Record<string, number>
  /** Busy connection-seconds of the adding requests ÷ (connections × time from the first to the last). */
  disclosureUtilisation: number
  /** What each worker process had of the adding requests: parts of 1. */
  addingShares: number[]
  peakRssMb: number
  cpuMs: number
  /** Seconds until each state was reached, from the launch. */
  reached: Record<string, number>
}

/** Lives one campaign of everybody in the register. Throws with the campaign's sentence when it halts. */
export async function wholeCampaign(stage: Stage, people: number): Promise<CampaignRun> {
  const { context } = stage
  const { db, clock, config } = context
  await stage.emptyTool()
  const before = await stage.usage()
  const campaign = await draftCampaign(db, plan, 'bench', clock())
  const began = performance.now()
  const reached: Record<string, number> = {}
  await launchNow(context, campaign, await preflight(context, campaign))
  for (let state = ''; state !== 'closed'; await wait(50)) {
    const now = await campaignById(db, campaign.id)
    if (now.state === 'halted') throw new Error(`halted: ${now.haltedBecause}`)
    state = now.state
    reached[state] ??= round((performance.now() - began) / 1000, 2)
  }
  const seconds = (performance.now() - began) / 1000
  const after = await stage.usage()
  const { total, waiting, byRoute, times } = await stage.requests()
  const adding = times['POST /lists/:list_id'] ?? { first: 0, last: 1, busy: 0 }
  return {
    people,
    seconds: round(seconds, 2),
    requests: total - waiting,
    waitingPolls: waiting,
    byRoute,
    disclosureUtilisation: round(adding.busy / (config.toolConnections * (adding.last - adding.first)), 3),
    addingShares: shares(after.adding.map((count, worker) => count - (before.adding[worker] ?? 0))),
    peakRssMb: Math.round(after.peakRssMb),
    cpuMs: Math.round(after.cpuMs - before.cpuMs),
    reached,
  }
}

function shares(counts: number[]): number[] {
  const all = counts.reduce((sum, one) => sum + one, 0)
  return counts.map((one) => round(one / all, 3))
}

/** A number with so many decimals. */
export function round(value: number, decimals: number): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals
}

const plan: CampaignPlan = {
  name: 'mittaus',
  subject: 'Mittaus',
  fromName: 'Esimerkki Consulting Oy',
  fromEmail: 'erja@konsultti.example',
  tool: 'mailchimp',
  language: 'fi',
  contentKind: 'html',
  contentRef: null,
  html: '<!doctype html><html lang="fi"><head><title>Mittaus</title></head><body><p>Hei *|FNAME|*.</p></body></html>',
  askedRelations: [],
  askedTags: [],
  sendAt: null,
  settleSeconds: 0,
}
