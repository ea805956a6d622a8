// The web server: probes, the public pages and the console.
import formbody from '@fastify/formbody'
import { type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import type { Context } from '../context.ts'
import { BadInput } from '../domain/errors.ts'
import { errorFacts } from '../logger.ts'
import { consoleRoutes } from './console/console-routes.ts'
import { healthRoutes } from './health.ts'
import { joinRoutes } from './join/join-routes.ts'
import { metricsRoutes } from './metrics.ts'
import { optOutRoutes } from './opt-out/opt-out-routes.ts'
import { languageOf, type PageLanguage } from './page-language.ts'
import { publicPages } from './public-page.ts'
import { webhookRoutes } from './webhooks.ts'

export type WebServer = { address: string; close: () => Promise<void> }

/** Starts to listen on `config.port` (0: a free one). URLs are never logged: an opt-out link names a recipient. Throws BadInput when the port is taken. */
export async function startWeb(context: Context): Promise<WebServer> {
  const { host } = context.config
  const server = fastify({ bodyLimit: 64 * 1024, trustProxy: false })
  await server.register(formbody)
  // RFC 8058 says multipart "should" be used; nothing in the body matters but that it was posted.
  server.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (_request, _body, done) => done(null, {}))
  server.setErrorHandler((error, _request, reply) => {
    const status = (error as { statusCode?: number }).statusCode ?? 500
    if (status >= 500) context.log.error(errorFacts(error), 'a page failed')
    return reply
      .code(status)
      .send({ error: status >= 500 ? 'It did not work. Please try again later.' : 'The request cannot be understood.' })
  })
  server.setNotFoundHandler((request, reply) => notFound(context, request, reply))
  healthRoutes(server, context)
  const { countDelivery, countUnknownLink } = metricsRoutes(server, context)
  webhookRoutes(server, context, countDelivery)
  optOutRoutes(server, context, countUnknownLink)
  joinRoutes(server, context)
  consoleRoutes(server, context)
  try {
    await server.listen({ port: context.config.port, host })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new BadInput(`Port ${context.config.port} is taken: set PORT to a free one.`)
    throw error
  }
  const bound = server.server.address()
  const port = typeof bound === 'object' && bound ? bound.port : context.config.port
  return { address: `http://127.0.0.1:${port}`, close: () => server.close() }
}

/** A page for people, a word for machines; neither says anything back of what was asked for. */
function notFound({ config }: Context, request: FastifyRequest, reply: FastifyReply) {
  if (request.method !== 'GET' || !(request.headers.accept ?? '').includes('text/html'))
    return reply.code(404).send({ error: 'There is nothing here.' })
  const language = languageOf(request, config.company?.language ?? 'fi')
  const title = nothing[language]
  return publicPages(config.company).send(reply, 404, { language, title, main: `<h1>${title}</h1>`, otherLanguage: '' })
}

const nothing: Record<PageLanguage, string> = { fi: 'Tällaista sivua ei ole.', en: 'There is no such page.' }
