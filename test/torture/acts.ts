// What breaks in a round, and what is wished of it, one act after the other.
import { setTimeout as wait } from 'node:timers/promises'
import { cancelCampaign } from '../../src/operator/campaign-orders.ts'
import { campaignById } from '../../src/register/campaigns.ts'
import { importAgain } from './people.ts'
import type { Act } from './plan.ts'
import { control, look, patiently, type Scene } from './scene.ts'
import { speak } from './voices.ts'

/** Does all of them, each so long after the one before as it says. */
export async function perform(scene: Scene, acts: Act[]): Promise<void> {
  for (const act of acts) {
    await wait(act.afterMs)
    await happen(scene, act)
    if (isWish(act)) continue
    scene.faults += 1
    scene.lastFault = performance.now()
  }
}

/** What people want of us, rather than what breaks. */
function isWish({ fault }: Act): boolean {
  return ['prohibit', 'erase', 'import', 'cancel'].includes(fault)
}

async function happen(scene: Scene, act: Act): Promise<void> {
  const { ground, herd, databaseUrl, context, campaign, chance } = scene
  switch (act.fault) {
    case 'kill':
      return herd.kill(chance.whole(0, 9))
    case 'flush-queue':
      await look(scene)
      return ground.flushQueue(databaseUrl)
    case 'restart-queue':
      await look(scene)
      return ground.restartQueue(databaseUrl)
    case 'restart-postgres':
      return ground.restartPostgres()
    case 'mischief':
      return control(scene, 'mischief', act.trouble)
    case 'prohibit':
      return speak(scene, 'operator')
    case 'erase':
      return speak(scene, 'erasure')
    case 'import':
      return patiently(() => importAgain(context))
    case 'cancel': {
      const now = await patiently(() => campaignById(context.db, campaign.id))
      // Too late is an answer too.
      return patiently(() => cancelCampaign(context, now, 'torture')).catch(() => {})
    }
    default:
      return act satisfies never
  }
}
