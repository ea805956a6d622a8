// The control surface, /__control: see everything, and be the recipients, the clock and the trouble.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { assumptionsSchema } from './assumptions.ts'
import { durationMs } from './clock.ts'
import { controlGuide } from './control-guide.ts'
import { snapshot } from './control-state.ts'
import { deliver, sendScheduled } from './delivery.ts'
import { bounce, complain, findTarget, moveTo, unsubscribe } from './feedback.ts'
import { objectOf } from './json.ts'
import { deliveredMails } from './mails.ts'
import { makeMischief, mischiefSchema } from './mischief.ts'
import { type EmulatorState, resetState } from './state.ts'
import { retryWebhooks } from './webhooks.ts'

const targetShape = {
  email: z.string().optional(),
  uniqueEmailId: z.string().optional(),
  list: z.string().optional(),
  campaign: z.string().optional(),
}
const oneOf = (target: { email?: string | undefined; uniqueEmailId?: string | undefined }) =>
  target.email !== undefined || target.uniqueEmailId !== undefined
const needsOne = { error: 'Say who: email or uniqueEmailId' }

const bodies = {
  deliver: z.strictObject({ campaign: z.string().optional() }),
  unsubscribe: z.strictObject({ ...targetShape, reason: z.string().optional() }).refine(oneOf, needsOne),
  bounce: z.strictObject({ ...targetShape, kind: z.enum(['hard', 'soft']).default('hard') }).refine(oneOf, needsOne),
  complain: z.strictObject(targetShape).refine(oneOf, needsOne),
  changeAddress: z.strictObject({ ...targetShape, newEmail: z.string().includes('@') }).refine(oneOf, needsOne),
  clock: z.strictObject({
    advanceMs: z.number().optional(),
    advance: z.union([z.string(), z.number()]).optional(),
    set: z.union([z.string(), z.number()]).optional(),
    now: z.union([z.string(), z.number()]).optional(),
  }),
  reset: z.strictObject({
    plan: z.enum(['free', 'essentials', 'standard', 'premium']).optional(),
    latencyMs: z.number().nonnegative().optional(),
    perMemberMs: z.number().nonnegative().optional(),
    connectionLimit: z.int().positive().optional(),
    recipientsReadyAfterPolls: z.int().nonnegative().optional(),
    recipientsReadyAfterMs: z.number().nonnegative().optional(),
    deliverAfterMs: z.number().nonnegative().optional(),
    assumptions: assumptionsSchema.partial().optional(),
  }),
}

/** Serves the control surface of a fastify instance. Every fault of the caller is 400 `{error: <sentence>}`. */
export function serveControl(app: FastifyInstance, state: EmulatorState): void {
  app.register(
    async (control) => {
      control.setErrorHandler((error, _request, reply) => reply.code(400).send({ error: sentenceOf(error) }))
      control.setNotFoundHandler((request, reply) =>
        reply.code(400).send({ error: `The control surface has no ${request.method} ${request.url}.` }),
      )
      serveViews(control, state)
      servePeople(control, state)
      serveMachine(control, state)
    },
    { prefix: '/__control' },
  )
}

function serveViews(control: FastifyInstance, state: EmulatorState): void {
  const statePicture = z.looseObject({ members: z.enum(['true', 'false']).default('true') })
  control.get('/', async () => controlGuide)
  control.get('/state', async (request) => snapshot(state, statePicture.parse(request.query).members === 'true'))
  const mailsAsked = z.looseObject({ campaign: z.string().optional(), to: z.string().optional() })
  control.get('/mails', async (request) => {
    const mails = [...deliveredMails(state, present(mailsAsked.parse(request.query)))]
    return { mails, total: mails.length }
  })
}

