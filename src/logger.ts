// The one logger. Messages are fixed lower-case phrases; facts go in fields; people are never among them.
import { destination, pino } from 'pino'

export type Logger = pino.Logger

/** A logger to stderr, so that stdout stays a command's own. The redaction is a second net, not the rule. */
export function openLogger(level: pino.LevelWithSilent): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: ['email', 'firstName', 'lastName', '*.email', '*.firstName', '*.lastName', 'apiKey', '*.apiKey'],
      },
    },
    destination({ dest: 2, sync: true }),
  )
}

/** What may be said of an unexpected error: its name, code and where it came from; never its message, which may quote data. */
export function errorFacts(error: unknown): { error: string; code?: string; at?: string[] } {
  if (!(error instanceof Error)) return { error: typeof error }
  const code = (error as NodeJS.ErrnoException).code
  const at = error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 4)
    .map((line) => line.trim())
  return { error: error.name, ...(code ? { code } : {}), ...(at ? { at } : {}) }
}
