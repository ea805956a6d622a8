// Retention: what is past its lifetime, what keeps it, its deletion by an owner who has looked, and what was deleted before.
import { z } from 'zod'
import { NotAllowed } from '../../domain/errors.ts'
import { dataCategories } from '../../domain/retention.ts'
import { pageOf, pageSize } from '../../register/console-overview.ts'
import {
  duePeople,
  endHold,
  listHolds,
  type RetentionDue,
  retentionDue,
  retentionRuns,
  runRetention,
} from '../../register/retention.ts'
import { type PageLanguage, pageTime } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import { codeWord } from './code-words.ts'
import type { ConsoleScope, Desk } from './console-routes.ts'
import { listTable } from './list-table.ts'
import { given, orderForm } from './order-form.ts'
import { inDigits, pageAsked, pageLinks, timeOr } from './page-parts.ts'

const [here, part] = ['/console/retention', '/console/compliance']

/** Adds the page and its two orders. */
export function retentionRoutes({ page, order }: ConsoleScope): void {
  page(here, async (desk, request) => {
    const { done } = z
      .object({ done: z.coerce.number().int().min(0).nullable().catch(null) })
      .parse({ done: null, ...(request.query as object) })
    const main = rendered(body, {
      ...(await factsOf(desk, request.query)),
      done: done === null ? null : words[desk.language].deleted(inDigits(done, desk.language)),
    })
    return desk.send({ title: words[desk.language].title, here: part, main })
  })
  order(`${here}/run`, async (desk, request) => {
    const { context, language, session } = desk
    const { category, due: shown } = given(
      request,
      z.object({ category: z.enum(dataCategories), due: z.coerce.number().int(), sure: z.literal('yes') }),
      language,
    )
    const rules = rulesOf(desk)
    const at = context.clock()
    const due = (await retentionDue(context.db, rules, at)).find((one) => one.category === category)
    if (!due || due.due !== shown) throw new NotAllowed(words[language].moved)
    const deleted = await runRetention(context.db, category, rules, { actor: session.account.name, at, mode: due.mode })
    return `${here}?done=${deleted}`
  })
  order(`${here}/holds/:id/end`, async (desk, request) => {
    const { id } = request.params as { id: string }
    await endHold(desk.context.db, id, { actor: desk.session.account.name, at: desk.context.clock() })
    return here
  })
}

function rulesOf({ context, language }: Desk) {
  const { company } = context.config
  if (!company) throw new NotAllowed(words[language].noCompany)
  return company
}

/** The lists of the page that may be long, each with a page of its own in the query. */
const lists = ['people', 'holds', 'runs'] as const
type List = (typeof lists)[number]

async function factsOf(desk: Desk, query: unknown) {
  const { context, language } = desk
  const { db, clock } = context
  const rules = rulesOf(desk)
  const at = clock()
  const asked = Object.fromEntries(lists.map((list) => [list, pageAsked(query, list)])) as Record<List, number>
  const part = (list: List) => ({ take: pageSize + 1, skip: asked[list] * pageSize })
  const [due, people, holds, runs] = await Promise.all([
    ...([
      retentionDue(db, rules, at),
      duePeople(db, rules, at, part('people')).then(pageOf),
      listHolds(db, at, part('holds')).then(pageOf),
      retentionRuns(db, part('runs')).then(pageOf),
    ] as const),
  ])
  const links = (list: List, more: boolean) => {
    const others = lists.filter((other) => other !== list && asked[other] > 0)
    const kept = Object.fromEntries(others.map((other) => [other, String(asked[other])]))
    return pageLinks(asked[list], more, language, kept, list)
  }
  const says = words[language]
  const count = (many: number) => inDigits(many, language)
  const waits = due.filter((one) => one.due > 0)
  const sum = waits.reduce((total, one) => total + one.due, 0)
  return {
    ...{ says, answer: says.answer(sum, count(sum)) },
    due: listTable({
      ...{
        label: says.title,
        none: '',
        columns: [
          { name: says.what, text: true },
          says.kept,
          says.how,
          { name: says.due, number: true },
          { name: says.spared, text: true },
          says.since,
        ],
      },
      rows: due.map((one) => [
        ...[codeWord('category', one.category, language), says.days(one.days), says.modes[one.mode], count(one.due)],
        Object.entries(one.spared)
          .map(([why, many]) => `${codeWord('hold', why, language)} ${count(many)}`)
          .join(', '),
        one.overdue ? { text: timeOr(one.oldest, language), wrong: true } : timeOr(one.oldest, language),
      ]),
    }),
    forms: waits.map((one) => runForm(desk, one)).join(''),
    people: listTable({
      ...{
        label: says.people,
        none: '',
        columns: [{ name: says.who, text: true }, { name: says.organisation, text: true }, says.since, says.spared],
      },
      rows: people.rows.map((one) => [
        { text: one.name || says.nameless, href: `/console/people/${one.personId}` },
        ...[one.organisation ?? '', pageTime(one.dueAt, language), codeWord('hold', one.spared, language)],
      ]),
    }),
    peoplePages: links('people', people.more),
    holdPages: links('holds', holds.more),
    runPages: links('runs', runs.more),
    holds: listTable({
      ...{
        label: says.holds,
        none: says.noHolds,
        columns: [{ name: says.who, text: true }, says.reason, { name: says.why, text: true }, says.until, ''],
      },
      rows: holds.rows.map((one) => [
        { text: one.name || says.nameless, href: `/console/people/${one.personId}` },
        codeWord('hold', one.reason, language),
        one.text,
        { text: pageTime(one.until, language), wrong: one.over },
        { html: orderForm(desk, { action: `${here}/holds/${one.id}/end`, button: says.end, look: 'plain' }) },
      ]),
    }),
    runs: listTable({
      ...{
        label: says.history,
        none: says.noRuns,
        columns: [says.when, says.what, says.how, { name: says.deletedCount, number: true }, says.by],
      },
      rows: runs.rows.map((one) => [
        ...[pageTime(one.ranAt, language), codeWord('category', one.category, language)],
        ...[says.modes[one.mode as 'automatic' | 'routine'] ?? one.mode, count(one.deleted), one.actor],
      ]),
    }),
  }
}

