// To review: what an import could not decide by itself. The list by kind, and one item with the ways to settle it.
import { z } from 'zod'
import { BadInput } from '../../domain/errors.ts'
import { readEmailCell } from '../../intake/email-cell.ts'
import { afterProhibition } from '../../operator/after-prohibition.ts'
import { reviewCounts } from '../../register/console-overview.ts'
import { findDuplicates } from '../../register/merging.ts'
import { describePerson } from '../../register/people.ts'
import { findReview, type Resolution, type ReviewItem, resolveReview, reviewPage } from '../../register/reviews.ts'
import { type PageLanguage, pageTime } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import { codeWord } from './code-words.ts'
import type { ConsoleScope, Desk } from './console-routes.ts'
import { factList, listTable } from './list-table.ts'
import { given, orderForm, pastDay } from './order-form.ts'
import { inDigits, pageAsked, pageLinks } from './page-parts.ts'
import { reviewWords as words } from './review-words.ts'

const here = '/console/reviews'
const code = z
  .string()
  .regex(/^[A-Z_]{0,40}$/)
  .catch('')
const query = z.object({ code, found: z.coerce.number().int().min(0).nullable().catch(null) })

/** Adds the list, the pages of items, and their resolutions. */
export function reviewRoutes({ page, order }: ConsoleScope): void {
  page(here, async (desk, request) => {
    const { found, ...asked } = query.parse({ found: null, ...(request.query as object) })
    return sendList(desk, { ...asked, page: pageAsked(request.query) }, found)
  })
  page(`${here}/:id`, async (desk, request) => {
    const item = await itemAsked(desk, request.params)
    return desk.send({ title: codeWord('finding', item.code, desk.language), here, main: await itemMain(desk, item) })
  })
  order(`${here}/duplicates`, async ({ context }) => {
    const found = await findDuplicates(context.db, context.clock())
    return `${here}?code=DUPLICATE_PERSON&found=${found}`
  })
  for (const kind of ['permit', 'prohibit', 'correct-email', 'merge', 'dismiss'] as const)
    order(`${here}/:id/${kind}`, async (desk, request) => {
      const { context, session } = desk
      const item = await itemAsked(desk, request.params)
      const wanted = resolutionOf(desk, kind, request)
      const by = { actor: session.account.name, at: context.clock() }
      const { resolution } = await resolveReview(context.db, context.keys, item.id, wanted, by)
      if (['prohibited', 'merged'].includes(resolution)) await afterProhibition(context)
      return nextOf(desk, item)
    })
}

async function itemAsked({ context, language }: Desk, params: unknown): Promise<ReviewItem> {
  const item = await findReview(context.db, (params as { id: string }).id)
  if (!item) throw new BadInput(words[language].noItem)
  return item
}

/** The next item of the same kind: whoever settles one, settles the next. */
async function nextOf({ context }: Desk, item: ReviewItem): Promise<string> {
  const { rows } = await reviewPage(context.db, { code: item.code, page: 0 })
  const next = rows.find(({ id }) => BigInt(id) > BigInt(item.id)) ?? rows[0]
  return next ? `${here}/${next.id}` : here
}

const line = z.string().trim().max(2000)

function resolutionOf({ context, language }: Desk, kind: Resolution['kind'], request: { body: unknown }): Resolution {
  if (kind === 'permit') {
    const asked = z.object({ source: line.min(1), evidence: line.min(1), at: z.string().max(40).default('') })
    const { source, evidence, at } = given(request, asked, language)
    return { kind, source, evidence, givenAt: pastDay(at, context.clock(), language) }
  }
  if (kind === 'correct-email') {
    const { email } = given(request, z.object({ email: line.min(1) }), language)
    return { kind, cell: readEmailCell(email) }
  }
  if (kind === 'dismiss') return { kind, ...given(request, z.object({ because: line.min(1) }), language) }
  return { kind }
}

async function sendList(desk: Desk, asked: { code: string; page: number }, found: number | null) {
  const { context, language } = desk
  const [counts, items] = await Promise.all([reviewCounts(context.db), reviewPage(context.db, asked)])
  const says = words[language]
  const all = counts.reduce((sum, one) => sum + one.items, 0)
  const main = rendered(body, {
    ...{ says, answer: says.answer(all, inDigits(all, language)), chosen: asked.code },
    found: found === null ? null : says.found(found),
    filters: counts.map((one) => ({
      ...{ code: one.code, label: codeWord('finding', one.code, language), chosen: asked.code === one.code },
      count: inDigits(one.items, language),
    })),
    list: listTable({
      ...{ label: says.title, none: says.none, rows: items.rows.map((one) => lineOf(one, language)) },
      columns: [
        { name: says.what, text: true },
        { name: says.who, text: true },
        { name: says.cell, text: true },
        says.since,
      ],
    }),
    pages: pageLinks(asked.page, items.more, language, asked.code ? { code: asked.code } : {}),
    duplicates: orderForm(desk, { action: `${here}/duplicates`, button: says.duplicates, says: says.duplicatesSays }),
  })
  return desk.send({ title: says.title, here, main })
}

