// Notice and compliance: what the published notice lacks, who must still be told, its versions, and the reports to print.
import type { FastifyReply } from 'fastify'
import { complianceReport, countWords, runChecks } from '../../compliance/compliance-report.ts'
import { dataInventory } from '../../compliance/data-inventory.ts'
import { disclosureReport } from '../../compliance/disclosure-report.ts'
import { inventoryReport, processingRecord } from '../../compliance/inventory-report.ts'
import { gapWords } from '../../compliance/notice-words.ts'
import { noticeFacts, noticeText } from '../../compliance/published-notice.ts'
import { type Report, reportPage } from '../../compliance/report.ts'
import { BadInput } from '../../domain/errors.ts'
import { gapsOf } from '../../domain/notice-gaps.ts'
import { writeAudit } from '../../register/audit.ts'
import { pageOf, pageSize } from '../../register/console-overview.ts'
import { listAgreements, listDisclosures } from '../../register/disclosures.ts'
import { countExempt, countUninformed, listNotices, listUninformed } from '../../register/information.ts'
import { type PageLanguage, pageTime } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import { codeWord } from './code-words.ts'
import { consoleHeaders } from './console-page.ts'
import type { ConsoleScope, Desk } from './console-routes.ts'
import { listTable } from './list-table.ts'
import { orderForm } from './order-form.ts'
import { inDigits, pageAsked, pageLinks, timeOr } from './page-parts.ts'

const here = '/console/compliance'
/** Adds the page and its reports. */
export function complianceRoutes({ page, order }: ConsoleScope): void {
  page(here, async (desk, request) => {
    const main = rendered(body, await factsOf(desk, pageAsked(request.query, 'told')))
    return desk.send({ title: words[desk.language].title, here, main })
  })
  order(`${here}/report`, sendChecks)
  page(`${here}/inventory`, async ({ context, language }, _request, reply) =>
    sendReport(reply, inventoryReport(await dataInventory(context.db), context.config.company, language), language),
  )
  page(`${here}/record`, async (desk, _request, reply) => {
    const { company } = desk.context.config
    if (!company) throw new BadInput(words[desk.language].noCompany)
    return sendReport(reply, processingRecord(company, 'Mailchimp (Intuit Inc.)', desk.language), desk.language)
  })
  page(`${here}/disclosures`, async ({ context: { db }, language }, _request, reply) =>
    sendReport(reply, disclosureReport(await listDisclosures(db), await listAgreements(db), language), language),
  )
}

/** Every promise of the notice with what keeps it, as checked now; that it was checked is written down. */
async function sendChecks(desk: Desk): Promise<FastifyReply> {
  const { context, language, session } = desk
  const { db, config, clock } = context
  const findings = await runChecks(context, language)
  const failures = findings.filter(({ result }) => result === 'failed').length
  const facts = { checked: findings.length, failed: failures }
  await writeAudit(db, { at: clock(), actor: session.account.name, action: 'compliance-checked', facts })
  const report = complianceReport(
    findings,
    { register: config.company?.register.name ?? 'Lupa', at: clock() },
    language,
  )
  const says = words[language]
  const main = rendered(checks, {
    ...{ says, answer: failures === 0 ? says.hold : says.fail(failures, inDigits(failures, language)) },
    counts: countWords(findings, language),
    sections: report.sections.map(({ title, head, rows, note = '' }) => ({
      title,
      list: listTable({
        ...{ label: title, none: note, columns: head.map((name, place) => ({ name, text: place > 0 })) },
        rows: rows.map((row) => row.map((text) => ({ html: rendered('<%= it.text %>', { text }) }))),
      }),
    })),
  })
  return desk.send({ title: says.promises, here, main })
}

/** A report as the page that is printed and kept; it runs nothing and fetches nothing. */
export function sendReport(reply: FastifyReply, report: Report, language: Desk['language']): FastifyReply {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
  return reply
    .headers({ ...consoleHeaders, 'content-security-policy': policy })
    .type('text/html; charset=utf-8')
    .send(reportPage(report, language))
}

