// A draft on its way out: who gets it and who does not, what leaves, how the mail looks, what it costs; then one button.
import { z } from 'zod'
import { pollsOf } from '../../domain/campaign.ts'
import { BadInput, NotAllowed } from '../../domain/errors.ts'
import { type Guarded, registerGuard, selectionGuard } from '../../domain/guard-rails.ts'
import { toolTraits } from '../../marketing/tools.ts'
import type { FinishedNewsletter } from '../../newsletter/finish-newsletter.ts'
import { finishedMail } from '../../newsletter/finished-mail.ts'
import { ownAddresses } from '../../newsletter/own-addresses.ts'
import { cancelCampaign, sendTestMail } from '../../operator/campaign-orders.ts'
import { lacking, launchable, launchNow, preflight } from '../../operator/launching.ts'
import { doNow, someoneWorks } from '../../operator/run-workers.ts'
import type { CampaignRecord } from '../../register/campaigns.ts'
import { lastImportAt } from '../../register/imports.ts'
import { earlierSelections, previewWithSample, samplePayloads, selectionPeople } from '../../register/selection.ts'
import { pageTime } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import { campaignAsked } from './campaign-pages.ts'
import { codeWord } from './code-words.ts'
import { consoleHeaders } from './console-page.ts'
import type { ConsoleScope, Desk } from './console-routes.ts'
import { sentenceIn } from './finnish/sentence.ts'
import { launchWords as words } from './launch-words.ts'
import { factList, listTable } from './list-table.ts'
import { given, orderForm } from './order-form.ts'
import { inDigits, pageAsked, pageLinks, share, span } from './page-parts.ts'

const here = '/console/campaigns'

/** Adds the page, the preview of the mail, the people behind each count, and the orders of a draft. */
export function launchRoutes({ page, order }: ConsoleScope): void {
  page(`${here}/:id/launch`, async (desk, request, reply) => {
    const campaign = await campaignAsked(desk, request.params)
    if (campaign.state !== 'draft') return reply.redirect(`${here}/${campaign.id}`, 303)
    const { done } = z
      .object({ done: z.enum(['tested', 'changed']).nullable().catch(null) })
      .parse({ done: null, ...(request.query as object) })
    return desk.send({ title: campaign.name, here, main: await launchMain(desk, campaign, done) })
  })
  page(`${here}/:id/preview`, async (desk, request, reply) => {
    const campaign = await campaignAsked(desk, request.params)
    return reply
      .headers(previewHeaders)
      .type('text/html; charset=utf-8')
      .send(await previewOf(desk, campaign))
  })
  page(`${here}/:id/people`, async (desk, request) =>
    sendPeople(desk, await campaignAsked(desk, request.params), request.query),
  )
  const draftOf = async (desk: Desk, params: unknown) => {
    const campaign = await campaignAsked(desk, params)
    if (campaign.state !== 'draft') throw new NotAllowed(words[desk.language].noDraft)
    return campaign
  }
  order(`${here}/:id/test`, async (desk, request) => {
    const campaign = await draftOf(desk, request.params)
    const { to } = given(request, z.object({ to: z.string().max(320) }), desk.language)
    await sendTestMail(desk.context, campaign, to, desk.session.account.name)
    return `${here}/${campaign.id}/launch?done=tested`
  })
  order(`${here}/:id/design`, async (desk, request) => {
    const campaign = await draftOf(desk, request.params)
    await doNow(desk.context, { job: 'read-design', payload: { campaignId: campaign.id } })
    return `${here}/${campaign.id}/launch`
  })
  order(`${here}/:id/discard`, async (desk, request) => {
    await cancelCampaign(desk.context, await draftOf(desk, request.params), desk.session.account.name)
    return here
  })
  order(`${here}/:id/launch`, async (desk, request) => launch(desk, await draftOf(desk, request.params), request))
}

