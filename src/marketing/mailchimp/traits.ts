// What is known of Mailchimp without calling it.
import type { ToolTraits } from '../marketing-tool.ts'
import { pageSize } from './paging.ts'
import { asSent } from './people.ts'
import { placeholders } from './placeholders.ts'
import { readDelivery } from './webhook.ts'

/** Of a campaign whose feedback is looked at once (docs/performance.md). */
const fixedRequests = 46
const requestsPerPoll = 3

/** 500 people an add, 1,000 a page, 10,000 operations a batch (mailchimp.md §3, §4). */
export const mailchimpTraits: ToolTraits = {
  name: 'mailchimp',
  batchSize: 500,
  placeholders,
  fields: ['EMAIL', 'FNAME', 'LNAME'],
  asSent,
  readDelivery,
  requestCost: (people, polls) =>
    fixedRequests + requestsPerPoll * polls + Math.ceil(people / 500) + 3 * Math.ceil(people / pageSize),
}
