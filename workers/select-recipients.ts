// Step 1: everyone the campaign asks for becomes a recipient, or is excluded with the one reason why.
import { halt, select } from '../src/domain/campaign.ts'
import { formatDuration } from '../src/domain/duration.ts'
import { Refused } from '../src/domain/errors.ts'
import { toolTraits } from '../src/marketing/tools.ts'
import { findCampaign, record } from '../src/register/campaigns.ts'
import { selectRecipients } from '../src/register/selection.ts'
import { processor } from './processor.ts'

const minute = 60_000
const tooLate = 120 * minute

export const selectPeople = processor('select-recipients', async ({ campaignId }, ctx) => {
  const { db, clock } = ctx
  const campaign = await findCampaign(db, campaignId)
  if (campaign?.state !== 'approved') return

  const now = clock()
  if (campaign.sendAt) {
    const untilStart = campaign.sendAt.getTime() - leadTime(await db.person.count()) - now.getTime()
    if (untilStart > 0)
      return { againInMs: Math.min(untilStart, 15_000), waitingFor: `its time, ${campaign.sendAt.toISOString()}` }
    const late = now.getTime() - campaign.sendAt.getTime()
    if (late > tooLate) {
      const sentence = `The time to send was ${formatDuration(late - (late % minute))} ago: this machine was asleep or busy. Resume to send now, or cancel.`
      await record(db, campaignId, 'worker', (one) =>
        one.state === 'approved' && one.sendAt ? halt(one, sentence, now) : null,
      )
      await db.campaign.updateMany({ where: { id: campaignId, state: 'halted' }, data: { sendAt: null } })
      return
    }
  }

  const ceiling = ctx.config.company?.ceilings.recipients ?? 0
  await record(db, campaignId, 'worker', async (one, tx) => {
    if (one.state !== 'approved') return null
    const { batchSize } = toolTraits(one.tool)
    const counts = await selectRecipients(tx, one, { batchSize, connections: ctx.config.toolConnections }, now)
    // What is thrown undoes the selection, and the campaign halts with the sentence.
    if (counts.selected > ceiling) {
      throw new Refused(
        `${counts.selected} people would get this and the ceiling in lupa.yaml is ${ceiling}: raise ceilings.recipients and resume, or cancel.`,
      )
    }
    if (counts.selected === 0) {
      throw new Refused(
        'Nobody may get this campaign now: see `lupa campaign preview`. Cancel it, or resume when permissions have come.',
      )
    }
    return select(one, counts, now)
  })
})

/** How long before its time a campaign begins: 30 min and 1 min per 2,000 people. Milliseconds. */
function leadTime(people: number): number {
  return (30 + people / 2000) * minute
}
