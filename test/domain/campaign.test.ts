// The campaign's life: whatever is asked of it in whatever order, it makes legal moves only.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  approve,
  type Campaign,
  type CampaignEvent,
  type CampaignState,
  campaignStates,
  cancel,
  changes,
  close,
  deliver,
  disclose,
  empty,
  halt,
  moves,
  open,
  resume,
  select,
  send,
  underlying,
  withdraw,
} from '../../src/domain/campaign.ts'
import { IllegalMove, NotAllowed } from '../../src/domain/errors.ts'

const at = new Date('2026-11-22T10:00:00Z')
const hour = 3_600_000

/** Every function of the life, with facts that let it pass. `wish` is what withdraw and cancel come to while sending. */
const acts = {
  approve: (one: Campaign, when: Date) => approve(one, 'konto', when),
  select: (one: Campaign, when: Date) => select(one, { people: 9, selected: 7, batches: 1 }, when),
  open: (one: Campaign, when: Date) => open(one, { audienceId: 'a', toolCampaignId: 'c' }, when),
  disclose: (one: Campaign, when: Date) => disclose(one, 0, when),
  send: (one: Campaign, when: Date) => send(one, { inTool: 7, barred: 0 }, when),
  deliver: (one: Campaign, when: Date) => deliver(one, { sentCount: 7, sentAt: when }, when),
  withdraw: (one: Campaign, when: Date) => withdraw(one, 'operator', when),
  empty: (one: Campaign, when: Date) => empty(one, { remaining: 0 }, when),
  close: (one: Campaign, when: Date) => close(one, when),
  cancel: (one: Campaign, when: Date) => cancel(one, when),
  halt: (one: Campaign, when: Date) => halt(one, 'somebody must look', when),
  resume: (one: Campaign, when: Date) => resume(one, when),
} satisfies Record<string, (one: Campaign, when: Date) => CampaignEvent>
type Act = keyof typeof acts

test('every pair of state and move does what the table of moves says', () => {
  const table: Record<string, string[]> = {}

  for (const state of campaignStates) {
    const told = (Object.keys(acts) as Act[]).flatMap((act) => whatHappens(inState(state), act))
    // A halted campaign's moves are those of the state it halted in: withdraw and cancel need people or none, wish needs sending.
    const halts = (['draft', 'opened', 'sending', 'withdrawing'] as const).flatMap((resumeTo) =>
      state === 'halted'
        ? ['withdraw' as const, 'cancel' as const].flatMap((act) => whatHappens(inState(state, { resumeTo }), act))
        : [],
    )
    table[state] = [...new Set([...told, ...halts])].sort()
  }

  const expected = Object.fromEntries(campaignStates.map((state) => [state, [...moves[state]].sort()]))
  expect(table).toEqual(expected)
})

test('an illegal move throws, and says to the operator in a sentence what to do where the operator asked for it', () => {
  for (const state of campaignStates) {
    for (const act of Object.keys(acts) as Act[]) {
      if (whatHappens(inState(state), act).length > 0) continue
      const error = thrown(() => acts[act](inState(state), at))
      const byPeople = act === 'withdraw' || act === 'cancel' || act === 'resume'
      expect({ state, act, error }).toEqual({ state, act, error: expect.any(byPeople ? NotAllowed : IllegalMove) })
      if (byPeople) expect(error?.message).toMatch(/^Campaign kevatkirje is .*\.$/)
    }
  }
})

test('in any order of any acts a campaign moves legally, sends at most once and never out of a withdrawal', () => {
  const step = fc.record({
    act: fc.constantFrom(...(Object.keys(acts) as Act[])),
    minutes: fc.integer({ min: 0, max: 9000 }),
  })

  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (asked) => {
      let campaign = inState('draft')
      let when = at
      let sendings = 0
      let withdrawals = 0
      for (const { act, minutes } of [...launched, ...asked]) {
        when = new Date(when.getTime() + minutes * 60_000)
        const event = attempt(campaign, act, when)
        if (!event) continue
        const next = after(campaign, event)

        expect(isLegal(campaign, next, event)).toBe(true)
        if (event.type === 'sending-started') sendings += 1
        if (event.type === 'withdrawal-started') withdrawals += 1
        if (withdrawals > 0) expect(next.state).not.toMatch(/^(disclosed|sending|sent)$/)
        if (next.state === 'closed' && next.firstDisclosedAt) expect(campaign.state).toBe('withdrawn')
        campaign = next
      }
      expect(sendings).toBeLessThanOrEqual(1)
      expect(withdrawals).toBeLessThanOrEqual(1)
    }),
    { numRuns: 3000 },
  )
})

