// `lupa register`: files in, and out again.
import { accessSync, constants, readFileSync } from 'node:fs'
import path from 'node:path'
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import { BadInput } from '../../domain/errors.ts'
import { lost } from '../../domain/guard-rails.ts'
import { findMapping } from '../../intake/find-mapping.ts'
import { type Mapping, readMapping } from '../../intake/mapping.ts'
import { openSource } from '../../intake/open-source.ts'
import { proposeMapping } from '../../intake/propose-mapping.ts'
import type { Source } from '../../intake/source.ts'
import { afterProhibition } from '../../operator/after-prohibition.ts'
import { exportRegister } from '../../register/export.ts'
import { undoImport } from '../../register/import-undo.ts'
import { type ImportResult, importInto, listImports, type RowCounts } from '../../register/imports.ts'
import { command, type Terminal } from '../command.ts'
import { facts, section, table, time } from '../table.ts'

/** The `register` commands. */
export function registerCommand(): Command {
  return new Command('register')
    .description('customer files into the register, and the register out into a file')
    .addCommand(
      command<ImportFlags>(
        'import <file>',
        'read an Access database (.accdb, .mdb), a .csv or an .xlsx into the register',
        importFile,
      )
        .option('--mapping <file>', 'which table and column means what (.yaml); bundled ones are found by themselves')
        .option('--password-file <file>', 'a file whose first line is the password of the Access database')
        .option('--dry-run', 'count exactly what would happen, and change nothing; proposes a mapping where none fits')
        .option('--yes-i-checked-permissions', 'many people losing their permission or address is right'),
    )
    .addCommand(command('imports', 'list what has been imported', showImports))
    .addCommand(command('undo <import>', 'take an import back, while nothing depends on it', undo))
    .addCommand(
      command<{ force?: boolean }>(
        'export <file>',
        'write everyone to a .csv or .xlsx that can be imported again, or to a .json',
        exportFile,
      ).option('--force', 'replace the file if it is there'),
    )
}

type ImportFlags = { mapping?: string; passwordFile?: string; dryRun?: boolean; yesICheckedPermissions?: boolean }

async function importFile(context: Context, terminal: Terminal, flags: ImportFlags, file = ''): Promise<void> {
  const password = flags.passwordFile ? readPassword(flags.passwordFile) : undefined
  const source = await openSource(file, password === undefined ? {} : { password })
  try {
    for (const notice of source.notices) terminal.say(notice)
    const mapping = chooseMapping(source, flags)
    if (!mapping) return propose(terminal, source)
    const { db, keys, clock } = context
    const progress = watch(clock)
    const result = await importInto(db, keys, source, mapping, {
      dryRun: flags.dryRun ?? false,
      permissionsChecked: flags.yesICheckedPermissions ?? false,
      actor: 'operator',
      at: clock(),
      onProgress: progress.rows,
    }).finally(progress.end)
    terminal.result({ file: path.basename(file), ...result }, describe(file, result))
    if (!result.dryRun) await afterProhibition(context)
  } finally {
    await source.close()
  }
}

