// Where a row says a person came from, in the closed lists of the privacy notice (R-33…R-45).
import { type Collected, type GroundCode, groundCodes, type SourceCode, sourceCodes } from '../domain/collection.ts'
import { asText, comparable } from './cell-values.ts'
import type { Mapping } from './mapping.ts'
import { cellOf, type MappedRow, textOf } from './read-row.ts'

/** Codes in the row come first, then the mapping's words; the text stays with both. R-35: OTHER keeps the text. */
export function readCollected(seen: MappedRow, sources: Mapping['sources']): Collected {
  if (sources === undefined) return { source: 'OTHER', ground: null, text: null }
  const text = textOf(seen, sources.column)
  const code = codeIn(sourceCodes, asText(cellOf(seen, sources.sourceColumn)))
  const ground = codeIn(groundCodes, asText(cellOf(seen, sources.groundColumn)))
  if (code !== null) return { source: code, ground, text }

  const meant = text === null ? undefined : wordsOf(sources).get(comparable(text))
  const { source, ground: meantGround } = meant ?? sources.otherwise
  return { source, ground: ground ?? meantGround ?? null, text }
}

function codeIn<Code extends SourceCode | GroundCode>(codes: readonly Code[], text: string): Code | null {
  return codes.find((code) => code === text.trim().toUpperCase()) ?? null
}

type Sources = NonNullable<Mapping['sources']>
type Meant = Sources['otherwise']

// A million rows ask for the same few words.
const words = new WeakMap<Sources, Map<string, Meant>>()

function wordsOf(sources: Sources): Map<string, Meant> {
  const known = words.get(sources)
  if (known !== undefined) return known
  const made = new Map(Object.entries(sources.values).map(([word, meant]) => [comparable(word), meant]))
  words.set(sources, made)
  return made
}
