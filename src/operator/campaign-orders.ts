// What the owner may order once a campaign is written down, from the command line or the console: a test mail, resume, cancel,
// withdraw. Each says who ordered it, and queues what follows.
import type { Context } from '../context.ts'
import { cancel, resume, underlying, withdraw } from '../domain/campaign.ts'
import { NotAllowed } from '../domain/errors.ts'
import { follow } from '../flow.ts'
import { ownAddresses } from '../newsletter/own-addresses.ts'
import { writeAudit } from '../register/audit.ts'
import { type CampaignRecord, note, record } from '../register/campaigns.ts'
import { markFeedbackUnknown } from '../register/recipients.ts'
import { checkedMail, lacking } from './launching.ts'
import { doNow } from './run-workers.ts'

/** Sends a draft to one of the company's own addresses. Throws NotAllowed with the reason where that cannot be. */
export async function sendTestMail(
  context: Context,
  campaign: CampaignRecord,
  to: string,
  actor = 'operator',
): Promise<void> {
  if (campaign.state !== 'draft')
    throw new NotAllowed(
      `${campaign.name} is ${campaign.state}: a test mail shows a draft. Write the campaign anew to test it.`,
    )
  const lacks = lacking(context.config, context.clock())
  if (lacks.length > 0)
    throw new NotAllowed(`A test mail still lacks:\n${lacks.map((line) => `  - ${line}`).join('\n')}`)
  const own = ownAddresses(context.config.company as NonNullable<typeof context.config.company>, campaign.fromEmail)
  const place = own.indexOf(to.toLowerCase())
  if (place < 0)
    throw new NotAllowed(
      'A test goes to an address of the company’s own only: the responsible person, the sender, or one under alarms in lupa.yaml.',
    )
  const mail = await checkedMail(context, campaign)
  await writeAudit(context.db, { at: context.clock(), actor, action: 'test-mail-ordered', campaignId: campaign.id })
  await note(context.db, campaign.id, { html: mail.html }, 'draft')
  try {
    await doNow(context, { job: 'send-test', payload: { campaignId: campaign.id, to: place } })
  } finally {
    // The draft stays as it was written: it is finished anew, with the settings of that time, when it is launched.
    await note(context.db, campaign.id, { html: campaign.html }, 'draft')
  }
}

/** Goes on after a halt. */
export async function resumeCampaign(context: Context, campaign: CampaignRecord, actor: string): Promise<void> {
  await order(context, campaign, actor, (one) => resume(one, context.clock()))
}

/** Ends it; whoever is in the tool is taken out. */
export async function cancelCampaign(context: Context, campaign: CampaignRecord, actor: string): Promise<void> {
  await order(context, campaign, actor, (one) => cancel(one, context.clock()))
}

/**
 * Takes everybody out of the tool now. `unread` orders it even where feedback cannot be read; everyone disclosed is marked
 * FEEDBACK_UNKNOWN first (I3). Throws NotAllowed where there is nobody to withdraw, before anything is marked.
 */
export async function withdrawCampaign(
  context: Context,
  campaign: CampaignRecord,
  actor: string,
  { unread = false } = {},
): Promise<void> {
  const { clock } = context
  const waits = underlying(campaign) === 'withdrawing'
  if (!waits) withdraw(campaign, 'operator', clock())
  if (unread) await markFeedbackUnknown(context.db, campaign.id)
  await order(context, campaign, actor, (one) => {
    if (!waits) return withdraw(one, 'operator', clock())
    if (one.state === 'halted') return resume(one, clock())
    if (unread) return null
    throw new NotAllowed(
      `${one.name} is being withdrawn already. Where feedback cannot be read, --unread orders it all the same.`,
    )
  })
}

async function order(
  context: Context,
  { id }: CampaignRecord,
  actor: string,
  move: Parameters<typeof record>[3],
): Promise<void> {
  await record(context.db, id, actor, move)
  await follow(context, context.db, id)
}