test('a halted campaign resumes to where it was, and nothing else about it has changed', () => {
  for (const state of campaignStates.filter((one) => (moves[one] as readonly string[]).includes('halt'))) {
    const before = inState(state, { haltedBecause: null, waitingFor: null, gateStartedAt: null })

    const halted = after(before, halt(before, 'somebody must look', at))
    const resumed = after(halted, resume(halted, at))

    expect(halted).toEqual({ ...before, state: 'halted', resumeTo: state, haltedBecause: 'somebody must look' })
    expect(underlying(halted)).toBe(state)
    expect(resumed).toEqual(before)
  }
})

test('cancelled, a campaign closes while nobody has been disclosed, is withdrawn afterwards, and keeps the wish while sending', () => {
  const outcome = (campaign: Campaign) => {
    try {
      const event = cancel(campaign, at)
      return event.type === 'campaign-closed' ? `closed as ${event.outcome}` : event.type
    } catch (error) {
      return (error as Error).name
    }
  }
  const expected: Record<CampaignState, string> = {
    draft: 'closed as cancelled',
    approved: 'closed as cancelled',
    selected: 'closed as cancelled',
    opened: 'withdrawal-started',
    disclosed: 'withdrawal-started',
    sending: 'cancel-wanted',
    sent: 'withdrawal-started',
    withdrawing: 'NotAllowed',
    withdrawn: 'NotAllowed',
    closed: 'NotAllowed',
    halted: 'NotAllowed',
  }

  expect(
    Object.fromEntries(campaignStates.map((state) => [state, outcome(inState(state, { resumeTo: 'halted' }))])),
  ).toEqual(expected)
  for (const resumeTo of campaignStates.filter((state) => state !== 'halted')) {
    expect({ resumeTo, outcome: outcome(inState('halted', { resumeTo })) }).toEqual({
      resumeTo,
      outcome: expected[resumeTo],
    })
  }
})

test('everybody must be out 24 h after the settle window has closed', () => {
  fc.assert(
    fc.property(fc.nat(14 * 86_400), fc.integer({ min: 0, max: 1e9 }), (settleSeconds, later) => {
      const sentAt = new Date(at.getTime() + later)
      const sending = inState('sending', { settleSeconds })
      const recorded = new Date(sentAt.getTime() + 5 * 60_000)

      const sent = after(sending, deliver(sending, { sentCount: 7, sentAt }, recorded))

      const settled = sentAt.getTime() + settleSeconds * 1000
      expect([sent.sentAt, sent.settleUntil, sent.deadline]).toEqual([
        sentAt,
        new Date(settled),
        new Date(settled + 24 * hour),
      ])
    }),
  )
})

test('a withdrawal, a halt and a resumption leave the deadline where it was', () => {
  const deadline = new Date(at.getTime() + 24 * hour)
  const disclosed = inState('disclosed', { deadline })

  const halted = after(disclosed, halt(disclosed, 'somebody must look', at))
  const resumed = after(halted, resume(halted, at))
  const withdrawing = after(halted, withdraw(halted, 'deadline', at))

  expect([halted, resumed, withdrawing].map((one) => one.deadline)).toEqual([deadline, deadline, deadline])
  expect(withdrawing).toMatchObject({ state: 'withdrawing', because: 'deadline', resumeTo: null, haltedBecause: null })
})

test('the facts of a move are asked for: unsettled people, people who said no, an empty audience and people who stayed forbid it', () => {
  const refused = [
    () => disclose(inState('opened'), 1, at),
    () => send(inState('disclosed'), { inTool: 7, barred: 1 }, at),
    () => send(inState('disclosed'), { inTool: 0, barred: 0 }, at),
    () => empty(inState('withdrawing'), { remaining: 1 }, at),
  ]

  expect(refused.map((move) => thrown(move)?.constructor)).toEqual([IllegalMove, IllegalMove, IllegalMove, IllegalMove])
})

