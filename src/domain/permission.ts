// The ledger's arithmetic: entries in any order, duplicated or late, always give the same answer. Prohibition wins.

/** permission / prohibition / unknown (markkinointilupa / markkinointikielto / neither). Unknown is never yes. */
export type Permission = 'permission' | 'prohibition' | 'unknown'

/**
 * One entry of the append-only ledger.
 * `usable`: a permission whose source is known. `personal`: the person's own documented act, which alone can lift an earlier
 * prohibition; what a file or an import says is never personal.
 */
export type PermissionEntry = { says: Permission; at: Date; usable: boolean; personal: boolean }

export type PermissionAnswer = { permission: Permission; at: Date | null; underReview: boolean }

/**
 * What the entries say together.
 * - A prohibition stands until a personal, usable permission of a *later* time; equal times are a prohibition (GDPR Art. 21(3)).
 * - `unknown` takes back the permissions up to its time: the source no longer documents them.
 * - A permission without a known source permits nothing; it is `underReview` when nothing else decides.
 */
export function permissionOf(entries: readonly PermissionEntry[]): PermissionAnswer {
  const prohibitedAt = latest(entries.filter((entry) => entry.says === 'prohibition'))
  const forgottenAt = latest(entries.filter((entry) => entry.says === 'unknown'))
  const granted = entries.filter(
    (entry) =>
      entry.says === 'permission' &&
      (!forgottenAt || entry.at > forgottenAt) &&
      (!prohibitedAt || (entry.personal && entry.at > prohibitedAt)),
  )
  const permittedAt = latest(granted.filter((entry) => entry.usable))
  if (permittedAt) return { permission: 'permission', at: permittedAt, underReview: false }
  if (prohibitedAt) return { permission: 'prohibition', at: prohibitedAt, underReview: false }
  return { permission: 'unknown', at: null, underReview: granted.length > 0 }
}

/**
 * Whether an address is closed: somebody said no there, and nobody who lives there has personally said yes at a *later* time.
 * The order in which the two were heard does not count.
 */
export function suppressed(noes: readonly Date[], yeses: readonly Date[]): boolean {
  const no = Math.max(...noes.map(Number))
  return noes.length > 0 && !yeses.some((yes) => Number(yes) > no)
}

function latest(entries: readonly PermissionEntry[]): Date | null {
  return entries.reduce<Date | null>((last, { at }) => (last && last >= at ? last : at), null)
}
