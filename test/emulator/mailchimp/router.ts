// One table of routes for both doors: HTTP requests and the operations of a batch.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Json } from './json.ts'
import { methodNotAllowed, notFound } from './problems.ts'
import type { EmulatorState } from './state.ts'

export type Call = {
  state: EmulatorState
  params: Record<string, string>
  query: Json
  body: unknown
  inBatch: boolean
}

/** 204 has no body. */
export type Answer = { status: 200; body: unknown } | { status: 204 }

export type Route = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/3.0`: `/lists/:list_id`. */
  path: string
  handle: (call: Call) => Answer | Promise<Answer>
}

export type FoundRoute = { route: Route; params: Record<string, string> }

export const ok = (body: unknown): Answer => ({ status: 200, body })
export const noContent: Answer = { status: 204 }

/** Waits the time that adding members takes; a batch's operations have waited already. */
export async function takeTimeFor(call: Call, members: number): Promise<void> {
  const ms = call.inBatch ? 0 : call.state.options.perMemberMs * members
  if (ms > 0) await sleep(ms)
}

/** A finder over the table: by method and path below `/3.0`. Throws 404, or 405 with the methods the path does have. */
export function createRouter(routes: Route[]): (method: string, path: string) => FoundRoute {
  const bySteps = new Map<number, { route: Route; steps: string[] }[]>()
  for (const route of routes) {
    const steps = stepsOf(route.path)
    const known = bySteps.get(steps.length) ?? []
    known.push({ route, steps })
    bySteps.set(steps.length, known)
  }
  return (method, path) => {
    const steps = stepsOf(path)
    const allowed: string[] = []
    for (const candidate of bySteps.get(steps.length) ?? []) {
      const params = match(candidate.steps, steps)
      if (!params) continue
      if (candidate.route.method === method) return { route: candidate.route, params }
      allowed.push(candidate.route.method)
    }
    throw allowed.length > 0 ? methodNotAllowed(allowed.join(', ')) : notFound()
  }
}

function stepsOf(path: string): string[] {
  return path.split('/').filter((step) => step !== '')
}

function match(pattern: string[], steps: string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {}
  for (const [index, wanted] of pattern.entries()) {
    const step = steps[index] ?? ''
    if (wanted.startsWith(':')) params[wanted.slice(1)] = decoded(step)
    else if (wanted !== step) return undefined
  }
  return params
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}
