// lupa access …: the old Access front end over this register.
import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import { BadInput } from '../../domain/errors.ts'
import { accessPlace, accessTables, renewAccessLogin } from '../../register/access-front-end.ts'
import { accessScript } from '../access-script.ts'
import { command, type Terminal } from '../command.ts'

/** The `access` command with all that is under it. */
export function accessCommand(): Command {
  return new Command('access')
    .description('the old Access front end over this register')
    .addCommand(command('login', 'make its login, or give it a new password; the password is shown once', login))
    .addCommand(
      command<ScriptFlags>(
        'script [file]',
        'the Visual Basic that links the tables, on the terminal or into a new file (.bas)',
        script,
      ).option(
        '--host <name>',
        'how the computer with Access finds the database (default: as DATABASE_URL says, else this computer)',
      ),
    )
}

async function login({ db, clock }: Context, terminal: Terminal): Promise<void> {
  const made = await renewAccessLogin(db, { actor: 'operator', at: clock() })
  terminal.say(
    'The password is shown once and kept nowhere; whoever has it can read and change the register through Access.',
  )
  terminal.result(made, `login     ${made.login}\npassword  ${made.password}`)
}

type ScriptFlags = { host?: string }

async function script({ db, config }: Context, terminal: Terminal, flags: ScriptFlags, file?: string): Promise<void> {
  const given = config.database.url ? new URL(config.database.url).hostname : ''
  const host = flags.host ?? (given || '127.0.0.1')
  if (!/^[\p{L}\p{N}.:[\]_-]+$/u.test(host)) throw new BadInput('--host is not the name or the address of a computer.')
  const place = await accessPlace(db)
  const text = accessScript(place, host)
  if (file !== undefined) write(file, text)
  const document = { host, ...place, tables: accessTables.map(([table]) => table), file: file ?? null, script: text }
  terminal.result(
    document,
    file === undefined ? text.trimEnd() : `${file} is written: import it in Access (Alt+F11, File, Import).`,
  )
}

/** The editor of Access reads Windows-1252; every letter of the text is the same in Latin-1. */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1'), { flag: 'wx' })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new BadInput(`${file} cannot be written (${code}): choose another name or folder.`)
  }
}
