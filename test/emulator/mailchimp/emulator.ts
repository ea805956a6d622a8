// A Mailchimp account on this machine, for tests, demo and bench: the API, the hosted pages and the control surface.
import type { AddressInfo } from 'node:net'
import formbody from '@fastify/formbody'
import { type FastifyInstance, fastify } from 'fastify'
import { serveApi } from './api.ts'
import { serveControl } from './control.ts'
import { serveHostedPages } from './hosted.ts'
import { defaultOptions, type EmulatorOptions } from './options.ts'
import { jsonUnreadable } from './problems.ts'
import { type EmulatorState, emptyState } from './state.ts'
import { retryWebhooks } from './webhooks.ts'

export type Emulator = {
  /** `http://127.0.0.1:<port>`; the API is below `/3.0`. */
  readonly url: string
  readonly apiKey: string
  readonly accountId: string
  /** The live state, in this process. */
  readonly state: EmulatorState
  close(): Promise<void>
}

/** Starts an emulator on 127.0.0.1; port 0, the default, takes a free one. Fails when the port is taken. */
export async function startEmulator(options: Partial<EmulatorOptions> = {}): Promise<Emulator> {
  const state = emptyState({ ...defaultOptions, ...options })
  const app = fastify({
    forceCloseConnections: true,
    bodyLimit: 100 * 1024 * 1024,
    routerOptions: { maxParamLength: 500 },
  })
  await app.register(formbody)
  readJson(app)
  serveApi(app, state)
  serveHostedPages(app, state)
  serveControl(app, state)
  await app.listen({ host: '127.0.0.1', port: state.options.port })
  const { port } = app.server.address() as AddressInfo
  state.url = `http://127.0.0.1:${port}`
  const retries = setInterval(() => retryWebhooks(state), 1000)
  retries.unref()
  return {
    url: state.url,
    apiKey: state.options.apiKey,
    accountId: state.options.accountId,
    state,
    close: async () => {
      clearInterval(retries)
      await app.close()
    },
  }
}

// The SDK says "application/json" about every request, also about those without a body (mailchimp.md §8).
function readJson(app: FastifyInstance): void {
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, text === '' ? undefined : JSON.parse(String(text)))
    } catch {
      done(jsonUnreadable())
    }
  })
}
