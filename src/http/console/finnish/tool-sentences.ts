// What the tool answers, or does not; its own words, where it gave some, stand as it gave them.
import type { Sentences } from './sentence.ts'

export const toolSentences: Sentences = [
  [
    'MAILCHIMP_API_KEY belongs to the account {1}, MAILCHIMP_ACCOUNT_ID names {2}: correct one of them',
    'MAILCHIMP_API_KEY kuuluu tilille {1}, mutta MAILCHIMP_ACCOUNT_ID nimeää tilin {2}: korjaa toinen',
  ],
  [
    'the audience has the fields {1}, not just FNAME and LNAME: delete the others in Mailchimp',
    'työkalun luettelossa on kentät {1}, eikä vain FNAME ja LNAME: poista muut Mailchimpissä',
  ],
  ['the audience just opened cannot be read yet', 'juuri avattua luetteloa ei voi vielä lukea'],
  [
    'Mailchimp has not finished the batch of removals in 30 minutes',
    'Mailchimp ei ole saanut poistoja valmiiksi 30 minuutissa',
  ],
  [
    'Mailchimp keeps open or click tracking on in our campaign: turn it off in Mailchimp',
    'Mailchimp seuraa uutiskirjeen avaamisia tai klikkauksia: sulje seuranta Mailchimpissä',
  ],
  ['our campaign in Mailchimp points at another audience', 'uutiskirjeemme osoittaa Mailchimpissä toiseen luetteloon'],
  ['a campaign status we do not know: {1}', 'uutiskirjeellä on tila, jota emme tunne: {1}'],
  ['the campaign is being sent already, or has been', 'uutiskirje on jo lähdössä tai lähetetty'],
  ['Mailchimp has not counted the recipients yet', 'Mailchimp ei ole vielä laskenut vastaanottajia'],
  [
    'the mail as Mailchimp keeps it lacks {1}: recipients could not opt out of it',
    'Mailchimpin tallentamasta kirjeestä puuttuu {1}: vastaanottaja ei voisi kieltää kirjeitä',
  ],
  [
    'MAILCHIMP_API_KEY: the key must end in its server, as in …-us21; copy the whole key from Mailchimp',
    'MAILCHIMP_API_KEY: avaimen lopussa on oltava sen palvelin, kuten …-us21; kopioi koko avain Mailchimpistä',
  ],
  [
    'MAILCHIMP_BASE_URL: not an address such as http://127.0.0.1:4010/3.0',
    'MAILCHIMP_BASE_URL: ei ole osoite, kuten http://127.0.0.1:4010/3.0',
  ],
  ['Mailchimp did not answer in time', 'Mailchimp ei vastannut ajoissa'],
  ['Mailchimp answered in a shape we do not know: {1}', 'Mailchimp vastasi tavalla, jota emme tunne: {1}'],
  [
    'the {1} named in the campaign file has no HTML in Mailchimp',
    'valitulla mallilla ei ole HTML-sisältöä Mailchimpissä',
  ],
  ['template: Mailchimp’s template ids are whole numbers', 'mallin tunniste Mailchimpissä on kokonaisluku'],
  ['Mailchimp’s answer was not JSON', 'Mailchimpin vastaus ei ollut JSON-muotoa'],
  ['Mailchimp failed (HTTP {1}); it will be asked again', 'Mailchimp ei toiminut (HTTP {1}); siltä kysytään uudelleen'],
  ['a 404 that is not Mailchimp’s own', 'vastaus 404 ei ole Mailchimpin oma'],
  ['MAILCHIMP_BASE_URL must start with https', 'MAILCHIMP_BASE_URL on aloitettava https-alulla'],
  ['Mailchimp refused (HTTP {1}): {2}', 'Mailchimp kieltäytyi (HTTP {1}): <2>'],
  ['without a reason', 'se ei kertonut syytä'],
  ['{1}. What to do: {2}', '<1>. Mitä tehdä: <2>'],
  [
    'check MAILCHIMP_API_KEY: the key may be revoked, or belong to another server',
    'tarkista MAILCHIMP_API_KEY: avain voi olla peruttu tai toisen palvelimen',
  ],
  [
    'the plan or the key’s role does not allow it: look at the plan’s limits and the key’s owner in Mailchimp',
    'sopimus tai avaimen rooli ei salli sitä: katso sopimuksen rajat ja avaimen omistaja Mailchimpissä',
  ],
  [
    'there is no such thing in this account: look whether somebody deleted it in Mailchimp',
    'tällä tilillä ei ole sellaista: katso, onko joku poistanut sen Mailchimpissä',
  ],
  ['its present state does not allow it', 'sen nykyinen tila ei salli sitä'],
  ['Mailchimp cannot be reached ({1})', 'Mailchimpiin ei saada yhteyttä ({1})'],
  ['the call of Mailchimp broke off without an answer ({1})', 'yhteys Mailchimpiin katkesi ilman vastausta ({1})'],
  [
    'our campaign is gone from Mailchimp, and its reports with it: its feedback cannot be read',
    'uutiskirjeemme on poistettu Mailchimpistä raportteineen: sen palautetta ei voi lukea',
  ],
  [
    'Mailchimp has no report of a campaign that was sent: it will be asked again',
    'Mailchimpillä ei ole raporttia lähetetystä uutiskirjeestä: sitä kysytään uudelleen',
  ],
  [
    'Mailchimp gives fewer rows than it counts, or they keep changing while being read',
    'Mailchimp antaa vähemmän rivejä kuin laskee, tai ne muuttuvat luettaessa',
  ],
  [
    'a person to be added holds something else than email, first and last name',
    'lisättävästä henkilöstä oli lähdössä muutakin kuin sähköposti, etunimi ja sukunimi',
  ],
]
