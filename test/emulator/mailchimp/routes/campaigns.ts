// Campaigns: drafts, their content, and what can be done with them (mailchimp.md §5).
import { randomBytes } from 'node:crypto'
import { stamp } from '../clock.ts'
import { pageOf } from '../collections.ts'
import { deliverUnlessHeld, lookAtRecipients } from '../delivery.ts'
import { type Json, objectOf, textOf } from '../json.ts'
import { plainTextOf } from '../mails.ts'
import { takeMischief } from '../mischief.ts'
import { linksTo, presentCampaign } from '../presentation.ts'
import { badRequest, invalidFields, methodNotAllowed, notFound } from '../problems.ts'
import { type Answer, type Call, noContent, ok, type Route } from '../router.ts'
import type { Campaign, EmulatorState } from '../state.ts'
import { templateHtml } from './templates.ts'

export const campaignRoutes: Route[] = [
  { method: 'GET', path: '/campaigns', handle: getCampaigns },
  { method: 'POST', path: '/campaigns', handle: createCampaign },
  { method: 'GET', path: '/campaigns/:campaign_id', handle: getCampaign },
  { method: 'PATCH', path: '/campaigns/:campaign_id', handle: updateCampaign },
  { method: 'DELETE', path: '/campaigns/:campaign_id', handle: deleteCampaign },
  { method: 'GET', path: '/campaigns/:campaign_id/content', handle: getContent },
  { method: 'PUT', path: '/campaigns/:campaign_id/content', handle: setContent },
]

function getCampaigns({ state, query }: Call): Answer {
  const since = Date.parse(textOf(query['since_create_time']))
  const keep = (campaign: Campaign) =>
    (query['list_id'] === undefined || query['list_id'] === campaign.list_id) &&
    (query['status'] === undefined || query['status'] === campaign.status) &&
    (Number.isNaN(since) || Date.parse(campaign.create_time) > since)
  const { rows, total } = pageOf(query, state.campaigns.values(), (one) => presentCampaign(state, one), keep)
  return ok({ campaigns: rows, total_items: total, _links: linksTo(state, '/campaigns') })
}

// Only `type` is required (mailchimp.md §5). Tracking is on unless it is switched off.
function createCampaign({ state, body }: Call): Answer {
  const { type, recipients, settings, tracking, content_type, ...other } = objectOf(body)
  if (type !== 'regular' && type !== 'plaintext') {
    throw invalidFields([{ field: 'type', message: 'The emulator knows regular and plaintext campaigns.' }])
  }
  const campaign: Campaign = {
    ...draft(state),
    type,
    settings: { subject_line: '', title: '', from_name: '', reply_to: '', ...objectOf(settings) },
    tracking: { opens: true, html_clicks: true, text_clicks: true, ...objectOf(tracking) },
    content_type: textOf(content_type) || 'template',
    other,
  }
  pointAt(state, campaign, recipients)
  const html = templateHtml(state, campaign.settings['template_id'], {})
  if (html !== undefined) campaign.content = { html, plain_text: plainTextOf(html) }
  state.campaigns.set(campaign.id, campaign)
  return ok(presentCampaign(state, campaign))
}

/** Looking at a campaign moves it along: recipients are counted, and what is being sent is delivered. */
function getCampaign(call: Call): Answer {
  const campaign = campaignOf(call)
  deliverUnlessHeld(call.state, campaign)
  const ready = campaign.status === 'save' ? lookAtRecipients(call.state, campaign) : campaign.status !== 'sending'
  if (!ready) call.state.requests.waiting += 1
  return ok(presentCampaign(call.state, campaign))
}

// `settings` is required, and subject, sender name and reply address within it (mailchimp.md §5).
function updateCampaign(call: Call): Answer {
  const { state } = call
  const campaign = editable(campaignOf(call))
  const { settings, recipients, tracking } = objectOf(call.body)
  const missing = ['subject_line', 'from_name', 'reply_to'].filter((key) => textOf(objectOf(settings)[key]) === '')
  if (missing.length > 0) {
    throw invalidFields(
      missing.map((key) => ({ field: `settings.${key}`, message: 'Required fields were not provided' })),
    )
  }
  if (recipients !== undefined) {
    if (textOf(objectOf(recipients)['list_id']) === '') {
      throw invalidFields([{ field: 'recipients.list_id', message: 'Required fields were not provided' }])
    }
    const before = campaign.list_id
    pointAt(state, campaign, recipients)
    // Assumption, the worse case (mailchimp.md §12h).
    const moved = before !== '' && campaign.list_id !== before
    if (moved && state.assumptions.newAudienceDropsContent) campaign.content = { html: '', plain_text: '' }
  }
  campaign.settings = { ...campaign.settings, ...objectOf(settings) }
  campaign.tracking = { ...campaign.tracking, ...objectOf(tracking) }
  return ok(presentCampaign(state, campaign))
}

