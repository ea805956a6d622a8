// Settings, tool, health: is everything there that a campaign needs; the queues in figures; who may use the console.
import { z } from 'zod'
import { BadInput, IllegalMove, NotAllowed, Refused, Unavailable } from '../../domain/errors.ts'
import { examine, type Finding } from '../../operator/doctor.ts'
import { lacking } from '../../operator/launching.ts'
import { someoneWorks } from '../../operator/run-workers.ts'
import { setAsideMeant, tryAgain } from '../../operator/set-aside-orders.ts'
import { addAccount, listAccounts, removeAccount, resetAccount } from '../../register/accounts.ts'
import { waitingNow } from '../../register/figures.ts'
import type { SetAside } from '../../register/set-aside.ts'
import { toolAccount } from '../../register/tool-accounts.ts'
import { pageTime } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import type { ConsoleScope, Desk } from './console-routes.ts'
import { sentenceIn } from './finnish/sentence.ts'
import { type Cell, factList, listTable, sentence } from './list-table.ts'
import { given, orderForm } from './order-form.ts'
import { inDigits, span, timeOr } from './page-parts.ts'
import { boardPath } from './queue-board.ts'
import { settingsWords as words } from './settings-words.ts'

const here = '/console/settings'
const states = ['active', 'waiting', 'prioritized', 'delayed', 'failed'] as const
const account = z.object({ name: z.string().trim().max(60) })

/** Adds the page, the whole examination, and the orders about accounts. */
export function settingsRoutes({ page, order }: ConsoleScope): void {
  page(here, async (desk) => sendSettings(desk, null))
  // It asks the tool, which is an act of its own: no page does that by being looked at.
  order(`${here}/check`, async (desk) => sendSettings(desk, await examine(desk.context, sentenceOf)))
  order(`${here}/retry`, async ({ context }) => {
    await tryAgain(context, await setAsideMeant(context, null))
    return here
  })
  order(`${here}/accounts/add`, async (desk, request) => {
    const { context, language } = desk
    const { name, role } = given(request, account.extend({ role: z.enum(['owner', 'viewer']) }), language)
    const { code } = await addAccount(context.db, context.keys, { name, role }, by(desk))
    return sendCode(desk, name, code)
  })
  order(`${here}/accounts/reset`, async (desk, request) => {
    const { name } = given(request, account, desk.language)
    return sendCode(desk, name, await resetAccount(desk.context.db, desk.context.keys, name, by(desk)))
  })
  order(`${here}/accounts/remove`, async (desk, request) => {
    const { name } = given(request, account.extend({ sure: z.literal('yes') }), desk.language)
    await removeAccount(desk.context.db, name, by(desk))
    return here
  })
}

const by = ({ context, session }: Desk) => ({ actor: session.account.name, at: context.clock() })

function sentenceOf(error: unknown): string {
  const ours = [BadInput, NotAllowed, IllegalMove, Refused, Unavailable].some((kind) => error instanceof kind)
  return ours ? (error as Error).message : `Unexpected failure (${error instanceof Error ? error.name : typeof error}).`
}

async function sendSettings(desk: Desk, findings: Finding[] | null) {
  const { context, language } = desk
  const { db, config, clock } = context
  const now = clock()
  const [works, tool, waiting, accounts, aside, queues] = await Promise.all([
    ...([someoneWorks(context), toolAccount(db, 'mailchimp'), waitingNow(db, now), listAccounts(db)] as const),
    ...([setAsideMeant(context, null), desk.owner ? queueFigures(desk) : null] as const),
  ])
  const says = words[language]
  const lacks = lacking(config, now)
  const wrong = findings
    ? findings.filter(({ result }) => result === 'failed').length
    : lacks.length + (works ? 0 : 1) + (tool?.problem ? 1 : 0)
  const late = waiting.oldestSeconds * 1000 > config.feedbackAlarmMs
  const main = rendered(body, {
    ...{
      says,
      owner: desk.owner,
      lacks: lacks.map((one) => sentenceIn(one, language)),
      answer: says.answer(wrong, inDigits(wrong, language)),
    },
    checked:
      findings &&
      listTable({
        ...{ label: says.checks, none: '', columns: [says.check, says.result, { name: says.says, text: true }] },
        rows: findings.map((one): Cell[] => [
          says.names[one.check as keyof typeof says.names] ?? one.check,
          { text: says.results[one.result], wrong: one.result === 'failed' },
          sentence(sentenceIn(one.says, language)),
        ]),
      }),
    check: orderForm(desk, { action: `${here}/check`, button: says.checkAll, says: says.checkAllSays }),
    facts: factList([
      [says.worker, works ? says.alive : { text: says.noWorker, wrong: true }],
      [says.tool, tool ? [tool.name, tool.accountId, tool.plan].filter(Boolean).join(' · ') : says.neverAsked],
      [
        says.toolAsked,
        tool && `${pageTime(tool.checkedAt, language)}${tool.problem ? `: ${sentenceIn(tool.problem, language)}` : ''}`,
      ],
      [
        says.feedback,
        waiting.waiting === 0
          ? says.nothingWaits
          : {
              text: says.waits(inDigits(waiting.waiting, language), span(waiting.oldestSeconds * 1000, language)),
              wrong: late,
            },
      ],
      [says.publicUrl, config.publicUrl ?? says.noPublicUrl],
      [says.transfer, config.toolTransferAllowed ? says.allowed : { text: says.notAllowed, wrong: true }],
      [says.ceiling, config.company && inDigits(config.company.ceilings.recipients, language)],
      [says.settle, span(config.settleMs, language)],
      [says.poll, span(config.pollMs, language)],
      [says.company, config.company && `${config.company.controller.name} (${config.company.controller.businessId})`],
      [says.responsible, config.company && `${config.company.responsible.name}, ${config.company.responsible.email}`],
    ]),
    queues,
    aside: aside.length > 0 && asideTable(desk, aside),
    accounts: listTable({
      ...{
        label: says.accounts,
        none: '',
        columns: [says.account, says.role, says.state, { name: says.codes, number: true }, says.seen],
      },
      rows: accounts.map((one) => [
        ...[one.name, says.roles[one.role as 'owner' | 'viewer'] ?? one.role, one.ready ? says.ready : says.notReady],
        ...[String(one.recoveryCodes), timeOr(one.lastSeenAt, language)],
      ]),
    }),
    forms: accountForms(
      desk,
      accounts.map(({ name }) => name),
    ),
  })
  return desk.send({ title: says.title, here, main })
}

