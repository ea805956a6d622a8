// A whole life in the emulator through the real SDK, and the rules of audiences and members one by one.
import { expect, onTestFinished, test } from 'vitest'
import { emailId, uniqueEmailId } from './mailchimp/audience.ts'
import { startEmulator } from './mailchimp/emulator.ts'
import type { Json } from './mailchimp/json.ts'
import { listOf, objectOf, textOf } from './mailchimp/json.ts'
import type { EmulatorOptions } from './mailchimp/options.ts'
import {
  audienceWith,
  batchResults,
  control,
  draftFor,
  eventually,
  people,
  refusal,
  sentTo,
} from './mailchimp/sample-account.ts'
import { connectSdk } from './mailchimp/sdk.ts'

async function given(options: Partial<EmulatorOptions> = {}) {
  const emulator = await startEmulator(options)
  onTestFinished(() => emulator.close())
  return { emulator, sdk: connectSdk(emulator) }
}

const pick = (rows: unknown, ...keys: string[]) =>
  listOf(rows).map((row) => Object.fromEntries(keys.map((key) => [key, objectOf(row)[key]])))

test('a campaign lives: three people in, a mail each, one says no, all deleted for good, the audience a week later', async () => {
  const { emulator, sdk } = await given()
  const list = await audienceWith(sdk, [])
  for (const { merge_id, tag } of listOf((await sdk.lists.getListMergeFields(list))['merge_fields']).map(objectOf)) {
    if (tag !== 'FNAME' && tag !== 'LNAME') await sdk.lists.deleteListMergeField(list, merge_id)
  }
  await sdk.lists.batchListMembers(list, { members: people })

  const campaign = await draftFor(sdk, list, '<a href="https://lupa.example/o/*|CAMPAIGN_UID|*/*|UNIQID|*">pois</a>')
  await eventually(
    () => sdk.campaigns.get(campaign),
    (one) => objectOf(one['recipients'])['recipient_count'] === 3,
  )
  await sdk.campaigns.send(campaign)
  await eventually(
    () => sdk.campaigns.get(campaign),
    (one) => one['status'] === 'sent',
  )
  await control(emulator, 'POST', '/unsubscribe', { email: 'bertta@paja.example', reason: 'Too many' })
  const mails = listOf((await control(emulator, 'GET', '/mails'))['mails']).map(objectOf)
  const unsubscribes = (await sdk.reports.getUnsubscribedListForCampaign(campaign))['unsubscribes']
  const operations = people.map(({ email_address }) => ({
    method: 'POST',
    path: `/lists/${list}/members/${emailId(email_address)}/actions/delete-permanent`,
    operation_id: uniqueEmailId(email_address),
  }))
  const { id } = await sdk.batches.start({ operations })
  const batch = await eventually(
    () => sdk.batches.status(id),
    (one) => one['status'] === 'finished',
  )
  const results = await batchResults(textOf(batch['response_body_url']))
  const early = await refusal(sdk.lists.deleteList(list))
  await control(emulator, 'POST', '/clock', { advance: '7d' })
  const late = await sdk.lists.deleteList(list)

  expect(mails.map((mail) => listOf(mail['links'])[0])).toEqual(
    people.map(({ email_address }) => `https://lupa.example/o/${campaign}/${uniqueEmailId(email_address)}`),
  )
  expect(pick(unsubscribes, 'email_address', 'merge_fields', 'reason')).toEqual([
    { email_address: 'bertta@paja.example', merge_fields: { FNAME: 'Bertta', LNAME: 'Korhonen' }, reason: 'Too many' },
  ])
  expect(pick(results, 'status_code', 'response')).toEqual(people.map(() => ({ status_code: 204, response: '' })))
  expect(batch).toMatchObject({ total_operations: 3, finished_operations: 3, errored_operations: 0 })
  expect(early).toMatchObject({ status: 405, title: 'Method Not Allowed' })
  expect(late).toBeNull()
  expect(await control(emulator, 'GET', '/state')).toMatchObject({ audiences: [], mailsDelivered: 3 })
})

test('an archived member keeps everything, cannot be archived again, and comes back as the same contact', async () => {
  const { sdk } = await given()
  const list = await audienceWith(sdk)
  const hash = emailId('bertta@paja.example')
  const before = await sdk.lists.getListMember(list, hash)

  await sdk.lists.deleteListMember(list, hash)
  const archived = await sdk.lists.getListMember(list, hash)
  const again = await refusal(sdk.lists.deleteListMember(list, hash))
  const listed = await sdk.lists.getListMembersInfo(list)
  const listedWhenAsked = await sdk.lists.getListMembersInfo(list, { status: 'archived' })
  const back = await sdk.lists.addListMember(list, { email_address: 'bertta@paja.example', status: 'subscribed' })

  expect(archived).toMatchObject({ status: 'archived', merge_fields: { FNAME: 'Bertta' } })
  expect(again).toMatchObject({
    status: 405,
    detail: expect.stringContaining('Can not archive a contact that is bounced'),
  })
  expect([listed['total_items'], listedWhenAsked['total_items']]).toEqual([2, 1])
  expect(back).toMatchObject({ status: 'subscribed', contact_id: before['contact_id'], web_id: before['web_id'] })
})

