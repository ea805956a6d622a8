// Who may use the console: accounts, the codes that open the door once, and sessions.
import { createHash, randomBytes } from 'node:crypto'
import { BadInput, NotAllowed } from '../domain/errors.ts'
import type { KeyRing } from '../ledger/key-ring.ts'
import { writeAudit } from './audit.ts'
import { type Database, inTransaction, sql } from './database.ts'
import type { Account } from './generated/client.ts'

export type AccountRole = 'owner' | 'viewer'
export type { Account } from './generated/client.ts'

/** Wrong tries in `failureWindowMs` after which an account waits. */
export const mostFailures = 10
export const failureWindowMs = 15 * 60_000
const codeLivesMs = 24 * 3_600_000
const idleMs = 2 * 3_600_000
const longestMs = 12 * 3_600_000
const enrolmentMs = 30 * 60_000

type By = { actor: string; at: Date }

/** Makes an account without a password, and a code to choose one with. Throws BadInput for a name that is none or taken. */
export async function addAccount(
  db: Database,
  keys: KeyRing,
  { name, role }: { name: string; role: AccountRole },
  by: By,
): Promise<{ id: string; code: string }> {
  const plain = nameOf(name)
  if (!/^[a-z0-9åäö][a-z0-9åäö._-]{1,39}$/.test(plain))
    throw new BadInput(
      'An account’s name is 2 to 40 letters a-z, å, ä, ö, digits, dots or dashes, such as erja.esimerkki.',
    )
  return inTransaction(db, async (tx) => {
    if (await tx.account.findUnique({ where: { name: plain } }))
      throw new BadInput(`There is an account ${plain} already: \`lupa account reset ${plain}\` gives it a new code.`)
    const { id } = await tx.account.create({ data: { name: plain, role, createdAt: by.at } })
    await writeAudit(tx, { ...by, action: 'account-added', facts: { account: plain, role } })
    return { id, code: await newCode(tx, keys, id, by.at) }
  })
}

/** Takes password, second factor, recovery codes and sessions from an account, and gives a new code. Throws BadInput when there is none. */
export async function resetAccount(db: Database, keys: KeyRing, name: string, by: By): Promise<string> {
  return inTransaction(db, async (tx) => {
    const { id } = await accountNamed(tx, name)
    await tx.account.update({ where: { id }, data: blank })
    await tx.consoleSession.updateMany({ where: { accountId: id, endedAt: null }, data: { endedAt: by.at } })
    await tx.accountCode.updateMany({ where: { accountId: id, usedAt: null }, data: { usedAt: by.at } })
    await writeAudit(tx, { ...by, action: 'account-reset', facts: { account: nameOf(name) } })
    return newCode(tx, keys, id, by.at)
  })
}

const blank = {
  passwordHash: null,
  totpKeyId: null,
  totpSealed: null,
  totpConfirmedAt: null,
  recoveryHashes: [],
  failures: 0,
  failingSince: null,
}

/** Removes an account. Throws BadInput when there is none, NotAllowed for the last owner. */
export async function removeAccount(db: Database, name: string, by: By): Promise<void> {
  await inTransaction(db, async (tx) => {
    const { id, role } = await accountNamed(tx, name)
    if (role === 'owner' && (await tx.account.count({ where: { role } })) === 1)
      throw new NotAllowed(`${nameOf(name)} is the only owner: add another one first.`)
    await tx.account.delete({ where: { id } })
    await writeAudit(tx, { ...by, action: 'account-removed', facts: { account: nameOf(name) } })
  })
}

/** All accounts by name. */
export async function listAccounts(db: Database) {
  const accounts = await db.account.findMany({ orderBy: { name: 'asc' } })
  const last = await db.consoleSession.groupBy({ by: ['accountId'], _max: { seenAt: true } })
  return accounts.map(({ id, name, role, totpConfirmedAt, recoveryHashes, createdAt }) => ({
    ...{ name, role, createdAt },
    ready: totpConfirmedAt !== null,
    recoveryCodes: recoveryHashes.length,
    lastSeenAt: last.find(({ accountId }) => accountId === id)?._max.seenAt ?? null,
  }))
}

