// Yes and no in any order, late and repeated, among address changes, campaigns, withdrawals, erasures and imports: on paper.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keptStories } from '../model/kept-stories.ts'
import { tellPaper } from '../model/paper-register.ts'
import { anyStory, retold, type Story } from '../model/story.ts'
import { wrongMails } from '../model/wrong-mails.ts'

const story = anyStory(9)

test('for the same dated facts in any order of arrival permissions, closed addresses, disclosures and mails are the same', () => {
  fc.assert(
    fc.property(story, fc.nat({ max: 1_000_000 }), (told, seed) => {
      expect(tellPaper(retold(told, seed))).toEqual(tellPaper(told))
    }),
    { numRuns: 10_000, examples: keptStories.map((one): [Story, number] => [one, 1]) },
  )
}, 120_000)

test('nobody is disclosed or mailed after a no without a fresh documented permission, whatever happens', () => {
  let mailed = 0
  fc.assert(
    fc.property(story, (told) => {
      const { outgoing } = tellPaper(told)
      mailed += outgoing.filter(({ what }) => what === 'mailed').length
      expect(wrongMails(told, outgoing)).toEqual([])
    }),
    { numRuns: 10_000, examples: keptStories.map((one): [Story] => [one]) },
  )
  // A register that mails nobody would keep the promise too.
  expect(mailed).toBeGreaterThan(1000)
}, 120_000)
