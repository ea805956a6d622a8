// The second factor: time-based one-time codes (RFC 6238: SHA-1, 30 s, six digits, what every authenticator app does).
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const stepMs = 30_000
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** A new secret, in base32 as people type it. */
export function newTotpSecret(): string {
  return [...randomBytes(32)].map((byte) => alphabet[byte % 32]).join('')
}

/** What an authenticator app reads from a QR code. */
export function totpAddress(secret: string, account: string, issuer: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`
}

/** The step that a code belongs to: the one of `at`, or one before or after it (clocks differ); null when it is no code of these. */
export function totpStepOf(code: string, secret: string, at: Date): number | null {
  const now = Math.floor(at.getTime() / stepMs)
  const given = Buffer.from(code.padEnd(6).slice(0, 7))
  return (
    [now, now - 1, now + 1].find((step) => {
      const right = Buffer.from(totpCode(secret, step))
      return given.length === right.length && timingSafeEqual(given, right)
    }) ?? null
  )
}

/** The code of one step: the time in seconds divided by 30. */
export function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', bytesOf(secret)).update(counter).digest()
  const offset = (digest.at(-1) as number) & 0xf
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/** The code of a moment. */
export function totpCodeAt(secret: string, at: Date): string {
  return totpCode(secret, Math.floor(at.getTime() / stepMs))
}

function bytesOf(secret: string): Buffer {
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}
