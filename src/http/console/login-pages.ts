// The pages before anybody is in: login, the first code, the choice of a password, the recovery codes.
import { renderSVG } from 'uqr'
import type { PageLanguage } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import type { ConsolePage } from './console-page.ts'

type Why = 'wrong' | 'often' | 'short' | 'long' | 'differs' | 'code'

/** Name, password and one-time code. */
export function loginPage(language: PageLanguage, { name = '', why }: { name?: string; why?: Why } = {}): ConsolePage {
  return pageOf(language, 'login', login, { name, why })
}

/** The code that the command line gave. */
export function firstPage(language: PageLanguage, { code, why }: { code: string; why?: Why }): ConsolePage {
  return pageOf(language, 'first', first, { code, why })
}

/** A password and a second factor, chosen at the first entry. */
export function enrolPage(
  language: PageLanguage,
  facts: { csrf: string; name: string; secret: string; address: string; why?: Why },
): ConsolePage {
  const qr = renderSVG(facts.address, { border: 0 })
  return pageOf(language, 'enrol', enrol, { why: undefined, ...facts, qr })
}

/** Recovery codes, shown this once. */
export function recoveryPage(language: PageLanguage, codes: string[]): ConsolePage {
  return pageOf(language, 'recovery', recovery, { codes, why: undefined })
}

type PageName = 'login' | 'first' | 'enrol' | 'recovery'

function pageOf(language: PageLanguage, name: PageName, body: string, facts: Record<string, unknown>): ConsolePage {
  const says = words[language]
  return { language, title: says.title[name], main: rendered(body, { ...facts, says }), narrow: true }
}

const mistake = '<% if (it.why) { %><p class="notice wrong" role="alert"><%= it.says.why[it.why] %></p><% } %>'

const login = `<h1><%= it.says.title.login %></h1>
${mistake}
<form method="post">
<div class="field"><label for="name"><%= it.says.name %></label><input id="name" name="name" value="<%= it.name %>" autocomplete="username" autocapitalize="none" spellcheck="false" required></div>
<div class="field"><label for="password"><%= it.says.password %></label><input id="password" name="password" type="password" autocomplete="current-password" required></div>
<div class="field"><label for="code"><%= it.says.code %></label><input id="code" class="code" name="code" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" aria-describedby="code-hint" required>
<p class="hint" id="code-hint"><%= it.says.codeHint %></p></div>
<button class="main"><%= it.says.enter %></button>
</form>
<p class="hint"><a href="/console/first"><%= it.says.toFirst %></a></p>`

const first = `<h1><%= it.says.title.first %></h1>
<p><%= it.says.firstHint %></p>
${mistake}
<form method="post" action="/console/first">
<div class="field"><label for="code"><%= it.says.firstCode %></label><input id="code" name="code" value="<%= it.code %>" autocomplete="off" autocapitalize="none" spellcheck="false" required></div>
<button class="main"><%= it.says.goOn %></button>
</form>
<p class="hint"><a href="/console/login"><%= it.says.toLogin %></a></p>`

const enrol = `<h1><%= it.says.title.enrol %></h1>
${mistake}
<form method="post">
<input type="hidden" name="csrf" value="<%= it.csrf %>"><input type="text" class="unseen" name="name" value="<%= it.name %>" autocomplete="username" tabindex="-1" aria-hidden="true" readonly>
<div class="field"><label for="password"><%= it.says.newPassword %></label><input id="password" name="password" type="password" autocomplete="new-password" aria-describedby="password-hint" required>
<p class="hint" id="password-hint"><%= it.says.passwordHint %></p></div>
<div class="field"><label for="again"><%= it.says.again %></label><input id="again" name="again" type="password" autocomplete="new-password" required></div>
<h2><%= it.says.second %></h2>
<p><%= it.says.secondHint %></p>
<div class="qr" role="img" aria-label="<%= it.says.qr %>"><%~ it.qr %></div>
<p class="hint"><%= it.says.byHand %> <code><%= it.secret.replace(/(.{4})(?=.)/g, '$1 ') %></code></p>
<div class="field"><label for="code"><%= it.says.codeNow %></label><input id="code" class="code" name="code" inputmode="numeric" autocomplete="one-time-code" required></div>
<button class="main"><%= it.says.ready %></button>
</form>`

