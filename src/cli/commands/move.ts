// lupa move …: the whole register to a new machine, in one encrypted file.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { Command } from 'commander'
import { packHome, unpackHome } from '../../backup/move-home.ts'
import type { Config } from '../../config.ts'
import { openContext, prepareDatabase } from '../../context.ts'
import { BadInput, NotAllowed } from '../../domain/errors.ts'
import { markMoved, movedAway, refuseMoved, unmarkMoved } from '../../embedded/moved-home.ts'
import { dropEmbeddedPostgres, startEmbeddedPostgres } from '../../embedded/postgres.ts'
import { registerAt } from '../../register/installation.ts'
import { guestsOf } from '../../register/server-databases.ts'
import { plainCommand, type Terminal } from '../command.ts'
import { passphraseOf } from '../passphrase.ts'
import { facts } from '../table.ts'

type Flags = { passphraseFile?: string }

/** The `move` commands. */
export function moveCommand(): Command {
  const passphrase = [
    '--passphrase-file <file>',
    'a file whose first line is the passphrase; else it is asked',
  ] as const
  return new Command('move')
    .description('the register to a new machine, in one encrypted file')
    .addCommand(
      plainCommand<Flags>(
        'pack <file>',
        'pack register, keys, ledger, certificates and lupa.yaml; this machine then stops',
        pack,
      ).option(...passphrase),
    )
    .addCommand(
      plainCommand<Flags>(
        'unpack <file>',
        'on the new machine: into an empty LUPA_HOME, restored and proved',
        unpack,
      ).option(...passphrase),
    )
    .addCommand(
      plainCommand<{ yes?: boolean }>(
        'undo',
        'bring a register back to life here that was packed and never moved',
        undo,
      ).option('--yes', 'do not ask'),
    )
}

async function pack(read: () => Config, terminal: Terminal, flags: Flags, name = ''): Promise<void> {
  const config = read()
  refuseMoved(config.home)
  const file = path.resolve(name)
  if (existsSync(file)) throw new BadInput(`${file} is there already: name another file.`)
  const { url } = await prepareDatabase(config)
  const guests = await guestsOf(url)
  if (guests > 0)
    throw new NotAllowed(
      `${guests} connections to the register are open: stop what is running (lupa start, web, worker, other commands) and try again.`,
    )
  const passphrase = await passphraseOf(terminal, flags, { fresh: true })
  const context = await openContext({ ...config, logLevel: config.logLevelGiven ? config.logLevel : 'warn' })
  try {
    terminal.say('Packing; from now on nothing works on this register here …')
    markMoved(config.home, context.clock())
    const packed = await packHome({ ...context, url }, file, passphrase)
    terminal.result(
      packed,
      `${facts([
        ['file', file],
        ['holds', `${packed.people} people, ${packed.parts.length} files, ${Math.ceil(packed.bytes / 1000)} kB`],
        ['keys', packed.keys === 'inside' ? 'inside' : 'NOT inside: set the same LUPA_SECRET_KEYS there'],
      ])}\nCarry it to the new machine, and the passphrase by another way; there: \`lupa move unpack FILE\`. MAILCHIMP_API_KEY and the like are not in it.\nThis machine refuses to work on the register now; \`lupa move undo\` is for when the file never arrived.`,
    )
  } catch (error) {
    unmarkMoved(config.home)
    throw error
  } finally {
    await context.close()
  }
}

async function unpack(read: () => Config, terminal: Terminal, flags: Flags, name = ''): Promise<void> {
  const config = read()
  const { home, database } = config
  if (database.url && (await registerAt(database.url)) !== null)
    throw new NotAllowed(
      'There is a register at DATABASE_URL already: a register is unpacked into an empty database only.',
    )
  const passphrase = await passphraseOf(terminal, flags, { fresh: false })
  terminal.say('Unpacking; the register is restored, and proved as in a drill …')
  const places = {
    database: async () => database.url ?? (await startEmbeddedPostgres({ home })).url,
    undo: async () => void (database.url || (await dropEmbeddedPostgres(home))),
  }
  const { restored, parts, register } = await unpackHome(config, path.resolve(name), passphrase, places, new Date())
  terminal.result(
    { register, parts, ...restored },
    `${facts([
      ['register', `${restored.people} people as of ${restored.madeAt}`],
      [
        'proved',
        `audit trail whole, every opt-out and erasure of the outside ledger holds; ${restored.replayed} were replayed`,
      ],
      ['files', `${parts.length} into ${home}`],
    ])}\nSet MAILCHIMP_API_KEY and the like here as they were there, then \`lupa doctor\`. Keep a copy of ${path.join(home, 'keys')} elsewhere.`,
  )
}

async function undo(read: () => Config, terminal: Terminal, { yes }: { yes?: boolean }): Promise<void> {
  const { home } = read()
  const movedAt = movedAway(home)
  if (movedAt === null) throw new BadInput(`The register of ${home} was not moved: there is nothing to undo.`)
  if (!yes && !terminal.interactive) throw new BadInput('Say --yes: there is nobody here to ask.')
  const question = `Is it certain that nobody works on the register that was packed at ${movedAt}?`
  if (!yes && !(await terminal.confirm(question)))
    return terminal.result({ undone: false }, 'Nothing was changed: this machine stays as it is.')
  unmarkMoved(home)
  terminal.result({ undone: true }, `The register of ${home} lives here again. Do not use the file that was packed.`)
}
