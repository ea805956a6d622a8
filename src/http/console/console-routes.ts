// The console: who may see which page, and what every page and every post is given.
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../../context.ts'
import { BadInput, IllegalMove, NotAllowed, Unavailable } from '../../domain/errors.ts'
import { errorFacts } from '../../logger.ts'
import { endSession, type Session, sessionOf } from '../../register/accounts.ts'
import type { PageLanguage } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import { backupRoutes } from './backup-pages.ts'
import { campaignRoutes } from './campaign-pages.ts'
import { companyRoutes } from './company-page.ts'
import { complianceRoutes } from './compliance-pages.ts'
import { consoleLanguage } from './console-language.ts'
import { type ConsolePage, consolePages } from './console-page.ts'
import { disclosureRoutes } from './disclosure-pages.ts'
import { sentenceIn } from './finnish/sentence.ts'
import { importRoutes } from './import-pages.ts'
import { launchRoutes } from './launch-page.ts'
import { liveStreams } from './live.ts'
import { loginRoutes } from './login-routes.ts'
import { newCampaignRoutes } from './new-campaign-page.ts'
import { nowRoutes } from './now-page.ts'
import { optOutRoutes } from './opt-out-pages.ts'
import { peopleRoutes } from './people-pages.ts'
import { personRoutes } from './person-routes.ts'
import { queueBoardRoutes } from './queue-board.ts'
import { requestRoutes } from './request-pages.ts'
import { retentionRoutes } from './retention-pages.ts'
import { reviewRoutes } from './review-pages.ts'
import { csrfHolds, csrfOf, fromOurPage, setToken, tokenOf } from './session-cookie.ts'
import { settingsRoutes } from './settings-pages.ts'
import { clearUploads, takeUpload, type Upload } from './uploads.ts'

/** What a page of the console is made with. */
export type Desk = {
  /** The operator's context: whoever is logged in gives the orders that the command line gives. */
  context: Context
  language: PageLanguage
  session: Session
  /** The session's token: for the stream of a live page, which asks again whether it lives. */
  token: string
  csrf: string
  /** Whether this account may act, not only look. */
  owner: boolean
  send: (page: Omit<ConsolePage, 'language' | 'session' | 'csrf'>, status?: number) => FastifyReply
}

