// A name for a row that has no key of its own, the same at every import and without anything of the row in it.
import { createHash } from 'node:crypto'

/** `row:` and 16 hex digits of the SHA-256 of what identifies the row; case does not count. */
export function rowKey(identifying: readonly (string | number | null)[]): string {
  const text = JSON.stringify(identifying.map((value) => (typeof value === 'string' ? value.toLowerCase() : value)))
  return `row:${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
}
