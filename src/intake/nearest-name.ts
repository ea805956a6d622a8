// "Did you mean": the known name that a mistyped one stands closest to.

/** The nearest of `known`, by letters changed, added or left out; undefined where nothing comes near. */
export function nearestName(written: string, known: readonly string[]): string | undefined {
  const reach = Math.max(2, Math.floor(written.length / 3))
  const ranked = known
    .map((name) => ({ name, distance: distance(plain(written), plain(name)) }))
    .filter((one) => one.distance <= reach)
    .sort((a, b) => a.distance - b.distance)
  return ranked[0]?.name
}

/** Without accents, case, spaces and signs: what people mistype most. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

/** Levenshtein's, one row of the table at a time. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const swapped = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