export type ConsoleScope = {
  /** A page behind the login. */
  page: (path: string, make: (desk: Desk, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>) => void
  /** A page that is asked for by a form, so that what was asked stands in no URL. It changes nothing: viewers may ask. */
  ask: (path: string, make: (desk: Desk, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>) => void
  /** A page for owners. What it asks by itself, over and over (`byItself`), does not keep the login alive. */
  owned: (
    path: string,
    make: (desk: Desk, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
    how?: { byItself?: boolean },
  ) => void
  /** What an owner orders by a form. It answers with the path to go to, or sends a page itself. */
  order: (
    path: string,
    act: (desk: Desk, request: FastifyRequest, reply: FastifyReply) => Promise<string | FastifyReply>,
  ) => void
  /** An order that brings a file of one of these kinds (`.csv`). The answer, a path or what sends a page, is given when the file is gone. */
  upload: (
    path: string,
    kinds: readonly string[],
    act: (desk: Desk, upload: Upload, request: FastifyRequest) => Promise<string | (() => unknown)>,
  ) => void
}

/** Adds the console and its login. */
export function consoleRoutes(server: FastifyInstance, context: Context): void {
  const streams = liveStreams(server)
  server.register(async (scope) => {
    const { send } = consolePages(context.config.company)
    // Above, a form with a file is only posted; here it is read.
    scope.removeContentTypeParser('multipart/form-data')
    await scope.register(multipart, { throwFileSizeLimit: false })
    await clearUploads(context.config.home)
    scope.addHook('onRequest', async (request, reply) => {
      const asked = (request.query as Record<string, unknown>)['lang']
      if (asked === 'fi' || asked === 'en')
        reply.header('set-cookie', `lupa-lang=${asked}; Path=/console; Max-Age=31536000; HttpOnly; SameSite=Lax`)
    })
    scope.addHook('preHandler', async (request, reply) => {
      if (request.method === 'POST' && !fromOurPage(request))
        return send(reply, 403, failure(consoleLanguage(request, context), 'foreign'))
    })
    scope.setErrorHandler(async (error, request, reply) => {
      const language = consoleLanguage(request, context)
      const ours = [BadInput, NotAllowed, IllegalMove, Unavailable].some((kind) => error instanceof kind)
      const status = ours ? 422 : ((error as { statusCode?: number }).statusCode ?? 500)
      if (status >= 500) context.log.error(errorFacts(error), 'a page of the console failed')
      const page = failure(
        language,
        'failed',
        ours ? sentenceIn((error as Error).message, language) : '',
        backOf(request),
      )
      // Whoever is logged in keeps the map; where even that cannot be asked, the sentence still comes.
      const found = await sessionIn(context, request).catch(() => null)
      return send(reply, status, found ? { ...page, session: found.session, csrf: csrfOf(found.token) } : page)
    })
    loginRoutes(scope, context, send)
    const guarded = guard(scope, context, send)
    nowRoutes(guarded, streams)
    newCampaignRoutes(guarded)
    launchRoutes(guarded)
    campaignRoutes(guarded, streams)
    peopleRoutes(guarded)
    personRoutes(guarded)
    optOutRoutes(guarded)
    reviewRoutes(guarded)
    requestRoutes(guarded)
    disclosureRoutes(guarded)
    importRoutes(guarded)
    complianceRoutes(guarded)
    retentionRoutes(guarded)
    settingsRoutes(guarded)
    backupRoutes(guarded)
    companyRoutes(guarded)
    queueBoardRoutes(guarded, scope, context)
    scope.get('/console/*', async (request, reply) => {
      const page = failure(consoleLanguage(request, context), 'lost')
      const found = await sessionIn(context, request)
      return send(reply, 404, found ? { ...page, session: found.session, csrf: csrfOf(found.token) } : page)
    })
    scope.get('/console/', async (_request, reply) => reply.redirect('/console', 303))
    scope.post('/console/leave', async (request, reply) => {
      const found = await sessionIn(context, request)
      if (found && csrfHolds(found.token, (request.body as Record<string, unknown> | null)?.['csrf']))
        await endSession(context.as('web'), found.session.id, context.clock())
      setToken(request, reply, null)
      return reply.redirect('/console/login', 303)
    })
  })
}

function guard(scope: FastifyInstance, context: Context, send: ReturnType<typeof consolePages>['send']): ConsoleScope {
  const deskOf = async (request: FastifyRequest, reply: FastifyReply, byItself = false): Promise<Desk | null> => {
    const found = await sessionIn(context, request, { onlyLooks: byItself })
    if (!found || found.session.enrolling) return null
    const language = consoleLanguage(request, context)
    const [session, csrf] = [found.session, csrfOf(found.token)]
    return {
      ...{ context, language, session, token: found.token, csrf, owner: session.account.role === 'owner' },
      send: (page, status = 200) => send(reply, status, { ...page, language, session, csrf }),
    }
  }
  return {
    page: (path, make) =>
      scope.get(path, async (request, reply) => {
        const desk = await deskOf(request, reply)
        return desk ? make(desk, request, reply) : reply.redirect('/console/login', 303)
      }),
    owned: (path, make, { byItself = false } = {}) =>
      scope.get(path, async (request, reply) => {
        const desk = await deskOf(request, reply, byItself)
        if (!desk) return reply.redirect('/console/login', 303)
        return desk.owner ? make(desk, request, reply) : send(reply, 403, failure(desk.language, 'viewer'))
      }),
    ask: (path, make) =>
      scope.post(path, async (request, reply) => {
        const desk = await deskOf(request, reply)
        if (!desk) return reply.redirect('/console/login', 303)
        return formHolds(request) ? make(desk, request, reply) : send(reply, 403, failure(desk.language, 'foreign'))
      }),
    order: (path, act) =>
      scope.post(path, async (request, reply) => {
        const desk = await deskOf(request, reply)
        if (!desk) return reply.redirect('/console/login', 303)
        if (!formHolds(request)) return send(reply, 403, failure(desk.language, 'foreign'))
        if (!desk.owner) return send(reply, 403, failure(desk.language, 'viewer'))
        const answer = await act(desk, request, reply)
        return typeof answer === 'string' ? reply.redirect(answer, 303) : answer
      }),
    upload: (path, kinds, act) =>
      scope.post(path, async (request, reply) => {
        const desk = await deskOf(request, reply)
        if (!desk) return reply.redirect('/console/login', 303)
        if (!desk.owner) return send(reply, 403, failure(desk.language, 'viewer'))
        const holds = (csrf: unknown) => csrfHolds(tokenOf(request) ?? '', csrf)
        const rules = { home: context.config.home, kinds, language: desk.language, holds }
        if (!request.isMultipart()) return send(reply, 403, failure(desk.language, 'foreign'))
        const answer = await takeUpload(request, rules, (brought) => act(desk, brought, request))
        if (answer === 'foreign') return send(reply, 403, failure(desk.language, 'foreign'))
        return typeof answer === 'string' ? reply.redirect(answer, 303) : answer()
      }),
  }
}

/** Whether the posted form is one that this login was given. */
function formHolds(request: FastifyRequest): boolean {
  return csrfHolds(tokenOf(request) ?? '', (request.body as Record<string, unknown> | null)?.['csrf'])
}

async function sessionIn(context: Context, request: FastifyRequest, how: { onlyLooks?: boolean } = {}) {
  const token = tokenOf(request)
  const session = token && (await sessionOf(context.as('web'), token, context.clock(), how))
  return session ? { token, session } : null
}

/** The page of the console that the request came from, as the browser tells it to its own origin; else the first one. */
function backOf({ headers: { referer, host } }: FastifyRequest): string {
  const from = referer && URL.canParse(referer) ? new URL(referer) : null
  return from?.host === host && from?.pathname.startsWith('/console') ? from.pathname : '/console'
}

function failure(
  language: PageLanguage,
  kind: 'foreign' | 'viewer' | 'failed' | 'lost',
  sentence = '',
  back = '/console',
): ConsolePage {
  const says = failures[language]
  const main = `<h1><%= it.title %></h1><% if (it.sentence) { %><p class="notice wrong"><%= it.sentence %></p><% } %><p><a href="<%= it.back %>"><%= it.says %></a></p>`
  return {
    language,
    title: says[kind],
    main: rendered(main, { title: says[kind], sentence, back, says: back === '/console' ? says.back : says.again }),
  }
}

const failures = {
  fi: {
    foreign: 'Lomake oli vanhentunut. Avaa sivu uudelleen.',
    viewer: 'Tällä käyttäjätilillä voi vain katsella.',
    failed: 'Tätä ei voitu tehdä.',
    lost: 'Tällaista sivua ei ole.',
    back: 'Takaisin etusivulle',
    again: 'Takaisin',
  },
  en: {
    foreign: 'The form was out of date. Open the page again.',
    viewer: 'This account may look, and not act.',
    failed: 'This could not be done.',
    lost: 'There is no such page.',
    back: 'Back to the first page',
    again: 'Back',
  },
} as const
