// The first page: who is in the tool now, what is on its way, what waits for a person.
import type { AlarmKind } from '../../domain/alarm.ts'
import { alarmsOn } from '../../register/alarms.ts'
import { listCampaigns } from '../../register/campaigns.ts'
import {
  exposureOf,
  type FeedbackLine,
  feedbackPage,
  lastEmptied,
  reviewCounts,
} from '../../register/console-overview.ts'
import { peopleInTools, waitingNow } from '../../register/figures.ts'
import { openRequests } from '../../register/requests.ts'
import { setAsideCounts } from '../../register/set-aside.ts'
import { type PageLanguage, pageTime } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import { stateOf } from './campaign-words.ts'
import type { ConsoleScope, Desk } from './console-routes.ts'
import { feedbackTable } from './feedback-table.ts'
import { sentenceIn } from './finnish/sentence.ts'
import { type LiveStreams, liveScript, tellChanges } from './live.ts'
import { exposureChart, inDigits, span } from './page-parts.ts'

/** Adds the page and what keeps it up to date. */
export function nowRoutes({ page }: ConsoleScope, streams: LiveStreams): void {
  page('/console', async (desk) => {
    const facts = await factsOf(desk)
    const script = liveScript('/console/live')
    return desk.send({ title: facts.says.title, here: '/console', main: rendered(body, facts), script })
  })
  page('/console/live', async (desk, _request, reply) => tellChanges(streams, desk, reply, null))
}

async function factsOf({ context, language }: Desk) {
  const { db, clock, config } = context
  const now = clock()
  const [people, open, last, feedback, reviews, waiting, asked, alarms, aside] = await Promise.all([
    ...([peopleInTools(db), listCampaigns(db, { open: true })] as const),
    ...([lastEmptied(db), feedbackPage(db, { rows: 40 }), reviewCounts(db), waitingNow(db, now)] as const),
    openRequests(db, now),
    ...([alarmsOn(db), setAsideCounts(db)] as const),
  ])
  const says = words[language]
  const count = (many: number) => inDigits(many, language)
  const living = open.filter(({ state }) => state !== 'closed')
  const campaigns = await Promise.all(
    living.map(async (one) => {
      const exposure = await exposureOf(db, one.id, now)
      return {
        ...{
          id: one.id,
          name: one.name,
          state: stateOf(one, language),
          halted: one.haltedBecause && sentenceIn(one.haltedBecause, language),
        },
        lines: timesOf(one, now, language),
        chart: exposure && exposureChart(exposure, language),
      }
    }),
  )
  const drafts = living.filter(({ state }) => state === 'draft').length
  const stuck = aside.job + aside.feedback + aside.delivery
  const items = reviews.reduce((sum, one) => sum + one.items, 0)
  const halted = living.filter(({ state }) => state === 'halted')
  const late = living.filter(({ deadline, state }) => deadline && deadline < now && state !== 'draft')
  return {
    ...{ says, language, campaigns, drafts },
    answer: people === 0 ? says.nobody : says.somebody(people, count(people)),
    never: people === 0,
    last: last && { ...last, at: pageTime(last.at, language) },
    feedback: feedbackTable(latest(feedback.rows), language),
    tasks: [
      ...halted.map((one) => ({ text: says.halted(one.name), href: `/console/campaigns/${one.id}`, alarm: true })),
      ...late.map((one) => ({ text: says.late(one.name), href: `/console/campaigns/${one.id}`, alarm: true })),
      ...(waiting.oldestSeconds * 1000 > config.feedbackAlarmMs
        ? [{ text: says.stuck(count(waiting.waiting)), href: '/console/settings', alarm: true }]
        : []),
      ...(asked.open > 0 && asked.next
        ? [
            {
              text: says.requests(count(asked.open), pageTime(new Date(asked.next.getTime() - 60_000), language)),
              href: '/console/requests',
              alarm: asked.overdue > 0,
            },
          ]
        : []),
      ...alarms.flatMap(({ kind, campaign, campaignId }) => {
        const text = says.alarms[kind]
        const href = campaignId ? `/console/campaigns/${campaignId}` : '/console/settings'
        return text ? [{ text: text(campaign ?? ''), href, alarm: true }] : []
      }),
      ...(stuck > 0 ? [{ text: says.aside(count(stuck)), href: '/console/settings#set-aside', alarm: true }] : []),
      ...(items > 0 ? [{ text: says.reviews(count(items)), href: '/console/reviews', alarm: false }] : []),
    ],
  }
}

/** The latest who said no, each once: the same no comes by several ways. */
function latest(rows: FeedbackLine[]): FeedbackLine[] {
  const said = rows.filter(({ kind }) => kind === 'opted-out' || kind === 'complained')
  const who = (one: FeedbackLine) => `${one.personId ?? one.id} ${one.campaignId}`
  // The earliest news of each is the one that counted; rows are newest first.
  return said.filter((one, place) => said.findLastIndex((other) => who(other) === who(one)) === place).slice(0, 5)
}

type Open = Awaited<ReturnType<typeof listCampaigns>>[number]

function timesOf({ sendAt, sentAt, settleUntil, deadline, state }: Open, now: Date, language: PageLanguage): string[] {
  const says = words[language]
  const left = settleUntil ? settleUntil.getTime() - now.getTime() : 0
  return [
    ...(sentAt ? [says.sent(pageTime(sentAt, language))] : []),
    ...(!sentAt && sendAt ? [says.sends(pageTime(sendAt, language))] : []),
    ...(state === 'sent' && left > 0 ? [says.settles(span(left, language))] : []),
    ...(deadline ? [says.emptyBy(pageTime(deadline, language))] : []),
  ]
}

