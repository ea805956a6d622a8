// What every command shares: `--json`, the context, one sentence for an error, and the exit code that goes with it.
import { createInterface } from 'node:readline/promises'
import { Command } from 'commander'
import { type Config, readConfig } from '../config.ts'
import { type Context, openContext } from '../context.ts'
import { BadInput, IllegalMove, NotAllowed, RateLimited, Refused, Unavailable } from '../domain/errors.ts'
import { sqlState } from '../register/database.ts'

/** What a command may do with the terminal. Results go to stdout, everything else to stderr. */
export type Terminal = {
  json: boolean
  /** Whether a person sits there. */
  interactive: boolean
  /** The result: one JSON document on one line with --json, else the text. */
  result: (document: unknown, text: string) => void
  /** A line for the person, on stderr. */
  say: (line: string) => void
  /** Asks yes or no; only when interactive. */
  confirm: (question: string) => Promise<boolean>
}

export type Act<O> = (terminal: Terminal, options: O, ...args: string[]) => Promise<void>

/** A command that needs only the configuration (or not even that). */
export function plainCommand<O>(
  usage: string,
  does: string,
  act: (config: () => Config, ...rest: Parameters<Act<O>>) => Promise<void>,
): Command {
  return commandOf<O>(usage, does, (terminal, options, ...args) => act(() => readConfig(), terminal, options, ...args))
}

/** A command that works on the register: opens the context, and closes it whatever happens. One that `stays` logs. */
export function command<O>(
  usage: string,
  does: string,
  act: (context: Context, ...rest: Parameters<Act<O>>) => Promise<void>,
  { stays = false } = {},
): Command {
  return commandOf<O>(usage, does, async (terminal, options, ...args) => {
    const config = readConfig()
    // A command's own words are its output; the log is for processes that stay.
    const logLevel = config.logLevelGiven || stays ? config.logLevel : 'warn'
    const context = await openContext({ ...config, logLevel })
    try {
      await act(context, terminal, options, ...args)
    } finally {
      await context.close()
    }
  })
}

function commandOf<O>(usage: string, does: string, act: Act<O>): Command {
  const made = new Command(usage.split(' ')[0])
  const args = usage.split(' ').slice(1).join(' ')
  if (args) made.arguments(args)
  return made
    .description(does)
    .option('--json', 'one JSON document on stdout, nothing else')
    .allowExcessArguments(false)
    .action(async (...given) => {
      const self = given.pop() as Command
      const options = given.pop() as O & { json?: boolean }
      await act(openTerminal(options.json ?? false), options, ...(self.args as string[]))
    })
}

function openTerminal(json: boolean): Terminal {
  const interactive = Boolean(process.stdin.isTTY && process.stderr.isTTY) && !json
  return {
    json,
    interactive,
    result: (document, text) => process.stdout.write(json ? `${JSON.stringify(document)}\n` : `${text}\n`),
    say: (line) => process.stderr.write(`${line}\n`),
    confirm: async (question) => {
      const prompt = createInterface({ input: process.stdin, output: process.stderr })
      try {
        return /^(y|yes|k|kyllä)$/i.test((await prompt.question(`${question} [y/N] `)).trim())
      } finally {
        prompt.close()
      }
    },
  }
}

/** How a failure reads as a whole sentence: some are written as clauses, to be part of another. */
function whole(sentence: string): string {
  // Not every first word: it may be the name of a file or of a campaign.
  const begun = sentence.replace(/^(the|a) /, (word) => word.charAt(0).toUpperCase() + word.slice(1))
  return sentence.includes('\n') || /[.!?]$/.test(sentence) ? begun : `${begun}.`
}

/** The exit code for an error (interface.md): 1 failed, 2 wrong use or bad input, 3 refused by a rule. */
export function exitCodeOf(error: unknown): 1 | 2 | 3 {
  if (error instanceof BadInput || (error as Error)?.name === 'IntakeError') return 2
  if (error instanceof NotAllowed || error instanceof IllegalMove) return 3
  return 1
}

/** What to say of an error: our own sentences as they are; of anything else only what it is, since its message may quote data. */
export function sentenceOf(error: unknown): string {
  const ours = [BadInput, NotAllowed, IllegalMove, Refused, Unavailable, RateLimited].some(
    (kind) => error instanceof kind,
  )
  if (ours || (error as Error)?.name === 'IntakeError' || (error as Error)?.name === 'EmbeddedPostgresError')
    return whole((error as Error).message)
  const state = sqlState(error)
  const name = error instanceof Error ? error.name : typeof error
  const code = state ?? (error as { code?: string })?.code
  return `Unexpected failure (${[name, code].filter(Boolean).join(' ')}). LOG_LEVEL=debug shows where.`
}
