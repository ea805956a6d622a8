// The worker deletes what is past its lifetime where lupa.yaml says so, and only reminds of the rest.
import { afterEach, expect, test } from 'vitest'
import { runStep, stillWorld } from '../support/step.ts'
import type { World } from '../support/world.ts'

let world: World
afterEach(() => world.close())

test('an automatic category goes by itself, a routine one waits for the operator', async () => {
  world = await stillWorld()
  const { db, clock, config } = world.context
  const [person] = await world.people(1)
  const personId = person?.id as string
  const ago = (years: number) => new Date(clock().getTime() - years * 366 * 86_400_000)
  await db.person.update({ where: { id: personId }, data: { keptFrom: ago(21) } })
  const meeting = { register: 'koe', sourceTable: 't', personId, kind: 'meeting' }
  await db.activity.createMany({
    data: [
      { ...meeting, key: 'vanha', at: ago(11) },
      { ...meeting, key: 'uusi', at: ago(9) },
    ],
  })

  await runStep(world, 'expire-data', {})
  await runStep(world, 'expire-data', {})

  expect(config.company?.automatic).toEqual(['activity', 'note', 'campaign', 'request'])
  expect((await db.activity.findMany()).map(({ key }) => key)).toEqual(['uusi'])
  expect(await db.person.count()).toBe(1)
  expect(await db.retentionRun.findMany()).toMatchObject([
    { category: 'activity', mode: 'automatic', deleted: 1, actor: 'worker' },
  ])
})