async function factsOf(desk: Desk, page: number) {
  const { context, language } = desk
  const { db, config, clock } = context
  const { company } = config
  const shown = { take: pageSize + 1, skip: page * pageSize }
  const [counts, found, notices, exempt] = await Promise.all([
    ...([countUninformed(db, clock()), listUninformed(db, clock(), shown), listNotices(db), countExempt(db)] as const),
  ])
  const people = pageOf(found)
  const says = words[language]
  const text = company ? noticeText(config) : null
  const gaps = company && text !== null ? gapsOf(text, noticeFacts(company)) : null
  return {
    says,
    answer:
      gaps === null
        ? says.notRead
        : gaps.length === 0
          ? says.whole
          : says.gaps(gaps.length, inDigits(gaps.length, language)),
    help: gaps === null ? says.notReadSays : says.gapsSays,
    gaps: listTable({
      ...{ label: says.missing, none: '', columns: [{ name: says.missing, text: true }, says.rule] },
      rows: (gaps ?? []).map((code) => [
        { html: rendered('<%= it.text %>', { text: gapWords[code][language] }) },
        gapWords[code].rule,
      ]),
    }),
    check: orderForm(desk, { action: `${here}/report`, button: says.check, says: says.checkSays }),
    toTell:
      counts.waiting > 0 &&
      says.toTell(inDigits(counts.waiting, language), inDigits(counts.overdue, language), counts.overdue > 0),
    exempt: exemptSentence(exempt, language),
    people: listTable({
      ...{
        label: says.told,
        none: says.everybodyTold,
        columns: [{ name: says.who, text: true }, says.from, says.collected, says.tellBy],
      },
      rows: people.rows.map((one) => [
        { text: one.name || says.nameless, href: `/console/people/${one.personId}` },
        [codeWord('source', one.source, language), codeWord('ground', one.ground, language)].filter(Boolean).join(', '),
        pageTime(one.collectedAt, language),
        { text: pageTime(one.due, language), wrong: one.overdue },
      ]),
    }),
    pages: pageLinks(page, people.more, language, {}, 'told'),
    notices: listTable({
      ...{
        label: says.versions,
        none: says.noVersions,
        columns: [says.version, says.firstUsed, { name: says.toldUnder, text: true }, { name: says.where, text: true }],
      },
      rows: notices.map((one) => [
        one.version,
        timeOr(one.seenAt, language),
        Object.entries(one.told)
          .map(([means, count]) => `${codeWord('channel', means, language)} ${count}`)
          .join(', '),
        one.url ?? '',
      ]),
    }),
  }
}

/** How many need not be told, and why; nothing when there are none. */
function exemptSentence(exempt: Awaited<ReturnType<typeof countExempt>>, language: PageLanguage): string {
  const grounds = Object.entries(exempt).map(
    ([ground, people]) => `${codeWord('exemption', ground, language)} (${inDigits(people, language)})`,
  )
  return grounds.length === 0 ? '' : words[language].exempt(grounds.join(', '))
}

const body = `<h1 class="answer"><%= it.answer %></h1>
<p class="lead"><%= it.help %></p>
<%~ it.gaps %>
<% if (it.check) { %><h2><%= it.says.promises %></h2>
<%~ it.check %><% } %>
<h2><%= it.says.reports %></h2>
<ul class="tasks"><li><a href="/console/retention"><%= it.says.retention %></a></li><li><a href="/console/compliance/inventory"><%= it.says.inventory %></a></li><li><a href="/console/compliance/record"><%= it.says.record %></a></li><li><a href="/console/compliance/disclosures"><%= it.says.disclosures %></a></li></ul>
<h2 id="told"><%= it.says.told %></h2>
<% if (it.toTell) { %><p><%= it.toTell %></p><% } %>
<% if (it.exempt) { %><p><%= it.exempt %></p><% } %>
<%~ it.people %>
<%~ it.pages %>
<h2><%= it.says.versions %></h2>
<%~ it.notices %>`

const checks = `<p class="trail"><a href="/console/compliance"><%= it.says.title %></a> ▸ <%= it.says.promises %></p>
<h1 class="answer"><%= it.answer %></h1>
<p class="lead"><%= it.counts %></p>
<% it.sections.forEach((one, place) => { if (place === 0) { %><h2><%= one.title %></h2>
<%~ one.list %><% } else { %><details><summary><%= one.title %></summary><%~ one.list %></details><% } }) %>`

