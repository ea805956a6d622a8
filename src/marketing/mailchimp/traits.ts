// What is known of Mailchimp without calling it.
import { batchCount } from '../../domain/disclosure.ts'
import type { ToolTraits } from '../marketing-tool.ts'
import { pageSize } from './paging.ts'
import { asSent } from './people.ts'
import { placeholders } from './placeholders.ts'
import { readDelivery } from './webhook.ts'

/** Of a campaign whose feedback is looked at once (docs/performance.md). */
const fixedRequests = 46
const requestsPerPoll = 3
const batchSize = 500

/** 500 people an add, 1,000 a page, 10,000 operations a batch (mailchimp.md §3, §4). */
export const mailchimpTraits: ToolTraits = {
  name: 'mailchimp',
  batchSize,
  placeholders,
  fields: ['EMAIL', 'FNAME', 'LNAME'],
  asSent,
  readDelivery,
  requestCost: (people, polls, connections) =>
    fixedRequests +
    requestsPerPoll * polls +
    batchCount(people, batchSize, connections) +
    3 * Math.ceil(people / pageSize),
}
