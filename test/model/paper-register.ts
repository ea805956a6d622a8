// The register on paper: what it must answer, worked out with the pure rules of src/domain and nothing else.
import {
  approve,
  type Campaign,
  type CampaignEvent,
  changes,
  close,
  deliver,
  disclose,
  empty,
  open,
  select,
  send,
  withdraw,
} from '../../src/domain/campaign.ts'
import { type EligibilityFacts, exclusionReason } from '../../src/domain/eligibility.ts'
import { type Permission, type PermissionEntry, permissionOf, suppressed } from '../../src/domain/permission.ts'
import { type Fact, type Mailbox, mailboxes, people, type Step, type Story, type Who } from './story.ts'

/** What left the register, when in the story: a person at a mailbox, disclosed to the tool or mailed by it. */
export type Outgoing = { what: 'disclosed' | 'mailed'; who: Who; mailbox: Mailbox; chapter: number }

export type Answer = {
  permissions: Record<string, Permission | 'erased' | 'merged'>
  closed: Mailbox[]
  outgoing: Outgoing[]
}

type Paper = {
  homes: Map<Who, Mailbox>
  entries: Map<Who, PermissionEntry[]>
  noes: Map<Mailbox, Date[]>
  yeses: Map<Mailbox, { who: Who; at: Date }[]>
  disclosedAt: Map<Who, Mailbox[]>
  erased: Set<Mailbox>
  /** Who is somebody else now. */
  merged: Map<Who, Who>
  /** Every yes that has been heard: told again it says nothing. */
  told: Map<Who, Set<number>>
  inTool: Map<Who, Mailbox>
  outdated: Set<Who>
  campaign: Campaign | null
  outgoing: Outgoing[]
}

/** The date of a story's day. Days are an hour apart: they are only compared. */
export const dateOf = (day: number, since = new Date('2026-01-01T00:00:00Z')): Date =>
  new Date(since.getTime() + day * 3_600_000)

/** Tells a story to the register on paper. `since` is day 0. Throws what an illegal move of a campaign throws. */
export function tellPaper(story: Story, since?: Date): Answer {
  const paper: Paper = {
    homes: new Map(people.map((who) => [who, story.homes[who]])),
    entries: new Map(),
    noes: new Map(),
    yeses: new Map(),
    disclosedAt: new Map(),
    erased: new Set(),
    merged: new Map(),
    told: new Map(),
    inTool: new Map(),
    outdated: new Set(),
    campaign: null,
    outgoing: [],
  }
  story.chapters.forEach(({ heard, next }, chapter) => {
    for (const fact of heard) hear(paper, fact, since)
    act(paper, next, chapter)
  })
  return {
    permissions: Object.fromEntries(people.map((who) => [who, permissionNow(paper, who)])),
    closed: mailboxes.filter((mailbox) => isClosed(paper, mailbox)),
    outgoing: paper.outgoing,
  }
}

function permissionNow(paper: Paper, who: Who): Answer['permissions'][string] {
  if (paper.merged.has(who)) return 'merged'
  return paper.homes.has(who) ? permissionOf(entriesOf(paper, who)).permission : 'erased'
}

/** Who a person is by now. */
function nowKnownAs(paper: Pick<Paper, 'merged'>, who: Who): Who {
  const other = paper.merged.get(who)
  return other ? nowKnownAs(paper, other) : who
}

function hear(paper: Paper, said: Fact, since?: Date): void {
  const at = dateOf(said.day, since)
  if (said.fact === 'mailbox-no') {
    push(paper.noes, said.mailbox, at)
    return
  }
  const who = nowKnownAs(paper, said.who)
  const home = paper.homes.get(who)
  if (!home) return // erased: a no by address is what is left, and has its own fact
  switch (said.fact) {
    case 'file-yes':
      push(paper.entries, who, { says: 'permission', at, usable: true, personal: false })
      break
    case 'file-silent':
      push(paper.entries, who, { says: 'unknown', at, usable: true, personal: false })
      break
    case 'yes':
      if (!toldFirst(paper, said.who, said.day)) break
      push(paper.yeses, home, { who, at })
      push(paper.entries, who, { says: 'permission', at, usable: true, personal: true })
      break
    case 'no':
      push(paper.noes, home, at)
      if (said.also) push(paper.noes, said.also, at)
      push(paper.entries, who, { says: 'prohibition', at, usable: true, personal: true })
      break
    default:
      said satisfies never
  }
}

