// Reading values whose shape nobody has checked: what arrives in a request body.

export type Json = Record<string, unknown>

/** The value when it is a JSON object, else an empty object. */
export function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

/** The value when it is an array, else an empty array. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

/** The value when it is a string or a number, as a string; else the empty string, as Mailchimp writes "nothing". */
export function textOf(value: unknown): string {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value : ''
}

/** The value at a dotted path (`contact.address1`), or undefined. */
export function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => objectOf(inner)[key], value)
}
