// The door of the API: every request below /3.0 passes here, is counted, may meet with mischief, and finds its route.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { runBatch } from './batch-run.ts'
import { recordBodyKeys } from './body-keys.ts'
import { chosenFields } from './collections.ts'
import { type Slot, takeSlot } from './connections.ts'
import { sendScheduled } from './delivery.ts'
import { objectOf } from './json.ts'
import { takeWireMischief } from './mischief.ts'
import {
  actionNotPermitted,
  apiKeyInvalid,
  internalError,
  jsonUnreadable,
  methodNotAllowed,
  notFound,
  ProblemError,
  problemAnswer,
  tooManyConnections,
} from './problems.ts'
import { type Answer, createRouter, type FoundRoute, type Route } from './router.ts'
import { batchAddRoutes } from './routes/batch-add.ts'
import { batchRoutes } from './routes/batches.ts'
import { campaignActionRoutes } from './routes/campaign-actions.ts'
import { campaignRoutes } from './routes/campaigns.ts'
import { listWebhookRoutes } from './routes/list-webhooks.ts'
import { listRoutes } from './routes/lists.ts'
import { memberRoutes } from './routes/members.ts'
import { mergeFieldRoutes } from './routes/merge-fields.ts'
import { reportRoutes } from './routes/reports.ts'
import { rootRoutes } from './routes/root.ts'
import { templateRoutes } from './routes/templates.ts'
import type { EmulatorState } from './state.ts'
import { troubleAfter, troubleBefore } from './wire-mischief.ts'

/** A request that was answered by breaking the line; nothing is to be sent any more. */
const BROKEN = Symbol('broken')

/** Serves the API below `/3.0` of a fastify instance. */
export function serveApi(app: FastifyInstance, state: EmulatorState): void {
  const find = routesOfTheApi()
  const slots = new WeakMap<FastifyRequest, Slot>()
  app.register(async (api) => {
    api.addHook('onRequest', async (request, reply) => {
      const slot = takeSlot(state, reply.raw)
      slots.set(request, slot)
      countRequest(state, find, request, reply)
      if (!slot.refused) return
      slot.workDone()
      return sendProblem(reply, tooManyConnections(state.options.connectionLimit))
    })
    api.setErrorHandler((error, request, reply) => {
      slots.get(request)?.workDone()
      return sendProblem(reply, error instanceof ProblemError ? error : problemFor(error))
    })
    const handler = async (request: FastifyRequest, reply: FastifyReply) => {
      const answer = await handleRequest(state, find, request, reply)
      slots.get(request)?.workDone()
      return answer === BROKEN ? reply : sendAnswer(state, reply, answer)
    }
    api.all('/3.0', handler)
    api.all('/3.0/*', handler)
  })
}

type Find = (method: string, path: string) => FoundRoute

function routesOfTheApi(): Find {
  const routes: Route[] = [
    ...rootRoutes,
    ...listRoutes,
    ...batchAddRoutes,
    ...memberRoutes,
    ...mergeFieldRoutes,
    ...listWebhookRoutes,
    ...campaignRoutes,
    ...campaignActionRoutes,
    ...templateRoutes,
    ...reportRoutes,
    ...batchRoutes((run, batch, operations) => void runBatch(run, find, batch, operations)),
  ]
  const find = createRouter(routes)
  return find
}

async function handleRequest(
  state: EmulatorState,
  find: Find,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Answer | typeof BROKEN> {
  const pattern = patternOf(find, request)
  refuseStrangers(state, request)
  triggerError(request)
  const mischief = takeWireMischief(state, { method: request.method, pattern, path: pathOf(request) })
  if (mischief && (await troubleBefore(mischief, reply))) return BROKEN
  if (state.options.latencyMs > 0) await sleep(state.options.latencyMs)
  sendScheduled(state)
  const { route, params } = find(request.method, pathOf(request))
  recordBodyKeys(state.bodyKeys, `${route.method} ${route.path}`, request.body)
  const query = objectOf(request.query)
  const answer = await route.handle({ state, params, query, body: request.body, inBatch: false })
  if (mischief && (await troubleAfter(mischief, reply))) return BROKEN
  return answer.status === 200 && request.method === 'GET'
    ? { ...answer, body: chosenFields(query, answer.body) }
    : answer
}

function countRequest(state: EmulatorState, find: Find, request: FastifyRequest, reply: FastifyReply): void {
  const { byRoute, times } = state.requests
  const name = `${request.method} ${patternOf(find, request)}`
  state.requests.total += 1
  byRoute.set(name, (byRoute.get(name) ?? 0) + 1)
  const began = performance.now()
  reply.raw.once('close', () => {
    const ended = performance.now()
    if (reply.statusCode === 429 || reply.statusCode === 403) state.requests.throttledAt = ended
    const { first, busy } = times.get(name) ?? { first: began, busy: 0 }
    times.set(name, { first: Math.min(first, began), last: ended, busy: busy + ended - began })
  })
}

// A path or method the API does not have is counted under one name, and refused when its turn comes.
function patternOf(find: Find, request: FastifyRequest): string {
  try {
    return find(request.method, pathOf(request)).route.path
  } catch {
    return '(unknown)'
  }
}

function pathOf(request: FastifyRequest): string {
  return request.url.replace(/\?.*$/s, '').slice('/3.0'.length) || '/'
}

// Basic with any user and the key, or Bearer (mailchimp.md §7).
function refuseStrangers(state: EmulatorState, request: FastifyRequest): void {
  const [scheme, credentials = ''] = (request.headers.authorization ?? '').split(' ')
  const basic =
    scheme === 'Basic'
      ? Buffer.from(credentials, 'base64')
          .toString('utf8')
          .replace(/^[^:]*:/, '')
      : ''
  const key = scheme === 'Bearer' ? credentials : basic
  const { apiKey, anyKey } = state.options
  if (key !== apiKey && !(anyKey && key !== '')) throw apiKeyInvalid()
}

// Mailchimp's own testing aid (mailchimp.md §7); only APIKeyMissing is documented by name.
function triggerError(request: FastifyRequest): void {
  const wanted = request.headers['x-trigger-error']
  if (typeof wanted !== 'string') return
  const errors: Record<string, () => ProblemError> = {
    APIKeyMissing: apiKeyInvalid,
    APIKeyInvalid: apiKeyInvalid,
    UserActionNotPermitted: actionNotPermitted,
    ResourceNotFound: notFound,
    MethodNotAllowed: () => methodNotAllowed('GET'),
    TooManyRequests: () => tooManyConnections(10),
    InternalServerError: internalError,
  }
  throw (errors[wanted] ?? internalError)()
}

function sendAnswer(state: EmulatorState, reply: FastifyReply, answer: Answer): FastifyReply {
  reply.header('x-request-id', randomUUID())
  reply.header('link', `<${state.url}/schema/3.0/>; rel="describedBy", <${state.url}/admin/>; rel="dashboard"`)
  if (answer.status === 204) return reply.code(204).send()
  return reply.code(200).type('application/json; charset=utf-8').send(JSON.stringify(answer.body))
}

function sendProblem(reply: FastifyReply, error: ProblemError): FastifyReply {
  const { status, headers, body } = problemAnswer(error.problem)
  return reply.code(status).headers(headers).send(JSON.stringify(body))
}

function problemFor(error: unknown): ProblemError {
  const status = objectOf(error)['statusCode']
  return typeof status === 'number' && status < 500 ? jsonUnreadable() : internalError()
}
