// Requests of people about their own data: what is open and until when, and one request with what may be done about it now.
import { z } from 'zod'
import { BadInput } from '../../domain/errors.ts'
import {
  closings,
  extensionGrounds,
  identifications,
  refusalGrounds,
  requestChannels,
  requestKinds,
  saysNo,
} from '../../domain/request.ts'
import { afterProhibition } from '../../operator/after-prohibition.ts'
import {
  answerRequest,
  closeRequest,
  extendRequest,
  findRequest,
  identifyRequest,
  openRequest,
  openRequests,
  type RequestLine,
  refuseRequest,
  requestPage,
} from '../../register/requests.ts'
import { type PageLanguage, pageTime } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import { choicesOf, codeWord } from './code-words.ts'
import type { ConsoleScope, Desk } from './console-routes.ts'
import { factList, listTable } from './list-table.ts'
import { type Field, given, orderForm, pastDay } from './order-form.ts'
import { inDigits, pageAsked, pageLinks } from './page-parts.ts'
import { personNamed } from './person-named.ts'
import { requestWords as words } from './request-words.ts'

const here = '/console/requests'
const query = z.object({ all: z.literal('yes').nullable().catch(null) })
const line = z.string().trim().max(2000)

/** Adds the list, the pages of requests, and what may be done about them. */
export function requestRoutes({ page, order }: ConsoleScope): void {
  page(here, async (desk, request) => {
    const { all } = query.parse({ all: null, ...(request.query as object) })
    return sendList(desk, { all: all !== null, page: pageAsked(request.query) })
  })
  page(`${here}/:id`, async (desk, request) => {
    const found = await requestAsked(desk, request.params)
    const title = codeWord('request', found.kind, desk.language)
    return desk.send({ title, here, main: requestMain(desk, found) })
  })
  order(`${here}/open`, async (desk, request) => `${here}/${await openAsked(desk, request)}`)
  const act = (name: string, work: (desk: Desk, asked: RequestLine, request: { body: unknown }) => Promise<unknown>) =>
    order(`${here}/:id/${name}`, async (desk, request) => {
      const asked = await requestAsked(desk, request.params)
      await work(desk, asked, request)
      return `${here}/${asked.id}`
    })
  act('identify', async (desk, asked, request) => {
    const form = z.object({ how: z.enum(identifications), person: line.default('') })
    const { how, person } = given(request, form, desk.language)
    const personId = person ? await personNamed(desk, person) : null
    await identifyRequest(desk.context.db, asked.id, { how, personId }, by(desk))
    if (saysNo(asked.kind)) await afterProhibition(desk.context)
  })
  act('answer', (desk, { id }) => answerRequest(desk.context.db, id, by(desk)))
  act('extend', (desk, { id }, request) => {
    const { because } = given(request, z.object({ because: z.enum(extensionGrounds) }), desk.language)
    return extendRequest(desk.context.db, id, because, by(desk))
  })
  act('refuse', (desk, { id }, request) => {
    const form = z.object({ because: z.enum(refusalGrounds), text: line.min(1), told: z.literal('yes') })
    const { because, text } = given(request, form, desk.language)
    return refuseRequest(desk.context.db, id, { because, text, complaintTold: true }, by(desk))
  })
  act('close', (desk, { id }, request) => {
    const { as } = given(request, z.object({ as: z.enum(closings) }), desk.language)
    return closeRequest(desk.context.db, id, as, by(desk))
  })
}

const by = ({ context, session }: Desk) => ({ actor: session.account.name, at: context.clock() })

async function requestAsked({ context, language }: Desk, params: unknown): Promise<RequestLine> {
  const found = await findRequest(context.db, (params as { id: string }).id, context.clock())
  if (!found) throw new BadInput(words[language].noRequest)
  return found
}

