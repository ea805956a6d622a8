// What the owner may order about one person: correct, restrict, release, erase. Each reaches the tool and the outside ledger too.
import type { Context } from '../context.ts'
import { underlying } from '../domain/campaign.ts'
import { Unavailable } from '../domain/errors.ts'
import type { RestrictionGround } from '../domain/restriction.ts'
import type { JobCall } from '../queue/jobs.ts'
import { listCampaigns } from '../register/campaigns.ts'
import { type Changes, type Corrected, correctPerson } from '../register/corrections.ts'
import { type ErasedBecause, type Erasure, erasePerson } from '../register/erasure.ts'
import { barredRecipients } from '../register/recipients.ts'
import { restrictPerson } from '../register/restrictions.ts'
import { afterProhibition } from './after-prohibition.ts'
import { workOff } from './run-workers.ts'

/** Whether somebody who was in a tool is out of it by now: `nobody-there`, `left`, or `leaves` as soon as the tool answers or a mail in flight has gone. */
export type Leaving = 'nobody-there' | 'left' | 'leaves'

/** Erases a person everywhere (GDPR Art. 17). Throws BadInput when there is no such person. */
export async function eraseNow(
  context: Context,
  id: string,
  because: ErasedBecause,
  actor = 'operator',
): Promise<Erasure & { tool: Leaving }> {
  const { db, keys, ledger, clock } = context
  const erased = await erasePerson(db, keys, ledger, id, { actor, at: clock(), because })
  return { ...erased, tool: await leaveTools(context, erased.inTool) }
}

/** Corrects a person; who is in a tool with what was wrong leaves it (GDPR Art. 16, 19). Throws BadInput, NotAllowed. */
export async function correctNow(
  context: Context,
  id: string,
  changes: Changes,
  actor = 'operator',
): Promise<Corrected & { tool: Leaving }> {
  const { db, keys, clock } = context
  const corrected = await correctPerson(db, keys, id, changes, { actor, at: clock() })
  return { ...corrected, tool: await leaveTools(context, corrected.inTool) }
}

/** Restricts a person; who is in a tool leaves it (GDPR Art. 18). Throws BadInput. */
export async function restrictNow(context: Context, id: string, ground: RestrictionGround, actor = 'operator') {
  const restricted = await restrictPerson(context.db, id, ground, { actor, at: context.clock() })
  return { ...restricted, tool: await leaveTools(context, restricted.inTool) }
}

/** Tells the outside ledger, and sees whoever must leave out of the tool; does the work itself where no worker lives. */
async function leaveTools(context: Context, inTool: number): Promise<Leaving> {
  await afterProhibition(context)
  if (inTool === 0) return 'nobody-there'
  const calls = await removals(context)
  if (calls.length === 0 || !context.config.mailchimp.apiKey) return 'leaves'
  try {
    await workOff(context, calls, async () => (await removals(context)).length === 0, patienceMs)
    return 'left'
  } catch (error) {
    // The register has decided; the sweep sees to the rest.
    if (error instanceof Unavailable) return 'leaves'
    throw error
  }
}

const patienceMs = 30_000

async function removals({ db, clock }: Context): Promise<JobCall[]> {
  const open = (await listCampaigns(db, { open: true })).filter((one) =>
    ['opened', 'disclosed', 'sent'].includes(underlying(one)),
  )
  const calls = open.map(async ({ id: campaignId }) =>
    (await barredRecipients(db, campaignId, clock())).map((recipientId) => ({
      job: 'remove-recipient' as const,
      payload: { campaignId, recipientId },
    })),
  )
  return (await Promise.all(calls)).flat()
}
