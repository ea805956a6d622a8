// Our campaign inside Mailchimp: drafted with tracking off, looked at, sent once, deleted.
import type { z } from 'zod'
import { Refused, Unavailable } from '../../domain/errors.ts'
import type { Mail, Readiness, ToolCampaign } from '../marketing-tool.ts'
import * as answers from './answers.ts'
import type { Client } from './client.ts'
import {
  deletedOrRefused,
  MailchimpRefusal,
  orIfAbsent,
  passesByItself,
  recipientsNotReady,
  withoutPeople,
} from './failures.ts'
import { everyRow, pageSize } from './paging.ts'
import { placeholders } from './placeholders.ts'

/**
 * Finds our campaign of this name in this audience (an earlier answer may have been lost), else creates it; sets its
 * content and reads it back. One that has left the draft state is returned as it is: look at `campaign` before sending.
 * Throws Refused when tracking is on, or a way out did not survive.
 */
export async function draftCampaign(
  client: Client,
  audienceId: string,
  mail: Mail,
): Promise<{ toolCampaignId: string }> {
  const known = await findCampaign(client, audienceId, mail.name)
  const campaign = known
    ? await client.call('reads', answers.campaign, (sdk) => sdk.campaigns.get(known, withoutLinks))
    : await create(client, audienceId, mail)
  const { id: toolCampaignId, status, tracking, recipients } = campaign
  if (status !== 'save') return { toolCampaignId }
  if (tracking) throw new Refused('Mailchimp keeps open or click tracking on in our campaign: turn it off in Mailchimp')
  if (recipients.listId !== audienceId) throw new Refused('our campaign in Mailchimp points at another audience')

  const content = { html: mail.html }
  await client.call('changes', answers.campaignContent, (sdk) => sdk.campaigns.setContent(toolCampaignId, content))
  requireWaysOut(await readHtml(client, toolCampaignId), mail.html)
  return { toolCampaignId }
}

/** How the campaign stands; `recipientCount` is null while Mailchimp tells none. */
export async function readCampaign({ call }: Client, toolCampaignId: string): Promise<ToolCampaign> {
  const asked = call('reads', answers.campaign, (sdk) => sdk.campaigns.get(toolCampaignId, withoutLinks))
  const campaign = await orIfAbsent(asked, null)
  if (!campaign) return { state: 'absent' }
  const state = states[campaign.status]
  if (!state) throw new Unavailable(`a campaign status we do not know: ${withoutPeople(campaign.status)}`)
  const { recipients, emails_sent, send_time } = campaign
  return { state, recipientCount: recipients.count, sentCount: emails_sent ?? 0, sentAt: send_time }
}

/** Mailchimp's send checklist. */
export async function readiness({ call }: Client, toolCampaignId: string): Promise<Readiness> {
  const { is_ready: ready, items } = await call('reads', answers.checklist, (sdk) =>
    sdk.campaigns.getSendChecklist(toolCampaignId, withoutLinks),
  )
  const lines = items
    .filter(({ type }) => type === 'error')
    .map(({ heading, details }) => withoutPeople([heading, details].filter(Boolean).join(': ')))
  const problems = lines.filter((line) => !passesByItself(line))
  return { ready, waiting: !ready && problems.length === 0, problems: ready ? [] : problems }
}

/**
 * Orders the sending. Throws Unavailable when the recipients are not counted yet, and with `outcomeUnknown` when the
 * campaign turns out to be sending or sent already; Refused for every other reason.
 */
export async function send(client: Client, toolCampaignId: string): Promise<void> {
  try {
    await client.call('changes', answers.nothing, (sdk) => sdk.campaigns.send(toolCampaignId))
  } catch (failure) {
    if (!(failure instanceof MailchimpRefusal) || ![400, 405].includes(failure.status)) throw failure
    // No wording for "already sent" is known, so the campaign itself is asked.
    const { state } = await readCampaign(client, toolCampaignId)
    if (state === 'sending' || state === 'sent') {
      throw new Unavailable('the campaign is being sent already, or has been', { outcomeUnknown: true })
    }
    if (recipientsNotReady(failure.detail)) throw new Unavailable('Mailchimp has not counted the recipients yet')
    throw failure
  }
}

/** Sends one test mail of a draft to an address of the company's own. */
export async function sendTest({ call }: Client, toolCampaignId: string, to: string): Promise<void> {
  const body = { test_emails: [to], send_type: 'html' }
  await call('changes', answers.nothing, (sdk) => sdk.campaigns.sendTestEmail(toolCampaignId, body))
}

/** Deletes the campaign with its reports; an absent one counts as deleted. */
export async function deleteCampaign(
  { call }: Client,
  toolCampaignId: string,
): Promise<'deleted' | { refused: string }> {
  return deletedOrRefused(call('changes', answers.nothing, (sdk) => sdk.campaigns.remove(toolCampaignId)))
}

/** The HTML of a campaign as Mailchimp holds it. */
export async function readHtml({ call }: Client, toolCampaignId: string): Promise<string> {
  const { html } = await call('reads', answers.campaignContent, (sdk) =>
    sdk.campaigns.getContent(toolCampaignId, { fields: ['html'] }),
  )
  return html
}

/** Every draft of this title, whatever audience it is for. */
export async function draftsCalled(client: Client, title: string): Promise<{ id: string }[]> {
  return campaignsCalled(client, title, { status: 'save' })
}

const withoutLinks = { excludeFields: ['_links'] }

// `archived` is a sent campaign put out of sight; `paused` never leaves for a regular campaign.
const states: Record<string, Exclude<ToolCampaign['state'], 'absent'>> = {
  save: 'draft',
  paused: 'draft',
  schedule: 'scheduled',
  sending: 'sending',
  canceling: 'sending',
  sent: 'sent',
  archived: 'sent',
  canceled: 'cancelled',
}

async function findCampaign(client: Client, audienceId: string, title: string): Promise<string | undefined> {
  return (await campaignsCalled(client, title, { listId: audienceId }))[0]?.id
}

async function campaignsCalled({ call }: Client, title: string, where: { listId: string } | { status: 'save' }) {
  const fields = ['campaigns.id', 'campaigns.settings.title', 'total_items']
  const rows = await everyRow(
    (offset) =>
      call('reads', answers.campaignPage, (sdk) => sdk.campaigns.list({ ...where, fields, count: pageSize, offset })),
    ({ id }) => id,
  )
  return rows.filter(({ settings }) => settings.title === title)
}

async function create({ call }: Client, audienceId: string, mail: Mail): Promise<z.output<typeof answers.campaign>> {
  return call('changes', answers.campaign, (sdk) =>
    sdk.campaigns.create({
      type: 'regular',
      recipients: { list_id: audienceId },
      settings: {
        subject_line: mail.subject,
        title: mail.name,
        from_name: mail.fromName,
        reply_to: mail.fromEmail,
        to_name: '*|FNAME|* *|LNAME|*',
      },
      tracking: { opens: false, html_clicks: false, text_clicks: false, goal_tracking: false, ecomm360: false },
    }),
  )
}

/** The mail as kept must have both ways out: ours (recipient's id; campaign's, if the mail has it) and Mailchimp's. */
function requireWaysOut(kept: string, sent: string): void {
  const { recipientId, toolOptOut, campaignId } = placeholders
  const needed = [recipientId, toolOptOut, ...(sent.includes(campaignId) ? [campaignId] : [])]
  const missing = needed.filter((placeholder) => !kept.includes(placeholder))
  if (missing.length === 0) return
  throw new Refused(`the mail as Mailchimp keeps it lacks ${missing.join(' and ')}: recipients could not opt out of it`)
}
