// The guard rails: what is usual passes, what is not is told with its figures and the option that lets it pass.
import { expect, test } from 'vitest'
import { importGuard, registerGuard, selectionGuard } from '../../src/domain/guard-rails.ts'

test.each([
  [1000, []],
  [200, [100]],
  [149, [60, 100, 10]],
  [49, [1]],
])('%i people after campaigns of %j are nothing unusual', (selected, earlier) => {
  expect(selectionGuard(selected, earlier)).toBeNull()
})

test.each([
  [201, [100]],
  [803, [251, 240]],
  [60, [10]],
])('%i people after campaigns of %j are refused with both figures', (selected, earlier) => {
  const sentence = selectionGuard(selected, earlier)

  expect(sentence).toContain(`${selected} people`)
  expect(sentence).toContain(`${Math.max(...earlier)} at most`)
  expect(sentence).toContain('--yes-i-checked-selection')
})

test('a register read from its file half a year ago is old; one that never came from a file, or lately, is not', () => {
  const now = new Date('2026-11-22T10:00:00Z')

  expect(registerGuard(null, now)).toBeNull()
  expect(registerGuard(new Date('2026-05-27T10:00:00Z'), now)).toBeNull()
  expect(registerGuard(new Date('2026-05-26T10:00:00Z'), now)).toMatch(
    /180 days ago, on 2026-05-26.*--yes-i-checked-register/,
  )
})

test('a file that takes a fifth of those who may be mailed is refused; a handful, or less than a fifth, passes', () => {
  const none = { prohibited: 0, unknown: 0, withoutAddress: 0 }

  expect(importGuard({ ...none, of: 9, prohibited: 9 })).toBeNull()
  expect(importGuard({ ...none, of: 1000, unknown: 199 })).toBeNull()
  expect(importGuard({ of: 1000, prohibited: 100, unknown: 60, withoutAddress: 40 })).toMatch(
    /Of 1000 people .* take 200: 100 prohibited, 60 .*, 40 .*Nothing was imported.*--yes-i-checked-permissions/,
  )
})
