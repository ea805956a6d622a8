// What any tool behind the port must do for us, as claims about the world. A new tool passes this before it is let near
// a campaign; a failure here means that people would stay in the tool, be mailed twice, or have their no unheard.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type {
  MarketingTool,
  Outgoing,
  ToolCampaign,
  ToolFeedback,
  ToolPerson,
} from '../../src/marketing/marketing-tool.ts'

/** A tool with somebody at the other end: recipients who answer, and a clock that nobody has to wait for. */
export type ToolWorld = {
  /** A tool with a client of its own, each time. */
  open: () => MarketingTool
  optOut: (audienceId: string, email: string) => Promise<void>
  bounce: (audienceId: string, email: string, kind: 'hard' | 'soft') => Promise<void>
  complain: (audienceId: string, email: string) => Promise<void>
  close: () => Promise<void>
}

/** Runs the contract for one tool. `open` makes a world of its own; it is closed at the end. */
export function contract(name: string, open: () => Promise<ToolWorld>): void {
  describe(`${name} keeps the contract of a marketing tool`, () => {
    let world: ToolWorld
    let tool: MarketingTool
    beforeAll(async () => {
      world = await open()
      tool = world.open()
    })
    afterAll(() => world.close())

    accountAndAudience(() => tool)
    peopleComeAndGo(
      () => tool,
      () => world,
    )
    campaignIsSentOnce(() => tool)
    feedbackComesBack(
      () => tool,
      () => world,
    )
  })
}

/** A person on the way out, from a first name. */
export function outgoing(firstName: string): Outgoing {
  const email = `${firstName}@pulu.example`
  return { recipient: `recipient-of-${firstName.toLowerCase()}`, payload: { email, firstName, lastName: 'Pulu' } }
}

/** What an audience is opened with; `name` is all that matters to most tests. */
export function opening(name: string) {
  return {
    name,
    company: 'Pulu Oy',
    street: 'Kyyhkyskuja 1',
    postalCode: '00100',
    city: 'Helsinki',
    country: 'FI',
    language: 'fi' as const,
    fromName: 'Pulu Oy',
    fromEmail: 'kirje@pulu.example',
    subject: 'Kevään vinkit',
    permissionReminder: 'Olet antanut luvan.',
  }
}

/** A finished mail in the tool's own placeholders, with both ways out. */
export function mail({ placeholders }: MarketingTool, name: string) {
  const own = `https://lupa.example/o/${placeholders.campaignId}/${placeholders.recipientId}`
  const html = `<html><body><p>Hei</p><a href="${own}">Peru</a> <a href="${placeholders.toolOptOut}">Peru työkalussa</a>
    <p>${placeholders.postalAddress}</p></body></html>`
  return { name, subject: 'Kevään vinkit', fromName: 'Pulu Oy', fromEmail: 'kirje@pulu.example', html }
}

/** Everybody in an audience, sorted by address. */
export async function everybody(tool: MarketingTool, audienceId: string): Promise<ToolPerson[]> {
  const all: ToolPerson[] = []
  for await (const page of tool.people(audienceId)) all.push(...page)
  return all.sort((a, b) => a.email.localeCompare(b.email))
}

/** All feedback as `kind email` lines, each once, sorted. */
export async function feedbackLines(
  tool: MarketingTool,
  audienceId: string,
  campaignId: string | null,
): Promise<string[]> {
  const all: ToolFeedback[] = []
  for await (const page of tool.feedback(audienceId, campaignId)) all.push(...page)
  return [...new Set(all.map(({ kind, email }) => `${kind} ${email}`))].sort()
}

/** Drafts, waits until the tool is ready, sends, and waits until it is sent. */
export async function sendTo(tool: MarketingTool, audienceId: string, name: string): Promise<string> {
  const { toolCampaignId } = await tool.draftCampaign(audienceId, mail(tool, name))
  await expect.poll(() => tool.readiness(toolCampaignId)).toMatchObject({ ready: true })
  await tool.send(toolCampaignId)
  await expect.poll(() => stateOf(tool, toolCampaignId)).toBe('sent')
  return toolCampaignId
}

async function stateOf(tool: MarketingTool, toolCampaignId: string): Promise<ToolCampaign['state']> {
  const { state } = await tool.campaign(toolCampaignId)
  return state
}