function readPassword(file: string): string {
  return (readText(file).split(/\r?\n/)[0] ?? '').replace(/^\uFEFF/, '')
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new BadInput(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code}): check the name and the folder.`,
    )
  }
}

/** The mapping given, or the bundled one that fits; undefined when a dry run should propose one. Throws BadInput when there is none. */
function chooseMapping(source: Source, { mapping, dryRun }: ImportFlags): Mapping | undefined {
  if (mapping) return readMapping(readText(mapping), path.basename(mapping))
  const found = findMapping(source.tables)
  if (found || dryRun) return found
  throw new BadInput(
    'No bundled mapping fits this file. Add --dry-run to get a proposal, save it as mapping.yaml, correct it, and import with --mapping mapping.yaml.',
  )
}

function propose(terminal: Terminal, source: Source): void {
  const proposal = proposeMapping(source.tables)
  terminal.say(
    'No bundled mapping fits this file. Below is a proposal: save it, correct it, and give it with --mapping.',
  )
  terminal.result({ proposedMapping: proposal, dryRun: true }, proposal.trimEnd())
}

/** One line on a terminal that says how far it is, at most four times a second. */
function watch(clock: () => Date) {
  const started = clock().getTime()
  let shown = started
  const isShown = process.stderr.isTTY
  const rows = (count: number) => {
    const now = clock().getTime()
    if (!isShown || now - shown < 250) return
    shown = now
    process.stderr.write(`\r${count} rows read, ${Math.round((count * 1000) / (now - started))} a second `)
  }
  return { rows, end: () => void (isShown && shown > started && process.stderr.write('\r\u001b[K')) }
}

function describe(file: string, result: ImportResult): string {
  const { people, organisations, activities, permission, rejectedRows } = result
  const line = (what: string, of: RowCounts) => [
    what,
    of.read,
    of.added,
    of.updated,
    of.unchanged,
    of.suppressed,
    of.rejected,
  ]
  const head = ['', 'read', 'added', 'updated', 'unchanged', 'suppressed', 'rejected']
  const counts = table(head, [
    line('people', people),
    line('organisations', organisations),
    line('activities', activities),
  ])
  const said = facts([
    [
      'permission',
      `${permission.permission} yes, ${permission.prohibition} no, ${permission.unknown} unknown (as the file says)`,
    ],
    ['notes', result.notes],
    ['no longer mailed', result.loses ? `${lost(result.loses)} of ${result.loses.of}` : 0],
    ['to review', result.review === 0 ? 0 : `${result.review} (lupa review list)`],
    ['not read', result.droppedColumns.join(', ')],
    ['import', result.import ?? 'nothing was changed (dry run)'],
  ])
  const rejected = rejectedRows.slice(0, 20).map((row) => `${row.table}, row ${row.row}: ${row.because}`)
  const parts = [path.basename(file), counts, said]
  return [...parts, ...(rejected.length > 0 ? [section('Rejected', rejected.join('\n'))] : [])].join('\n\n')
}

async function showImports({ db }: Context, terminal: Terminal): Promise<void> {
  const imports = await listImports(db)
  const documents = imports.map(({ id, format, actor, startedAt, undoneAt, counts, droppedColumns }) => {
    const { marks: _, ...shown } = (counts ?? {}) as Record<string, unknown>
    return { ...shown, import: id, format, actor, at: startedAt, undoneAt, droppedColumns }
  })
  const rows = documents.map((one) => {
    const people = (one as { people?: RowCounts }).people
    return [
      one.import.slice(0, 8),
      time(one.at),
      one.format,
      people?.added,
      people?.updated,
      people?.unchanged,
      one.undoneAt ? 'undone' : '',
    ]
  })
  const shown =
    rows.length > 0
      ? table(['import', 'at', 'format', 'added', 'updated', 'unchanged', ''], rows)
      : 'Nothing has been imported yet.'
  terminal.result(documents, shown)
}

async function undo({ db, clock }: Context, terminal: Terminal, _flags: object, id = ''): Promise<void> {
  const result = await undoImport(db, id, { actor: 'operator', at: clock() })
  const rows = (['people', 'organisations', 'activities'] as const).map((what) => [
    what,
    result[what].removed,
    result[what].restored,
  ])
  const note =
    result.permissionsTakenBack > 0
      ? `\n\nPermissions taken back from people who stay: ${result.permissionsTakenBack}`
      : ''
  terminal.result(result, table(['', 'removed', 'restored'], rows) + note)
}

async function exportFile(
  { db, clock }: Context,
  terminal: Terminal,
  flags: { force?: boolean },
  file = '',
): Promise<void> {
  refuseUnwritable(path.dirname(path.resolve(file)))
  const result = await exportRegister(db, file, { force: flags.force ?? false, actor: 'operator', at: clock() })
  terminal.say(
    'The file holds personal data: keep it where only you can read it, and delete it when you no longer need it.',
  )
  terminal.result(
    { file, ...result },
    `${result.people} people and ${result.organisations} organisations are in ${file}.`,
  )
}

function refuseUnwritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new BadInput(`Nothing can be written into ${folder} (${code}): check the folder, or name another.`)
  }
}
