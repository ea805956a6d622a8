// GET and POST /o/:campaign/:recipient. GET and HEAD never change anything; POST acts at once, by button or RFC 8058.

import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Context } from '../../context.ts'
import { errorFacts } from '../../logger.ts'
import { noteGuessedLinks } from '../../register/alarms.ts'
import { liveCampaignOfLink, optOut, recipientOfLink, recordMistake } from '../../register/opt-outs.ts'
import { clientOf } from '../attempts.ts'
import { languageOf } from '../page-language.ts'
import { publicPages } from '../public-page.ts'
import { type OptOutState, optOutPage } from './opt-out-page.ts'
import { type UnknownLinkEvent, type UnknownLinks, watchUnknownLinks } from './unknown-links.ts'

/** A POST is answered no sooner than this, so that its time does not tell whether the link is known. Milliseconds. */
export const answersAfterMs = 150

const route = '/o/:campaign/:recipient'
const id = z.string().regex(/^[a-z0-9-]{1,64}$/i)
const link = z.object({ campaign: id, recipient: id })
type Link = z.infer<typeof link>

/**
 * Adds the opt-out page; `count` is the metrics'. Unknown links look the same, so that nobody can ask who is a recipient.
 * Everything it does is in the register: the sweep takes people out of the tool.
 */
export function optOutRoutes(
  server: FastifyInstance,
  context: Context,
  count: (event: UnknownLinkEvent) => void = () => {},
): void {
  const { config, clock } = context
  const unknown = watchUnknownLinks(context, count, (campaignId, links) => {
    noteGuessedLinks(context.as('web'), campaignId, links, clock()).catch((error) =>
      context.log.warn(errorFacts(error), 'guessed links could not be noted'),
    )
  })
  const { send } = publicPages(config.company)
  const page = (request: FastifyRequest, reply: FastifyReply, status: number, state: OptOutState) => {
    const language = languageOf(request, config.company?.language ?? 'fi')
    const ids = link.safeParse(request.params).data ?? null
    return send(reply, status, optOutPage(state, { company: config.company, language, at: clock(), ids }))
  }
  server.register(async (scope) => {
    // What a body holds, and whether it can be read, matters to nobody: that it was posted does.
    scope.removeContentTypeParser(['application/json', 'text/plain'])
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, {}))
    scope.setErrorHandler((error, request, reply) => {
      context.log.error(errorFacts(error), 'an opt-out could not be written down')
      return page(request, reply.header('retry-after', '60'), 503, 'failed')
    })
    scope.get(route, async (request, reply) => page(request, reply, 200, 'question'))
    scope.post(route, async (request, reply) => {
      const slowest = sleep(answersAfterMs)
      const state = await act(context, unknown, request)
      await slowest
      return page(request, reply, state === 'failed' ? 429 : 200, state)
    })
  })
}

/** Does what was posted. `failed` is for a client with too many unknown links. */
async function act(context: Context, unknown: UnknownLinks, request: FastifyRequest): Promise<OptOutState> {
  const { clock, keys, as } = context
  const db = as('web')
  const state = (request.body as Record<string, unknown> | undefined)?.['mistake'] === undefined ? 'done' : 'mistake'
  const named = link.safeParse(request.params).data
  const found = named && (await recipientOfLink(db, linkIn(context, named)))
  if (!found) {
    const campaignId = await liveCampaignOfLink(db, named?.campaign ?? '')
    const tried = { client: clientOf(request), campaignId, link: keys.hash('tool-id', named?.recipient ?? '') }
    return unknown.met(tried) ? 'failed' : state
  }
  if (state === 'mistake') await recordMistake(db, found, clock())
  else await optOut(db, found, clock())
  return state
}

function linkIn({ keys }: Context, { campaign, recipient }: Link) {
  return { toolCampaignId: campaign, toolIdHashes: keys.hashes('tool-id', recipient) }
}
