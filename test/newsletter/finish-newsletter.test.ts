import { join } from 'node:path'
import fc from 'fast-check'
import { DomUtils, parseDocument } from 'htmlparser2'
import { describe, expect, test } from 'vitest'
import { finishNewsletter } from '../../src/newsletter/finish-newsletter.ts'
import { readNewsletter } from '../../src/newsletter/read-newsletter.ts'
import { mail, setting } from './setting.ts'

const wayOut = 'https://lupa.koivu.example/o/*|CAMPAIGN_UID|*/*|UNIQID|*'
const everything = ['opt-out-link', 'sender', 'postal-address', 'why', 'tool-opt-out', 'notice-link']

function links(html: string): { href: string; text: string }[] {
  const found = DomUtils.getElementsByTagName('a', parseDocument(html).children)
  return found.map((link) => ({ href: link.attribs['href'] ?? '', text: DomUtils.textContent(link) }))
}

function words(html: string): string {
  return DomUtils.innerText(parseDocument(html).children).replace(/\s+/g, ' ')
}

describe('the way out', () => {
  test('our own way out is the first link of every mail, and the footer says who, why and where', () => {
    const html = mail('<p>Hei *|FNAME|*, <a href="https://www.koivu.example/kevat">lue lisää</a></p>')

    const finished = finishNewsletter(html, setting)

    expect(finished).toMatchObject({ added: everything, problems: [], warnings: [] })
    expect(links(finished.html)).toEqual([
      { href: wayOut, text: 'En halua enää uutiskirjeitä' },
      { href: 'https://www.koivu.example/kevat', text: 'lue lisää' },
      { href: wayOut, text: 'En halua enää uutiskirjeitä' },
      { href: '*|UNSUB|*', text: 'Postitustyökalun oma peruutuslinkki' },
      { href: 'https://www.koivu.example/tietosuoja', text: 'Tietosuojaseloste' },
    ])
    expect(words(finished.html)).toContain('Uutiskirje, lähettäjä Koivu & Pojat Oy. En halua enää uutiskirjeitä')
    expect(words(finished.html)).toContain(
      'koska olet antanut siihen luvan. Koivu & Pojat Oy · Y-tunnus 1234567-1 *|LIST:ADDRESS|*',
    )
  })

  test('without a public address the way out is a mail whose subject carries both placeholders as they are written', () => {
    const unreachable = {
      ...setting,
      publicUrl: null,
      responsible: { name: 'Aino', email: 'aino+kielto@koivu.example' },
    }

    const [first] = links(finishNewsletter(mail('<p>Uutisia</p>'), unreachable).html)

    expect(first?.href).toBe('mailto:aino%2Bkielto@koivu.example?subject=Kielto%20*|CAMPAIGN_UID|*%20*|UNIQID|*')
  })

  test('an English mail says the same in English', () => {
    const finished = finishNewsletter(mail('<p>News</p>'), { ...setting, language: 'en' })

    expect(links(finished.html).map(({ text }) => text)).toEqual([
      'I do not want these newsletters any more',
      'I do not want these newsletters any more',
      'Unsubscribe link of the mailing tool',
      'Privacy notice',
    ])
  })

  test('a way out that stands at the end, is hidden or shows nothing does not count', () => {
    const late = mail(`<p>${'Pitkä juttu. '.repeat(40)}</p><a href="${wayOut}">Peru</a>`)
    const hidden = mail(`<p style="display: none"><a href="${wayOut}">Peru</a></p><p>Uutisia</p>`)
    const empty = mail(`<a href="${wayOut}"></a><p>Uutisia</p>`)

    const added = [late, hidden, empty].map((html) => finishNewsletter(html, setting).added)

    expect(added).toEqual([everything, everything, everything])
  })

  test('a mail that shows everything itself is sent as its owner made it', () => {
    const html = mail(`<p>Uutiskirje. <a href="${wayOut}">Peru</a></p>
      <p>Saat tämän uutiskirjeen työsähköpostiisi,\n koska olet antanut siihen luvan.</p>
      <p><b>Koivu</b> &amp; Pojat&nbsp;Oy, 1234567-1<br>Rantatie 5<br>21200 RAISIO</p>
      <a href="*|UNSUB|*">Tool</a> <a href="https://www.koivu.example/tietosuoja/">Seloste</a>`)

    expect(finishNewsletter(html, setting)).toEqual({ html, added: [], problems: [], warnings: [] })
  })

  test('only what is missing is put in', () => {
    const html = mail(`<a href="${wayOut}">Peru uutiskirje</a><p>Koivu &amp; Pojat Oy, 1234567-1</p>*|LIST:ADDRESS|*`)

    expect(finishNewsletter(html, setting).added).toEqual(['why', 'tool-opt-out', 'notice-link'])
  })

  test("names with HTML's own characters stay text", () => {
    const controller = { ...setting.controller, name: '<script>Koivu</script>' }

    const { html, problems } = finishNewsletter(mail('<p>Uutisia</p>'), { ...setting, controller })

    expect(problems).toEqual([])
    expect(words(html)).toContain('Uutiskirje, lähettäjä <script>Koivu</script>.')
  })
})

