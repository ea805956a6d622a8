// What a file's source column says, word by word, and what each word means in the closed lists of the notice (R-33 … R-45).
import { type GroundCode, groundCodes, type SourceCode, sourceCodes } from '../domain/collection.ts'
import { asText, comparable } from './cell-values.ts'
import type { ColumnChoices } from './column-choices.ts'
import { bundledMappings } from './find-mapping.ts'
import type { Source } from './source.ts'

/** At most so many words are asked about; the rest stay as they are written, as another source. */
export const mostSourceWords = 60
/** At most so many rows are looked at for them. */
const mostRows = 20_000

/** The source that goes with each ground. */
const sourceOfGround: Record<GroundCode, SourceCode> = {
  JOINED_LIST: 'E_REGISTRATION_FORM',
  ORDERED_BOOK: 'E_ORDER_FORM',
  ORDERED_AUDIOBOOK: 'E_ORDER_FORM',
  ORDERED_EGUIDE: 'E_ORDER_FORM',
  TRAINING: 'E_SIGNUP_FORM',
  PROJECT_LED: 'OTHER',
  PROJECT_PARTNER: 'OTHER',
  EVENT_OPEN_LIST: 'OTHER',
  BUSINESS_CARD: 'OTHER',
  GAVE_CONTACT: 'OTHER',
  SOCIAL_ENGAGEMENT: 'SOCIAL_MEDIA',
  PERMISSION_ORAL: 'OTHER',
  PERMISSION_WRITTEN: 'OTHER',
}

/** What a code of either list means for a mapping; null for a word that is no code. */
export function collectedBy(code: string): { source: SourceCode; ground?: GroundCode } | null {
  const ground = groundCodes.find((one) => one === code)
  if (ground) return { source: sourceOfGround[ground], ground }
  const source = sourceCodes.find((one) => one === code)
  return source ? { source } : null
}

/** The words that stand in the column chosen for the source, as they are first written; none where no column is. */
export async function sourceWordsIn(source: Source, choices: ColumnChoices): Promise<string[]> {
  const people = Object.keys(choices.roles).find((table) => choices.roles[table] === 'people')
  const chosen = Object.entries((people && choices.columns[people]) || {})
  const column = chosen.find(([, meaning]) => meaning === 'source' || meaning === 'bothSources')?.[0]
  if (!people || !column) return []
  const found = new Map<string, string>()
  let looked = 0
  for await (const rows of source.rows(people, [column])) {
    for (const { cells } of rows) {
      const text = asText(cells.get(column) ?? null).trim()
      if (text !== '' && !found.has(comparable(text))) found.set(comparable(text), text)
    }
    looked += rows.length
    if (found.size >= mostSourceWords || looked >= mostRows) break
  }
  return [...found.values()].slice(0, mostSourceWords)
}

/** What a word means in the mappings that come with the product: a code of the grounds or of the sources; '' where nobody knows. */
export function suggestedMeaning(word: string): string {
  for (const { sources } of bundledMappings()) {
    const meant = Object.entries(sources?.values ?? {}).find(([known]) => comparable(known) === comparable(word))?.[1]
    if (meant) return meant.ground ?? meant.source
  }
  return ''
}
