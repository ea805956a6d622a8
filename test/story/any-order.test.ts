// The stories of the model on real parts: the database's rules, the workers' steps, the make-believe tool and its mails.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keptStories } from '../model/kept-stories.ts'
import { tellPaper } from '../model/paper-register.ts'
import { tellReal } from '../model/real-register.ts'
import { anyStory, type Story } from '../model/story.ts'
import { wrongMails } from '../model/wrong-mails.ts'
import { stillWorld } from '../support/step.ts'
import type { World } from '../support/world.ts'

let world: World
beforeAll(async () => {
  world = await stillWorld({ web: true, env: { LUPA_POLL: '10m' } })
})
afterAll(() => world?.close())

// Fewer in CI, where they are the same each time.
const stories = Number(process.env['STORIES'] ?? (process.env['CI'] ? 80 : 200))
// CI tells the same stories each time, so that it judges the change and not the dice; everywhere else they are new ones.
const seed = process.env['STORY_SEED'] ?? (process.env['CI'] ? '20261126' : undefined)

test('the register, the workers and the tool tell every story as it stands on paper, and nobody is mailed wrongly', async () => {
  let number = 0
  const seen: Record<string, number> = {}
  await fc.assert(
    fc.asyncProperty(anyStory(6), async (planned) => {
      const { story, answer, ways } = await tellReal(world, planned, ++number)
      expect(wrongMails(story, answer.outgoing)).toEqual([])
      const since = new Date('2026-01-01T00:00:00Z')
      expect(sorted(answer)).toEqual(sorted(tellPaper(story, since)))
      for (const { what } of answer.outgoing) seen[what] = (seen[what] ?? 0) + 1
      for (const [way, times] of Object.entries(ways)) seen[way] = (seen[way] ?? 0) + times
    }),
    {
      numRuns: stories,
      endOnFailure: true,
      ...(seed && { seed: Number(seed) }),
      examples: keptStories.map((one): [Story] => [one]),
    },
  )
  // Each way of leaving and of saying no has been gone.
  for (const way of ['disclosed', 'mailed', 'operator', 'tool', 'page', 'merged']) expect(seen).toHaveProperty(way)
}, 600_000)

function sorted({ outgoing, ...answer }: ReturnType<typeof tellPaper>) {
  return { ...answer, outgoing: outgoing.map((one) => Object.values(one).join(' ')).sort() }
}
