// What all collections and all GETs share: count and offset, fields and exclude_fields (mailchimp.md §5).
import { type Json, listOf, objectOf, textOf } from './json.ts'
import { badRequest, invalidFields } from './problems.ts'

/** The window of the answer: `count` ≤ 1000 (default 10; all of them for a batch's GET without count, mailchimp.md §3.5). */
export function windowOf(query: Json): { count: number; offset: number } {
  if (query['count'] === 'all') return { count: Number.POSITIVE_INFINITY, offset: 0 }
  const count = query['count'] === undefined ? 10 : Number(query['count'])
  const offset = query['offset'] === undefined ? 0 : Number(query['offset'])
  // Assumption: a count over 1000 is refused, not shortened.
  if (!Number.isInteger(count) || count < 0 || count > 1000) {
    throw invalidFields([{ field: 'count', message: 'This value should be between 0 and 1000.' }])
  }
  if (!Number.isInteger(offset) || offset < 0) {
    throw invalidFields([{ field: 'offset', message: 'This value should be 0 or more.' }])
  }
  return { count, offset }
}

/** The rows inside the window, presented, and how many there are in all. */
export function pageOf<T>(
  query: Json,
  items: Iterable<T>,
  present: (item: T) => Json,
  keep: (item: T) => boolean = () => true,
): { rows: Json[]; total: number } {
  const { count, offset } = windowOf(query)
  const rows: Json[] = []
  let total = 0
  for (const item of items) {
    if (!keep(item)) continue
    if (total >= offset && rows.length < count) rows.push(present(item))
    total += 1
  }
  return { rows, total }
}

/** The page of a list that stands ready. */
export function pageOfList<T>(query: Json, items: T[], present: (item: T) => Json): { rows: Json[]; total: number } {
  const { count, offset } = windowOf(query)
  return { rows: items.slice(offset, offset + count).map(present), total: items.length }
}

/** The answer reduced to `fields`, or without `exclude_fields`; both take comma-separated dotted paths. */
export function chosenFields(query: Json, answer: unknown): unknown {
  const fields = pathsOf(query['fields'])
  const excluded = pathsOf(query['exclude_fields'])
  if (fields.length > 0 && excluded.length > 0) {
    throw badRequest('fields and exclude_fields cannot be used together.')
  }
  if (fields.length > 0) {
    refuseUnknownFields(fields, objectOf(answer))
    return pick(answer, fields)
  }
  return excluded.length > 0 ? omit(answer, excluded) : answer
}

function pathsOf(value: unknown): string[][] {
  return textOf(value)
    .split(',')
    .filter((path) => path !== '')
    .map((path) => path.trim().split('.'))
}

// "Unknown field → error per docs" (mailchimp.md §5). Only the first step is checked, and only where it is always there.
function refuseUnknownFields(fields: string[][], answer: Json): void {
  const unknown = 'total_items' in answer ? fields.find(([first]) => !(String(first) in answer)) : undefined
  if (unknown) throw invalidFields([{ field: 'fields', message: `Unknown field ${unknown.join('.')}` }])
}

function pick(value: unknown, paths: string[][]): unknown {
  if (paths.some((path) => path.length === 0)) return value
  if (Array.isArray(value)) return listOf(value).map((item) => pick(item, paths))
  const picked: Json = {}
  for (const [key, inner] of Object.entries(objectOf(value))) {
    const below = stepsBelow(paths, key)
    if (below.length > 0) picked[key] = pick(inner, below)
  }
  return picked
}

function omit(value: unknown, paths: string[][]): unknown {
  if (Array.isArray(value)) return value.map((item) => omit(item, paths))
  if (typeof value !== 'object' || value === null) return value
  const kept: Json = {}
  for (const [key, inner] of Object.entries(value)) {
    const below = stepsBelow(paths, key)
    if (!below.some((path) => path.length === 0)) kept[key] = below.length > 0 ? omit(inner, below) : inner
  }
  return kept
}

function stepsBelow(paths: string[][], key: string): string[][] {
  return paths.filter(([first]) => first === key).map((path) => path.slice(1))
}