const words = {
  fi: {
    title: 'Seloste ja vaatimukset',
    notRead: 'Selosteen tekstiä ei ole annettu.',
    notReadSays: 'Kun lupa.yaml kertoo, missä seloste on (notice.file), tässä näkyy, mitä siitä puuttuu.',
    whole: 'Selosteesta ei puutu mitään, mitä siitä etsitään.',
    gaps: (count: number, shown: string) =>
      count === 1 ? 'Selosteesta puuttuu yksi asia.' : `Selosteesta puuttuu ${shown} asiaa.`,
    gapsSays: 'Ohjelma etsii sanoja. Onko asia sanottu hyvin, sen näkee vain lukija.',
    missing: 'Mitä puuttuu tai on väärin',
    rule: 'Säännös',
    promises: 'Selosteen lupaukset',
    check: 'Tarkista lupaukset nyt',
    checkSays:
      'Käy läpi jokaisen selosteen lupauksen ja sen, mikä sen pitää. Tarkistuksesta jää merkintä tapahtumalokiin.',
    hold: 'Jokainen tarkistettu lupaus pitää.',
    fail: (count: number, shown: string) => (count === 1 ? 'Yksi lupaus ei pidä.' : `${shown} lupausta ei pidä.`),
    reports: 'Raportit',
    retention: 'Säilytysajat: mitä on määrä poistaa, ja mitä säilytetään pidempään',
    inventory: 'Rekisterin tietosisältö: jokainen tieto, mihin, millä perusteella, kuinka kauan, kuka lukee',
    record: 'Seloste käsittelytoimista (tietosuoja-asetus, 30 artikla)',
    disclosures: 'Luovutusrekisteri tulostettavaksi',
    told: 'Kenelle on vielä kerrottava',
    toTell: (count: string, late: string, overdue: boolean) =>
      `${count} ihmisen tiedot on saatu muualta kuin heiltä itseltään, eikä heille ole vielä kerrottu${overdue ? `; myöhässä ${late}` : ''}. Seuraava uutiskirje kertoo niille, jotka sen saavat.`,
    everybodyTold: 'Kaikille on kerrottu.',
    exempt: (grounds: string) => `Ei tarvitse kertoa, peruste kirjattu: ${grounds}.`,
    who: 'Kuka',
    nameless: '(ei nimeä)',
    from: 'Mistä',
    collected: 'Kerätty',
    tellBy: 'Kerrottava viimeistään',
    versions: 'Selosteen versiot',
    noVersions: 'Ei vielä yhtään.',
    version: 'Versio',
    firstUsed: 'Käytössä alkaen',
    toldUnder: 'Kerrottu ihmisille',
    where: 'Missä',
    noCompany: 'Yrityksen tiedot puuttuvat: tee lupa.yaml komennolla lupa init.',
  },
  en: {
    title: 'Notice and compliance',
    notRead: 'The text of the notice has not been given.',
    notReadSays: 'Once lupa.yaml says where it is (notice.file), this page shows what it lacks.',
    whole: 'The notice lacks nothing that is looked for.',
    gaps: (count: number, shown: string) =>
      count === 1 ? 'The notice lacks one thing.' : `The notice lacks ${shown} things.`,
    gapsSays: 'Words are looked for. Whether it is well said, only a reader can tell.',
    missing: 'What is missing or wrong',
    rule: 'Rule',
    promises: 'The promises of the notice',
    check: 'Check the promises now',
    checkSays:
      'Goes through every promise of the notice and what keeps it. That it was checked is written into the audit trail.',
    hold: 'Every promise that was checked holds.',
    fail: (count: number, shown: string) =>
      count === 1 ? 'One promise does not hold.' : `${shown} promises do not hold.`,
    reports: 'Reports',
    retention: 'Retention: what is due to be deleted, and what is kept longer',
    inventory: 'Data inventory: every column, what for, on which basis, how long, who reads it',
    record: 'Record of processing activities (GDPR Art. 30)',
    disclosures: 'The disclosure register, to print',
    told: 'Who must still be told',
    toTell: (count: string, late: string, overdue: boolean) =>
      `The data of ${count} people came from others, and they have not been told${overdue ? `; ${late} of them too late` : ''}. The next newsletter tells whoever gets it.`,
    everybodyTold: 'Everybody has been told.',
    exempt: (grounds: string) => `Need not be told, with the ground written down: ${grounds}.`,
    who: 'Who',
    nameless: '(no name)',
    from: 'From',
    collected: 'Collected',
    tellBy: 'Tell by',
    versions: 'Versions of the notice',
    noVersions: 'None yet.',
    version: 'Version',
    firstUsed: 'First used',
    toldUnder: 'People told',
    where: 'Where',
    noCompany: 'There is no lupa.yaml: make one with lupa init.',
  },
} as const
