// What must hold before a campaign may be launched: looked at by preview, insisted on by launch.
import type { Config } from '../config.ts'
import type { Context } from '../context.ts'
import { approve } from '../domain/campaign.ts'
import { transferLapsed } from '../domain/disclosure.ts'
import { BadInput, NotAllowed, Unavailable } from '../domain/errors.ts'
import { type Guarded, registerGuard, selectionGuard } from '../domain/guard-rails.ts'
import { follow } from '../flow.ts'
import { toolTraits } from '../marketing/tools.ts'
import type { FinishedNewsletter } from '../newsletter/finish-newsletter.ts'
import { finishedMail } from '../newsletter/finished-mail.ts'
import { type CampaignRecord, campaignById, note, record } from '../register/campaigns.ts'
import { rememberAgreement } from '../register/disclosures.ts'
import { lastImportAt } from '../register/imports.ts'
import { rememberNotice } from '../register/information.ts'
import { earlierSelections, previewSelection, type SelectionCounts } from '../register/selection.ts'
import { toolAccount } from '../register/tool-accounts.ts'
import { doNow, workOff } from './run-workers.ts'

/** What launching still lacks, as sentences; empty when nothing. Looks at configuration only. */
export function lacking({ company, companyFile, mailchimp, toolTransferAllowed }: Config, now: Date): string[] {
  const lacks: string[] = []
  if (!company) lacks.push(`There is no ${companyFile}: make one with \`lupa init\`.`)
  if (!mailchimp.apiKey)
    lacks.push(
      'MAILCHIMP_API_KEY is not set: take a key from the tool’s account page, and set it or write it into .env.',
    )
  if (!toolTransferAllowed)
    lacks.push(
      'TOOL_TRANSFER_ALLOWED is false, so nobody may be pushed: set it to true when transfers are allowed again.',
    )
  const nextCheck = company?.tool.transfer.nextCheck
  if (nextCheck && transferLapsed(nextCheck, now)) {
    lacks.push(
      `The transfer to the tool should have been checked again by ${nextCheck} (R-48): check it and move tool.transfer.nextCheck in lupa.yaml.`,
    )
  }
  return lacks
}

/**
 * Who would get it now, when that is not nobody, not more than the ceiling, and nothing unusual that nobody has `checked`. Throws
 * NotAllowed with the figures otherwise.
 */
export async function launchable(
  { db, config, clock }: Context,
  campaign: CampaignRecord,
  checked: readonly Guarded[] = [],
): Promise<SelectionCounts> {
  if (campaign.state !== 'draft')
    throw new NotAllowed(
      `${campaign.name} is ${campaign.state}, and only a draft can be launched: write a new one with \`lupa campaign new\`.`,
    )
  const lacks = lacking(config, clock())
  if (lacks.length > 0) throw new NotAllowed(`Launching still lacks:\n${lacks.map((one) => `  - ${one}`).join('\n')}`)
  if (campaign.sendAt && campaign.sendAt < clock())
    throw new NotAllowed('The time to send is over: write the campaign anew.')
  const counts = await previewSelection(db, campaign, clock())
  const ceiling = config.company?.ceilings.recipients ?? 0
  if (counts.selected === 0)
    throw new NotAllowed(
      `${campaign.name} asks for ${counts.people} people, and none of them may get it now: \`lupa campaign preview\` says why.`,
    )
  if (counts.selected > ceiling)
    throw new NotAllowed(
      `${counts.selected} people would get it, and the ceiling is ${ceiling}: raise ceilings.recipients in lupa.yaml, or ask for fewer.`,
    )
  const unusual = [
    checked.includes('selection') ? null : selectionGuard(counts.selected, await earlierSelections(db)),
    checked.includes('register') ? null : registerGuard(await lastImportAt(db), clock()),
  ].filter((sentence) => sentence !== null)
  if (unusual.length > 0) throw new NotAllowed(unusual.join('\n'))
  return counts
}

