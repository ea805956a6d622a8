// Reports of the command line: lines on the terminal, one JSON document, or a file for somebody else.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Command, Option } from 'commander'
import { type Language, type Report, reportPage } from '../compliance/report.ts'
import { BadInput } from '../domain/errors.ts'
import type { Terminal } from './command.ts'
import { section, table } from './table.ts'

export type ReportFlags = { language?: Language; out?: string }

/** A command whose result may go into a file, as a page or as data. */
export function asReport(made: Command): Command {
  return made.addOption(language()).option('--out <file>', 'write it there: .html, a page to print, or .json')
}

/** The option `--language fi|en` of reports. */
export function language(): Option {
  return new Option('--language <language>', 'of the report; the company’s, if not said').choices(['fi', 'en'])
}

/** A report on the terminal (as `text`, where a page is too wide for it), or in the file that was asked for. */
export function giveReport(
  terminal: Terminal,
  document: unknown,
  report: Report,
  { out, language: spoken }: { out?: string; language: Language },
  text = reportText(report),
): void {
  if (!out) {
    terminal.result(document, text)
    return
  }
  const file = path.resolve(out)
  const kind = path.extname(file)
  if (kind !== '.html' && kind !== '.json')
    throw new BadInput(`${path.basename(file)} is neither .html nor .json: name the file so.`)
  try {
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, kind === '.json' ? `${JSON.stringify(document, null, 2)}\n` : reportPage(report, spoken))
  } catch (error) {
    throw new BadInput(`${file} cannot be written (${(error as NodeJS.ErrnoException).code}): choose another folder.`)
  }
  terminal.result(document, file)
}

function reportText({ title, lead, sections }: Report): string {
  const parts = sections.map(({ title: name, head, rows, note }) =>
    section(`\n${name}`, [note, rows.length > 0 ? table(head, rows) : null].filter(Boolean).join('\n')),
  )
  return [title, lead, ...parts].join('\n')
}
