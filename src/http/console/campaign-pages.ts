// Campaigns: the list, and the page of one while it lives and after.
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { certificatePage as printedCertificate } from '../../certificate/certificate-page.ts'
import { moves, underlying } from '../../domain/campaign.ts'
import { BadInput } from '../../domain/errors.ts'
import { cancelCampaign, resumeCampaign, withdrawCampaign } from '../../operator/campaign-orders.ts'
import { someoneWorks } from '../../operator/run-workers.ts'
import { type CampaignStatus, campaignStatus } from '../../register/campaign-status.ts'
import { type CampaignRecord, findCampaign } from '../../register/campaigns.ts'
import { certificateOf } from '../../register/certificates.ts'
import { campaignPage, exposureOf, feedbackPage } from '../../register/console-overview.ts'
import { exclusionCounts } from '../../register/selection.ts'
import type { PageLanguage } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import { stagesOf } from './campaign-life.ts'
import { campaignPageWords as words } from './campaign-page-words.ts'
import { stateOf, waitOf } from './campaign-words.ts'
import { codeWord } from './code-words.ts'
import { consoleHeaders } from './console-page.ts'
import type { ConsoleScope, Desk } from './console-routes.ts'
import { feedbackTable } from './feedback-table.ts'
import { sentenceIn } from './finnish/sentence.ts'
import { type LiveStreams, liveScript, tellChanges } from './live.ts'
import { given } from './order-form.ts'
import { exposureChart, inDigits, pageAsked, pageLinks, share, span, timeOr } from './page-parts.ts'

const here = '/console/campaigns'

/** Adds the list, the pages of campaigns, and what an owner may order there. */
export function campaignRoutes({ page, order }: ConsoleScope, streams: LiveStreams): void {
  page(here, async (desk, request) => {
    const asked = pageAsked(request.query)
    const [{ rows, more }, sent] = await Promise.all([
      campaignPage(desk.context.db, asked),
      desk.context.db.campaign.count({ where: { sentAt: { not: null } } }),
    ])
    const says = words[desk.language]
    const lines = rows.map((one) => ({
      ...{ id: one.id, name: one.name, subject: one.subject, state: stateOf(one, desk.language) },
      ...{ sent: timeOr(one.sentAt, desk.language), empty: timeOr(one.withdrawnAt, desk.language) },
      count: one.sentCount === null ? '' : inDigits(one.sentCount, desk.language),
    }))
    const answer = says.many(sent, inDigits(sent, desk.language))
    const facts = { answer, says, lines, owner: desk.owner, pages: pageLinks(asked, more, desk.language) }
    return desk.send({ title: says.title, here, main: rendered(list, facts) })
  })
  page(`${here}/:id`, async (desk, request, reply) => {
    const campaign = await campaignAsked(desk, request.params)
    if (campaign.state === 'draft') return reply.redirect(`${here}/${campaign.id}/launch`, 303)
    const main = rendered(body, await factsOf(desk, campaign))
    return desk.send({ title: campaign.name, here, main, script: liveScript(`${here}/${campaign.id}/live`) })
  })
  page(`${here}/:id/live`, async (desk, request, reply) =>
    tellChanges(streams, desk, reply, (await campaignAsked(desk, request.params)).id),
  )
  page(`${here}/:id/certificate`, async (desk, request, reply) => sendCertificate(desk, request.params, reply))
  order(`${here}/:id/withdraw-unread`, async (desk, request) => {
    const campaign = await campaignAsked(desk, request.params)
    given(request, z.object({ sure: z.literal('yes') }), desk.language)
    await withdrawCampaign(desk.context, campaign, desk.session.account.name, { unread: true })
    return `${here}/${campaign.id}`
  })
  const orders = { resume: resumeCampaign, cancel: cancelCampaign, withdraw: withdrawCampaign }
  for (const [name, act] of Object.entries(orders)) {
    order(`${here}/:id/${name}`, async (desk, request) => {
      const campaign = await campaignAsked(desk, request.params)
      await act(desk.context, campaign, desk.session.account.name)
      return `${here}/${campaign.id}`
    })
  }
}

/** The campaign of the path. Throws BadInput when there is none. */
export async function campaignAsked({ context, language }: Desk, params: unknown): Promise<CampaignRecord> {
  const { id } = params as { id: string }
  const campaign = /^[0-9a-f-]{36}$/.test(id) ? await findCampaign(context.db, id) : null
  if (!campaign) throw new BadInput(words[language].noSuch)
  return campaign
}

