// Live parts of a page: the server says that something changed (server-sent events), the page fetches itself anew and puts the
// new parts in the place of the old. Without script the page stays as it was; nothing else depends on it.
import type { ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { errorFacts } from '../../logger.ts'
import { sessionOf } from '../../register/accounts.ts'
import { pulse } from '../../register/console-overview.ts'
import type { Desk } from './console-routes.ts'

const everyMs = 1000
/** After this a browser asks anew by itself. */
const longestMs = 10 * 60_000

/** Streams that are open, so that a server that closes does not wait for them. */
export type LiveStreams = { open: Set<ServerResponse> }

/** Ends what is open before the server waits for its connections. */
export function liveStreams(server: FastifyInstance): LiveStreams {
  const open = new Set<ServerResponse>()
  server.addHook('preClose', async () => {
    for (const one of open) one.end()
  })
  return { open }
}

/** Answers with a stream that says `changed` whenever what it is about did: one campaign, or all that are open. */
export function tellChanges(
  { open }: LiveStreams,
  { context, token }: Pick<Desk, 'context' | 'token'>,
  reply: FastifyReply,
  campaignId: string | null,
): void {
  reply.hijack()
  const stream = reply.raw
  stream.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
  open.add(stream)
  const begun = Date.now()
  let last: string | null = null
  const look = async () => {
    const session = await sessionOf(context.as('web'), token, context.clock(), { onlyLooks: true })
    if (!session || Date.now() - begun > longestMs) return stream.end()
    const mark = await pulse(context.db, campaignId)
    // The first look always tells: what happened between the page and its stream, nobody else would.
    stream.write(mark === last ? ': still here\n\n' : 'data: changed\n\n')
    last = mark
  }
  const timer = setInterval(() => {
    look().catch((error) => {
      context.log.warn(errorFacts(error), 'a live page lost the register')
      stream.end()
    })
  }, everyMs)
  stream.on('close', () => {
    clearInterval(timer)
    open.delete(stream)
  })
}

/**
 * The script of a live page. `path` is where it listens. A part that somebody is using is left alone until they are done, and a
 * change that comes while the page is being fetched fetches it once more: the last one always shows.
 */
export function liveScript(path: string): string {
  return `
let [stale, busy, left] = [false, false, false]
async function renew() {
  const answer = await fetch(location.href)
  if (answer.redirected) return location.reload()
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  for (const part of document.querySelectorAll('[data-live]')) {
    const fresh = page.querySelector('[data-live="' + part.dataset.live + '"]')
    if (!fresh || fresh.innerHTML === part.innerHTML) continue
    const used = part.contains(document.activeElement) || part.querySelector('details[open]')
    if (used) left = true
    else part.replaceChildren(...fresh.childNodes)
  }
}
async function changed() {
  stale = true
  if (busy) return
  busy = true
  try {
    while (stale) {
      stale = left = false
      await renew()
    }
  } catch { left = true } finally { busy = false }
}
new EventSource(${JSON.stringify(path)}).onmessage = changed
for (const done of ['focusout', 'toggle']) {
  document.addEventListener(done, () => { if (left) setTimeout(changed) }, true)
}
`
}
