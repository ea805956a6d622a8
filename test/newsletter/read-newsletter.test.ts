import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BadInput } from '../../src/domain/errors.ts'
import { readNewsletter } from '../../src/newsletter/read-newsletter.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lupa-newsletter-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

test('an HTML file is read as it stands, with ä, a byte order mark or capitals in its name', async () => {
  const path = await file('Kirje.HTML', '\uFEFF<p>Hyvää päivää</p>\r\n')

  expect(await readNewsletter(path)).toEqual({ html: '<p>Hyvää päivää</p>\r\n' })
})

test('an MJML file becomes HTML that asks no third party for fonts and keeps placeholders', async () => {
  const text = '<mj-text>Hei *|FNAME|* <a href="https://x.example/?a=1&b=*|UNIQID|*">x</a></mj-text>'
  const path = await file(
    'kirje.mjml',
    `<mjml><mj-body><mj-section><mj-column>${text}</mj-column></mj-section></mj-body></mjml>`,
  )

  const { html } = await readNewsletter(path)

  expect(html).toContain('Hei *|FNAME|* <a href="https://x.example/?a=1&b=*|UNIQID|*">x</a>')
  expect(html).not.toMatch(/googleapis|@import|<link/)
})

test.each([
  ['kirje.docx', 'x', /kirje\.docx: a newsletter is an \.html or \.mjml file; save or export it as one of these$/],
  ['tyhja.html', ' \n', /tyhja\.html is empty: write the newsletter into it first$/],
  [
    'vanha.html',
    Uint8Array.from([0x3c, 0x70, 0x3e, 0xe4]),
    /vanha\.html is not UTF-8 text: save it again with the encoding UTF-8$/,
  ],
  ['iso.html', 'a'.repeat(1024 * 1024 + 1), /iso\.html is larger than 1 MB: put pictures on your web site/],
  ['ei.mjml', '<p>hei</p>', /ei\.mjml is not a complete MJML document: put everything between <mjml><mj-body>/],
  ['puuttuu.mjml', '<mjml></mjml>', /puuttuu\.mjml is not a complete MJML document/],
  [
    'virhe.mjml',
    '<mjml><mj-body>\n\n<mj-txt>x</mj-txt><mj-section foo="1"></mj-section></mj-body></mjml>',
    /^virhe\.mjml, line 3: Element mj-txt doesn't exist or is not registered \(and 1 more\); correct the MJML$/,
  ],
  [
    'osa.mjml',
    '<mjml><mj-body>\n<mj-include path="./osa.html" /></mj-body></mjml>',
    /^osa\.mjml, line 2: mj-include is not supported; copy the included part into the file$/,
  ],
])('%s is refused with one sentence that names the file and the fix', async (name, content, sentence) => {
  const path = await file(name, content)

  const refusal = await readNewsletter(path).catch((error: unknown) => error)

  expect(refusal).toBeInstanceOf(BadInput)
  expect((refusal as BadInput).message).toMatch(sentence)
})

test('a file that is not there, and a folder, are named with what to do', async () => {
  await mkdir(join(folder, 'kansio.html'))

  const reading = (name: string) => readNewsletter(join(folder, name))

  await expect(reading('ei-ole.html')).rejects.toThrow(/ei-ole\.html does not exist: check the name and the folder/)
  await expect(reading('kansio.html')).rejects.toThrow(
    /kansio\.html is a folder: name the \.html or \.mjml file inside it$/,
  )
})
