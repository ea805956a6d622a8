// What a launch insists on before anybody is selected: nothing unusual that nobody has looked at.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { NotAllowed } from '../../src/domain/errors.ts'
import { launchable } from '../../src/operator/launching.ts'
import { campaignIn, stillWorld } from '../support/step.ts'
import type { World } from '../support/world.ts'

let world: World
beforeEach(async () => {
  world = await stillWorld()
})
afterEach(() => world.close())

test('many more people than the campaigns before had are refused with the figures until somebody has checked', async () => {
  await campaignIn(world, 'closed', { people: 3, plan: { settleSeconds: 0 } })
  await world.people(60)
  const campaign = await world.draft()

  await expect(launchable(world.context, campaign)).rejects.toThrow(
    new NotAllowed(
      '63 people would get it, and the last campaign had 3 at most. Look at `lupa campaign preview`; if it is right, say --yes-i-checked-selection.',
    ),
  )
  await expect(launchable(world.context, campaign, ['register'])).rejects.toThrow(NotAllowed)
  expect(await launchable(world.context, campaign, ['selection'])).toMatchObject({ selected: 63 })
})

test('a register read from its file long ago is refused until somebody has checked; one import since, and it is not', async () => {
  const { db, clock } = world.context
  const imported = (finishedAt: Date, { undone = false, read = 1 } = {}) => {
    const times = { startedAt: finishedAt, finishedAt, undoneAt: undone ? finishedAt : null }
    const counts = { people: { read } }
    return db.import.create({ data: { format: 'csv', sha256: '', mapping: '{}', actor: 'test', ...times, counts } })
  }
  await world.people(1)
  const campaign = await world.draft()
  await imported(clock())
  await launchable(world.context, campaign)

  await world.turn('200d')
  await imported(clock(), { undone: true })
  await imported(clock(), { read: 0 })

  await expect(launchable(world.context, campaign)).rejects.toThrow(/200 days ago.*--yes-i-checked-register/)
  expect(await launchable(world.context, campaign, ['register'])).toMatchObject({ selected: 1 })
  await imported(clock())
  expect(await launchable(world.context, campaign)).toMatchObject({ selected: 1 })
})

test('an empty selection is refused whatever somebody says to have checked', async () => {
  await expect(launchable(world.context, await world.draft(), ['selection', 'register'])).rejects.toThrow(
    /asks for 0 people/,
  )
})
