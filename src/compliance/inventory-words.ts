// The data inventory and the record of processing in words: Finnish and English.
import type { LawfulBasis, Origin, Purpose } from '../domain/data-inventory.ts'
import type { Words } from './notice-words.ts'

/** Categories of prisma/schema.prisma. A category without words is shown by its name; a test wants words for each. */
export const categoryWords: Record<string, Words> = {
  name: { fi: 'Etu- ja sukunimi', en: 'First and last name' },
  work: { fi: 'Titteli, organisaatio, ryhmä ja tunnisteet', en: 'Title, organisation, group and tags' },
  contact: { fi: 'Yhteystiedot', en: 'Contact details' },
  confidential: { fi: 'Luottamuksellinen teksti', en: 'Confidential text' },
  permission: { fi: 'Markkinointilupa tai -kielto', en: 'Marketing permission or prohibition' },
  origin: { fi: 'Tietolähde ja lisäämisen peruste', en: 'Source and ground of being added' },
  activity: {
    fi: 'Tapaamiset, palvelut, tilaukset ja muut toiminnot',
    en: 'Meetings, services, orders and other activities',
  },
  campaign: { fi: 'Uutiskirjeen saaminen ja palaute', en: 'Newsletters received, and feedback' },
  accuracy: { fi: 'Oikeellisuus, rajoitukset ja tarkistettavat', en: 'Accuracy, restrictions and review items' },
  'sign-up': { fi: 'Vahvistusta odottava liittyminen', en: 'A sign-up that waits for its confirmation' },
  request: { fi: 'Omia tietoja koskevat pyynnöt', en: 'Requests about own data' },
  disclosure: { fi: 'Luovutukset', en: 'Disclosures' },
  audit: { fi: 'Tapahtumaloki (satunnainen tunniste)', en: 'Audit trail (a random id)' },
  barred: { fi: 'Esto- ja poistolista (avaimelliset tiivisteet)', en: 'Opt-out and erasure list (keyed hashes)' },
}

export const purposeWords: Record<Purpose, Words> = {
  RELATIONSHIP: { fi: 'asiakas- ja sidosryhmäsuhteet', en: 'customer and stakeholder relationships' },
  TIPS: { fi: 'vihjeet oman toiminnan kehittämiseen', en: 'tips for developing one’s own activity' },
  MARKETING: { fi: 'omien palvelujen markkinointi', en: 'marketing of our own services' },
  RIGHTS: { fi: 'lain ja rekisteröidyn oikeuksien toteutus', en: 'keeping the law and people’s rights' },
}

export const basisWords: Record<LawfulBasis, Words> = {
  'legitimate-interest': { fi: 'oikeutettu etu, 6(1)(f)', en: 'legitimate interest, Art. 6(1)(f)' },
  consent: { fi: 'suostumus, 6(1)(a)', en: 'consent, Art. 6(1)(a)' },
  contract: { fi: 'sopimus, 6(1)(b)', en: 'contract, Art. 6(1)(b)' },
  'legal-obligation': { fi: 'lakisääteinen velvoite, 6(1)(c)', en: 'legal obligation, Art. 6(1)(c)' },
}

export const originWords: Record<Origin, Words> = {
  person: { fi: 'henkilö itse', en: 'the person' },
  form: { fi: 'lomake', en: 'a form' },
  file: { fi: 'asiakasrekisterin tiedosto', en: 'a customer file' },
  operator: { fi: 'rekisterin hoitaja', en: 'the operator' },
  tool: { fi: 'sähköpostityökalu', en: 'the email tool' },
  campaign: { fi: 'uutiskirjeen lähetys', en: 'a campaign' },
  register: { fi: 'rekisteri itse', en: 'the register itself' },
}

/** What is done to keep the data safe (GDPR Art. 30(1)(g), 32): true of this product as it stands. */
export const securityWords: Words[] = [
  {
    fi: 'Jokaisella prosessilla on oma tietokantarooli; työkalun kanssa puhuva näkee vain etunimen, sukunimen ja työsähköpostin.',
    en: 'Each kind of process has a database role of its own; the one that talks to the tool sees first name, last name and work email only.',
  },
  {
    fi: 'Luottamukselliset tekstit on salattu rivi riviltä (AES-256-GCM), eikä yksikään taustaprosessi tai sivu voi lukea niitä.',
    en: 'Confidential texts are encrypted row by row (AES-256-GCM); no worker and no page can read them.',
  },
  {
    fi: 'Tapahtumaloki on ketjutettu tiivistein: sitä ei voi muuttaa huomaamatta.',
    en: 'The audit trail is chained by hashes: it cannot be changed unnoticed.',
  },
  {
    fi: 'Varmuuskopiot on salattu, ja palautus harjoitellaan; kiellot ja poistot ovat lisäksi tietokannan ulkopuolella.',
    en: 'Backups are encrypted and restoring them is drilled; opt-outs and erasures are also kept outside the database.',
  },
  {
    fi: 'Jonoissa, lokeissa ja mittareissa ei ole henkilötietoja.',
    en: 'Queues, logs and figures hold no personal data.',
  },
]
