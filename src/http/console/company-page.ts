// What lupa.yaml and the environment say, in words and to read only: it is changed in the file, by whoever keeps the machine. What
// is secret is never shown, only that it is there.
import type { Company, Config } from '../../config.ts'
import { pageTime } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import { choicesOf, codeWord } from './code-words.ts'
import type { ConsoleScope, Desk } from './console-routes.ts'
import { type Cell, factList, listTable } from './list-table.ts'
import { inDigits, span } from './page-parts.ts'
import { upkeepWords as words } from './upkeep-words.ts'

const here = '/console/settings'

/** Adds the page. */
export function companyRoutes({ page }: ConsoleScope): void {
  page(`${here}/company`, async (desk) => {
    const { context, language } = desk
    const says = words[language]
    const { company, companyFile } = context.config
    const main = rendered(body, {
      ...{ says, answer: company ? says.company(company.controller.name) : says.noCompany },
      file: says.file(companyFile),
      groups: company ? groupsOf(company, desk) : [],
      environment: factList(environmentOf(context.config, desk)),
    })
    return desk.send({ title: says.companyTitle, here, main })
  })
}

type Facts = Parameters<typeof factList>[0]

function groupsOf(company: Company, { language }: Desk): { title: string; html: string }[] {
  const says = words[language]
  const { controller, responsible, register, notice, tool, ceilings, legitimateInterest, backups } = company
  const count = (many: number) => inDigits(many, language)
  const day = (text: string) => dayIn(text, language)
  const address = `${controller.street}, ${controller.postalCode} ${controller.city}, ${controller.country}`
  const about: Facts = [
    [says.controller, `${controller.name} (${controller.businessId})`],
    [says.address, address],
    [says.responsible, [responsible.name, responsible.email, responsible.phone].filter(Boolean).join(', ')],
    [says.register, register.name],
    [says.language, says.languages[company.language]],
    [says.colour, company.look?.colour],
    [says.alarms, company.alarms.join(', ')],
  ]
  const promises: Facts = [
    [says.notice, `${notice.version}, ${notice.url}`],
    [says.noticeFile, notice.file ?? says.notSaid],
    [
      says.interest,
      legitimateInterest ? `${legitimateInterest.assessment} (${day(legitimateInterest.date)})` : says.notSaid,
    ],
    [says.agreement, `${tool.agreement.version} (${day(tool.agreement.date)})`],
    [
      says.transfer,
      `${tool.transfer.mechanism}, ${says.checked(day(tool.transfer.checkedAt), day(tool.transfer.nextCheck))}`,
    ],
    [says.recipients, count(ceilings.recipients)],
    [says.disclosed, count(ceilings.disclosure)],
    [says.backups, `${says.days(backups.keep)}${backups.folder ? `, ${backups.folder}` : ''}`],
  ]
  const automatic = new Set<string>(company.automatic)
  const lifetimes = listTable({
    ...{ label: says.lifetimes, none: '' },
    columns: [says.category, { name: says.lifetime, number: true }, says.deletion],
    rows: choicesOf('category', Object.keys(company.lifetimes), language).map(({ value, label }): Cell[] => [
      ...[label, says.days(company.lifetimes[value] ?? 0)],
      automatic.has(value) ? says.byItself : says.byOwner,
    ]),
  })
  const handed = listTable({
    ...{ label: says.disclosures, none: says.nobodyElse },
    columns: [says.to, says.reason, { name: says.ground, text: true }],
    rows: company.disclosures.map((one) => [one.to, codeWord('handed', one.reason, language), one.ground]),
  })
  return [
    { title: says.about, html: factList(about) },
    { title: says.promises, html: factList(promises) },
    { title: says.lifetimes, html: lifetimes },
    { title: says.disclosures, html: handed },
  ]
}

function environmentOf(config: Config, { language }: Desk): Facts {
  const says = words[language]
  const secret = (value: string | null) => (value ? says.given : says.notGiven)
  return [
    ['LUPA_HOME', config.home],
    ['DATABASE_URL', config.database.url ? says.given : says.ownDatabase],
    ['REDIS_URL', config.redisUrl ? says.given : says.queueInDatabase],
    ['MAILCHIMP_API_KEY', secret(config.mailchimp.apiKey)],
    ['MAILCHIMP_ACCOUNT_ID', config.mailchimp.accountId ?? says.notGiven],
    ['LUPA_PUBLIC_URL', config.publicUrl ?? says.notGiven],
    ['LUPA_SECRET_KEYS', secret(config.secretKeys)],
    ['LUPA_LEDGER', config.ledger],
    ['SMTP_URL', secret(config.smtpUrl)],
    ['LUPA_SETTLE', span(config.settleMs, language)],
    ['LUPA_POLL', span(config.pollMs, language)],
    ['LUPA_FEEDBACK_ALARM', span(config.feedbackAlarmMs, language)],
    ['LUPA_TOOL_CONNECTIONS', inDigits(config.toolConnections, language)],
    ['TOOL_TRANSFER_ALLOWED', config.toolTransferAllowed ? says.yes : { text: says.no, wrong: true }],
  ]
}

/** `2026-01-15` as people write it: the first moment of a day is shown without its time. */
function dayIn(text: string, language: 'fi' | 'en'): string {
  return pageTime(new Date(`${text}T12:00:00Z`), language).replace(/ (klo|at) .*$/, '')
}

const body = `<p class="trail"><a href="/console/settings"><%= it.says.settings %></a> ▸ <%= it.says.companyTitle %></p>
<h1><%= it.answer %></h1>
<p class="lead"><%= it.file %></p>
<% for (const { title, html } of it.groups) { %><h2><%= title %></h2>
<%~ html %>
<% } %>
<h2><%= it.says.environment %></h2>
<p><%= it.says.environmentSays %></p>
<%~ it.environment %>`
