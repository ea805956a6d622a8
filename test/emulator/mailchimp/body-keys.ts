// Which keys callers have ever sent, per route: `members[].merge_fields.FNAME`. A field that should not leave shows here.

/** Adds the paths of all leaves of a request body to those known for the route. */
export function recordBodyKeys(known: Map<string, Set<string>>, route: string, body: unknown): void {
  if (body === undefined || body === null || body === '') return
  const paths = known.get(route) ?? new Set()
  known.set(route, paths)
  collect(paths, body, '')
}

function collect(paths: Set<string>, value: unknown, path: string): void {
  if (Array.isArray(value) && value.length > 0) {
    for (const item of value) collect(paths, item, `${path}[]`)
    return
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    paths.add(path)
    return
  }
  let empty = true
  for (const key in value) {
    empty = false
    collect(paths, (value as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`)
  }
  if (empty && path !== '') paths.add(path)
}