/** Writes down that somebody asked; a no to marketing holds at once. Returns the number. */
async function openAsked(desk: Desk, request: { body: unknown }): Promise<string> {
  const { context, language } = desk
  const form = z.object({
    ...{ kind: z.enum(requestKinds), channel: z.enum(requestChannels), person: line.default('') },
    ...{ personId: z.uuid().optional(), at: z.string().max(40).default(''), notes: line.default('') },
  })
  const { kind, channel, person, personId: known, at, notes } = given(request, form, language)
  const personId = known ?? (person ? await personNamed(desk, person) : null)
  const receivedAt = pastDay(at, context.clock(), language) ?? context.clock()
  const { id } = await openRequest(context.db, { personId, kind, channel, receivedAt, notes: notes || null }, by(desk))
  if (personId && saysNo(kind)) await afterProhibition(context)
  return id
}

/** The form that opens a request: about somebody known, or anybody. */
export function openRequestForm(desk: Desk, person?: string): string {
  const { language } = desk
  const says = words[language]
  const who: Field = person
    ? { kind: 'hidden', name: 'personId', value: person }
    : { kind: 'text', name: 'person', label: says.who, hint: says.whoHint }
  return orderForm(desk, {
    ...{ action: `${here}/open`, fold: says.open, button: says.openButton, says: says.openSays },
    fields: [
      { kind: 'choice', name: 'kind', label: says.what, choices: choicesOf('request', requestKinds, language) },
      {
        kind: 'choice',
        name: 'channel',
        label: says.channel,
        choices: choicesOf('channel', requestChannels, language),
      },
      who,
      { kind: 'date', name: 'at', label: says.arrived, hint: says.atHint },
      { kind: 'text', name: 'notes', label: says.notes, hint: says.notesHint },
    ],
  })
}

async function sendList(desk: Desk, asked: { all: boolean; page: number }) {
  const { context, language } = desk
  const at = context.clock()
  const [counts, found] = await Promise.all([openRequests(context.db, at), requestPage(context.db, at, asked)])
  const says = words[language]
  const main = rendered(body, {
    ...{ says, all: asked.all, answer: says.answer(counts.open, inDigits(counts.open, language)) },
    overdue: counts.overdue > 0 ? says.overdue(inDigits(counts.overdue, language)) : null,
    next: counts.next && counts.overdue === 0 ? says.next(pageTime(lastMoment(counts.next), language)) : null,
    list: listTable({
      ...{ label: says.title, none: says.none, rows: found.rows.map((one) => lineOf(one, language)) },
      columns: [says.what, { name: says.who, text: true }, says.arrived, says.due, { name: says.stand, text: true }],
    }),
    pages: pageLinks(asked.page, found.more, language, asked.all ? { all: 'yes' } : {}),
    form: openRequestForm(desk),
  })
  return desk.send({ title: says.title, here, main })
}

function lineOf(one: RequestLine, language: PageLanguage) {
  const says = words[language]
  return [
    { text: codeWord('request', one.kind, language), href: `${here}/${one.id}` },
    one.personId ? { text: one.name ?? says.nameless, href: `/console/people/${one.personId}` } : says.unknown,
    pageTime(one.receivedAt, language),
    one.closedAt ? '' : { text: pageTime(lastMoment(one.due), language), wrong: one.overdue },
    stand(one, language),
  ]
}

function stand(one: RequestLine, language: PageLanguage): string {
  const says = words[language]
  if (one.outcome) return codeWord('outcome', one.outcome, language)
  return [one.overdue ? says.late : '', one.identifiedAt ? '' : says.toIdentify, one.extendedAt ? says.extended : '']
    .filter(Boolean)
    .join(', ')
}

/** `due` is the first instant that is too late. */
const lastMoment = (due: Date) => new Date(due.getTime() - 60_000)

