// Every key that may ever stand in a request to the tool. A world checks it when it closes, so every story does (R-50, I1).

const audience = ['address1', 'city', 'company', 'country', 'state', 'zip'].map((field) => `contact.${field}`)
const defaults = ['from_email', 'from_name', 'language', 'subject'].map((field) => `campaign_defaults.${field}`)
const switches = [
  'double_optin',
  'email_type_option',
  'marketing_permissions',
  'notify_on_subscribe',
  'notify_on_unsubscribe',
  'use_archive_bar',
]
const tracking = ['ecomm360', 'goal_tracking', 'html_clicks', 'opens', 'text_clicks'].map(
  (field) => `tracking.${field}`,
)
const settings = ['from_name', 'reply_to', 'subject_line', 'title', 'to_name'].map((field) => `settings.${field}`)

const webhookEvents = ['campaign', 'cleaned', 'profile', 'subscribe', 'unsubscribe', 'upemail'].map(
  (event) => `events.${event}`,
)
const webhookSources = ['admin', 'api', 'user'].map((source) => `sources.${source}`)

/** Route → the keys of its body. About people there are three: address, first name, last name. */
const mayLeave: Record<string, string[]> = {
  'POST /lists': ['name', 'permission_reminder', ...audience, ...defaults, ...switches],
  'POST /lists/:list_id': [
    'members[].email_address',
    'members[].merge_fields.FNAME',
    'members[].merge_fields.LNAME',
    'members[].status',
    'update_existing',
  ],
  'POST /lists/:list_id/webhooks': ['url', ...webhookEvents, ...webhookSources],
  'POST /campaigns': ['recipients.list_id', 'type', ...settings, ...tracking],
  'PUT /campaigns/:campaign_id/content': ['html', 'template.id'],
  'POST /campaigns/:campaign_id/actions/test': ['send_type', 'test_emails[]'],
  // Not ours: what an owner does in the tool by hand, in stories about that.
  'POST /templates': ['html', 'name'],
  'POST /batches': ['operations[].method', 'operations[].operation_id', 'operations[].path'],
}

/** Keys that were sent and should not have been, with their route; empty when all is well. */
export function strayKeys(bodyKeys: Record<string, string[]>): string[] {
  return Object.entries(bodyKeys).flatMap(([route, keys]) =>
    keys.filter((key) => !mayLeave[route]?.includes(key)).map((key) => `${route}: ${key}`),
  )
}
