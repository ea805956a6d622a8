// One person: the whole story on one page, from what the register knows now to everything that happened.

import { listDisclosures } from '../../register/disclosures.ts'
import { describePerson, personHistory } from '../../register/people.ts'
import { auditOf, holdsOf } from '../../register/people-lists.ts'
import { requestsOf } from '../../register/requests.ts'
import { type PageLanguage, pageTime } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import { kindOf, wayOf } from './campaign-words.ts'
import { codeWord } from './code-words.ts'
import type { Desk } from './console-routes.ts'
import { factList, listTable } from './list-table.ts'
import { orderForm } from './order-form.ts'
import { inDigits, timeOr } from './page-parts.ts'
import { personForms } from './person-forms.ts'
import { personWords } from './person-words.ts'
import { openRequestForm } from './request-pages.ts'

/** Rows of one kind that are shown at most; an access report has them all. */
const most = 200

type Notes = { notedAt: Date; text: string }[]

/** The page of one person; `notes` only when they were asked for. */
export async function personMain(
  desk: Desk,
  id: string,
  notes: Notes | null,
  done: string | null,
): Promise<{ title: string; main: string }> {
  const { context, language } = desk
  const { db, clock } = context
  const at = clock()
  const person = await describePerson(db, id, at)
  const [history, handed, requests, audit, holds] = await Promise.all([
    ...([personHistory(db, id), listDisclosures(db, { personId: id, most }), requestsOf(db, id, at)] as const),
    ...([auditOf(db, id), holdsOf(db, id)] as const),
  ])
  const says = personWords[language]
  const name = [person.firstName, person.lastName].filter(Boolean).join(' ') || says.nameless
  const activities = activityList(history.activities, language)
  const older = history.activities.length - most
  const sections = [
    { title: says.campaigns, html: campaignList(history.campaigns, language) },
    { title: says.feedback, html: feedbackList(history.feedback, language) },
    { title: says.handed, html: handedList(handed, language) },
    {
      title: says.activities,
      html: older > 0 ? `${activities}<p class="quiet">${says.more(inDigits(older, language))}</p>` : activities,
    },
    { title: says.requests, html: requestList(requests, language) },
    { title: says.collected, html: collectedList(person.collected, language) },
  ]
  const main = rendered(body, {
    ...{ says, name, done: done ? ((says.done as Record<string, string>)[done] ?? null) : null },
    work: [person.title, person.organisation?.name].filter(Boolean).join(', '),
    answer: person.because === null ? says.mailed : says.notMailed(codeWord('reason', person.because, language)),
    facts: factsOf(person, holds, language),
    steps: history.permissions.map((one) => stepOf(one, language)),
    sections: sections.filter(({ html }) => html !== ''),
    empty: sections.filter(({ html }) => html === '').map(({ title }) => title.toLowerCase()),
    notes: notes?.map((one) => ({ at: pageTime(one.notedAt, language), text: one.text })) ?? null,
    held: person.notes > 0 ? says.held(person.notes) : null,
    show: orderForm(desk, { action: `/console/people/${id}/notes`, button: says.showNotes, says: says.notesAudited }),
    audit: auditList(audit, language),
    forms: personForms(desk, person),
    ask: openRequestForm(desk, id),
  })
  return { title: name, main }
}

type Described = Awaited<ReturnType<typeof describePerson>>
type History = Awaited<ReturnType<typeof personHistory>>

function factsOf(person: Described, holds: Awaited<ReturnType<typeof holdsOf>>, language: PageLanguage): string {
  const says = personWords[language]
  return factList([
    [says.email, person.emailDoubtful ? { text: says.doubtful, wrong: true } : person.email],
    [says.phone, person.phone],
    [says.relations, person.relations.map((one) => codeWord('relation', one, language)).join(', ')],
    [says.tags, person.tags.join(', ')],
    [
      says.restricted,
      person.restrictedAt &&
        `${pageTime(person.restrictedAt, language)}: ${codeWord('restriction', person.restrictedFor, language)}`,
    ],
    [says.bounced, person.bouncedAt && pageTime(person.bouncedAt, language)],
    [
      says.kept,
      holds
        .map((one) => `${codeWord('hold', one.reason, language)} (${one.text}), ${pageTime(one.until, language)}`)
        .join('; '),
    ],
    [says.review, person.openReviews > 0 && { text: inDigits(person.openReviews, language), href: '/console/reviews' }],
    [says.from, `${person.register} ${person.key}`],
    [says.added, timeOr(person.addedAt, language)],
    [says.changed, timeOr(person.changedAt, language)],
    [says.verified, timeOr(person.verifiedAt, language)],
  ])
}

/** One entry of the permission's time line. */
function stepOf(one: History['permissions'][number], language: PageLanguage) {
  const says = personWords[language]
  return {
    at: pageTime(one.at, language),
    what: codeWord('permission', one.says, language),
    code: one.says,
    waits: one.usable ? null : says.waitsForReview,
    facts: factList([
      [says.way, codeWord('channel', one.channel, language)],
      [says.source, one.source],
      [says.wording, one.wording],
      [says.evidence, one.evidence],
      [
        says.writtenBy,
        one.recordedAt.getTime() - one.at.getTime() > 60_000
          ? `${one.actor}, ${pageTime(one.recordedAt, language)}`
          : one.actor,
      ],
    ]),
  }
}