function requestMain(desk: Desk, one: RequestLine): string {
  const { language } = desk
  const says = words[language]
  const answer = one.outcome
    ? says.ended(codeWord('outcome', one.outcome, language))
    : one.overdue
      ? says.tooLate(pageTime(lastMoment(one.due), language))
      : says.answerBy(pageTime(lastMoment(one.due), language))
  return rendered(page, {
    ...{ says, answer, title: codeWord('request', one.kind, language), overdue: one.overdue },
    facts: factList([
      [
        says.who,
        one.personId ? { text: one.name ?? says.nameless, href: `/console/people/${one.personId}` } : says.unknown,
      ],
      [says.arrived, `${pageTime(one.receivedAt, language)}, ${codeWord('channel', one.channel, language)}`],
      [
        says.identified,
        one.identifiedAt &&
          `${pageTime(one.identifiedAt, language)}, ${codeWord('identification', one.identifiedBy, language)}`,
      ],
      [
        says.extendedAt,
        one.extendedAt &&
          `${pageTime(one.extendedAt, language)}, ${codeWord('extension', one.extendedBecause, language)}`,
      ],
      [says.closed, one.closedAt && pageTime(one.closedAt, language)],
      [says.refusedBecause, one.refusedBecause && codeWord('refusal', one.refusedBecause, language)],
      [says.notes, one.notes],
    ]),
    help: one.outcome ? null : says.help[one.kind],
    forms: one.closedAt ? '' : formsOf(desk, one),
  })
}

/** Only what may be done now. */
function formsOf(desk: Desk, one: RequestLine): string {
  const { language, context } = desk
  const says = words[language]
  const to = (name: string) => `${here}/${one.id}/${name}`
  const no = saysNo(one.kind)
  const identify = orderForm(desk, {
    ...{
      action: to('identify'),
      fold: says.identify,
      button: says.identifyButton,
      says: says.identifySays,
      open: !one.identifiedAt && !no,
    },
    fields: [
      { kind: 'choice', name: 'how', label: says.how, choices: choicesOf('identification', identifications, language) },
      ...(one.personId
        ? []
        : [{ kind: 'text', name: 'person', label: says.who, hint: says.whoHint, required: true } as const]),
    ],
  })
  const answer = orderForm(desk, {
    action: to('answer'),
    fold: says.answered,
    button: says.answeredButton,
    says: says.answeredSays,
    open: true,
  })
  const extend = orderForm(desk, {
    ...{ action: to('extend'), fold: says.extend, button: says.extendButton, says: says.extendSays },
    fields: [
      { kind: 'choice', name: 'because', label: says.why, choices: choicesOf('extension', extensionGrounds, language) },
    ],
  })
  const refuse = orderForm(desk, {
    ...{ action: to('refuse'), fold: says.refuse, button: says.refuseButton, says: says.refuseSays },
    fields: [
      { kind: 'choice', name: 'because', label: says.why, choices: choicesOf('refusal', refusalGrounds, language) },
      { kind: 'area', name: 'text', label: says.told, required: true },
      { kind: 'check', name: 'told', label: says.complaintTold, required: true },
    ],
  })
  const close = orderForm(desk, {
    ...{ action: to('close'), fold: says.close, button: says.closeButton },
    fields: [{ kind: 'choice', name: 'as', label: says.why, choices: choicesOf('outcome', closings, language) }],
  })
  return [
    one.identifiedAt ? '' : identify,
    one.identifiedAt || no ? answer : '',
    one.extendedAt || context.clock() >= one.due ? '' : extend,
    no ? '' : refuse,
    close,
  ].join('')
}

const body = `<h1 class="answer"><%= it.answer %></h1>
<% if (it.overdue) { %><p class="lead wrong"><%= it.overdue %></p><% } else if (it.next) { %><p class="lead"><%= it.next %></p><% } %>
<%~ it.form %>
<p class="filters"><a href="/console/requests"<% if (!it.all) { %> aria-current="true"<% } %>><%= it.says.onlyOpen %></a> <a href="/console/requests?all=yes"<% if (it.all) { %> aria-current="true"<% } %>><%= it.says.alsoClosed %></a></p>
<%~ it.list %>
<%~ it.pages %>`

const page = `<p class="trail"><a href="/console/requests"><%= it.says.title %></a> ▸ <%= it.title %></p>
<h1><%= it.title %></h1>
<p class="lead<% if (it.overdue) { %> wrong<% } %>"><%= it.answer %></p>
<%~ it.facts %>
<% if (it.help) { %><p class="notice"><%= it.help %></p><% } %>
<%~ it.forms %>`
