// Passwords as Argon2id (RFC 9106) with the cost OWASP names: 19 MiB, two passes.
import { type Algorithm, hash, verify } from '@node-rs/argon2'

/** Characters; no other rule: length is what helps (NIST SP 800-63B). */
export const shortestPassword = 12
export const longestPassword = 200

const cost = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** The hash to keep, with its salt and cost in it. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), cost)
}

/** Whether it is the password. Without a kept hash it takes as long, and is not: nobody learns which accounts there are. */
export async function passwordIs(password: string, kept: string | null): Promise<boolean> {
  nobody ??= hashPassword('nobody has this password')
  const same = await verify(kept ?? (await nobody), password.normalize('NFKC'))
  return same && kept !== null
}

let nobody: Promise<string> | undefined
