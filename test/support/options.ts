// The options of our own scripts: one that nobody knows is told in a sentence, and nothing is begun.
import { type ParseArgsConfig, parseArgs } from 'node:util'

/** What the command line says, options by name. Ends the process with code 2 where it says anything else. */
export function readOptions<const Options extends NonNullable<ParseArgsConfig['options']>>(options: Options) {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    const known = Object.entries(options).map(([name, { type }]) => (type === 'string' ? `--${name} …` : `--${name}`))
    process.stderr.write(`${(error as Error).message.split('. ')[0]}. There is ${known.join(', ') || 'none'}.\n`)
    process.exit(2)
  }
}
