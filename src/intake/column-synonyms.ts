// What the columns of customer registers are called, in Finnish and English. Version 1. Compared without case, accents,
// spaces and signs; an earlier word is a better match.

export const personSynonyms = {
  firstName: ['etunimi', 'first name', 'given name', 'forename', 'kutsumanimi', 'etunimet'],
  lastName: ['sukunimi', 'last name', 'surname', 'family name'],
  fullName: ['koko nimi', 'full name', 'contact name', 'yhteyshenkilö', 'henkilön nimi', 'henkilö', 'nimi', 'name'],
  title: [
    'titteli',
    'tehtävänkuvaus',
    'tehtävä',
    'tehtävänimike',
    'nimike',
    'asema',
    'job title',
    'title',
    'contact title',
  ],
  email: [
    'sähköposti',
    'sähköpostiosoite',
    'työsähköposti',
    'email',
    'e-mail',
    'email address',
    'e-mail address',
    's-posti',
  ],
  phone: [
    'puhelin',
    'puhelinnumero',
    'matkapuhelin',
    'gsm',
    'puh',
    'phone',
    'mobile',
    'mobile phone',
    'business phone',
  ],
  addedAt: ['lisätty', 'luotu', 'perustettu', 'added', 'added at', 'created', 'created at', 'lisäyspäivä'],
  changedAt: ['muokattu', 'muutettu', 'päivitetty', 'changed', 'modified', 'updated', 'updated at', 'changed at'],
  verifiedAt: ['tarkistettu', 'vahvistettu', 'verified', 'verified at', 'last verified'],
  notes: [
    'muistiinpanot',
    'muistiinpano',
    'huomautukset',
    'huomautus',
    'huom',
    'lisätiedot',
    'notes',
    'note',
    'comments',
  ],
} as const

export const permissionSynonyms = {
  permitted: ['markkinointilupa', 'lupa', 'suostumus', 'uutiskirje', 'permission', 'consent', 'opt in', 'newsletter'],
  prohibited: [
    'markkinointikielto',
    'kielto',
    'ei markkinointia',
    'prohibition',
    'opt out',
    'do not mail',
    'unsubscribed',
  ],
  at: ['lupa pvm', 'luvan päiväys', 'lupapäivä', 'suostumus pvm', 'permission at', 'permission date', 'consent date'],
  source: ['luvan lähde', 'permission source', 'consent source', 'lähde', 'tietolähde', 'source'],
} as const

export const sourceSynonyms = { column: ['lähde', 'tietolähde', 'mistä', 'source', 'lead source'] } as const

export const organisationSynonyms = {
  name: [
    'yritys',
    'yrityksen nimi',
    'organisaatio',
    'company',
    'company name',
    'organisation',
    'organization',
    'työpaikka',
  ],
  businessId: ['y-tunnus', 'ytunnus', 'business id', 'vat number'],
  street: ['katuosoite', 'lähiosoite', 'osoite', 'postiosoite', 'street', 'address'],
  postalCode: ['postinumero', 'postinro', 'postal code', 'zip', 'zip code', 'zip postal code'],
  city: ['postitoimipaikka', 'kaupunki', 'paikkakunta', 'kunta', 'city', 'town'],
  country: ['maa', 'country', 'country region'],
  website: ['www', 'www-osoite', 'kotisivu', 'kotisivut', 'website', 'web page', 'homepage', 'url'],
  phone: ['yrityksen puhelin', 'vaihde', 'company phone', 'organisation phone'],
  addedAt: ['yritys lisätty', 'organisation added at'],
} as const

/** In a table of their own, organisations may simply have a name, a phone and a date. */
export const ownTableSynonyms = {
  ...organisationSynonyms,
  name: [...organisationSynonyms.name, 'nimi', 'name'],
  phone: [...organisationSynonyms.phone, 'puhelin', 'puhelinnumero', 'phone', 'business phone'],
  addedAt: [...organisationSynonyms.addedAt, ...personSynonyms.addedAt],
} as const

export const activitySynonyms = {
  at: ['aika', 'pvm', 'päivä', 'päivämäärä', 'alkoi', 'alku', 'date', 'order date', 'start', 'at'],
  endedAt: ['päättyi', 'loppu', 'loppui', 'end', 'ended', 'end date'],
  title: ['aihe', 'otsikko', 'palvelu', 'tuote', 'kuvaus', 'tyyppi', 'subject', 'title', 'product', 'service', 'type'],
  text: ['muistio', 'teksti', 'selite', 'text', 'notes', 'description'],
  quantity: ['määrä', 'kpl', 'quantity', 'count'],
  price: ['hinta', 'summa', 'price', 'amount', 'total'],
} as const

/** Words in the name of a table that say what its rows are. */
export const kindWords = {
  meeting: ['tapaami', 'kokou', 'meeting', 'appointment'],
  'offered-service': ['tarjo', 'offer', 'quote', 'proposal'],
  assignment: ['toimeksian', 'projekt', 'hanke', 'assignment', 'project', 'engagement'],
  'order-audiobook': ['äänikirja', 'audiobook'],
  'order-eguide': ['eopas', 'eoppa', 'eguide', 'ebook'],
  'order-book': ['kirjatilau', 'tilau', 'order', 'book'],
} as const