/** Sends it, to as many as the page said; when that has changed meanwhile the page is shown anew. */
async function launch(desk: Desk, campaign: CampaignRecord, request: { body: unknown }): Promise<string> {
  const { context, language, session } = desk
  const form = z.object({
    people: z.coerce.number().int(),
    selection: z.string().optional(),
    register: z.string().optional(),
  })
  const { people, ...said } = given(request, form, language)
  const checked = (['selection', 'register'] as const).filter((one) => said[one] === 'yes') satisfies Guarded[]
  const { selected } = await launchable(context, campaign, checked)
  if (selected !== people) return `${here}/${campaign.id}/launch?done=changed`
  await launchNow(context, campaign, await preflight(context, campaign), session.account.name)
  return `${here}/${campaign.id}`
}

async function launchMain(desk: Desk, campaign: CampaignRecord, done: 'tested' | 'changed' | null): Promise<string> {
  const { context, language } = desk
  const { db, config, clock } = context
  const now = clock()
  const traits = toolTraits(campaign.tool)
  const says = words[language]
  const count = (many: number) => inDigits(many, language)
  const [{ counts, sample }, earlier, imported, works] = await Promise.all([
    ...([previewWithSample(db, campaign, now, 3), earlierSelections(db), lastImportAt(db)] as const),
    someoneWorks(context),
  ])
  const mail = finishedMail(campaign, config, traits.placeholders)
  const rows = sample.map(({ id: _, ...payload }) => traits.asSent(payload))
  const lacks = lacking(config, now)
  const ceiling = config.company?.ceilings.recipients ?? 0
  const unusual = {
    selection: selectionGuard(counts.selected, earlier) !== null,
    register: registerGuard(imported, now) !== null,
  }
  const sending = campaign.sendAt ?? now
  const until = new Date(sending.getTime() + campaign.settleSeconds * 1000)
  const polls = pollsOf(campaign, config.pollMs)
  const requests = counts.selected === 0 ? 0 : traits.requestCost(counts.selected, polls, config.toolConnections)
  const late = campaign.sendAt !== null && campaign.sendAt < now
  const blocked = [
    ...[...lacks, ...(mail?.problems ?? [])].map((one) => sentenceIn(one, language)),
    ...(late ? [says.late] : []),
    ...(counts.selected > ceiling && ceiling > 0 ? [says.ceiling(count(counts.selected), count(ceiling))] : []),
  ]
  return rendered(body, {
    ...{ says, campaign, done: done && says.done[done], answer: says.answer(counts.selected, count(counts.selected)) },
    ...{
      gets: {
        count: count(counts.selected),
        bar: share(counts.selected, counts.people),
        percent: percent(counts.selected, counts.people, language),
      },
    },
    without: count(counts.people - counts.selected),
    reasons: Object.entries(counts.excluded).map(([code, many]) => ({
      code,
      count: count(many),
      label: codeWord('reason', code, language),
    })),
    fields: listTable({
      label: says.leaves,
      none: says.noRows,
      columns: says.fields.map((name) => ({ name, text: true })),
      rows: rows.map((row) => traits.fields.map((field) => row[field] ?? '')),
    }),
    mail: mail !== null,
    ...{
      warnings: (mail?.warnings ?? []).map((one) => sentenceIn(one, language)),
      added: (mail?.added ?? []).map((one) => says.added[one]),
    },
    design:
      campaign.contentKind !== 'html'
        ? orderForm(desk, { action: `${here}/${campaign.id}/design`, button: says.readDesign })
        : '',
    facts: factList([
      [says.from, `${campaign.fromName} <${campaign.fromEmail}>`],
      [says.asked, askedOf(campaign, desk)],
      [says.when, campaign.sendAt ? pageTime(campaign.sendAt, language) : says.atOnce],
      [says.settle, span(campaign.settleSeconds * 1000, language)],
      [says.linkUntil, `${pageTime(until, language)}; ${says.oursForEver}`],
      [says.cost, says.requests(count(requests))],
    ]),
    test:
      config.company && lacks.length === 0 && mail
        ? orderForm(desk, {
            ...{ action: `${here}/${campaign.id}/test`, fold: says.test, button: says.testButton, says: says.testSays },
            fields: [
              {
                kind: 'choice',
                name: 'to',
                label: says.testTo,
                choices: ownAddresses(config.company, campaign.fromEmail).map((value) => ({ value, label: value })),
              },
            ],
          })
        : '',
    ...{ blocked, idle: works ? null : says.nobodyWorks },
    launch:
      blocked.length > 0 || counts.selected === 0 || (!mail && campaign.contentKind === 'html')
        ? ''
        : launchForm(desk, campaign, counts.selected, unusual),
    discard: orderForm(desk, {
      action: `${here}/${campaign.id}/discard`,
      fold: says.discard,
      button: says.discard,
      says: says.discardSays,
      look: 'danger',
    }),
  })
}

