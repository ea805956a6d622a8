// Trouble on the wire, carried out: refusals without reason, broken lines, slow answers, answers nobody can read.
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'
import type { Mischief } from './mischief.ts'
import { internalError, tooManyConnections } from './problems.ts'

/** Trouble before the effect; true when the request has been answered by it. */
export async function troubleBefore(mischief: Mischief, reply: FastifyReply): Promise<boolean> {
  switch (mischief.kind) {
    case '429':
      throw tooManyConnections(10)
    case '500':
      throw internalError()
    case '403-bodyless': // "At exceptionally high volumes" (mailchimp.md §7)
      reply.code(403).send()
      return true
    case '502-html':
      reply.code(502).type('text/html').send('<html><head><title>502 Bad Gateway</title></head><body></body></html>')
      return true
    case 'reset-before':
      breakLine(reply)
      return true
    case 'delay':
      await sleep(mischief.ms ?? 1000)
      return false
    case 'timeout':
      if (mischief.effect !== false) return false
      await sleep(mischief.ms ?? 150_000, undefined, { ref: false })
      breakLine(reply)
      return true
    default:
      return false
  }
}

/** Trouble after the effect; true when the request has been answered by it. */
export async function troubleAfter(mischief: Mischief, reply: FastifyReply): Promise<boolean> {
  switch (mischief.kind) {
    case 'drop-answer':
      breakLine(reply)
      return true
    case 'timeout':
      await sleep(mischief.ms ?? 150_000, undefined, { ref: false })
      breakLine(reply)
      return true
    case 'malformed-json':
      reply.code(200).type('application/json; charset=utf-8').send('{"id": "unfinished')
      return true
    default:
      return false
  }
}

function breakLine(reply: FastifyReply): void {
  reply.hijack()
  reply.raw.destroy()
}
