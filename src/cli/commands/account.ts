// `lupa account`: who may use the console.
import { Command, Option } from 'commander'
import type { Context } from '../../context.ts'
import { type AccountRole, addAccount, listAccounts, removeAccount, resetAccount } from '../../register/accounts.ts'
import { command, type Terminal } from '../command.ts'
import { table, time } from '../table.ts'

const actor = 'operator'

/** The `account` commands. */
export function accountCommand(): Command {
  return new Command('account')
    .description('who may use the console')
    .addCommand(
      command<{ role: AccountRole }>(
        'add <name>',
        'make an account, and a code to choose its password with',
        add,
      ).addOption(
        new Option('--role <role>', 'owner acts, viewer looks').choices(['owner', 'viewer']).default('owner'),
      ),
    )
    .addCommand(command('list', 'list the accounts', list))
    .addCommand(command('reset <name>', 'take password and second factor away, and give a new code', reset))
    .addCommand(command('remove <name>', 'remove an account; what it did stays in the audit trail', remove))
}

async function add(context: Context, terminal: Terminal, { role }: { role: AccountRole }, name = ''): Promise<void> {
  const { code } = await addAccount(context.db, context.keys, { name, role }, { actor, at: context.clock() })
  terminal.result({ name, role, code, address: firstAddress(context) }, firstSteps(context, name, code))
}

async function reset(context: Context, terminal: Terminal, _flags: object, name = ''): Promise<void> {
  const code = await resetAccount(context.db, context.keys, name, { actor, at: context.clock() })
  terminal.result({ name, code, address: firstAddress(context) }, firstSteps(context, name, code))
}

async function remove({ db, clock }: Context, terminal: Terminal, _flags: object, name = ''): Promise<void> {
  await removeAccount(db, name, { actor, at: clock() })
  terminal.result({ name, removed: true }, `${name} is removed, and logged out everywhere.`)
}

async function list({ db }: Context, terminal: Terminal): Promise<void> {
  const accounts = await listAccounts(db)
  const rows = accounts.map(({ name, role, ready, recoveryCodes, lastSeenAt }) => [
    ...[name, role, ready ? 'ready' : 'has not chosen a password'],
    ...[recoveryCodes, time(lastSeenAt)],
  ])
  const shown = table(['account', 'role', 'state', 'recovery codes', 'last seen'], rows)
  terminal.result(accounts, rows.length > 0 ? shown : 'There is no account yet: `lupa account add NAME` makes one.')
}

/** Where an account is opened for the first time. */
function firstAddress({ config }: Context): string {
  return `${config.publicUrl ?? `http://127.0.0.1:${config.port}`}/console/first`
}

/** What to do with a new code, for the terminal only. */
export function firstSteps(context: Context, name: string, code: string): string {
  return `Account ${name}: open ${firstAddress(context)} within a day, and give the code ${code}\nIt works once. A password and a second factor are chosen there.`
}
