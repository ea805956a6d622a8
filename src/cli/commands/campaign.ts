// lupa campaign …: a newsletter from the file to the certificate.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Command } from 'commander'
import { certificatePage } from '../../certificate/certificate-page.ts'
import type { Context } from '../../context.ts'
import { pollsOf } from '../../domain/campaign.ts'
import { BadInput, NotAllowed } from '../../domain/errors.ts'
import { toolTraits } from '../../marketing/tools.ts'
import { readCampaignFile } from '../../newsletter/campaign-file.ts'
import { finishedMail } from '../../newsletter/finished-mail.ts'
import { cancelCampaign, resumeCampaign, sendTestMail, withdrawCampaign } from '../../operator/campaign-orders.ts'
import { lacking, launchable, launchNow, preflight } from '../../operator/launching.ts'
import { someoneWorks, startWorkers, until } from '../../operator/run-workers.ts'
import { campaignStatus } from '../../register/campaign-status.ts'
import { type CampaignRecord, campaignMeant, draftCampaign, listCampaigns } from '../../register/campaigns.ts'
import { certificateOf } from '../../register/certificates.ts'
import { previewSelection, samplePayloads } from '../../register/selection.ts'
import { command, type Terminal } from '../command.ts'
import { helsinki } from '../helsinki.ts'
import { describeStatus, watchCampaign } from '../show-campaign.ts'
import { table } from '../table.ts'

/** The `campaign` command with all that is under it. */
export function campaignCommand(): Command {
  return new Command('campaign')
    .description('newsletters: from the file to the certificate')
    .addCommand(command('new <file>', 'write a campaign file down as a draft; never calls the tool', create))
    .addCommand(command('list', 'all campaigns, newest first', list))
    .addCommand(command('preview <id>', 'who gets it, who does not and why, what would leave, what it costs', preview))
    .addCommand(
      command('test <id>', 'send a test mail to one of the company’s own addresses', test).requiredOption(
        '--to <address>',
        'where to',
      ),
    )
    .addCommand(
      command('launch <id>', 'send it: approve, and follow it to the end', launch)
        .option('--yes', 'do not ask')
        .option('--yes-i-checked-selection', 'many more people than usual are right')
        .option('--yes-i-checked-register', 'the register is right although it was read from its file long ago'),
    )
    .addCommand(command('status <id>', 'how it stands', status).option('--watch', 'follow it until it rests'))
    .addCommand(command('resume <id>', 'go on after a halt', goOn))
    .addCommand(command('cancel <id>', 'end it; whoever is in the tool is taken out', stop))
    .addCommand(
      command('withdraw <id>', 'take everybody out of the tool now', takeOut).option(
        '--unread',
        'even where feedback cannot be read: everyone is marked FEEDBACK_UNKNOWN first',
      ),
    )
    .addCommand(
      command('certificate <id>', 'the evidence that nobody is left', certificate)
        .option('--out <file>', 'where to write the page (.html) or the data (.json)')
        .option('--language <fi|en>', 'language of the page', 'fi'),
    )
}

async function create({ db, config, clock }: Context, terminal: Terminal, _options: object, file = ''): Promise<void> {
  const language = config.company?.language ?? 'fi'
  const plan = await readCampaignFile(file, { settleMs: config.settleMs, language, now: clock() })
  const mail = finishedMail(plan, config, toolTraits(plan.tool).placeholders)
  if (mail && mail.problems.length > 0) {
    throw new BadInput(
      `${plan.contentKind === 'html' ? 'The newsletter' : file} cannot be sent as it is:\n${mail.problems.map((one) => `  - ${one}`).join('\n')}`,
    )
  }
  for (const warning of mail?.warnings ?? []) terminal.say(`note: ${warning}`)
  const { id, name, state } = await draftCampaign(db, plan, 'operator', clock())
  terminal.result({ id, name, state }, `${name} is a draft: ${id}\nNext: lupa campaign preview ${id.slice(0, 8)}`)
}

