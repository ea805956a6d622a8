// What is known of Mailchimp without calling it.
import type { ToolTraits } from '../marketing-tool.ts'
import { pageSize } from './paging.ts'
import { asSent } from './people.ts'
import { placeholders } from './placeholders.ts'
import { readDelivery } from './webhook.ts'

const fixedRequests = 60

/** 500 people an add, 1,000 a page, 10,000 operations a batch (mailchimp.md §3, §4). */
export const mailchimpTraits: ToolTraits = {
  name: 'mailchimp',
  batchSize: 500,
  placeholders,
  fields: ['EMAIL', 'FNAME', 'LNAME'],
  asSent,
  readDelivery,
  requestCost: (people) => fixedRequests + Math.ceil(people / 500) + 7 * Math.ceil(people / pageSize),
}
