// The form in which an owner says what each column of a file is: the column, some of what stands in it, and what it becomes.
// It works without script; the file itself is chosen once more, because nothing of it is kept.
import { groundCodes, type Relation, relations, sourceCodes } from '../../domain/collection.ts'
import { asText } from '../../intake/cell-values.ts'
import {
  type ChoiceProblem,
  type ColumnChoices,
  columnMeanings,
  type TableRole,
  tableRoles,
  warningsOfChoices,
} from '../../intake/column-choices.ts'
import type { Source, Table } from '../../intake/source.ts'
import { mostSourceWords } from '../../intake/source-words.ts'
import type { PageLanguage } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import { choicesOf } from './code-words.ts'
import { columnWords as words } from './column-words.ts'
import type { Desk } from './console-routes.ts'
import { brief } from './list-table.ts'

/** Table → column → a few of the values that stand in it. */
export type Examples = Record<string, Record<string, string[]>>

/** At most so many columns are asked about; who has more writes YAML. */
export const mostColumns = 400

/** Looks at the first rows of every table for up to three different values of each column. */
export async function examplesOf(source: Source): Promise<Examples> {
  const found: Examples = {}
  for (const { name, columns } of source.tables) {
    const readable = columns.filter(({ complex }) => !complex).map((column) => column.name)
    const seen = new Map(readable.map((column) => [column, new Set<string>()]))
    for await (const rows of source.rows(name, readable)) {
      for (const { cells } of rows)
        for (const [column, values] of seen) {
          const text = brief(
            asText(cells.get(column) ?? null)
              .replace(/\s+/g, ' ')
              .trim(),
            40,
          )
          if (text !== '' && values.size < 3) values.add(text)
        }
      break
    }
    found[name] = Object.fromEntries([...seen].map(([column, values]) => [column, [...values]]))
  }
  return found
}

export type ColumnForm = {
  tables: readonly Table[]
  examples: Examples
  choices: ColumnChoices
  /** What the source column says. */
  sourceWords: string[]
  sha256: string
  password: string
  accept: string
  problems?: ChoiceProblem[]
}

/** The form, its warnings, and what is wrong with it. */
export function columnForm(desk: Pick<Desk, 'csrf' | 'language'>, form: ColumnForm): string {
  const { tables, examples, choices, problems = [] } = form
  const { csrf, language } = desk
  const says = words[language]
  const groups = Object.entries(columnMeanings).filter(([group]) => group !== 'activity' || tables.length > 1)
  return rendered(body, {
    ...{ ...form, csrf, says },
    status: Object.values(choices.columns).some((meant) => Object.values(meant).includes('status')),
    problems: problems.map((one) => problemIn(one, language)),
    warnings: warningsOfChoices(choices).map((code) => says.warnings[code]),
    relations: choicesOf('relation', relations, language),
    roles: tableRoles.map((value) => ({ value, label: says.roles[value] })),
    groups: groups.map(([group, meanings]) => ({
      label: says.groups[group as keyof typeof columnMeanings],
      meanings: meanings.map((value) => ({ value, label: says.meanings[value] })),
    })),
    sources: form.sourceWords.map((word) => ({ word, shown: brief(word, 60), chosen: choices.sources[word] ?? '' })),
    meanings: [...choicesOf('ground', groundCodes, language), ...choicesOf('source', sourceCodes, language)],
    shown: tables.map((table) => ({
      name: brief(table.name, 80),
      role: choices.roles[table.name] ?? 'none',
      columns: table.columns.map(({ name, complex }) => ({
        ...{ complex, name: brief(name, 80), label: says.becomesOf(brief(name, 60)) },
        chosen: choices.columns[table.name]?.[name] ?? '',
        examples: examples[table.name]?.[name] ?? [],
      })),
    })),
  })
}

/** What is wrong with a choice, in words. */
export function problemIn({ code, table, meaning }: ChoiceProblem, language: PageLanguage): string {
  const says = words[language]
  const named = meaning as keyof typeof says.meanings & keyof typeof says.roles
  return says.problems[code](table, says.meanings[named] ?? says.roles[named] ?? '')
}

/** What a posted form chose, for these tables. Unknown words choose nothing. */
export function chosenIn(fields: Record<string, string>, tables: readonly Table[]): ColumnChoices {
  const known = new Set<string>(Object.values(columnMeanings).flat())
  const roleIn = (place: number): TableRole => tableRoles.find((one) => one === fields[`role-${place}`]) ?? 'none'
  const roles = tables.map(({ name }, place): [string, TableRole] => [
    name,
    tables.length === 1 ? 'people' : roleIn(place),
  ])
  const columns = tables.map(({ name, columns }, table): [string, Record<string, string>] => {
    const meant = columns.map(({ name }, place) => [name, fields[`column-${table}-${place}`] ?? ''] as const)
    return [name, Object.fromEntries(meant.filter(([, meaning]) => known.has(meaning)))]
  })
  const wordsIn = (name: string) => (fields[name] ?? '').split(',').flatMap((one) => one.trim() || [])
  return {
    register: (fields['register'] ?? '').trim(),
    relation: relations.find((one): one is Relation => one === fields['relation']) ?? 'customer',
    roles: Object.fromEntries(roles),
    columns: Object.fromEntries(columns),
    words: { permission: wordsIn('yes'), prohibition: wordsIn('no') },
    sources: sourcesIn(fields),
  }
}

