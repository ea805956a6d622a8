// After a round: what the register, the tool, the outside ledger, the queue and the logs say, held against what people really said.
import { readFileSync } from 'node:fs'
import { certificateIsIntact } from '../../src/certificate/certificate.ts'
import type { Context } from '../../src/context.ts'
import { firstBrokenAudit } from '../../src/register/audit.ts'
import { campaignById } from '../../src/register/campaigns.ts'
import { certificateOf } from '../../src/register/certificates.ts'
import { sql } from '../../src/register/database.ts'
import { emailId } from '../emulator/mailchimp/audience.ts'
import type { Emulator } from '../emulator/mailchimp/emulator.ts'
import { strayKeys } from '../support/what-may-leave.ts'
import { type RoundPerson, traces } from './people.ts'

/** What may never happen, counted; `other` holds a sentence for each broken promise that has no figure of its own. */
export type Findings = {
  optOutsLost: number
  wronglyDisclosed: number
  mailedTwice: number
  leftInTool: number
  stuckOver30s: number
  personalDataFound: number
  other: string[]
}

/** A no that was heard: whoever said it has been told so. `at` is the product's clock when it was. */
export type HeardNo = { person: RoundPerson; by: string; at: Date }

export type RoundEnd = {
  context: Context
  emulator: Emulator
  campaignId: string
  people: RoundPerson[]
  heard: HeardNo[]
  stuck: string[]
  /** People who stayed past their deadline without an alarm. */
  unalarmed: string[]
  strange: string[]
  /** What the queue held, each time somebody looked. */
  queueTexts: string[]
  logFile: string
}

/** Looks at everything from the outside, once the campaign is closed. */
export async function findings(end: RoundEnd): Promise<Findings> {
  const lost = await lostOptOuts(end)
  const wrong = await wronglyDisclosed(end)
  const left = leftInTool(end.emulator)
  const leaks = leaksIn(end)
  return {
    optOutsLost: lost.length,
    wronglyDisclosed: wrong.length,
    mailedTwice: mailedTwice(end.emulator),
    leftInTool: left.length,
    stuckOver30s: end.stuck.length,
    personalDataFound: leaks.length,
    other: [
      ...[...lost, ...wrong, ...left, ...end.stuck, ...end.unalarmed, ...leaks, ...end.strange],
      ...(await erasedAndBack(end)),
      ...(await brokenPromises(end)),
    ],
  }
}

/** What a round should come to. */
export function nothingFound(): Findings {
  return {
    ...{ optOutsLost: 0, wronglyDisclosed: 0, mailedTwice: 0, leftInTool: 0, stuckOver30s: 0, personalDataFound: 0 },
    other: [],
  }
}

/** Whether a round found nothing at all. */
export function clean({ other, ...counts }: Findings): boolean {
  return other.length === 0 && Object.values(counts).every((count) => count === 0)
}

/** I5: whoever was heard is prohibited in the register and stands in the outside ledger, though their file was read again. */
async function lostOptOuts({ context, people, heard }: RoundEnd): Promise<string[]> {
  const { db, keys } = context
  const prohibited = await db.person.findMany({ where: { permission: 'prohibition' }, select: { id: true } })
  const ids = new Set(prohibited.map(({ id }) => id))
  const written = addressesInLedger(context, 'opt-out')
  const before = people.filter(({ says }) => says === 'prohibition').map((person) => ({ person, by: 'import' }))
  const opted = heard.filter(({ by }) => by !== 'erasure')
  return [
    ...[...before, ...opted]
      .filter(({ person }) => !ids.has(person.id))
      .map(({ by }) => `somebody who said no (${by}) is not prohibited in the register`),
    ...opted
      .filter(({ person }) => !keys.hashes('email', person.email).some((hash) => written.has(hash)))
      .map(({ by }) => `somebody who said no (${by}) is not in the outside ledger`),
  ]
}

/** I7: whoever was erased stays away, though the file that brought them was read again, and stands in the outside ledger. */
async function erasedAndBack({ context, heard }: RoundEnd): Promise<string[]> {
  const { db, keys } = context
  const written = addressesInLedger(context, 'erasure')
  const erased = heard.filter(({ by }) => by === 'erasure')
  const faults = erased.map(async ({ person: { id, email } }) => {
    const hashes = keys.hashes('email', email)
    const back = await db.person.count({ where: { OR: [{ id }, { email }, { addressHashes: { hasSome: hashes } }] } })
    return [
      ...(back > 0 ? ['somebody who was erased is in the register again'] : []),
      ...(hashes.some((hash) => written.has(hash)) ? [] : ['somebody who was erased is not in the outside ledger']),
    ]
  })
  return (await Promise.all(faults)).flat()
}

function addressesInLedger({ ledger }: Context, kind: 'opt-out' | 'erasure'): Set<string> {
  const lines = ledger.writers().flatMap((writer) => ledger.read(writer))
  return new Set(lines.flatMap(({ entry }) => (entry.kind === kind ? (entry['addresses'] as string[]) : [])))
}

