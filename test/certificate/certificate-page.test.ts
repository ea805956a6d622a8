import { DomUtils, parseDocument } from 'htmlparser2'
import { describe, expect, test } from 'vitest'
import { type Certificate, sealCertificate } from '../../src/certificate/certificate.ts'
import { certificatePage } from '../../src/certificate/certificate-page.ts'
import { springCertificate, springContent } from './spring-certificate.ts'

const languages = ['fi', 'en'] as const

function read(certificate: Certificate, language: 'fi' | 'en') {
  const html = certificatePage(certificate, language)
  const document = parseDocument(html)
  const all = (name: string) => DomUtils.getElementsByTagName(name, document.children)
  const text = (name: string) => all(name).map((element) => DomUtils.textContent(element).replace(/\s+/g, ' ').trim())
  return { html, all, text }
}

function sealed(changes: Partial<Omit<Certificate, 'sha256'>>): Certificate {
  return sealCertificate({ ...springContent, ...changes })
}

describe('the first line', () => {
  const { counts, verification } = springContent
  const nobody = { ...counts, intended: 0, accepted: 0, refused: 0, refusedBecause: {}, sent: 0, removed: 0 }

  test.each([
    [
      'everybody is out, read back',
      sealed({}),
      'Työkalussa ei ole ketään: kaikki 166 poistettiin ja tarkistettiin 5.3.2027 klo 9.12.',
      'Nobody is in the tool: all 166 were removed, and this was verified on 5 March 2027 at 09:12.',
    ],
    [
      'there was one recipient',
      sealed({ counts: { ...counts, removed: 1 } }),
      'Työkalussa ei ole ketään: ainoa vastaanottaja poistettiin ja tarkistettiin 5.3.2027 klo 9.12.',
      'Nobody is in the tool: the only recipient was removed, and this was verified on 5 March 2027 at 09:12.',
    ],
    [
      'it was cancelled before anybody was disclosed',
      sealed({ counts: nobody, verification: null }),
      'Työkaluun ei viety ketään.',
      'Nobody was put into the tool.',
    ],
    [
      'nothing was read back',
      sealed({ verification: null }),
      'Työkalusta poistettiin 166, mutta poistoa ei ole tarkistettu.',
      'Removed from the tool: 166. The removal has not been verified.',
    ],
    [
      'somebody is left',
      sealed({ counts: { ...counts, remaining: 3 } }),
      'Työkalussa on vielä tietoja ihmisistä: 3.',
      'The tool still holds data about people: 3.',
    ],
    [
      'a report still names somebody',
      sealed({ verification: verification && { ...verification, identifyingReportRows: 2 } }),
      'Työkalussa on vielä tietoja ihmisistä: 2.',
      'The tool still holds data about people: 2.',
    ],
  ])('says what is so when %s', (_, certificate, fi, en) => {
    const lines = languages.map((language) => read(certificate, language).text('h1'))

    expect(lines).toEqual([[fi], [en]])
  })
})

test('the page tells in words and numbers who was selected and who was not, in both languages', () => {
  const rows = languages.map((language) => read(springCertificate, language).text('tr'))

  expect(rows[0]).toEqual([
    'Miksi ei valittuHenkilöitä',
    'lupaa ei ole87',
    'markkinointikielto28',
    'luvan lähde tuntematon10',
    'työsähköposti puuttuu2',
    'yleisosoite2',
    'sama osoite toisella henkilöllä1',
    'Yhteensä130',
    'VaiheHenkilöitä',
    'Kirjattiin luovutettaviksi168',
    'Työkalu otti vastaan166',
    'Työkalu ei ottanut2',
    'kieltänyt, palautunut tai valittanut työkalussa1',
    'työkalu pitää osoitetta virheellisenä1',
    'Vastaus jäi epäselväksi0',
    'Lähetettiin166',
    'Poistettiin työkalusta166',
    'Jäljellä työkalussa0',
    'Mitä palasiHenkilöitä',
    'Kieltoja3',
    'Valituksia roskapostista1',
    'Palautuneita, osoite ei toimi4',
    'Palautuneita, tilapäinen este2',
  ])
  expect(rows[1]?.slice(0, 4)).toEqual([
    'Why not selectedPeople',
    'no permission87',
    'marketing prohibited28',
    'source of the permission unknown10',
  ])
})

