// What the register's codes are called in the console. A code without words is shown as it is.
import type { PageLanguage } from '../page-language.ts'

type Said = readonly [fi: string, en: string]

const words = {
  permission: {
    permission: ['markkinointilupa', 'permission'],
    prohibition: ['markkinointikielto', 'prohibition'],
    unknown: ['ei tietoa luvasta', 'unknown'],
  },
  reason: {
    ERASED: ['tiedot poistettu', 'erased'],
    PROHIBITED: ['markkinointikielto', 'prohibited'],
    ORGANISATION_PROHIBITED: ['organisaation markkinointikielto', 'prohibited by the organisation'],
    RESTRICTED: ['käsittelyä rajoitettu', 'restricted'],
    EXPIRED: ['säilytysaika päättynyt', 'lifetime over'],
    NO_WORK_EMAIL: ['työsähköposti puuttuu', 'no work email'],
    INVALID_ADDRESS: ['osoite epäselvä', 'address in doubt'],
    ROLE_ADDRESS: ['yleisosoite', 'role address'],
    PRIVATE_ADDRESS: ['yksityisosoite', 'private address'],
    BOUNCED: ['viestit palautuvat', 'mail bounces'],
    UNDER_REVIEW: ['luvan lähde tuntematon', 'source of the permission unknown'],
    FEEDBACK_UNKNOWN: ['aiempi palaute selvittämättä', 'earlier feedback not settled'],
    NO_PERMISSION: ['lupaa ei ole', 'no permission'],
    DUPLICATE_ADDRESS: ['sama osoite toisella', 'another has the same address'],
    NOT_ASKED_FOR: ['ei kohderyhmässä', 'not asked for'],
  },
  channel: {
    'register-file': ['rekisteritiedosto', 'register file'],
    tool: ['postitustyökalu', 'the tool'],
    'opt-out-page': ['oma peruutuslinkki', 'our own link'],
    mail: ['sähköposti', 'mail'],
    phone: ['puhelin', 'phone'],
    letter: ['kirje', 'letter'],
    'in-person': ['tavatessa', 'in person'],
    form: ['lomake', 'form'],
    review: ['tarkistus', 'review'],
    'outside-ledger': ['rekisterin ulkopuolinen kirjanpito', 'outside ledger'],
    newsletter: ['uutiskirje', 'newsletter'],
  },
  relation: {
    customer: ['asiakas', 'customer'],
    prospect: ['mahdollinen asiakas', 'prospect'],
    stakeholder: ['sidosryhmä', 'stakeholder'],
  },
  recipient: {
    selected: ['valittu', 'selected'],
    excluded: ['ei valittu', 'left out'],
    dropped: ['jätetty pois', 'left out later'],
    intended: ['luovutus alkanut', 'disclosure begun'],
    accepted: ['työkalussa', 'in the tool'],
    unknown: ['työkalun vastausta selvitetään', 'the tool’s answer is being found out'],
    refused: ['työkalu ei ottanut', 'refused by the tool'],
    removed: ['poistettu työkalusta', 'removed from the tool'],
  },
  source: {
    CRM_WEB_FORM: ['verkkolomake', 'web form'],
    E_REGISTRATION_FORM: ['sähköinen ilmoittautuminen', 'electronic registration'],
    E_ORDER_FORM: ['sähköinen tilaus', 'electronic order'],
    E_SIGNUP_FORM: ['sähköinen liittyminen', 'electronic sign-up'],
    MEDIA: ['tiedotusvälineet', 'media'],
    PUBLIC_SOURCE: ['julkinen lähde', 'public source'],
    SOCIAL_MEDIA: ['sosiaalinen media', 'social media'],
    OTHER: ['muu lähde', 'other source'],
  },
  ground: {
    JOINED_LIST: ['liittyi postituslistalle', 'joined the list'],
    ORDERED_BOOK: ['tilasi kirjan', 'ordered a book'],
    ORDERED_AUDIOBOOK: ['tilasi äänikirjan', 'ordered an audiobook'],
    ORDERED_EGUIDE: ['tilasi eOppaan', 'ordered an e-guide'],
    TRAINING: ['osallistui koulutukseen', 'took part in training'],
    PROJECT_LED: ['johtamamme hanke', 'a project we lead'],
    PROJECT_PARTNER: ['hanke kumppanina', 'a project as a partner'],
    EVENT_OPEN_LIST: ['tapahtuman avoin osallistujalista', 'open list of an event'],
    BUSINESS_CARD: ['antoi käyntikortin', 'gave a business card'],
    GAVE_CONTACT: ['antoi yhteystietonsa', 'gave contact details'],
    SOCIAL_ENGAGEMENT: ['yhteys sosiaalisessa mediassa', 'engaged on social media'],
    PERMISSION_ORAL: ['suullinen lupa', 'oral permission'],
    PERMISSION_WRITTEN: ['kirjallinen lupa', 'written permission'],
  },
  activity: {
    meeting: ['tapaaminen', 'meeting'],
    'offered-service': ['tarjottu palvelu', 'offered service'],
    assignment: ['toimeksianto', 'assignment'],
    'order-book': ['kirjatilaus', 'book order'],
    'order-audiobook': ['äänikirjatilaus', 'audiobook order'],
    'order-eguide': ['eOpas-tilaus', 'e-guide order'],
    other: ['muu', 'other'],
  },
  exemption: {
    'has-information': ['henkilöllä on jo tiedot', 'the person knows already'],
    disproportionate: [
      'kertominen on mahdotonta tai kohtuuttoman vaivalloista',
      'telling is impossible, or out of proportion',
    ],
    'laid-down-by-law': ['laki määrää tietojen hankinnasta', 'a law orders the data to be obtained'],
    secrecy: ['salassapitovelvollisuus', 'a duty of secrecy'],
  },
  restriction: {
    'accuracy-contested': ['tietojen oikeellisuus on kiistetty', 'accuracy is contested'],
    unlawful: ['käsittely on lainvastaista, eikä poistoa haluta', 'processing is unlawful, erasure not wanted'],
    'needed-for-claims': ['henkilö tarvitsee tietoja oikeusvaateeseen', 'the person needs them for a legal claim'],
    'objection-pending': ['vastustamista selvitetään', 'an objection is being weighed'],
  },
  request: {
    access: ['tietojen saanti', 'access'],
    correction: ['oikaisu', 'correction'],
    erasure: ['poisto', 'erasure'],
    restriction: ['käsittelyn rajoitus', 'restriction'],
    objection: ['vastustaminen', 'objection'],
    portability: ['siirto', 'portability'],
    'consent-withdrawal': ['suostumuksen peruutus', 'consent withdrawn'],
  },
  identification: {
    'known-address': ['tunnetusta osoitteesta', 'from a known address'],
    'called-back': ['soitettiin takaisin', 'called back'],
    'in-person': ['tavatessa', 'in person'],
    document: ['asiakirjasta', 'by a document'],
  },
  extension: {
    complex: ['pyyntö on monimutkainen', 'the request is complex'],
    'many-requests': ['pyyntöjä on paljon', 'there are many requests'],
  },
  refusal: {
    'manifestly-unfounded': ['ilmeisen perusteeton', 'manifestly unfounded'],
    excessive: ['kohtuuton', 'excessive'],
    'obliged-to-keep': ['laki velvoittaa säilyttämään', 'the law obliges to keep them'],
    'legal-claims': ['tarvitaan oikeusvaateeseen', 'needed for legal claims'],
    'rights-of-others': ['toisten oikeudet', 'the rights of others'],
  },
  outcome: {
    answered: ['vastattu', 'answered'],
    refused: ['kieltäydytty', 'refused'],
    withdrawn: ['peruttu', 'taken back'],
    'not-identified': ['pyytäjää ei voitu tunnistaa', 'nobody could be identified'],
    'nothing-held': ['tietoja ei ole', 'nothing is held'],
  },
  finding: {
    DOUBTFUL_ADDRESS: ['osoite on epäselvä', 'address in doubt'],
    PERMISSION_AND_PROHIBITION: ['sekä lupa että kielto', 'both permission and prohibition'],
    PERMISSION_WITHOUT_SOURCE: ['luvalla ei ole lähdettä', 'permission without a source'],
    PERMISSION_WITHOUT_DATE: ['luvalla ei ole päivää', 'permission without a date'],
    PERMISSION_DATE_IN_FUTURE: ['luvan päivä on tulevaisuudessa', 'permission dated in the future'],
    PERMISSION_UNREADABLE: ['lupaa ei voi lukea', 'permission cannot be read'],
    DATE_UNREADABLE: ['päivää ei voi lukea', 'date cannot be read'],
    NUMBER_UNREADABLE: ['lukua ei voi lukea', 'number cannot be read'],
    NATIONAL_ID: ['tekstissä on henkilötunnus', 'a national id in a text'],
    HEALTH_WORDS: ['tekstissä on terveystietoja', 'words about health in a text'],
    VERY_LONG_TEXT: ['hyvin pitkä teksti', 'very long text'],
    NAME_MISSING: ['nimi puuttuu', 'no name'],
    NAME_LOOKS_LIKE_COMPANY: ['nimi näyttää yritykseltä', 'the name looks like a company'],
    FORBIDDEN_CHARACTERS_IN_NAME: ['nimessä on outoja merkkejä', 'strange characters in the name'],
    DUPLICATE_PERSON: ['sama ihminen kahdesti', 'the same human twice'],
  },
  hold: {
    LAW: ['laki velvoittaa', 'the law asks'],
    CUSTOMER_RELATIONSHIP: ['asiakassuhde jatkuu', 'customer relationship'],
    COOPERATION_CONTINUES: ['yhteistyö jatkuu', 'cooperation continues'],
  },
  category: {
    person: ['henkilötiedot', 'people'],
    activity: ['tapaamiset ja tilaukset', 'activities'],
    note: ['muistiinpanot', 'notes'],
    campaign: ['uutiskirjeiden vastaanottajat', 'recipients of campaigns'],
    request: ['tietopyynnöt', 'requests'],
  },
  effect: {
    prohibited: ['kirjattu kielloksi', 'prohibited'],
    'known already': ['tiedettiin jo', 'known already'],
    'address marked': ['osoite merkitty', 'address marked'],
    'address not here': ['osoitetta ei ole rekisterissä', 'address not here'],
    counted: ['laskettu', 'counted'],
    noted: ['merkitty', 'noted'],
  },
  handed: {
    PROCESSOR: ['käsittelijä', 'processor'],
    LEGAL_OBLIGATION: ['laki velvoittaa', 'the law asks'],
    JUSTIFIED: ['asianmukainen syy', 'justified'],
  },
} as const satisfies Record<string, Record<string, Said>>

export type CodeKind = keyof typeof words

/** What a code is called. */
export function codeWord(kind: CodeKind, code: string | null | undefined, language: PageLanguage): string {
  if (!code) return ''
  const said = (words[kind] as Record<string, Said>)[code]
  return said ? said[language === 'fi' ? 0 : 1] : code
}

/** A closed list as the choices of a form. */
export function choicesOf(kind: CodeKind, codes: readonly string[], language: PageLanguage) {
  return codes.map((value) => ({ value, label: codeWord(kind, value, language) }))
}