function runForm(desk: Desk, { category, due }: RetentionDue): string {
  const says = words[desk.language]
  const name = codeWord('category', category, desk.language)
  const count = inDigits(due, desk.language)
  return orderForm(desk, {
    ...{
      action: `${here}/run`,
      fold: says.run(name, count),
      button: says.runButton(count),
      says: says.runSays,
      look: 'danger' as const,
    },
    fields: [
      { kind: 'hidden', name: 'category', value: category },
      { kind: 'hidden', name: 'due', value: String(due) },
      { kind: 'check', name: 'sure', value: 'yes', label: says.sure(name) },
    ],
  })
}

const body = `<p class="trail"><a href="/console/compliance"><%= it.says.parent %></a> ▸ <%= it.says.title %></p>
<% if (it.done) { %><p class="notice" role="status"><%= it.done %></p><% } %>
<h1 class="answer"><%= it.answer %></h1>
<p class="lead"><%= it.says.lead %></p>
<%~ it.due %>
<%~ it.forms %>
<% if (it.people) { %><h2 id="people"><%= it.says.people %></h2><%~ it.people %><% } %>
<%~ it.peoplePages %>
<h2 id="holds"><%= it.says.holds %></h2>
<%~ it.holds %>
<%~ it.holdPages %>
<h2 id="runs"><%= it.says.history %></h2>
<%~ it.runs %>
<%~ it.runPages %>`

const words = {
  fi: {
    parent: 'Seloste ja vaatimukset',
    title: 'Säilytysajat',
    answer: (count: number, shown: string) =>
      count === 0
        ? 'Minkään säilytysaika ei ole ohi.'
        : count === 1
          ? 'Yhden tiedon säilytysaika on ohi.'
          : `${shown} tiedon säilytysaika on ohi.`,
    lead: 'Ajat ovat tiedostossa lupa.yaml, ja selosteen on sanottava samoin.',
    what: 'Mitä',
    kept: 'Säilytetään',
    days: (days: number) => (days % 365 === 0 ? `${days / 365} v` : `${days} vrk`),
    how: 'Miten poistetaan',
    modes: { automatic: 'itsestään', routine: 'kun vahvistat' },
    due: 'Poistettavia',
    spared: 'Säilytetään silti',
    since: 'Ohi alkaen',
    people: 'Ihmiset, joiden aika on ohi',
    who: 'Kuka',
    nameless: '(ei nimeä)',
    organisation: 'Organisaatio',
    holds: 'Säilytysperusteet',
    noHolds: 'Ketään ei säilytetä määräajan yli. Perusteen voi kirjata henkilön sivulla.',
    reason: 'Peruste',
    why: 'Miksi',
    until: 'Mihin asti',
    end: 'päätä',
    history: 'Mitä on poistettu',
    noRuns: 'Mitään ei ole vielä poistettu.',
    when: 'Milloin',
    deletedCount: 'Poistettu',
    by: 'Kuka',
    run: (what: string, count: string) => `Poista: ${what} (${count})`,
    runButton: (count: string) => `Poista ${count} pysyvästi`,
    runSays: 'Poistettua ei voi palauttaa. Jäljelle jäävät vain luvut.',
    sure: (what: string) => `Olen katsonut, mitä poistetaan (${what})`,
    deleted: (count: string) => `Poistettu ${count}.`,
    moved: 'Poistettavien määrä on muuttunut sivun avaamisen jälkeen. Katso se uudelleen.',
    noCompany: 'Säilytysaikoja ei ole annettu: tee lupa.yaml komennolla lupa init.',
  },
  en: {
    parent: 'Notice and compliance',
    title: 'Retention',
    answer: (count: number, shown: string) =>
      count === 0
        ? 'Nothing is past its lifetime.'
        : count === 1
          ? 'One thing is past its lifetime.'
          : `${shown} things are past their lifetime.`,
    lead: 'The lifetimes stand in lupa.yaml, and the notice must say the same.',
    what: 'What',
    kept: 'Kept',
    days: (days: number) => (days % 365 === 0 ? `${days / 365} years` : `${days} days`),
    how: 'How it is deleted',
    modes: { automatic: 'by itself', routine: 'when you confirm' },
    due: 'Due',
    spared: 'Kept all the same',
    since: 'Over since',
    people: 'People whose time is over',
    who: 'Who',
    nameless: '(no name)',
    organisation: 'Organisation',
    holds: 'Holds',
    noHolds: 'Nobody is kept past their lifetime. A hold is written down on a person’s page.',
    reason: 'Reason',
    why: 'Why',
    until: 'Until',
    end: 'end it',
    history: 'What has been deleted',
    noRuns: 'Nothing has been deleted yet.',
    when: 'When',
    deletedCount: 'Deleted',
    by: 'By',
    run: (what: string, count: string) => `Delete: ${what} (${count})`,
    runButton: (count: string) => `Delete ${count} for ever`,
    runSays: 'What is deleted cannot come back. Only figures stay.',
    sure: (what: string) => `I have looked at what is deleted (${what})`,
    deleted: (count: string) => `Deleted ${count}.`,
    moved: 'What is due has changed since the page was opened. Look at it again.',
    noCompany: 'Nobody has said how long data are kept: make lupa.yaml with lupa init.',
  },
} as const satisfies Record<PageLanguage, unknown>