/** False when that person's yes of that day has been heard before. */
function toldFirst({ told }: Paper, who: Who, day: number): boolean {
  const before = told.get(who) ?? new Set()
  if (before.has(day)) return false
  told.set(who, before.add(day))
  return true
}

function act(paper: Paper, step: Step, chapter: number): void {
  switch (step.step) {
    case 'move':
      move(paper, nowKnownAs(paper, step.who), step.to)
      break
    case 'erase':
      erase(paper, nowKnownAs(paper, step.who))
      break
    case 'merge':
      merge(paper, nowKnownAs(paper, step.keep), nowKnownAs(paper, step.gone))
      break
    case 'import-again':
      // What the file says it has said before; whoever has moved since was corrected here, and whoever was erased stays away.
      break
    case 'disclose':
      discloseAll(paper, chapter)
      break
    case 'send':
      sendAll(paper, chapter)
      break
    case 'withdraw':
      takeBack(paper)
      break
    default:
      step satisfies never
  }
}

/** A no that is known only by the address becomes the person's own, and every no goes along to the new address. */
function move(paper: Paper, who: Who, to: Mailbox): void {
  const from = paper.homes.get(who)
  if (!from || from === to || paper.erased.has(to)) return
  const closedAt = isClosed(paper, from) ? latest(paper.noes.get(from) ?? []) : null
  const own = permissionOf(entriesOf(paper, who))
  if (closedAt && !(own.permission === 'prohibition' && own.at && own.at >= closedAt)) {
    push(paper.entries, who, { says: 'prohibition', at: closedAt, usable: true, personal: true })
  }
  const { permission, at } = permissionOf(entriesOf(paper, who))
  if (permission === 'prohibition' && at) push(paper.noes, to, at)
  paper.homes.set(who, to)
  if (paper.inTool.has(who)) paper.outdated.add(who)
}

/**
 * Their address is kept free for nobody, and the ones they were disclosed at, unless somebody else has them now. Their no stays
 * with those addresses; what is known of their own yes goes, where it has answered nothing.
 */
function erase(paper: Paper, who: Who): void {
  const home = paper.homes.get(who)
  if (!home) return
  const { prohibited } = factsOf(paper, who)
  paper.homes.delete(who)
  const others = new Set(paper.homes.values())
  const before = (paper.disclosedAt.get(who) ?? []).filter((mailbox) => !others.has(mailbox))
  for (const mailbox of new Set([home, ...before])) {
    paper.erased.add(mailbox)
    if (prohibited && !isClosed(paper, mailbox)) push(paper.noes, mailbox, afterAllDays)
  }
  for (const [mailbox, yeses] of paper.yeses) {
    if (!paper.noes.has(mailbox)) {
      paper.yeses.set(
        mailbox,
        yeses.filter((yes) => yes.who !== who),
      )
    }
  }
}

// Later than every day of a story: when the register itself does something.
const afterAllDays = new Date('2100-01-01T00:00:00Z')

/** Everything both have said is one person's; if one of them was not to be mailed, neither is, from now on. */
function merge(paper: Paper, keep: Who, gone: Who): void {
  const home = paper.homes.get(keep)
  if (paper.campaign || keep === gone || !home || !paper.homes.has(gone)) return
  const barred = [keep, gone].some((who) => factsOf(paper, who).prohibited)
  for (const entry of entriesOf(paper, gone)) push(paper.entries, keep, entry)
  for (const yeses of paper.yeses.values()) for (const yes of yeses) if (yes.who === gone) yes.who = keep
  for (const mailbox of paper.disclosedAt.get(gone) ?? []) push(paper.disclosedAt, keep, mailbox)
  paper.homes.delete(gone)
  paper.merged.set(gone, keep)
  // What is told again of them now is about somebody else than before.
  for (const [who] of paper.merged) if (nowKnownAs(paper, who) === keep) paper.told.delete(who)
  if (!barred) return
  const { permission, at } = permissionOf(entriesOf(paper, keep))
  const since = permission === 'prohibition' && at ? at : afterAllDays
  push(paper.entries, keep, { says: 'prohibition', at: since, usable: true, personal: true })
  push(paper.noes, home, since)
}

