// What `lupa notice gaps` finds in a notice as small companies publish it, and that a good one passes.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { gapWords } from '../../src/compliance/notice-words.ts'
import { noticeFacts } from '../../src/compliance/published-notice.ts'
import { readCompany } from '../../src/config.ts'
import { gapsOf, noticeGaps } from '../../src/domain/notice-gaps.ts'

const facts = noticeFacts(readCompany('prisma/sample/lupa.yaml'))
const published = readFileSync('prisma/sample/tietosuojaseloste.txt', 'utf8')

const good = `Esimerkki Consulting Oy, Y-tunnus 1234567-1, Esimerkkikuja 6 C 3, 21410 Vanhalinna, erja@konsultti.example, 15.5.2024.
Tarkoitus ja oikeusperuste: oikeutettu etu ja suostumus. Tietolähteinä ovat lomakkeet. Henkilötiedot säilytetään 20 vuotta, aktiviteetit 10 vuotta,
muistiinpanot 5 vuotta, kampanjat 6 vuotta, pyynnöt 3 vuotta ja varmuuskopiot 35 päivää. Kieltolistalle jää osoitteen tiiviste. Uutiskirjeet lähetetään
Mailchimpillä (Intuit, Yhdysvallat; Data Privacy Framework). Muualta saaduista tiedoista kerromme kuukauden kuluessa. Sinulla on oikeus saada
tietosi, oikaista ja poistaa ne, rajoittaa tietojesi käsittelyä, vastustaa käsittelyä, siirtää tietosi järjestelmästä toiseen, peruuttaa
suostumuksesi ja valittaa tietosuojavaltuutetulle. Emme tee automaattisia päätöksiä emmekä profilointia.`

test('the notice of a small company names a repealed act, no times, no tool, no country and half of the rights', () => {
  expect(gapsOf(published, facts)).toEqual([
    'REPEALED_ACT',
    'NO_CONSENT_BASIS',
    'NO_RETENTION',
    'NO_BACKUP_TIME',
    'NO_SUPPRESSION_LIST',
    'TOOL_NOT_NAMED',
    'COUNTRY_NOT_NAMED',
    'NO_TRANSFER_SAFEGUARD',
    'NO_ART14_TIME',
    'NO_RIGHT_RESTRICTION',
    'NO_RIGHT_OBJECTION',
    'NO_RIGHT_PORTABILITY',
    'NO_RIGHT_WITHDRAW_CONSENT',
    'NO_RIGHT_COMPLAINT',
    'NO_AUTOMATED_DECISIONS',
  ])
})

test('a notice that says everything has no gap; one that says other times, another version or another company has', () => {
  expect(gapsOf(good, facts)).toEqual([])
  expect(gapsOf(good.replace('20 vuotta', '12 vuotta'), facts)).toEqual(['OTHER_RETENTION'])
  expect(gapsOf(good.replace('35 päivää', '90 päivää'), facts)).toEqual(['NO_BACKUP_TIME'])
  expect(gapsOf(good.replace('15.5.2024', '1.1.2020'), facts)).toEqual(['OTHER_VERSION'])
  expect(gapsOf(good.replace('1234567-1', '7654321-2'), facts)).toEqual(['NO_CONTROLLER'])
})

test('an empty notice lacks everything that a notice can lack', () => {
  const never = ['REPEALED_ACT', 'OTHER_RETENTION', 'NO_BACKUP_TIME']

  expect(gapsOf('', facts)).toEqual(noticeGaps.filter((gap) => !never.includes(gap)))
})

test('every gap is worded in both languages, with the rule behind it', () => {
  for (const gap of noticeGaps) {
    expect(gapWords[gap].fi, gap).toMatch(/^[A-ZÄÖ].*\.$/)
    expect(gapWords[gap].en, gap).toMatch(/^[A-Z].*\.$/)
    expect(gapWords[gap].rule, gap).toMatch(/Art\.|R-|1050/)
  }
})
