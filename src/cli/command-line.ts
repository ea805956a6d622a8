// One command line run to its end: parsed strictly, and every failure turned into one sentence and an exit code.
import { type Command, CommanderError } from 'commander'
import { debugging } from '../config.ts'
import { exitCodeOf, sentenceOf } from './command.ts'
import { program } from './program.ts'

/** Runs one command line (without node and script) and returns the exit code. */
export async function runCommandLine(args: string[]): Promise<number> {
  try {
    await strict(await program(args)).parseAsync(args, { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    // Commander has already written help or what was wrong with the words.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    process.stderr.write(`${sentenceOf(error)}\n`)
    if (debugging() && error instanceof Error) process.stderr.write(`${error.stack}\n`)
    return exitCodeOf(error)
  }
}

/** Errors of use are thrown, not process.exit()ed, in every subcommand. */
function strict(command: Command): Command {
  command.exitOverride()
  command.configureOutput({ outputError: (text, write) => write(useSentence(text, nameOf(command))) })
  for (const sub of command.commands) strict(sub)
  return command
}

/** `lupa campaign lauch: unknown command 'lauch' (Did you mean launch?). See …`, in one line. */
function useSentence(text: string, name: string): string {
  const said = text
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .trim()
  return `${name}: ${said}${/[.?!)]$/.test(said) ? '' : '.'} \`${name} --help\` shows how.\n`
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name()
}
