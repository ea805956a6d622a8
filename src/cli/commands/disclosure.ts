// lupa disclosure …: what was handed to whom outside, on what ground and by whose decision.
import { Command, Option } from 'commander'
import { schemaInventory } from '../../compliance/data-inventory.ts'
import { disclosureReport } from '../../compliance/disclosure-report.ts'
import type { Company } from '../../config.ts'
import type { Context } from '../../context.ts'
import type { DisclosureReason } from '../../domain/disclosure.ts'
import { BadInput, NotAllowed } from '../../domain/errors.ts'
import { listAgreements, listDisclosures, recordDisclosure } from '../../register/disclosures.ts'
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
        .requiredOption('--fields <list>', `which data, like name,contact: ${categories().join(', ')}`)
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

const categories = () => [...schemaInventory().categories.keys()]

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
  const { reason, ground } = allowed(company, flags)
  const fields = fieldsOf(flags.fields, reason)
  const personIds = new Set<string>()
  for (const one of people) personIds.add(await personMeant(db, one))
  if (personIds.size > company.ceilings.disclosure)
    throw new NotAllowed(
      `${personIds.size} people are more than the ceiling of one disclosure, ${company.ceilings.disclosure}: raise ceilings.disclosure in lupa.yaml, or disclose fewer.`,
    )
  const disclosure = {
    recipient: flags.to.trim(),
    reason,
    ground,
    fields,
    purpose: flags.purpose.trim(),
    decidedBy: flags.decidedBy?.trim() || company.responsible.name,
    at: flags.at ? pastTime(flags.at, clock()) : clock(),
    actor: 'operator',
  }
  if (disclosure.purpose === '') throw new BadInput('--purpose is empty: say what it is for.')
  const id = await recordDisclosure(db, { ...disclosure, personIds: [...personIds] })
  terminal.result({ id, ...disclosure, people: personIds.size }, `Written down as ${id}. It may be handed over now.`)
}

/** Nobody, unless lupa.yaml allows them or the law asks. */
function allowed(
  { disclosures }: Company,
  { to, reason, ground }: RecordFlags,
): { reason: DisclosureReason; ground: string } {
  if (reason === 'LEGAL_OBLIGATION') {
    if (!ground?.trim())
      throw new BadInput('LEGAL_OBLIGATION needs --ground: name the law that asks, with its section.')
    return { reason, ground: ground.trim() }
  }
  const known = disclosures.find((one) => one.to === to.trim())
  if (!known)
    throw new NotAllowed(
      `Nothing may be handed to ${to}: add them to disclosures in lupa.yaml with reason and ground, or name the law with --reason LEGAL_OBLIGATION --ground.`,
    )
  return known
}

function fieldsOf(list: string, reason: DisclosureReason): string[] {
  const fields = [
    ...new Set(
      list
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean),
    ),
  ]
  const known = categories()
  const strange = fields.find((one) => !known.includes(one))
  if (strange !== undefined || fields.length === 0)
    throw new BadInput(`--fields ${strange ?? 'is empty'}: write one or more of ${known.join(', ')}.`)
  if (fields.includes('confidential') && reason !== 'LEGAL_OBLIGATION')
    throw new NotAllowed('Confidential text is handed to nobody but where a law asks for it (R-30).')
  return fields
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
