// The same story told to the real thing: the database with its rules, the workers' steps, the make-believe tool over HTTP.
import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { cancel, underlying, withdraw } from '../../src/domain/campaign.ts'
import { BadInput, NotAllowed, Refused } from '../../src/domain/errors.ts'
import { due } from '../../src/flow.ts'
import { readEmailCell } from '../../src/intake/email-cell.ts'
import { readMapping } from '../../src/intake/mapping.ts'
import { openSource } from '../../src/intake/open-source.ts'
import { type CampaignRecord, campaignById, record } from '../../src/register/campaigns.ts'
import { correctPerson } from '../../src/register/corrections.ts'
import { sql } from '../../src/register/database.ts'
import { erasePerson } from '../../src/register/erasure.ts'
import { importInto } from '../../src/register/imports.ts'
import { mergePeople } from '../../src/register/merging.ts'
import { permit, prohibit } from '../../src/register/permissions.ts'
import { barredRecipients } from '../../src/register/recipients.ts'
import { approved, runStep, walk } from '../support/step.ts'
import type { World } from '../support/world.ts'
import { type Answer, dateOf, type Outgoing } from './paper-register.ts'
import { type Chapter, type Fact, type Mailbox, mailboxes, people, type Step, type Story, type Who } from './story.ts'

/** What became of a story: what the register answers, and the story as it really was, with the dates that only the act itself gave. */
export type Told = { story: Story; answer: Answer; ways: Record<string, number> }

type Teller = {
  world: World
  tag: string
  since: Date
  ids: Map<Who, string>
  /** Who is somebody else now. */
  merged: Map<Who, Who>
  file: string
  /** What the file holds. */
  rows: string
  campaign: CampaignRecord | null
  chapter: number
  /** Where the people of the campaign were disclosed. */
  disclosedAt: Map<Who, Mailbox>
  ways: Record<string, number>
  outgoing: Outgoing[]
}

const mapping = readMapping(`
register: tarinat
persons:
  key: id
  columns: { firstName: etunimi, lastName: sukunimi, email: sposti }
`)

/** Tells a story in a still world whose web server listens. `number` keeps the stories of one world apart. */
export async function tellReal(world: World, story: Story, number: number): Promise<Told> {
  const teller: Teller = {
    ...{
      world,
      chapter: 0,
      campaign: null,
      outgoing: [],
      ways: {},
      ids: new Map(),
      merged: new Map(),
      disclosedAt: new Map(),
    },
    tag: `tarina${number}`,
    since: new Date(world.context.clock().getTime() - 12 * 3_600_000),
    file: path.join(world.context.config.home, `tarina${number}.csv`),
    rows: '',
  }
  teller.rows = fileOf(teller, story, number)
  await importFile(teller)
  await meet(teller, number)
  const chapters: Chapter[] = []
  for (const { heard, next } of story.chapters) {
    const really: Fact[] = []
    for (const fact of heard) really.push(await hear(teller, fact))
    await act(teller, next)
    chapters.push({ heard: really, next })
    teller.chapter += 1
  }
  const answer = await answerOf(teller)
  await takeBack(teller)
  return { story: { homes: story.homes, chapters }, answer, ways: teller.ways }
}

const addressOf = ({ tag }: Teller, mailbox: Mailbox) => `${mailbox}.${tag}@yritys.example`

function fileOf(teller: Teller, { homes }: Story, number: number): string {
  const rows = people.map((who, place) => `${number * 10 + place};Etu;${who};${addressOf(teller, homes[who])}`)
  return ['id;etunimi;sukunimi;sposti', ...rows, ''].join('\n')
}

/** Reads the file of the story; it names people, and does not stay. */
async function importFile({ world: { context }, file, rows }: Teller): Promise<void> {
  const { db, keys, clock } = context
  writeFileSync(file, rows)
  try {
    await importInto(db, keys, await openSource(file), mapping, { actor: 'test', at: clock() })
  } finally {
    rmSync(file)
  }
}

/** Whom the file brought. */
async function meet({ world: { context }, ids, tag }: Teller, number: number): Promise<void> {
  for (const [place, who] of people.entries()) {
    const where = { register_key: { register: 'tarinat', key: String(number * 10 + place) } }
    ids.set(who, (await context.db.person.update({ where, data: { tags: [tag] } })).id)
  }
}

