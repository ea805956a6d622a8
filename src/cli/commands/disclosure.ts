// lupa disclosure …: what was handed to whom outside, on what ground and by whose decision.
import { Command, Option } from 'commander'
import { disclosureReport } from '../../compliance/disclosure-report.ts'
import type { Context } from '../../context.ts'
import { BadInput } from '../../domain/errors.ts'
import { disclosableFields, handOver } from '../../operator/disclosure-orders.ts'
import { listAgreements, listDisclosures } from '../../register/disclosures.ts'
import { personMeant } from '../../register/people.ts'
import { command, type Terminal } from '../command.ts'
import { asReport, giveReport, type ReportFlags } from '../give-report.ts'
import { pastTime } from '../past-time.ts'

/** The `disclosure` commands. */
export function disclosureCommand(): Command {
  return new Command('disclosure')
    .description('what was handed to whom outside, the tool included')
    .addCommand(
      command<RecordFlags>('record <person...>', 'write a disclosure down, before it is made', record)
        .requiredOption('--to <name>', 'to whom: one of disclosures in lupa.yaml, or an authority')
        .requiredOption('--fields <list>', `which data, like name,contact: ${disclosableFields().join(', ')}`)
        .requiredOption('--purpose <text>', 'what for')
        .addOption(new Option('--reason <reason>', 'for an authority').choices(['LEGAL_OBLIGATION']))
        .option('--ground <text>', 'for an authority: the law that asks, with its section')
        .option('--decided-by <name>', 'who decided; the person responsible, if not said')
        .option('--at <time>', 'when, if it has happened already'),
    )
    .addCommand(
      asReport(
        command<ReportFlags & { person?: string }>('list', 'every disclosure there has been', list).option(
          '--person <person>',
          'of this person only',
        ),
      ),
    )
}

type RecordFlags = {
  to: string
  fields: string
  purpose: string
  reason?: 'LEGAL_OBLIGATION'
  ground?: string
  decidedBy?: string
  at?: string
}

async function record(
  { db, config, clock }: Context,
  terminal: Terminal,
  flags: RecordFlags,
  ...people: string[]
): Promise<void> {
  const { company, companyFile } = config
  if (!company) throw new BadInput(`There is no ${companyFile}: make one with \`lupa init\`.`)
  const personIds = new Set<string>()
  for (const one of people) personIds.add(await personMeant(db, one))
  const handed = {
    ...{ to: flags.to, fields: flags.fields.split(','), purpose: flags.purpose, personIds: [...personIds] },
    ...{ law: flags.reason === 'LEGAL_OBLIGATION' ? (flags.ground ?? '') : null, decidedBy: flags.decidedBy },
    at: flags.at ? pastTime(flags.at, clock()) : clock(),
  }
  const { id, ...disclosure } = await handOver(db, company, handed, 'operator')
  terminal.result({ id, ...disclosure, people: personIds.size }, `Written down as ${id}. It may be handed over now.`)
}

async function list(
  { db, config }: Context,
  terminal: Terminal,
  { person, ...flags }: ReportFlags & { person?: string },
): Promise<void> {
  const personId = person ? await personMeant(db, person) : null
  const disclosures = await listDisclosures(db, { personId })
  const agreements = await listAgreements(db)
  const language = flags.language ?? config.company?.language ?? 'en'
  giveReport(
    terminal,
    { disclosures, agreements: agreements.map(({ id: _, ...one }) => one) },
    disclosureReport(disclosures, agreements, language),
    { ...flags, language },
  )
}
