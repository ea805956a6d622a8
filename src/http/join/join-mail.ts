// The mails a sign-up causes. Nothing that was typed stands in them: the form must not carry anybody's text to a stranger.
import type { Company } from '../../config.ts'
import type { OwnMail } from '../../mail/mailer.ts'
import { type PageLanguage, pageTime } from '../page-language.ts'

export type ConfirmationFacts = { link: string; until: Date; wording: string }

/** Asks the owner of the address to confirm; without it nothing happens. */
export function confirmationMail(
  company: Company,
  language: PageLanguage,
  { link, until, wording }: ConfirmationFacts,
): Omit<OwnMail, 'to'> {
  const says = confirmation[language]
  const { url, version } = company.notice
  const text = `${says.hello}

${link}

${says.until(pageTime(until, language))}

${says.permission}
"${wording}"

${says.notice} (${version}): ${url}
`
  return { subject: says.subject, text: `${text}${signature(company)}` }
}

const confirmation = {
  fi: {
    subject: 'Vahvista uutiskirjeen tilaus',
    hello: `Hei,

tähän osoitteeseen on tilattu uutiskirjeemme. Vahvista tilaus avaamalla sivu ja painamalla sen painiketta:`,
    until: (time: string) =>
      `Linkki toimii ${time} asti. Jos et tilannut uutiskirjettä, älä tee mitään: tiedot poistetaan silloin, eikä sinulle lähetetä muuta.`,
    permission: 'Lupa, jonka annat vahvistamalla:',
    notice: 'Tietosuojaseloste',
  },
  en: {
    subject: 'Confirm your newsletter sign-up',
    hello: `Hello,

somebody asked for our newsletter at this address. To confirm, open this page and press its button:`,
    until: (time: string) =>
      `The link works until ${time}. If it was not you, do nothing: the details are deleted then, and nothing more is sent to you.`,
    permission: 'The permission you give by confirming:',
    notice: 'Privacy notice',
  },
}

/** Says that only a person's own work address will do. Nothing was stored. */
export function workAddressMail(company: Company, language: PageLanguage, joinUrl: string): Omit<OwnMail, 'to'> {
  const { email } = company.responsible
  const text =
    language === 'fi'
      ? `Hei,

tähän osoitteeseen on tilattu uutiskirjeemme. Lähetämme sitä vain henkilön omaan työosoitteeseen, joten tilausta ei tallennettu.

Tilaa uutiskirje omalla työosoitteellasi: ${joinUrl}
Jos tämä on työosoitteesi, kirjoita: ${email}
`
      : `Hello,

somebody asked for our newsletter at this address. We send it to a person's own work address only, so nothing was stored.

To sign up with your own work address: ${joinUrl}
If this is your work address, write to: ${email}
`
  const subject = language === 'fi' ? 'Uutiskirjeen tilaus' : 'Your newsletter sign-up'
  return { subject, text: `${text}${signature(company)}` }
}

function signature({ controller }: Company): string {
  return `\n-- \n${controller.name}, ${controller.street}, ${controller.postalCode} ${controller.city}\n`
}