/**
 * Deletes a campaign and, as an assumption, its report. Refused with 405 while it is being sent (mailchimp.md §1.3); a sent
 * one can be deleted unless an assumption or a mischief says otherwise (mailchimp.md §12j).
 */
function deleteCampaign(call: Call): Answer {
  const { state } = call
  const campaign = campaignOf(call)
  if (campaign.status === 'sending') {
    throw methodNotAllowed('GET', 'Campaigns that are currently sending cannot be deleted.')
  }
  const sentAndKept = campaign.status === 'sent' && state.assumptions.sentCampaignDeletion === 'refused'
  if (sentAndKept || takeMischief(state, 'refuse-campaign-deletion', { campaign: campaign.id })) {
    throw methodNotAllowed('GET', 'This campaign cannot be deleted.')
  }
  state.campaigns.delete(campaign.id)
  state.reports.delete(campaign.id)
  return noContent
}

function getContent(call: Call): Answer {
  const { html, plain_text } = campaignOf(call).content
  return ok({
    html,
    plain_text,
    archive_html: html,
    _links: linksTo(call.state, `/campaigns/${call.params['campaign_id']}/content`),
  })
}

// The emulator takes html, plain_text and template; it fetches no url and opens no archive.
function setContent(call: Call): Answer {
  const campaign = editable(campaignOf(call))
  const sent = objectOf(call.body)
  const template = objectOf(sent['template'])
  const fromTemplate = templateHtml(call.state, template['id'], template['sections'])
  if (sent['template'] !== undefined && fromTemplate === undefined) {
    throw invalidFields([{ field: 'template.id', message: 'That template does not exist.' }])
  }
  if (fromTemplate === undefined && sent['html'] === undefined && sent['plain_text'] === undefined) {
    throw invalidFields([{ field: 'html', message: 'Required fields were not provided' }])
  }
  const html = fromTemplate ?? textOf(sent['html'])
  campaign.content = { html, plain_text: textOf(sent['plain_text']) || plainTextOf(html) }
  if (fromTemplate === undefined) campaign.content_type = 'html'
  return getContent(call)
}

/** What every new campaign starts with. */
export function draft(state: EmulatorState) {
  const now = state.clock.now()
  return {
    id: randomBytes(5).toString('hex'),
    web_id: state.nextWebId++,
    create_time: stamp(now),
    status: 'save' as const,
    recipients: {},
    content: { html: '', plain_text: '' },
    list_id: '',
    list_name: '',
    send_time: '',
    emails_sent: 0,
    counted: { additions: -1, polls: 0, count: 0, since: now },
  }
}

function pointAt(state: EmulatorState, campaign: Campaign, sent: unknown): void {
  const recipients: Json = objectOf(sent)
  const list_id = textOf(recipients['list_id'])
  if (recipients['segment_opts'] !== undefined) {
    throw invalidFields([{ field: 'recipients.segment_opts', message: 'The emulator sends to whole lists only.' }])
  }
  if (list_id === '') return
  const audience = state.audiences.get(list_id)
  if (!audience) throw invalidFields([{ field: 'recipients.list_id', message: 'That list does not exist.' }])
  const counted = { additions: -1, polls: 0, count: 0, since: state.clock.now() }
  Object.assign(campaign, { recipients, list_id, list_name: textOf(audience.settings['name']), counted })
}

/** The campaign, when it can still be edited; which status and words refuse that is an assumption (mailchimp.md §5). */
export function editable(campaign: Campaign): Campaign {
  if (campaign.status !== 'save' && campaign.status !== 'paused') {
    throw badRequest('This campaign cannot be edited: it is scheduled, being sent or sent.')
  }
  return campaign
}

/** The campaign that the path names; throws 404 when there is none. */
export function campaignOf(call: Call): Campaign {
  const campaign = call.state.campaigns.get(call.params['campaign_id'] ?? '')
  if (!campaign) throw notFound()
  return campaign
}
