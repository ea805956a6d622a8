// What several pages of the console are made of: numbers, shares, the exposure chart, the way to the next page.
import { formatDuration } from '../../domain/duration.ts'
import type { Exposure } from '../../register/console-overview.ts'
import { type PageLanguage, pageTime } from '../page-language.ts'
import { rendered } from '../public-page.ts'

/** `10 000` or `10,000`. */
export function inDigits(count: number, language: PageLanguage): string {
  return (language === 'fi' ? finnish : english).format(count)
}

const finnish = new Intl.NumberFormat('fi-FI')
const english = new Intl.NumberFormat('en-GB')

/** `1 vrk 4 h` or `1 d 4 h`: the two largest units of so many milliseconds. */
export function span(ms: number, language: PageLanguage): string {
  return language === 'fi' ? formatDuration(ms).replace(' d', ' vrk') : formatDuration(ms)
}

/** A time, or nothing where there is none. */
export function timeOr(at: Date | null | undefined, language: PageLanguage): string {
  return at ? pageTime(at, language) : ''
}

/** A bar as wide as its share of the whole; what it says stands beside it in figures. */
export function share(part: number, whole: number): string {
  const width = whole > 0 ? Math.round((Math.min(part, whole) / whole) * 1000) / 10 : 0
  return `<svg class="bar" width="100%" height="8" aria-hidden="true"><rect class="rest" width="100%" height="8" rx="2"/><rect class="part" width="${width}%" height="8" rx="2"/></svg>`
}

/** People in the tool over time, drawn as steps; for those who do not see it, the same as a table of at most 12 rows. */
export function exposureChart(exposure: Exposure, language: PageLanguage): string {
  const { from, to, points, most } = exposure
  const [width, height] = [1000, 120]
  const x = (at: number) =>
    Math.round(((at - from.getTime()) / Math.max(1, to.getTime() - from.getTime())) * width * 10) / 10
  const y = (people: number) => Math.round((height - (people / Math.max(1, most)) * (height - 4)) * 10) / 10
  const steps = points.map(({ at, people }) => `H${x(at)}V${y(people)}`).join('')
  const every = Math.max(1, Math.ceil(points.length / 11))
  const rows = points.filter((_, place) => place % every === 0 || place === points.length - 1)
  return rendered(chart, {
    ...{ width, height, area: `M0 ${height}${steps}H${width}V${height}Z`, says: words[language] },
    ...{ most: inDigits(most, language), from: pageTime(from, language), to: pageTime(to, language) },
    rows: rows.map(({ at, people }) => ({ at: pageTime(new Date(at), language), people: inDigits(people, language) })),
  })
}

const chart = `<figure class="exposure">
<figcaption><%= it.says.exposure %> · <%= it.says.most %> <%= it.most %></figcaption>
<svg class="chart" viewBox="0 0 <%= it.width %> <%= it.height %>" preserveAspectRatio="none" height="<%= it.height %>" aria-hidden="true"><path class="area" d="<%= it.area %>"/></svg>
<div class="axis" aria-hidden="true"><span><%= it.from %></span><span><%= it.to %></span></div>
<table class="unseen"><caption><%= it.says.exposure %></caption><thead><tr><th scope="col"><%= it.says.at %></th><th scope="col"><%= it.says.people %></th></tr></thead>
<tbody><% for (const row of it.rows) { %><tr><td><%= row.at %></td><td><%= row.people %></td></tr><% } %></tbody></table>
</figure>`

/** The number of the page asked for, from 0; `list` is its name where a page has several lists. */
export function pageAsked(query: unknown, list = 'page'): number {
  const asked = Number((query as Record<string, unknown>)[list])
  return Number.isInteger(asked) && asked > 0 && asked < 100_000 ? asked : 0
}

/** Links to the page before and after. `others` are further parts of the query; `list` is the list's name and anchor where a page has several. */
export function pageLinks(
  page: number,
  more: boolean,
  language: PageLanguage,
  others: Record<string, string> = {},
  list?: string,
): string {
  if (page === 0 && !more) return ''
  const to = (one: number) =>
    `?${new URLSearchParams({ ...others, [list ?? 'page']: String(one) })}${list ? `#${list}` : ''}`
  const facts = { says: words[language], page, more, before: to(page - 1), after: to(page + 1) }
  return rendered(links, facts)
}

const links = `<nav class="pages" aria-label="<%= it.says.pages %>"><% if (it.page > 0) { %><a href="<%= it.before %>"><%= it.says.before %></a><% } %>
<span><%= it.says.page %> <%= it.page + 1 %></span><% if (it.more) { %><a href="<%= it.after %>"><%= it.says.after %></a><% } %></nav>`

const words = {
  fi: {
    exposure: 'Ihmisiä työkalussa',
    most: 'enimmillään',
    at: 'Milloin',
    people: 'Ihmisiä',
    pages: 'Sivut',
    page: 'Sivu',
    before: '← Edelliset',
    after: 'Seuraavat →',
  },
  en: {
    exposure: 'People in the tool',
    most: 'at most',
    at: 'When',
    people: 'People',
    pages: 'Pages',
    page: 'Page',
    before: '← Before',
    after: 'Next →',
  },
} as const
