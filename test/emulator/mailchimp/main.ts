// `npm run emulator`: the Mailchimp emulator alone, until it is told to end.
import { Command, InvalidArgumentError, Option } from 'commander'
import { startEmulator } from './emulator.ts'
import { defaultOptions, type Plan } from './options.ts'

const program = new Command('emulator')
  .description('A Mailchimp account on this machine: the API below /3.0, its control surface below /__control.')
  .option('--port <port>', 'the port to listen on; 0 takes a free one', wholeNumber, 4010)
  .option('--latency-ms <ms>', 'milliseconds every request takes', wholeNumber, 0)
  .option('--per-member-ms <ms>', 'milliseconds per member added and per operation of a batch', wholeNumber, 0)
  .addOption(
    new Option('--plan <plan>', 'the plan of the account: how many audiences it may have, whether it may schedule')
      .choices(['free', 'essentials', 'standard', 'premium'])
      .default('standard'),
  )
  .addOption(
    new Option('--api-key <key>', 'the only key it accepts; without it every key is good').env('MAILCHIMP_API_KEY'),
  )
  .addOption(
    new Option('--account-id <id>', 'the account').env('MAILCHIMP_ACCOUNT_ID').default(defaultOptions.accountId),
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .action(run)

type Choices = { port: number; latencyMs: number; perMemberMs: number; plan: Plan; apiKey?: string; accountId: string }

async function run(choices: Choices): Promise<void> {
  const emulator = await startEmulator({ ...choices, anyKey: choices.apiKey === undefined }).catch((error: Error) => {
    process.stderr.write(`The emulator did not start on port ${choices.port}: ${error.message}\n`)
    process.exit(1)
  })
  const { url, apiKey, accountId } = emulator
  // A key somebody brought along may be a real one: it is not printed.
  const key = choices.apiKey === undefined ? `any key, e.g. ${apiKey}` : 'the key you gave'
  process.stdout.write(`Mailchimp emulator: ${url}/3.0 (${key}, account ${accountId}, control ${url}/__control)\n`)
  const end = () => void emulator.close().then(() => process.exit(0))
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It has to be a whole number.')
  return Number(text)
}

await program.parseAsync()
