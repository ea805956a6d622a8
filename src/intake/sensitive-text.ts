// Free text is where a register gathers what it should not hold. This finds it; it never repeats it.
import type { FindingCode } from './intake-page.ts'

type SensitiveCode = Extract<FindingCode, 'NATIONAL_ID' | 'HEALTH_WORDS' | 'VERY_LONG_TEXT'>

/** What a human should look at in a text. `longest` is in characters; text is kept whole however long it is. */
export function sensitiveIn(text: string, longest: number): SensitiveCode[] {
  const found: SensitiveCode[] = []
  if (holdsNationalId(text)) found.push('NATIONAL_ID')
  if (healthWords.test(text)) found.push('HEALTH_WORDS')
  if (text.length > longest) found.push('VERY_LONG_TEXT')
  return found
}

/** Whether a Finnish personal identity code stands in the text: a date, a century sign, a number, a true check character. */
export function holdsNationalId(text: string): boolean {
  if (!/\d{6}/.test(text)) return false
  return [...text.toUpperCase().matchAll(nationalId)].some(([, date = '', number = '', check = '']) => {
    const day = Number(date.slice(0, 2))
    const month = Number(date.slice(2, 4))
    const isDate = day >= 1 && day <= 31 && month >= 1 && month <= 12
    return isDate && checkCharacters[Number(date + number) % 31] === check
  })
}

// The century signs of 2023 are among them: + / - U V W X Y / A B C D E F.
const nationalId = /(?<![\p{L}\p{N}])(\d{6})[-+A-FU-Y\u2013\u2212](\d{3})([0-9A-FHJ-NPR-Y])(?![\p{L}\p{N}])/gu
const checkCharacters = '0123456789ABCDEFHJKLMNPRSTUVWXY'

// Stems, version 1. "leikkaus" alone is no such word: companies cut their costs.
const healthWords = new RegExp(
  [
    'sairaus',
    'sairasl',
    'sairasta',
    'sairastu',
    'sairaal',
    '(?:selkä|polvi|lonkka|sydän|silmä|olkapää|ohitus|syöpä)leikkau',
    'leikkaukse(?:en|sta|n jälkeen) toipu',
    'syöpä(?!ty)',
    'syövän hoi',
    'diagnoos',
    'diabete',
    'masennu',
    'mielentervey',
    'burn-?out',
    'työuupum',
    'infarkt',
    'aivoverenvuo',
    'epilepsi',
    'migreeni',
    'lääkity',
    'raskaana',
    'keskenmeno',
    'työkyvyttöm',
    'päihde',
    'alkoholis',
    'dementi',
    'alzheimer',
    'toipilas',
    'cancer',
    'sick leave',
    'sjukskriv',
  ]
    .map((stem) => (stem.startsWith('(') ? stem : `(?:${stem})`))
    .join('|'),
  'iu',
)
