// The naïve connector: one upsert per person through the SDK, one permanent deletion per person afterwards, at the same limit.
import { createHash } from 'node:crypto'
import { connectSdk } from '../emulator/mailchimp/sdk.ts'
import { bareClient } from './bare-client.ts'
import { emailOf } from './population.ts'
import type { ToolAccess } from './stage.ts'

/** How long it takes for so many people. Seconds. */
export async function naiveConnector(tool: ToolAccess, people: number, connections: number): Promise<number> {
  const sdk = connectSdk(tool)
  const { spread } = bareClient(tool, connections)
  const hash = (place: number) => createHash('md5').update(emailOf(place)).digest('hex')
  const { id } = await sdk.lists.createList(audience('naive'))
  const began = performance.now()
  await spread(people, (place) =>
    sdk.lists.setListMember(id, hash(place), {
      email_address: emailOf(place),
      status_if_new: 'subscribed',
      merge_fields: { FNAME: 'Etu', LNAME: 'Suku' },
    }),
  )
  await spread(people, (place) => sdk.lists.deleteListMemberPermanent(id, hash(place)))
  return (performance.now() - began) / 1000
}

/** What the tool must be told to make an audience. */
export function audience(name: string): object {
  return {
    name,
    contact: { company: 'Mittaus Oy', address1: 'Katu 1', city: 'Turku', state: '', zip: '20100', country: 'FI' },
    permission_reminder: 'Mittaus',
    campaign_defaults: {
      from_name: 'Mittaus',
      from_email: 'erja@konsultti.example',
      subject: 'Mittaus',
      language: 'fi',
    },
    email_type_option: false,
  }
}
