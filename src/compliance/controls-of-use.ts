// What keeps R-36 … R-55: grounds of being added, disclosure, the Access register, requests. One sentence each.
import type { Control } from './requirements.ts'

const kept = (promiseFi: string, promiseEn: string, fi: string, en: string): Control => ({
  promise: { fi: promiseFi, en: promiseEn },
  control: { fi, en },
})

/** A ground of being added: its code, and what it proves. */
const ground = (promiseFi: string, promiseEn: string, codes: string, proofFi: string, proofEn: string): Control =>
  kept(
    promiseFi,
    promiseEn,
    `Peruste ${codes}; todisteena ${proofFi}, tuodulla rivillä tiedoston sana. Peruste yksin ei ole lupa.`,
    `The ground ${codes}; its proof is ${proofEn}, for an imported row the file’s word. A ground alone is no permission.`,
  )

export const controlsOfUse = {
  'R-36': ground(
    'itse liittynyt jakelulistalle',
    'joined the list',
    'JOINED_LIST',
    'päivä, viite ja sanat',
    'date, reference and words',
  ),
  'R-37': ground(
    'tilannut kirjoja tai äänikirjoja',
    'ordered books or audiobooks',
    'ORDERED_BOOK, ORDERED_AUDIOBOOK',
    'päivä, tilaus ja tarjottu kielto-oikeus',
    'date, order, and that a no was offered',
  ),
  'R-38': ground(
    'tilannut maksuttomia eOppaita',
    'ordered free eGuides',
    'ORDERED_EGUIDE',
    'päivä, tilaus ja tarjottu kielto-oikeus',
    'date, order, and that a no was offered',
  ),
  'R-39': ground(
    'osallistunut avoimeen valmennukseen',
    'took part in open training',
    'TRAINING',
    'päivä ja tilaisuus',
    'date and event',
  ),
  'R-40': ground(
    'osallistunut vetämäämme hankkeeseen',
    'took part in a project of ours',
    'PROJECT_LED',
    'hanke',
    'the project',
  ),
  'R-41': ground(
    'osallistunut hankkeeseen, jossa olemme mukana',
    'took part in a project we are in',
    'PROJECT_PARTNER',
    'hanke ja vetäjä, ja ilmoitus henkilölle kuukaudessa',
    'project and lead, and the person is told within a month',
  ),
  'R-42': ground(
    'avoin osallistujaluettelo tapahtumasta',
    'an open list of an event’s participants',
    'EVENT_OPEN_LIST',
    'päivä, tapahtuma ja järjestäjä, ja ilmoitus henkilölle kuukaudessa',
    'date, event and organiser, and the person is told within a month',
  ),
  'R-43': ground(
    'antanut käyntikorttinsa tai yhteystietonsa',
    'gave a business card or contact details',
    'BUSINESS_CARD, GAVE_CONTACT',
    'päivä ja tilanne',
    'date and occasion',
  ),
  'R-44': ground(
    'tykännyt tai kommentoinut sosiaalisessa mediassa',
    'liked or commented in social media',
    'SOCIAL_ENGAGEMENT',
    'päivä ja kanava, ja ilmoitus henkilölle kuukaudessa',
    'date and channel, and the person is told within a month',
  ),
  'R-45': ground(
    'antanut luvan suullisesti tai kirjallisesti',
    'gave permission orally or in writing',
    'PERMISSION_ORAL, PERMISSION_WRITTEN',
    'päivä ja paikka, sanat ja kuulija tai viite',
    'date and place, words and who heard them, or a reference',
  ),
  'R-46': kept(
    'uusi yritys tai organisaatio ja yhteyshenkilö',
    'a new company or organisation and its contact person',
    'Yritys ja henkilö ovat eri tauluja; jokaisella henkilöllä on vähintään yksi kirjattu lähde.',
    'Company and person are separate tables; every person has at least one recorded source.',
  ),
  'R-47': kept(
    'Luovutamme rajoitetusti ja valvotusti',
    'We disclose within limits and under supervision',
    'Jokaisen lähetyksen hyväksyy nimetty käyttäjä, ja määrillä on katto lupa.yaml-tiedostossa (ceilings).',
    'Somebody named approves each campaign, and lupa.yaml sets the most people of one (ceilings).',
  ),
  'R-48': kept(
    'Virallisesti ja kansainvälisesti hyväksytyt työkalut',
    'Officially and internationally approved tools',
    'Työkalun sopimus ja siirtoperuste päiväyksineen lupa.yaml-tiedostossa; vanhentunut tarkistus estää lähettämisen.',
    'The tool’s agreement and transfer mechanism stand dated in lupa.yaml; a lapsed check stops pushing and sending.',
  ),
  'R-49': kept(
    'Omat rekisteröidyt käyttäjätilit, rajoitettu pääsy',
    'Our own registered accounts, limited access',
    'MAILCHIMP_ACCOUNT_ID nimeää tilin, ja muu tili torjutaan; API-avain on vain ympäristössä, ei rekisterissä.',
    'MAILCHIMP_ACCOUNT_ID names the account and any other is refused; the key is in the environment only.',
  ),
  'R-50': kept(
    'Vain henkilön nimi ja työsähköpostiosoite',
    'Only a person’s name and work email',
    'Työkalutyöt saavat tietokannasta vain funktion claim_batch kolme tietoa, ja portti työkaluun tuntee vain ne.',
    'Tool jobs get only the three fields of the function claim_batch, and the port to the tool knows no other.',
  ),
  'R-51': kept(
    'Väliaikaisesti; poistetaan heti käytön jälkeen',
    'Temporarily; deleted immediately after use',
    'Jokainen kampanja poistaa kaikki työkalusta, lukee sen takaisin ja kirjoittaa todistuksen; sweep valvoo määräaikaa.',
    'Every campaign deletes everybody from the tool, reads it back and writes a certificate; the sweep watches the deadline.',
  ),
  'R-52': kept(
    'Access-pohjainen asiakasrekisteri',
    'An Access customer register',
    'Access-tiedoston voi tuoda, ja vanha Access voi käyttää rekisteriä näkymien kautta (skeema access).',
    'An Access file can be imported, and the old Access can work on the register through views (schema access).',
  ),
  'R-53': kept(
    'Henkilön nimi, tehtävä, kontaktitiedot, yritys',
    'Name, duties, contact details, company',
    'Näkymillä Henkilöt ja Yritykset on vanhan rekisterin sarakkeet vanhoin nimin.',
    'The views Henkilöt and Yritykset have the old register’s columns under their old names.',
  ),
  'R-54': kept(
    'Tapaamiset, palvelut, toimeksiannot, tilaukset, muut aktiviteetit',
    'Meetings, services, assignments, orders, other activities',
    'Taulu activity; ei koskaan työkaluun, poistuu henkilön mukana.',
    'The table activity; never to the tool, and gone with the person.',
  ),
  'R-55': kept(
    'Omia tietoja koskevat pyynnöt kirjallisena sähköpostilla',
    'Requests about own data, written by email',
    '`lupa request`: määräaika saapumisesta, muistutukset, tunnistus, perusteltu kieltäytyminen; myös puhelin ja kirje kelpaavat.',
    '`lupa request`: its clock runs from arrival, with reminders, identification, reasoned refusal; phone and letter count too.',
  ),
} satisfies Record<string, Control>