/** What is set aside and why, and the order to try it all again. */
function asideTable(desk: Desk, aside: SetAside[]): string {
  const says = words[desk.language]
  const rows = aside.map((one): Cell[] => [
    one.job === 'remove-recipient' ? says.asideKinds.person : says.asideKinds[one.what],
    ...[one.campaign ?? '', sentence(sentenceIn(one.because, desk.language))],
    ...[pageTime(one.firstAt, desk.language), inDigits(one.tries, desk.language)],
  ])
  const columns = [
    ...[says.check, says.campaign, { name: says.because, text: true }, says.since],
    { name: says.tries, number: true },
  ]
  const retry = orderForm(desk, { action: `${here}/retry`, button: says.retry, says: says.asideSays })
  return `${listTable({ label: says.aside, none: '', columns, rows })}${retry}`
}

/** Jobs by queue and state: figures only, and only for an owner. */
async function queueFigures({ context, language }: Desk): Promise<string> {
  const says = words[language]
  const rows = await Promise.all(
    (['tool', 'local'] as const).map(async (name) => {
      const counts = await context.queues.counts(name).catch(() => null)
      return [says.queues[name], ...states.map((state) => (counts ? inDigits(counts[state] ?? 0, language) : '–'))]
    }),
  )
  const home = 'redisUrl' in context.queues.home ? says.inRedis : says.inPostgres
  const columns = [
    { name: says.queue, text: true },
    ...states.map((state) => ({ name: says.states[state], number: true })),
  ]
  return `<p class="quiet">${home}</p>${listTable({ label: says.queue, none: '', columns, rows })}<p><a href="${boardPath}/">${says.board}</a></p>`
}

function accountForms(desk: Desk, names: string[]): string {
  const says = words[desk.language]
  const choices = names.map((value) => ({ value, label: value }))
  return [
    orderForm(desk, {
      ...{ action: `${here}/accounts/add`, fold: says.add, button: says.addButton, says: says.addSays },
      fields: [
        { kind: 'text', name: 'name', label: says.account, required: true, most: 40 },
        {
          kind: 'choice',
          name: 'role',
          label: says.role,
          choices: [
            { value: 'viewer', label: says.roles.viewer },
            { value: 'owner', label: says.roles.owner },
          ],
        },
      ],
    }),
    orderForm(desk, {
      ...{ action: `${here}/accounts/reset`, fold: says.reset, button: says.resetButton, says: says.resetSays },
      fields: [{ kind: 'choice', name: 'name', label: says.account, choices }],
    }),
    orderForm(desk, {
      ...{
        action: `${here}/accounts/remove`,
        fold: says.remove,
        button: says.removeButton,
        says: says.removeSays,
        look: 'danger',
      },
      fields: [
        { kind: 'choice', name: 'name', label: says.account, choices },
        { kind: 'check', name: 'sure', label: says.sure, required: true },
      ],
    }),
  ].join('')
}

/** A code is shown this once, to whoever gave the order. */
function sendCode(desk: Desk, name: string, code: string) {
  const { config } = desk.context
  const says = words[desk.language]
  const address = `${config.publicUrl ?? `http://127.0.0.1:${config.port}`}/console/first`
  return desk.send({ title: says.title, here, main: rendered(codePage, { says, name, code, address }) })
}

const body = `<h1 class="answer"><%= it.answer %></h1>
<% if (it.lacks.length > 0) { %><ul class="tasks"><% for (const one of it.lacks) { %><li class="wrong"><%= one %></li><% } %></ul><% } %>
<% if (it.checked) { %><h2><%= it.says.checks %></h2><%~ it.checked %><% } %>
<%~ it.check %>
<h2><%= it.says.now %></h2>
<%~ it.facts %>
<ul class="reasons"><li><a href="/console/settings/company"><%= it.says.configured %></a></li><% if (it.owner) { %><li><a href="/console/settings/backups"><%= it.says.backups %></a></li><% } %></ul>
<% if (it.aside) { %><h2 id="set-aside"><%= it.says.aside %></h2><%~ it.aside %><% } %>
<% if (it.queues) { %><h2><%= it.says.queue %></h2><%~ it.queues %><% } %>
<h2><%= it.says.accounts %></h2>
<%~ it.accounts %>
<%~ it.forms %>`

const codePage = `<p class="trail"><a href="/console/settings"><%= it.says.title %></a> ▸ <bdi><%= it.name %></bdi></p>
<h1><%= it.says.code %></h1>
<p><%= it.says.codeSays %></p>
<dl><dt><%= it.says.account %></dt><dd><%= it.name %></dd><dt><%= it.says.where %></dt><dd><%= it.address %></dd><dt><%= it.says.theCode %></dt><dd><code><%= it.code %></code></dd></dl>`
