// The rules of campaigns, mails, reports and batches, one by one, through the real SDK.
import { expect, onTestFinished, test } from 'vitest'
import { emailId, uniqueEmailId } from './mailchimp/audience.ts'
import { startEmulator } from './mailchimp/emulator.ts'
import { listOf, objectOf, textOf } from './mailchimp/json.ts'
import type { EmulatorOptions } from './mailchimp/options.ts'
import { audienceWith, control, draftFor, eventually, people, refusal, sentTo } from './mailchimp/sample-account.ts'
import { connectSdk } from './mailchimp/sdk.ts'

async function given(options: Partial<EmulatorOptions> = {}) {
  const emulator = await startEmulator(options)
  onTestFinished(() => emulator.close())
  return { emulator, sdk: connectSdk(emulator) }
}

test('recipients are counted late: a campaign sent before that is refused, and sending twice is refused too', async () => {
  const { sdk } = await given({ recipientsReadyAfterPolls: 2 })
  const campaign = await draftFor(sdk, await audienceWith(sdk))
  const count = async () => objectOf((await sdk.campaigns.get(campaign))['recipients'])['recipient_count']

  const tooEarly = await refusal(sdk.campaigns.send(campaign))
  const counts = [await count(), await count()]
  const sent = await sdk.campaigns.send(campaign)
  const twice = await refusal(sdk.campaigns.send(campaign))

  const detail = 'Your Campaign is not ready to send. recipients not ready'
  expect(tooEarly).toEqual({ status: 400, title: 'Bad Request', detail, typed: false })
  expect(counts).toEqual([0, 3])
  expect(sent).toBeNull()
  expect(twice).toMatchObject({ status: 400, title: 'Bad Request' })
})

test('recipients can also take a time of the emulator’s clock to be counted', async () => {
  const { emulator, sdk } = await given({ recipientsReadyAfterPolls: 0, recipientsReadyAfterMs: 60_000 })
  const campaign = await draftFor(sdk, await audienceWith(sdk))

  const before = await sdk.campaigns.getSendChecklist(campaign)
  await control(emulator, 'POST', '/clock', { advance: '1m' })
  const after = await sdk.campaigns.getSendChecklist(campaign)

  expect([before['is_ready'], after['is_ready']]).toEqual([false, true])
})

test('a campaign goes save, sending, sent by itself, and only to those subscribed', async () => {
  const { emulator, sdk } = await given()
  const list = await audienceWith(sdk, [...people, { email_address: 'dora@saha.example', status: 'pending' }])
  const campaign = await draftFor(sdk, list)
  await sdk.lists.updateListMember(list, emailId('bertta@paja.example'), { status: 'unsubscribed' })
  await sdk.campaigns.get(campaign)

  await sdk.campaigns.send(campaign)
  const status = emulator.state.campaigns.get(campaign)?.status
  await eventually(
    () => emulator.state.campaigns.get(campaign)?.status,
    (now) => now === 'sent',
  )

  expect(status).toBe('sending')
  const sentTo = listOf((await sdk.reports.getCampaignRecipients(campaign))['sent_to']).map(objectOf)
  expect(sentTo.map((row) => row['email_address'])).toEqual([people[0]?.email_address, people[2]?.email_address])
})

test('a bounce, a complaint and an opt-out show in the member, in the report and in the audience', async () => {
  const { emulator, sdk } = await given()
  const list = await audienceWith(sdk, [...people, { email_address: 'dora@saha.example', status: 'subscribed' }])
  const campaign = await sentTo(emulator, sdk, list)
  const [aino, bertta, cecilia, dora] = [...people.map((person) => person.email_address), 'dora@saha.example']

  await control(emulator, 'POST', '/bounce', { email: aino, kind: 'hard' })
  await control(emulator, 'POST', '/bounce', { email: bertta, kind: 'soft' })
  await control(emulator, 'POST', '/complain', { email: cecilia })
  await control(emulator, 'POST', '/unsubscribe', { uniqueEmailId: uniqueEmailId(textOf(dora)) })

  const members = listOf((await sdk.lists.getListMembersInfo(list))['members']).map(objectOf)
  expect(members.map((member) => [member['status'], member['unsubscribe_reason']])).toEqual([
    ['cleaned', undefined],
    ['subscribed', undefined],
    ['unsubscribed', 'abuse'],
    ['unsubscribed', 'None given'],
  ])
  expect(await sdk.reports.getCampaignReport(campaign)).toMatchObject({
    emails_sent: 4,
    abuse_reports: 1,
    unsubscribed: 1,
    bounces: { hard_bounces: 1, soft_bounces: 1 },
  })
  const sent = listOf((await sdk.reports.getCampaignRecipients(campaign))['sent_to']).map(
    (row) => objectOf(row)['status'],
  )
  expect(sent).toEqual(['hard', 'soft', 'sent', 'sent'])
  const activity = listOf((await sdk.reports.getEmailActivityForCampaign(campaign))['emails']).map(objectOf)
  expect(activity[0]).toMatchObject({ email_address: aino, activity: [{ action: 'bounce', type: 'hard' }] })
  expect(await sdk.lists.getListAbuseReports(list)).toMatchObject({
    total_items: 1,
    abuse_reports: [{ email_address: cecilia }],
  })
})

