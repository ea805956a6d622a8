// The page behind the opt-out link: one question, one button; no script, no asset of others (law-and-optout.md §3.3).
import type { Company } from '../../config.ts'
import { otherThan, type PageLanguage, pageTime } from '../page-language.ts'
import { type PublicPage, rendered } from '../public-page.ts'

/** What the page says: the question, the answer, the answer to "this was a mistake", or that it did not work. */
export type OptOutState = 'question' | 'done' | 'mistake' | 'failed'

export type OptOutFacts = {
  company: Company | null
  language: PageLanguage
  at: Date
  /** The two ids of the link, for the subject of a mail to us; null when it has other ones than a link of ours could. */
  ids: { campaign: string; recipient: string } | null
}

/** The page in one of its four states. The same for links we do not know. */
export function optOutPage(state: OptOutState, { company, language, at, ids }: OptOutFacts): PublicPage {
  const says = words[language]
  const other = otherThan(language)
  const address = company?.responsible.email
  const named = ids && state !== 'mistake' ? ` ${ids.campaign} ${ids.recipient}` : ''
  const mailto = address && `mailto:${address}?subject=${encodeURIComponent(`${says.subject}${named}`)}`
  const facts = { state, says, language, address, mailto, other, at: pageTime(at, language) }
  return {
    language,
    title: says.title[state],
    main: rendered(bodies[state], facts),
    otherLanguage: rendered(state === 'question' ? otherByLink : otherByPost, facts),
  }
}

const words = {
  fi: {
    title: {
      question: 'Et halua enää uutiskirjeitämme?',
      done: 'Selvä. Et saa enää uutiskirjeitä.',
      mistake: 'Kiitos, pyyntösi on kirjattu.',
      failed: 'Emme saaneet tätä kirjattua.',
    },
    subject: 'Kielto',
    button: 'En halua',
    orWrite: 'Voit myös kirjoittaa:',
    when: 'Kielto tuli voimaan heti,',
    stillComing: 'Jos viestejä tulee vielä, kirjoita:',
    wasMistake: 'Tämä oli vahinko',
    stays: 'Kielto pysyy silti voimassa, kunnes annat uuden luvan. Jos haluat kertoa lisää, kirjoita:',
    joinAgain: 'Anna uusi lupa',
    retry: 'Yritä hetken kuluttua uudelleen, tai kirjoita, niin hoidamme asian puolestasi:',
    otherLanguage: 'In English',
  },
  en: {
    title: {
      question: 'No more newsletters from us?',
      done: 'Done. You will get no more newsletters.',
      mistake: 'Thank you, your request is written down.',
      failed: 'We could not write this down.',
    },
    subject: 'Opt-out',
    button: 'No more',
    orWrite: 'You can also write to:',
    when: 'It took effect at once,',
    stillComing: 'If mail still comes, write to:',
    wasMistake: 'This was a mistake',
    stays: 'You still get no newsletters until you give a new permission. If you want to tell us more, write to:',
    joinAgain: 'Give a new permission',
    retry: 'Try again in a moment, or write to us and we will do it for you:',
    otherLanguage: 'Suomeksi',
  },
} as const

const write = '<% if (it.mailto) { %> <a href="<%= it.mailto %>"><%= it.address %></a><% } %>'
const ask = '<form method="post"><button name="confirm" value="1"><%= it.says.button %></button></form>'

const bodies: Record<OptOutState, string> = {
  question: `<h1><%= it.says.title.question %></h1>
${ask}
<p class="hint"><%= it.says.orWrite %>${write}</p>`,
  done: `<h1><%= it.says.title.done %></h1>
<p><%= it.says.when %> <%= it.at %>.</p>
<p><%= it.says.stillComing %>${write}</p>
<form method="post"><button class="plain" name="mistake" value="1"><%= it.says.wasMistake %></button></form>`,
  mistake: `<h1><%= it.says.title.mistake %></h1>
<p><%= it.says.stays %>${write}</p>
<p><a href="../../join?lang=<%= it.language %>"><%= it.says.joinAgain %></a></p>`,
  failed: `<h1><%= it.says.title.failed %></h1>
<p><%= it.says.retry %>${write}</p>
${ask}`,
}

const otherByLink =
  '<a href="?lang=<%= it.other %>" lang="<%= it.other %>" hreflang="<%= it.other %>"><%= it.says.otherLanguage %></a>'

// What was posted is posted again, in the other language: a link would lead back to the question. Repeats are harmless.
const otherByPost = `<form method="post" action="?lang=<%= it.other %>"><button class="plain" lang="<%= it.other %>" \
name="<%= it.state === 'mistake' ? 'mistake' : 'confirm' %>" value="1"><%= it.says.otherLanguage %></button></form>`
