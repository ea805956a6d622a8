// When a campaign alarms: before its deadline, after it, never when it is healthy or over.
import { expect, test } from 'vitest'
import { campaignAlarms } from '../../src/domain/alarm.ts'

test('nothing is wrong with a campaign that is healthy, over, or was never in the tool', () => {
  const now = new Date()
  const soon = new Date(now.getTime() + 3_600_000)
  const kinds = (state: 'draft' | 'sent' | 'withdrawn' | 'closed', deadline: Date | null, reachable = true) =>
    campaignAlarms(
      {
        campaign: { state, deadline, openedAt: new Date(0), resumeTo: null } as never,
        ...{ webhookWorks: state === 'sent', guessedAt: null },
      },
      reachable,
      now,
    )

  expect([kinds('draft', null), kinds('withdrawn', soon), kinds('closed', new Date(0))]).toEqual([[], [], []])
  expect(kinds('sent', new Date(now.getTime() + 7 * 3_600_000))).toEqual([])
  expect(kinds('sent', soon)).toEqual(['deadline-near'])
})
