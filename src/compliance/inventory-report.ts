// The data inventory and the record of processing activities (GDPR Art. 30(1)), from the schema, the rights and lupa.yaml.
import type { Company } from '../config.ts'
import type { DataTerms } from '../domain/data-inventory.ts'
import { type InventoryColumn, schemaInventory } from './data-inventory.ts'
import { basisWords, categoryWords, originWords, purposeWords, securityWords } from './inventory-words.ts'
import type { Words } from './notice-words.ts'
import type { Language, Report } from './report.ts'

/** Every column about people, category by category. */
export function inventoryReport(columns: InventoryColumn[], company: Company | null, language: Language): Report {
  const say = (fi: string, en: string) => (language === 'fi' ? fi : en)
  const categories = [...new Set(columns.map(({ category }) => category))]
  return {
    title: say('Rekisterin tietosisältö', 'Data inventory of the register'),
    lead: say(
      `${columns.length} saraketta, jotka koskevat henkilöitä: mitä varten, millä perusteella, mistä, kuinka kauan, kuka lukee, näkyykö omien tietojen raportissa.`,
      `${columns.length} columns about people: what for, on which basis, from where, how long, who reads them, whether an access report shows them.`,
    ),
    sections: categories.map((category) => ({
      title: wordOf(categoryWords, category, language),
      head: [
        say('sarake', 'column'),
        say('tarkoitus', 'purpose'),
        say('peruste', 'basis'),
        say('lähde', 'source'),
        say('säilytys', 'kept'),
        say('lukee', 'read by'),
        say('näytetään', 'shown'),
      ],
      rows: columns
        .filter((one) => one.category === category)
        .map((one) => [
          `${one.table}.${one.column}`,
          ...termWords(one, company, language),
          one.readBy.join(', '),
          one.shown ? say('kyllä', 'yes') : say('ei', 'no'),
        ]),
    })),
  }
}

/** The record of processing activities: what Art. 30(1) (a) … (g) asks for. */
export function processingRecord(company: Company, toolName: string, language: Language): Report {
  const say = (fi: string, en: string) => (language === 'fi' ? fi : en)
  const { controller, responsible, register, tool, backups } = company
  const inventory = schemaInventory()
  return {
    title: say(`Seloste käsittelytoimista: ${register.name}`, `Record of processing activities: ${register.name}`),
    lead: say('Tietosuoja-asetuksen 30 artiklan 1 kohta.', 'GDPR Art. 30(1).'),
    sections: [
      {
        title: say('(a) Rekisterinpitäjä', '(a) Controller'),
        head: ['', ''],
        rows: [
          [say('Nimi', 'Name'), `${controller.name} (${controller.businessId})`],
          [
            say('Osoite', 'Address'),
            `${controller.street}, ${controller.postalCode} ${controller.city}, ${controller.country}`,
          ],
          [
            say('Vastuuhenkilö', 'Person responsible'),
            [responsible.name, responsible.email, responsible.phone].filter(Boolean).join(', '),
          ],
        ],
      },
      {
        title: say('(b) Käsittelyn tarkoitukset', '(b) Purposes'),
        head: ['', ''],
        rows: Object.entries(purposeWords).map(([code, words]) => [code, words[language]]),
      },
      {
        title: say(
          '(c) ja (f) Rekisteröidyt, henkilötietoryhmät ja säilytysajat',
          '(c) and (f) People, categories of data, time limits',
        ),
        note: say(
          'Rekisteröidyt: asiakkaiden, mahdollisten asiakkaiden ja sidosryhmien yhteyshenkilöt.',
          'People: contact persons of customers, prospects and stakeholders.',
        ),
        head: [
          say('tietoryhmä', 'category'),
          say('tarkoitus', 'purpose'),
          say('peruste', 'basis'),
          say('lähde', 'source'),
          say('säilytys', 'kept'),
        ],
        rows: [...inventory.categories].map(([name, terms]) => [
          wordOf(categoryWords, name, language),
          ...termWords(terms, company, language),
        ]),
      },
      {
        title: say(
          '(d) ja (e) Vastaanottajat ja siirrot kolmanteen maahan',
          '(d) and (e) Recipients, transfers to a third country',
        ),
        head: [
          say('vastaanottaja', 'recipient'),
          say('tiedot', 'data'),
          say('sopimus', 'agreement'),
          say('siirtoperuste', 'safeguard'),
          say('tarkistettu', 'checked'),
        ],
        rows: [
          [
            say(
              `${toolName} (Yhdysvallat), käsittelijä, kampanjan ajan`,
              `${toolName} (United States), processor, while a campaign lives`,
            ),
            say('etunimi, sukunimi, työsähköposti', 'first name, last name, work email'),
            `${tool.agreement.version}, ${tool.agreement.date}`,
            tool.transfer.mechanism,
            say(
              `${tool.transfer.checkedAt}, seuraava ${tool.transfer.nextCheck}`,
              `${tool.transfer.checkedAt}, next ${tool.transfer.nextCheck}`,
            ),
          ],
        ],
      },
      {
        title: say('(g) Turvatoimet', '(g) Security'),
        head: [''],
        note: say(`Varmuuskopio säilyy ${backups.keep} vuorokautta.`, `A backup is kept ${backups.keep} days.`),
        rows: securityWords.map((words) => [words[language]]),
      },
    ],
  }
}

function termWords({ purposes, bases, from, kept }: DataTerms, company: Company | null, language: Language): string[] {
  return [
    purposes.map((code) => purposeWords[code][language]).join('; '),
    bases.map((code) => basisWords[code][language]).join('; '),
    from.map((code) => originWords[code][language]).join(', '),
    timeWords(kept, company, language),
  ]
}

/** How long, in days where lupa.yaml tells. */
function timeWords(kept: string, company: Company | null, language: Language): string {
  if (kept === 'ever') return { fi: 'pysyvästi', en: 'for ever' }[language]
  const days = company?.lifetimes[kept]
  if (days !== undefined) return { fi: `${kept}: ${days} vrk`, en: `${kept}: ${days} days` }[language]
  return /^\d/.test(kept) ? kept.replace('d', { fi: ' vrk', en: ' days' }[language]) : `${kept} (lupa.yaml)`
}

function wordOf(words: Record<string, Words>, name: string, language: Language): string {
  return words[name]?.[language] ?? name
}