test('every event changes something, and only a state that exists', () => {
  const events: Record<CampaignEvent['type'], [Campaign, CampaignEvent]> = {
    'campaign-approved': on('draft', 'approve'),
    'recipients-selected': on('approved', 'select'),
    'audience-opened': on('selected', 'open'),
    'recipients-disclosed': on('opened', 'disclose'),
    'sending-started': on('disclosed', 'send'),
    'campaign-sent': on('sending', 'deliver'),
    'cancel-wanted': on('sending', 'cancel'),
    'withdrawal-started': on('sent', 'withdraw'),
    'campaign-withdrawn': on('withdrawing', 'empty'),
    'campaign-closed': on('withdrawn', 'close'),
    'campaign-halted': on('opened', 'halt'),
    'campaign-resumed': on('halted', 'resume'),
  }

  const told = Object.entries(events).map(([type, [campaign, event]]) => {
    expect(event.type).toBe(type)
    expect(event.campaignId).toBe(campaign.id)
    return [type, changes(campaign, event).state ?? 'stays']
  })

  expect(Object.fromEntries(told)).toEqual({
    'campaign-approved': 'approved',
    'recipients-selected': 'selected',
    'audience-opened': 'opened',
    'recipients-disclosed': 'disclosed',
    'sending-started': 'sending',
    'campaign-sent': 'sent',
    'cancel-wanted': 'stays',
    'withdrawal-started': 'withdrawing',
    'campaign-withdrawn': 'withdrawn',
    'campaign-closed': 'closed',
    'campaign-halted': 'halted',
    'campaign-resumed': 'opened',
  })
})

test('a campaign that was sent closes as sent, one that was not as cancelled', () => {
  const outcomes = [null, at].map((sentAt) => close(inState('withdrawn', { sentAt }), at))

  expect(outcomes).toMatchObject([{ outcome: 'cancelled' }, { outcome: 'sent' }])
})

// How far a life goes before chance takes over: without it most sequences would end before anybody is disclosed.
const launched = (['approve', 'select', 'open'] as const).map((act) => ({ act, minutes: 1 }))

function on(state: CampaignState, act: Act): [Campaign, CampaignEvent] {
  const campaign = inState(state)
  return [campaign, acts[act](campaign, at)]
}

function inState(state: CampaignState, facts: Record<string, unknown> = {}): Campaign {
  return {
    id: '6f0d0c6e-0000-4000-8000-000000000000',
    name: 'kevatkirje',
    state,
    because: null,
    outcome: null,
    resumeTo: state === 'halted' ? 'opened' : null,
    cancelWanted: false,
    sendAt: null,
    settleSeconds: 72 * 3600,
    batches: 1,
    audienceId: null,
    toolCampaignId: null,
    firstDisclosedAt: null,
    sentAt: null,
    settleUntil: null,
    emptiedAt: null,
    deadline: null,
    shell: 'none',
    shellNotBefore: null,
    ...facts,
  }
}

/** The names of `moves` that an act comes to in this state; none when it throws. */
function whatHappens(campaign: Campaign, act: Act): string[] {
  const event = attempt(campaign, act, at)
  if (!event) return []
  return [event.type === 'cancel-wanted' ? 'wish' : act]
}

function attempt(campaign: Campaign, act: Act, when: Date): CampaignEvent | null {
  try {
    return acts[act](campaign, when)
  } catch (error) {
    if (error instanceof IllegalMove || error instanceof NotAllowed) return null
    throw error
  }
}

/** The campaign after the event, as `record` would leave it; an opened audience has somebody in it from then on. */
function after(campaign: Campaign, event: CampaignEvent): Campaign {
  const first = event.type === 'audience-opened' ? { firstDisclosedAt: event.at } : {}
  return { ...campaign, ...first, ...changes(campaign, event) } as Campaign
}

/** Whether the next state is one that the event's move leads to from here, by the picture in the architecture. */
function isLegal(before: Campaign, next: Campaign, { type }: CampaignEvent): boolean {
  const ways: Partial<Record<CampaignState, CampaignState[]>> = {
    draft: ['approved', 'closed'],
    approved: ['selected', 'closed', 'halted'],
    selected: ['opened', 'closed', 'halted'],
    opened: ['disclosed', 'withdrawing', 'halted'],
    disclosed: ['sending', 'withdrawing', 'halted'],
    sending: ['sent', 'sending', 'halted'],
    sent: ['withdrawing', 'halted'],
    withdrawing: ['withdrawn', 'halted'],
    withdrawn: ['closed', 'halted'],
  }
  if (before.state !== 'halted') return ways[before.state]?.includes(next.state) ?? false
  if (type === 'campaign-resumed') return next.state === before.resumeTo
  if (type === 'cancel-wanted') return before.resumeTo === 'sending' && next.state === 'halted' && next.cancelWanted
  const left = ways[before.resumeTo as CampaignState] ?? []
  return left.includes(next.state) && (next.state === 'withdrawing' || next.state === 'closed')
}

function thrown(act: () => unknown): Error | null {
  try {
    act()
    return null
  } catch (error) {
    return error as Error
  }
}
