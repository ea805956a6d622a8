// Durations as people write them: 72h, 15m, 14d, 30s, 0.

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Milliseconds of `72h`, `15m`, `14d`, `30s` or `0`; null when it is none of these. */
export function parseDuration(text: string): number | null {
  if (/^\s*0\s*$/.test(text)) return 0
  const match = /^\s*(\d+)\s*([smhd])\s*$/.exec(text)
  if (!match) return null
  return Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]
}

/** `3 d 4 h`, `5 min`, `12 s`: the two largest units of so many milliseconds. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const
  const shown = parts.filter(([count]) => count > 0).slice(0, 2)
  return shown.length === 0 ? '0 s' : shown.map(([count, unit]) => `${count} ${unit}`).join(' ')
}
