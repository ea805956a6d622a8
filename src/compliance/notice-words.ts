// What each gap of a notice means, for its owner: Finnish and English, with the article that asks for it.
import type { NoticeGap } from '../domain/notice-gaps.ts'

export type Words = { fi: string; en: string }

export const gapWords: Record<NoticeGap, Words & { rule: string }> = {
  REPEALED_ACT: {
    rule: '1050/2018',
    fi: 'Viittaa henkilötietolakiin 523/1999, joka kumottiin 1.1.2019: viittaa tietosuoja-asetukseen ja tietosuojalakiin 1050/2018.',
    en: 'Refers to the Personal Data Act 523/1999, repealed on 1 January 2019: refer to the GDPR and the Data Protection Act 1050/2018.',
  },
  NO_CONTROLLER: {
    rule: 'Art. 13(1)(a)',
    fi: 'Rekisterinpitäjän nimi, Y-tunnus tai osoite puuttuu tai on muu kuin asetuksissa.',
    en: 'Name, business id or address of the controller is missing, or is another than in the settings.',
  },
  NO_CONTACT: {
    rule: 'Art. 13(1)(a)',
    fi: 'Rekisterin yhteyshenkilön sähköpostiosoite puuttuu tai on muu kuin asetuksissa.',
    en: 'The address of the person responsible is missing, or is another than in the settings.',
  },
  NO_PURPOSE: { rule: 'Art. 13(1)(c)', fi: 'Käsittelyn tarkoituksia ei kerrota.', en: 'The purposes are not told.' },
  NO_LAWFUL_BASIS: {
    rule: 'Art. 13(1)(c)–(d)',
    fi: 'Käsittelyn oikeusperustetta ei kerrota.',
    en: 'The lawful basis is not told.',
  },
  NO_CONSENT_BASIS: {
    rule: 'Art. 13(1)(c)',
    fi: 'Oikeusperusteena on vain oikeutettu etu, vaikka uutiskirjeet perustuvat lupaan: kerro suostumus.',
    en: 'Only legitimate interest is named, though newsletters rest on permission: name consent.',
  },
  NO_SOURCES: {
    rule: 'Art. 14(2)(f)',
    fi: 'Ei kerrota, mistä tiedot ovat peräisin.',
    en: 'Where the data come from is not told.',
  },
  NO_RETENTION: {
    rule: 'Art. 13(2)(a)',
    fi: 'Säilytysaikoja ei kerrota lukuina.',
    en: 'How long data are kept is not told in figures.',
  },
  OTHER_RETENTION: {
    rule: 'Art. 13(2)(a)',
    fi: 'Säilytysajat ovat muut kuin ne, joiden mukaan tiedot poistetaan (lifetimes, lupa.yaml).',
    en: 'The times are others than those by which data are deleted (lifetimes in lupa.yaml).',
  },
  NO_BACKUP_TIME: {
    rule: 'Art. 13(2)(a)',
    fi: 'Varmuuskopiot mainitaan, mutta ei aikaa, jonka ne säilyvät (backups.keep, lupa.yaml).',
    en: 'Backups are mentioned, and not for how long they are kept (backups.keep in lupa.yaml).',
  },
  NO_SUPPRESSION_LIST: {
    rule: 'Art. 13(2)(a), 17',
    fi: 'Ei kerrota, että kiellon tai poistopyynnön jälkeen osoitteesta jää tiiviste kieltolistalle.',
    en: 'That a hash of the address stays on a suppression list after an opt-out or an erasure is not told.',
  },
  TOOL_NOT_NAMED: {
    rule: 'Art. 13(1)(e)',
    fi: 'Sähköpostityökalua (Mailchimp, Intuit) ei nimetä vastaanottajaksi.',
    en: 'The email tool (Mailchimp, Intuit) is not named as a recipient.',
  },
  COUNTRY_NOT_NAMED: {
    rule: 'Art. 13(1)(f)',
    fi: 'Ei kerrota, että tietoja siirretään Yhdysvaltoihin.',
    en: 'That data go to the United States is not told.',
  },
  NO_TRANSFER_SAFEGUARD: {
    rule: 'Art. 13(1)(f)',
    fi: 'Siirron perustetta (Data Privacy Framework tai vakiolausekkeet) ei kerrota.',
    en: 'On what the transfer rests (Data Privacy Framework or standard clauses) is not told.',
  },
  NO_ART14_TIME: {
    rule: 'Art. 14(3)',
    fi: 'Ei kerrota, milloin muualta saaduista tiedoista ilmoitetaan (kuukauden kuluessa tai ensimmäisessä viestissä).',
    en: 'When people whose data come from elsewhere are told is missing (within a month, or with the first message).',
  },
  NO_RIGHT_ACCESS: right('15', 'saada tietonsa', 'of access'),
  NO_RIGHT_RECTIFICATION: right('16', 'oikaista tietonsa', 'to rectification'),
  NO_RIGHT_ERASURE: right('17', 'saada tietonsa poistetuksi', 'to erasure'),
  NO_RIGHT_RESTRICTION: right('18', 'rajoittaa käsittelyä', 'to restriction of processing'),
  NO_RIGHT_OBJECTION: right(
    '21',
    'vastustaa käsittelyä, suoramarkkinointia aina',
    'to object, to direct marketing always',
  ),
  NO_RIGHT_PORTABILITY: right('20', 'siirtää tiedot järjestelmästä toiseen', 'to data portability'),
  NO_RIGHT_WITHDRAW_CONSENT: right('7(3)', 'peruuttaa suostumus', 'to withdraw consent'),
  NO_RIGHT_COMPLAINT: right('77', 'valittaa tietosuojavaltuutetulle', 'to complain to the supervisory authority'),
  NO_AUTOMATED_DECISIONS: {
    rule: 'Art. 13(2)(f)',
    fi: 'Ei kerrota, tehdäänkö automaattisia päätöksiä tai profilointia (Lupa ei tee).',
    en: 'Whether there are automated decisions or profiling is not told (Lupa makes none).',
  },
  OTHER_VERSION: {
    rule: 'R-03',
    fi: 'Selosteessa ei ole asetuksissa olevaa versiota tai päiväystä (notice.version).',
    en: 'The version or date in the settings (notice.version) does not stand in the notice.',
  },
}

function right(article: string, fi: string, en: string) {
  return {
    rule: article.startsWith('7') ? `Art. 13(2)(${article === '77' ? 'd' : 'c'})` : `Art. 13(2)(b), ${article}`,
    fi: `Oikeutta ${fi} ei kerrota.`,
    en: `The right ${en} is not told.`,
  }
}
