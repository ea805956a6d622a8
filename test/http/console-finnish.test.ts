// Every sentence that can reach a page is said in Finnish there. The sources are read for the sentences: one that is written
// without its Finnish fails here with its file.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { finnishOf, sentenceIn, sentences } from '../../src/http/console/finnish/sentence.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folders = [
  'domain',
  'register',
  'operator',
  'newsletter',
  'intake',
  'marketing',
  'queue',
  'compliance',
  'backup',
  'http/console',
].map((one) => `src/${one}`)

/** What no page can reach: start and upgrade of the database, a restore, a move to another machine, the key ring, what only a command writes or reads. */
const onlyInTerminals = [
  'src/register/access-front-end.ts',
  'src/backup/move-file.ts',
  'src/backup/move-home.ts',
  'src/backup/restore-backup.ts',
  'src/register/installation.ts',
  'src/register/ledger-outbox.ts',
  'src/register/migrate.ts',
  'src/register/new-file.ts',
  'src/marketing/tools.ts',
]
/** Sentences about a path, which a form never has. */
const ofPaths = [
  '{} does not exist: check the name and the folder in "content" of the campaign file',
  '{} is a folder: name the .html or .mjml file inside it',
  '{} cannot be read ({}): check that you may open it and that no other program holds it',
]

const files = [...folders, 'workers']
  .flatMap((folder) => readdirSync(path.join(root, folder), { recursive: true }).map((name) => `${folder}/${name}`))
  .filter((file) => file.endsWith('.ts') && !file.includes('/generated/') && !onlyInTerminals.includes(file))
const sourceOf = (file: string) => readFileSync(path.join(root, file), 'utf8').replace(/^\s*(\/\/|\*|\/\*\*).*$/gm, '')

const literal = /`(?:\\.|\$\{(?:[^{}`]|\{[^{}]*\}|`[^`]*`)*\}|[^`\\])*`|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/
const thrown = new RegExp(
  String.raw`new (?:BadInput|NotAllowed|IllegalMove|Refused|Unavailable|IntakeError)\(\s*(${literal.source})`,
  'g',
)

/** A literal as the table writes it, with `{}` for each place. */
function named(written: string): string {
  const text = written.slice(1, -1).replace(/\\([`'"])/g, '$1')
  return text.replace(/\$\{(?:[^{}`]|\{[^{}]*\}|`[^`]*`)*\}/g, '{}').replace(/\\n.*$/s, '')
}

const known = new Set(sentences.map(([english]) => english.replace(/\{\d\}/g, '{}')))
/** What is nothing but places is made of other sentences. */
const isMade = (sentence: string) => !/[a-z]{3}/i.test(sentence.replaceAll('{}', ''))

describe('a sentence that is thrown has its Finnish', () => {
  test.each(files.map((file) => [file]))('%s', (file) => {
    const found = [...sourceOf(file).matchAll(thrown)].map(([, written]) => named(written as string))
    const without = found.filter((one) => !known.has(one) && !ofPaths.includes(one) && !isMade(one))

    expect(without).toEqual([])
  })
})

/** Files that make sentences without throwing them: all of their literals that are sentences. */
const sayers = [
  'src/domain/alarm.ts',
  'src/domain/guard-rails.ts',
  'src/operator/doctor.ts',
  'src/operator/launching.ts',
  'src/newsletter/mail-findings.ts',
  'src/newsletter/finish-newsletter.ts',
  'src/intake/read-intake.ts',
  'src/register/set-aside.ts',
  'src/marketing/mailchimp/failures.ts',
]
const made = [
  '{}{}, since {}',
  '{} and {} more',
  '{} {}',
  'lupa register import … --dry-run',
  ' and {} more',
  '{} entries',
  'lupa campaign preview',
  'lupa register imports',
]

describe('whoever makes sentences has their Finnish', () => {
  test.each(sayers.map((file) => [file]))('%s', (file) => {
    const text = sourceOf(file).replace(/sql`[\s\S]*?`/g, '')
    const found = [...text.matchAll(new RegExp(literal.source, 'g'))].map(([written]) => named(written))
    const said = found.filter((one) => one.trim().split(/\s+/).length > 2 && !isMade(one) && !one.includes('\n'))

    expect(said.filter((one) => !known.has(one) && !made.includes(one))).toEqual([])
  })
})

test('no Finnish sentence leaves a place out of the English one’s, or is English', () => {
  const places = (text: string) => [...text.matchAll(/[{<](\d)[}>]/g)].map(([, place]) => place)
  const strange = sentences.filter(([english, finnish]) =>
    places(finnish).some((one) => !places(english).includes(one)),
  )
  const english = / (the|is|are|and|of|it|to|has|not) /
  const unsaid = sentences.filter(([from, to]) => from === to || english.test(` ${to} `))

  expect(strange).toEqual([])
  expect(unsaid).toEqual([])
  expect(new Set(sentences.map(([one]) => one)).size).toBe(sentences.length)
})

test('a sentence is said with its parts, of several lines each, and what is somebody’s own or nobody knows stays', () => {
  const said = (text: string) => sentenceIn(text, 'fi')

  expect(said('Campaign draft is sent and cannot be cancelled. Nobody is left in the tool.')).toBe(
    'Uutiskirjeen draft tila on ”lähetetty”, eikä sitä voi perua. Työkalussa ei ole enää ketään.',
  )
  expect(said('Launching still lacks:\n  - There is no lupa.yaml: make one with `lupa init`.\n  - something new')).toBe(
    'Lähettämistä varten puuttuu vielä:\n  - Tiedostoa lupa.yaml ei ole: tee se komennolla lupa init.\n  - something new',
  )
  expect(said('The tool account could not be looked at: Mailchimp did not answer in time. Nothing was changed.')).toBe(
    'Postitustyökalun tiliä ei voitu katsoa: Mailchimp ei vastannut ajoissa. Mitään ei muutettu.',
  )
  expect(
    said(
      'kevät: a campaign has stopped (Nobody may get this campaign now: see `lupa campaign preview`. Cancel it, or resume when permissions have come.), since 2027-03-02T07:00:00.000Z',
    ),
  ).toBe(
    'kevät: uutiskirje on pysähtynyt (Kukaan ei saa tätä uutiskirjettä nyt. Peru se, tai jatka, kun lupia on tullut.), alkaen 2.3.2027 klo 9.00',
  )
  expect([said('Nobody has heard of this.'), finnishOf('Nobody has heard of this.')]).toEqual([
    'Nobody has heard of this.',
    null,
  ])
  expect(sentenceIn('Nothing was changed.', 'en')).toBe('Nothing was changed.')
})