function servePeople(control: FastifyInstance, state: EmulatorState): void {
  control.post('/unsubscribe', async (request) => {
    const { reason, ...asked } = read(bodies.unsubscribe, request.body)
    const target = findTarget(state, present(asked))
    unsubscribe(state, target, reason)
    return about(target)
  })
  control.post('/bounce', async (request) => {
    const { kind, ...asked } = read(bodies.bounce, request.body)
    const target = findTarget(state, present(asked))
    bounce(state, target, kind)
    return about(target)
  })
  control.post('/complain', async (request) => {
    const target = findTarget(state, present(read(bodies.complain, request.body)))
    complain(state, target)
    return about(target)
  })
  control.post('/change-address', async (request) => {
    const { newEmail, ...asked } = read(bodies.changeAddress, request.body)
    const target = findTarget(state, present(asked))
    moveTo(state, target, newEmail)
    return about(target)
  })
}

function serveMachine(control: FastifyInstance, state: EmulatorState): void {
  control.post('/deliver', async (request) => ({
    delivered: deliverWaiting(state, read(bodies.deliver, request.body).campaign),
  }))
  control.get('/clock', async () => clockOf(state))
  control.post('/clock', async (request) => {
    moveClock(state, present(read(bodies.clock, request.body)))
    sendScheduled(state)
    retryWebhooks(state)
    return clockOf(state)
  })
  control.post('/reset', async (request) => {
    const { assumptions, ...options } = read(bodies.reset, request.body)
    const assumed = assumptions ? { assumptions: { ...state.options.assumptions, ...present(assumptions) } } : {}
    resetState(state, { ...present(options), ...assumed })
    return { plan: state.plan, ...clockOf(state) }
  })
  control.get('/mischief', async () => troubles(state))
  control.post('/mischief', async (request) => {
    makeMischief(state, read(mischiefSchema, request.body))
    return troubles(state)
  })
  control.delete('/mischief', async () => {
    state.mischief = []
    return troubles(state)
  })
}

function deliverWaiting(state: EmulatorState, only: string | undefined): { campaign: string; emails: number }[] {
  if (only !== undefined && !state.campaigns.has(only)) throw new Error(`There is no campaign "${only}".`)
  return [...state.campaigns.values()]
    .filter((campaign) => campaign.status === 'sending' && (only === undefined || campaign.id === only))
    .map((campaign) => ({ campaign: campaign.id, emails: deliver(state, campaign) }))
}

function moveClock(
  state: EmulatorState,
  to: { advanceMs?: number; advance?: string | number; set?: string | number; now?: string | number },
) {
  const ms = to.advanceMs ?? (typeof to.advance === 'string' ? durationMs(to.advance) : to.advance)
  const time = to.set ?? to.now
  if (ms !== undefined) return state.clock.advance(ms)
  if (time === undefined) throw new Error('Say how far: advanceMs, advance ("72h", "7d"), or set (a time).')
  const at = typeof time === 'number' ? time : Date.parse(time)
  if (Number.isNaN(at)) throw new Error(`"${time}" is not a time.`)
  state.clock.set(at)
}

function clockOf(state: EmulatorState) {
  return { now: new Date(state.clock.now()).toISOString() }
}

function troubles(state: EmulatorState) {
  return { mischief: state.mischief, assumptions: state.assumptions }
}

function about({ audience, member, report }: ReturnType<typeof findTarget>) {
  return {
    list: audience.id,
    campaign: report?.campaign_id,
    uniqueEmailId: member.unique_email_id,
    status: member.status,
  }
}

function read<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  return schema.parse(Object.fromEntries(Object.entries(objectOf(body)).map(([key, value]) => [keyName(key), value])))
}

// Mailchimp's own names are understood too: list_id, campaign_id, unique_email_id, email_address.
function keyName(key: string): string {
  const camel = key.replaceAll(/_(\w)/g, (_found, letter: string) => letter.toUpperCase())
  const names: Record<string, string> = { listId: 'list', campaignId: 'campaign', emailAddress: 'email', type: 'kind' }
  return names[camel] ?? camel
}

// zod writes absent keys as `undefined`, which exact optional properties do not allow.
function present<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> }
}

function sentenceOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    return `${error.issues.map((issue) => [issue.path.join('.'), issue.message].filter(Boolean).join(': ')).join('; ')}.`
  }
  return error instanceof Error ? error.message : 'The request could not be read.'
}
