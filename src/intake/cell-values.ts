// A cell read as what its column is meant to hold. Each reader answers null for nothing, and 'unreadable' for something
// it cannot make sense of; it never guesses.
import { fromHelsinkiWallTime } from './helsinki-time.ts'
import type { Cell } from './source.ts'

export type Reading<T> = T | null | 'unreadable'

/** One line of text: composed (NFC), without invisible characters, single spaces, trimmed. */
export function readText(cell: Cell): string | null {
  const text = asText(cell).replace(/\s+/g, ' ').replace(invisible, '').trim()
  return text === '' ? null : text
}

/** Text of several lines (notes): line breaks are LF and stay, controls go. */
export function readLines(cell: Cell): string | null {
  const text = asText(cell).replace(/\r\n?/g, '\n').replace(control, '').trim()
  return text === '' ? null : text
}

/** Whether a text holds characters that nobody can see, which `readText` takes out. */
export function hasInvisible(cell: Cell): boolean {
  return asText(cell).trim().replace(/\s+/g, ' ').search(invisible) >= 0
}

/** The plain text of a cell, as a database or a spreadsheet would show it; '' for an empty one. */
export function asText(cell: Cell): string {
  if (cell === null) return ''
  return (cell instanceof Date ? cell.toISOString() : String(cell)).normalize('NFC')
}

/** The address of a web link; Access keeps `display#address#`. */
export function readLink(cell: Cell): string | null {
  const text = readText(cell)
  if (text === null || !text.includes('#')) return text
  const [display = '', address = ''] = text.split('#').map((part) => part.trim())
  // A plain address with a place in it (`https://firma.example/#yhteys`) is no Access link.
  if (/^https?:\/\/[^#]+\/[^#]*#[^#]+$/.test(text)) return text
  return address || display || null
}

/** Yes and no as people and databases write them. Access and Excel say -1, 1 or a boolean. */
export function readYesNo(cell: Cell): Reading<boolean> {
  if (typeof cell === 'boolean') return cell
  const word = asText(cell).trim().toLowerCase()
  if (word === '') return null
  if (yesWords.has(word)) return true
  return noWords.has(word) ? false : 'unreadable'
}

// Words that say permission or prohibition by themselves are not here: a mapping's status column names them.
const yesWords = new Set([
  'yes',
  'y',
  'true',
  't',
  '1',
  '-1',
  'x',
  'on',
  'ok',
  '✓',
  '✔',
  '☑',
  'kyllä',
  'k',
  'joo',
  'ja',
  'tosi',
])
const noWords = new Set(['no', 'n', 'false', 'f', '0', '-', '–', 'off', 'ei', 'e', 'ei ole', 'epätosi', 'nej', '☐'])

/** An instant: `2024-05-15`, `2024-05-15T09:00Z`, `15.5.2024`, `15.5.2024 klo 9.00`. Without a zone, a wall in Helsinki. */
export function readDate(cell: Cell): Reading<Date> {
  if (cell instanceof Date) return cell
  const text = asText(cell).trim()
  if (text === '' || text === '-') return null
  const zoned = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)$/i
  if (zoned.test(text)) return instant(text)

  const wall = wallTime(iso.exec(text)?.groups ?? finnish.exec(text)?.groups)
  return wall === undefined ? 'unreadable' : (fromHelsinkiWallTime(wall) ?? 'unreadable')
}

function instant(text: string): Reading<Date> {
  const tidy = text
    .replace(' ', 'T')
    .replace(',', '.')
    .replace(/([+-]\d\d)(\d\d)?$/, (_, h, m) => `${h}:${m ?? '00'}`)
  const date = new Date(tidy)
  return Number.isNaN(date.getTime()) ? 'unreadable' : date
}

const clock = String.raw`(?:(?<hour>\d\d?)[:.](?<minute>\d\d)(?:[:.](?<second>\d\d)(?:[.,]\d+)?)?)`
const iso = new RegExp(String.raw`^(?<year>\d{4})-(?<month>\d\d?)-(?<day>\d\d?)(?:[T ]${clock})?$`)
const finnish = new RegExp(String.raw`^(?<day>\d\d?)\.(?<month>\d\d?)\.(?<year>\d{4})(?:,?\s+(?:klo\s+)?${clock})?$`)

/** The numbers as the UTC fields of a date; undefined where they are no day of the calendar (31.2.). */
function wallTime(parts: Record<string, string> | undefined): Date | undefined {
  if (parts === undefined) return undefined
  const at = (part: string) => Number(parts[part] ?? 0)
  const wall = new Date(Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second')))
  const isReal = wall.getUTCMonth() === at('month') - 1 && wall.getUTCDate() === at('day') && at('minute') < 60
  return isReal ? wall : undefined
}

/** A number: `3`, `2,5`, `1 000`. */
export function readNumber(cell: Cell): Reading<number> {
  const amount = readAmount(cell)
  return amount === null || amount === 'unreadable' ? amount : Number(amount)
}

/** An amount of money as a decimal string with at least two decimals: `1 250,50 €` → `1250.50`. The currency is dropped. */
export function readAmount(cell: Cell): Reading<string> {
  const text = asText(cell)
    .replace(/[\s€$']|EUR|euroa?/gi, '')
    .replace(/^−/, '-')
  if (text === '') return null
  const [, sign = '', whole = '', decimals = ''] = /^(-?)(\d+)(?:[.,](\d+))?$/.exec(text) ?? []
  if (whole === '') return 'unreadable'
  return `${sign}${whole.replace(/^0+(?=\d)/, '')}.${decimals.replace(/0+$/, '').padEnd(2, '0')}`
}

/** Several words in one cell: `asiakas; messut 2024`. Empty ones are dropped, repeated ones said once. */
export function readWords(cell: Cell, separator?: string): string[] {
  const words = asText(cell).split(separator ?? /[;,|\n]/)
  return [...new Set(words.map((word) => readText(word)).filter((word) => word !== null))]
}

/** How words are compared with the words of a mapping: composed, lower case, trimmed. */
export function comparable(text: string): string {
  return text.normalize('NFC').trim().toLowerCase()
}

const invisible = /[\p{C}\p{Default_Ignorable_Code_Point}]/gu
const control = /[^\P{C}\n\t\u200c\u200d]/gu