function accountAndAudience(tool: () => MarketingTool): void {
  test('the account behind the key has an id, a name and a plan', async () => {
    expect(await tool().account()).toMatchObject({ id: /./, name: expect.any(String), plan: expect.any(String) })
  })

  test('opening an audience twice, as after a lost answer, leaves one', async () => {
    const first = await tool().openAudience(opening('Lupa contract: opened twice'))
    const second = await tool().openAudience(opening('Lupa contract: opened twice'))

    const ofThatName = (await tool().audiences()).filter(({ name }) => name === 'Lupa contract: opened twice')
    expect({ second, ofThatName }).toMatchObject({ second: first, ofThatName: [{ id: first.audienceId }] })
  })

  test('an audience that is deleted, or never was, does not exist, and deleting it again is no failure', async () => {
    const { audienceId } = await tool().openAudience(opening('Lupa contract: deleted'))
    const before = await tool().audienceExists(audienceId)

    const answers = [await tool().deleteAudience(audienceId), await tool().deleteAudience(audienceId)]

    const after = await tool().audienceExists(audienceId)
    expect({ before, answers, after }).toEqual({ before: true, answers: ['deleted', 'deleted'], after: false })
  })
}

function peopleComeAndGo(tool: () => MarketingTool, world: () => ToolWorld): void {
  test('exactly an address and two names leave', () => {
    const { payload } = outgoing('Aino')
    expect(Object.values(tool().asSent(payload)).sort()).toEqual(['Aino', 'Aino@pulu.example', 'Pulu'])
    const withPhone = { ...payload, phone: '1' }
    expect(() => tool().asSent(withPhone)).toThrow()
  })

  test('people who are added are there, under the ids the tool gave, with nothing else known of them', async () => {
    const { audienceId } = await tool().openAudience(opening('Lupa contract: added'))
    const added = await tool().addPeople(audienceId, [outgoing('Aino'), outgoing('Eero')])

    const known = added.map((one) => (one.outcome === 'accepted' ? one.toolIds : []))
    const there = await everybody(world().open(), audienceId)
    expect(added).toMatchObject([
      { recipient: 'recipient-of-aino', outcome: 'accepted' },
      { recipient: 'recipient-of-eero', outcome: 'accepted' },
    ])
    expect(there).toMatchObject([
      { email: 'Aino@pulu.example', status: 'subscribed', unexpected: [] },
      { email: 'Eero@pulu.example', status: 'subscribed', unexpected: [] },
    ])
    expect(known.every((ids, index) => ids.length > 0 && ids.some((id) => there[index]?.toolIds.includes(id)))).toBe(
      true,
    )
    expect(await tool().countPeople(audienceId)).toBe(2)
  })

  test('a person who is there already is not added again, and not changed', async () => {
    const { audienceId } = await tool().openAudience(opening('Lupa contract: again'))
    await tool().addPeople(audienceId, [outgoing('Aino')])
    await world().optOut(audienceId, 'Aino@pulu.example')

    const [again] = await tool().addPeople(audienceId, [outgoing('Aino')])

    expect(again?.outcome).not.toBe('accepted')
    expect(await everybody(tool(), audienceId)).toMatchObject([{ email: 'Aino@pulu.example', status: 'opted-out' }])
  })

  test('people who are removed are gone, whatever their status, and removing them again is no failure', async () => {
    const { audienceId } = await tool().openAudience(opening('Lupa contract: removed'))
    const names = ['Aino', 'Eero', 'Ilma', 'Onni']
    await tool().addPeople(audienceId, names.map(outgoing))
    await world().optOut(audienceId, 'Eero@pulu.example')

    await tool().removePerson(audienceId, 'Aino@pulu.example')
    await tool().removePerson(audienceId, 'aino@pulu.example')
    const { failed } = await tool().removePeople(
      audienceId,
      names.map((name) => `${name}@pulu.example`),
    )

    expect({ failed, left: await everybody(tool(), audienceId), count: await tool().countPeople(audienceId) }).toEqual({
      failed: [],
      left: [],
      count: 0,
    })
  })
}

