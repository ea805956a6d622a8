// A home that was moved to another machine keeps a note of it: two machines that send from one register must not be.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { NotAllowed } from '../domain/errors.ts'

const shape = z.object({ movedAt: z.iso.datetime() })

const noteOf = (home: string) => path.join(home, 'moved.json')

/** When this home was moved away, or null. A note that cannot be read counts as one. */
export function movedAway(home: string): string | null {
  const note = noteOf(home)
  if (!existsSync(note)) return null
  try {
    return shape.parse(JSON.parse(readFileSync(note, 'utf8'))).movedAt
  } catch {
    return 'an unknown time'
  }
}

/** Throws NotAllowed for a home that was moved away: nothing works here until `lupa move undo`. */
export function refuseMoved(home: string): void {
  const movedAt = movedAway(home)
  if (movedAt === null) return
  throw new NotAllowed(
    `The register of ${home} was moved to another machine (${movedAt}): work there. If it never arrived, or only there nothing was done since, \`lupa move undo\` brings it back to life here.`,
  )
}

/** Notes that this home is moved away now. */
export function markMoved(home: string, at: Date): void {
  writeFileSync(noteOf(home), `${JSON.stringify({ movedAt: at.toISOString() })}\n`)
}

/** Takes the note away. */
export function unmarkMoved(home: string): void {
  rmSync(noteOf(home), { force: true })
}