/** The certificate as the page that is printed and kept. */
async function sendCertificate(desk: Desk, params: unknown, reply: FastifyReply) {
  const campaign = await campaignAsked(desk, params)
  const kept = await certificateOf(desk.context.db, campaign.id)
  if (!kept) throw new BadInput(words[desk.language].noCertificate)
  return reply
    .headers({
      ...consoleHeaders,
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    })
    .type('text/html; charset=utf-8')
    .send(printedCertificate(kept, desk.language))
}

async function factsOf({ context, language, csrf, owner }: Desk, campaign: CampaignRecord) {
  const { db, clock } = context
  const [status, exposure, feedback, certificate, excluded, works] = await Promise.all([
    ...([campaignStatus(db, campaign.id), exposureOf(db, campaign.id, clock())] as const),
    ...([feedbackPage(db, { campaignId: campaign.id, rows: 20 }), certificateOf(db, campaign.id)] as const),
    ...([exclusionCounts(db, campaign.id), someoneWorks(context)] as const),
  ])
  const says = words[language]
  const count = (many: number) => inDigits(many, language)
  const state = underlying(campaign)
  return {
    ...{ says, csrf, campaign, stages: stagesOf(campaign, language) },
    answer: answerOf(campaign, status, language),
    waiting: waitOf(status.waitingFor, language),
    halted: status.halted && sentenceIn(status.halted, language),
    idle: works || campaign.state === 'closed' ? null : says.nobodyWorks,
    bars: barsOf(campaign, status, clock(), language),
    chart: exposure && exposureChart(exposure, language),
    counts: [
      ...[
        [says.selected, status.counts.selected],
        [says.disclosed, status.counts.intended],
      ],
      ...[
        [says.refused, status.counts.refused],
        [says.sent, status.sent],
        [says.removed, status.counts.removed],
      ],
      ...[
        [says.optedOut, status.feedback.optedOut],
        [says.bounced, status.feedback.bounced],
      ],
      [says.complained, status.feedback.complained],
    ].map(([name, many]) => ({ name, many: count(Number(many)) })),
    reasons: Object.entries(excluded).map(([code, many]) => ({
      ...{ code, count: count(many), label: codeWord('reason', code, language) },
    })),
    certificate: certificate !== null,
    shell:
      campaign.shell === 'pending' && campaign.state === 'closed'
        ? says.shell(timeOr(campaign.shellNotBefore, language))
        : null,
    feedback: feedbackTable(feedback.rows, language),
    actions: owner ? actionsOf(campaign, state, count(status.inTool), status.inTool, language) : [],
  }
}

function answerOf(campaign: CampaignRecord, { inTool, sent }: CampaignStatus, language: PageLanguage): string {
  const says = words[language]
  if (campaign.state === 'halted') return says.answer.halted
  if (inTool > 0) return says.answer.inside(inTool, inDigits(inTool, language))
  if (campaign.state === 'closed')
    return campaign.firstDisclosedAt ? says.answer.empty(sent, inDigits(sent, language)) : says.answer.never
  return says.answer.before
}

function barsOf(campaign: CampaignRecord, { counts, inTool }: CampaignStatus, now: Date, language: PageLanguage) {
  const says = words[language]
  const figures = (part: number, whole: number) => `${inDigits(part, language)} / ${inDigits(whole, language)}`
  const disclosing = {
    name: says.disclosing,
    bar: share(counts.intended, counts.selected),
    figures: figures(counts.intended, counts.selected),
    left: '',
  }
  const removing = {
    name: says.removing,
    bar: share(counts.removed, counts.accepted),
    figures: figures(counts.removed, counts.accepted),
    left: '',
  }
  const begun = campaign.withdrawalStartedAt
  if (campaign.state === 'opened') return [disclosing]
  if (campaign.state !== 'withdrawing' || !begun || inTool === 0) return []
  const took = now.getTime() - begun.getTime()
  if (counts.removed > 0 && took > 0)
    removing.left = says.left(span((took / counts.removed) * (counts.accepted - counts.removed), language))
  return [removing]
}

type Action = { path: string; name: string; says: string; danger: boolean; sure?: string }

/** What may be ordered now, each with what it will do, and to how many. */
function actionsOf(
  campaign: CampaignRecord,
  state: string,
  inside: string,
  count: number,
  language: PageLanguage,
): Action[] {
  const says = words[language].actions
  const allowed = moves[campaign.state] as readonly string[]
  const may = (move: string) => allowed.includes(move)
  return [
    ...(may('resume') ? [{ path: 'resume', ...says.resume, danger: false }] : []),
    ...(['opened', 'disclosed', 'sent'].includes(state) && may('withdraw')
      ? [{ path: 'withdraw', name: says.withdraw.name, says: says.withdraw.says(count, inside), danger: true }]
      : []),
    // Where feedback cannot be read, withdrawal waits for it: this is the order not to.
    ...(['opened', 'disclosed', 'sent', 'withdrawing'].includes(state) && count > 0 && !campaign.feedbackUnknown
      ? [{ path: 'withdraw-unread', ...says.unread, says: says.unread.says(count, inside), danger: true }]
      : []),
    ...((may('cancel') && state !== 'sent' && state !== 'withdrawing') || may('wish')
      ? [{ path: 'cancel', name: says.cancel.name, says: says.cancel.says(count, inside), danger: true }]
      : []),
  ]
}

