// The pages of a sign-up: the form, "look into your mail", the button that confirms, and what is said when it cannot be done.
import type { Company } from '../../config.ts'
import { otherThan, type PageLanguage } from '../page-language.ts'
import { type PublicPage, rendered } from '../public-page.ts'
import { words } from './join-words.ts'
import { fields, type Mistake, type ReadSignUp } from './read-sign-up.ts'
import { permissionWording } from './wording.ts'

export type JoinPageName = 'form' | 'sent' | 'by-mail' | 'confirm' | 'confirmed' | 'unknown' | 'failed'

export type JoinFacts = {
  company: Company | null
  language: PageLanguage
  /** Only for the form. `again`: it was sent too quickly, or had been open for too long. */
  form?: { stamp: string; read?: ReadSignUp | undefined; again?: boolean }
}

/** One page of a sign-up. */
export function joinPage(name: JoinPageName, { company, language, form }: JoinFacts): PublicPage {
  const says = words[language]
  const address = company?.responsible.email
  const wrong = Object.keys(form?.read?.mistakes ?? {}).length > 0
  const facts = {
    notYet: wrong ? says.wrong : form?.again && says.again,
    ...{ says, address, other: otherThan(language), language, form, notice: company?.notice },
    mailto: address && `mailto:${address}?subject=${encodeURIComponent(says.mailSubject)}`,
    wording: permissionWording(company?.controller.name ?? '', language),
    inputs: form ? inputsOf(language, form.read) : [],
  }
  return {
    language,
    title: wrong ? `${says.wrongTitle}: ${says.title.form}` : says.title[name],
    main: rendered(bodies[name], facts),
    otherLanguage: rendered(name === 'confirmed' || name === 'unknown' ? otherByPost : otherByLink, facts),
  }
}

function inputsOf(language: PageLanguage, read: ReadSignUp | undefined) {
  const says = words[language]
  return fields.map((name) => {
    const mistake: Mistake | undefined = read?.mistakes[name]
    return {
      ...{ name, label: says.label[name], value: read?.typed[name] ?? '', required: name !== 'organisation' },
      ...{ type: name === 'email' ? 'email' : 'text', autocomplete: autocomplete[name] },
      mistake: mistake && (mistake === 'missing' ? says.missing[name] : says.mistake[mistake]),
    }
  })
}

// WCAG 1.3.5: browsers may fill these in.
const autocomplete = {
  firstName: 'given-name',
  lastName: 'family-name',
  email: 'work email',
  organisation: 'organization',
} as const

const write = '<% if (it.mailto) { %> <a href="<%= it.mailto %>"><%= it.address %></a><% } %>'
const simple = (name: Exclude<JoinPageName, 'form'>, more = '') => `<h1><%= it.says.title['${name}'] %></h1>
<p><%= it.says.text['${name}'] %>${more}</p>`

const form = `<h1><%= it.says.title.form %></h1>
<% if (it.notYet) { %><p class="wrong" role="alert"><%= it.notYet %></p>
<% } %><form method="post" novalidate>
<% for (const one of it.inputs) { %><div class="field">
<label for="<%= one.name %>"><%= one.label %></label>
<input id="<%= one.name %>" name="<%= one.name %>" type="<%= one.type %>" value="<%= one.value %>" autocomplete="<%= one.autocomplete %>"\
<% if (one.required) { %> required<% } %><% if (one.mistake) { %> aria-invalid="true" aria-describedby="<%= one.name %>-wrong"<% } %>>
<% if (one.mistake) { %><p class="wrong" id="<%= one.name %>-wrong"><%= one.mistake %></p>
<% } %></div>
<% } %><div class="trap" aria-hidden="true"><label for="homepage"><%= it.says.trap %></label>
<input id="homepage" name="homepage" tabindex="-1" autocomplete="off"></div>
<input type="hidden" name="stamp" value="<%= it.form.stamp %>">
<blockquote><%= it.wording %></blockquote>
<p class="hint"><%= it.says.noticeBefore %> <% if (it.notice) { %><a href="<%= it.notice.url %>"><%= it.says.notice %> \
(<%= it.notice.version %>)</a>.<% } %></p>
<button><%= it.says.join %></button>
</form>
<p class="hint"><%= it.says.next %></p>`

const bodies: Record<JoinPageName, string> = {
  form,
  sent: simple('sent', write),
  'by-mail': simple('by-mail', write),
  confirm: `${simple('confirm')}
<form method="post"><button name="confirm" value="1"><%= it.says.confirm %></button></form>`,
  confirmed: simple('confirmed'),
  unknown: `${simple('unknown')}
<p><a href="../../join?lang=<%= it.language %>"><%= it.says.joinAgain %></a></p>`,
  failed: simple('failed', write),
}

const otherByLink =
  '<a href="?lang=<%= it.other %>" lang="<%= it.other %>" hreflang="<%= it.other %>"><%= it.says.otherLanguage %></a>'

// A link would lead back to the button; a repeated confirmation changes nothing.
const otherByPost = `<form method="post" action="?lang=<%= it.other %>"><button class="plain" lang="<%= it.other %>"><%= it.says.otherLanguage %></button></form>`
