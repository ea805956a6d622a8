// The disclosure register as a report: to whom, when, what, on what ground, who decided; and under which agreements with the tool.
import type { DisclosureReason } from '../domain/disclosure.ts'
import type { DisclosureLine } from '../register/disclosures.ts'
import type { Words } from './notice-words.ts'
import type { Language, Report } from './report.ts'

export const reasonWords: Record<DisclosureReason, Words> = {
  PROCESSOR: { fi: 'käsittelijä', en: 'processor' },
  LEGAL_OBLIGATION: { fi: 'laki velvoittaa', en: 'the law asks' },
  JUSTIFIED: { fi: 'asianmukainen syy', en: 'justified' },
}

type Agreement = {
  tool: string
  agreement: string
  agreedOn: Date
  mechanism: string
  checkedOn: Date
  nextCheck: Date
  seenAt: Date
}

/** The newest first. */
export function disclosureReport(disclosures: DisclosureLine[], agreements: Agreement[], language: Language): Report {
  const say = (fi: string, en: string) => (language === 'fi' ? fi : en)
  const clock = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Europe/Helsinki',
    dateStyle: 'short',
    timeStyle: 'short',
  })
  const day = (at: Date) => at.toISOString().slice(0, 10)
  return {
    title: say('Luovutusrekisteri', 'Disclosure register'),
    lead: say(`${disclosures.length} luovutusta.`, `${disclosures.length} disclosures.`),
    sections: [
      {
        title: say('Luovutukset', 'Disclosures'),
        head: [
          say('aika', 'time'),
          say('kenelle', 'to whom'),
          say('syy', 'reason'),
          say('peruste', 'ground'),
          say('mihin', 'what for'),
          say('tiedot', 'data'),
          say('henkilöitä', 'people'),
          say('päättäjä', 'decided by'),
        ],
        rows: disclosures.map((one) => [
          clock.format(one.at),
          one.recipient,
          reasonWords[one.reason][language],
          one.ground,
          one.purpose,
          one.fields.join(', '),
          String(one.people),
          one.decidedBy,
        ]),
      },
      {
        title: say('Työkalun sopimus ja siirtoperuste', 'The tool’s agreement and transfer'),
        head: [
          say('alkaen', 'from'),
          say('työkalu', 'tool'),
          say('sopimus', 'agreement'),
          say('siirtoperuste', 'mechanism'),
          say('tarkistettu', 'checked'),
          say('tarkistettava', 'next check'),
        ],
        rows: agreements.map((one) => [
          clock.format(one.seenAt),
          one.tool,
          `${one.agreement}, ${day(one.agreedOn)}`,
          one.mechanism,
          day(one.checkedOn),
          day(one.nextCheck),
        ]),
      },
    ],
  }
}
