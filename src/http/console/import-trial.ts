// A file that was tried: what it would change, in counts, and the people behind each count as pages. Who they are is remembered
// in this process alone, for the login that tried, until it imports, tries another or half an hour has gone; on no disk.
import type { FastifyReply } from 'fastify'
import { BadInput } from '../../domain/errors.ts'
import { lost } from '../../domain/guard-rails.ts'
import { pageSize } from '../../register/console-overview.ts'
import {
  type DifferenceKind,
  type DifferenceLine,
  differenceKinds,
  type ImportDifferences,
  mostDifferences,
} from '../../register/import-differences.ts'
import type { ImportResult } from '../../register/imports.ts'
import type { PageLanguage } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import { codeWord } from './code-words.ts'
import { type ColumnForm, columnForm } from './column-form.ts'
import { columnWords } from './column-words.ts'
import type { ConsoleScope, Desk } from './console-routes.ts'
import { sentenceIn } from './finnish/sentence.ts'
import { importWords as words } from './import-words.ts'
import { type Cell, factList, listTable, sentence } from './list-table.ts'
import { orderForm } from './order-form.ts'
import { inDigits, pageAsked, pageLinks } from './page-parts.ts'

const here = '/console/imports'
const keptMs = 30 * 60_000
const mostKept = 5

export type Trial = {
  name: string
  result: ImportResult
  /** What the import needs beside the same file once more. */
  asked: { sha256: string; mapping: string; password: string; accept: string }
  /** The choices of columns, where they were made in the form. */
  columns: ColumnForm | null
}

const trials = new Map<string, Trial & { until: number }>()

/** Keeps who is behind the counts of a session's last trial; the oldest of others makes room. */
export function rememberTrial(session: string, trial: Trial, at: Date): void {
  trials.delete(session)
  for (const [other, { until }] of trials) if (until < at.getTime() || trials.size >= mostKept) trials.delete(other)
  trials.set(session, { ...trial, until: at.getTime() + keptMs })
}

/** Forgets it. */
export function forgetTrial(session: string): void {
  trials.delete(session)
}

/** Adds the pages behind the counts. */
export function trialRoutes(page: ConsoleScope['page']): void {
  page(`${here}/trial`, async (desk) => sendTried(desk, trialOf(desk)))
  for (const kind of differenceKinds)
    page(`${here}/trial/${kind}`, async (desk, request) => sendDifferences(desk, kind, pageAsked(request.query)))
}

/** Throws BadInput when the session tried nothing of late. */
function trialOf({ language, context, session }: Desk): Trial {
  const trial = trials.get(session.id)
  if (!trial || trial.until < context.clock().getTime()) throw new BadInput(words[language].forgotten)
  return trial
}

function sendDifferences(desk: Desk, kind: DifferenceKind, page: number): FastifyReply {
  const { language } = desk
  const says = words[language]
  const { name, result } = trialOf(desk)
  const { count, lines } = (result.differences as ImportDifferences)[kind]
  const shown = lines.slice(page * pageSize, (page + 1) * pageSize)
  const main = rendered(behind, {
    ...{ says, name, title: says.behind[kind](inDigits(count, language)) },
    cut: count > mostDifferences && says.cut(inDigits(mostDifferences, language)),
    list: listTable({
      ...{ label: says.behind[kind](inDigits(count, language)), none: says.nobody },
      columns: [says.person, { name: says.more[kind], text: true }],
      rows: shown.map((line) => [nameIn(line, language), moreIn(kind, line, language)]),
    }),
    pages: pageLinks(page, lines.length > (page + 1) * pageSize, language),
  })
  return desk.send({ title: says.title, here, main })
}

function nameIn({ name, also }: DifferenceLine, language: PageLanguage): Cell {
  if (name === null) return words[language].row(also ?? '')
  return { text: name || '–', ...(also ? { also } : {}) }
}

function moreIn(kind: DifferenceKind, { changes, because }: DifferenceLine, language: PageLanguage): Cell {
  const says = words[language]
  if (kind === 'review') return codeWord('finding', because, language)
  if (kind === 'setAside') return says.setAside[because === 'merged' ? 'merged' : 'erased']
  const lines = changes.map(({ field, was, becomes }) => ({
    field: says.fields[field as keyof typeof says.fields] ?? field,
    ...{ was: was ?? says.empty, becomes: becomes ?? says.empty, values: was !== null || becomes !== null },
  }))
  return { html: rendered(changed, { lines }) }
}

