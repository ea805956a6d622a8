// Sign-up with double opt-in: what was asked waits at most 48 h, and becomes a documented permission by its confirmation.
import type { AddressNature } from '../domain/email-address.ts'
import { type Database, sql } from './database.ts'

/** How long a sign-up may wait for its confirmation. Milliseconds; the database says the same. */
export const signUpWaitsMs = 48 * 3_600_000

/** What somebody asked for, with the evidence of what they were shown. */
export type AskedSignUp = {
  /** SHA-256 of the token in the confirmation link. */
  tokenHash: string
  firstName: string
  lastName: string
  email: string
  nature: AddressNature
  addressHashes: string[]
  domain: string
  organisation: string | null
  wording: string
  wordingVersion: string
  noticeVersion: string
  at: Date
}

/** Keeps a sign-up until it is confirmed. Asks nothing about the address: the answer must be the same for everyone. */
export async function askSignUp(db: Database, asked: AskedSignUp): Promise<void> {
  await db.$executeRaw(sql`insert into sign_up (token_hash, first_name, last_name, email, email_nature, address_hashes, domain,
      organisation, wording, wording_version, notice_version, asked_at)
    values (${asked.tokenHash}, ${asked.firstName}, ${asked.lastName}, ${asked.email}, ${asked.nature}, ${asked.addressHashes}::text[],
      ${asked.domain}, ${asked.organisation}, ${asked.wording}, ${asked.wordingVersion}, ${asked.noticeVersion}, ${asked.at})`)
}

/**
 * Confirms: the person is found by the address or made, the permission documented, an earlier opt-out or tombstone of the
 * address lifted, all in one transaction. `unknown` is a link that is not, or no longer, ours; a repeat changes nothing.
 */
export async function confirmSignUp(
  db: Database,
  tokenHash: string,
  at: Date,
): Promise<'confirmed' | 'confirmed already' | 'unknown'> {
  const [row] = await db.$queryRaw<{ outcome: 'confirmed' | 'confirmed already' | 'unknown' }[]>(
    sql`select confirm_sign_up(${tokenHash}, ${at}::timestamptz) as outcome`,
  )
  return row?.outcome ?? 'unknown'
}

/** Takes back a sign-up whose confirmation could not be mailed. */
export async function dropSignUp(db: Database, tokenHash: string): Promise<void> {
  await db.$queryRaw(sql`select drop_sign_up(${tokenHash})`)
}

/** Deletes every sign-up that is 48 h old; returns how many. The sweep's, and each new sign-up's. */
export async function forgetSignUps(db: Database, at: Date): Promise<number> {
  const [row] = await db.$queryRaw<{ gone: bigint }[]>(sql`select forget_sign_ups(${at}::timestamptz) as gone`)
  return Number(row?.gone ?? 0)
}
