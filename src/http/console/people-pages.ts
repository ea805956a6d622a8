// People: the list, and looking for somebody. What is looked for is posted: names and addresses stay out of URLs.
import { z } from 'zod'
import type { PersonLine } from '../../register/people.ts'
import { peoplePage, permissionCounts } from '../../register/people-lists.ts'
import type { PageLanguage } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import { codeWord } from './code-words.ts'
import type { ConsoleScope, Desk } from './console-routes.ts'
import { listTable } from './list-table.ts'
import { given, orderForm } from './order-form.ts'
import { inDigits, pageAsked, pageLinks } from './page-parts.ts'

const here = '/console/people'
const search = z.object({
  text: z.string().max(200).default(''),
  page: z.coerce.number().int().min(0).max(100_000).catch(0),
})

const query = z.object({
  permission: z.enum(['permission', 'prohibition', 'unknown', '']).catch(''),
  erased: z.enum(['nobody-there', 'left', 'leaves']).nullable().catch(null),
})

/** Adds the list and the search. */
export function peopleRoutes({ page, ask }: ConsoleScope): void {
  page(here, async (desk, request) => {
    const { permission, erased } = query.parse(request.query)
    return sendPeople(desk, { text: '', permission, page: pageAsked(request.query) }, erased)
  })
  ask(here, async (desk, request) => sendPeople(desk, { permission: '', ...given(request, search, desk.language) }))
}

async function sendPeople(
  desk: Desk,
  asked: { text: string; permission: string; page: number },
  erased: 'nobody-there' | 'left' | 'leaves' | null = null,
) {
  const { context, language } = desk
  const [counts, found] = await Promise.all([permissionCounts(context.db), peoplePage(context.db, asked)])
  const says = words[language]
  const count = (many: number) => inDigits(many, language)
  const filters = (['permission', 'prohibition', 'unknown'] as const).map((code) => ({
    ...{
      code,
      label: codeWord('permission', code, language),
      count: count(counts[code]),
      chosen: asked.permission === code,
    },
  }))
  const main = rendered(body, {
    ...{ done: erased && says.erased[erased], says, filters, asked, all: count(counts.people) },
    answer: says.people(counts.people, count(counts.people)),
    found: asked.text.trim() === '' ? null : says.found(found.count, count(found.count)),
    search: orderForm(desk, {
      ...{ action: here, button: says.search, asks: true, row: true },
      fields: [{ kind: 'text', name: 'text', label: says.searchFor, value: asked.text, most: 200 }],
    }),
    list: listTable({
      ...{
        label: says.title,
        columns: [
          { name: says.name, text: true },
          { name: says.organisation, text: true },
          { name: says.email, text: true },
          says.permission,
        ],
      },
      ...{ rows: found.rows.map((one) => lineOf(one, language)), none: says.nobody },
    }),
    pages:
      asked.text.trim() === ''
        ? pageLinks(asked.page, found.more, language, asked.permission ? { permission: asked.permission } : {})
        : searchPages(desk, asked, found.more),
  })
  return desk.send({ title: says.title, here, main })
}

function lineOf({ id, name, title, organisation, email, permission }: PersonLine, language: PageLanguage) {
  return [
    { text: name || words[language].nameless, href: `${here}/${id}`, ...(title ? { also: title } : {}) },
    organisation ?? '',
    email ?? '',
    codeWord('permission', permission, language),
  ]
}

/** The page before and after of what was found: by buttons, since the text is not in the URL. */
function searchPages(desk: Desk, { text, page }: { text: string; page: number }, more: boolean): string {
  const says = words[desk.language]
  const to = (number: number, button: string) =>
    orderForm(desk, {
      ...{ action: here, button, asks: true, look: 'plain' as const },
      fields: [
        { kind: 'hidden', name: 'text', value: text },
        { kind: 'hidden', name: 'page', value: String(number) },
      ],
    })
  return `<div class="pages">${page > 0 ? to(page - 1, says.before) : ''}${more ? to(page + 1, says.after) : ''}</div>`
}

const body = `<% if (it.done) { %><p class="notice" role="status"><%= it.done %></p><% } %><h1 class="answer"><%= it.answer %></h1>
<%~ it.search %>
<p class="filters"><a href="/console/people"<% if (!it.asked.permission) { %> aria-current="true"<% } %>><%= it.says.all %> <b><%= it.all %></b></a><% for (const one of it.filters) { %> <a href="/console/people?permission=<%= one.code %>"<% if (one.chosen) { %> aria-current="true"<% } %>><%= one.label %> <b><%= one.count %></b></a><% } %></p>
<% if (it.found) { %><p role="status"><%= it.found %></p><% } %>
<%~ it.list %>
<%~ it.pages %>`

const words = {
  fi: {
    title: 'Ihmiset',
    people: (people: number, count: string) =>
      people === 0
        ? 'Rekisterissä ei ole vielä ketään.'
        : people === 1
          ? 'Rekisterissä on yksi ihminen.'
          : `Rekisterissä on ${count} ihmistä.`,
    found: (people: number, count: string) => (people === 1 ? 'Löytyi yksi.' : `Löytyi ${count}.`),
    erased: {
      'nobody-there': 'Henkilö on poistettu pysyvästi.',
      left: 'Henkilö on poistettu pysyvästi, myös postitustyökalusta.',
      leaves: 'Henkilö on poistettu pysyvästi. Postitustyökalusta hänet poistetaan, heti kun työkalu vastaa.',
    },
    all: 'kaikki',
    search: 'Etsi',
    searchFor: 'Nimi, sähköposti tai organisaatio',
    name: 'Nimi',
    organisation: 'Organisaatio',
    email: 'Sähköposti',
    permission: 'Lupa',
    nameless: '(ei nimeä)',
    nobody: 'Ketään ei löytynyt.',
    before: '← Edelliset',
    after: 'Seuraavat →',
  },
  en: {
    title: 'People',
    people: (people: number, count: string) =>
      people === 0
        ? 'Nobody is in the register yet.'
        : people === 1
          ? 'One person is in the register.'
          : `${count} people are in the register.`,
    found: (people: number, count: string) => (people === 1 ? 'One was found.' : `${count} were found.`),
    erased: {
      'nobody-there': 'The person has been erased.',
      left: 'The person has been erased, in the tool too.',
      leaves: 'The person has been erased. They leave the tool as soon as it answers.',
    },
    all: 'all',
    search: 'Search',
    searchFor: 'Name, address or organisation',
    name: 'Name',
    organisation: 'Organisation',
    email: 'Address',
    permission: 'Permission',
    nameless: '(no name)',
    nobody: 'Nobody was found.',
    before: '← Before',
    after: 'Next →',
  },
} as const
