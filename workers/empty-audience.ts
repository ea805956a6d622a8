// Everybody leaves an audience for ever, whoever they are. Whoever empties one has read its feedback just before (I3).
import { RateLimited, Refused, Unavailable } from '../src/domain/errors.ts'
import { type KnownKeys, knownKeys } from '../src/marketing/known-keys.ts'
import type { MarketingTool } from '../src/marketing/marketing-tool.ts'

const mostAtOnce = 10_000

/**
 * Removes people until nobody is left whom a listing shows; returns how many contacts there were. One who cannot be removed keeps
 * nobody else in. Throws Unavailable when somebody stays.
 */
export async function emptyAudience(tool: MarketingTool, audienceId: string): Promise<number> {
  const tried = knownKeys()
  for (;;) {
    const { untried, listed, all } = await firstUntried(tool, audienceId, tried)
    if (listed === 0) return tried.size()
    if (untried.length === 0) throw new Unavailable(`${listed} people could not be removed from the tool yet`)
    for (const email of untried) tried.add(email)
    const { failed } = await tool.removePeople(audienceId, untried)
    // Everybody who was listed is gone by the tool's own word; whether that is true another job reads (I8).
    if (all && failed.length === 0) return tried.size()
    await removeSingly(
      tool,
      audienceId,
      failed.map(({ email }) => email),
    )
  }
}

/** Who has not been tried yet, at most 10,000, how many people were listed until then, and whether those were all. */
async function firstUntried(tool: MarketingTool, audienceId: string, tried: KnownKeys) {
  const untried: string[] = []
  let listed = 0
  for await (const page of tool.addresses(audienceId)) {
    listed += page.length
    untried.push(...page.filter((email) => !tried.has(email)))
    if (untried.length >= mostAtOnce) return { untried: untried.slice(0, mostAtOnce), listed, all: false }
  }
  return { untried, listed, all: true }
}

/** A refusal is about one person. Other trouble is about the tool, and ends the attempt when it comes three times running. */
async function removeSingly(tool: MarketingTool, audienceId: string, emails: string[]): Promise<void> {
  let running = 0
  for (const email of emails) {
    try {
      await tool.removePerson(audienceId, email)
      running = 0
    } catch (failure) {
      if (failure instanceof RateLimited) throw failure
      if (!(failure instanceof Refused)) running += 1
      if (running === 3) throw failure
    }
  }
}
