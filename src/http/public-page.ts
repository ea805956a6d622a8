// The look of every public page: one stylesheet, no script, no asset of others; strict headers; the company at the foot.
import { createHash } from 'node:crypto'
import { Eta } from 'eta'
import type { FastifyReply } from 'fastify'
import type { Company } from '../config.ts'
import type { PageLanguage } from './page-language.ts'

/** One page. `main` and `otherLanguage` are HTML; the rest is text. */
export type PublicPage = { language: PageLanguage; title: string; main: string; otherLanguage: string }

export type PublicPages = { send: (reply: FastifyReply, status: number, page: PublicPage) => FastifyReply }

/** Pages of one company; without one they have no foot. Everything a template shows is escaped unless it says `<%~`. */
export function publicPages(company: Company | null): PublicPages {
  const style = styleWith(company?.look?.colour ?? '#2f5d3a')
  const headers = headersFor(style)
  return {
    send: (reply, status, page) =>
      reply
        .code(status)
        .headers(headers)
        .type('text/html; charset=utf-8')
        .send(templates.renderString(shell, { ...page, style, controller: company?.controller })),
  }
}

/** HTML from a template, with what it shows escaped. */
export function rendered(template: string, facts: Record<string, unknown>): string {
  return templates.renderString(template, facts)
}

const templates = new Eta({ autoTrim: false })

const shell = `<!doctype html>
<html lang="<%= it.language %>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title><%= it.title %><% if (it.controller) { %> · <%= it.controller.name %><% } %></title>
<style><%~ it.style %></style>
</head>
<body>
<header><%~ it.otherLanguage %></header>
<main>
<%~ it.main %>
</main>
<% if (it.controller) { const { name, street, postalCode, city } = it.controller %><footer><%= name %> · \
<%= street %>, <%= postalCode %> <%= city %></footer>
<% } %></body>
</html>
`

function headersFor(style: string): Record<string, string> {
  const hash = createHash('sha256').update(style).digest('base64')
  return {
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex, nofollow',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  }
}

/** Sizes 14, 16, 20, 28; one accent; every pair of colours is AA or better, whatever the accent is. */
function styleWith(accent: string): string {
  return `
:root { color-scheme: light dark; --paper: #fff; --ink: #1c1f1d; --quiet: #565c58; --line: #d5d9d6; --wrong: #a3231c; --accent: ${accent}; --on-accent: ${readableOn(accent)} }
@media (prefers-color-scheme: dark) { :root { --paper: #161917; --ink: #eef1ef; --quiet: #a7aea9; --line: #3a403c; --wrong: #ffb4ab } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: break-word }
header { padding: 1rem 1.5rem; font-size: 14px; text-align: right }
main { flex: 1; width: 100%; max-width: 38rem; margin: clamp(1rem, 9vh, 6rem) auto 0; padding: 0 1.5rem }
h1 { margin: 0 0 1.5rem; font-size: 28px; line-height: 1.25; font-weight: 600; text-wrap: balance }
p { margin: 0 0 1rem }
form { margin: 0 0 2rem }
a { color: inherit; text-underline-offset: .15em }
header a, .plain { display: inline-block; padding: .25rem 0 }
button { font: inherit; font-size: 20px; padding: .75rem 2rem; color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-color: color-mix(in srgb, var(--accent) 55%, var(--ink)); border-radius: .375rem; cursor: pointer }
button.plain { padding: .25rem 0; font-size: inherit; color: inherit; background: none; border: 0; text-decoration: underline; text-underline-offset: .15em }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px }
header form { margin: 0 }
.field { margin: 0 0 1.25rem }
label { display: block; margin: 0 0 .25rem }
input { display: block; width: 100%; padding: .625rem .75rem; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--quiet); border-radius: .375rem }
.hint { color: var(--quiet); font-size: 14px }
.wrong { margin: .25rem 0 0; color: var(--wrong) }
.wrong[role=alert] { margin: 0 0 1.5rem }
input[aria-invalid] { border-color: var(--wrong) }
.trap { position: absolute; left: -9999px; width: 1px; height: 1px; overflow: hidden }
blockquote { margin: 1.5rem 0 1rem; padding: 0 0 0 1rem; border-left: 3px solid var(--line) }
footer { margin-top: 3rem; padding: 1.5rem; font-size: 14px; color: var(--quiet); text-align: center; text-wrap: balance }
`
}

/** Black or white, whichever is read more easily on the colour: one of them is always at least 4.5 : 1 (WCAG 1.4.3). */
export function readableOn(colour: string): '#ffffff' | '#000000' {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? '#ffffff' : '#000000'
}