function launchForm(
  desk: Desk,
  campaign: CampaignRecord,
  selected: number,
  unusual: Record<'selection' | 'register', boolean>,
): string {
  const says = words[desk.language]
  const shown = inDigits(selected, desk.language)
  return orderForm(desk, {
    ...{
      action: `${here}/${campaign.id}/launch`,
      look: 'main' as const,
      says: campaign.sendAt ? says.scheduledSays : says.launchSays,
    },
    button: says.launch(selected, shown),
    fields: [
      { kind: 'hidden', name: 'people', value: String(selected) },
      ...(unusual.selection
        ? [{ kind: 'check', name: 'selection', label: says.unusualSelection, required: true } as const]
        : []),
      ...(unusual.register
        ? [{ kind: 'check', name: 'register', label: says.oldRegister, required: true } as const]
        : []),
    ],
  })
}

function percent(part: number, whole: number, language: 'fi' | 'en'): string {
  const form = new Intl.NumberFormat(language === 'fi' ? 'fi-FI' : 'en-GB', { style: 'percent' })
  return whole > 0 ? form.format(part / whole) : ''
}

function askedOf({ askedRelations, askedTags }: CampaignRecord, { language }: Desk): string {
  const says = words[language]
  const parts = [...askedRelations.map((one) => codeWord('relation', one, language)), ...askedTags]
  return parts.length === 0 ? says.everybody : parts.join(', ')
}

/** The people behind a count: those who get it, or those with one reason. */
async function sendPeople(desk: Desk, campaign: CampaignRecord, query: unknown) {
  const { context, language } = desk
  const { because } = z
    .object({
      because: z
        .string()
        .regex(/^[A-Z_]{1,40}$/)
        .nullable()
        .catch(null),
    })
    .parse({ because: null, ...(query as object) })
  const page = pageAsked(query)
  const found = await selectionPeople(context.db, campaign, context.clock(), { because, page })
  const says = words[language]
  const main = rendered(people, {
    ...{ says, campaign, title: because ? says.without(codeWord('reason', because, language)) : says.withIt },
    back: campaign.state === 'draft' ? `${here}/${campaign.id}/launch` : `${here}/${campaign.id}`,
    list: listTable({
      ...{
        label: says.people,
        none: says.nobody,
        columns: [
          { name: says.person, text: true },
          { name: says.organisation, text: true },
          { name: says.email, text: true },
          says.permission,
        ],
      },
      rows: found.rows.map((one) => [
        { text: one.name || says.nameless, href: `/console/people/${one.id}` },
        ...[one.organisation ?? '', one.email ?? '', codeWord('permission', one.permission, language)],
      ]),
    }),
    pages: pageLinks(page, found.more, language, because ? { because } : {}),
  })
  return desk.send({ title: campaign.name, here, main })
}