function sourcesIn(fields: Record<string, string>): Record<string, string> {
  const places = Array.from({ length: mostSourceWords }, (_, place) => [
    fields[`word-${place}`],
    fields[`meant-${place}`],
  ])
  return Object.fromEntries(places.flatMap(([word, meant]) => (word ? [[word, meant ?? '']] : [])))
}

const select = `<select name="<%= name %>" aria-label="<%= label %>"><option value=""><%= it.says.nothing %></option><% for (const group of it.groups) { %><optgroup label="<%= group.label %>"><% for (const one of group.meanings) { %><option value="<%= one.value %>"<% if (one.value === chosen) { %> selected<% } %>><%= one.label %></option><% } %></optgroup><% } %></select>`

const body = `<% if (it.problems.length > 0) { %><div class="notice wrong" role="alert"><% for (const one of it.problems) { %><bdi><%= one %></bdi><br><% } %></div><% } %>
<% if (it.warnings.length > 0) { %><ul class="notice"><% for (const one of it.warnings) { %><li><%= one %></li><% } %></ul><% } %>
<form method="post" action="/console/imports" enctype="multipart/form-data">
<input type="hidden" name="csrf" value="<%= it.csrf %>"><input type="hidden" name="columns" value="yes"><input type="hidden" name="columnsOf" value="<%= it.sha256 %>">
<% it.shown.forEach((table, place) => { %><% if (it.shown.length > 1) { %><h2><bdi><%= it.says.table(table.name) %></bdi></h2>
<div class="field"><label for="role-<%= place %>"><%= it.says.rows %></label><select id="role-<%= place %>" name="role-<%= place %>"><% for (const one of it.roles) { %><option value="<%= one.value %>"<% if (one.value === table.role) { %> selected<% } %>><%= one.label %></option><% } %></select></div><% } %>
<div class="scroll" tabindex="0" role="region" aria-label="<%= table.name %>"><table class="columns">
<thead><tr><th scope="col"><%= it.says.column %></th><th scope="col"><%= it.says.examples %></th><th scope="col"><%= it.says.becomes %></th></tr></thead>
<tbody><% table.columns.forEach((column, at) => { const name = 'column-' + place + '-' + at; const { label, chosen } = column %><tr><th scope="row" class="text"><bdi><%= column.name %></bdi></th><td class="text quiet"><% column.examples.forEach((one, nth) => { %><% if (nth > 0) { %> · <% } %><bdi><%= one %></bdi><% }) %></td><td><% if (column.complex) { %><span class="quiet"><%= it.says.unreadable %></span><% } else { %>${select}<% } %></td></tr>
<% }) %></tbody></table></div>
<% }) %>
<h2><%= it.says.about %></h2>
<div class="field"><label for="columns-relation"><%= it.says.relation %></label><select id="columns-relation" name="relation"><% for (const one of it.relations) { %><option value="<%= one.value %>"<% if (one.value === it.choices.relation) { %> selected<% } %>><%= one.label %></option><% } %></select></div>
<div class="field"><label for="columns-register"><%= it.says.register %></label><input type="text" id="columns-register" name="register" value="<%= it.choices.register %>" maxlength="64" required aria-describedby="columns-register-hint"><p class="hint" id="columns-register-hint"><%= it.says.registerHint %></p></div>
<% if (it.sources.length > 0) { %><h2><%= it.says.sourceWords %></h2>
<p><%= it.says.sourceWordsSays %></p>
<div class="scroll" tabindex="0" role="region" aria-label="<%= it.says.sourceWords %>"><table class="columns">
<thead><tr><th scope="col"><%= it.says.word %></th><th scope="col"><%= it.says.means %></th></tr></thead>
<tbody><% it.sources.forEach((one, place) => { %><tr><th scope="row" class="text"><bdi><%= one.shown %></bdi></th><td><input type="hidden" name="word-<%= place %>" value="<%= one.word %>"><select name="meant-<%= place %>" aria-label="<%= it.says.meansOf(one.shown) %>"><option value=""><%= it.says.asWritten %></option><% for (const meaning of it.meanings) { %><option value="<%= meaning.value %>"<% if (meaning.value === one.chosen) { %> selected<% } %>><%= meaning.label %></option><% } %></select></td></tr>
<% }) %></tbody></table></div><% } %>
<details<% if (it.status) { %> open<% } %>><summary><%= it.says.statusWords %></summary><p class="hint"><%= it.says.statusHint %></p>
<div class="field"><label for="columns-yes"><%= it.says.yes %></label><input type="text" id="columns-yes" name="yes" value="<%= it.choices.words.permission.join(', ') %>"></div>
<div class="field"><label for="columns-no"><%= it.says.no %></label><input type="text" id="columns-no" name="no" value="<%= it.choices.words.prohibition.join(', ') %>"></div></details>
<input type="hidden" name="password" value="<%= it.password %>">
<div class="field"><label for="columns-file"><%= it.says.again %></label><input type="file" id="columns-file" name="file" accept="<%= it.accept %>" required aria-describedby="columns-file-hint"><p class="hint" id="columns-file-hint"><%= it.says.againHint %></p></div>
<p class="row"><button class="main" name="as" value="try"><%= it.says.button %></button></p>
</form>`
