// Tables and times for people's eyes: aligned columns without lines, colour only on a terminal.
import Table from 'cli-table3'

const blank = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
  'left',
  'left-mid',
].concat(['mid', 'mid-mid', 'right', 'right-mid'])
const noLines = { ...Object.fromEntries(blank.map((name) => [name, ''])), middle: '  ' }

/** Rows under a header, aligned. Numbers stand to the right; null is empty. */
export function table(head: string[], rows: (string | number | null | undefined)[][]): string {
  const numeric = head.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'))
  const drawn = new Table({
    head,
    chars: noLines,
    colAligns: numeric.map((right) => (right ? 'right' : 'left')),
    style: { 'padding-left': 0, 'padding-right': 0, head: process.stdout.isTTY ? ['bold'] : [], border: [] },
  })
  drawn.push(...rows.map((row) => row.map((cell) => oneLine(cell))))
  return trimmed(drawn.toString())
}

/** Names and what they are, one a line; lines without anything are left out. */
export function facts(pairs: [string, string | number | null | undefined][]): string {
  const drawn = new Table({ chars: noLines, style: { 'padding-left': 0, 'padding-right': 0, border: [] } })
  drawn.push(
    ...pairs
      .filter(([, what]) => what !== null && what !== undefined && what !== '')
      .map(([name, what]) => [name, oneLine(what)]),
  )
  return trimmed(drawn.toString())
}

/** A heading over a table, or nothing over nothing. */
export function section(title: string, body: string): string {
  return `${title}\n${body}`
}

const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Helsinki', dateStyle: 'short', timeStyle: 'short' })

/** A time as the clock in Helsinki shows it: `2026-11-22 13:42`. */
export function time(at: Date | null | undefined): string {
  return at ? clock.format(at) : ''
}

/** What a file holds must not move the cursor or colour the terminal. */
function oneLine(cell: string | number | null | undefined): string {
  return String(cell ?? '').replace(/\p{C}+/gu, ' ')
}

function trimmed(text: string): string {
  return text.replace(/[ \t]+$/gm, '')
}
