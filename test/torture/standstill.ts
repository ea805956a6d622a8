// Whether a round still moves: seen from the outside, in the register and in what the tool is asked.
import os from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import type { Context } from '../../src/context.ts'
import { type CampaignRecord, campaignById } from '../../src/register/campaigns.ts'
import type { Emulator } from '../emulator/mailchimp/emulator.ts'
import type { Herd } from './herd.ts'

/** What is watched of a round. `lastFault` by performance.now(). */
export type Watched = {
  context: Context
  campaign: CampaignRecord
  emulator: Emulator
  herd: Herd
  lastFault: number
  stuck: string[]
}

const stuckMs = 30_000
/** What the tool imposes at most when it asks us to wait, and a moment to begin again (mailchimp.md §7). */
const imposedMs = 65_000

/**
 * Watches for standstill: nothing moved in the register and the tool heard nothing for 30 s although everything works again and the
 * tool has not asked us to wait. Turns the clock where the product waits for minutes of it: an order that was never answered may act
 * for three of them. What stood still is added to `scene.stuck`, as a sentence. Ends with `over`.
 */
export async function watchStandstill(scene: Watched, turn: (ms: number) => void, over: AbortSignal): Promise<void> {
  let [seen, since, turned] = ['', performance.now(), 0]
  while (!over.aborted) {
    await wait(250)
    const now = await picture(scene).catch(() => null)
    const { requests, connections } = scene.emulator.state
    const touchedAt = Math.max(scene.lastFault, scene.herd.lastChange())
    if (now === null || now.text !== seen) [seen, since] = [now?.text ?? '', performance.now()]
    if (now === null) continue
    const still = performance.now() - since
    if (now.waits && performance.now() - touchedAt > 3000 && still > 2000 && connections.now === 0 && turned < 12) {
      turned += 1
      turn(200_000)
    }
    const free = performance.now() - Math.max(touchedAt, requests.throttledAt + imposedMs)
    if (Math.min(still, free) > stuckMs * crowding() && !now.restful) {
      scene.stuck.push(`nothing moved for 30 s: ${now.text}`)
      since = performance.now()
    }
  }
}

/** How many times slower than alone this machine is now: 30 s of a processor that six share are three minutes. */
export function crowding(): number {
  return Math.max(1, (os.loadavg()[0] ?? 0) / os.availableParallelism())
}

/** Where the campaign is, told shortly. `waits`: for time to pass. `restful`: nothing has to move, for it is somebody else's turn. */
async function picture({ context: { db, clock }, campaign, emulator }: Watched) {
  const now = await campaignById(db, campaign.id)
  const rows = await db.recipient.groupBy({ by: ['state'], where: { campaignId: campaign.id }, _count: true })
  const people = rows.map(({ state, _count }) => `${_count} ${state}`).sort()
  const settling = now.state === 'sent' && (now.settleUntil ?? clock()) > clock()
  return {
    text: [now.state, ...people, now.waitingFor, emulator.state.requests.total]
      .filter((one) => one !== null)
      .join(', '),
    waits: now.waitingFor !== null && !settling,
    restful: settling || now.state === 'closed' || now.state === 'halted',
  }
}
