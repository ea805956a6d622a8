// Disclosures: everything that was handed to anybody outside, the tool included; and writing one down before it is made.
import { z } from 'zod'
import { categoryWords } from '../../compliance/inventory-words.ts'
import { BadInput } from '../../domain/errors.ts'
import { disclosableFields, handOver } from '../../operator/disclosure-orders.ts'
import { pageSize } from '../../register/console-overview.ts'
import { type DisclosureLine, listAgreements, listDisclosures } from '../../register/disclosures.ts'
import { type PageLanguage, pageTime } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import { codeWord } from './code-words.ts'
import type { ConsoleScope, Desk } from './console-routes.ts'
import { listTable } from './list-table.ts'
import { given, orderForm } from './order-form.ts'
import { inDigits, pageAsked, pageLinks } from './page-parts.ts'
import { personNamed } from './person-named.ts'

const here = '/console/disclosures'

/** Adds the register of disclosures. */
export function disclosureRoutes({ page, order }: ConsoleScope): void {
  page(here, async (desk, request) => {
    const { done } = z
      .object({ done: z.literal('yes').nullable().catch(null) })
      .parse({ done: null, ...(request.query as object) })
    return sendList(desk, pageAsked(request.query), done !== null)
  })
  order(`${here}/record`, async (desk, request) => {
    const { context, language } = desk
    const { company } = context.config
    if (!company) throw new BadInput(words[language].noCompany)
    const line = z.string().trim().max(2000)
    const form = z.object({
      ...{ people: z.string().max(20_000), to: line.min(1), purpose: line.min(1), law: line.default('') },
      fields: z.preprocess((one) => (Array.isArray(one) ? one : [one]), z.array(z.string().max(40)).min(1)),
    })
    const { people, to, purpose, law, fields } = given(request, form, language)
    const personIds = new Set<string>()
    for (const one of people.split('\n').filter((text) => text.trim() !== ''))
      personIds.add(await personNamed(desk, one))
    if (personIds.size === 0) throw new BadInput(words[language].nobody)
    const handed = { to, fields, purpose, law: law || null, personIds: [...personIds], at: context.clock() }
    await handOver(context.db, company, handed, desk.session.account.name)
    return `${here}?done=yes`
  })
}

async function sendList(desk: Desk, page: number, done: boolean) {
  const { context, language } = desk
  const { db, config } = context
  const [found, agreements, count] = await Promise.all([
    ...([listDisclosures(db, { most: pageSize + 1, skip: page * pageSize }), listAgreements(db)] as const),
    Promise.all([db.disclosure.count(), db.campaign.count({ where: { firstDisclosedAt: { not: null } } })]),
  ])
  const says = words[language]
  const many = count[0] + count[1]
  const known = config.company?.disclosures.map(({ to }) => to) ?? []
  const main = rendered(body, {
    ...{ says, done: done ? says.done : null, answer: says.answer(many, inDigits(many, language)) },
    list: listTable({
      ...{ label: says.title, none: says.none, rows: found.slice(0, pageSize).map((one) => lineOf(one, language)) },
      columns: [
        says.at,
        { name: says.to, text: true },
        { name: says.purpose, text: true },
        { name: says.fields, text: true },
        { name: says.people, number: true },
        says.decidedBy,
      ],
    }),
    pages: pageLinks(page, found.length > pageSize, language),
    form: orderForm(desk, {
      ...{
        action: `${here}/record`,
        fold: says.record,
        button: says.recordButton,
        says: known.length > 0 ? says.known(known.join(', ')) : says.nobodyKnown,
      },
      fields: [
        { kind: 'area', name: 'people', label: says.whose, hint: says.whoseHint, required: true },
        { kind: 'text', name: 'to', label: says.to, required: true },
        { kind: 'text', name: 'purpose', label: says.purpose, required: true },
        ...disclosableFields()
          .filter((one) => ['name', 'work', 'contact', 'activity', 'permission', 'confidential'].includes(one))
          .map((one) => ({
            ...({ kind: 'check', name: 'fields', value: one } as const),
            label: categoryWords[one]?.[language] ?? one,
          })),
        { kind: 'text', name: 'law', label: says.law, hint: says.lawHint },
      ],
    }),
    agreements: listTable({
      ...{
        label: says.agreements,
        none: says.none,
        columns: [says.tool, { name: says.agreement, text: true }, says.mechanism, says.checked, says.nextCheck],
      },
      rows: agreements.map((one) => [
        ...[one.tool, `${one.agreement}, ${day(one.agreedOn, language)}`, one.mechanism],
        ...[day(one.checkedOn, language), day(one.nextCheck, language)],
      ]),
    }),
  })
  return desk.send({ title: says.title, here, main })
}

