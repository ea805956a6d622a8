// What is said of a campaign: refusals, halts, what launching lacks, what a mail should not have, what the settings find.
import type { Sentences } from './sentence.ts'

export const campaignSentences: Sentences = [
  ['There is no campaign {1}. `lupa campaign list` shows them.', 'Tällaista uutiskirjettä ei ole.'],
  [
    'More than one campaign is called {1}: give its id (`lupa campaign list`).',
    'Useammalla uutiskirjeellä on nimi {1}.',
  ],
  [
    'campaign {1} cannot be disclosed: {2} recipients are not settled',
    'Uutiskirjettä ei voi vielä lähettää: {2} vastaanottajan luovutusta selvitetään.',
  ],
  [
    'campaign {1} cannot be sent: {2} recipients said no',
    'Uutiskirjettä ei voi lähettää: {2} vastaanottajaa on kieltänyt sen.',
  ],
  ['campaign {1} cannot be sent: nobody is in the tool', 'Uutiskirjettä ei voi lähettää: työkalussa ei ole ketään.'],
  [
    'Campaign {1} is {2}: there is nobody to withdraw. {3}',
    'Uutiskirjeen {1} tila on ”<2>”: työkalussa ei ole ketään, joka pitäisi poistaa. <3>',
  ],
  [
    'campaign {1} is not withdrawn: {2} people or report rows remain',
    'Työkalu ei ole vielä tyhjä: {2} ihmistä tai raportin riviä on jäljellä.',
  ],
  ['Campaign {1} is {2} and cannot be cancelled. {3}', 'Uutiskirjeen {1} tila on ”<2>”, eikä sitä voi perua. <3>'],
  [
    'Campaign {1} is {2}, not halted: there is nothing to resume.',
    'Uutiskirje {1} ei ole pysähtynyt (tila ”<2>”): ei ole mitään jatkettavaa.',
  ],
  ['campaign {1} is {2}: it cannot {3}', 'Uutiskirjeen tila on jo ”<2>”. Joku ehti ensin: avaa sivu uudelleen.'],
  ['Everybody is being taken out of the tool already.', 'Kaikkia poistetaan työkalusta jo.'],
  ['Nobody is left in the tool.', 'Työkalussa ei ole enää ketään.'],
  ['Use `lupa campaign cancel` to end it.', 'Voit perua sen.'],
  [
    '{1} people would get it, and the last {2} had {3} at most. {4}',
    'Kirjeen saisi {1} ihmistä, ja aiemmilla uutiskirjeillä on ollut enintään {3} vastaanottajaa. Tarkista, että näin kuuluu olla, ja merkitse se.',
  ],
  [
    'The register was last read from a file {1} days ago, on {2}: import the file as it is now. {3}',
    'Rekisteri on luettu tiedostosta viimeksi {1} päivää sitten ({2}). Tuo tiedosto sellaisena kuin se on nyt, tai merkitse, että tiedot ovat ajan tasalla.',
  ],
  [
    'Of {1} people who may be mailed, this file would take {2}: {3} prohibited, {4} with no permission any more, {5} without an address. Nothing was imported. {6}',
    'Nyt {1} ihmistä saa kirjeen. Tämän tiedoston jälkeen {2} heistä ei saisi: {3} kiellon takia, {4} koska lupaa ei enää ole, {5} koska osoite puuttuu. Mitään ei tuotu. Jos näin kuuluu olla, merkitse se ja tuo uudelleen.',
  ],
  ['Look at `{1}`; if it is right, say --yes-i-checked-{2}.', 'Tarkista, ja merkitse sitten, että se on oikein.'],
  [
    '{1} is {2}: a test mail shows a draft. Write the campaign anew to test it.',
    'Uutiskirjeen {1} tila on ”<2>”. Testi lähetetään luonnoksesta: tee uutiskirje uudelleen, jos haluat testata sitä.',
  ],
  ['A test mail still lacks:', 'Testiä varten puuttuu vielä:'],
  [
    'A test goes to an address of the company’s own only: the responsible person, the sender, or one under alarms in lupa.yaml.',
    'Testi lähtee vain yrityksen omaan osoitteeseen: yhteyshenkilölle, lähettäjälle tai tiedostossa lupa.yaml hälytyksille (alarms) annettuun.',
  ],
  ['A test goes to one of the company’s own addresses only.', 'Testi lähtee vain yrityksen omaan osoitteeseen.'],
  [
    '{1} is being withdrawn already. Where feedback cannot be read, --unread orders it all the same.',
    'Uutiskirjettä {1} tyhjennetään jo. Jos palautetta ei voi lukea, voit määrätä tyhjennyksen silti.',
  ],
  ['There is no {1}: make one with `lupa init`.', 'Tiedostoa {1} ei ole: tee se komennolla lupa init.'],
  [
    'MAILCHIMP_API_KEY is not set: take a key from the tool’s account page, and set it or write it into .env.',
    'MAILCHIMP_API_KEY puuttuu: hae avain postitustyökalun tilin sivulta ja kirjoita se tiedostoon .env.',
  ],
  [
    'MAILCHIMP_API_KEY is not set: the tool cannot be reached without its key.',
    'MAILCHIMP_API_KEY puuttuu: ilman avainta postitustyökaluun ei saa yhteyttä.',
  ],
  ['There is no tool called {1}; there is: {2}.', 'Postitustyökalua {1} ei ole. On: {2}.'],
  [
    'TOOL_TRANSFER_ALLOWED is false, so nobody may be pushed: set it to true when transfers are allowed again.',
    'TOOL_TRANSFER_ALLOWED on false, joten ketään ei viedä työkaluun. Muuta se, kun siirto on taas sallittu.',
  ],
  [
    'The transfer to the tool should have been checked again by {1} (R-48): check it and move tool.transfer.nextCheck in lupa.yaml.',
    'Tietojen siirto työkaluun piti tarkistaa {1} mennessä. Tarkista se, ja muuta tool.transfer.nextCheck tiedostossa lupa.yaml.',
  ],
  [
    '{1} is {2}, and only a draft can be launched: write a new one with `lupa campaign new`.',
    'Uutiskirjeen {1} tila on ”<2>”, ja vain luonnoksen voi lähettää. Tee uusi uutiskirje.',
  ],
  ['Launching still lacks:', 'Lähettämistä varten puuttuu vielä:'],
  ['The time to send is over: write the campaign anew.', 'Lähetysaika on jo ohi: anna uutiskirjeelle uusi aika.'],
  [
    '{1} asks for {2} people, and none of them may get it now: `lupa campaign preview` says why.',
    'Uutiskirje {1} on tarkoitettu {2} ihmiselle, eikä kukaan heistä saa sitä nyt. Syyt ovat uutiskirjeen sivulla.',
  ],
  [
    '{1} people would get it, and the ceiling is {2}: raise ceilings.recipients in lupa.yaml, or ask for fewer.',
    'Kirjeen saisi {1} ihmistä, ja katto on {2}. Nosta kattoa tiedostossa lupa.yaml (ceilings.recipients), tai rajaa kohderyhmää.',
  ],
  ['it said nothing', 'se ei vastannut mitään'],
  ['The tool account cannot be used: {1}', 'Postitustyökalun tiliä ei voi käyttää: <1>'],
  ['The tool account could not be looked at: {1}. {2}', 'Postitustyökalun tiliä ei voitu katsoa: <1>. <2>'],
  ['Nothing was changed.', 'Mitään ei muutettu.'],
  ['Nothing was changed; try again when it answers.', 'Mitään ei muutettu; yritä uudelleen, kun se vastaa.'],
  [
    'The design cannot be read from the tool, check its id in the campaign file ({1}): {2}',
    'Mallia ei voi lukea postitustyökalusta, tarkista valinta (<1>): <2>',
  ],
  ['The newsletter cannot be sent as it is:', 'Kirjettä ei voi lähettää tällaisena:'],
  [
    'The work has not been done in time: is a worker running, and does the tool answer? `lupa doctor` looks.',
    'Työ ei valmistunut ajoissa. Onko Lupa käynnissä, ja vastaako postitustyökalu? Tarkista asetuksista.',
  ],
  ['The queue does not answer: is its server running?', 'Työjono ei vastaa: onko sen palvelin käynnissä?'],
  [
    'The key leads to the account {1}, and the configured one is {2}: check MAILCHIMP_API_KEY and MAILCHIMP_ACCOUNT_ID.',
    'Avain kuuluu tilille {1}, mutta asetuksissa on tili {2}. Tarkista MAILCHIMP_API_KEY ja MAILCHIMP_ACCOUNT_ID.',
  ],
  [
    "There is no {1}: the certificate needs the controller's name. Put it back.",
    'Tiedostoa {1} ei ole, ja todistus tarvitsee rekisterinpitäjän nimen. Pane se takaisin.',
  ],
  ['the tool does not show people it says it has', 'työkalu ei näytä ihmisiä, joita se sanoo itsellään olevan'],
  ['{1} people could not be removed from the tool yet', '{1} ihmistä ei ole vielä voitu poistaa työkalusta'],
  ['the tool does not show the webhook it has made', 'työkalu ei näytä tekemäänsä webhookia'],
  [
    'The time to send was {1} ago: this machine was asleep or busy. Resume to send now, or cancel.',
    'Lähetysajasta on kulunut {1}: kone oli lepotilassa tai varattu. Jatka, niin kirje lähtee nyt, tai peru.',
  ],
  [
    '{1} people would get this and the ceiling in lupa.yaml is {2}: raise ceilings.recipients and resume, or cancel.',
    'Kirjeen saisi {1} ihmistä, ja katto on {2}. Nosta kattoa tiedostossa lupa.yaml (ceilings.recipients) ja jatka, tai peru.',
  ],
  [
    'Nobody may get this campaign now: see `lupa campaign preview`. Cancel it, or resume when permissions have come.',
    'Kukaan ei saa tätä uutiskirjettä nyt. Peru se, tai jatka, kun lupia on tullut.',
  ],
  [
    'Somebody whom we did not push is in the audience of this campaign. Look at it in the tool; then withdraw.',
    'Tämän uutiskirjeen vastaanottajissa on työkalussa joku, jota me emme vieneet sinne. Katso työkalusta, ja tyhjennä sitten.',
  ],
  [
    'The tool holds more than name and address of people in this campaign ({1}). Withdraw.',
    'Työkalussa on tämän uutiskirjeen ihmisistä muutakin kuin nimi ja osoite ({1}). Tyhjennä työkalu.',
  ],
  [
    'The tool took nobody of this campaign: there is nobody to send to. Cancel it.',
    'Työkalu ei ottanut ketään vastaanottajista: ei ole kenelle lähettää. Peru uutiskirje.',
  ],
  [
    'The campaign is {1} in the tool although we have not sent it. Look at it there; then withdraw.',
    'Uutiskirjeen tila työkalussa on ”<1>”, vaikka emme ole lähettäneet sitä. Katso työkalusta, ja tyhjennä sitten.',
  ],
  [
    'The tool would send to {1} people and {2} are right. Withdraw, or resume to ask again.',
    'Työkalu lähettäisi <1> ihmiselle, ja oikea määrä on {2}. Tyhjennä, tai jatka, niin kysytään uudelleen.',
  ],
  ['an unknown number of', 'tuntemattomalle määrälle'],
  [
    'The tool would not send: {1}. Mend it in the tool and resume, or cancel.',
    'Työkalu ei suostu lähettämään: <1>. Korjaa asia työkalussa ja jatka, tai peru.',
  ],
  ['it does not say why', 'se ei kerro syytä'],
  [
    'TOOL_TRANSFER_ALLOWED is false: nobody may be pushed. Allow it and resume, or cancel.',
    'TOOL_TRANSFER_ALLOWED on false: ketään ei viedä työkaluun. Salli siirto ja jatka, tai peru.',
  ],
  [
    'There is no {1}, so nobody vouches for the transfer to the tool: make one and resume.',
    'Tiedostoa {1} ei ole, joten kukaan ei vastaa siirrosta työkaluun. Tee se ja jatka.',
  ],
  [
    'The transfer to the tool should have been checked again by {1}: check it, move tool.transfer.nextCheck in lupa.yaml, start the workers again and resume; or cancel.',
    'Tietojen siirto työkaluun piti tarkistaa {1} mennessä. Tarkista se, muuta tool.transfer.nextCheck tiedostossa lupa.yaml, käynnistä Lupa uudelleen ja jatka; tai peru.',
  ],
  ['{1} people and {2} report rows are still in the tool', 'työkalussa on vielä {1} ihmistä ja {2} raportin riviä'],
  [
    'The key leads to the account {1}, and this campaign is in {2}. Put the right key back and resume.',
    'Avain kuuluu tilille {1}, mutta tämä uutiskirje on tilillä {2}. Pane oikea avain takaisin ja jatka.',
  ],
  [
    'The campaign is {1} in the tool while it should be sending. Cancel it and resume: then everybody is taken out.',
    'Uutiskirjeen tila työkalussa on ”<1>”, vaikka sen pitäisi olla lähdössä. Peru se ja jatka: silloin kaikki poistetaan työkalusta.',
  ],
  [
    'The mail server refuses every address that alarms and reminders go to, so nobody was told: correct alarms and responsible in lupa.yaml.',
    'Sähköpostipalvelin torjuu jokaisen osoitteen, johon hälytykset ja muistutukset menevät, joten kenellekään ei kerrottu. Korjaa alarms ja responsible tiedostossa lupa.yaml.',
  ],
  ['unexpected failure ({1})', 'odottamaton virhe ({1})'],
  ['Unexpected failure ({1}).', 'Odottamaton virhe ({1}).'],
  ['Unavailable: {1}', 'ei vastaa: <1>'],
  ['Refused: {1}', 'kieltäytyi: <1>'],
  ['NotAllowed: {1}', '<1>'],
  ['BadInput: {1}', '<1>'],

  // The mail.
  [
    'The way out and the footer cannot be shown in this mail, because a comment, style or tag is not closed or the body is hidden: correct the HTML',
    'Kieltolinkkiä ja lopputekstiä ei voi näyttää tässä kirjeessä, koska jokin kommentti, tyyli tai tagi on jäänyt sulkematta tai sisältö on piilotettu: korjaa HTML',
  ],
  [
    'The mail has no link to the privacy notice: give its address as notice.url in lupa.yaml',
    'Kirjeessä ei ole linkkiä tietosuojaselosteeseen: anna sen osoite tiedostossa lupa.yaml (notice.url)',
  ],
  [
    'Pictures without alt text: {1}; say what each shows, or write alt="" where it only decorates',
    'Kuvia ilman vaihtoehtoista tekstiä (alt): {1}; kerro, mitä kukin esittää, tai kirjoita alt="", jos se vain koristaa',
  ],
  [
    'Pictures of one pixel, which look like tracking: {1}; take them out',
    'Yhden pikselin kuvia, jotka näyttävät seurannalta: {1}; poista ne',
  ],
  [
    'Addresses that are not encrypted: {1}; write https instead of http',
    'Salaamattomia osoitteita: {1}; kirjoita https eikä http',
  ],
  [
    'Links that look like tracking: {1}; take the extra parameters out',
    'Linkkejä, jotka näyttävät seurannalta: {1}; poista ylimääräiset parametrit',
  ],
  [
    'The mail has no title: write one between <title> and </title>; screen readers say it first',
    'Kirjeellä ei ole otsikkoa: kirjoita se tagien <title> ja </title> väliin; ruudunlukija sanoo sen ensin',
  ],
  [
    'The mail has no preview line, so mailboxes show the opt-out line: begin with a hidden line (mj-preview)',
    'Kirjeellä ei ole esikatseluriviä, joten postilaatikko näyttää kieltorivin: aloita piilotetulla rivillä (mj-preview)',
  ],
  [
    'The mail is {1} kB: Gmail hides what comes after 102 kB; make it shorter',
    'Kirje on {1} kt: Gmail piilottaa kaiken 102 kt:n jälkeen; lyhennä sitä',
  ],
  [
    'The mail has no text of its own: people whose pictures are off see nothing; write some',
    'Kirjeessä ei ole omaa tekstiä: se, jolta kuvat on estetty, ei näe mitään; kirjoita tekstiä',
  ],
  [
    'The mail says neither who sends it nor that it is a newsletter: say so at its top (917/2014 §203)',
    'Kirje ei kerro, kuka sen lähettää tai että se on uutiskirje: kerro se alussa (917/2014 203 §)',
  ],
  [
    'The mail uses {1}, which nobody fills: every recipient would read it as it stands; take it out',
    'Kirjeessä on {1}, jota kukaan ei täytä: jokainen vastaanottaja lukisi sen sellaisenaan; poista se',
  ],
  [
    'The mail holds {1}, which mail programs block or distrust: take it out',
    'Kirjeessä on <1>, jonka sähköpostiohjelmat estävät tai jota ne epäilevät: poista se',
  ],
  ['an embedded object', 'upotettu objekti'],
  ['a base address', 'perusosoite (base)'],
  ['a remote stylesheet (a <link>, in MJML an mj-font)', 'ulkoinen tyylitiedosto (<link>, MJML:ssä mj-font)'],
  ['a remote stylesheet (an @import)', 'ulkoinen tyylitiedosto (@import)'],
  ['a redirect (a meta refresh)', 'uudelleenohjaus (meta refresh)'],
  ['a script in an attribute', 'komentosarja attribuutissa'],
  ['a script', 'komentosarja'],
  ['a form', 'lomake'],
  ['a frame', 'kehys'],
  [
    '{1}: a newsletter is an .html or .mjml file; save or export it as one of these',
    '{1}: uutiskirje on .html- tai .mjml-tiedosto; tallenna se sellaiseksi',
  ],
  ['{1} is empty: write the newsletter into it first', '{1} on tyhjä: kirjoita kirje siihen ensin'],
  [
    '{1} is larger than 1 MB: put pictures on your web site and link to them from the newsletter',
    '{1} on suurempi kuin 1 Mt: pane kuvat verkkosivuillesi ja linkitä ne kirjeeseen',
  ],
  [
    '{1} is not UTF-8 text: save it again with the encoding UTF-8',
    '{1} ei ole UTF-8-tekstiä: tallenna se uudelleen UTF-8-koodauksella',
  ],
  [
    '{1} has a problem: sendAt is in the past; write a later time, or leave it out to send at launch.',
    'Lähetysaika on jo ohi: anna myöhempi aika, tai jätä se tyhjäksi, niin kirje lähtee heti.',
  ],
  ['{1} has a problem: {2}.', '{1}: <2>.'],
  ['{1} has problems:', '{1}: korjattavaa on.'],
  ['{1} is longer than 80 characters', '<1> on yli 80 merkkiä'],
  ['{1} is longer than 150 characters', '<1> on yli 150 merkkiä'],
  ['{1} is longer than 100 characters', '<1> on yli 100 merkkiä'],
  ['{1} is not an email address', '<1> ei ole sähköpostiosoite'],
  ['{1} is not a tool Lupa knows; there is: mailchimp', '<1> ei ole postitustyökalu, jonka Lupa tuntee'],
  ['{1} is not a time like 2027-03-02T09:00+02:00', '<1> ei ole aika'],
  ['{1} is missing: add it', '<1> puuttuu'],
  ['{1} is empty: fill it in', '<1> on tyhjä'],
  ['{1} is not what belongs here', '<1> ei käy'],
  [
    '{1} names none or several of content, template and draft; give exactly one',
    'valitse kirjeelle yksi sisältö: teksti, mallipohja tai luonnos',
  ],
  [
    '{1} is not a complete MJML document: put everything between <mjml><mj-body> and </mj-body></mjml>',
    '{1} ei ole kokonainen MJML-tiedosto: kaiken on oltava tagien <mjml><mj-body> ja </mj-body></mjml> välissä',
  ],
  ['{1}, line {2}: {3}{4}; correct the MJML', '{1}, rivi {2}: {3}; korjaa MJML'],
  [
    '{1}, line {2}: mj-include is not supported; copy the included part into the file',
    '{1}, rivi {2}: mj-include ei käy; kopioi liitettävä osa tiedostoon',
  ],

  // The settings.
  ['PostgreSQL {1}, {2}, {3}, all migrations applied', 'PostgreSQL {1}, {2}, <3>, ajan tasalla'],
  ['embedded in {1}', 'omassa kansiossa {1}'],
  ['jobs and pages have logins of their own', 'töillä ja sivuilla on omat kirjautumisensa'],
  [
    '{1} by SET ROLE, which is weaker: let `lupa migrate` make logins, or give DATABASE_URL_SYNC and the like',
    '{1} ilman omaa kirjautumista, mikä on heikompi: anna komennon lupa migrate tehdä ne, tai anna DATABASE_URL_SYNC ja muut',
  ],
  ['Redis answers', 'Redis vastaa'],
  ['in the database', 'tietokannassa'],
  ['{1} in {2}; keep a copy elsewhere', '{1} kansiossa {2}; säilytä kopio muualla'],
  ['{1} entries in {2}, intact', '{1} merkintää kansiossa {2}, ehjä'],
  ['the chain is whole', 'ketju on ehjä'],
  [
    'entry {1} does not fit the one before it: somebody changed the trail there',
    'merkintä {1} ei sovi edelliseen: joku on muuttanut lokia',
  ],
  ['alive', 'käynnissä'],
  [
    'none is running: `lupa start`, or `campaign launch` does the work itself',
    'ei ole käynnissä: lupa start käynnistää sen',
  ],
  ['none is on', 'ei hälytyksiä'],
  ['nothing: whatever was tried has gone through', 'ei mitään: kaikki on mennyt läpi'],
  [
    '{1}: `lupa set-aside list` says why, `lupa set-aside retry --all` tries again',
    '<1>: komento lupa set-aside list kertoo syyn, lupa set-aside retry --all yrittää uudelleen',
  ],
  ['{1}, {2} of it what people said', '<1>, joista {2} on ihmisten vastauksia'],
  ['{1} things', '{1} asiaa'],
  ['1 thing', 'yksi asia'],
  ['MAILCHIMP_API_KEY is not set', 'MAILCHIMP_API_KEY puuttuu'],
  ['{1} answers', '{1} vastaa'],
  [
    '{1} answers; set MAILCHIMP_ACCOUNT_ID to this, so that no other is ever used',
    '{1} vastaa; anna tämä asetuksena MAILCHIMP_ACCOUNT_ID, niin muuta tiliä ei koskaan käytetä',
  ],
  [
    'LUPA_PUBLIC_URL is not set: opt-outs come by mail, and the tool is polled',
    'LUPA_PUBLIC_URL puuttuu: kiellot tulevat sähköpostilla, ja työkalun palaute luetaan määrävälein',
  ],
  [
    '{1} does not answer from here: is `lupa start` or `lupa web` running behind it?',
    '{1} ei vastaa täältä: onko lupa start tai lupa web käynnissä sen takana?',
  ],
  ['people are in the tool, and the deadline is near', 'työkalussa on ihmisiä, ja määräaika on lähellä'],
  ['people are in the tool, and the deadline is over', 'työkalussa on ihmisiä, ja määräaika on ohi'],
  ['a campaign has stopped', 'uutiskirje on pysähtynyt'],
  ['feedback has not been applied for too long', 'palautetta ei ole käsitelty liian pitkään aikaan'],
  ['opt-out links are being guessed', 'joku kokeilee kieltolinkkejä'],
  ['a campaign has no webhook', 'työkalu ei pysty kertomaan kielloista heti (webhook puuttuu)'],
  ['the transfer to the tool should have been checked again', 'tietojen siirto työkaluun olisi pitänyt tarkistaa'],
  ['{1}: {2} ({3}), since {4}', '{1}: <2> (<3>), alkaen {4}'],
  ['{1}: {2}, since {3}', '{1}: <2>, alkaen {3}'],
  ['{1}, since {2}', '<1>, alkaen {2}'],
]