function campaignList(campaigns: History['campaigns'], language: PageLanguage): string {
  const says = personWords[language]
  const became = ({ sent, because, state }: (typeof campaigns)[number]) =>
    sent ? says.got : because ? codeWord('reason', because, language) : codeWord('recipient', state, language)
  return listTable({
    ...{
      label: says.campaigns,
      columns: [{ name: says.campaign, text: true }, says.became, says.disclosed, says.removed],
      none: '',
    },
    rows: campaigns
      .slice(0, most)
      .map((one) => [
        { text: one.name, href: `/console/campaigns/${one.id}` },
        became(one),
        one.disclosed ? timeOr(one.disclosedAt, language) : '',
        timeOr(one.removedAt, language),
      ]),
  })
}

function feedbackList(feedback: History['feedback'], language: PageLanguage): string {
  const says = personWords[language]
  return listTable({
    ...{ label: says.feedback, columns: [says.at, says.what, says.way, says.effect], none: '' },
    rows: feedback
      .slice(0, most)
      .map((one) => [
        ...[pageTime(one.at, language), kindOf(one.kind, language), wayOf(one.source, language)],
        codeWord('effect', one.effect, language),
      ]),
  })
}

function handedList(handed: Awaited<ReturnType<typeof listDisclosures>>, language: PageLanguage): string {
  const says = personWords[language]
  return listTable({
    ...{
      label: says.handed,
      columns: [says.at, says.toWhom, { name: says.whatFor, text: true }, { name: says.fields, text: true }],
      none: '',
    },
    rows: handed.map((one) => [
      pageTime(one.at, language),
      { text: one.recipient, also: codeWord('handed', one.reason, language) },
      one.campaignId ? { text: one.purpose, href: `/console/campaigns/${one.campaignId}` } : one.purpose,
      one.campaignId ? says.threeFields : one.fields.join(', '),
    ]),
  })
}

function activityList(activities: History['activities'], language: PageLanguage): string {
  const says = personWords[language]
  return listTable({
    ...{ label: says.activities, columns: [says.at, says.what, { name: says.title, text: true }], none: '' },
    rows: activities
      .slice(0, most)
      .map((one) => [
        timeOr(one.at, language) || '–',
        codeWord('activity', one.kind, language),
        { text: one.title ?? '', ...(one.text ? { also: one.text } : {}) },
      ]),
  })
}

function collectedList(collected: Described['collected'], language: PageLanguage): string {
  const says = personWords[language]
  return listTable({
    ...{
      label: says.collected,
      columns: [{ name: says.source, text: true }, says.ground, says.at, says.informed],
      none: '',
    },
    rows: collected.map((one) => [
      { text: codeWord('source', one.source, language), ...(one.sourceText ? { also: one.sourceText } : {}) },
      codeWord('ground', one.ground, language),
      timeOr(one.collectedAt, language),
      informedCell(one, language),
    ]),
  })
}

function informedCell(one: Described['collected'][number], language: PageLanguage) {
  if (one.informedAt) return `${pageTime(one.informedAt, language)} (${codeWord('channel', one.informedBy, language)})`
  if (!one.exemptAt) return ''
  const ground = codeWord('exemption', one.exemptGround, language)
  return { text: `${personWords[language].exempt}: ${ground}`, also: one.exemptBecause ?? '' }
}

function requestList(requests: Awaited<ReturnType<typeof requestsOf>>, language: PageLanguage): string {
  const says = personWords[language]
  return listTable({
    ...{ label: says.requests, columns: [says.asked, says.arrived, says.ended], none: '' },
    rows: requests.map((one) => [
      { text: codeWord('request', one.kind, language), href: `/console/requests/${one.id}` },
      pageTime(one.receivedAt, language),
      one.outcome
        ? codeWord('outcome', one.outcome, language)
        : { text: says.dueBy(pageTime(one.due, language)), wrong: one.overdue },
    ]),
  })
}

function auditList(audit: Awaited<ReturnType<typeof auditOf>>, language: PageLanguage): string {
  const says = personWords[language]
  return listTable({
    ...{ label: says.audit, columns: [says.at, says.what, says.writtenBy], none: '' },
    rows: audit.map((one) => [pageTime(one.at, language), one.action, one.actor]),
  })
}

const body = `<p class="trail"><a href="/console/people"><%= it.says.people %></a> ▸ <bdi><%= it.name %></bdi></p>
<% if (it.done) { %><p class="notice" role="status"><%= it.done %></p><% } %>
<h1><bdi><%= it.name %></bdi></h1>
<% if (it.work) { %><p class="lead"><bdi><%= it.work %></bdi></p><% } %>
<p><b><%= it.answer %></b></p>
<%~ it.facts %>
<h2><%= it.says.permission %></h2>
<% if (it.steps.length === 0) { %><p class="quiet"><%= it.says.nothingSaid %></p><% } else { %><ol class="line"><% for (const one of it.steps) { %><li class="<%= one.code %>"><p><b><%= one.what %></b> <span class="quiet"><%= one.at %></span><% if (one.waits) { %> · <%= one.waits %><% } %></p><%~ one.facts %></li>
<% } %></ol><% } %>
<%~ it.forms.permission %>
<% for (const one of it.sections) { %><h2><%= one.title %></h2>
<%~ one.html %>
<% } %><% if (it.notes || it.held) { %><h2 id="notes"><%= it.says.notes %></h2>
<% if (it.notes) { for (const one of it.notes) { %><article class="note"><p class="quiet"><%= one.at %></p><p class="kept-lines"><bdi><%= one.text %></bdi></p></article><% } } else { %><p><%= it.held %></p><%~ it.show %><% } %><% } %>
<% if (it.empty.length > 0) { %><p class="quiet end"><%= it.says.nothingOf %> <%= it.empty.join(' · ') %></p><% } %>
<h2><%= it.says.rights %></h2>
<%~ it.ask %><%~ it.forms.rights %>
<details><summary><%= it.says.audit %></summary>
<%~ it.audit %></details>`
