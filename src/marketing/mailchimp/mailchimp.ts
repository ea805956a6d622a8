// Mailchimp behind the port. Each function is told in the file of its concern; this is the list of them.
import { setTimeout as wait } from 'node:timers/promises'
import type { MarketingTool } from '../marketing-tool.ts'
import type { ToolSettings } from '../tools.ts'
import { readAccount } from './account.ts'
import { audienceExists, audiences, deleteAudience, openAudience } from './audience.ts'
import type { Wait } from './batch.ts'
import { deleteCampaign, draftCampaign, readCampaign, readiness, send, sendTest } from './campaign.ts'
import { createClient } from './client.ts'
import { designs, readDesign } from './design.ts'
import { feedback, feedbackOf, feedbackOfStatuses, identifyingReportRows, reportMark } from './feedback.ts'
import { addPeople, addresses, countPeople, people } from './people.ts'
import { removePeople, removePerson } from './removal.ts'
import { mailchimpTraits } from './traits.ts'
import { deleteWebhook, makeWebhook, webhooks } from './webhook.ts'

/**
 * Mailchimp as a marketing tool, with a client of its own. `wait` is how it passes the time until a batch of removals
 * is done. Throws BadInput when the settings name no endpoint.
 */
export function openMailchimp(settings: ToolSettings, options: { wait?: Wait } = {}): MarketingTool {
  const client = createClient(settings)
  const removal = { wait: options.wait ?? wait, pace: { operations: 0, tookMs: 0 } }
  return {
    ...mailchimpTraits,
    account: ({ ping = false } = {}) => readAccount(client, settings.accountId, { ping }),
    audiences: () => audiences(client),
    openAudience: (opening) => openAudience(client, opening),
    deleteAudience: (audienceId) => deleteAudience(client, audienceId),
    audienceExists: (audienceId) => audienceExists(client, audienceId),
    makeWebhook: (audienceId, url) => makeWebhook(client, audienceId, url),
    webhooks: (audienceId) => webhooks(client, audienceId),
    deleteWebhook: (audienceId, webhookId) => deleteWebhook(client, audienceId, webhookId),
    addPeople: (audienceId, outgoing) => addPeople(client, audienceId, outgoing),
    people: (audienceId) => people(client, audienceId),
    addresses: (audienceId) => addresses(client, audienceId),
    countPeople: (audienceId) => countPeople(client, audienceId),
    removePerson: (audienceId, email) => removePerson(client, audienceId, email),
    removePeople: (audienceId, emails) => removePeople(client, audienceId, emails, removal),
    designs: () => designs(client),
    readDesign: (design) => readDesign(client, design),
    draftCampaign: (audienceId, mail) => draftCampaign(client, audienceId, mail),
    campaign: (toolCampaignId) => readCampaign(client, toolCampaignId),
    readiness: (toolCampaignId) => readiness(client, toolCampaignId),
    send: (toolCampaignId) => send(client, toolCampaignId),
    sendTest: (toolCampaignId, to) => sendTest(client, toolCampaignId, to),
    deleteCampaign: (toolCampaignId) => deleteCampaign(client, toolCampaignId),
    reportMark: (toolCampaignId) => reportMark(client, toolCampaignId),
    feedbackOfStatuses: (audienceId) => feedbackOfStatuses(client, audienceId),
    feedback: (audienceId, toolCampaignId) => feedback(client, audienceId, toolCampaignId),
    feedbackOf: (audienceId, toolCampaignId, email) => feedbackOf(client, audienceId, toolCampaignId, email),
    identifyingReportRows: (toolCampaignId) => identifyingReportRows(client, toolCampaignId),
  }
}