function discloseAll(paper: Paper, chapter: number): void {
  if (paper.campaign) return
  const chosen = people.filter((who) => exclusionReason(factsOf(paper, who)) === null)
  // Two people of one mailbox get one mail: the first.
  const homes = new Set<Mailbox>()
  for (const who of chosen) {
    const mailbox = paper.homes.get(who) as Mailbox
    if (homes.has(mailbox)) continue
    homes.add(mailbox)
    paper.inTool.set(who, mailbox)
    push(paper.disclosedAt, who, mailbox)
    paper.outgoing.push({ what: 'disclosed', who, mailbox, chapter })
  }
  if (homes.size === 0) return
  const counts = { people: paper.homes.size, selected: homes.size, batches: 1 }
  paper.campaign = moved(newCampaign, [
    (one) => approve(one, 'account', now),
    (one) => select(one, counts, now),
    (one) => open(one, { audienceId: 'audience', toolCampaignId: 'campaign' }, now),
    (one) => disclose(one, 0, now),
  ])
}

function sendAll(paper: Paper, chapter: number): void {
  if (paper.campaign?.state !== 'disclosed') return
  for (const [who, mailbox] of paper.inTool) if (mayNotStay(paper, who, mailbox)) paper.inTool.delete(who)
  // With nobody left there is nothing to send: the campaign is over.
  if (paper.inTool.size === 0) {
    takeBack(paper)
    return
  }
  const sentCount = paper.inTool.size
  paper.campaign = moved(paper.campaign, [
    (one) => send(one, { inTool: sentCount, barred: 0 }, now),
    (one) => deliver(one, { sentCount, sentAt: now }, now),
  ])
  for (const [who, mailbox] of paper.inTool) paper.outgoing.push({ what: 'mailed', who, mailbox, chapter })
}

function takeBack(paper: Paper): void {
  if (!paper.campaign) return
  paper.inTool.clear()
  paper.outdated.clear()
  moved(paper.campaign, [
    (one) => withdraw(one, 'operator', now),
    (one) => empty(one, { remaining: 0 }, now),
    (one) => close(one, now),
  ])
  paper.campaign = null
}

function mayNotStay(paper: Paper, who: Who, mailbox: Mailbox): boolean {
  if (!paper.homes.has(who) || paper.outdated.has(who)) return true
  return exclusionReason(factsOf(paper, who)) !== null || isClosed(paper, mailbox) || paper.erased.has(mailbox)
}

function factsOf(paper: Paper, who: Who): EligibilityFacts {
  const home = paper.homes.get(who)
  const { permission } = permissionOf(entriesOf(paper, who))
  return {
    ...nothing,
    erased: !home || paper.erased.has(home),
    prohibited: permission === 'prohibition' || (home !== undefined && isClosed(paper, home)),
    noPermission: permission !== 'permission',
  }
}

const isClosed = ({ noes, yeses }: Paper, mailbox: Mailbox) =>
  suppressed(
    noes.get(mailbox) ?? [],
    (yeses.get(mailbox) ?? []).map(({ at }) => at),
  )

const latest = (dates: Date[]) => new Date(Math.max(...dates.map(Number)))

const entriesOf = ({ entries }: Paper, who: Who) => entries.get(who) ?? []

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}

const now = new Date('2026-02-01T00:00:00Z')

function moved(campaign: Campaign, steps: ((campaign: Campaign) => CampaignEvent)[]): Campaign {
  let one = campaign
  for (const step of steps) one = { ...one, ...changes(one, step(one)) }
  return one
}

const newCampaign: Campaign = {
  id: '00000000-0000-4000-8000-000000000001',
  name: 'kevatkirje',
  state: 'draft',
  because: null,
  outcome: null,
  resumeTo: null,
  cancelWanted: false,
  sendAt: null,
  settleSeconds: 0,
  batches: 0,
  audienceId: null,
  toolCampaignId: null,
  firstDisclosedAt: null,
  sentAt: null,
  settleUntil: null,
  emptiedAt: null,
  deadline: null,
  shell: 'none',
  shellNotBefore: null,
}

const nothing: EligibilityFacts = {
  erased: false,
  prohibited: false,
  organisationProhibited: false,
  restricted: false,
  expired: false,
  noWorkEmail: false,
  invalidAddress: false,
  roleAddress: false,
  privateAddress: false,
  bounced: false,
  underReview: false,
  feedbackUnknown: false,
  noPermission: false,
}
