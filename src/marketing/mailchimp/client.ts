// A private client of the SDK, and the one way through which every call of Mailchimp goes: bounded in time, its failure
// translated, its answer read with zod.
import ApiClient from '@mailchimp/mailchimp_marketing/src/ApiClient.js'
import type { z } from 'zod'
import { BadInput, RateLimited, Unavailable } from '../../domain/errors.ts'
import type { ToolSettings } from '../tools.ts'
import { type Effect, failureOf, withoutPeople } from './failures.ts'

/** Mailchimp gives up after 120 s itself; a call we leave earlier keeps one of its connections (mailchimp.md §7). */
const defaultTimeoutMs = 120_000
/** How long after its own time-out the SDK may still be believed: after an abort its promise never settles. */
const graceMs = 1_000

export type Client = {
  /** As `call`, but what it resolves to is an answer that has come and is yet to be read: that is work, which can wait a moment. */
  ask: <T>(effect: Effect, answer: z.ZodType<T>, ask: (sdk: ApiClient) => Promise<unknown>) => Promise<() => T>
  /** The answer of one call, as `answer` reads it. Throws RateLimited, Unavailable or Refused, nothing else. */
  call: <T>(effect: Effect, answer: z.ZodType<T>, ask: (sdk: ApiClient) => Promise<unknown>) => Promise<T>
  baseUrl: URL
  timeoutMs: number
}

/** A client of its own for every tool. Throws BadInput when the settings name no endpoint. */
export function createClient({ apiKey, baseUrl, timeoutMs = defaultTimeoutMs, answered }: ToolSettings): Client {
  const endpoint = baseUrl ? ownEndpoint(baseUrl) : endpointOfKey(apiKey)
  const sdk = new ApiClient()
  sdk.setConfig({ apiKey })
  sdk.basePath = endpoint.href.replace(/\/+$/, '')
  sdk.timeout = { response: timeoutMs, deadline: timeoutMs }
  if (answered) listenTo(sdk, answered)
  const ask: Client['ask'] = async (effect, answer, asked) => {
    const body = await bounded(() => asked(sdk), effect, timeoutMs)
    return () => read(answer, effect, body)
  }
  return { baseUrl: endpoint, timeoutMs, ask, call: async (...asked) => (await ask(...asked))() }
}

/** Every function of the SDK goes through `callApi`, which is told the route with its ids apart. */
function listenTo(sdk: ApiClient, answered: NonNullable<ToolSettings['answered']>): void {
  const callApi = sdk.callApi.bind(sdk)
  sdk.callApi = async (path, method, ...rest) => {
    const began = performance.now()
    const over = (outcome: unknown) =>
      answered(`${method} ${path}`, String(outcome ?? 'none'), performance.now() - began)
    try {
      const got = await callApi(path, method, ...rest)
      over(got.response?.status)
      return got
    } catch (failure) {
      over(failureOf(failure, 'reads') instanceof RateLimited ? 'throttled' : (failure as { status?: number }).status)
      throw failure
    }
  }
}

function endpointOfKey(apiKey: string): URL {
  const server = /-([a-z]{2,4}\d{1,3})$/.exec(apiKey)?.[1]
  if (!server) {
    throw new BadInput(
      'MAILCHIMP_API_KEY: the key must end in its server, as in …-us21; copy the whole key from Mailchimp',
    )
  }
  return new URL(`https://${server}.api.mailchimp.com/3.0`)
}

function ownEndpoint(baseUrl: string): URL {
  if (!/^https?:\/\//.test(baseUrl) || !URL.canParse(baseUrl)) {
    throw new BadInput('MAILCHIMP_BASE_URL: not an address such as http://127.0.0.1:4010/3.0')
  }
  return new URL(baseUrl)
}

async function bounded(ask: () => Promise<unknown>, effect: Effect, timeoutMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Unavailable('Mailchimp did not answer in time', { outcomeUnknown: effect === 'changes' }))
    }, timeoutMs + graceMs)
  })
  try {
    return await Promise.race([ask(), tooLate])
  } catch (thrown) {
    throw failureOf(thrown, effect)
  } finally {
    clearTimeout(timer)
  }
}

function read<T>(answer: z.ZodType<T>, effect: Effect, body: unknown): T {
  const { success, data, error } = answer.safeParse(body)
  if (success) return data
  const places = error.issues.map(({ path }) => path.join('.') || 'the whole')
  throw new Unavailable(
    `Mailchimp answered in a shape we do not know: ${withoutPeople(places.slice(0, 3).join(', '))}`,
    {
      outcomeUnknown: effect === 'changes',
    },
  )
}
