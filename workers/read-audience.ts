// The tool's people of one campaign, page by page, each matched to the recipient it is by the keyed hash of the address.
import { normaliseAddress } from '../src/domain/email-address.ts'
import type { KeyRing } from '../src/ledger/key-ring.ts'
import type { ToolPerson } from '../src/marketing/marketing-tool.ts'
import type { CampaignRecord } from '../src/register/campaigns.ts'
import { type KnownRecipient, recipientsByAddress, recipientsByToolId } from '../src/register/recipients.ts'
import type { StepContext } from './processor.ts'

/** A person in the tool, and which recipient they are; null for someone we never disclosed there. */
export type MatchedPerson = { person: ToolPerson; recipient: KnownRecipient | null }

/** Everybody in the campaign's audience, in every status. */
export async function* readAudience(
  { db, keys, tool }: StepContext,
  campaign: CampaignRecord,
): AsyncGenerator<MatchedPerson[]> {
  for await (const page of tool(campaign.tool).people(campaign.audienceId as string)) {
    const hashed = page.map((person) => ({ person, hashes: addressHashes(keys, person.email) }))
    const all = hashed.flatMap(({ hashes }) => hashes)
    const known = await recipientsByAddress(db, campaign.id, all)
    const strangers = page.filter((_, place) => !firstKnown(known, hashed[place]?.hashes ?? []))
    const byId = await recipientsByToolId(db, campaign.id, strangers.flatMap(idHashes(keys)))
    yield hashed.map(({ person, hashes }) => ({
      person,
      recipient: firstKnown(known, hashes) ?? firstKnown(byId, idHashes(keys)(person)),
    }))
  }
}

/** Keyed hashes of the ids the tool gives a person, as they are kept: with the current key. */
export function keptIds(keys: KeyRing, { toolIds }: ToolPerson): string[] {
  return toolIds.map((id) => keys.hash('tool-id', id))
}

/** Keyed hashes of the ids the tool gives a person, with every key of the ring. */
function idHashes(keys: KeyRing): (person: ToolPerson) => string[] {
  return ({ toolIds }) => toolIds.flatMap((id) => keys.hashes('tool-id', id))
}

function firstKnown<T>(known: Map<string, T>, hashes: string[]): T | null {
  return hashes.map((hash) => known.get(hash)).find((one) => one !== undefined) ?? null
}

/** Keyed hashes of an address as the tool writes it, with every key of the ring; none for what is no address. */
export function addressHashes(keys: KeyRing, email: string): string[] {
  const normal = normaliseAddress(email)
  return typeof normal === 'string' ? [] : keys.hashes('email', normal.matching)
}
