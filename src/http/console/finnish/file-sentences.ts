// What is wrong with a customer file or with a mapping.
import type { Sentences } from './sentence.ts'

export const fileSentences: Sentences = [
  [
    '{1} has {2} MB, and at most 512 MB can be read: use Compact & Repair in Access, or export its tables as CSV.',
    '{1} on {2} Mt, ja enintään 512 Mt voidaan lukea: tiivistä ja korjaa tietokanta Accessissa, tai vie taulut CSV-muotoon.',
  ],
  [
    '{1} is open in Access ({2} lies beside it): close Access and try again, or import a copy of the file. If nobody has it open, delete {3}.',
    '{1} on auki Accessissa: sulje Access ja yritä uudelleen, tai tuo kopio tiedostosta.',
  ],
  [
    '{1} changed while it was being read: close whatever writes to it, and try again.',
    '{1} muuttui luettaessa: sulje ohjelma, joka kirjoittaa siihen, ja yritä uudelleen.',
  ],
  ['The password does not open {1}: check the password file.', 'Salasana ei avaa tiedostoa {1}: tarkista salasana.'],
  [
    '{1} is protected by a password: give it with --password-file.',
    '{1} on suojattu salasanalla: anna salasana lomakkeella.',
  ],
  [
    '{1} is encrypted in a way that cannot be read: decrypt a copy in Access (File, Info, Decrypt Database) and import that.',
    '{1} on salattu tavalla, jota ei voi lukea: pura kopion salaus Accessissa (Tiedosto, Tiedot, Pura tietokannan salaus) ja tuo se.',
  ],
  [
    '{1} is not a readable Access database: run Compact & Repair in Access and try again.',
    '{1} ei ole luettava Access-tietokanta: tiivistä ja korjaa se Accessissa, ja yritä uudelleen.',
  ],
  [
    '{1} holds no tables of its own, only links to another file: import the file they link to.',
    'Tiedostossa {1} ei ole omia tauluja, vain linkkejä toiseen tiedostoon: tuo se tiedosto, johon linkit vievät.',
  ],
  [
    'Linked tables are not in this file and were not read: {1}. To read them, import the file they link to.',
    'Linkitettyjä tauluja ei ole tässä tiedostossa, eikä niitä luettu: {1}. Tuo tiedosto, johon linkit vievät.',
  ],
  [
    '{1} is damaged: run Compact & Repair in Access and try again.',
    '{1} on vioittunut: tiivistä ja korjaa se Accessissa, ja yritä uudelleen.',
  ],
  [
    '{1} is UTF-16 text: save it as "CSV UTF-8" and try again.',
    '{1} on UTF-16-tekstiä: tallenna se muodossa ”CSV UTF-8” ja yritä uudelleen.',
  ],
  [
    '{1} is not a text file, whatever its name says: save the table as "CSV UTF-8".',
    '{1} ei ole tekstitiedosto, vaikka nimi niin sanoo: tallenna taulukko muodossa ”CSV UTF-8”.',
  ],
  [
    '{1} says that it is UTF-8, and is not all through: save it once more as "CSV UTF-8" and try again.',
    '{1} sanoo olevansa UTF-8:aa, mutta ei ole sitä kauttaaltaan: tallenna se uudelleen muodossa ”CSV UTF-8” ja yritä uudelleen.',
  ],
  [
    '{1} is not UTF-8: it was read as Windows-1252. If names look wrong, save it as "CSV UTF-8" and import it again.',
    '{1} ei ole UTF-8:aa: se luettiin Windows-1252:na. Jos nimet näyttävät vääriltä, tallenna se muodossa ”CSV UTF-8” ja tuo uudelleen.',
  ],
  [
    '{1} has two columns named "{2}": rename one of them in the first line.',
    'Tiedostossa {1} on kaksi saraketta nimeltä ”{2}”: muuta toisen nimi ensimmäisellä rivillä.',
  ],
  [
    '{1} is empty: the first line must name the columns.',
    '{1} on tyhjä: ensimmäisellä rivillä on oltava sarakkeiden nimet.',
  ],
  [
    'it has {1} cells and the header has {2}: check separators and quotes in this line',
    'rivillä on {1} solua ja otsikossa {2}: tarkista rivin erottimet ja lainausmerkit',
  ],
  [
    '{1} has a quotation mark that is never closed, from line {2} on: close or remove it.',
    'Tiedostossa {1} on lainausmerkki, jota ei suljeta, riviltä {2} alkaen: sulje tai poista se.',
  ],
  [
    '{1} has a row of more than 1 MB at line {2}: look there for a quotation mark that is never closed.',
    'Tiedostossa {1} on yli megatavun rivi kohdassa {2}: etsi siitä lainausmerkki, jota ei suljeta.',
  ],
  [
    '{1} could not be read from line {2} on: check that it is a complete CSV file.',
    'Tiedostoa {1} ei voitu lukea riviltä {2} alkaen: tarkista, että se on kokonainen CSV-tiedosto.',
  ],
  ['There is no file {1}: check the name and the folder.', 'Tiedostoa {1} ei ole.'],
  ['{1} is not a file: give the register file itself.', '{1} ei ole tiedosto.'],
  [
    '{1} cannot be read: give an Access database (.accdb, .mdb), or save the table as .csv or .xlsx.',
    'Tiedostoa {1} ei voi lukea: anna Access-tietokanta (.accdb, .mdb), tai tallenna taulu muodossa .csv tai .xlsx.',
  ],
  [
    '{1} is not an Access database, or it is damaged: open it in Access, or give the right file.',
    '{1} ei ole Access-tietokanta, tai se on vioittunut: avaa se Accessissa, tai anna oikea tiedosto.',
  ],
  [
    '{1} is empty: the first line of a sheet must name the columns.',
    '{1} on tyhjä: taulukon ensimmäisellä rivillä on oltava sarakkeiden nimet.',
  ],
  [
    '{1} has a formula without a value in cell {2} (such as #N/A): correct it, or paste values over the formulas, and save the file.',
    'Tiedoston {1} solussa {2} on kaava ilman arvoa (kuten #N/A): korjaa se, tai liitä kaavojen päälle arvot, ja tallenna.',
  ],
  [
    '{1} is damaged{2}: open it in Excel, save it again as .xlsx, and try again.',
    '{1} on vioittunut: avaa se Excelissä, tallenna uudelleen muodossa .xlsx, ja yritä uudelleen.',
  ],
  [
    '{1} is protected by a password, or is an old .xls inside: save it in Excel as .xlsx without a password.',
    '{1} on suojattu salasanalla, tai se on vanhaa .xls-muotoa: tallenna se Excelissä muodossa .xlsx ilman salasanaa.',
  ],
  [
    '{1} is not an Excel workbook, or it is damaged: open it in Excel and save it again as .xlsx.',
    '{1} ei ole Excel-työkirja, tai se on vioittunut: avaa se Excelissä ja tallenna uudelleen muodossa .xlsx.',
  ],
  [
    '{1} is too large to be read as a workbook (64 MB, or 1 GB unpacked): save the table as "CSV UTF-8".',
    '{1} on liian suuri työkirjaksi (64 Mt, tai 1 Gt purettuna): tallenna taulukko muodossa ”CSV UTF-8”.',
  ],
  [
    '{1} has two columns named "{2}" on the sheet "{3}": rename one of them in the first line.',
    'Tiedoston {1} taulukossa ”{3}” on kaksi saraketta nimeltä ”{2}”: muuta toisen nimi ensimmäisellä rivillä.',
  ],
  [
    'it belongs to nobody: it names no person and no organisation',
    'rivi ei kuulu kenellekään: siinä ei ole henkilöä eikä organisaatiota',
  ],
  ['it is an organisation without a name', 'organisaatiolla ei ole nimeä'],
  [
    'it identifies nobody: it has no name and no address',
    'rivistä ei tunnista ketään: siinä ei ole nimeä eikä osoitetta',
  ],
  [
    'its key stands in an earlier row, and it holds a prohibition: correct the key and import the file again',
    'sama tunniste on jo aiemmalla rivillä, ja tällä rivillä on kielto: korjaa tunniste ja tuo tiedosto uudelleen',
  ],
  ['its key stands in an earlier row', 'sama tunniste on jo aiemmalla rivillä'],

  // The mapping as YAML.
  ['The mapping does not fit this file.', 'Kuvaus ei sovi tähän tiedostoon.'],
  [
    '{1} is not valid YAML at line {2}: check indentation, quotes and repeated keys there.',
    '{1}: rivillä {2} ei ole kelvollista YAML-tekstiä. Tarkista sisennys, lainausmerkit ja toistuvat avaimet.',
  ],
  ['{1} cannot be used.', '<1>: tätä ei voi käyttää.'],
  ['{1}: the file has {2} tables; name one of {3}.', '<1>: tiedostossa on {2} taulua; nimeä jokin näistä: {3}.'],
  ['{1}: the file has no table "{2}"; {3}', '<1>: tiedostossa ei ole taulua ”{2}”; <3>'],
  ['{1}: the table "{2}" has no column "{3}"; {4}', '<1>: taulussa ”{2}” ei ole saraketta ”{3}”; <4>'],
  [
    '{1}: the column "{2}" of "{3}" holds several values, attachments or binary data, which are never read; remove it.',
    '{1}: taulun ”{3}” sarakkeessa ”{2}” on useita arvoja, liitteitä tai binääridataa, joita ei koskaan lueta; poista se.',
  ],
  ['it has {1}.', 'siinä on {1}.'],
  ['did you mean "{1}"?', 'tarkoititko ”{1}”?'],
  [
    '{1}: there is no such key here; remove it, or write one of {2}.',
    '{1}: tällaista avainta ei ole; poista se, tai kirjoita jokin näistä: {2}.',
  ],
  [
    '{1}: there is no such key here; write {2}, or remove it.',
    '{1}: tällaista avainta ei ole; kirjoita {2}, tai poista se.',
  ],
  ['{1}: it is missing; add it.', '<1> puuttuu; lisää se.'],
  ['{1}: {2} is not known; write one of {3}.', '<1>: {2} ei ole tunnettu; kirjoita jokin näistä: {3}.'],
  ['{1}: {2} does not belong here; {3}.', '<1>: <2> ei kuulu tähän; <3>.'],
  ['a list', 'luettelo'],
  ['a group of lines', 'rivien ryhmä'],
  ['the whole file', 'koko tiedosto'],
  ['write a list, each entry beginning with "- "', 'kirjoita luettelo, jossa jokainen kohta alkaa merkillä ”- ”'],
  ['write lines under it, each "key: value"', 'kirjoita sen alle rivejä muodossa ”avain: arvo”'],
  ['{1}: write a word.', '<1>: kirjoita sana.'],
  ['write a word', 'kirjoita sana'],
  ['{1}: write a list, such as [kyllä, x].', '<1>: kirjoita luettelo, kuten [kyllä, x].'],
  ['{1}: write at least one word.', '<1>: kirjoita ainakin yksi sana.'],
  [
    '{1}: write the name of a column, in quotes if it is a number.',
    '{1}: kirjoita sarakkeen nimi, lainausmerkeissä jos se on luku.',
  ],
  ['{1}: write the name of a column, or leave the line out.', '<1>: kirjoita sarakkeen nimi, tai jätä rivi pois.'],
  ['{1}: write the name of a table.', '<1>: kirjoita taulun nimi.'],
  [
    '{1}: write the name of a table, or leave the line out if the file has only one.',
    '{1}: kirjoita taulun nimi, tai jätä rivi pois, jos tauluja on vain yksi.',
  ],
  ['{1}: write the separator in quotes, such as ";".', '<1>: kirjoita erotin lainausmerkeissä, kuten ";".'],
  [
    '{1}: give the register a short name of its own, such as asiakasrekisteri.',
    '{1}: anna rekisterille lyhyt oma nimi, kuten asiakasrekisteri.',
  ],
  [
    '{1}: use letters, digits, spaces, dots and hyphens, at most 64.',
    '{1}: käytä kirjaimia, numeroita, välejä, pisteitä ja viivoja, enintään 64.',
  ],
  [
    '{1}: a word stands under both permission and prohibition; leave it under prohibition only.',
    '{1}: sama sana on sekä luvassa että kiellossa; jätä se vain kieltoon.',
  ],
  [
    '{1}: give either a status column or yes/no columns (permitted, prohibited), not both.',
    '{1}: anna joko status-sarake tai kyllä/ei-sarakkeet (permitted, prohibited), ei molempia.',
  ],
  [
    '{1}: name a column: permitted, prohibited or status; leave permission out where the file says nothing.',
    '{1}: nimeä sarake permitted, prohibited tai status; jätä permission pois, jos tiedosto ei kerro luvasta.',
  ],
  ['{1}: write a list, such as [Muistiinpanot].', '<1>: kirjoita luettelo, kuten [Muistiinpanot].'],
  [
    '{1}: give either fullName or firstName and lastName, not both.',
    '{1}: anna joko fullName tai firstName ja lastName, ei molempia.',
  ],
  [
    '{1}: name at least one of firstName, lastName, fullName, email.',
    '{1}: nimeä ainakin yksi näistä: firstName, lastName, fullName, email.',
  ],
  [
    '{1}: name the column that says whose activity it is: personKey or organisationKey.',
    '{1}: nimeä sarake, joka kertoo, kenen rivi on: personKey tai organisationKey.',
  ],
  ['{1}: write a list of column names.', '<1>: kirjoita luettelo sarakkeiden nimistä.'],
  [
    '{1}: write a list, each entry beginning with "- table:".',
    '{1}: kirjoita luettelo, jossa jokainen kohta alkaa ”- table:”.',
  ],
]
