// What the owner may order about one person: correct, restrict, release, erase. Each reaches the tool and the outside ledger too.
import type { Context } from '../context.ts'
import { underlying } from '../domain/campaign.ts'
import { type GroundCode, isIndirect, missingProof, type Proof, type SourceCode } from '../domain/collection.ts'
import { BadInput, Unavailable } from '../domain/errors.ts'
import type { RestrictionGround } from '../domain/restriction.ts'
import type { JobCall } from '../queue/jobs.ts'
import { listCampaigns } from '../register/campaigns.ts'
import { type Changes, type Corrected, correctPerson } from '../register/corrections.ts'
import { type ErasedBecause, type Erasure, erasePerson } from '../register/erasure.ts'
import { addCollection } from '../register/information.ts'
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

export type GivenGround = {
  source: SourceCode
  ground: GroundCode
  text: string | null
  proof: Proof
  collectedAt: Date
}

/**
 * Writes down one more way in which a person was collected (R-33 … R-46); `fresh` says whether it was not known.
 * @throws BadInput naming the fields that the proof lacks
 */
export async function recordGround(
  { db, clock }: Context,
  personId: string,
  { source, ground, text, proof, collectedAt }: GivenGround,
  actor = 'operator',
): Promise<{ fresh: boolean; indirect: boolean }> {
  const missing = missingProof({ source, ground }, proof)
  if (missing.length > 0)
    throw new BadInput(`${source} and ${ground} need proof: add ${missing.map((one) => `--proof ${one}=…`).join(' ')}.`)
  if (source === 'OTHER' && !text?.trim()) throw new BadInput('OTHER needs --text: say where the data came from.')
  const collected = { source, ground, text }
  const fresh = await addCollection(db, personId, collected, { proof, collectedAt, at: clock(), actor })
  return { fresh, indirect: isIndirect(collected) }
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