test('merge tags are filled in at delivery, unknown ones stay, and a missing unsubscribe link is added', async () => {
  const { emulator, sdk } = await given()
  const list = await audienceWith(sdk, [
    { email_address: 'o@saha.example', status: 'subscribed', merge_fields: { FNAME: 'Å<b>', LNAME: 'Ö' } },
  ])
  const html = '<p>*|FNAME|* *|LNAME|* *|EMAIL|* *|LIST:COMPANY|* *|MC:SUBJECT|* *|NONSENSE|* *|LIST:DESCRIPTION|*</p>'
  const campaign = await sentTo(emulator, sdk, list, html)

  const [mail] = listOf((await control(emulator, 'GET', `/mails?campaign=${campaign}`))['mails']).map(objectOf)

  const unsubscribe = `${emulator.url}/unsubscribe?u=${emulator.accountId}&id=${list}&e=${uniqueEmailId('o@saha.example')}&c=${campaign}`
  expect(mail?.['html']).toMatch(
    '<p>Å&lt;b&gt; Ö o@saha.example Lupa Oy Kevään vinkit *|NONSENSE|* You gave us permission.</p>',
  )
  expect(mail?.['links']).toEqual([unsubscribe])
  expect(mail).toMatchObject({ campaign, list, subject: 'Kevään vinkit', from: 'Lupa <kirje@lupa.example>' })
  expect(mail?.['headers']).toMatchObject({
    'List-Unsubscribe': expect.stringContaining(`<${unsubscribe}>`),
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  })
})

test('the hosted link opts out by POST only, and dies with the member and with the audience', async () => {
  const { emulator, sdk } = await given({ assumptions: { audienceDeletionHold: 'off' } })
  const list = await audienceWith(sdk)
  const campaign = await sentTo(emulator, sdk, list)
  const links = listOf((await control(emulator, 'GET', '/mails'))['mails']).map((mail) =>
    textOf(listOf(objectOf(mail)['links'])[0]),
  )
  const [aino = '', bertta = '', cecilia = ''] = links
  const oneClick = { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) }
  const status = async (email: string) => (await sdk.lists.getListMember(list, emailId(email)))['status']

  const looked = [(await fetch(aino)).status, await status('aino.virtanen@yritys.example')]
  const clicked = [(await fetch(aino, oneClick)).status, await status('aino.virtanen@yritys.example')]
  await sdk.lists.deleteListMemberPermanent(list, emailId('bertta@paja.example'))
  const afterMember = [(await fetch(bertta)).status, (await fetch(bertta, oneClick)).status]
  await sdk.lists.deleteList(list)
  const afterAudience = [(await fetch(cecilia)).status, (await fetch(cecilia, oneClick)).status]

  expect([looked, clicked]).toEqual([
    [200, 'subscribed'],
    [200, 'unsubscribed'],
  ])
  expect([afterMember, afterAudience]).toEqual([
    [404, 404],
    [404, 404],
  ])
  expect(await sdk.reports.getUnsubscribedListForCampaign(campaign)).toMatchObject({ total_items: 1 })
})

test('an audience is not deleted while something is sent or scheduled, nor a campaign while it is being sent', async () => {
  const { emulator, sdk } = await given({ assumptions: { audienceDeletionHold: 'off' } })
  await control(emulator, 'POST', '/mischief', { kind: 'hold-delivery' })
  const list = await audienceWith(sdk)
  const campaign = await draftFor(sdk, list)
  await sdk.campaigns.get(campaign)
  await sdk.campaigns.send(campaign)

  const sending = [await refusal(sdk.lists.deleteList(list)), await refusal(sdk.campaigns.remove(campaign))]
  const delivered = await control(emulator, 'POST', '/deliver', {})
  await sdk.campaigns.remove(campaign)
  await sdk.lists.deleteList(list)

  expect(sending.map((one) => one['status'])).toEqual([405, 405])
  expect(delivered).toEqual({ delivered: [{ campaign, emails: 3 }] })
  expect(emulator.state.audiences.size + emulator.state.campaigns.size).toBe(0)
})