/** Looks at account and content; what they must be is checked, nothing is written but what was seen. */
export async function preflight(
  context: Context,
  campaign: CampaignRecord,
): Promise<{ accountId: string; mail: FinishedNewsletter }> {
  const { accountId } = await checkedAccount(context, campaign.tool)
  return { accountId, mail: await checkedMail(context, campaign) }
}

/** The owner has said yes: the campaign is approved with the finished mail, and its first step is queued. */
export async function launchNow(
  context: Context,
  campaign: CampaignRecord,
  { accountId, mail }: Awaited<ReturnType<typeof preflight>>,
  actor = 'operator',
): Promise<void> {
  const { db, clock, config } = context
  await storeLifetimes(context)
  if (config.company) {
    await rememberNotice(db, config.company.notice, clock())
    await rememberAgreement(db, campaign.tool, config.company.tool, clock())
  }
  await note(db, campaign.id, { html: mail.html, noticeVersion: config.company?.notice.version ?? null }, 'draft')
  await record(db, campaign.id, actor, (one) => approve(one, accountId, clock()))
  await follow(context, db, campaign.id)
}

/** Lifetimes are judged by the database: it must know those of lupa.yaml before anybody is selected (R-19). */
async function storeLifetimes({ db, config }: Context): Promise<void> {
  for (const [category, days] of Object.entries(config.company?.lifetimes ?? {})) {
    await db.retentionLifetime.upsert({ where: { category }, create: { category, days }, update: { days } })
  }
}

/**
 * Looks at the tool's account through the `tool` queue. Throws NotAllowed for a wrong account, Unavailable for one
 * that does not answer or does not take the key.
 */
export async function checkedAccount(context: Context, tool: string): Promise<{ accountId: string }> {
  const asked = context.clock()
  const fresh = async () => {
    const seen = await toolAccount(context.db, tool)
    return seen && seen.checkedAt >= asked ? seen : null
  }
  await workOff(context, [{ job: 'check-tool', payload: { tool } }], async () => (await fresh()) !== null)
  const seen = await toolAccount(context.db, tool)
  if (!seen || seen.problem) throw problemOf(seen?.problem ?? 'it said nothing')
  return { accountId: seen.accountId as string }
}

function problemOf(problem: string): Error {
  const [, kind, sentence = problem] = /^(\w+): (.*)$/s.exec(problem) ?? []
  // What the tool itself refused carries its HTTP status: a key it does not take is a failure, another's account a rule of ours.
  const ofTheTool = /\(HTTP \d+\)/.test(sentence)
  if ((kind === 'Refused' || kind === 'NotAllowed') && !ofTheTool)
    return new NotAllowed(`The tool account cannot be used: ${sentence}`)
  if (kind === 'BadInput') return new BadInput(sentence)
  const next = kind === 'Refused' ? 'Nothing was changed.' : 'Nothing was changed; try again when it answers.'
  return new Unavailable(`The tool account could not be looked at: ${sentence}. ${next}`)
}

/** The campaign's content, fetched from the tool when it was designed there; finished and checked. Throws BadInput listing every problem. */
export async function checkedMail(context: Context, campaign: CampaignRecord): Promise<FinishedNewsletter> {
  if (campaign.contentKind !== 'html') {
    await doNow(context, { job: 'read-design', payload: { campaignId: campaign.id } }).catch((error: Error) => {
      throw new Unavailable(
        `The design cannot be read from the tool, check its id in the campaign file (${campaign.contentKind}): ${error.message}`,
      )
    })
  }
  const current = await campaignById(context.db, campaign.id)
  const mail = finishedMail(current, context.config, toolTraits(campaign.tool).placeholders)
  if (!mail) throw new NotAllowed(`There is no ${context.config.companyFile}: make one with \`lupa init\`.`)
  if (mail.problems.length > 0)
    throw new BadInput(
      `The newsletter cannot be sent as it is:\n${mail.problems.map((one) => `  - ${one}`).join('\n')}`,
    )
  return mail
}
