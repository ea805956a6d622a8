// lupa compliance …: what the register holds and why, as reports for the owner or an authority.
import { Command } from 'commander'
import { dataInventory } from '../../compliance/data-inventory.ts'
import { inventoryReport, processingRecord } from '../../compliance/inventory-report.ts'
import type { Config } from '../../config.ts'
import type { Context } from '../../context.ts'
import { BadInput } from '../../domain/errors.ts'
import { command, plainCommand, type Terminal } from '../command.ts'
import { asReport, giveReport, type ReportFlags } from '../give-report.ts'

/** The `compliance` commands. */
export function complianceCommand(): Command {
  return new Command('compliance')
    .description('what the register holds, why, and who reads it')
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