async function accountNamed(db: Database, name: string): Promise<Account> {
  const account = await findAccount(db, name)
  if (!account) throw new BadInput(`There is no account ${nameOf(name)}: \`lupa account list\` shows them.`)
  return account
}

/** The account of a name as somebody typed it, or null. */
export async function findAccount(db: Database, name: string): Promise<Account | null> {
  return db.account.findUnique({ where: { name: nameOf(name) } })
}

function nameOf(typed: string): string {
  return typed.normalize('NFC').trim().toLowerCase()
}

/** A code that opens the door once, within a day: to choose a password, or with `enters` to come in at once. */
export async function newCode(
  db: Database,
  keys: KeyRing,
  accountId: string,
  at: Date,
  { enters = false } = {},
): Promise<string> {
  const code = randomCode(20)
  const expiresAt = new Date(at.getTime() + codeLivesMs)
  await db.accountCode.create({ data: { hash: codeHash(keys, code), accountId, enters, expiresAt } })
  return code
}

/** Uses a code up: once, and not after its day. Null for any other. */
export async function useCode(
  db: Database,
  keys: KeyRing,
  code: string,
  at: Date,
): Promise<{ accountId: string; enters: boolean } | null> {
  const hashes = keys.hashes('account-code', plainCode(code))
  const [used] = await db.$queryRaw<{ accountId: string; enters: boolean }[]>(sql`
    update account_code set used_at = ${at} where hash = any (${hashes}) and used_at is null and expires_at > ${at}
    returning account_id as "accountId", enters`)
  return used ?? null
}

/** `count` recovery codes to be shown once; their keyed hashes replace the old ones. */
export async function renewRecoveryCodes(
  db: Database,
  keys: KeyRing,
  accountId: string,
  count = 10,
): Promise<string[]> {
  const codes = Array.from({ length: count }, () => randomCode(10))
  await db.account.updateMany({
    where: { id: accountId },
    data: { recoveryHashes: codes.map((code) => codeHash(keys, code)) },
  })
  return codes
}

/** Uses a recovery code up; false when it is none of what is left. */
export async function useRecoveryCode(db: Database, keys: KeyRing, accountId: string, code: string): Promise<boolean> {
  const hashes = keys.hashes('account-code', plainCode(code))
  const used = await db.$executeRaw(sql`
    update account set recovery_hashes = array(select unnest(recovery_hashes) except select unnest(${hashes}::text[]))
    where id = ${accountId}::uuid and recovery_hashes && ${hashes}::text[]`)
  return used === 1
}

/** Uses the code of one step up: true for one caller only, and for none after a later step was used. */
export async function useTotpStep(db: Database, accountId: string, step: number): Promise<boolean> {
  const { count } = await db.account.updateMany({
    where: { id: accountId, totpStep: { lt: step } },
    data: { totpStep: step },
  })
  return count === 1
}

/** Counts a try before it is judged, so that many at once are counted too. How many there were in the window, with this one. */
export async function countTry(db: Database, accountId: string, at: Date): Promise<number> {
  const since = new Date(at.getTime() - failureWindowMs)
  const [row] = await db.$queryRaw<{ failures: number }[]>(sql`
    update account set failures = case when failing_since > ${since} then failures + 1 else 1 end,
      failing_since = case when failing_since > ${since} then failing_since else ${at} end
    where id = ${accountId}::uuid returning failures`)
  return row?.failures ?? 0
}

/** Forgets the tries: one was right. */
export async function forgetTries(db: Database, accountId: string): Promise<void> {
  await db.account.updateMany({ where: { id: accountId }, data: { failures: 0, failingSince: null } })
}

