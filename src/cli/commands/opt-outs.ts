// lupa opt-outs …: what came back, and what reached the operator by mail, phone, letter or in person.
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import { normaliseAddress } from '../../domain/email-address.ts'
import { BadInput } from '../../domain/errors.ts'
import { afterProhibition } from '../../operator/after-prohibition.ts'
import { checkedAccount } from '../../operator/launching.ts'
import { workOff } from '../../operator/run-workers.ts'
import { campaignById, campaignMeant, listCampaigns } from '../../register/campaigns.ts'
import {
  applyFeedback,
  type IncomingFeedback,
  listFeedback,
  receiveFeedback,
  waitingFeedback,
} from '../../register/feedback.ts'
import { exportOptOuts } from '../../register/opt-out-export.ts'
import { recipientOfLink } from '../../register/opt-outs.ts'
import { command, type Terminal } from '../command.ts'
import { helsinki } from '../helsinki.ts'
import { pastTime } from '../past-time.ts'
import { table } from '../table.ts'

const channels = ['mail', 'phone', 'letter', 'in-person'] as const

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
        .requiredOption('--channel <way>', `how: ${channels.join(', ')}`)
        .option('--campaign <id>', 'the campaign id in the subject of an opt-out mail')
        .option('--recipient <id>', 'the recipient id in the subject of an opt-out mail')
        .option('--at <time>', 'when they said it (default: now)')
        .option('--evidence <text>', 'where it is written down'),
    )
}

async function sync(context: Context, terminal: Terminal, _options: object, id?: string): Promise<void> {
  const { db, clock } = context
  const open = id ? [await campaignMeant(db, id)] : await listCampaigns(db, { open: true })
  const readable = open.filter(({ state }) => state === 'opened' || state === 'disclosed' || state === 'sent')
  // Said at once and in its own words, instead of waiting for reads that cannot come.
  for (const tool of new Set(readable.map((one) => one.tool))) await checkedAccount(context, tool)
  const asked = clock()
  const read = async (campaignId: string) => ((await campaignById(db, campaignId)).lastReadAt ?? new Date(0)) >= asked
  const calls = readable.map((one) => ({ job: 'collect-feedback' as const, payload: { campaignId: one.id } }))
  if (calls.length > 0)
    await workOff(context, calls, async () => (await Promise.all(readable.map((one) => read(one.id)))).every(Boolean))
  const applied = (await waitingFeedback(db)) > 0 ? await applyFeedback(db, clock()) : 0
  await afterProhibition(context)
  terminal.result(
    { campaigns: readable.length, applied },
    readable.length === 0
      ? 'No campaign has people in the tool: there is nothing to read.'
      : `Read ${readable.length} campaigns, applied ${applied} pieces of feedback.`,
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
  const { db, clock } = context
  const channel = channels.find((one) => one === options.channel)
  if (!channel) throw new BadInput(`--channel ${options.channel} is not one of ${channels.join(', ')}.`)
  const at = options.at ? pastTime(options.at, clock()) : clock()
  const who = await whoSaidNo(context, options, address)
  const news = await receiveFeedback(db, [
    {
      ...who,
      kind: 'opted-out',
      source: 'operator',
      channel,
      evidence: options.evidence ?? null,
      at,
      receivedAt: clock(),
      onceKey: ['operator', who.campaignId ?? who.addressHash, who.recipientId, at.toISOString()]
        .filter(Boolean)
        .join('|'),
    },
  ])
  await applyFeedback(db, clock())
  await afterProhibition(context)
  const [piece] = news > 0 ? await listFeedback(db, null, 1) : []
  const effect = piece?.effect ?? 'known already'
  terminal.result({ effect }, `Written down: ${effect}.`)
}

type WhoSaidNo = Pick<IncomingFeedback, 'campaignId' | 'recipientId' | 'personId' | 'addressHash'>

/** By the two ids of an opt-out mail, which work for ever, or by the address. Throws BadInput when it is neither. */
async function whoSaidNo({ db, keys }: Context, options: AddOptions, address?: string): Promise<WhoSaidNo> {
  const { campaign, recipient } = options
  if (campaign && recipient) {
    const link = { toolCampaignId: campaign, toolIdHashes: keys.hashes('tool-id', recipient) }
    const found = await recipientOfLink(db, link)
    if (found) return found
    throw new BadInput(
      'No recipient has these two ids: check them against the subject of the mail, or give the address.',
    )
  }
  if (!address)
    throw new BadInput('Give the address, or --campaign and --recipient from the subject of the opt-out mail.')
  const normal = normaliseAddress(address)
  if (typeof normal === 'string')
    throw new BadInput('That is not one email address: write it as name@company.example, without a name or spaces.')
  const [person] = await db.person.findMany({
    where: { addressHashes: { hasSome: keys.hashes('email', normal.matching) } },
    take: 1,
  })
  return {
    campaignId: null,
    recipientId: null,
    personId: person?.id ?? null,
    addressHash: keys.hash('email', normal.matching),
  }
}