/** I2: nobody without permission was ever in the tool, no intent was written after a heard no, nobody heard before was mailed. */
async function wronglyDisclosed({ context: { db }, emulator, campaignId, people, heard }: RoundEnd): Promise<string[]> {
  const everThere = new Set(
    [...emulator.state.audiences.values()].flatMap(({ members, forgotten }) => [...members.keys(), ...forgotten]),
  )
  const strangers = people.filter(({ email, says }) => says !== 'permission' && everThere.has(emailId(email)))
  const rows = await db.recipient.findMany({ where: { campaignId }, select: { personId: true, intendedAt: true } })
  const intendedAt = new Map(rows.map((row) => [row.personId, row.intendedAt]))
  const late = heard.filter(({ person, at }) => (intendedAt.get(person.id) ?? at) > at)
  const { sendingAt } = await campaignById(db, campaignId)
  const mailed = new Set(sentTo(emulator))
  const mailedAfter = heard.filter(({ person, at }) => sendingAt && at < sendingAt && mailed.has(person.email))
  return [
    ...strangers.map(({ says }) => `somebody without permission (${says}) was in the tool`),
    ...late.map(({ by }) => `somebody was disclosed after their no (${by})`),
    ...mailedAfter.map(({ by }) => `somebody was mailed after their no (${by})`),
  ]
}

function sentTo({ state }: Emulator): string[] {
  return state.sendings
    .filter(({ test }) => !test)
    .flatMap(({ recipients }) => recipients.map((one) => one.email_address))
}

function mailedTwice(emulator: Emulator): number {
  const mails = sentTo(emulator)
  return mails.length - new Set(mails).size
}

/** I4: members, report rows that show somebody, and campaigns the tool did not refuse to delete. */
function leftInTool({ state }: Emulator): string[] {
  const members = [...state.audiences.values()].flatMap((audience) => [...audience.members.values()])
  const rows = [...state.reports.values()].flatMap((report) => [
    ...report.sentTo.values(),
    ...report.unsubscribed.values(),
    ...report.abuse,
  ])
  return [
    ...members.map(({ status }) => `somebody is left in the tool (${status})`),
    ...rows.filter((row) => row.email_address.includes('@')).map(() => 'a report row in the tool still shows somebody'),
  ]
}

/** I6: nothing of anybody in logs and queue. */
function leaksIn({ people, logFile, queueTexts }: RoundEnd): string[] {
  const wanted = traces(people)
  const found = (text: string) => wanted.filter((trace) => text.toLowerCase().includes(trace))
  return [
    ...found(readFileSync(logFile, 'utf8')).map((trace) => `the log holds ${trace}`),
    ...new Set(queueTexts.flatMap(found).map((trace) => `the queue holds ${trace}`)),
  ]
}

/** I1, I8, I9, I10: what has no figure of its own. */
async function brokenPromises({ context: { db }, emulator, campaignId }: RoundEnd): Promise<string[]> {
  const campaign = await campaignById(db, campaignId)
  const certificate = await certificateOf(db, campaignId)
  const strays = strayKeys(Object.fromEntries([...emulator.state.bodyKeys].map(([route, keys]) => [route, [...keys]])))
  const broken = await firstBrokenAudit(db)
  const unapplied = await db.feedback.count({ where: { appliedAt: null } })
  const [locks] = await db.$queryRaw<{ held: bigint }[]>(sql`
    select count(*) as held from pg_locks l join pg_stat_activity a using (pid)
    where l.locktype = 'advisory' and a.datname = current_database() and now() - a.state_change > interval '10 seconds'`)
  const promises: [boolean, string][] = [
    [strays.length === 0, `more than name and address left: ${strays.join(', ')}`],
    [
      campaign.state === 'closed',
      `the campaign is ${campaign.state} (${campaign.haltedBecause ?? campaign.waitingFor})`,
    ],
    [campaign.audienceId === null || certificate !== null, 'there is no certificate'],
    [certificate === null || certificateIsIntact(certificate), 'the certificate is not intact'],
    [certificate === null || certificate.counts.remaining === 0, 'the certificate says that somebody remains'],
    [certificate === null || isBalanced(certificate.counts), 'the figures of the certificate do not add up'],
    [broken === null, `the audit trail is broken at ${broken}`],
    [unapplied === 0, `${unapplied} pieces of feedback were never applied`],
    [Number(locks?.held) === 0, `${locks?.held} locks are stuck`],
  ]
  return promises.filter(([holds]) => !holds).map(([, sentence]) => sentence)
}

function isBalanced({ intended, accepted, refused, unknown, removed, remaining }: Record<string, unknown> & Counts) {
  return intended === accepted + refused + unknown && accepted === removed + remaining
}

type Counts = Record<'intended' | 'accepted' | 'refused' | 'unknown' | 'removed' | 'remaining', number>
