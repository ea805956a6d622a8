// lupa backup …: encrypted copies of the register, made, restored, and drilled.
import path from 'node:path'
import { Command } from 'commander'
import { readHeader } from '../../backup/backup-file.ts'
import { backupDays, backupFolder, type MadeBackup } from '../../backup/create-backup.ts'
import type { Drill } from '../../backup/drill-backup.ts'
import { restoreBackup } from '../../backup/restore-backup.ts'
import { listBackups } from '../../backup/rotation.ts'
import type { Config } from '../../config.ts'
import { type Context, openContext } from '../../context.ts'
import { BadInput, NotAllowed } from '../../domain/errors.ts'
import { refuseMoved } from '../../embedded/moved-home.ts'
import { startEmbeddedPostgres } from '../../embedded/postgres.ts'
import { openKeyRing } from '../../ledger/key-ring.ts'
import { openOutsideLedger } from '../../ledger/outside-ledger.ts'
import { backUp, drill } from '../../operator/backup-orders.ts'
import { registerAt } from '../../register/installation.ts'
import { command, plainCommand, type Terminal } from '../command.ts'
import { facts, table, time } from '../table.ts'

/** The `backup` commands. */
export function backupCommand(): Command {
  return new Command('backup')
    .description('encrypted copies of the register; they hold no keys, keep LUPA_HOME/keys apart from them')
    .addCommand(
      command<CreateFlags>('create', 'make one, and delete those that are too old (backups.keep in lupa.yaml)', create)
        .option('--to <folder>', 'into this folder, a disk of another machine best (backups.folder in lupa.yaml)')
        .option('--method <method>', 'pg_dump or export; by itself pg_dump where it is not older than the server'),
    )
    .addCommand(command<{ to?: string }>('list', 'which there are', list).option('--to <folder>', 'in this folder'))
    .addCommand(
      command('drill [file]', 'restore the newest (or this one) beside the register, prove it, and drop it', prove),
    )
    .addCommand(
      plainCommand<RestoreFlags>('restore <file>', 'put a backup in the place of the register', restore)
        .option('--yes', 'do not ask')
        .option('--without-backup', 'do not make a backup of the register that is replaced')
        .option('--other-register', 'also when the backup is of another register than the one that is replaced'),
    )
}

type CreateFlags = { to?: string; method?: string }
type RestoreFlags = { yes?: boolean; withoutBackup?: boolean; otherRegister?: boolean }

async function create(context: Context, terminal: Terminal, { to, method }: CreateFlags): Promise<void> {
  if (method !== undefined && method !== 'pg_dump' && method !== 'export')
    throw new BadInput(`--method ${method} is neither pg_dump nor export.`)
  const made = await backUp(context, { ...(to ? { folder: path.resolve(to) } : {}), ...(method ? { method } : {}) })
  terminal.result(made, worded(made, context.config))
}

function worded(made: MadeBackup, config: Config): string {
  const lines = facts([
    ['file', made.file],
    ['holds', `${made.people} people, ${made.rows} rows, ${size(made.bytes)}, by ${made.method}`],
    ['kept', `${backupDays(config)} days; ${made.deleted} older ones deleted`],
  ])
  return `${lines}\nIt holds no keys: without a copy of ${path.join(config.home, 'keys')}, kept elsewhere, nobody can open it. Copy it to another machine.`
}

async function list({ config }: Context, terminal: Terminal, { to }: { to?: string }): Promise<void> {
  const folder = to ? path.resolve(to) : backupFolder(config)
  const backups = await listBackups(folder)
  const rows = backups.map(({ file, bytes, header }) => [
    time(new Date(header.madeAt)),
    path.basename(file),
    size(bytes),
    header.method,
    header.keyId,
  ])
  terminal.result(
    backups.map(({ file, bytes, header }) => ({ file, bytes, ...header })),
    backups.length === 0
      ? `There is no backup in ${folder}: \`lupa backup create\` makes one.`
      : `${table(['made', 'file', 'size', 'by', 'key'], rows)}\nIn ${folder}. No keys are in them.`,
  )
}

async function prove(context: Context, terminal: Terminal, _flags: unknown, file?: string): Promise<void> {
  const begins = (chosen: string) => terminal.say(`Restoring ${path.basename(chosen)} beside the register …`)
  const { file: chosen, ...found } = await drill(context, { file, begins })
  terminal.result({ file: chosen, ...found }, proved(found))
  if (!found.passed) process.exitCode = 1
}

function proved(found: Drill): string {
  return facts([
    ['outcome', found.passed ? 'passed: this backup can be restored' : 'FAILED: make another, and find out why'],
    ['made', `${time(new Date(found.madeAt))} by ${found.method}`],
    ['holds', `${found.people} people, ${found.rows} rows, every foreign key checked`],
    ['audit trail', found.auditIntact ? 'whole' : 'BROKEN'],
    [
      'outside ledger',
      `${found.replayed} entries were newer and were replayed; ${found.undone} opt-outs or erasures undone`,
    ],
    ['checksum', found.checksum === 'none' ? 'no .sha256 beside it' : found.checksum],
    ['took', `${found.seconds} s`],
  ])
}

async function restore(
  read: () => Config,
  terminal: Terminal,
  { yes, withoutBackup, otherRegister }: RestoreFlags,
  name = '',
): Promise<void> {
  const config = read()
  refuseMoved(config.home)
  const file = path.resolve(name)
  const header = await readHeader(file)
  if (!yes && !terminal.interactive)
    throw new BadInput('Say --yes to replace the register: there is nobody here to ask.')
  const keys = openKeyRing(config, { mayCreate: false })
  const url = config.database.url ?? (await startEmbeddedPostgres({ home: config.home })).url
  const present = await registerAt(url)
  if (present && present !== header.register && !otherRegister)
    throw new NotAllowed(
      `${path.basename(file)} is a backup of another register than the one here: --other-register replaces it all the same.`,
    )
  if (!yes && !(await terminal.confirm(`Replace the register by what it was at ${time(new Date(header.madeAt))}?`)))
    return terminal.result({ restored: false }, 'Nothing was changed.')
  const before = present && !withoutBackup ? await backUpPresent(config, terminal) : null
  terminal.say('Restoring; the register stays what it is until all of it is here and the outside ledger is replayed …')
  const ledger = openOutsideLedger(config.ledger, config.hostname)
  const restored = await restoreBackup(config, url, { file, keys, ledger }, new Date())
  terminal.result(
    { restored: true, ...restored, before },
    facts([
      ['restored', `${restored.people} people as of ${time(new Date(restored.madeAt))}`],
      ['outside ledger', `${restored.replayed} opt-outs and erasures since then hold again`],
      [
        'campaigns',
        restored.halted > 0 ? `${restored.halted} were under way and are halted: \`lupa campaign list\`` : '',
      ],
      ['before', before ? `what was replaced is in ${before}` : ''],
    ]),
  )
}

async function backUpPresent(config: Config, terminal: Terminal): Promise<string> {
  terminal.say('Making a backup of the register as it is …')
  const context = await openContext({ ...config, logLevel: config.logLevelGiven ? config.logLevel : 'warn' })
  try {
    return (await backUp(context, {})).file
  } finally {
    await context.close()
  }
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