/** The mail as one recipient would see it: the first of those who get it. */
async function previewOf({ context, language }: Desk, campaign: CampaignRecord): Promise<string> {
  const { db, config, clock } = context
  const traits = toolTraits(campaign.tool)
  const mail: Pick<FinishedNewsletter, 'html'> | null = finishedMail(campaign, config, traits.placeholders)
  const html = mail?.html ?? campaign.html
  if (!html) throw new BadInput(words[language].noContent)
  const [first] = await samplePayloads(db, campaign, clock(), 1)
  const values: Record<string, string> = first
    ? traits.asSent({ email: first.email, firstName: first.firstName, lastName: first.lastName })
    : {}
  const { controller } = config.company ?? {}
  const address = controller
    ? [controller.name, controller.street, `${controller.postalCode} ${controller.city}`].map(escaped).join('<br>')
    : ''
  return html.replaceAll(traits.placeholders.pattern, (tag, name: string) =>
    tag === traits.placeholders.postalAddress ? address : escaped(values[name] ?? ''),
  )
}

const escaped = (text: string) => text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`)

/** The mail is somebody's HTML: it runs nothing, goes nowhere, and may be framed by our own page only. */
const previewHeaders = {
  ...consoleHeaders,
  'x-frame-options': 'SAMEORIGIN',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: http: data:; font-src https: data:; sandbox; frame-ancestors 'self'; form-action 'none'; base-uri 'none'",
}

const body = `<p class="trail"><a href="/console/campaigns"><%= it.says.campaigns %></a> ▸ <bdi><%= it.campaign.name %></bdi></p>
<% if (it.done) { %><p class="notice" role="status"><%= it.done %></p><% } %>
<h1 class="answer"><%= it.answer %></h1>
<p class="lead"><bdi><%= it.campaign.subject %></bdi></p>
<h2><%= it.says.who %></h2>
<div class="progress"><p><a href="/console/campaigns/<%= it.campaign.id %>/people"><%= it.says.gets %></a> <b><%= it.gets.count %></b> <span class="quiet"><%= it.gets.percent %></span></p><%~ it.gets.bar %></div>
<p><%= it.says.getsNot %> <b><%= it.without %></b></p>
<ul class="reasons"><% for (const one of it.reasons) { %><li><a href="/console/campaigns/<%= it.campaign.id %>/people?because=<%= one.code %>"><%= one.label %></a> <b><%= one.count %></b></li><% } %></ul>
<h2><%= it.says.leaves %></h2>
<p><%= it.says.leavesSays %></p>
<%~ it.fields %>
<h2><%= it.says.mail %></h2>
<%~ it.design %>
<% if (it.mail) { %><iframe sandbox="" src="/console/campaigns/<%= it.campaign.id %>/preview" title="<%= it.says.mail %>"></iframe><% } else { %><p class="quiet"><%= it.says.noMail %></p><% } %>
<% if (it.added.length > 0) { %><p class="quiet"><%= it.says.addedSays %> <%= it.added.join(' · ') %></p><% } %>
<% if (it.warnings.length > 0) { %><h3><%= it.says.worthALook %></h3><ul class="plain-list"><% for (const one of it.warnings) { %><li><%= one %></li><% } %></ul><% } %>
<%~ it.test %>
<h2><%= it.says.plan %></h2>
<%~ it.facts %>
<% if (it.blocked.length > 0) { %><div class="notice wrong"><b><%= it.says.lacks %></b><ul class="plain-list"><% for (const one of it.blocked) { %><li><%= one %></li><% } %></ul></div><% } %>
<% if (it.idle) { %><p class="notice wrong"><%= it.idle %></p><% } %>
<%~ it.launch %>
<p><a href="/console/campaigns/new?from=<%= it.campaign.id %>"><%= it.says.edit %></a></p>
<%~ it.discard %>`

const people = `<p class="trail"><a href="/console/campaigns"><%= it.says.campaigns %></a> ▸ <a href="<%= it.back %>"><bdi><%= it.campaign.name %></bdi></a></p>
<h1><%= it.title %></h1>
<%~ it.list %>
<%~ it.pages %>`
