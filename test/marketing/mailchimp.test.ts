// What is special about Mailchimp: what leaves, what may stand in a person's record, how a mail is drafted and answered.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { BadInput, Refused } from '../../src/domain/errors.ts'
import { subscriberHash } from '../../src/marketing/mailchimp/people.ts'
import { placeholders } from '../../src/marketing/mailchimp/placeholders.ts'
import { openTool, toolNames } from '../../src/marketing/tools.ts'
import { everybody, mail, opening, outgoing, sendTo } from './contract.ts'
import { type MailchimpWorld, openMailchimpWorld } from './mailchimp-world.ts'

let world: MailchimpWorld
beforeAll(async () => {
  world = await openMailchimpWorld()
})
beforeEach(() => world.control('/reset', {}))
afterAll(() => world.close())

test('nothing leaves about a person but address, first and last name', async () => {
  const tool = world.open()
  const { audienceId } = await tool.openAudience(opening('Lupa'))

  await tool.addPeople(audienceId, [outgoing('Aino')])

  const keys = world.emulator.state.bodyKeys.get('POST /lists/:list_id')
  const [stored] = world.emulator.state.audiences.get(audienceId)?.members.values() ?? []
  expect([...(keys ?? [])].sort()).toEqual([
    'members[].email_address',
    'members[].merge_fields.FNAME',
    'members[].merge_fields.LNAME',
    'members[].status',
    'update_existing',
  ])
  expect(stored?.merge_fields).toEqual({ FNAME: 'Aino', LNAME: 'Pulu' })
  expect(stored?.other).toBeUndefined()
})

test('a person with one more fact is never sent: not even the others of that call leave', async () => {
  const tool = world.open()
  const { audienceId } = await tool.openAudience(opening('Lupa'))
  const eero = outgoing('Eero')
  const withPhone = { ...eero, payload: { ...eero.payload, phone: '+358 50 000 0000' } }

  await expect(tool.addPeople(audienceId, [outgoing('Aino'), withPhone])).rejects.toThrow(Refused)

  expect(world.emulator.state.audiences.get(audienceId)?.members.size).toBe(0)
})

test('a person who is there already keeps what is known of them', async () => {
  const tool = world.open()
  const { audienceId } = await tool.openAudience(opening('Lupa'))
  await tool.addPeople(audienceId, [outgoing('Aino')])
  const renamed = { recipient: 'other', payload: { ...outgoing('Aino').payload, firstName: 'Aune' } }

  const outcomes = await tool.addPeople(audienceId, [renamed])

  const [stored] = world.emulator.state.audiences.get(audienceId)?.members.values() ?? []
  expect({ outcomes, name: stored?.merge_fields['FNAME'] }).toEqual({
    outcomes: [{ recipient: 'other', outcome: 'already-there' }],
    name: 'Aino',
  })
})

test('R21: a fresh audience mails nobody by itself: whoever is added is there at once, and nobody is asked to confirm', async () => {
  const tool = world.open()
  const { audienceId } = await tool.openAudience(opening('Lupa'))
  await tool.addPeople(audienceId, [outgoing('Aino')])

  const { mergeFields, settings, counts } = world.emulator.state.audiences.get(audienceId) ?? {}
  expect(mergeFields?.map(({ tag }) => tag)).toEqual(['FNAME', 'LNAME'])
  expect(settings).toMatchObject({ double_optin: false, email_type_option: false, notify_on_subscribe: '' })
  expect(counts).toMatchObject({ subscribed: 1, pending: 0 })
})

test('a value that nobody expects in a person’s record is named, and never shown', async () => {
  const tool = world.open()
  const { audienceId } = await tool.openAudience(opening('Lupa'))
  await tool.addPeople(audienceId, [outgoing('Aino'), outgoing('Eero')])
  const [aino] = world.emulator.state.audiences.get(audienceId)?.members.values() ?? []
  if (!aino) throw new Error('the emulator lost Aino')
  const location = { latitude: 60.17, longitude: 24.94 }
  aino.other = { ip_signup: '192.0.2.7', ip_opt: '192.0.2.1', language: 'fi', vip: true, location }
  aino.tags = ['lapsiperhe']
  world.emulator.state.audiences.get(audienceId)?.mergeFields.push({
    merge_id: 9,
    tag: 'PHONE',
    name: 'Phone',
    type: 'text',
    required: false,
  })
  aino.merge_fields['PHONE'] = '+358 50 000 0000'

  const [first, second] = await everybody(tool, audienceId)

  const expected = ['ip_signup', 'language', 'location', 'merge_fields.PHONE', 'tags', 'tags_count', 'vip']
  expect({ aino: first?.unexpected.sort(), eero: second?.unexpected }).toEqual({ aino: expected, eero: [] })
})

test('people hidden by archiving are still read and still counted', async () => {
  const tool = world.open()
  const { audienceId } = await tool.openAudience(opening('Lupa'))
  await tool.addPeople(audienceId, [outgoing('Aino'), outgoing('Eero')])
  const path = `${world.settings.baseUrl}/lists/${audienceId}/members/${subscriberHash('Aino@pulu.example')}`
  await fetch(path, { method: 'DELETE', headers: { authorization: `Bearer ${world.settings.apiKey}` } })

  const there = await everybody(tool, audienceId)

  expect(there.map(({ email, status }) => [email, status])).toEqual([
    ['Aino@pulu.example', 'archived'],
    ['Eero@pulu.example', 'subscribed'],
  ])
  expect(await tool.countPeople(audienceId)).toBe(2)
})

