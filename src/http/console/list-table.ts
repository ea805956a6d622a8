// Lists: a table that can be scrolled sideways, cut texts, and what stands where there is nothing.
import { rendered } from '../public-page.ts'

/** What stands in a cell. Every text is somebody's: it is escaped, isolated from the text around it, and cut when it is long. */
export type Cell = string | number | { text: string; href?: string; also?: string; wrong?: boolean } | { html: string }

/** A column: its name, and whether it holds numbers, text that may be long, or a short code. */
export type Column = string | { name: string; number?: boolean; text?: boolean; narrow?: boolean }

/** `none` is what is said where there are no rows; empty: nothing at all. */
export type ListTable = { label: string; columns: Column[]; rows: Cell[][]; none: string }

/** The list; the first cell of a row is its heading. */
export function listTable({ label, columns, rows, none }: ListTable): string {
  if (rows.length === 0 && none === '') return ''
  const heads = columns.map((one) => (typeof one === 'string' ? { name: one } : one))
  const kinds = heads.map(({ number, text, narrow }) => (number ? 'number' : text ? 'text' : narrow ? 'narrow' : ''))
  const lines = rows.map((row) =>
    row.map((one, place) => ({ ...cellOf(one), kind: kinds[place] || (isTime(one) ? 'time' : '') })),
  )
  return rendered(body, { label, heads, lines, none, kinds })
}

/** A time in Finnish is short enough to stand on one line; the English one is not. */
function isTime(cell: Cell): boolean {
  return typeof cell === 'string' && /^\d{1,2}\.\d{1,2}\.\d{4} klo \d{1,2}\.\d\d$/.test(cell)
}

function cellOf(cell: Cell) {
  const none = { text: '', html: null, href: null, also: null, wrong: false }
  if (typeof cell !== 'object') return { ...none, text: brief(String(cell)) }
  if ('html' in cell) return { ...none, html: cell.html }
  return { ...none, ...cell, text: brief(cell.text), also: cell.also ? brief(cell.also) : null }
}

/** A sentence of ours in a cell, which is never cut. */
export function sentence(text: string): Cell {
  return { html: rendered('<bdi><%= it.text %></bdi>', { text }) }
}

/** The beginning of a long text; the whole of it stands on its own page. */
export function brief(text: string, most = 160): string {
  const letters = [...text]
  return letters.length > most ? `${letters.slice(0, most).join('')}…` : text
}

const inside = `<% if (cell.html !== null) { %><%~ cell.html %><% } else { if (cell.href) { %><a href="<%= cell.href %>"><bdi><%= cell.text || '–' %></bdi></a><% } else { %><bdi<% if (cell.wrong) { %> class="wrong"<% } %>><%= cell.text %></bdi><% } %><% if (cell.also) { %><br><small class="quiet"><bdi><%= cell.also %></bdi></small><% } } %>`

const body = `<% if (it.lines.length === 0) { %><p class="quiet"><%= it.none %></p><% } else { %><div class="scroll" tabindex="0" role="region" aria-label="<%= it.label %>"><table>
<thead><tr><% it.heads.forEach((head, place) => { %><% if (head.name) { %><th scope="col"<% if (it.kinds[place]) { %> class="<%= it.kinds[place] %>"<% } %>><%= head.name %></th><% } else { %><td></td><% } %><% }) %></tr></thead>
<tbody><% for (const line of it.lines) { %><tr><% line.forEach((cell, place) => { if (place === 0) { %><th scope="row" class="<%= cell.kind || 'text' %>">${inside}</th><% } else { %><td<% if (cell.kind) { %> class="<%= cell.kind %>"<% } %>>${inside}</td><% } }) %></tr>
<% } %></tbody></table></div><% } %>`

/** Facts with their names; those without a value are left out. */
export function factList(facts: [name: string, value: Cell | null | undefined | false][]): string {
  const shown = facts.flatMap(([name, value]) =>
    value === null || value === undefined || value === false || value === '' ? [] : [{ name, cell: wholeCell(value) }],
  )
  return shown.length === 0 ? '' : rendered(list, { shown })
}

function wholeCell(cell: Cell) {
  const none = { text: '', html: null, href: null, also: null, wrong: false }
  if (typeof cell !== 'object') return { ...none, text: String(cell) }
  return { ...none, ...cell }
}

const list = `<dl><% for (const { name, cell } of it.shown) { %><dt><%= name %></dt><dd>${inside}</dd><% } %></dl>`