const list = `<h1 class="answer"><%= it.answer %></h1>
<% if (it.owner) { %><p><a class="button" href="/console/campaigns/new"><%= it.says.write %></a></p><% } %>
<% if (it.lines.length === 0) { %><p class="quiet"><%= it.says.noneYet %></p><% } else { %><div class="scroll" tabindex="0" role="region" aria-label="<%= it.says.title %>"><table>
<thead><tr><th scope="col"><%= it.says.name %></th><th scope="col"><%= it.says.state %></th><th scope="col"><%= it.says.sentAt %></th><th scope="col" class="number"><%= it.says.people %></th><th scope="col"><%= it.says.emptiedAt %></th></tr></thead>
<tbody><% for (const one of it.lines) { %><tr><th scope="row" class="text"><a href="/console/campaigns/<%= one.id %>"><bdi><%= one.name %></bdi></a><br><small class="quiet"><bdi><%= one.subject %></bdi></small></th><td><%= one.state %></td><td><%= one.sent %></td><td class="number"><%= one.count %></td><td><%= one.empty %></td></tr>
<% } %></tbody></table></div><%~ it.pages %><% } %>`

const body = `<p class="trail"><a href="/console/campaigns"><%= it.says.title %></a> ▸ <bdi><%= it.campaign.name %></bdi></p>
<div data-live="life">
<h1 class="answer"><%= it.answer %></h1>
<p class="lead"><bdi><%= it.campaign.subject %></bdi></p>
<% if (it.halted) { %><p class="notice wrong"><%= it.halted %></p><% } %><% if (it.idle) { %><p class="notice wrong"><%= it.idle %></p><% } if (it.waiting) { %><p class="notice"><%= it.says.waitsFor %> <%= it.waiting %></p><% } %>
<ol class="stages"><% for (const one of it.stages) { %><li class="<%= one.mark %>"<% if (one.mark === 'now') { %> aria-current="step"<% } %>><b><%= one.name %><% if (one.mark === 'done') { %> <span aria-hidden="true">✓</span><span class="unseen"><%= it.says.done %></span><% } %></b><%= one.at.replace(' klo ', ' klo\u00a0').replace(' at ', ' at\u00a0') %></li><% } %></ol>
<% for (const one of it.bars) { %><div class="progress"><p><%= one.name %> <b><%= one.figures %></b> <span class="quiet"><%= one.left %></span></p><%~ one.bar %></div><% } %>
<% if (it.chart) { %><%~ it.chart %><% } %>
<% if (it.certificate) { %><p><a class="button" href="/console/campaigns/<%= it.campaign.id %>/certificate"><%= it.says.certificate %></a></p><% } %>
<% if (it.shell) { %><p class="quiet"><%= it.shell %></p><% } %>
</div>
<div data-live="actions"><% for (const one of it.actions) { %><details><summary<% if (one.danger) { %> class="wrong"<% } %>><%= one.name %></summary>
<form method="post" action="/console/campaigns/<%= it.campaign.id %>/<%= one.path %>"><input type="hidden" name="csrf" value="<%= it.csrf %>"><p><%= one.says %></p><% if (one.sure) { %><div class="field"><label class="choice"><input type="checkbox" name="sure" value="yes" required> <%= one.sure %></label></div><% } %><button<% if (one.danger) { %> class="danger"<% } %>><%= one.name %></button></form></details><% } %></div>
<div data-live="figures">
<h2><%= it.says.figures %></h2>
<dl><% for (const one of it.counts) { %><dt><%= one.name %></dt><dd><%= one.many %></dd><% } %></dl>
<% if (it.campaign.selectedAt) { %><ul class="reasons"><li><a href="/console/campaigns/<%= it.campaign.id %>/people"><%= it.says.who %></a></li><% for (const one of it.reasons) { %><li><a href="/console/campaigns/<%= it.campaign.id %>/people?because=<%= one.code %>"><%= one.label %></a> <b><%= one.count %></b></li><% } %></ul><% } %>
<h2><%= it.says.feedback %></h2>
<%~ it.feedback %>
</div>`