test('our campaign follows nobody’s opening or clicking, and both ways out reach the recipient filled in', async () => {
  const tool = world.open()
  const { audienceId } = await tool.openAudience(opening('Lupa'))
  const [added] = await tool.addPeople(audienceId, [outgoing('Aino')])
  const toolCampaignId = await sendTo(tool, audienceId, 'kevatkirje')

  const mails = await fetch(`${world.emulator.url}/__control/mails`).then((answer) => answer.text())

  const campaign = world.emulator.state.campaigns.get(toolCampaignId)
  expect(campaign?.tracking).toMatchObject({ opens: false, html_clicks: false, text_clicks: false })
  expect(added).toMatchObject({ outcome: 'accepted' })
  const [uniqueId] = added?.outcome === 'accepted' ? added.toolIds : []
  expect(mails).toContain(`https://lupa.example/o/${toolCampaignId}/${uniqueId}`)
  expect(mails).not.toContain('*|')
})

test('a test mail goes to the address given, and the campaign stays a draft that nobody got', async () => {
  const tool = world.open()
  const { audienceId } = await tool.openAudience(opening('Lupa'))
  await tool.addPeople(audienceId, [outgoing('Aino')])
  const { toolCampaignId } = await tool.draftCampaign(audienceId, mail(tool, 'kevatkirje'))

  await tool.sendTest(toolCampaignId, 'toimisto@pulu.example')

  const to = world.emulator.state.sendings.flatMap(({ recipients }) => recipients.map((one) => one.email_address))
  expect({ to, campaign: await tool.campaign(toolCampaignId) }).toMatchObject({
    to: ['toimisto@pulu.example'],
    campaign: { state: 'draft', sentCount: 0 },
  })
})

test('a mail without a way out is not drafted', async () => {
  const tool = world.open()
  const { audienceId } = await tool.openAudience(opening('Lupa'))
  const withoutOurs = { ...mail(tool, 'kevatkirje'), html: '<p>Hei</p><a href="*|UNSUB|*">Peru</a>' }

  await expect(tool.draftCampaign(audienceId, withoutOurs)).rejects.toMatchObject({
    name: 'Refused',
    message: expect.stringMatching(/UNIQID/),
  })
})

test('feedback of a campaign that vanished is refused, never taken for silence', async () => {
  const tool = world.open()
  const { audienceId } = await tool.openAudience(opening('Lupa'))

  await expect(everyFeedback(tool.feedback(audienceId, '0a1b2c3d4e'))).rejects.toMatchObject({ name: 'Refused' })
  await expect(everyFeedback(tool.feedback('0a1b2c3d4e', null))).rejects.toMatchObject({ name: 'Refused' })
})

test('a design made in the tool is read and left as it is, and reading a template leaves nothing behind', async () => {
  const tool = world.open()
  const { audienceId } = await tool.openAudience(opening('Lupa'))
  const { toolCampaignId } = await tool.draftCampaign(audienceId, mail(tool, 'luonnos'))
  const { templates, campaigns } = world.emulator.state
  templates.set(10_001, { id: 10_001, name: 'kevät', html: '<p>Kevät</p>', date_created: '' })
  const draftBefore = structuredClone(campaigns.get(toolCampaignId)?.content)

  const draft = await tool.readDesign({ kind: 'draft', id: toolCampaignId })
  const template = await tool.readDesign({ kind: 'template', id: '10001' })
  const names = (await tool.designs()).map(({ kind, id, name }) => [kind, id, name])

  expect(names).toEqual([
    ['template', '10001', 'kevät'],
    ['draft', toolCampaignId, 'luonnos'],
  ])
  expect(draft).toBe(draftBefore?.html)
  expect(template).toContain('<p>Kevät</p>')
  expect(campaigns.get(toolCampaignId)?.content).toEqual(draftBefore)
  expect(campaigns.size).toBe(1)
  await expect(tool.readDesign({ kind: 'draft', id: 'ffffffffff' })).rejects.toMatchObject({ name: 'Refused' })
})

test('a key of another account than the configured one is refused', async () => {
  const tool = openTool('mailchimp', { ...world.settings, accountId: 'another-account' })

  await expect(tool.account()).rejects.toMatchObject({
    name: 'Refused',
    message: expect.stringMatching(/another-account/),
  })
})

test('only the free plan’s limit of audiences is known', async () => {
  await world.control('/reset', { plan: 'free' })
  const free = await world.open().account()
  await world.control('/reset', { plan: 'standard' })
  const standard = await world.open().account()

  expect([free.audiencesAllowed, standard.audiencesAllowed]).toEqual([1, null])
})

test('settings that reach no tool are refused before any call, by the name of the setting', () => {
  expect(toolNames).toEqual(['mailchimp'])
  expect(() => openTool('pigeon', { apiKey: 'k' })).toThrow(BadInput)
  expect(() => openTool('mailchimp', { apiKey: 'without-its-server' })).toThrow(/MAILCHIMP_API_KEY/)
  expect(() => openTool('mailchimp', { apiKey: 'k', baseUrl: 'localhost' })).toThrow(/MAILCHIMP_BASE_URL/)
})

test('placeholders the tool would not fill are found by name', () => {
  const text = 'Hei *|FNAME|*, *|PUHELIN|* *|DATE:d.m.Y|* *|HTML:LIST_ADDRESS_HTML|* 3 * 4 |* *|UPDATE_PROFILE|*'
  const names = [...text.matchAll(placeholders.pattern)].map(([, name]) => name ?? '')

  expect(names.filter((name) => !placeholders.filled(name))).toEqual(['PUHELIN', 'UPDATE_PROFILE'])
  expect(names).toHaveLength(5)
})

async function everyFeedback(pages: AsyncGenerator<unknown[]>): Promise<number> {
  let rows = 0
  for await (const page of pages) rows += page.length
  return rows
}