const recovery = `<h1><%= it.says.title.recovery %></h1>
<p><%= it.says.recoveryHint %></p>
<ul class="codes"><% for (const code of it.codes) { %><li><%= code %></li><% } %></ul>
<p><a class="button main" href="/console"><%= it.says.toConsole %></a></p>`

const words = {
  fi: {
    title: {
      login: 'Kirjaudu',
      first: 'Ensimmäinen kirjautuminen',
      enrol: 'Valitse salasana ja ota kertakoodit käyttöön',
      recovery: 'Pane nämä talteen',
    },
    name: 'Käyttäjätili',
    password: 'Salasana',
    code: 'Kertakoodi',
    codeHint: 'Kuusi numeroa todennussovelluksesta, tai yksi varakoodeistasi.',
    enter: 'Kirjaudu',
    toFirst: 'Minulla on kertakäyttöinen avauskoodi',
    firstHint: 'Anna avauskoodi, jonka sait komennolta `lupa account add` tai käynnistyksen yhteydessä.',
    firstCode: 'Avauskoodi',
    goOn: 'Jatka',
    toLogin: 'Minulla on jo salasana',
    newPassword: 'Uusi salasana',
    passwordHint: 'Vähintään 12 merkkiä. Pituus auttaa eniten: muutama sana peräkkäin on hyvä.',
    again: 'Sama uudelleen',
    second: 'Kertakoodit',
    secondHint:
      'Lue kuvio puhelimesi todennussovelluksella. Sovellus näyttää sen jälkeen kuuden numeron koodin, joka vaihtuu puolen minuutin välein.',
    qr: 'Kuvio todennussovellukselle; sama avain on alla tekstinä',
    byHand: 'Tai kirjoita avain sovellukseen:',
    codeNow: 'Koodi, jonka sovellus näyttää nyt',
    ready: 'Valmis',
    recoveryHint:
      'Jos puhelimesi katoaa, kirjaudut jollakin näistä kertakoodin sijaan. Kukin käy kerran. Niitä ei näytetä uudelleen.',
    toConsole: 'Olen pannut ne talteen',
    why: {
      wrong: 'Kirjautuminen ei onnistunut. Tarkista tiedot ja yritä uudelleen.',
      often: 'Yrityksiä on ollut liian monta. Yritä uudelleen neljännestunnin kuluttua.',
      short: 'Salasanassa on oltava vähintään 12 merkkiä.',
      long: 'Salasana on liian pitkä: enintään 200 merkkiä.',
      differs: 'Salasanat eivät ole samat.',
      code: 'Kertakoodi ei käy. Anna se, jonka sovellus näyttää nyt; tarkista myös puhelimen kello.',
    },
  },
  en: {
    title: {
      login: 'Log in',
      first: 'The first time',
      enrol: 'Choose a password and set up one-time codes',
      recovery: 'Keep these in a safe place',
    },
    name: 'Account',
    password: 'Password',
    code: 'One-time code',
    codeHint: 'Six digits from your authenticator app, or one of your recovery codes.',
    enter: 'Log in',
    toFirst: 'I have a code for the first time',
    firstHint: 'Give the code that `lupa account add` or the first start showed.',
    firstCode: 'First code',
    goOn: 'Go on',
    toLogin: 'I have a password already',
    newPassword: 'New password',
    passwordHint: 'At least 12 characters. Length helps most: a few words in a row are good.',
    again: 'The same again',
    second: 'One-time codes',
    secondHint:
      'Read the pattern with the authenticator app of your phone. The app then shows a code of six digits that changes every half a minute.',
    qr: 'Pattern for the authenticator app; the same key is below as text',
    byHand: 'Or type the key into the app:',
    codeNow: 'The code that the app shows now',
    ready: 'Ready',
    recoveryHint:
      'If you lose your phone, log in with one of these instead of the one-time code. Each works once. They are not shown again.',
    toConsole: 'I have kept them',
    why: {
      wrong: 'That did not work. Check what you typed and try again.',
      often: 'There have been too many tries. Try again in a quarter of an hour.',
      short: 'A password has at least 12 characters.',
      long: 'That password is too long: at most 200 characters.',
      differs: 'The two passwords are not the same.',
      code: 'That code does not fit. Give the one the app shows now, and check the clock of the phone.',
    },
  },
} as const