test('a permanently deleted address is barred from its audience by every door, and from no other audience', async () => {
  const { sdk } = await given()
  const [list, other] = [await audienceWith(sdk), await audienceWith(sdk, [])]
  const person = { email_address: 'bertta@paja.example', status: 'subscribed' }
  const hash = emailId(person.email_address)

  await sdk.lists.deleteListMemberPermanent(list, hash)
  const gone = await refusal(sdk.lists.getListMember(list, hash))
  const refused = [
    await refusal(sdk.lists.addListMember(list, { ...person, status: 'pending' })),
    await refusal(sdk.lists.setListMember(list, hash, { ...person, status_if_new: 'subscribed' })),
  ]
  const row = objectOf(listOf((await sdk.lists.batchListMembers(list, { members: [person] }))['errors'])[0])
  const elsewhere = await sdk.lists.addListMember(other, person)

  const detail =
    'bertta@paja.example was permanently deleted and cannot be re-imported. The contact must re-subscribe to get back on the list.'
  expect(gone).toMatchObject({ status: 404, title: 'Resource Not Found' })
  expect(refused).toEqual(
    refused.map(() => ({ status: 400, title: 'Forgotten Email Not Subscribed', detail, typed: false })),
  )
  expect(row).toEqual({ email_address: 'bertta@paja.example', error: detail, error_code: 'ERROR_GENERIC' })
  expect(elsewhere).toMatchObject({ status: 'subscribed', unique_email_id: uniqueEmailId(person.email_address) })
})

test('report rows keep people after archiving and after the audience is gone, and lose them by permanent deletion', async () => {
  const { emulator, sdk } = await given({ assumptions: { audienceDeletionHold: 'off' } })
  const list = await audienceWith(sdk)
  const campaign = await sentTo(emulator, sdk, list)
  for (const email of ['bertta@paja.example', 'cecilia@saha.example'])
    await control(emulator, 'POST', '/unsubscribe', { email })
  await control(emulator, 'POST', '/complain', { email: people[0]?.email_address })

  await sdk.lists.deleteListMember(list, emailId('bertta@paja.example'))
  await sdk.lists.deleteListMemberPermanent(list, emailId('cecilia@saha.example'))
  await sdk.lists.deleteListMemberPermanent(list, emailId('aino.virtanen@yritys.example'))
  await sdk.lists.deleteList(list)
  const read = async (report: Promise<Json>, rows: string) =>
    pick((await report)[rows], 'email_address', 'merge_fields', 'list_is_active')

  const bertta = {
    email_address: 'bertta@paja.example',
    merge_fields: { FNAME: 'Bertta', LNAME: 'Korhonen' },
    list_is_active: false,
  }
  const nobody = { email_address: '', merge_fields: {}, list_is_active: false }
  expect(await read(sdk.reports.getCampaignRecipients(campaign), 'sent_to')).toEqual([nobody, bertta, nobody])
  expect(await read(sdk.reports.getUnsubscribedListForCampaign(campaign), 'unsubscribes')).toEqual([bertta, nobody])
  expect(await read(sdk.reports.getCampaignAbuseReports(campaign), 'abuse_reports')).toEqual([nobody])
})

test('refusals of single members speak as recorded', async () => {
  const { emulator, sdk } = await given()
  const list = await audienceWith(sdk)
  await control(emulator, 'POST', '/unsubscribe', { email: 'bertta@paja.example' })
  await sdk.lists.addListMergeField(list, { tag: 'LTV', name: 'Value', type: 'number' })
  const add = (email_address: string, merge_fields = {}) =>
    refusal(sdk.lists.addListMember(list, { email_address, status: 'subscribed', merge_fields }))
  const title = 'Invalid Resource'

  expect(await add('CECILIA@saha.example')).toEqual({
    status: 400,
    title: 'Member Exists',
    detail: 'CECILIA@saha.example is already a list member. Use PUT to insert or update list members.',
    typed: false,
  })
  expect(await add('no address')).toMatchObject({ title, detail: 'Please provide a valid email address.' })
  for (const fake of ['x@example.com', 'x@mail.example.org', 'x@firma.test', 'x@firma.invalid']) {
    expect(await add(fake)).toMatchObject({
      title,
      detail: `${fake} looks fake or invalid, please enter a real email address.`,
    })
  }
  expect(await add('uusi@paja.example', { LTV: 'much' })).toMatchObject({
    title,
    detail: 'Your merge fields were invalid.',
  })
  const again = sdk.lists.updateListMember(list, emailId('bertta@paja.example'), { status: 'subscribed' })
  expect(await refusal(again)).toMatchObject({ title: 'Member In Compliance State' })
})