async function list({ db }: Context, terminal: Terminal): Promise<void> {
  const campaigns = await listCampaigns(db)
  const documents = campaigns.map(({ id, name, state, outcome, createdAt }) => ({
    id,
    name,
    state,
    outcome,
    createdAt,
  }))
  const rows = campaigns.map((one) => [
    one.id.slice(0, 8),
    one.name,
    one.state,
    one.outcome ?? '',
    helsinki(one.createdAt),
  ])
  terminal.result(
    documents,
    rows.length === 0 ? 'There are no campaigns yet.' : table(['id', 'name', 'state', 'outcome', 'made'], rows),
  )
}

async function preview({ db, config, clock }: Context, terminal: Terminal, _options: object, id = ''): Promise<void> {
  const campaign = await campaignMeant(db, id)
  const traits = toolTraits(campaign.tool)
  const { people, selected, excluded } = await previewSelection(db, campaign, clock())
  const sample = (await samplePayloads(db, campaign, clock(), 3)).map(({ id: _, ...payload }) => traits.asSent(payload))
  const linkUntil = new Date((campaign.sendAt ?? clock()).getTime() + campaign.settleSeconds * 1000)
  const mail = finishedMail(campaign, config, traits.placeholders)
  const lacks = lacking(config, clock())
  const document = {
    people,
    selected,
    excluded,
    sample,
    toolRequests:
      selected === 0 ? 0 : traits.requestCost(selected, pollsOf(campaign, config.pollMs), config.toolConnections),
    toolLinkWorksUntil: linkUntil.toISOString(),
    putIn: mail?.added ?? [],
    problems: mail?.problems ?? [],
    warnings: mail?.warnings ?? [],
    lacks,
  }
  const rows: (string | number)[][] = [['gets it', selected], ...Object.entries(excluded)]
  const text = [
    `${campaign.name}: ${selected} of ${people} people get it`,
    table(['', 'people'], rows),
    sample.length > 0
      ? `What leaves, and nothing else:\n${table(
          Object.keys(sample[0] ?? {}),
          sample.map((one) => Object.values(one)),
        )}`
      : '',
    `About ${document.toolRequests} requests to the tool. The tool's own way out works until ${helsinki(linkUntil)}, ours for ever.`,
    ...(document.problems.length > 0 ? [`The newsletter cannot be sent as it is:\n${bullets(document.problems)}`] : []),
    ...(document.warnings.length > 0 ? [`Worth a look:\n${bullets(document.warnings)}`] : []),
    ...(lacks.length > 0 ? [`Launching still lacks:\n${bullets(lacks)}`] : []),
  ]
  terminal.result(document, text.filter(Boolean).join('\n\n'))
}

const bullets = (lines: string[]) => lines.map((line) => `  - ${line}`).join('\n')

async function test(context: Context, terminal: Terminal, { to }: { to: string }, id = ''): Promise<void> {
  await sendTestMail(context, await campaignMeant(context.db, id), to)
  terminal.result({ sent: true }, 'The test mail has been ordered from the tool.')
}

type LaunchFlags = { yes?: boolean; yesICheckedSelection?: boolean; yesICheckedRegister?: boolean }

async function launch(context: Context, terminal: Terminal, flags: LaunchFlags, id = ''): Promise<void> {
  const { yes } = flags
  const campaign = await campaignMeant(context.db, id)
  const { selected } = await launchable(context, campaign, [
    ...(flags.yesICheckedSelection ? (['selection'] as const) : []),
    ...(flags.yesICheckedRegister ? (['register'] as const) : []),
  ])
  if (!yes && !terminal.interactive) {
    throw new BadInput(`Say --yes to send ${campaign.name} to ${selected} people: there is nobody here to ask.`)
  }
  const checked = await preflight(context, campaign)
  for (const warning of checked.mail.warnings) terminal.say(`note: ${warning}`)
  if (!yes && !(await terminal.confirm(`Send ${campaign.name} to ${selected} people?`)))
    throw new NotAllowed('Not sent.')

  await launchNow(context, campaign, checked)
  if (await someoneWorks(context)) return handedOver(context, terminal, campaign)
  await workUntilClosed(context, terminal, campaign)
}

async function handedOver({ db }: Context, terminal: Terminal, { id, name }: CampaignRecord): Promise<void> {
  const current = await campaignStatus(db, id)
  terminal.result(
    current,
    `${name} is on its way: the workers have it.\nFollow it: lupa campaign status ${id.slice(0, 8)} --watch`,
  )
}

