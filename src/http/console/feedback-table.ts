// Feedback as a table: what, when, by which way, in which campaign; who it was stands on the person's own page.
import type { FeedbackLine } from '../../register/console-overview.ts'
import { type PageLanguage, pageTime } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import { kindOf, wayOf } from './campaign-words.ts'

/** The rows as a table, or a sentence that there are none. */
export function feedbackTable(rows: FeedbackLine[], language: PageLanguage, { named = false } = {}): string {
  const says = words[language]
  const lines = rows.map((one) => ({
    ...one,
    ...{ at: pageTime(one.at, language), kind: kindOf(one.kind, language), way: wayOf(one.source, language) },
    who: named && one.name ? one.name : says.person,
  }))
  return rendered(body, { says, lines, named })
}

const body = `<% if (it.lines.length === 0) { %><p class="quiet"><%= it.says.none %></p><% } else { %><div class="scroll" tabindex="0" role="region" aria-label="<%= it.says.feedback %>"><table>
<thead><tr><th scope="col"><%= it.says.at %></th><th scope="col"><%= it.says.kind %></th><th scope="col"><%= it.says.way %></th><th scope="col"><%= it.says.campaign %></th><th scope="col"><%= it.says.who %></th></tr></thead>
<tbody><% for (const one of it.lines) { %><tr><td><%= one.at %></td><td><%= one.kind %></td><td><%= one.way %></td>
<td class="text"><% if (one.campaignId) { %><a href="/console/campaigns/<%= one.campaignId %>"><bdi><%= one.campaign %></bdi></a><% } %></td>
<td class="text"><% if (one.personId) { %><a href="/console/people/<%= one.personId %>"<% if (!it.named && one.name) { %> title="<%= one.name %>"<% } %>><bdi><%= one.who %></bdi></a><% } else { %><%= it.says.gone %><% } %></td></tr>
<% } %></tbody></table></div><% } %>`

const words = {
  fi: {
    feedback: 'Palaute',
    none: 'Ei ole.',
    at: 'Milloin',
    kind: 'Mitä',
    way: 'Miten',
    campaign: 'Uutiskirje',
    who: 'Kuka',
    person: 'henkilö',
    gone: 'poistettu',
  },
  en: {
    feedback: 'Feedback',
    none: 'There is none.',
    at: 'When',
    kind: 'What',
    way: 'How',
    campaign: 'Campaign',
    who: 'Who',
    person: 'person',
    gone: 'erased',
  },
} as const
