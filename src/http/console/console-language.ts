// Which of our two languages a page of the console is in.
import type { FastifyRequest } from 'fastify'
import type { Context } from '../../context.ts'
import { languageOf, type PageLanguage } from '../page-language.ts'
import { cookieOf } from './session-cookie.ts'

/** What was chosen last, else what the browser prefers, else the company's own. */
export function consoleLanguage(request: FastifyRequest, { config }: Context): PageLanguage {
  const chosen = cookieOf(request, 'lupa-lang')
  const fallback = config.company?.language ?? 'fi'
  const asked = (request.query as Record<string, unknown>)['lang']
  return asked === undefined && (chosen === 'fi' || chosen === 'en') ? chosen : languageOf(request, fallback)
}
