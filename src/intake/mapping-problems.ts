// What is wrong with a mapping, in sentences: the place, what is there, what to write instead.
import * as z from 'zod'
import { nearestName } from './nearest-name.ts'

type Issue = z.core.$ZodIssue
type JsonSchema = z.core.JSONSchema.BaseSchema

/** One sentence a problem: `persons.columns.email: …`. `schema` is what `written` was checked against. */
export function problemsOf(schema: z.ZodType, issues: readonly Issue[], written: unknown): string[] {
  return issues.flatMap((issue) => explain(schema, issue, written))
}

function explain(schema: z.ZodType, issue: Issue, written: unknown): string[] {
  const place = issue.path.join('.') || 'the whole file'
  const value = valueAt(written, issue.path)
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path)
    return issue.keys.map(
      (key) => `${[...issue.path, key].join('.')}: there is no such key here; ${instead(key, known)}.`,
    )
  }
  if (value === undefined && issue.code !== 'custom') return [`${place}: it is missing; add it.`]
  if (issue.message !== '' && !issue.message.startsWith('Invalid')) return [`${place}: ${issue.message}.`]
  if (issue.code === 'invalid_union') return problemsOf(schema, meantBranch(issue, value), written)
  if (issue.code === 'invalid_value') {
    return [`${place}: ${shown(value)} is not known; write one of ${issue.values.join(', ')}.`]
  }
  const expected = issue.code === 'invalid_type' ? issue.expected : 'string'
  return [`${place}: ${shown(value)} does not belong here; ${wanted(expected)}.`]
}

function valueAt(written: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inside, key) => (inside as Record<PropertyKey, unknown> | null | undefined)?.[key],
    written,
  )
}

function instead(key: string, known: string[]): string {
  const meant = nearestName(key, known)
  return meant === undefined ? `remove it, or write one of ${known.join(', ')}` : `write ${meant}, or remove it`
}

/** Where a word or a group of lines may stand (the word first), the problems of the one that was written. */
function meantBranch(issue: z.core.$ZodIssueInvalidUnion, value: unknown): Issue[] {
  const branch = typeof value === 'object' ? issue.errors.at(-1) : issue.errors[0]
  return (branch ?? []).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'a group of lines' : `"${String(value)}"`
}

function wanted(expected: string): string {
  if (expected === 'array') return 'write a list, each entry beginning with "- "'
  if (expected === 'object' || expected === 'record') return 'write lines under it, each "key: value"'
  return 'write a word'
}

/** The keys that the language knows at a place. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const whole = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  const here = path.reduce<JsonSchema[]>((found, key) => found.flatMap((one) => inside(one, key)), alternatives(whole))
  return here.flatMap((one) => Object.keys(one.properties ?? {}))
}

function inside(schema: JsonSchema, key: PropertyKey): JsonSchema[] {
  const found =
    typeof key === 'number' ? schema.items : (schema.properties?.[String(key)] ?? schema.additionalProperties)
  return typeof found === 'object' && !Array.isArray(found) ? alternatives(found as JsonSchema) : []
}

function alternatives(schema: JsonSchema): JsonSchema[] {
  return schema.anyOf === undefined ? [schema] : (schema.anyOf as JsonSchema[])
}
