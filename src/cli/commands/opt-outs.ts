// lupa opt-outs …: what came back, and what reached the operator by mail, phone, letter or in person.
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import { BadInput } from '../../domain/errors.ts'
import { spokenWays, syncFeedback, writeDownNo } from '../../operator/feedback-orders.ts'
import { campaignMeant, listCampaigns } from '../../register/campaigns.ts'
import { listFeedback } from '../../register/feedback.ts'
import { exportOptOuts } from '../../register/opt-out-export.ts'
import { command, type Terminal } from '../command.ts'
import { helsinki } from '../helsinki.ts'
import { pastTime } from '../past-time.ts'
import { table } from '../table.ts'

/** The `opt-outs` command with all that is under it. */
export function optOutsCommand(): Command {
  return new Command('opt-outs')
    .description('feedback: what came back, and what you were told')
    .addCommand(command('sync [id]', 'read feedback from the tool now, for one campaign or all open ones', sync))
    .addCommand(
      command('list', 'the feedback inbox, newest first', list).option('--since <time>', 'only what came since then'),
    )
    .addCommand(
      command<ExportOptions>('export <file>', 'who said no, keyed by the old HenkilöID (.csv or .xlsx)', exportFile)
        .option('--register <name>', 'only the people who came from this register (default: all)')
        .option('--force', 'replace the file if it is there'),
    )
    .addCommand(
      command('add [address]', 'write down that somebody said no', add)
        .requiredOption('--channel <way>', `how: ${spokenWays.join(', ')}`)
        .option('--campaign <id>', 'the campaign id in the subject of an opt-out mail')
        .option('--recipient <id>', 'the recipient id in the subject of an opt-out mail')
        .option('--at <time>', 'when they said it (default: now)')
        .option('--evidence <text>', 'where it is written down'),
    )
}

async function sync(context: Context, terminal: Terminal, _options: object, id?: string): Promise<void> {
  const { db } = context
  const open = id ? [await campaignMeant(db, id)] : await listCampaigns(db, { open: true })
  const { campaigns, applied } = await syncFeedback(context, open)
  terminal.result(
    { campaigns, applied },
    campaigns === 0
      ? 'No campaign has people in the tool: there is nothing to read.'
      : `Read ${campaigns} campaigns, applied ${applied} pieces of feedback.`,
  )
}

async function list({ db, clock }: Context, terminal: Terminal, { since }: { since?: string }): Promise<void> {
  const pieces = await listFeedback(db, since ? pastTime(since, clock()) : null)
  const documents = pieces.map(
    ({ id, kind, source, channel, campaignId, personId, at, receivedAt, appliedAt, effect }) => ({
      id: String(id),
      kind,
      source,
      channel,
      campaignId,
      personId,
      at,
      receivedAt,
      appliedAt,
      effect,
    }),
  )
  const rows = documents.map((one) => [
    one.id,
    one.kind,
    one.channel ?? one.source,
    helsinki(one.at),
    one.appliedAt ? helsinki(one.appliedAt) : 'waiting',
    one.effect ?? '',
  ])
  terminal.result(
    documents,
    rows.length === 0 ? 'The inbox is empty.' : table(['id', 'kind', 'way', 'happened', 'applied', 'effect'], rows),
  )
}

type ExportOptions = { register?: string; force?: boolean }

async function exportFile({ db, clock }: Context, terminal: Terminal, options: ExportOptions, file = '') {
  const { register = null, force = false } = options
  const result = await exportOptOuts(db, file, { register, force, actor: 'operator', at: clock() })
  terminal.result(
    { file, ...result },
    `${result.people} people who may not be mailed are in ${file}, by their HenkilöID, without names and addresses.`,
  )
}

type AddOptions = { channel: string; campaign?: string; recipient?: string; at?: string; evidence?: string }

async function add(context: Context, terminal: Terminal, options: AddOptions, address?: string): Promise<void> {
  const channel = spokenWays.find((one) => one === options.channel)
  if (!channel) throw new BadInput(`--channel ${options.channel} is not one of ${spokenWays.join(', ')}.`)
  const at = options.at ? pastTime(options.at, context.clock()) : context.clock()
  const { campaign, recipient, evidence = null } = options
  const { effect } = await writeDownNo(context, { address, campaign, recipient, channel, evidence, at })
  terminal.result({ effect }, `Written down: ${effect}.`)
}
