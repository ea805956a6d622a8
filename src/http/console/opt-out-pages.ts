// Opt-outs and feedback: everything that came back, and writing down a no that reached the owner by another way.
import { z } from 'zod'
import { BadInput } from '../../domain/errors.ts'
import { readEmailCell } from '../../intake/email-cell.ts'
import { spokenWays, syncFeedback, writeDownNo } from '../../operator/feedback-orders.ts'
import { listCampaigns } from '../../register/campaigns.ts'
import { type FeedbackLine, feedbackPage } from '../../register/console-overview.ts'
import { exportOptOuts } from '../../register/opt-out-export.ts'
import { permissionCounts } from '../../register/people-lists.ts'
import { type PageLanguage, pageTime } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import { kindOf, wayOf } from './campaign-words.ts'
import { choicesOf, codeWord } from './code-words.ts'
import type { ConsoleScope, Desk } from './console-routes.ts'
import { sendMade } from './downloads.ts'
import { listTable } from './list-table.ts'
import { given, orderForm, pastDay } from './order-form.ts'
import { inDigits, pageAsked, pageLinks } from './page-parts.ts'

const here = '/console/opt-outs'
const kinds = ['opted-out', 'complained', 'bounced-hard', 'bounced-soft', 'address-changed'] as const
const query = z.object({
  kind: z.enum(kinds).or(z.literal('')).catch(''),
  done: z.enum(['prohibited', 'known', 'read']).nullable().catch(null),
})

/** Adds the list, and the two orders on it. */
export function optOutRoutes({ page, order }: ConsoleScope): void {
  page(here, async (desk, request) =>
    sendFeedback(desk, { ...query.parse(request.query), page: pageAsked(request.query) }),
  )
  order(`${here}/add`, async (desk, request) => {
    const { context, language } = desk
    const asked = z.object({
      ...{ address: z.string().trim().max(320), channel: z.enum(spokenWays) },
      ...{ evidence: z.string().trim().max(2000).default(''), at: z.string().max(40).default('') },
    })
    const { address, channel, evidence, at } = given(request, asked, language)
    if (readEmailCell(address).kind !== 'address') throw new BadInput(words[language].noAddress)
    const said = {
      address,
      channel,
      evidence: evidence || null,
      at: pastDay(at, context.clock(), language) ?? context.clock(),
    }
    const { effect } = await writeDownNo(context, said, desk.session.account.name)
    return `${here}?done=${effect === 'prohibited' ? 'prohibited' : 'known'}`
  })
  order(`${here}/export`, async ({ context, language, session }, _request, reply) => {
    const by = { actor: session.account.name, at: context.clock() }
    return sendMade(reply, context.config.home, words[language].exportName, (file) =>
      exportOptOuts(context.db, file, by),
    )
  })
  order(`${here}/read`, async ({ context }) => {
    await syncFeedback(context, await listCampaigns(context.db, { open: true }))
    return `${here}?done=read`
  })
}

async function sendFeedback(desk: Desk, asked: z.infer<typeof query> & { page: number }) {
  const { context, language } = desk
  const { db } = context
  const [counts, found, open] = await Promise.all([
    ...([permissionCounts(db), feedbackPage(db, { page: asked.page, kind: asked.kind })] as const),
    listCampaigns(db, { open: true }),
  ])
  const says = words[language]
  const readable = open.some(({ state }) => ['opened', 'disclosed', 'sent'].includes(state))
  const main = rendered(body, {
    ...{ says, answer: says.answer(counts.prohibition, inDigits(counts.prohibition, language)) },
    done: asked.done && says.done[asked.done],
    filters: kinds.map((code) => ({ code, label: kindOf(code, language), chosen: asked.kind === code })),
    chosen: asked.kind,
    add: orderForm(desk, {
      ...{ action: `${here}/add`, fold: says.add, button: says.addButton, says: says.addSays },
      fields: [
        { kind: 'email', name: 'address', label: says.address, required: true },
        { kind: 'choice', name: 'channel', label: says.channel, choices: choicesOf('channel', spokenWays, language) },
        { kind: 'text', name: 'evidence', label: says.evidence },
        { kind: 'date', name: 'at', label: says.at, hint: says.atHint },
      ],
    }),
    read: readable ? orderForm(desk, { action: `${here}/read`, button: says.read, says: says.readSays }) : '',
    take: orderForm(desk, { action: `${here}/export`, fold: says.take, button: says.takeButton, says: says.takeSays }),
    list: listTable({
      ...{ label: says.feedback, none: says.none, rows: found.rows.map((one) => lineOf(one, language)) },
      columns: [
        says.at,
        says.kind,
        says.way,
        { name: says.campaign, text: true },
        { name: says.who, text: true },
        says.effect,
      ],
    }),
    pages: pageLinks(asked.page, found.more, language, asked.kind ? { kind: asked.kind } : {}),
  })
  return desk.send({ title: says.title, here, main })
}

