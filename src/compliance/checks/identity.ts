// R-01 … R-05: who is responsible, under which notice.
import { type Company, isBusinessId } from '../../config.ts'
import { relations } from '../../domain/collection.ts'
import { gapsOf, type NoticeGap } from '../../domain/notice-gaps.ts'
import { toolNames, toolTraits } from '../../marketing/tools.ts'
import { finishedMail } from '../../newsletter/finished-mail.ts'
import { sql } from '../../register/database.ts'
import { schemaInventory } from '../data-inventory.ts'
import { noticeFacts, noticeText } from '../published-notice.ts'
import type { RequirementId } from '../requirements.ts'
import { type Check, failed, notConfigured, nothingOf, ofCompany, passed, type Surroundings, worst } from './check.ts'

export const identityChecks = {
  'R-01': ofCompany(({ register }, { db }) =>
    nothingOf(
      db,
      sql`select from person where relations = '{}' or not relations <@ ${[...relations]}::text[]`,
      (count) => ({
        fi: `${count} henkilöllä ei ole suhdetta (asiakas, mahdollinen asiakas, sidosryhmä): korjaa tuonnin kuvaus.`,
        en: `${count} people have no relation (customer, prospect, stakeholder): correct the mapping of the import.`,
      }),
      {
        fi: `Nimi on ”${register.name}”; jokaisella henkilöllä on suhde.`,
        en: `Its name is "${register.name}"; every person has a relation.`,
      },
    ),
  ),
  'R-02': ofCompany((company, { config }) => {
    const { problems } = schemaInventory()
    if (problems.length > 0)
      return failed('Tietosisältöluettelo on vajaa.', `The data inventory has gaps: ${problems[0]}`)
    const lacks = noticeLacks(company, { config }, (gap) => !elsewhere.includes(gap))
    if (lacks === null) return noNoticeText
    if (lacks.length === 0)
      return passed('Selosteesta ei puutu mitään etsittyä.', 'Nothing that is looked for is missing from the notice.')
    const list = lacks.join(', ')
    return failed(
      `Selosteessa on puutteita (\`lupa notice gaps\`): ${list}.`,
      `The notice has gaps (\`lupa notice gaps\`): ${list}.`,
    )
  }),
  'R-03': ofCompany(async (company, { db, config }) =>
    worst(
      agrees(company, { config }, 'OTHER_VERSION', {
        fi: `Julkaistussa selosteessa ei ole versiota ${company.notice.version}.`,
        en: `The published notice does not bear the version ${company.notice.version}.`,
      }),
      await nothingOf(
        db,
        sql`select from collection where informed_at is not null and notice_version is null
          union all select from sign_up where notice_version = ''
          union all select from campaign where sent_at is not null and notice_version is null`,
        (count) => ({
          fi: `${count} tiedoksiantoa, liittymistä tai kampanjaa ei muista selosteen versiota.`,
          en: `${count} pieces of information, sign-ups or campaigns do not remember the notice’s version.`,
        }),
        {
          fi: `Versio ${company.notice.version} on käytössä; jokainen tiedoksianto ja kampanja muistaa omansa.`,
          en: `Version ${company.notice.version} is in use; each information given and each campaign remembers its own.`,
        },
      ),
    ),
  ),
  'R-04': ofCompany((company, { config }) => {
    const { name, businessId, street } = company.controller
    if (!isBusinessId(businessId))
      return failed('Y-tunnuksen tarkiste ei täsmää.', 'The business id’s check digit is wrong.')
    for (const tool of toolNames) {
      const { placeholders } = toolTraits(tool)
      const mail = finishedMail({ html: trialMail }, config, placeholders)?.html ?? ''
      const shows = [name, businessId].every((part) => mail.includes(escaped(part)))
      if (!shows || !(mail.includes(placeholders.postalAddress) || mail.includes(escaped(street))))
        return failed('Koekirje ei näytä rekisterinpitäjää.', 'A trial mail does not show the controller.')
    }
    const facts = {
      fi: `${name}, ${businessId}; koekirje näyttää sen.`,
      en: `${name}, ${businessId}; a trial mail shows it.`,
    }
    return worst(
      agrees(company, { config }, 'NO_CONTROLLER', {
        fi: 'Julkaistussa selosteessa on toinen nimi, Y-tunnus tai osoite.',
        en: 'The published notice has another name, business id or address.',
      }),
      passed(facts.fi, facts.en),
    )
  }),
  'R-05': ofCompany((company, { config }) => {
    if (!config.smtpUrl)
      return notConfigured(
        `${company.responsible.name} on nimetty, mutta muistutuksia ei voi lähettää: aseta SMTP_URL.`,
        `${company.responsible.name} is named, and no reminder can reach them: set SMTP_URL.`,
      )
    return worst(
      agrees(company, { config }, 'NO_CONTACT', {
        fi: 'Julkaistussa selosteessa on toinen yhteysosoite.',
        en: 'The published notice has another contact address.',
      }),
      passed(`${company.responsible.name} saa muistutukset.`, `${company.responsible.name} gets the reminders.`),
    )
  }),
} satisfies Partial<Record<RequirementId, Check>>

/** Gaps that are another requirement's. */
const elsewhere: NoticeGap[] = ['OTHER_VERSION', 'NO_CONTROLLER', 'NO_CONTACT']

const trialMail = '<!doctype html><html lang="fi"><head><title>Koe</title></head><body><p>Hei.</p></body></html>'

const noNoticeText = notConfigured(
  'Selosteen tekstiä ei ole nimetty: aseta notice.file lupa.yaml-tiedostoon.',
  'Nobody has said where the text of the notice is: set notice.file in lupa.yaml.',
)

/** Gaps of the published notice, or null where its text is not configured. */
function noticeLacks(
  company: Company,
  { config }: Pick<Surroundings, 'config'>,
  counts: (gap: NoticeGap) => boolean,
): NoticeGap[] | null {
  const text = noticeText(config)
  return text === null ? null : gapsOf(text, noticeFacts(company)).filter(counts)
}

/** A pass where the notice has no such gap, or its text is not at hand: R-02 says so then. */
function agrees(
  company: Company,
  around: Pick<Surroundings, 'config'>,
  gap: NoticeGap,
  breaks: { fi: string; en: string },
) {
  const found = noticeLacks(company, around, (one) => one === gap) ?? []
  return found.length > 0 ? failed(breaks.fi, breaks.en) : passed('', '')
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
