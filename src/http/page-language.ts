// Which of our two languages a public page is in, and the times on it.
import type { FastifyRequest } from 'fastify'

export type PageLanguage = 'fi' | 'en'

/** `?lang=` when it names one of ours, else what the browser prefers, else `fallback`. */
export function languageOf(request: FastifyRequest, fallback: PageLanguage): PageLanguage {
  const asked = (request.query as Record<string, unknown>)['lang']
  if (asked === 'fi' || asked === 'en') return asked
  return preferred(request.headers['accept-language'] ?? '') ?? fallback
}

/** Finnish for English and the other way round. */
export function otherThan(language: PageLanguage): PageLanguage {
  return language === 'fi' ? 'en' : 'fi'
}

/** `22.11.2026 klo 12.40` or `22 November 2026 at 12:40`, as clocks in Finland show it. */
export function pageTime(at: Date, language: PageLanguage): string {
  return times[language].format(at)
}

const zone = { timeZone: 'Europe/Helsinki' } as const
const times = {
  fi: new Intl.DateTimeFormat('fi-FI', { ...zone, dateStyle: 'short', timeStyle: 'short' }),
  en: new Intl.DateTimeFormat('en-GB', { ...zone, dateStyle: 'long', timeStyle: 'short' }),
}

/** The first of ours in `sv-SE, en;q=0.8, fi;q=0.7`, by its weight. */
function preferred(header: string): PageLanguage | undefined {
  const ranked = header
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const weight = /q=([\d.]+)/.exec(parameters.join(';'))?.[1] ?? '1'
      return { language: tag.split('-')[0], weight: Number(weight) }
    })
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight)
  return ranked.map(({ language }) => language).find((language) => language === 'fi' || language === 'en')
}
