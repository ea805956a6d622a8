// `lupa person export`: what the register holds about one person, for that person (GDPR Art. 15 and 20).
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import { accessReport } from '../../compliance/access-report.ts'
import { accessReportPage } from '../../compliance/access-report-page.ts'
import { portableCsv, portableData } from '../../compliance/portability.ts'
import type { Context } from '../../context.ts'
import { BadInput } from '../../domain/errors.ts'
import { type ConcernedTable, rowsAbout } from '../../register/access-report.ts'
import { personMeant, presentReason } from '../../register/people.ts'
import { command, type Terminal } from '../command.ts'
import { language } from '../give-report.ts'

type Flags = { portable?: boolean; language?: 'fi' | 'en'; force?: boolean; notes: boolean }

/** The command, to be put under `person`. */
export function exportCommand(): Command {
  return command<Flags>(
    'export <person> <file>',
    'everything the register holds about a person: .html to print and hand over, or .json',
    exportPerson,
  )
    .option('--portable', 'only what the person gave, to take elsewhere (GDPR Art. 20): .json or .csv')
    .addOption(language())
    .option('--no-notes', 'without the confidential notes, when they say things about others')
    .option('--force', 'replace a file that is there')
}

async function exportPerson(context: Context, terminal: Terminal, flags: Flags, text = '', file = ''): Promise<void> {
  const { db, keys, clock } = context
  const kind = path.extname(file).toLowerCase().slice(1)
  const kinds = flags.portable ? ['json', 'csv'] : ['html', 'json']
  if (!kinds.includes(kind))
    throw new BadInput(`${path.basename(file)} is neither .${kinds.join(' nor .')}: name the file so.`)
  const id = await personMeant(db, text)
  // Notes are ours, not given by the person.
  const without: ConcernedTable[] = flags.portable || !flags.notes ? ['note'] : []
  const write = flags.portable ? portableText(kind) : await reportText(context, id, kind, flags, without)
  const rows = await rowsAbout(db, keys, id, { actor: 'operator', at: clock() }, without)
  writePrivately(file, write(rows), flags.force ?? false)
  const counts = Object.fromEntries(Object.entries(rows).map(([table, found]) => [table, found.length]))
  const notes = rows.note.length
  if (notes > 0)
    terminal.say(`It holds ${notes} notes: read them first, they may say things about others (--no-notes).`)
  terminal.result({ person: id, file, portable: flags.portable ?? false, rows: counts }, `Written to ${file}.`)
}

type Writer = (rows: Awaited<ReturnType<typeof rowsAbout>>) => string

function portableText(kind: string): Writer {
  return (rows) => {
    const data = portableData(rows)
    return kind === 'csv' ? portableCsv(data) : `${JSON.stringify(data, null, 2)}\n`
  }
}

/** Everything but the rows is looked up before they are: a report that cannot be made is not written down as made. */
async function reportText(
  { db, config, clock }: Context,
  person: string,
  kind: string,
  flags: Flags,
  without: ConcernedTable[],
): Promise<Writer> {
  const { company, companyFile } = config
  if (!company)
    throw new BadInput(
      `There is no ${companyFile}: the report names the register and who keeps it; make one with \`lupa init\`.`,
    )
  const at = clock()
  const because = await presentReason(db, person, at)
  const facts = { language: flags.language ?? company.language, person, because, without, at }
  return (rows) => {
    const report = accessReport(company, { ...facts, rows })
    return kind === 'html' ? accessReportPage(report) : `${JSON.stringify(report, null, 2)}\n`
  }
}

/** A file that only its owner reads. Throws BadInput for one that is there already. */
function writePrivately(file: string, text: string, force: boolean): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: force ? 'w' : 'wx' })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST')
      throw new BadInput(`${path.basename(file)} is there already: choose another name, or add --force.`)
    throw new BadInput(`${path.basename(file)} cannot be written (${code}): choose another folder.`)
  }
}