test('a batch of members answers 200 with its refusals in rows; a duplicate or 501 rows refuse it whole', async () => {
  const { sdk } = await given()
  const list = await audienceWith(sdk, people.slice(1, 2))
  const members = [...people, { email_address: 'x@example.com', status: 'subscribed' }]
  const twice = [...people, { email_address: 'BERTTA@paja.example', status: 'unsubscribed' }]
  const many = Array.from({ length: 501 }, (_, n) => ({ email_address: `p${n}@paja.example`, status: 'subscribed' }))

  const mixed = await sdk.lists.batchListMembers(list, { members })
  const duplicate = await refusal(sdk.lists.batchListMembers(list, { members: twice }))
  const skipped = await sdk.lists.batchListMembers(
    list,
    { members: twice, update_existing: true },
    { skipDuplicateCheck: true },
  )

  expect(mixed).toMatchObject({ total_created: 2, total_updated: 0, error_count: 2 })
  expect(mixed['errors']).toEqual([
    {
      email_address: 'bertta@paja.example',
      error:
        'bertta@paja.example is already a list member, do you want to update? please provide update_existing:true in the request body',
      error_code: 'ERROR_CONTACT_EXISTS',
    },
    {
      email_address: 'x@example.com',
      error: 'x@example.com looks fake or invalid, please enter a real email address.',
      error_code: 'ERROR_GENERIC',
    },
  ])
  expect(duplicate).toEqual({
    status: 400,
    title: 'Invalid Resource',
    detail: 'Duplicate items found for email BERTTA@paja.example, please provide unique email address per member item',
    typed: false,
  })
  expect(skipped).toMatchObject({ total_updated: 3, error_count: 0 })
  expect(await refusal(sdk.lists.batchListMembers(list, { members: many }))).toMatchObject({ status: 400 })
})

test('whatever is sent is stored and seen from outside, though the API shows only what it knows', async () => {
  const { emulator, sdk } = await given()
  const list = await audienceWith(sdk, [])
  const leak = {
    email_address: 'vuoto@paja.example',
    status: 'subscribed',
    phone: '040',
    merge_fields: { FNAME: 'V', SALARY: '9' },
  }

  await sdk.lists.batchListMembers(list, { members: [leak] })
  const shown = await sdk.lists.getListMember(list, emailId(leak.email_address))
  const state = await control(emulator, 'GET', '/state')

  expect(shown['merge_fields']).toEqual({ FNAME: 'V', LNAME: '', ADDRESS: '', PHONE: '', BIRTHDAY: '' })
  expect(shown).not.toHaveProperty('phone')
  expect(state).toMatchObject({ audiences: [{ members: [{ phone: '040', merge_fields: { SALARY: '9' } }] }] })
  expect(objectOf(state['bodyKeys'])['POST /lists/:list_id']).toEqual([
    'members[].email_address',
    'members[].merge_fields.FNAME',
    'members[].merge_fields.SALARY',
    'members[].phone',
    'members[].status',
  ])
})

test('a new address keeps the contact and changes its ids', async () => {
  const { sdk } = await given()
  const list = await audienceWith(sdk)
  const before = await sdk.lists.getListMember(list, emailId('bertta@paja.example'))

  const after = await sdk.lists.updateListMember(list, before['id'], { email_address: 'Bertta@uusi.example' })
  const taken = await refusal(sdk.lists.updateListMember(list, after['id'], { email_address: 'cecilia@saha.example' }))
  const found = await sdk.lists.getListMembersInfo(list, { uniqueEmailId: uniqueEmailId('bertta@uusi.example') })

  expect(after).toMatchObject({
    contact_id: before['contact_id'],
    web_id: before['web_id'],
    email_address: 'Bertta@uusi.example',
  })
  expect([after['id'], after['unique_email_id']]).toEqual([
    emailId('bertta@uusi.example'),
    uniqueEmailId('bertta@uusi.example'),
  ])
  expect(taken).toMatchObject({ title: 'Member Exists' })
  expect(pick(found['members'], 'id')).toEqual([{ id: after['id'] }])
})
