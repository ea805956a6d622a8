// The cookie that carries a session, and the token that forms carry so that nobody else's page can post them.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** The session's token, from the cookie; null when there is none. */
export function tokenOf(request: FastifyRequest): string | null {
  return cookieOf(request, cookieName(request))
}

/** One cookie's value, or null. */
export function cookieOf(request: FastifyRequest, name: string): string | null {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) || null
}

/** Gives the browser the session, until it is closed; null takes it away. */
export function setToken(request: FastifyRequest, reply: FastifyReply, token: string | null): void {
  const secure = onThisMachine(request) ? '' : '; Secure'
  const end = token === null ? '; Max-Age=0' : ''
  reply.header('set-cookie', `${cookieName(request)}=${token ?? ''}; Path=/; HttpOnly; SameSite=Strict${secure}${end}`)
}

/** What the forms of one login carry. It follows from the token, which no page of others can read. */
export function csrfOf(token: string): string {
  return createHmac('sha256', token).update('csrf').digest('base64url')
}

/** Whether a posted value is the session's. */
export function csrfHolds(token: string, given: unknown): boolean {
  const [ours, theirs] = [Buffer.from(csrfOf(token)), Buffer.from(typeof given === 'string' ? given : '')]
  return ours.length === theirs.length && timingSafeEqual(ours, theirs)
}

/** Whether a browser says that the request comes from one of our own pages; what says nothing is no browser of today. */
export function fromOurPage(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const { origin } = request.headers
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === request.headers.host)
}

/** Outside of this machine the cookie goes over https only, and to this host only (`__Host-`). */
function cookieName(request: FastifyRequest): string {
  return onThisMachine(request) ? 'lupa' : '__Host-lupa'
}

function onThisMachine({ hostname }: FastifyRequest): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(hostname)
}