function lineOf(one: ReviewItem, language: PageLanguage) {
  const says = words[language]
  return [
    { text: codeWord('finding', one.code, language), href: `${here}/${one.id}` },
    one.personId ? { text: one.name ?? says.nameless, href: `/console/people/${one.personId}` } : says.nobody,
    cellOf(one),
    pageTime(one.createdAt, language),
  ]
}

/** The doubtful cell, and where it stands; a duplicate’s detail is an id, which says nothing. */
function cellOf({ code: kind, detail, place }: ReviewItem) {
  if (kind === 'DUPLICATE_PERSON') return ''
  return detail ? { text: detail, ...(place ? { also: place } : {}) } : (place ?? '')
}

async function itemMain(desk: Desk, item: ReviewItem): Promise<string> {
  const { language } = desk
  const says = words[language]
  const twice = item.code === 'DUPLICATE_PERSON'
  const pair = [item.personId, ...(twice ? [item.detail] : [])].filter((id) => id !== null)
  return rendered(one, {
    ...{
      says,
      title: codeWord('finding', item.code, language),
      help: (says.help as Record<string, string>)[item.code] ?? null,
    },
    people: await Promise.all(pair.map((id) => personFacts(desk, id))),
    facts: factList([
      [says.cell, twice ? null : item.detail],
      [says.place, item.place],
      [says.since, pageTime(item.createdAt, language)],
      [says.settled, item.resolvedAt && `${pageTime(item.resolvedAt, language)}: ${item.resolution}`],
    ]),
    forms: item.resolvedAt ? '' : formsOf(desk, item),
    closed: item.resolvedAt !== null,
  })
}

async function personFacts({ context, language }: Desk, id: string): Promise<string> {
  const says = words[language]
  if ((await context.db.person.count({ where: { id } })) === 0) return ''
  const person = await describePerson(context.db, id, context.clock())
  return factList([
    [
      says.who,
      { text: `${person.firstName} ${person.lastName}`.trim() || says.nameless, href: `/console/people/${id}` },
    ],
    [says.title2, person.title],
    [says.organisation, person.organisation?.name],
    [says.email, person.email],
    [says.permission, codeWord('permission', person.permission, language)],
    [says.added, person.addedAt && pageTime(person.addedAt, language)],
  ])
}

/** Only the ways that can settle an item of this kind. */
function formsOf(desk: Desk, item: ReviewItem): string {
  const says = words[desk.language]
  const to = (kind: string) => `${here}/${item.id}/${kind}`
  const about = item.personId !== null
  const permission = item.code.startsWith('PERMISSION_WITHOUT') || item.code === 'PERMISSION_DATE_IN_FUTURE'
  return [
    about && item.code === 'DOUBTFUL_ADDRESS'
      ? orderForm(desk, {
          ...{ action: to('correct-email'), fold: says.correct, button: says.correctButton, open: true },
          fields: [{ kind: 'email', name: 'email', label: says.rightEmail, required: true }],
        })
      : '',
    about && permission
      ? orderForm(desk, {
          ...{ action: to('permit'), fold: says.permit, button: says.permitButton, says: says.permitSays, open: true },
          fields: [
            { kind: 'text', name: 'source', label: says.source, required: true },
            { kind: 'text', name: 'evidence', label: says.evidence, required: true },
            { kind: 'date', name: 'at', label: says.at, hint: says.atHint },
          ],
        })
      : '',
    about && item.code === 'DUPLICATE_PERSON'
      ? orderForm(desk, {
          action: to('merge'),
          fold: says.merge,
          button: says.mergeButton,
          says: says.mergeSays,
          look: 'danger',
        })
      : '',
    about
      ? orderForm(desk, {
          action: to('prohibit'),
          fold: says.prohibit,
          button: says.prohibitButton,
          says: says.prohibitSays,
        })
      : '',
    orderForm(desk, {
      ...{ action: to('dismiss'), fold: says.dismiss, button: says.dismissButton, says: says.dismissSays },
      fields: [{ kind: 'text', name: 'because', label: says.because, required: true }],
    }),
  ].join('')
}

const body = `<% if (it.found !== null) { %><p class="notice" role="status"><%= it.found %></p><% } %>
<h1 class="answer"><%= it.answer %></h1>
<p class="lead"><%= it.says.lead %></p>
<p class="filters"><a href="/console/reviews"<% if (!it.chosen) { %> aria-current="true"<% } %>><%= it.says.all %></a><% for (const one of it.filters) { %> <a href="/console/reviews?code=<%= one.code %>"<% if (one.chosen) { %> aria-current="true"<% } %>><%= one.label %> <b><%= one.count %></b></a><% } %></p>
<%~ it.list %>
<%~ it.pages %>
<%~ it.duplicates %>`

const one = `<p class="trail"><a href="/console/reviews"><%= it.says.title %></a> ▸ <%= it.title %></p>
<h1><%= it.title %></h1>
<% if (it.help) { %><p><%= it.help %></p><% } %>
<%~ it.facts %>
<div class="pair"><% for (const person of it.people) { %><div><%~ person %></div><% } %></div>
<% if (!it.closed && it.forms) { %><h2><%= it.says.settle %></h2>
<%~ it.forms %><% } %>`