function lineOf(one: DisclosureLine, language: PageLanguage) {
  const says = words[language]
  return [
    pageTime(one.at, language),
    { text: one.recipient, also: `${codeWord('handed', one.reason, language)}: ${one.ground}` },
    one.campaignId ? { text: one.purpose, href: `/console/campaigns/${one.campaignId}` } : one.purpose,
    one.campaignId ? says.three : one.fields.map((field) => categoryWords[field]?.[language] ?? field).join(', '),
    inDigits(one.people, language),
    one.decidedBy,
  ]
}

const day = (at: Date, language: PageLanguage) =>
  new Intl.DateTimeFormat(language === 'fi' ? 'fi-FI' : 'en-GB', { timeZone: 'UTC', dateStyle: 'medium' }).format(at)

const body = `<% if (it.done) { %><p class="notice" role="status"><%= it.done %></p><% } %>
<h1 class="answer"><%= it.answer %></h1>
<p class="lead"><%= it.says.lead %></p>
<%~ it.form %>
<%~ it.list %>
<%~ it.pages %>
<h2><%= it.says.agreements %></h2>
<%~ it.agreements %>`

const words = {
  fi: {
    title: 'Luovutukset',
    answer: (count: number, shown: string) =>
      count === 0
        ? 'Mitään ei ole luovutettu kenellekään.'
        : count === 1
          ? 'Tietoja on luovutettu kerran.'
          : `Tietoja on luovutettu ${shown} kertaa.`,
    lead: 'Jokainen luovutus kirjataan ennen kuin se tehdään. Uutiskirjeet ovat tässä itsestään.',
    done: 'Luovutus on kirjattu. Tiedot voi nyt antaa.',
    none: 'Ei ole.',
    at: 'Milloin',
    to: 'Kenelle',
    purpose: 'Mihin',
    fields: 'Mitkä tiedot',
    people: 'Ihmisiä',
    decidedBy: 'Päätti',
    three: 'etunimi, sukunimi, työsähköposti',
    record: 'Kirjaa luovutus',
    recordButton: 'Kirjaa luovutus',
    known: (names: string) =>
      `Luvallisia vastaanottajia ovat ${names}. Viranomaiselle luovutus tarvitsee lain, joka siihen velvoittaa.`,
    nobodyKnown:
      'Luvallisia vastaanottajia ei ole; ne nimetään tiedostossa lupa.yaml. Viranomaiselle luovutus tarvitsee lain, joka siihen velvoittaa.',
    whose: 'Kenen tietoja',
    whoseHint: 'Yksi riville: koko nimi tai sähköpostiosoite.',
    law: 'Laki ja pykälä, joka velvoittaa',
    lawHint: 'Vain viranomaiselle luovutettaessa.',
    nobody: 'Kerro, kenen tietoja luovutetaan.',
    noCompany: 'Yrityksen tiedot puuttuvat: tee lupa.yaml komennolla lupa init.',
    agreements: 'Postitustyökalun sopimus ja siirron peruste',
    tool: 'Työkalu',
    agreement: 'Sopimus',
    mechanism: 'Siirron peruste',
    checked: 'Tarkistettu',
    nextCheck: 'Tarkistettava',
  },
  en: {
    title: 'Disclosures',
    answer: (count: number, shown: string) =>
      count === 0
        ? 'Nothing has been disclosed to anybody.'
        : count === 1
          ? 'Data have been disclosed once.'
          : `Data have been disclosed ${shown} times.`,
    lead: 'Every disclosure is written down before it is made. Campaigns are here by themselves.',
    done: 'The disclosure is written down. The data may be handed over now.',
    none: 'There is none.',
    at: 'When',
    to: 'To whom',
    purpose: 'What for',
    fields: 'Which data',
    people: 'People',
    decidedBy: 'Decided by',
    three: 'first name, last name, work email',
    record: 'Write a disclosure down',
    recordButton: 'Write it down',
    known: (names: string) => `Allowed are ${names}. For an authority there must be a law that asks.`,
    nobodyKnown: 'Nobody is allowed yet; lupa.yaml names them. For an authority there must be a law that asks.',
    whose: 'Whose data',
    whoseHint: 'One a line: the whole name or the address.',
    law: 'The law that asks, with its section',
    lawHint: 'Only for an authority.',
    nobody: 'Say whose data are disclosed.',
    noCompany: 'There is no lupa.yaml: make one with lupa init.',
    agreements: 'The tool’s agreement and the ground of the transfer',
    tool: 'Tool',
    agreement: 'Agreement',
    mechanism: 'Ground of the transfer',
    checked: 'Checked',
    nextCheck: 'Next check',
  },
} as const
