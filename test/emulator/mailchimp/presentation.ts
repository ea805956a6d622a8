// How audiences, members and campaigns look in answers: the fields and their order as recorded (mailchimp.md §2, §4, §5).
// Only what Mailchimp knows is shown here; what else was sent is seen through the control surface.
import { contactId } from './audience.ts'
import { MINUTE } from './clock.ts'
import { type Json, objectOf, textOf } from './json.ts'
import type { Audience, Campaign, EmulatorState, Member, Webhook } from './state.ts'
import { definedMergeFields } from './webhooks.ts'

/** A member as GET shows it: empty strings rather than nulls. */
export function presentMember(state: EmulatorState, audience: Audience, member: Member): Json {
  const other = member.other ?? {}
  const name = [textOf(member.merge_fields['FNAME']), textOf(member.merge_fields['LNAME'])].filter(Boolean).join(' ')
  const location = { latitude: 0, longitude: 0, gmtoff: 0, dstoff: 0, country_code: '', timezone: '' }
  return {
    id: member.id,
    email_address: member.email_address,
    unique_email_id: member.unique_email_id,
    contact_id: contactId(audience, member),
    full_name: name,
    web_id: member.web_id,
    email_type: member.email_type,
    status: member.status,
    ...(member.unsubscribe_reason === undefined ? {} : { unsubscribe_reason: member.unsubscribe_reason }),
    consents_to_one_to_one_messaging: true,
    merge_fields: definedMergeFields(audience, member),
    stats: { avg_open_rate: 0, avg_click_rate: 0 },
    ip_signup: textOf(other['ip_signup']),
    timestamp_signup: textOf(other['timestamp_signup']),
    ip_opt: textOf(other['ip_opt']),
    timestamp_opt: textOf(other['timestamp_opt']) || member.timestamp_opt,
    member_rating: 2,
    last_changed: member.last_changed,
    language: textOf(other['language']),
    vip: other['vip'] === true,
    email_client: '',
    location: { ...location, ...objectOf(other['location']) },
    source: member.source,
    tags_count: member.tags.length,
    tags: member.tags.map((tag, index) => ({ id: index + 1, name: tag })),
    list_id: audience.id,
    _links: linksTo(state, `/lists/${audience.id}/members/${member.id}`),
  }
}

/** An audience as GET shows it; its `stats` are up to five minutes old (mailchimp.md §2): never a proof of emptiness. */
export function presentList(state: EmulatorState, audience: Audience): Json {
  const { settings } = audience
  return {
    id: audience.id,
    web_id: audience.web_id,
    name: settings['name'],
    contact: settings['contact'],
    permission_reminder: settings['permission_reminder'],
    use_archive_bar: settings['use_archive_bar'] ?? false,
    campaign_defaults: settings['campaign_defaults'],
    notify_on_subscribe: textOf(settings['notify_on_subscribe']),
    notify_on_unsubscribe: textOf(settings['notify_on_unsubscribe']),
    date_created: audience.date_created,
    list_rating: 0,
    email_type_option: settings['email_type_option'],
    subscribe_url_short: `http://eepurl.com/${audience.id.slice(0, 6)}`,
    subscribe_url_long: `${state.url}/subscribe?u=${state.options.accountId}&id=${audience.id}`,
    beamer_address: `us1-${audience.id}@inbound.mailchimp.example`,
    visibility: 'prv',
    double_optin: settings['double_optin'] ?? false,
    has_welcome: false,
    marketing_permissions: settings['marketing_permissions'] ?? false,
    modules: [],
    stats: statsOf(state, audience),
    _links: linksTo(state, `/lists/${audience.id}`),
  }
}

/** A campaign as GET shows it; `list_is_active` is false once its audience is deleted. */
export function presentCampaign(state: EmulatorState, campaign: Campaign): Json {
  const archive = `${state.url}/archive/${campaign.id}`
  return {
    id: campaign.id,
    web_id: campaign.web_id,
    type: campaign.type,
    create_time: campaign.create_time,
    archive_url: archive,
    long_archive_url: archive,
    status: campaign.status,
    emails_sent: campaign.emails_sent,
    send_time: campaign.send_time,
    content_type: campaign.content_type,
    needs_block_refresh: false,
    resendable: false,
    recipients: {
      list_id: campaign.list_id,
      list_is_active: state.audiences.has(campaign.list_id),
      list_name: campaign.list_name,
      segment_text: '',
      recipient_count: campaign.status === 'sent' ? campaign.emails_sent : campaign.counted.count,
    },
    settings: campaign.settings,
    tracking: campaign.tracking,
    delivery_status: { enabled: false },
    _links: linksTo(state, `/campaigns/${campaign.id}`),
  }
}

/** A webhook; the secret is shown only once, on creation. */
export function presentWebhook(state: EmulatorState, audience: Audience, webhook: Webhook): Json {
  return {
    id: webhook.id,
    url: webhook.url,
    events: webhook.events,
    sources: webhook.sources,
    list_id: audience.id,
    signing_enabled: true,
    _links: linksTo(state, `/lists/${audience.id}/webhooks/${webhook.id}`),
  }
}

/** The `_links` of an object, reduced to itself. */
export function linksTo(state: EmulatorState, path: string): Json[] {
  return [{ rel: 'self', href: `${state.url}/3.0${path}`, method: 'GET' }]
}

function statsOf(state: EmulatorState, audience: Audience): Json {
  const now = state.clock.now()
  if (!audience.cachedStats || now - audience.cachedStats.at >= 5 * MINUTE) {
    audience.cachedStats = { at: now, stats: countedStats(state, audience) }
  }
  return audience.cachedStats.stats
}

function countedStats(state: EmulatorState, audience: Audience): Json {
  const { counts } = audience
  const campaigns = [...state.campaigns.values()].filter((campaign) => campaign.list_id === audience.id)
  return {
    member_count: counts.subscribed,
    total_contacts: audience.members.size - counts.archived,
    unsubscribe_count: counts.unsubscribed,
    cleaned_count: counts.cleaned,
    member_count_since_send: counts.subscribed,
    unsubscribe_count_since_send: counts.unsubscribed,
    cleaned_count_since_send: counts.cleaned,
    campaign_count: campaigns.length,
    campaign_last_sent: audience.campaignLastSent,
    merge_field_count: audience.mergeFields.length,
    avg_sub_rate: 0,
    avg_unsub_rate: 0,
    target_sub_rate: 0,
    open_rate: 0,
    click_rate: 0,
    last_sub_date: audience.lastSubscribed,
    last_unsub_date: '',
  }
}
