// How many audiences an account may have, and how collections and statistics are read, through the real SDK.
import { expect, onTestFinished, test } from 'vitest'
import { startEmulator } from './mailchimp/emulator.ts'
import { objectOf } from './mailchimp/json.ts'
import type { EmulatorOptions } from './mailchimp/options.ts'
import { audienceWith, control, listSettings, people, refusal } from './mailchimp/sample-account.ts'
import { connectSdk } from './mailchimp/sdk.ts'

async function given(options: Partial<EmulatorOptions> = {}) {
  const emulator = await startEmulator(options)
  onTestFinished(() => emulator.close())
  return { emulator, sdk: connectSdk(emulator) }
}

test('the plan limits audiences', async () => {
  for (const [plan, allowed] of [
    ['free', 1],
    ['essentials', 3],
    ['standard', 5],
  ] as const) {
    const { sdk } = await given({ plan })
    for (let n = 0; n < allowed; n += 1) await sdk.lists.createList(listSettings())
    expect(await refusal(sdk.lists.createList(listSettings()))).toEqual({
      status: 403,
      title: 'User action not permitted',
      detail: 'User does not have access to the requested operation',
      typed: true,
    })
  }
})

test('collections are paged and reduced to the fields asked for, and statistics are five minutes old', async () => {
  const { emulator, sdk } = await given()
  const list = await audienceWith(sdk, [])
  const count = async () => objectOf((await sdk.lists.getList(list))['stats'])['member_count']
  await count()
  await sdk.lists.batchListMembers(list, { members: people })

  const page = await sdk.lists.getListMembersInfo(list, {
    count: 1,
    offset: 1,
    fields: ['members.email_address', 'total_items'],
  })
  const stale = await count()
  await control(emulator, 'POST', '/clock', { advanceMs: 300_000 })

  expect(page).toEqual({ members: [{ email_address: 'bertta@paja.example' }], total_items: 3 })
  expect([stale, await count()]).toEqual([0, 3])
  expect(await refusal(sdk.lists.getListMembersInfo(list, { fields: ['people'] }))).toMatchObject({ status: 400 })
})