/** Keeps the secret of a second factor that has not been confirmed yet. */
export async function offerTotp(db: Database, keys: KeyRing, accountId: string, secret: string): Promise<void> {
  const { keyId, sealed } = keys.seal(secret, `totp ${accountId}`)
  await db.account.updateMany({
    where: { id: accountId, totpConfirmedAt: null },
    data: { totpKeyId: keyId, totpSealed: new Uint8Array(sealed) },
  })
}

/** The secret of the account's second factor, or null. */
export function totpSecretOf({ id, totpKeyId, totpSealed }: Account, keys: KeyRing): string | null {
  return totpKeyId && totpSealed ? keys.open(totpKeyId, Buffer.from(totpSealed), `totp ${id}`) : null
}

/** The account has a password and a second factor from now on. */
export async function completeAccount(
  db: Database,
  { id, name }: Account,
  passwordHash: string,
  at: Date,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await tx.account.updateMany({ where: { id }, data: { passwordHash, totpConfirmedAt: at } })
    await writeAudit(tx, { at, actor: name, action: 'account-completed' })
  })
}

export type Session = { id: string; account: Pick<Account, 'id' | 'name' | 'role'>; enrolling: boolean }

/** Opens a session and returns the token for the cookie, which is kept nowhere. */
export async function beginSession(
  db: Database,
  { id, name }: Pick<Account, 'id' | 'name'>,
  at: Date,
  { enrolling = false } = {},
): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await db.$queryRaw(sql`select forget_sessions(${at}::timestamptz)`)
  await inTransaction(db, async (tx) => {
    await tx.consoleSession.create({
      data: { tokenHash: tokenHash(token), accountId: id, enrolling, begunAt: at, seenAt: at },
    })
    if (!enrolling) await writeAudit(tx, { at, actor: name, action: 'account-entered' })
  })
  return token
}

/**
 * The session of a token, when it lives: two hours from its last page, twelve from its beginning; an enrolment half an hour.
 * A page that updates itself (`onlyLooks`) does not make it live longer.
 */
export async function sessionOf(
  db: Database,
  token: string,
  at: Date,
  { onlyLooks = false } = {},
): Promise<Session | null> {
  const session = await db.consoleSession.findUnique({ where: { tokenHash: tokenHash(token) } })
  if (!session || session.endedAt) return null
  const [age, idle] = [at.getTime() - session.begunAt.getTime(), at.getTime() - session.seenAt.getTime()]
  if (age > (session.enrolling ? enrolmentMs : longestMs) || idle > idleMs) return null
  const account = await db.account.findUnique({
    where: { id: session.accountId },
    select: { id: true, name: true, role: true },
  })
  if (!account) return null
  if (idle > 60_000 && !onlyLooks)
    await db.consoleSession.updateMany({ where: { id: session.id }, data: { seenAt: at } })
  return { id: session.id, account, enrolling: session.enrolling }
}

/** Ends a session. */
export async function endSession(db: Database, id: string, at: Date): Promise<void> {
  await db.consoleSession.updateMany({ where: { id }, data: { endedAt: at } })
}

/** Ends every session there is: what a restored register remembers of browsers is not true any more. */
export async function endAllSessions(db: Database, at: Date): Promise<void> {
  await db.consoleSession.updateMany({ where: { endedAt: null }, data: { endedAt: at } })
  await db.accountCode.updateMany({ where: { usedAt: null }, data: { usedAt: at } })
}

function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

function codeHash(keys: KeyRing, code: string): string {
  return keys.hash('account-code', plainCode(code))
}

function plainCode(typed: string): string {
  return typed.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** Letters and digits that are not mistaken for each other, in groups of five. */
function randomCode(length: number): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
  const limit = 256 - (256 % letters.length)
  let code = ''
  while (code.length < length) {
    const [byte = 255] = randomBytes(1)
    if (byte < limit) code += letters[byte % letters.length]
  }
  return code.replace(/(.{5})(?=.)/g, '$1-')
}