/** Lets the register hear a fact; what it was told about the date is returned with it. */
async function hear(teller: Teller, fact: Fact): Promise<Fact> {
  const { db, keys } = teller.world.context
  const at = dateOf(fact.day, teller.since)
  if (fact.fact === 'mailbox-no') {
    const addresses = keys.hashes('email', addressOf(teller, fact.mailbox))
    await prohibit(db, {
      personId: null,
      at,
      channel: 'mail',
      actor: 'test',
      addresses,
      onceKey: onceKey(teller, fact),
    })
    return fact
  }
  const personId = idOf(teller, fact.who)
  if (!personId) return fact
  switch (fact.fact) {
    case 'file-yes':
    case 'file-silent': {
      const says = fact.fact === 'file-yes' ? 'permission' : 'unknown'
      const entry = { personId, says, at, channel: 'register-file', actor: 'test', source: 'jakelulista' }
      await db.permissionEntry.createMany({
        data: [{ ...entry, onceKey: onceKey(teller, fact) }],
        skipDuplicates: true,
      })
      return fact
    }
    case 'yes': {
      const document = {
        channel: 'letter',
        actor: 'test',
        source: 'kirje',
        wording: null,
        evidence: 'mapissa',
      } as const
      await permit(db, { personId, at, ...document, onceKey: onceKey(teller, fact) })
      return fact
    }
    case 'no':
      return sayNo(teller, fact, personId)
    default:
      return fact satisfies never
  }
}

const onceKey = ({ tag }: Teller, fact: Fact) => `${tag}|${JSON.stringify(fact)}`

/** By the link of the mail, in the tool, or to the operator: whichever way is open, in turn. */
async function sayNo(teller: Teller, fact: Fact & { fact: 'no' }, personId: string): Promise<Fact> {
  const { world, campaign, disclosedAt } = teller
  const { db, clock } = world.context
  const disclosed = disclosedAt.get(nowKnownAs(teller, fact.who))
  const state = campaign && (await campaignById(db, campaign.id)).state
  const now = () => ({ ...fact, day: (clock().getTime() - teller.since.getTime()) / 3_600_000 })
  if (disclosed && state === 'sent' && fact.day % 2 === 0 && (await postLink(teller, disclosed)))
    return said(teller, 'page', now())
  if (disclosed && campaign && fact.day % 3 > 0 && (await inTool(teller, personId))) {
    await world.outside('unsubscribe', { email: addressOf(teller, disclosed) })
    await runStep(world, 'collect-feedback', { campaignId: campaign.id })
    await runStep(world, 'apply-feedback', {})
    return said(teller, 'tool', now())
  }
  const at = dateOf(fact.day, teller.since)
  await prohibit(db, { personId, at, channel: 'phone', actor: 'test', onceKey: onceKey(teller, fact) })
  teller.ways['operator'] = (teller.ways['operator'] ?? 0) + 1
  return fact
}

/** A no by link or in the tool closes the mailbox that was disclosed, too. */
function said(teller: Teller, way: string, fact: Fact & { fact: 'no' }): Fact {
  const { ways, disclosedAt } = teller
  ways[way] = (ways[way] ?? 0) + 1
  const also = disclosedAt.get(nowKnownAs(teller, fact.who))
  return also ? { ...fact, also } : fact
}

async function inTool({ world: { context }, campaign }: Teller, personId: string): Promise<boolean> {
  const where = { campaignId: campaign?.id ?? '', personId, state: 'accepted' }
  return (await context.db.recipient.count({ where })) > 0
}

async function postLink(teller: Teller, mailbox: Mailbox): Promise<boolean> {
  const mail = (await teller.world.mails()).filter(({ to }) => to === addressOf(teller, mailbox)).at(-1)
  const link = mail?.links.find((one) => one.includes('/o/'))
  if (!link) return false
  const answer = await fetch(link, { method: 'POST', body: new URLSearchParams({ confirm: '1' }) })
  return answer.status === 200
}

async function act(teller: Teller, step: Step): Promise<void> {
  const { db, keys, ledger, clock } = teller.world.context
  const by = { actor: 'test', at: clock() }
  const personId = 'who' in step ? idOf(teller, step.who) : undefined
  switch (step.step) {
    case 'move':
      if (personId) {
        const email = readEmailCell(addressOf(teller, step.to))
        await correctPerson(db, keys, personId, { email }, by).catch(toleratesRefusal)
      }
      break
    case 'erase':
      if (personId) await erasePerson(db, keys, ledger, personId, { ...by, because: 'request' })
      teller.ids.delete(nowKnownAs(teller, step.who))
      break
    case 'merge':
      await merge(teller, nowKnownAs(teller, step.keep), nowKnownAs(teller, step.gone))
      break
    case 'import-again':
      await importFile(teller)
      break
    case 'disclose':
      if (!teller.campaign) await discloseAll(teller)
      break
    case 'send':
      await sendAll(teller)
      break
    case 'withdraw':
      await takeBack(teller)
      break
    default:
      step satisfies never
  }
}

/** Who a person is by now. */
function nowKnownAs(teller: Pick<Teller, 'merged'>, who: Who): Who {
  const other = teller.merged.get(who)
  return other ? nowKnownAs(teller, other) : who
}