test('scheduling takes quarter hours and a paid plan, stopping a send the highest one', async () => {
  const { emulator, sdk } = await given()
  const list = await audienceWith(sdk)
  const campaign = await draftFor(sdk, list)
  await sdk.campaigns.get(campaign)
  const quarter = new Date(Math.ceil((Date.now() + 1) / 900_000) * 900_000).toISOString()

  const odd = await refusal(
    sdk.campaigns.schedule(campaign, { schedule_time: quarter.replace(':00.000Z', ':30.000Z') }),
  )
  await sdk.campaigns.schedule(campaign, { schedule_time: quarter })
  const held = await refusal(sdk.lists.deleteList(list))
  const cancelled = await refusal(sdk.campaigns.cancelSend(campaign))
  await control(emulator, 'POST', '/clock', { set: quarter })
  const after = await sdk.campaigns.get(campaign)
  await control(emulator, 'POST', '/reset', { plan: 'free' })
  const onFree = await draftFor(sdk, await audienceWith(sdk))

  expect(odd).toMatchObject({ status: 400, detail: 'This campaign cannot be scheduled: .' })
  expect([held['status'], cancelled['status'], after['status']]).toEqual([405, 403, 'sent'])
  expect(await refusal(sdk.campaigns.schedule(onFree, { schedule_time: quarter }))).toMatchObject({ status: 403 })
})

test('a template gives a campaign its content, a copy keeps it, and another audience loses it', async () => {
  const { sdk } = await given()
  const [list, other] = [await audienceWith(sdk), await audienceWith(sdk, [])]
  const { id } = await sdk.templates.create({ name: 'kirje', html: '<h1>Hei</h1><div mc:edit="main">tyhjä</div>' })
  const campaign = await draftFor(sdk, list)
  const contentOf = async (one: unknown) => (await sdk.campaigns.getContent(one))['html']

  await sdk.campaigns.setContent(campaign, { template: { id, sections: { main: 'Uutiset' } } })
  const copy = await sdk.campaigns.replicate(campaign)
  const copied = await contentOf(copy['id'])
  const settings = { subject_line: 'x', from_name: 'x', reply_to: 'x@lupa.example' }
  await sdk.campaigns.update(copy['id'], { settings, recipients: { list_id: other } })

  const html = '<h1>Hei</h1><div mc:edit="main">Uutiset</div>'
  expect([await contentOf(campaign), copied, await contentOf(copy['id'])]).toEqual([html, html, ''])
  expect(copy).toMatchObject({ status: 'save', recipients: { list_id: list } })
})

test('a test mail goes to its addresses and nowhere into the account', async () => {
  const { emulator, sdk } = await given()
  const campaign = await draftFor(sdk, await audienceWith(sdk))

  await sdk.campaigns.sendTestEmail(campaign, { test_emails: ['omistaja@lupa.example'], send_type: 'html' })

  const state = await control(emulator, 'GET', '/state')
  expect(state).toMatchObject({ reportRows: [], campaigns: [{ status: 'save' }], mailsDelivered: 1 })
  expect(await control(emulator, 'GET', '/mails')).toMatchObject({
    mails: [{ test: true, to: 'omistaja@lupa.example' }],
  })
})

test('a batch is finished though operations failed, and the address of its result is good for ten minutes', async () => {
  const { emulator, sdk } = await given({ perMemberMs: 1 })
  const list = await audienceWith(sdk, [])
  const operations = [
    ...people.map((person) => ({ method: 'POST', path: `/lists/${list}/members`, body: JSON.stringify(person) })),
    { method: 'DELETE', path: `/lists/${list}/members/0123` },
    { method: 'GET', path: '/nowhere' },
  ]

  const started = await sdk.batches.start({ operations })
  const finished = await eventually(
    () => sdk.batches.status(started['id']),
    (one) => one['status'] === 'finished',
  )
  const address = textOf(finished['response_body_url'])
  const before = (await fetch(address)).status
  await control(emulator, 'POST', '/clock', { advance: '10m' })
  const after = (await fetch(address)).status
  const fresh = textOf((await sdk.batches.status(started['id']))['response_body_url'])

  expect(started).toMatchObject({ status: 'pending', total_operations: 5, response_body_url: '' })
  expect(finished).toMatchObject({ finished_operations: 5, errored_operations: 2 })
  expect([before, after, (await fetch(fresh)).status]).toEqual([200, 403, 200])
  const { bodyKeys, requests } = await control(emulator, 'GET', '/state')
  expect(objectOf(bodyKeys)['POST /lists/:list_id/members']).toContain('merge_fields.LNAME')
  expect(objectOf(requests)['inBatches']).toEqual({
    'POST /lists/:list_id/members': 3,
    'DELETE /lists/:list_id/members/:subscriber_hash': 1,
  })
})
