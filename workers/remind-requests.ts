// Somebody asked about their data and waits: whoever is responsible is reminded a week before the month is over, then every day.
import type { Company } from '../src/config.ts'
import { openMailer } from '../src/mail/mailer.ts'
import { type DueRequest, markReminded, requestsToRemind } from '../src/register/requests.ts'
import { allTold, mailAll, type News } from './mail-all.ts'
import { processor, type StepContext } from './processor.ts'

export const remindRequests = processor('remind-requests', async (_payload, ctx) => {
  const { db, clock, config, log } = ctx
  const due = await requestsToRemind(db, clock())
  if (due.length === 0) return
  const overdue = due.filter((one) => one.overdue).length
  if (overdue > 0) log.error({ overdue }, 'requests of people are overdue')
  else log.warn({ requests: due.length }, 'requests of people are due soon')
  const { company, smtpUrl } = config
  const news = company && smtpUrl ? await mailed(ctx, company, smtpUrl, due) : null
  if (news === 'unfinished') return
  await markReminded(
    db,
    due.map(({ id }) => id),
    clock(),
  )
  if (news) await allTold(ctx, news)
})

/** Mails the reminder to whoever did not get it today; returns what was told, or `unfinished` where somebody could not be reached. */
async function mailed(
  ctx: StepContext,
  company: Company,
  smtpUrl: string,
  due: DueRequest[],
): Promise<News<DueRequest> | 'unfinished'> {
  const { responsible, alarms, controller } = company
  const mailer = openMailer(smtpUrl, { name: controller.name, address: responsible.email })
  const today = ctx.clock().toLocaleDateString('sv-SE', { timeZone: 'Europe/Helsinki' })
  const news: News<DueRequest> = {
    things: due,
    about: ({ id }) => `request|${id}|${today}`,
    mail: (requests) => reminder(company, requests),
  }
  return (await mailAll(ctx, mailer, [responsible.email, ...alarms], news)) ? news : 'unfinished'
}

/** The reminder, without anybody's name: numbers, kinds and days. */
export function reminder(
  { language }: Pick<Company, 'language'>,
  due: DueRequest[],
): { subject: string; text: string } {
  const says = words[language]
  const lines = due.map(({ id, kind, due: at, overdue }) => {
    // Due is the first instant that is too late: the day before is the last one.
    const day = new Date(at.getTime() - 1).toLocaleDateString(says.locale, { timeZone: 'Europe/Helsinki' })
    return `  ${id}  ${says.kinds[kind]}  ${overdue ? says.overdue(day) : says.by(day)}`
  })
  return { subject: says.subject, text: `${says.lead}\n\n${lines.join('\n')}\n\n${says.how}\n` }
}

const words = {
  fi: {
    locale: 'fi-FI',
    subject: 'Tietopyyntö odottaa vastausta',
    lead: 'Näihin henkilöiden omia tietojaan koskeviin pyyntöihin on vastattava:',
    by: (day: string) => `viimeistään ${day}`,
    overdue: (day: string) => `MYÖHÄSSÄ, viimeinen päivä oli ${day}`,
    how: 'Luettelo: lupa request list',
    kinds: {
      access: 'tietojen näyttäminen',
      correction: 'korjaus',
      erasure: 'poisto',
      restriction: 'rajoittaminen',
      objection: 'vastustaminen',
      portability: 'siirto',
      'consent-withdrawal': 'suostumuksen peruminen',
    },
  },
  en: {
    locale: 'en-GB',
    subject: 'A request about personal data waits for its answer',
    lead: 'These requests of people about their own data must be answered:',
    by: (day: string) => `by ${day} at the latest`,
    overdue: (day: string) => `OVERDUE, the last day was ${day}`,
    how: 'The list: lupa request list',
    kinds: {
      access: 'access',
      correction: 'correction',
      erasure: 'erasure',
      restriction: 'restriction',
      objection: 'objection',
      portability: 'portability',
      'consent-withdrawal': 'withdrawal of consent',
    },
  },
}
