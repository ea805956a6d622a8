// lupa compliance …: what the register holds and why, as reports for the owner or an authority.
import { Command } from 'commander'
import { complianceReport, countWords, resultWords, runChecks } from '../../compliance/compliance-report.ts'
import { dataInventory } from '../../compliance/data-inventory.ts'
import { inventoryReport, processingRecord } from '../../compliance/inventory-report.ts'
import type { Config } from '../../config.ts'
import type { Context } from '../../context.ts'
import { BadInput } from '../../domain/errors.ts'
import { writeAudit } from '../../register/audit.ts'
import { command, plainCommand, type Terminal } from '../command.ts'
import { asReport, giveReport, type ReportFlags } from '../give-report.ts'
import { table } from '../table.ts'

/** The `compliance` commands. */
export function complianceCommand(): Command {
  return new Command('compliance')
    .description('whether the promises of the notice hold; what the register holds, why, and who reads it')
    .addCommand(
      asReport(
        command<ReportFlags>(
          'report',
          'every promise of the privacy notice, what keeps it, and whether it holds now',
          report,
        ),
      ),
    )
    .addCommand(
      asReport(
        command<ReportFlags>(
          'inventory',
          'every column about people: purpose, basis, source, lifetime, readers',
          inventory,
        ),
      ),
    )
    .addCommand(
      asReport(plainCommand<ReportFlags>('record', 'the record of processing activities (GDPR Art. 30)', record)),
    )
}

async function report(context: Context, terminal: Terminal, flags: ReportFlags): Promise<void> {
  const { config, clock, db } = context
  const spoken = flags.language ?? config.company?.language ?? 'en'
  const requirements = await runChecks(context, spoken)
  const failures = requirements.filter(({ result }) => result === 'failed').length
  const facts = { checked: requirements.length, failed: failures }
  const page = complianceReport(
    requirements,
    { register: config.company?.register.name ?? 'Lupa', at: clock() },
    spoken,
  )
  const rows = requirements.map(({ id, result, because }) => [id, resultWords[result][spoken], because])
  const text = `${table(['', '', ''], rows)}\n${countWords(requirements, spoken)}`
  giveReport(terminal, { requirements }, page, { ...flags, language: spoken }, text)
  // What could not be handed over was no report.
  await writeAudit(db, { at: clock(), actor: 'operator', action: 'compliance-checked', facts })
  if (failures > 0) process.exitCode = 1
}

async function inventory({ db, config }: Context, terminal: Terminal, flags: ReportFlags): Promise<void> {
  const columns = await dataInventory(db)
  const { company } = config
  const spoken = flags.language ?? company?.language ?? 'en'
  giveReport(terminal, { columns }, inventoryReport(columns, company, spoken), { ...flags, language: spoken })
}

async function record(read: () => Config, terminal: Terminal, flags: ReportFlags): Promise<void> {
  const { company, companyFile } = read()
  if (!company) throw new BadInput(`There is no ${companyFile}: make one with \`lupa init\`.`)
  const spoken = flags.language ?? company.language
  const report = processingRecord(company, 'Mailchimp (Intuit Inc.)', spoken)
  giveReport(terminal, report, report, { ...flags, language: spoken })
}
