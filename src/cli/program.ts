// The table of contents of the command line. A command's code is loaded when it is called: the others would only cost time.
import { Command } from 'commander'

const contents: [name: string, does: string, load: () => Promise<Command>][] = [
  [
    'init',
    'write lupa.yaml: who you are, lifetimes, the tool’s agreement',
    async () => (await import('./commands/init.ts')).initCommand(),
  ],
  [
    'start',
    'everything in one process: public pages and workers',
    async () => (await import('./commands/run.ts')).startCommand(),
  ],
  ['web', 'the public pages alone', async () => (await import('./commands/run.ts')).webCommand()],
  ['worker', 'the workers alone', async () => (await import('./commands/run.ts')).workerCommand()],
  ['stop', 'stop the embedded PostgreSQL', async () => (await import('./commands/run.ts')).stopCommand()],
  ['migrate', 'bring the database up to date', async () => (await import('./commands/run.ts')).migrateCommand()],
  [
    'doctor',
    'look at everything a campaign needs, and say how to mend it',
    async () => (await import('./commands/doctor.ts')).doctorCommand(),
  ],
  [
    'register',
    'customer files in, undo, export',
    async () => (await import('./commands/register.ts')).registerCommand(),
  ],
  ['review', 'what a person must look at', async () => (await import('./commands/review.ts')).reviewCommand()],
  [
    'person',
    'one person: who they are, their permission, what happened',
    async () => (await import('./commands/person.ts')).personCommand(),
  ],
  [
    'request',
    'what people ask about their own data: answered within a month',
    async () => (await import('./commands/request.ts')).requestCommand(),
  ],
  [
    'retention',
    'how long data are kept: what is due, what is held, and its deletion',
    async () => (await import('./commands/retention.ts')).retentionCommand(),
  ],
  [
    'campaign',
    'newsletters: from the file to the certificate',
    async () => (await import('./commands/campaign.ts')).campaignCommand(),
  ],
  [
    'opt-outs',
    'feedback: what came back, and what you were told',
    async () => (await import('./commands/opt-outs.ts')).optOutsCommand(),
  ],
  [
    'access',
    'the old Access front end over this register: its login, and the script that links it',
    async () => (await import('./commands/access.ts')).accessCommand(),
  ],
  [
    'sweep',
    'look for anything left behind in the tool, and remove it',
    async () => (await import('./commands/sweep.ts')).sweepCommand(),
  ],
  [
    'set-aside',
    'what could not go through: list, retry',
    async () => (await import('./commands/set-aside.ts')).setAsideCommand(),
  ],
  [
    'account',
    'who may use the console: add, list, reset, remove',
    async () => (await import('./commands/account.ts')).accountCommand(),
  ],
  [
    'keys',
    'the key ring: ids and check values, never keys',
    async () => (await import('./commands/keys.ts')).keysCommand(),
  ],
  [
    'notice',
    'the privacy notice: what it lacks, and who must still be told',
    async () => (await import('./commands/notice.ts')).noticeCommand(),
  ],
  [
    'disclosure',
    'what was handed to whom outside, the tool included',
    async () => (await import('./commands/disclosure.ts')).disclosureCommand(),
  ],
  [
    'compliance',
    'what the register holds, why, and who reads it',
    async () => (await import('./commands/compliance.ts')).complianceCommand(),
  ],
  [
    'backup',
    'encrypted copies of the register: create, restore, drill',
    async () => (await import('./commands/backup.ts')).backupCommand(),
  ],
  [
    'move',
    'the register to a new machine: pack, unpack, undo',
    async () => (await import('./commands/move.ts')).moveCommand(),
  ],
  [
    'upgrade-postgres',
    'the embedded database to the PostgreSQL of this Lupa',
    async () => (await import('./commands/upgrade-postgres.ts')).upgradePostgresCommand(),
  ],
]

/** The program, with the command that `args` names in full and the others by name. */
export async function program(args: string[]): Promise<Command> {
  const lupa = new Command('lupa').description(
    'Newsletters to people with permission, and nobody left in the tool afterwards.',
  )
  const called = args.find((word) => !word.startsWith('-') && word !== 'help')
  for (const [name, does, load] of contents) {
    lupa.addCommand(name === called ? await load() : new Command(name).description(does))
  }
  return lupa
}
