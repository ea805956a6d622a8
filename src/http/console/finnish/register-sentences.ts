// What the register says of people, requests, reviews and accounts: the English sentence, which is its name, and the Finnish one.
import type { Sentences } from './sentence.ts'

export const registerSentences: Sentences = [
  ['There is no person {1}: perhaps they have been erased.', 'Tällaista henkilöä ei ole. Ehkä tiedot on poistettu.'],
  [
    'There is no person {1}: perhaps they have been erased already.',
    'Tällaista henkilöä ei ole. Ehkä tiedot on jo poistettu.',
  ],
  [
    '{1} {2}: give the id, or at least 6 characters of it (`lupa person find` shows them).',
    'Tunnistetta {2} vastaavaa yhtä henkilöä ei ole.',
  ],
  [
    'That is what the register holds already: nothing was changed.',
    'Rekisterissä on jo sama tieto: mitään ei muutettu.',
  ],
  [
    'An account’s name is 2 to 40 letters a-z, å, ä, ö, digits, dots or dashes, such as erja.esimerkki.',
    'Käyttäjätilin nimessä on 2–40 merkkiä: kirjaimia a–ö, numeroita, pisteitä tai viivoja, esimerkiksi erja.esimerkki.',
  ],
  [
    'There is an account {1} already: `lupa account reset {2}` gives it a new code.',
    'Käyttäjätili {1} on jo olemassa. Voit antaa sille uuden avauskoodin.',
  ],
  ['{1} is the only owner: add another one first.', '{1} on ainoa omistaja: lisää ensin toinen.'],
  ['There is no account {1}: `lupa account list` shows them.', 'Käyttäjätiliä {1} ei ole.'],
  [
    'The database does not answer: check DATABASE_URL and that PostgreSQL is running.',
    'Tietokanta ei vastaa. Tarkista DATABASE_URL ja se, että PostgreSQL on käynnissä.',
  ],
  [
    '{1} of them are restricted: kept, and used for nothing. Leave them out, or name the law that asks.',
    'Heistä {1} on käsittelyn rajoituksessa: tiedot säilytetään, mutta niitä ei käytetä. Jätä heidät pois tai nimeä laki, joka velvoittaa.',
  ],
  ['{1} is neither .csv, .xlsx nor .json: name the file so.', '{1} ei ole .csv, .xlsx eikä .json.'],
  ['{1} is neither .csv nor .xlsx: name the file so.', '{1} ei ole .csv eikä .xlsx.'],
  [
    'Nobody came from a register named {1}: the registers are {2}.',
    'Kukaan ei ole rekisteristä {1}. Rekisterit ovat {2}.',
  ],
  [
    'A workbook of more than 100,000 people is more than Excel is good for: name the file .csv.',
    'Yli 100 000 ihmistä on Excelille liikaa: käytä muotoa .csv.',
  ],
  ['The import {1} has been undone already.', 'Tuonti on jo peruttu.'],
  [
    'The import {1} cannot be undone any more: {2} depend on it. Correct the file and import it again instead.',
    'Tuontia ei voi enää perua, koska siitä riippuu: <2>. Korjaa sen sijaan tiedosto ja tuo se uudelleen.',
  ],
  ['recipients of campaigns', 'uutiskirjeiden vastaanottajia'],
  ['pieces of feedback', 'palautteita'],
  ['later permissions and prohibitions', 'myöhempiä lupia ja kieltoja'],
  ['rows that a later import changed', 'rivejä, joita myöhempi tuonti on muuttanut'],
  ['people of its organisations who came otherwise', 'sen organisaatioiden ihmisiä, jotka ovat tulleet muualta'],
  ['answered review items', 'käsiteltyjä tarkistettavia'],
  ['{1} {2}: give its id, or at least 6 characters of it (`lupa register imports` lists them).', 'Tuontia {2} ei ole.'],
  [
    'Another import is running: try again when it is done.',
    'Toinen tuonti on käynnissä. Yritä uudelleen, kun se on valmis.',
  ],
  [
    'The register changed while the file was being read, and nothing was imported: import it again.',
    'Rekisteri muuttui tiedostoa luettaessa, eikä mitään tuotu. Tuo tiedosto uudelleen.',
  ],
  [
    'A person cannot be merged with themselves: name two.',
    'Henkilöä ei voi yhdistää itseensä: valitse kaksi eri henkilöä.',
  ],
  [
    'A campaign is under way with one of them: merge them when it is closed.',
    'Toinen heistä on meneillään olevan uutiskirjeen vastaanottaja. Yhdistä heidät, kun se on päättynyt.',
  ],
  [
    'The notice {1} cannot be read ({2}): correct notice.file in lupa.yaml.',
    'Tietosuojaselostetta {1} ei voi lukea ({2}): korjaa notice.file tiedostossa lupa.yaml.',
  ],
  ['There is no backup to drill: `lupa backup create` makes one.', 'Varmuuskopiota ei ole vielä: tee ensin sellainen.'],
  ['{1} and {2} need proof: add {3}.', 'Peruste tarvitsee vielä näyttöä: {3}.'],
  ['OTHER needs --text: say where the data came from.', 'Kerro omin sanoin, mistä tiedot on saatu.'],
  ['{1} is not a backup of Lupa: `lupa backup list` shows those there are.', '{1} ei ole Luvan varmuuskopio.'],
  ['{1} was made this very second: there is one already.', 'Varmuuskopio tehtiin juuri: {1}.'],
  ['{1} holds {2}, which no register has.', 'Kopiossa {1} on {2}, jota missään rekisterissä ei ole.'],
  [
    '{1} is cut short: nothing was taken from it; use another copy.',
    '{1} on katkennut: siitä ei otettu mitään. Käytä toista kopiota.',
  ],
  ['{1} cannot be read ({2}): check the name and the folder.', 'Tiedostoa {1} ei voi lukea ({2}).'],
  [
    'pg_dump must not be older than the server, which is {1}, and {2}: use --method export.',
    'Ohjelma pg_dump ei saa olla vanhempi kuin palvelin ({1}): tee kopio komennolla lupa backup create --method export.',
  ],
  ['pg_dump ended with {1}: {2}', 'Ohjelma pg_dump päättyi virheeseen {1}: {2}'],
  ['The backup does not end as one should: use another.', 'Varmuuskopio ei pääty niin kuin pitäisi: käytä toista.'],
  [
    'The backup has not the rows that were counted for {1}: use another.',
    'Varmuuskopiossa ei ole niitä rivejä, jotka siihen laskettiin ({1}): käytä toista.',
  ],
  [
    'The server\'s database "postgres" cannot be reached ({1}).',
    'Palvelimen tietokantaan ”postgres” ei saada yhteyttä ({1}).',
  ],
  [
    'Somebody is connected to the database: stop what is running (`lupa stop`, workers) first.',
    'Tietokantaan on yhteyksiä: pysäytä ensin kaikki, mikä on käynnissä.',
  ],
  [
    'The role of DATABASE_URL may not make databases: give it CREATEDB for this.',
    'Osoitteen DATABASE_URL rooli ei saa tehdä tietokantoja: anna sille oikeus CREATEDB.',
  ],
  ['There is nothing to note: the text is empty.', 'Muistiinpano on tyhjä.'],
  [
    'This person is restricted: kept, and used for nothing. `lupa person release` ends that.',
    'Henkilön tietojen käsittelyä on rajoitettu: ne säilytetään, mutta niitä ei käytetä. Päätä rajoitus ensin.',
  ],
  ['This person is not restricted: there is nothing to release.', 'Henkilön tietojen käsittelyä ei ole rajoitettu.'],
  [
    'The request {1} is about another person: close it, and open one about this person.',
    'Pyyntö koskee toista henkilöä: päätä se ja kirjaa uusi tästä henkilöstä.',
  ],
  [
    'Nobody in the register is named: add --person, or close it with --as nothing-held.',
    'Pyyntöön ei ole merkitty henkilöä: merkitse hänet, tai päätä pyyntö syyllä ”tietoja ei ole”.',
  ],
  ['There is no request {1}: `lupa request list --all` shows them.', 'Tällaista pyyntöä ei ole.'],
  [
    'The request {1} has been closed: open a new one for a new request.',
    'Pyyntö on jo päätetty. Kirjaa uusi pyyntö erikseen.',
  ],
  [
    'Nobody has checked who asked: `lupa request identify {1} --by …` first (GDPR Art. 12(6)).',
    'Pyytäjää ei ole vielä tunnistettu: kirjaa ensin, miten hänet tunnistettiin (tietosuoja-asetus 12 art. 6 kohta).',
  ],
  ['The request {1} has been extended already: answer it.', 'Määräaikaa on jo pidennetty: vastaa pyyntöön.'],
  [
    'The month of the request {1} is over: an extension must be told within it (Art. 12(3)).',
    'Pyynnön kuukausi on kulunut: pidennyksestä on kerrottava sen aikana (12 art. 3 kohta).',
  ],
  [
    'A no to marketing is never refused (GDPR Art. 21(3)): answer it.',
    'Markkinoinnin vastustamisesta ei koskaan kieltäydytä (tietosuoja-asetus 21 art. 3 kohta): vastaa siihen.',
  ],
  [
    'Say with --text what the person was told: why it is refused.',
    'Kerro, mitä henkilölle sanottiin: miksi kieltäydytään.',
  ],
  [
    'Whoever is refused must be told of the Data Protection Ombudsman and of the courts (Art. 12(4)): tell them, then add --complaint-told.',
    'Kun kieltäydytään, henkilölle on kerrottava tietosuojavaltuutetusta ja tuomioistuimista (12 art. 4 kohta). Kerro ensin ja merkitse se sitten lomakkeelle.',
  ],
  [
    'lifetimes.{1} is missing in lupa.yaml: say how long it is kept.',
    'Tiedostosta lupa.yaml puuttuu lifetimes.{1}: kirjoita siihen, kuinka kauan tietoja säilytetään.',
  ],
  [
    'Say with --text why the data are still needed: the reason alone proves nothing.',
    'Kerro, miksi tietoja tarvitaan yhä: pelkkä syy ei riitä näytöksi.',
  ],
  [
    'A hold ends in the future: give --until a later day.',
    'Säilytysperuste päättyy tulevaisuudessa: anna myöhempi päivä.',
  ],
  ['There is no hold {1}: `lupa retention holds` shows them.', 'Tällaista säilytysperustetta ei ole.'],
  ['The hold {1} has ended already.', 'Säilytysperuste on jo päättynyt.'],
  ['There is no review item {1}: `lupa review list` shows them.', 'Tällaista tarkistettavaa ei ole.'],
  ['The review item {1} has been settled already.', 'Tämä on jo tarkistettu.'],
  [
    'The review item {1} is about nobody: it can only be dismissed.',
    'Tarkistettava ei koske ketään henkilöä: sen voi vain ohittaa.',
  ],
  [
    'The review item {1} is not about a duplicate: it cannot be merged.',
    'Tarkistettava ei koske kahta samaa ihmistä: siinä ei ole yhdistettävää.',
  ],
  [
    'A permission needs its source and its evidence: give both --source and --evidence.',
    'Lupa tarvitsee lähteen ja näytön: anna molemmat.',
  ],
  [
    'This person has prohibited marketing: only their own documented permission changes that (`lupa person permit`).',
    'Henkilö on kieltänyt markkinoinnin. Vain hänen oma, dokumentoitu lupansa muuttaa sen: kirjaa se henkilön sivulla.',
  ],
  [
    'No permission of this person waits for review: `lupa person permit` records a new one.',
    'Henkilöllä ei ole tarkistusta odottavaa lupaa. Uusi lupa kirjataan henkilön sivulla.',
  ],
  [
    'A permission cannot be given in the future: check --at.',
    'Lupa ei voi olla annettu tulevaisuudessa: tarkista päivä.',
  ],
  [
    'That is not one clean email address: write it as name@company.example.',
    'Se ei ole yksi selvä sähköpostiosoite. Kirjoita se näin: nimi@yritys.example.',
  ],
  [
    'That is not one email address: write it as name@company.example, without a name or spaces.',
    'Se ei ole yksi sähköpostiosoite. Kirjoita se näin: nimi@yritys.example, ilman nimeä ja välejä.',
  ],
  [
    'The owner of that address has asked to be erased: it cannot be stored again.',
    'Osoitteen omistaja on pyytänyt tietojensa poistamista: osoitetta ei voi tallentaa uudelleen.',
  ],
  [
    'somebody holds this person’s row in a transaction that is not ended: a program that edits the register, or a person in it',
    'jokin ohjelma tai käyttäjä pitää henkilön riviä varattuna tietokannassa',
  ],
  ['it cannot be applied ({1})', 'sitä ei voi kirjata ({1})'],
  ['Nothing is set aside as {1}: `lupa set-aside list` shows what is.', 'Sivuun ei ole pantu mitään tunnuksella {1}.'],
  [
    '{1} people are more than the ceiling of one disclosure, {2}: raise ceilings.disclosure in lupa.yaml, or disclose fewer.',
    '{1} henkilöä on enemmän kuin yhden luovutuksen katto, {2}. Nosta kattoa tiedostossa lupa.yaml (ceilings.disclosure), tai luovuta harvempia.',
  ],
  ['--purpose is empty: say what it is for.', 'Käyttötarkoitus puuttuu: kerro, mihin tietoja tarvitaan.'],
  [
    'LEGAL_OBLIGATION needs --ground: name the law that asks, with its section.',
    'Lakiin perustuva luovutus tarvitsee perusteen: nimeä laki ja pykälä.',
  ],
  [
    'Nothing may be handed to {1}: add them to disclosures in lupa.yaml with reason and ground, or name the law with --reason LEGAL_OBLIGATION --ground.',
    'Vastaanottajalle {1} ei saa luovuttaa mitään. Lisää se perusteineen tiedostoon lupa.yaml (disclosures), tai nimeä laki, joka velvoittaa.',
  ],
  ['--fields {1}: write one or more of {2}.', 'Valitse ainakin yksi tietoryhmä.'],
  [
    'Confidential text is handed to nobody but where a law asks for it (R-30).',
    'Luottamuksellista tekstiä ei luovuteta kenellekään, ellei laki velvoita.',
  ],
  [
    'No recipient has these two ids: check them against the subject of the mail, or give the address.',
    'Kenelläkään vastaanottajalla ei ole näitä tunnisteita. Tarkista ne viestin otsikosta, tai anna osoite.',
  ],
  [
    'Give the address, or --campaign and --recipient from the subject of the opt-out mail.',
    'Anna osoite, tai molemmat tunnisteet kieltoviestin otsikosta.',
  ],
]
