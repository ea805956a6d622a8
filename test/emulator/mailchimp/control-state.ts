// The picture GET /__control/state gives: what the account holds, what was asked of it, and what was ever sent to it.
import { contactId } from './audience.ts'
import type { Json } from './json.ts'
import { presentWebhook } from './presentation.ts'
import { presentAbuse, presentActivity, presentSentTo, presentUnsubscribed } from './routes/reports.ts'
import type { Audience, Campaign, EmulatorState, Member } from './state.ts'

/** The whole account as JSON; without `withMembers` audiences show counts only. */
export function snapshot(state: EmulatorState, withMembers: boolean): Json {
  const { options } = state
  return {
    now: new Date(state.clock.now()).toISOString(),
    account: {
      id: options.accountId,
      apiKey: options.apiKey,
      plan: state.plan,
      latencyMs: options.latencyMs,
      perMemberMs: options.perMemberMs,
      connectionLimit: options.connectionLimit,
    },
    audiences: [...state.audiences.values()].map((audience) => audiencePicture(state, audience, withMembers)),
    campaigns: [...state.campaigns.values()].map(campaignPicture),
    reportRows: withMembers ? [...reportRows(state)] : [],
    templates: [...state.templates.values()].map(({ id, name }) => ({ id, name })),
    batches: [...state.batches.values()].map(({ result: _result, tokens: _tokens, ...batch }) => batch),
    requests: {
      total: state.requests.total,
      byRoute: Object.fromEntries(state.requests.byRoute),
      inBatches: Object.fromEntries(state.requests.inBatches),
      waiting: state.requests.waiting,
      times: Object.fromEntries(state.requests.times),
    },
    bodyKeys: Object.fromEntries([...state.bodyKeys].map(([route, paths]) => [route, [...paths].sort()])),
    connections: state.connections.now,
    highestConnections: state.connections.highest,
    mailsDelivered: state.sendings.reduce((sum, sending) => sum + sending.recipients.length, 0),
    webhookDeliveries: state.webhookQueue.log,
    mischief: state.mischief,
    assumptions: state.assumptions,
  }
}

function audiencePicture(state: EmulatorState, audience: Audience, withMembers: boolean): Json {
  return {
    id: audience.id,
    name: audience.settings['name'],
    settings: audience.settings,
    dateCreated: audience.date_created,
    memberCount: audience.members.size,
    counts: audience.counts,
    members: withMembers ? [...audience.members.values()].map((member) => memberPicture(audience, member)) : [],
    forgotten: audience.forgotten.size,
    mergeFields: audience.mergeFields,
    webhooks: [...audience.webhooks.values()].map((webhook) => ({
      ...presentWebhook(state, audience, webhook),
      disabled: webhook.disabled,
    })),
    abuseReports: audience.abuseReports,
  }
}

// Every stored field, also those Mailchimp would have dropped.
function memberPicture(audience: Audience, { other, former_ids: _formerIds, ...member }: Member): Json {
  return { ...other, ...member, contact_id: contactId(audience, member) }
}

function campaignPicture(campaign: Campaign): Json {
  const { counted, scheduledFor: _scheduledFor, other, ...rest } = campaign
  return { ...other, ...rest, recipient_count: campaign.status === 'sent' ? campaign.emails_sent : counted.count }
}

function* reportRows(state: EmulatorState): Generator<Json> {
  for (const report of state.reports.values()) {
    for (const row of report.sentTo.values()) {
      yield { collection: 'sent-to', ...presentSentTo(state, report, row) }
      if (row.activity) yield { collection: 'email-activity', ...presentActivity(state, report, row) }
    }
    for (const row of report.unsubscribed.values()) {
      yield { collection: 'unsubscribed', ...presentUnsubscribed(state, report, row) }
    }
    for (const row of report.abuse) yield { collection: 'abuse-reports', ...presentAbuse(state, report, row) }
  }
}