const body = `<div data-live="now">
<h1 class="answer"><%= it.answer %></h1>
<% if (it.last) { %><p class="lead"><%= it.says.lastEmptied %> <%= it.last.at %> · <a href="/console/campaigns/<%= it.last.id %>/certificate"><%= it.says.certificate %></a></p><% } else if (it.never) { %><p class="lead"><%= it.says.never %></p><% } %>
<% for (const one of it.campaigns) { %><section class="open">
<h2><a href="/console/campaigns/<%= one.id %>"><bdi><%= one.name %></bdi></a> <span class="state"><%= one.state %></span></h2>
<% if (one.lines.length > 0) { %><p class="quiet"><%= one.lines.join(' · ') %></p><% } %>
<% if (one.chart) { %><%~ one.chart %><% } %></section><% } %>
<% if (it.tasks.length > 0) { %><h2><%= it.says.waits %></h2>
<ul class="tasks"><% for (const one of it.tasks) { %><li<% if (one.alarm) { %> class="wrong"<% } %>><a href="<%= one.href %>"><bdi><%= one.text %></bdi></a></li><% } %></ul><% } else { %><p class="quiet"><%= it.says.nothing %></p><% } %>
<h2><%= it.says.latest %></h2>
<%~ it.feedback %>
</div>`

/** Those that the page does not tell by itself. */
type AlarmWords = Partial<Record<AlarmKind, (name: string) => string>>

const words = {
  fi: {
    title: 'Nyt',
    nobody: 'Postitustyökalussa ei ole nyt ketään.',
    somebody: (people: number, count: string) =>
      people === 1 ? 'Postitustyökalussa on nyt yksi ihminen.' : `Postitustyökalussa on nyt ${count} ihmistä.`,
    lastEmptied: 'Viimeksi tyhjennetty ja tarkistettu',
    certificate: 'todistus',
    never: 'Sinne ei ole vielä viety ketään.',
    sent: (at: string) => `lähetetty ${at}`,
    sends: (at: string) => `lähtee ${at}`,
    settles: (left: string) => `palautetta kerätään vielä ${left}`,
    emptyBy: (at: string) => `tyhjennetään viimeistään ${at}`,
    waits: 'Odottaa sinua',
    nothing: 'Mikään ei odota sinua.',
    requests: (count: string, by: string) => `${count} pyyntö${count === '1' ? '' : 'ä'}, vastattava viimeistään ${by}`,
    reviews: (count: string) => `${count} tarkistettavaa`,
    halted: (name: string) => `${name} on pysähtynyt`,
    late: (name: string) => `${name}: määräaika on ohi, ja työkalua tyhjennetään vielä`,
    stuck: (count: string) => `${count} palautetta odottaa käsittelyä liian kauan`,
    aside: (count: string) =>
      count === '1'
        ? 'Yksi asia ei mene läpi: se on pantu syrjään'
        : `${count} asiaa ei mene läpi: ne on pantu syrjään`,
    latest: 'Uusimmat kiellot',
    alarms: {
      'deadline-near': (name) => `${name}: määräaika lähestyy, ja työkalussa on vielä ihmisiä`,
      'links-guessed': (name) => `${name}: joku kokeilee kieltolinkkejä, jotka eivät ole kenenkään`,
      'webhook-missing': (name) => `${name}: työkalu ei pysty kertomaan kielloista heti`,
      'transfer-lapsed': () => 'Tietojen siirto työkaluun on tarkistettava ennen seuraavaa kampanjaa',
    } satisfies AlarmWords as AlarmWords,
  },
  en: {
    title: 'Now',
    nobody: 'Nobody is in the tool now.',
    somebody: (people: number, count: string) =>
      people === 1 ? 'One person is in the tool now.' : `${count} people are in the tool now.`,
    lastEmptied: 'Last emptied and verified',
    certificate: 'certificate',
    never: 'Nobody has been taken there yet.',
    sent: (at: string) => `sent ${at}`,
    sends: (at: string) => `leaves ${at}`,
    settles: (left: string) => `feedback is gathered for ${left} more`,
    emptyBy: (at: string) => `empty by ${at} at the latest`,
    waits: 'Waits for you',
    nothing: 'Nothing waits for you.',
    requests: (count: string, by: string) => `${count} request${count === '1' ? '' : 's'}, to be answered by ${by}`,
    reviews: (count: string) => `${count} to review`,
    halted: (name: string) => `${name} has stopped`,
    late: (name: string) => `${name}: the deadline is over, and the tool is still being emptied`,
    stuck: (count: string) => `${count} pieces of feedback have waited too long`,
    aside: (count: string) =>
      count === '1'
        ? 'One thing cannot go through: it is set aside'
        : `${count} things cannot go through: they are set aside`,
    latest: 'Latest opt-outs',
    alarms: {
      'deadline-near': (name) => `${name}: the deadline is near, and people are still in the tool`,
      'links-guessed': (name) => `${name}: somebody tries opt-out links that are nobody’s`,
      'webhook-missing': (name) => `${name}: the tool cannot tell opt-outs at once`,
      'transfer-lapsed': () => 'The transfer to the tool must be checked before the next campaign',
    } satisfies AlarmWords as AlarmWords,
  },
} as const