function campaignIsSentOnce(tool: () => MarketingTool): void {
  test('drafting a campaign twice, as after a lost answer, leaves one', async () => {
    const { audienceId } = await tool().openAudience(opening('Lupa contract: drafted twice'))
    const first = await tool().draftCampaign(audienceId, mail(tool(), 'kevatkirje'))
    const second = await tool().draftCampaign(audienceId, mail(tool(), 'kevatkirje'))

    expect(second).toEqual(first)
    expect(await tool().campaign(first.toolCampaignId)).toMatchObject({ state: 'draft', sentCount: 0, sentAt: null })
  })

  test('a campaign goes to everybody who is there, once: a second order is never quietly obeyed', async () => {
    const { audienceId } = await tool().openAudience(opening('Lupa contract: sent'))
    await tool().addPeople(audienceId, [outgoing('Aino'), outgoing('Eero')])

    const toolCampaignId = await sendTo(tool(), audienceId, 'kevatkirje')

    await expect(tool().send(toolCampaignId)).rejects.toMatchObject({ name: 'Unavailable', outcomeUnknown: true })
    const campaign = await tool().campaign(toolCampaignId)
    expect(campaign).toMatchObject({ state: 'sent', recipientCount: 2, sentCount: 2, sentAt: expect.any(Date) })
  })

  test('a campaign that is deleted is absent, and deleting it again is no failure', async () => {
    const { audienceId } = await tool().openAudience(opening('Lupa contract: campaign deleted'))
    const { toolCampaignId } = await tool().draftCampaign(audienceId, mail(tool(), 'kevatkirje'))

    const answers = [await tool().deleteCampaign(toolCampaignId), await tool().deleteCampaign(toolCampaignId)]

    const campaign = await tool().campaign(toolCampaignId)
    expect({ answers, campaign }).toEqual({ answers: ['deleted', 'deleted'], campaign: { state: 'absent' } })
  })
}

function feedbackComesBack(tool: () => MarketingTool, world: () => ToolWorld): void {
  test('every opt-out, bounce and complaint comes back, and none before anything was sent', async () => {
    const { audienceId } = await tool().openAudience(opening('Lupa contract: feedback'))
    await tool().addPeople(audienceId, ['Aino', 'Eero', 'Ilma', 'Onni', 'Pihla'].map(outgoing))
    const before = await feedbackLines(tool(), audienceId, null)

    const toolCampaignId = await sendTo(tool(), audienceId, 'kevatkirje')
    await world().optOut(audienceId, 'Aino@pulu.example')
    await world().bounce(audienceId, 'Eero@pulu.example', 'hard')
    await world().bounce(audienceId, 'Ilma@pulu.example', 'soft')
    await world().complain(audienceId, 'Onni@pulu.example')

    const after = await feedbackLines(world().open(), audienceId, toolCampaignId)
    // A tool may opt out by itself who complained; either way it is a no.
    const withoutDoubleNo = after.filter((line) => line !== 'opted-out Onni@pulu.example')
    expect({ before, after: withoutDoubleNo }).toEqual({
      before: [],
      after: [
        'bounced-hard Eero@pulu.example',
        'bounced-soft Ilma@pulu.example',
        'complained Onni@pulu.example',
        'opted-out Aino@pulu.example',
      ],
    })
  })

  test('the feedback of one person is that person’s alone, and somebody nobody knows has none', async () => {
    const { audienceId } = await tool().openAudience(opening('Lupa contract: feedback of one'))
    await tool().addPeople(audienceId, ['Aino', 'Eero', 'Ilma', 'Onni', 'Pihla'].map(outgoing))
    const toolCampaignId = await sendTo(tool(), audienceId, 'kevatkirje')
    await world().optOut(audienceId, 'Aino@pulu.example')
    await world().bounce(audienceId, 'Eero@pulu.example', 'hard')
    await world().bounce(audienceId, 'Ilma@pulu.example', 'soft')
    await world().complain(audienceId, 'Onni@pulu.example')

    const ofEach = async (name: string) => {
      const email = `${name}@pulu.example`
      const pieces = await tool().feedbackOf(audienceId, toolCampaignId, email)
      return [...new Set(pieces.map((piece) => `${piece.kind} ${piece.email}`))].sort()[0] ?? 'nothing'
    }
    const names = ['Aino', 'Eero', 'Ilma', 'Onni', 'Pihla', 'Unknown']
    expect(await Promise.all(names.map(ofEach))).toEqual([
      'opted-out Aino@pulu.example',
      'bounced-hard Eero@pulu.example',
      'bounced-soft Ilma@pulu.example',
      'complained Onni@pulu.example',
      'nothing',
      'nothing',
    ])
  })

  test('reports show people while they are there, and nobody once everybody is removed', async () => {
    const { audienceId } = await tool().openAudience(opening('Lupa contract: reports'))
    await tool().addPeople(audienceId, [outgoing('Aino'), outgoing('Eero')])
    const toolCampaignId = await sendTo(tool(), audienceId, 'kevatkirje')
    await world().optOut(audienceId, 'Aino@pulu.example')
    const before = await tool().identifyingReportRows(toolCampaignId)

    await tool().removePeople(audienceId, ['Aino@pulu.example', 'Eero@pulu.example'])

    const after = await world().open().identifyingReportRows(toolCampaignId)
    const feedback = await feedbackLines(tool(), audienceId, toolCampaignId)
    expect({ before: before >= 3, after, feedback }).toEqual({ before: true, after: 0, feedback: [] })
  })
}