const idOf = (teller: Teller, who: Who) => teller.ids.get(nowKnownAs(teller, who))

async function merge(teller: Teller, keep: Who, gone: Who): Promise<void> {
  const { db, keys, clock } = teller.world.context
  const [one, other] = [teller.ids.get(keep), teller.ids.get(gone)]
  if (!one || !other) return
  const done = await mergePeople(db, keys, one, other, { actor: 'test', at: clock() }).catch(toleratesRefusal)
  if (!done) return
  teller.ids.delete(gone)
  teller.merged.set(gone, keep)
  teller.ways['merged'] = (teller.ways['merged'] ?? 0) + 1
}

/** That is their address already, or its owner was erased: the register stays as it is. */
function toleratesRefusal(error: unknown): undefined {
  if (!(error instanceof BadInput || error instanceof NotAllowed)) throw error
  return undefined
}

async function discloseAll(teller: Teller): Promise<void> {
  const { world, tag, disclosedAt } = teller
  const { db } = world.context
  const campaign = await approved(world, { askedTags: [tag] })
  try {
    teller.campaign = await walk(world, campaign, 'disclosed')
  } catch (error) {
    // Nobody may get it.
    if (!(error instanceof Refused)) throw error
    await record(db, campaign.id, 'test', (one) => cancel(one, world.context.clock()))
    return
  }
  for (const { personId, addressHash } of await db.recipient.findMany({
    where: { campaignId: campaign.id, disclosed: true },
  })) {
    const who = whoIs(teller, personId)
    const mailbox = mailboxOf(teller, addressHash)
    disclosedAt.set(who, mailbox)
    teller.outgoing.push({ what: 'disclosed', who, mailbox, chapter: teller.chapter })
  }
}

/** The gate as workers would pass it: whoever may not be mailed leaves, then the tool is told to send. */
async function sendAll(teller: Teller): Promise<void> {
  const { world, campaign } = teller
  const { db, clock, config } = world.context
  if (!campaign || (await campaignById(db, campaign.id)).state !== 'disclosed') return
  const before = (await world.mails()).length
  for (let round = 0; round < 40; round += 1) {
    for (const recipientId of await barredRecipients(db, campaign.id, clock())) {
      await runStep(world, 'remove-recipient', { campaignId: campaign.id, recipientId })
    }
    const there = await db.recipient.count({ where: { campaignId: campaign.id, state: 'accepted' } })
    if (there === 0) return takeBack(teller)
    const now = await campaignById(db, campaign.id)
    if (now.state === 'sent') break
    for (const { job, payload } of due(now, [], clock(), config)) await runStep(world, job, payload as never)
    await world.turn('2s')
  }
  const mailed = (await world.mails()).slice(before).map(({ to }) => to)
  for (const [who, mailbox] of teller.disclosedAt) {
    if (!mailed.includes(addressOf(teller, mailbox))) continue
    teller.outgoing.push({ what: 'mailed', who, mailbox, chapter: teller.chapter })
  }
}

async function takeBack(teller: Teller): Promise<void> {
  const { world, campaign } = teller
  if (!campaign) return
  await record(world.context.db, campaign.id, 'test', (one) =>
    ['opened', 'disclosed', 'sent'].includes(underlying(one)) ? withdraw(one, 'operator', world.context.clock()) : null,
  )
  await walk(world, campaign, 'closed')
  teller.campaign = null
  teller.disclosedAt.clear()
}

async function answerOf(teller: Teller): Promise<Answer> {
  const { db, keys } = teller.world.context
  const permissions: Answer['permissions'] = {}
  for (const who of people) {
    const id = teller.ids.get(who)
    const person = id ? await db.person.findUniqueOrThrow({ where: { id } }) : null
    const gone = teller.merged.has(who) ? 'merged' : 'erased'
    permissions[who] = person ? (person.permission as Answer['permissions'][string]) : gone
  }
  const closed: Mailbox[] = []
  for (const mailbox of mailboxes) {
    const hashes = keys.hashes('email', addressOf(teller, mailbox))
    const [row] = await db.$queryRaw<object[]>(sql`select from suppression where address_hash = any (${hashes}::text[])
      and kind = 'opted-out' and (lifted_at is null or lifted_at <= at)`)
    if (row) closed.push(mailbox)
  }
  return { permissions, closed, outgoing: teller.outgoing }
}

function whoIs({ ids }: Teller, personId: string | null): Who {
  for (const [who, id] of ids) if (id === personId) return who
  throw new Error('a recipient who is nobody of the story')
}

function mailboxOf(teller: Teller, hash: string | null): Mailbox {
  const { keys } = teller.world.context
  const found = mailboxes.find((mailbox) => keys.hashes('email', addressOf(teller, mailbox)).includes(hash ?? ''))
  if (!found) throw new Error('a recipient at a mailbox that is not of the story')
  return found
}