test('times are told in Finnish time, and with them what left, for how long, and how it was verified', () => {
  const { text, html } = read(springCertificate, 'fi')

  expect(text('time')).toEqual([
    '1.3.2027 klo 14.30',
    '2.3.2027 klo 8.30',
    '2.3.2027 klo 8.31',
    '2.3.2027 klo 9.00',
    '5.3.2027 klo 9.00',
    '5.3.2027 klo 9.05',
    '5.3.2027 klo 9.11',
    '5.3.2027 klo 9.12',
    '5.3.2027 klo 9.12',
  ])
  expect(text('li').slice(0, 3)).toEqual(['sähköposti', 'etunimi', 'sukunimi'])
  expect(text('p')).toEqual(
    expect.arrayContaining([
      'Tietoja oli työkalussa 3 vrk 40 min.',
      'Työkalun oma peruutuslinkki toimi 5.3.2027 klo 9.11 asti. Oma peruutuslinkkimme toimii aina.',
      'Jakelulistaa ei ole. Kirje raportteineen on poistettu työkalusta. Tyhjää jakelulistaa ei jäänyt.',
    ]),
  )
  expect(text('dd')).toEqual([
    'a1b2c3d4e5',
    '0',
    '0',
    springCertificate.sha256,
    'ab'.repeat(32),
    'cd'.repeat(32),
    springContent.campaign.id,
    'k7m2q9',
  ])
  expect(html).toContain('<html lang="fi">')
})

test('unread feedback, a waiting shell, a refused deletion and a broken seal are said plainly', () => {
  const verification = springContent.verification && { ...springContent.verification, toolCampaign: 'refused' as const }
  const shell = { state: 'pending' as const, notBefore: '2027-03-09T07:00:00.000Z', deletedAt: null }
  const changed = { ...sealed({ feedbackUnknown: true, verification, shell }), installation: 'toinen' }

  const { text } = read(changed, 'en')

  expect(text('p')).toEqual(
    expect.arrayContaining([
      'This certificate is not intact: its content was changed after it was sealed.',
      'Not all feedback could be read before the removal. The recipients are marked, and get no mail until this has been settled.',
      'The audience does not exist. The tool refused to delete the campaign. The matter is still open. The empty audience waits to be deleted, not before 9 March 2027 at 09:00. Nobody is in it.',
    ]),
  )
})

test('a cancelled campaign says so, also when some had already got it', () => {
  const campaign = { ...springContent.campaign, outcome: 'cancelled' as const }
  const unsent = sealed({ campaign, counts: { ...springContent.counts, sent: 0 } })

  const leads = [unsent, sealed({ campaign })].map((certificate) => read(certificate, 'fi').text('p')[0])

  expect(leads).toEqual([
    'Kevätkirje peruttiin. Sitä ei lähetetty kenellekään.',
    'Kevätkirje peruttiin, kun se oli ehditty lähettää 166 ihmiselle.',
  ])
})

test('the page asks nobody for anything and runs nothing, whatever a campaign is called', () => {
  const campaign = { ...springContent.campaign, name: '<script>x()</script>', subject: '"><img src=//x.example>' }

  for (const language of languages) {
    const { html, all } = read(sealed({ campaign }), language)
    expect([...all('script'), ...all('img'), ...all('link'), ...all('iframe')]).toEqual([])
    expect(html).not.toMatch(/url\(|@import|https?:\/\//)
    expect(html).not.toContain('undefined')
  }
})

test('every table header says what it heads, and every text colour can be read on white', () => {
  const { html, all } = read(springCertificate, 'fi')

  const colours = ['ink', 'soft', 'birch', 'alarm'].map(
    (name) => new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(html)?.[1] ?? '#ffffff',
  )

  expect(all('th').map(({ attribs }) => attribs['scope'] ?? 'none')).not.toContain('none')
  expect(colours.filter((colour) => contrastWithWhite(colour) < 4.5)).toEqual([])
})

// WCAG 2.2, relative luminance and contrast ratio.
function contrastWithWhite(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((start) => Number.parseInt(colour.slice(start, start + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
}
