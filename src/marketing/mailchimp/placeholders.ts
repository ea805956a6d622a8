// Mailchimp's merge tags: which it fills by itself or from what we push, and which ones we build our mails from.
import type { Placeholders } from '../marketing-tool.ts'

/**
 * `*|NAME|*`. CAMPAIGN_UID and UNIQID make our own opt-out link without adding a field to what leaves
 * (mailchimp.md §4). UPDATE_PROFILE is not among the filled ones: its page asks recipients to store more about
 * themselves in the tool.
 */
export const placeholders: Placeholders = {
  pattern: /\*\|([^|*\s][^|*\r\n]*)\|\*/g,
  filled: (name) => filledNames.has(name) || /^DATE:.+/.test(name),
  campaignId: '*|CAMPAIGN_UID|*',
  recipientId: '*|UNIQID|*',
  toolOptOut: '*|UNSUB|*',
  postalAddress: '*|HTML:LIST_ADDRESS_HTML|*',
}

const filledNames = new Set([
  'EMAIL',
  'FNAME',
  'LNAME',
  'UNIQID',
  'CAMPAIGN_UID',
  'UNSUB',
  'ARCHIVE',
  'CURRENT_YEAR',
  'LIST:NAME',
  'LIST:COMPANY',
  'LIST:DESCRIPTION',
  'HTML:LIST_ADDRESS_HTML',
])
