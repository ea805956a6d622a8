// What leaves the register, and what becomes of it: intended → accepted | refused | unknown → removed.

/** The only three things about a person that ever leave (R-50, invariant I1). */
export type Payload = { readonly email: string; readonly firstName: string; readonly lastName: string }

/** Where one recipient of one campaign stands. `dropped` left before anything was disclosed; leaving is final for that campaign. */
export const recipientStates = [
  'excluded',
  'selected',
  'dropped',
  'intended',
  'accepted',
  'refused',
  'unknown',
  'removed',
] as const
export type RecipientState = (typeof recipientStates)[number]

/** Why the tool did not take a person, in our words. */
export const refusals = [
  'FORGOTTEN', // the tool deleted this address for ever in this audience
  'COMPLIANCE', // opted out, bounced or complained in this audience
  'FAKE_ADDRESS',
  'INVALID_ADDRESS',
  'THROTTLED', // the tool says the address joined too many audiences lately
  'NOT_SUBSCRIBED', // taken, but in a status that gets no mail
  'LOST', // said to be taken, and not there when read
  'PROHIBITED', // said no after we had written the intent down, and was not in the tool
  'OTHER',
] as const
export type Refusal = (typeof refusals)[number]

/** So many batches a job carries at most: whoever has to leave the tool waits for a connection for so long. */
const longestRun = 5

/**
 * In how many batches so many people go out: as few as the tool allows, rounded up to a multiple of its connections once each of them
 * has two to carry, so that none stands idle while the last ones are on the way; and to a multiple that makes even runs. The selection's
 * SQL says the same.
 */
export function batchCount(people: number, batchSize: number, connections: number): number {
  const least = Math.ceil(people / batchSize)
  if (least < 2 * connections) return least
  let rounds = Math.ceil(least / connections)
  while (rounds > longestRun && ![3, 4, 5].some((length) => rounds % length === 0)) rounds += 1
  return rounds * connections
}

/** Batches that one job hands over one after the other, from `batch` to `lastBatch`. */
export type BatchRun = { batch: number; lastBatch: number }

/** The runs in which the open ones of `total` batches are handed over: as long as every connection gets as many. */
export function batchRuns(open: number[], total: number, connections: number): BatchRun[] {
  const length = [longestRun, 4, 3, 2].find((one) => total > 0 && total % (one * connections) === 0) ?? 1
  const firsts = new Set(open.map((batch) => batch - ((batch - 1) % length)))
  return [...firsts].map((batch) => ({ batch, lastBatch: batch + length - 1 }))
}

/** How the people of one campaign are spread: contacts. `accepted` counts everyone ever taken; `inTool = accepted − removed`. */
export type DisclosureCounts = {
  selected: number
  intended: number
  accepted: number
  refused: number
  unknown: number
  removed: number
}

/** The two equations that always hold; returns the sentence that names the broken one, or null. */
export function imbalance({ intended, accepted, refused, unknown, removed }: DisclosureCounts): string | null {
  if (intended !== accepted + refused + unknown)
    return `intended ${intended} is not accepted ${accepted} + refused ${refused} + unknown ${unknown}`
  if (removed > accepted) return `removed ${removed} is more than accepted ${accepted}`
  return null
}

/** Why something may be handed to somebody outside at all. There is no other reason. */
export const disclosureReasons = ['PROCESSOR', 'LEGAL_OBLIGATION', 'JUSTIFIED'] as const
export type DisclosureReason = (typeof disclosureReasons)[number]

/** Whether the day by which the transfer to the tool should have been checked again is over. `nextCheck` like 2027-01-31. */
export function transferLapsed(nextCheck: string, now: Date): boolean {
  return new Date(nextCheck) < now
}
