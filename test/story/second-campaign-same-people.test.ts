// Deleted for ever from one audience, and yet in the next campaign: the audience is thrown away, not the person.
import { expect } from 'vitest'
import { campaignStatus } from '../../src/register/campaign-status.ts'
import { story } from './backends.ts'

story('R5: the same people can be pushed again by the next campaign, but for those who said no', async (world) => {
  const people = await world.people(25)
  const first = await world.draft({ name: 'eka' })
  const second = await world.draft({ name: 'toka', settleSeconds: 0 })

  await world.launch(first)
  await world.reached(first, 'sent')
  await world.outside('unsubscribe', { email: people[0]?.email })
  await world.turn('73h')
  await world.reached(first, 'closed')
  await world.launch(second)
  await world.reached(second, 'closed')

  expect(await campaignStatus(world.context.db, second.id)).toMatchObject({
    counts: { selected: 24, accepted: 24, refused: 0, removed: 24 },
    sent: 24,
    inTool: 0,
  })
  const mails = await world.mails()
  expect(mails.filter(({ to }) => to === people[0]?.email)).toHaveLength(1)
  expect(mails.filter(({ to }) => to === people[1]?.email)).toHaveLength(2)
  // Nobody is ever unsubscribed, archived or edited by us: people come by one route, and leave by one.
  const { byRoute, inBatches } = world.emulator.state.requests
  const changes = [...byRoute.keys(), ...inBatches.keys()].filter((route) =>
    /^(?!GET).*(:list_id|members.*)$/.test(route),
  )
  expect(new Set(changes)).toEqual(
    new Set([
      'POST /lists/:list_id',
      'POST /lists/:list_id/members/:subscriber_hash/actions/delete-permanent',
      'DELETE /lists/:list_id',
    ]),
  )
})