describe('where it goes', () => {
  test('the hidden preview line stays first, and the rest of the mail is kept character for character', () => {
    const before = '<!DOCTYPE html><html><head><title>T</title></head><body bgcolor="#fff"><div hidden>Esi</div>'
    const content = "\n<!--[if mso]><table><tr><td><![endif]-->\n<P CLASS='x'>A & B<br/></P>\n"

    const { html } = finishNewsletter(`${before}${content}</BODY></html>\n`, setting)

    expect(html.startsWith(`${before}<div class="lupa-opening"`)).toBe(true)
    expect(html).toContain(`</div>\n${content}<div class="lupa-footer"`)
    expect(html.endsWith('</div>\n</BODY></html>\n')).toBe(true)
  })

  test('a mail without body or html tags is finished as well', () => {
    const bare = finishNewsletter('<!doctype html>\n<title>T</title>\n<p>Uutisia</p>', setting)
    const empty = finishNewsletter('<html><head><title>T</title></head><body></body></html>', setting)

    expect(bare.html).toMatch(
      /^<!doctype html>\n<title>T<\/title>\n<div class="lupa-opening".*<p>Uutisia<\/p><div class="lupa-footer"/s,
    )
    expect(empty.html).toMatch(/<body><div class="lupa-opening".*<div class="lupa-footer".*<\/body><\/html>$/s)
    expect([bare.problems, empty.problems]).toEqual([[], []])
  })

  test('a mail in which nothing put in would be seen is a problem and stays untouched', () => {
    const broken = [
      '<body><p>Uutisia</p><!-- kesken',
      '<body style="display:none"><p>Uutisia</p></body>',
      '<p>x<style>p{}',
    ]

    const finished = broken.map((html) => finishNewsletter(html, setting))

    expect(finished.map(({ html }) => html)).toEqual(broken)
    expect(finished.map(({ added, problems }) => ({ added, problems }))).toEqual(
      broken.map(() => ({
        added: [],
        problems: [expect.stringMatching(/^The way out and the footer cannot be shown/)],
      })),
    )
  })

  test('finishing a finished mail changes nothing', async () => {
    const samples = await Promise.all(
      ['kirje.html', 'kirje.mjml'].map((name) => readNewsletter(join('prisma', 'sample', name))),
    )

    for (const { html } of samples) {
      const once = finishNewsletter(html, setting)
      expect(once).toMatchObject({ added: everything, problems: [], warnings: [] })
      expect(finishNewsletter(once.html, setting)).toEqual({ ...once, added: [] })
    }
  })

  test('finishing a finished mail changes nothing, whatever the mail is made of', () => {
    const pieces = [
      '<body>',
      '</body>',
      '<html>',
      '</html>',
      '<head>',
      '</head>',
      '<p>',
      '</p>',
      '<div hidden>',
      '</div>',
      'teksti ',
    ]
    const more = [
      '&amp; ',
      '<a href="',
      `<a href="${wayOut}">`,
      '">',
      '</a>',
      '<!--',
      '-->',
      '<style>',
      '</style>',
      '<br/>',
      '*|UNSUB|*',
    ]
    const anyMail = fc
      .array(fc.constantFrom(...pieces, ...more, '1234567-1', '\n'), { maxLength: 14 })
      .map((parts) => parts.join(''))

    fc.assert(
      fc.property(anyMail, fc.constantFrom('fi' as const, 'en' as const), (html, language) => {
        const once = finishNewsletter(html, { ...setting, language })
        const twice = finishNewsletter(once.html, { ...setting, language })
        expect(twice).toEqual({ ...once, added: [] })
        if (!once.problems.some((problem) => problem.startsWith('The way out')))
          expect(once.html).toContain(`"${wayOut}"`)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('what is wrong', () => {
  test('a placeholder that nobody fills blocks the launch once, in text, attributes and conditions alike', () => {
    const html = mail(`<p title="*|COMPANY|*">*|COMPANY|* *|FNAME|* *|IF:FNAME|*x*|END:IF|* *|IF:TITLE|*y*|END:IF|*</p>
      <a href="https://www.koivu.example/?x=*|PHONE|*">x</a>`)

    expect(finishNewsletter(html, setting).problems).toEqual(
      ['*|COMPANY|*', '*|IF:TITLE|*', '*|PHONE|*'].map(
        (written) =>
          `The mail uses ${written}, which nobody fills: every recipient would read it as it stands; take it out`,
      ),
    )
  })

  test.each([
    ['a script', '<script>1</script>'],
    ['a form', '<form></form>'],
    ['a frame', '<iframe src="https://x.example"></iframe>'],
    ['an embedded object', '<embed>'],
    ['a base address', '<base href="https://x.example/">'],
    ['a remote stylesheet (a <link>, in MJML an mj-font)', '<link rel="Stylesheet" href="https://x.example/a.css">'],
    ['a remote stylesheet (an @import)', '<style>@import url(https://x.example/a.css)</style>'],
    ['a redirect (a meta refresh)', '<meta http-equiv="Refresh" content="0;url=https://x.example">'],
    ['a script in an attribute', '<p onclick="x()">x</p><a href=" JavaScript:x()">x</a>'],
  ])('%s blocks the launch', (kind, content) => {
    const { problems } = finishNewsletter(mail(`<p>Uutisia</p>${content}`), setting)

    expect(problems).toEqual([`The mail holds ${kind}, which mail programs block or distrust: take it out`])
  })

  test.each([
    [
      'Pictures without alt text: 1; ',
      mail('<p>Uutisia</p><img src="https://x.example/a.png"><img alt="" src="https://x.example/b.png">'),
    ],
    [
      'Pictures of one pixel, which look like tracking: 1; ',
      mail('<p>x</p><img alt="" src="https://x.example/a.gif" width="1" height="1">'),
    ],
    [
      'Addresses that are not encrypted: http://a.example; ',
      mail('<a href="http://a.example">x</a><a href="http://a.example">y</a>'),
    ],
    [
      'Links that look like tracking: https://a.example/?utm_source=kirje; ',
      mail('<a href="https://a.example/?utm_source=kirje">x</a>'),
    ],
    ['The mail has no title: ', mail('<p>Uutisia</p>').replace('Kevään vinkit', ' ')],
    ['The mail has no preview line, ', mail('<p>Uutisia</p>').replace('Esikatselu', '')],
    ['The mail is 10', mail(`<p>${'Uutisia '.repeat(13_000)}</p>`)],
    ['The mail has no text of its own: ', mail('<img alt="Kevät" src="https://x.example/a.png">')],
    ['The mail says neither who sends it nor ', mail(`<a href="${wayOut}">Peru</a><p>Hei</p>`)],
  ])('"%s…" is a warning, alone, and also after finishing', (sentence, html) => {
    const once = finishNewsletter(html, setting)
    const twice = finishNewsletter(once.html, setting)

    expect(once).toMatchObject({
      problems: [],
      warnings: [expect.stringMatching(new RegExp(`^${sentence.replace(/[?./]/g, '\\$&')}`))],
    })
    expect(twice.warnings).toEqual(once.warnings)
  })

  test('a missing address of the privacy notice is told, and names the setting', () => {
    const finished = finishNewsletter(mail('<p>Uutisia</p>'), { ...setting, notice: { url: null } })

    expect(finished.warnings).toEqual([
      'The mail has no link to the privacy notice: give its address as notice.url in lupa.yaml',
    ])
    expect(finished.added).not.toContain('notice-link')
  })
})