function lineOf(one: FeedbackLine, language: PageLanguage) {
  const says = words[language]
  return [
    ...[pageTime(one.at, language), kindOf(one.kind, language), wayOf(one.source, language)],
    one.campaignId ? { text: one.campaign ?? '', href: `/console/campaigns/${one.campaignId}` } : '',
    one.personId ? { text: one.name ?? says.nameless, href: `/console/people/${one.personId}` } : says.nobody,
    one.appliedAt ? codeWord('effect', one.effect, language) : { text: says.waits, wrong: true },
  ]
}

const body = `<% if (it.done) { %><p class="notice" role="status"><%= it.done %></p><% } %>
<h1 class="answer"><%= it.answer %></h1>
<p class="lead"><%= it.says.lead %></p>
<%~ it.add %><%~ it.take %><%~ it.read %>
<h2><%= it.says.feedback %></h2>
<p class="filters"><a href="/console/opt-outs"<% if (!it.chosen) { %> aria-current="true"<% } %>><%= it.says.all %></a><% for (const one of it.filters) { %> <a href="/console/opt-outs?kind=<%= one.code %>"<% if (one.chosen) { %> aria-current="true"<% } %>><%= one.label %></a><% } %></p>
<%~ it.list %>
<%~ it.pages %>`

const words = {
  fi: {
    title: 'Kiellot ja palaute',
    answer: (people: number, count: string) =>
      people === 0
        ? 'Kukaan ei ole kieltänyt markkinointia.'
        : people === 1
          ? 'Yksi ihminen on kieltänyt markkinoinnin.'
          : `${count} ihmistä on kieltänyt markkinoinnin.`,
    lead: 'Kielto on voimassa heti, mistä tahansa se tuleekin, ja vain henkilön oma uusi lupa kumoaa sen.',
    add: 'Kirjaa kielto, joka tuli muuta kautta',
    addButton: 'Kirjaa kielto',
    addSays: 'Kielto koskee osoitetta, olipa se rekisterissä tai ei.',
    address: 'Sähköpostiosoite',
    channel: 'Miten se tuli',
    evidence: 'Mitä sanottiin, ja missä se on tallessa',
    at: 'Milloin',
    atHint: 'Jätä tyhjäksi, jos juuri nyt.',
    take: 'Vie kiellot vanhaan rekisteriin',
    takeButton: 'Lataa kiellot (.xlsx)',
    takeSays:
      'Luettelossa ovat kieltäneet HenkilöID:n mukaan, ilman nimiä ja osoitteita. Lataamisesta jää merkintä tapahtumalokiin.',
    exportName: 'kiellot.xlsx',
    read: 'Lue palaute työkalusta nyt',
    readSays: 'Palaute luetaan itsestään muutenkin. Tämä ei odota seuraavaa kertaa.',
    feedback: 'Palaute',
    all: 'kaikki',
    none: 'Palautetta ei ole.',
    kind: 'Mitä',
    way: 'Miten',
    campaign: 'Uutiskirje',
    who: 'Kuka',
    effect: 'Vaikutus',
    waits: 'odottaa käsittelyä',
    nobody: 'ei rekisterissä',
    nameless: '(ei nimeä)',
    noAddress: 'Tämä ei ole yksi sähköpostiosoite. Kirjoita se näin: nimi@yritys.example.',
    done: {
      prohibited: 'Kielto on kirjattu, ja se on voimassa heti.',
      known: 'Kielto tiedettiin jo. Se on voimassa.',
      read: 'Palaute on luettu.',
    },
  },
  en: {
    title: 'Opt-outs and feedback',
    answer: (people: number, count: string) =>
      people === 0
        ? 'Nobody has said no to marketing.'
        : people === 1
          ? 'One person has said no to marketing.'
          : `${count} people have said no to marketing.`,
    lead: 'A no holds at once, wherever it comes from, and only a new permission of the person’s own lifts it.',
    add: 'Write down a no that came by another way',
    addButton: 'Write the no down',
    addSays: 'The no is about the address, whether it is in the register or not.',
    address: 'Email address',
    channel: 'How it came',
    evidence: 'What was said, and where it is kept',
    at: 'When',
    atHint: 'Leave it empty for now.',
    take: 'Take the opt-outs to the old register',
    takeButton: 'Download the opt-outs (.xlsx)',
    takeSays:
      'It lists who said no by HenkilöID, without names and addresses. The download is written into the audit trail.',
    exportName: 'opt-outs.xlsx',
    read: 'Read the feedback from the tool now',
    readSays: 'Feedback is read by itself anyway. This does not wait for the next time.',
    feedback: 'Feedback',
    all: 'all',
    none: 'There is no feedback.',
    kind: 'What',
    way: 'How',
    campaign: 'Campaign',
    who: 'Who',
    effect: 'Effect',
    waits: 'waits to be applied',
    nobody: 'not in the register',
    nameless: '(no name)',
    noAddress: 'That is not one email address. Write it like name@company.example.',
    done: {
      prohibited: 'The no is written down, and holds at once.',
      known: 'The no was known already. It holds.',
      read: 'The feedback has been read.',
    },
  },
} as const