const changed = `<% it.lines.forEach((line, place) => { %><% if (place > 0) { %><br><% } %><%= line.field %><% if (line.values) { %>: <bdi class="quiet"><%= line.was %></bdi> → <bdi><%= line.becomes %></bdi><% } %><% }) %>`

/** What the file would do, and the form that does it. */
export function sendTried(desk: Desk, { name, result, asked, columns }: Trial): FastifyReply {
  const { language } = desk
  const says = words[language]
  const count = (many: number) => inDigits(many, language)
  const loses = result.loses ? lost(result.loses) : 0
  const to = (kind: DifferenceKind, many: number): Cell =>
    many > 0 ? { text: count(many), href: `${here}/trial/${kind}` } : count(many)
  const peopleCells = {
    added: to('added', result.people.added),
    updated: to('changed', result.people.updated),
    suppressed: to('setAside', result.people.suppressed),
  }
  const main = rendered(tried, {
    ...{ says, name, answer: says.would(result.people.added, result.people.updated, count) },
    counts: listTable({
      ...{ label: says.differences, none: '' },
      columns: [
        '',
        { name: says.read, number: true },
        ...says.counts.slice(0, 3).map((column) => ({ name: column, number: true })),
        { name: says.suppressed, number: true },
        { name: says.rejected, number: true },
      ],
      rows: (['people', 'organisations', 'activities'] as const).map((what) => {
        const { read, added, updated, unchanged, suppressed, rejected } = result[what]
        const cells =
          what === 'people'
            ? peopleCells
            : { added: count(added), updated: count(updated), suppressed: count(suppressed) }
        return [
          says.kinds[what],
          count(read),
          cells.added,
          cells.updated,
          count(unchanged),
          cells.suppressed,
          count(rejected),
        ]
      }),
    }),
    facts: factList([
      [
        says.says,
        says.permissions(
          count(result.permission.permission),
          count(result.permission.prohibition),
          count(result.permission.unknown),
        ),
      ],
      [says.newNo, to('prohibited', result.differences?.prohibited.count ?? 0)],
      [says.notes, count(result.notes)],
      [says.review, to('review', result.review)],
      [says.dropped, result.droppedColumns.join(', ')],
      [says.loses, loses > 0 && { text: says.losing(count(loses), count(result.loses?.of ?? 0)), wrong: true }],
    ]),
    rejected: listTable({
      ...{
        label: says.rejected,
        none: '',
        columns: [
          { name: says.place, text: true },
          { name: says.because, text: true },
        ],
      },
      rows: result.rejectedRows.map((row) => [`${row.table}, ${row.row}`, sentence(sentenceIn(row.because, language))]),
    }),
    columns: columns && columnForm(desk, columns),
    correct: columnWords[language].correct,
    form: orderForm(desk, {
      ...{
        action: here,
        upload: true,
        button: says.import(count(result.people.added + result.people.updated)),
        look: 'main',
        as: { name: 'as', value: 'import' },
        says: says.again,
      },
      fields: [
        { kind: 'hidden', name: 'sha256', value: asked.sha256 },
        { kind: 'hidden', name: 'mapping', value: asked.mapping },
        { kind: 'hidden', name: 'password', value: asked.password },
        ...(loses > 0 ? [{ kind: 'check', name: 'checked', label: says.checked } as const] : []),
        { kind: 'file', name: 'file', label: says.same(name), accept: asked.accept, required: true },
      ],
    }),
  })
  return desk.send({ title: says.title, here, main })
}

const trail = `<a href="/console/imports"><%= it.says.title %></a> ▸`

const behind = `<p class="trail">${trail} <a href="/console/imports/trial"><bdi><%= it.name %></bdi></a></p>
<h1><%= it.title %></h1>
<p class="lead"><%= it.says.nothingYet %></p>
<% if (it.cut) { %><p class="quiet"><%= it.cut %></p><% } %>
<%~ it.list %>
<%~ it.pages %>`

const tried = `<p class="trail">${trail} <bdi><%= it.name %></bdi></p>
<h1 class="answer"><%= it.answer %></h1>
<p class="lead"><%= it.says.nothingYet %></p>
<%~ it.counts %>
<%~ it.facts %>
<% if (it.rejected) { %><h2><%= it.says.rejected %></h2><%~ it.rejected %><% } %>
<h2><%= it.says.take %></h2>
<%~ it.form %>
<% if (it.columns) { %><details><summary><%= it.correct %></summary><%~ it.columns %></details><% } %>`
