// Guard rails against one wrong turn (an unusually large selection, an old register, a file that ends many permissions): each gives
// the sentence with the figures, and the option by which a person says they have looked; null where nothing is unusual.

/** What a person can say they have looked at: the end of the option `--yes-i-checked-…`. */
export const guarded = ['selection', 'register', 'permissions'] as const
export type Guarded = (typeof guarded)[number]

const day = 86_400_000
const oldAfterDays = 180
const unusualTimes = 2
const unusualMore = 50
const unusualShare = 0.2
const unusualLosses = 10

/** Whether many more people than in any of the campaigns before would get one. `earlier`: how many each of those had; contacts. */
export function selectionGuard(selected: number, earlier: number[]): string | null {
  const most = Math.max(...earlier)
  if (earlier.length === 0 || selected <= most * unusualTimes || selected < most + unusualMore) return null
  return `${selected} people would get it, and the last ${earlier.length === 1 ? 'campaign' : `${earlier.length} campaigns`} had ${most} at most. ${sayTo('selection', 'lupa campaign preview')}`
}

/** Whether the register has not been read from its file for half a year; one that never came from a file has no such age. */
export function registerGuard(lastImportAt: Date | null, now: Date): string | null {
  if (!lastImportAt) return null
  const days = Math.floor((now.getTime() - lastImportAt.getTime()) / day)
  if (days < oldAfterDays) return null
  return `The register was last read from a file ${days} days ago, on ${lastImportAt.toISOString().slice(0, 10)}: import the file as it is now. ${sayTo('register', 'lupa register imports')}`
}

/** What an import takes from the people who could be mailed before it: contacts. */
export type Losses = { of: number; prohibited: number; unknown: number; withoutAddress: number }

/** How many could be mailed before an import and can no more. */
export function lost({ prohibited, unknown, withoutAddress }: Losses): number {
  return prohibited + unknown + withoutAddress
}

/** Whether an import would take an unusual share of those who may be mailed: a fifth or more, and not just a handful. */
export function importGuard(losses: Losses): string | null {
  const { of, prohibited, unknown, withoutAddress } = losses
  if (lost(losses) < unusualLosses || lost(losses) < of * unusualShare) return null
  return `Of ${of} people who may be mailed, this file would take ${lost(losses)}: ${prohibited} prohibited, ${unknown} with no permission any more, ${withoutAddress} without an address. Nothing was imported. ${sayTo('permissions', 'lupa register import … --dry-run')}`
}

function sayTo(what: Guarded, look: string): string {
  return `Look at \`${look}\`; if it is right, say --yes-i-checked-${what}.`
}