async function workUntilClosed(
  context: Context,
  terminal: Terminal,
  { id, settleSeconds }: CampaignRecord,
): Promise<void> {
  if (settleSeconds > 60) {
    terminal.say(
      'No worker is running, so this command does the work until the campaign is closed. It may be stopped (Ctrl-C): `lupa start` goes on with it.',
    )
  }
  const workers = await startWorkers(context)
  try {
    const last = await watchCampaign(
      context,
      id,
      (status) => terminal.interactive || terminal.say(lineOf(status)),
      terminal.interactive,
    )
    // The certificate's head is on its way to the outside ledger.
    await until(async () => (await context.db.ledgerOutbox.count({ where: { writtenAt: null } })) === 0, 10_000)
    terminal.result(last, describeStatus(last))
    if (last.state === 'halted') throw new NotAllowed(`${last.name} is halted: ${last.halted}`)
  } finally {
    await workers.close()
  }
}

function lineOf({ state, because, waitingFor, counts, inTool }: Awaited<ReturnType<typeof campaignStatus>>): string {
  return [
    `${state}${because ? ` (${because})` : ''}`.padEnd(24),
    `in the tool ${inTool}`,
    `disclosed ${counts.intended}`,
    waitingFor ? `waiting for ${waitingFor}` : '',
  ]
    .filter(Boolean)
    .join(' · ')
}

async function status(context: Context, terminal: Terminal, { watch }: { watch?: boolean }, id = ''): Promise<void> {
  const campaign = await campaignMeant(context.db, id)
  if (!watch) {
    const now = await campaignStatus(context.db, campaign.id)
    return terminal.result(now, describeStatus(now))
  }
  const last = await watchCampaign(
    context,
    campaign.id,
    (one) => (terminal.json ? terminal.result(one, '') : terminal.interactive || terminal.say(lineOf(one))),
    terminal.interactive,
  )
  if (!terminal.json) terminal.result(last, describeStatus(last))
}

async function goOn(context: Context, terminal: Terminal, _options: object, id = ''): Promise<void> {
  await moveOn(context, terminal, id, (campaign) => resumeCampaign(context, campaign, 'operator'))
}

async function stop(context: Context, terminal: Terminal, _options: object, id = ''): Promise<void> {
  await moveOn(context, terminal, id, (campaign) => cancelCampaign(context, campaign, 'operator'))
}

async function takeOut(
  context: Context,
  terminal: Terminal,
  { unread = false }: { unread?: boolean },
  id = '',
): Promise<void> {
  await moveOn(context, terminal, id, (campaign) => withdrawCampaign(context, campaign, 'operator', { unread }))
}

/** Moves a campaign by the operator's word; whoever must leave the tool leaves before this command ends. */
async function moveOn(
  context: Context,
  terminal: Terminal,
  id: string,
  order: (campaign: CampaignRecord) => Promise<void>,
): Promise<void> {
  const campaign = await campaignMeant(context.db, id)
  await order(campaign)
  const now = await campaignStatus(context.db, campaign.id)
  const working = now.state !== 'closed' && now.state !== 'halted' && !(await someoneWorks(context))
  if (working) return workUntilClosed(context, terminal, campaign)
  terminal.result(now, describeStatus(now))
}

async function certificate(
  { db, config }: Context,
  terminal: Terminal,
  { out, language }: { out?: string; language: string },
  id = '',
): Promise<void> {
  if (language !== 'fi' && language !== 'en') throw new BadInput('--language is neither fi nor en.')
  const campaign = await campaignMeant(db, id)
  const kept = await certificateOf(db, campaign.id)
  if (!kept)
    throw new NotAllowed(
      `${campaign.name} is ${campaign.state}: its certificate is written when everybody is out of the tool.`,
    )
  const file = path.resolve(out ?? path.join(config.home, 'certificates', `${campaign.id}.html`))
  writeCertificate(
    file,
    file.endsWith('.json') ? `${JSON.stringify(kept, null, 2)}\n` : certificatePage(kept, language),
  )
  terminal.result(kept, `${file}\nseal ${kept.sha256}`)
}

function writeCertificate(file: string, text: string): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
  } catch (error) {
    throw new BadInput(`${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`)
  }
}
