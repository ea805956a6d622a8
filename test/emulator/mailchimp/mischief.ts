// Trouble on demand: what POST /__control/mischief can switch on, and how a piece of trouble finds its victim.
import { z } from 'zod'
import { type Assumptions, assumptionsSchema } from './assumptions.ts'
import type { EmulatorState } from './state.ts'

/** Trouble on the wire, by route and method; never inside a batch. */
export const WIRE_KINDS = [
  '429',
  '403-bodyless',
  '500',
  '502-html',
  'timeout', // the effect happens, the answer waits `ms` (150 000); with effect:false nothing happens first
  'reset-before', // the socket is destroyed before the effect
  'drop-answer', // the effect happens, then the socket is destroyed
  'malformed-json',
  'delay', // `ms` (1000) before the effect
] as const
export type WireKind = (typeof WIRE_KINDS)[number]

/** Trouble in the account itself; `email`, `list` and `campaign` narrow it. */
export const ACCOUNT_KINDS = [
  'duplicate-webhook',
  'lose-webhook',
  'refuse-audience-deletion',
  'refuse-member-deletion',
  'refuse-campaign-deletion',
  'reports-keep-addresses', // permanent deletion leaves the report rows as they are
  'recipients-not-ready',
  'hold-delivery', // a campaign stays `sending` until POST /__control/deliver
  'throttle-address',
  'compliance-address',
  'lose-member', // accepted in the answer, and never seen again
  'batch-fails', // every operation of the batch answers 500 and does nothing
  'batch-stuck', // the batch stays `started`
] as const
export type AccountKind = (typeof ACCOUNT_KINDS)[number]

export type Mischief = MischiefRequest & { kind: WireKind | AccountKind }
type MischiefRequest = z.infer<typeof mischiefSchema>

/** The body of POST /__control/mischief. Without `times` it stays on until it is cleared. */
export const mischiefSchema = z.looseObject({
  kind: z.union([z.string(), z.number()]).transform(kindName),
  route: z.string().optional(),
  method: z.string().toUpperCase().optional(),
  times: z.int().positive().optional(),
  ms: z.number().nonnegative().optional(),
  effect: z.boolean().optional(),
  email: z.string().toLowerCase().optional(),
  list: z.string().optional(),
  campaign: z.string().optional(),
  value: z.unknown().optional(),
})

const ALIASES: Record<string, string> = {
  '403': '403-bodyless',
  'bodyless-403': '403-bodyless',
  '502': '502-html',
  'drop-the-answer': 'drop-answer',
  'drop-the-answer-after-the-effect': 'drop-answer',
  reset: 'reset-before',
}

/** Switches a piece of trouble on, or an assumption over; throws an Error with one sentence when the kind is unknown. */
export function makeMischief(state: EmulatorState, request: MischiefRequest): void {
  if (request.kind in assumptionsSchema.shape) {
    changeAssumption(state, request)
    return
  }
  const known = [...WIRE_KINDS, ...ACCOUNT_KINDS].find((kind) => kind === request.kind)
  if (!known) {
    const kinds = [...WIRE_KINDS, ...ACCOUNT_KINDS, ...Object.keys(assumptionsSchema.shape)]
    throw new Error(`There is no mischief "${request.kind}"; there is ${kinds.join(', ')}.`)
  }
  state.mischief.push({ ...request, kind: known })
}

/** The trouble of this kind that is on for these facts, if any; uses up one of its `times`. */
export function takeMischief(
  state: EmulatorState,
  kind: AccountKind,
  facts: { email?: string; list?: string; campaign?: string } = {},
): Mischief | undefined {
  return use(
    state,
    state.mischief.find(
      (one) =>
        one.kind === kind &&
        (one.email === undefined || one.email === facts.email?.toLowerCase()) &&
        (one.list === undefined || one.list === facts.list) &&
        (one.campaign === undefined || one.campaign === facts.campaign),
    ),
  )
}

/** The trouble on the wire for this request, if any; uses up one of its `times`. `pattern`: `/lists/:list_id`. */
export function takeWireMischief(
  state: EmulatorState,
  request: { method: string; pattern: string; path: string },
): Mischief | undefined {
  const kinds: readonly string[] = WIRE_KINDS
  return use(
    state,
    state.mischief.find(
      (one) =>
        kinds.includes(one.kind) &&
        (one.method === undefined || one.method === request.method) &&
        (one.route === undefined || isRoute(one.route, request)),
    ),
  )
}

function kindName(kind: string | number): string {
  const name = String(kind).trim()
  if (name in assumptionsSchema.shape) return name
  const dashed = name.toLowerCase().replaceAll(/[\s_]+/g, '-')
  return ALIASES[dashed] ?? dashed
}

function changeAssumption(state: EmulatorState, request: MischiefRequest): void {
  const changed = assumptionsSchema.safeParse({ ...state.assumptions, [request.kind]: request.value })
  if (!changed.success) {
    throw new Error(
      `"${request.kind}" cannot be ${JSON.stringify(request.value)}: ${changed.error.issues[0]?.message}.`,
    )
  }
  state.assumptions = changed.data satisfies Assumptions
}

// `POST /lists/:list_id`, `/lists/{list_id}`, `/lists/*`, `/3.0/lists/0a1b2c3d4e` all name a route.
function isRoute(route: string, request: { method: string; pattern: string; path: string }): boolean {
  const [, method, rest] = /^(?:([A-Za-z]+)\s+)?(.*)$/.exec(route.trim()) ?? []
  if (method && method.toUpperCase() !== request.method) return false
  const wanted = (rest ?? '').replace(/^\/3\.0(?=\/|$)/, '').replaceAll(/\{(\w+)\}/g, ':$1') || '/'
  if (wanted.endsWith('*'))
    return request.path.startsWith(wanted.slice(0, -1)) || request.pattern.startsWith(wanted.slice(0, -1))
  return wanted === request.pattern || wanted === request.path
}

function use(state: EmulatorState, found: Mischief | undefined): Mischief | undefined {
  if (found?.times === undefined) return found
  found.times -= 1
  if (found.times === 0) state.mischief = state.mischief.filter((one) => one !== found)
  return found
}
