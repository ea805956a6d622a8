// The sentences that the register, the operator's orders and the tool speak in, said in Finnish on Finnish pages. An English
// sentence is its own name, so that the command line, the log and what a campaign remembers of its halt stay as they are. A test
// reads the sources and finds each sentence that has no Finnish here.
import { type PageLanguage, pageTime } from '../../page-language.ts'
import { campaignSentences } from './campaign-sentences.ts'
import { fileSentences } from './file-sentences.ts'
import { registerSentences } from './register-sentences.ts'
import { stateSentences } from './state-sentences.ts'
import { toolSentences } from './tool-sentences.ts'

/** English and Finnish. `{1}` is somebody's own: a name, a number, a time; `<1>` is ours, and is said in Finnish too. */
export type Sentences = readonly (readonly [english: string, finnish: string])[]

/** Every sentence that has its Finnish. */
export const sentences: Sentences = [
  ...registerSentences,
  ...campaignSentences,
  ...toolSentences,
  ...fileSentences,
  ...stateSentences,
]

/** The sentence in the language of the page; of several lines each by itself. One that has no Finnish stays as it is. */
export function sentenceIn(text: string, language: PageLanguage): string {
  return language === 'fi' ? (finnishOf(text) ?? text) : text
}

/** The Finnish of a sentence, or null where there is none. */
export function finnishOf(text: string): string | null {
  const whole = oneSentence(text)
  if (whole !== null) return whole
  const lines = text.split('\n')
  if (lines.length === 1) return null
  const said = lines.map((line) => {
    const [, mark = '', sentence = ''] = /^(\s*(?:- )?)(.*)$/s.exec(line) ?? []
    return sentence === '' ? line : mark + (oneSentence(sentence) ?? sentence)
  })
  return said.join('\n') === text ? null : said.join('\n')
}

type Known = { whole: RegExp; finnish: string; size: number }

// What has more words of its own is tried first: a sentence that is nearly all places would fit anything.
const known: Known[] = sentences
  .map(([english, finnish]) => {
    const own = english.split(/\{\d\}/)
    const whole = new RegExp(`^${own.map(escaped).join('([\\s\\S]*?)')}$`)
    return { whole, finnish, size: own.join('').length }
  })
  .sort((a, b) => b.size - a.size)

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function oneSentence(text: string): string | null {
  for (const { whole, finnish } of known) {
    const found = whole.exec(text)
    if (found)
      return finnish
        .replace(/\{(\d)\}/g, (_, place) => timeIn(found[Number(place)] ?? ''))
        .replace(/<(\d)>/g, (_, place) => part(found[Number(place)] ?? ''))
  }
  return null
}

/** A time as people write it; anything else stays. */
function timeIn(text: string): string {
  if (!/^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/.test(text)) return text
  return text.length > 10 ? pageTime(new Date(text), 'fi') : text.split('-').reverse().map(Number).join('.')
}

/** A part may be a sentence of ours, several, or the tool's own words, which stay. */
function part(text: string): string {
  const whole = oneSentence(text)
  if (whole !== null) return whole
  const listed = text.split(', ')
  return listed.length > 1 ? listed.map((one) => oneSentence(one) ?? one).join(', ') : text
}
