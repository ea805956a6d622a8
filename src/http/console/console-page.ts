// The look of every page of the console: the map above, one main part, strict headers; no asset of others.
import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import type { Company } from '../../config.ts'
import type { Session } from '../../register/accounts.ts'
import { otherThan, type PageLanguage } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import { consoleStyle } from './console-style.ts'

/** One page. `main` is HTML, the rest is text. `here` is the path of the part of the map it belongs to. */
export type ConsolePage = {
  language: PageLanguage
  title: string
  main: string
  here?: string
  /** Whose page it is: without a session there is no map. */
  session?: Session | null
  csrf?: string
  /** A script of ours that keeps the page up to date; everything works without. */
  script?: string
  narrow?: boolean
}

export type ConsolePages = { send: (reply: FastifyReply, status: number, page: ConsolePage) => FastifyReply }

/** The map, in the order of the day. */
export const map: { path: string; fi: string; en: string }[] = [
  { path: '/console', fi: 'Nyt', en: 'Now' },
  { path: '/console/campaigns', fi: 'Uutiskirjeet', en: 'Campaigns' },
  { path: '/console/people', fi: 'Ihmiset', en: 'People' },
  { path: '/console/opt-outs', fi: 'Kiellot ja palaute', en: 'Opt-outs and feedback' },
  { path: '/console/reviews', fi: 'Tarkistettavat', en: 'To review' },
  { path: '/console/requests', fi: 'Pyynnöt', en: 'Requests' },
  { path: '/console/imports', fi: 'Tuonnit', en: 'Imports' },
  { path: '/console/disclosures', fi: 'Luovutukset', en: 'Disclosures' },
  { path: '/console/compliance', fi: 'Seloste ja vaatimukset', en: 'Notice and compliance' },
  { path: '/console/settings', fi: 'Asetukset', en: 'Settings' },
]

/** Pages in the company's colour. Everything a template shows is escaped unless it says `<%~`. */
export function consolePages(company: Company | null): ConsolePages {
  const style = consoleStyle(company?.look?.colour ?? '#2f5d3a')
  return {
    send: (reply, status, page) =>
      reply
        .code(status)
        .headers(headersFor(style, page.script))
        .type('text/html; charset=utf-8')
        .send(
          rendered(shell, {
            ...{ narrow: false, here: null, session: null, csrf: null, script: null, ...page },
            ...{ style, map, says: words[page.language], other: otherThan(page.language) },
            company: company?.controller.name ?? '',
          }),
        ),
  }
}

const words = {
  fi: {
    skip: 'Siirry sisältöön',
    map: 'Päävalikko',
    leave: 'Kirjaudu ulos',
    other: 'In English',
    viewer: 'vain katselu',
  },
  en: { skip: 'Skip to the content', map: 'Main menu', leave: 'Log out', other: 'Suomeksi', viewer: 'view only' },
} as const

const shell = `<!doctype html>
<html lang="<%= it.language %>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title><%= it.title %> · Lupa</title>
<style><%~ it.style %></style>
</head>
<body>
<a class="skip" href="#main"><%= it.says.skip %></a>
<header>
<div class="top"><span class="quiet"><%= it.company %></span>
<div class="self"><a href="?lang=<%= it.other %>" lang="<%= it.other %>"><%= it.says.other %></a>
<% if (it.session && !it.session.enrolling) { %><span><%= it.session.account.name %><% if (it.session.account.role === 'viewer') { %> · <%= it.says.viewer %><% } %></span>
<form method="post" action="/console/leave"><input type="hidden" name="csrf" value="<%= it.csrf %>"><button class="plain"><%= it.says.leave %></button></form><% } %></div></div>
<% if (it.session && !it.session.enrolling) { %><nav aria-label="<%= it.says.map %>"><ul>
<% for (const one of it.map) { %><li><a href="<%= one.path %>"<% if (one.path === it.here) { %> aria-current="page"<% } %>><%= one[it.language] %></a></li>
<% } %></ul></nav><% } %>
</header>
<main id="main" tabindex="-1"<% if (it.narrow) { %> class="narrow"<% } %>>
<%~ it.main %>
</main>
<% if (it.script) { %><script><%~ it.script %></script><% } %>
</body>
</html>
`

function headersFor(style: string, script?: string): Record<string, string> {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  const scripts = script ? `script-src ${hash(script)}; connect-src 'self'; ` : ''
  return {
    ...consoleHeaders,
    'content-security-policy': `default-src 'none'; style-src ${hash(style)}; ${scripts}frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  }
}

/** What every answer of the console carries. */
export const consoleHeaders = {
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-robots-tag': 'noindex, nofollow',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'strict-transport-security': 'max-age=31536000',
}
