// Imports: a customer file is tried first, its differences are shown, and only then is it read into the register. Between the two
// nothing is kept: the same file is given twice, and its fingerprint says whether it is the same.
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { BadInput, NotAllowed } from '../../domain/errors.ts'
import { mappingOfChoices, suggestedChoices } from '../../intake/column-choices.ts'
import { findMapping } from '../../intake/find-mapping.ts'
import { IntakeError } from '../../intake/intake-error.ts'
import { type Mapping, readMapping } from '../../intake/mapping.ts'
import { openSource } from '../../intake/open-source.ts'
import { proposeMapping } from '../../intake/propose-mapping.ts'
import type { Source } from '../../intake/source.ts'
import { sourceWordsIn, suggestedMeaning } from '../../intake/source-words.ts'
import { afterProhibition } from '../../operator/after-prohibition.ts'
import { exportRegister } from '../../register/export.ts'
import { undoImport } from '../../register/import-undo.ts'
import { importInto, importPage, lastImportAt, type RowCounts } from '../../register/imports.ts'
import { pageTime } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import { type ColumnForm, chosenIn, columnForm, examplesOf, mostColumns } from './column-form.ts'
import { columnWords } from './column-words.ts'
import type { ConsoleScope, Desk } from './console-routes.ts'
import { sendMade } from './downloads.ts'
import { sentenceIn } from './finnish/sentence.ts'
import { forgetTrial, rememberTrial, sendTried, trialRoutes } from './import-trial.ts'
import { importWords as words } from './import-words.ts'
import { listTable } from './list-table.ts'
import { given, orderForm } from './order-form.ts'
import { inDigits, pageAsked, pageLinks } from './page-parts.ts'
import type { Upload } from './uploads.ts'

const here = '/console/imports'
const kinds = ['.accdb', '.mdb', '.csv', '.xlsx']
const form = z.object({
  as: z.enum(['try', 'import']).catch('try'),
  password: z.string().max(200).default(''),
  mapping: z.string().max(500_000).default(''),
  sha256: z.string().max(100).default(''),
  checked: z.string().optional(),
  /** The columns were chosen in a form, for the file with this fingerprint. */
  columns: z.literal('yes').optional().catch(undefined),
  columnsOf: z.string().max(100).default(''),
})

/** Adds the list of imports, trying and importing a file, and taking an import back. */
export function importRoutes({ page, order, upload }: ConsoleScope): void {
  trialRoutes(page)
  page(here, async (desk, request) => {
    const { done } = z
      .object({ done: z.enum(['undone', 'imported']).nullable().catch(null) })
      .parse({ done: null, ...(request.query as object) })
    return sendList(desk, pageAsked(request.query), done)
  })
  upload(here, kinds, async (desk, brought) => {
    const asked = form.parse(brought.fields)
    try {
      return await readFile(desk, brought, asked)
    } catch (error) {
      if (!(error instanceof IntakeError || error instanceof BadInput || error instanceof NotAllowed)) throw error
      return () => sendAgain(desk, asked, sentenceIn((error as Error).message, desk.language))
    }
  })
  order(`${here}/export`, async ({ context, language, session }, _request, reply) => {
    const by = { actor: session.account.name, at: context.clock() }
    return sendMade(reply, context.config.home, words[language].exportName, (file) =>
      exportRegister(context.db, file, by),
    )
  })
  order(`${here}/:id/undo`, async (desk, request) => {
    const { id } = z.object({ id: z.uuid() }).parse(request.params)
    given(request, z.object({ sure: z.literal('yes') }), desk.language)
    await undoImport(desk.context.db, id, { actor: desk.session.account.name, at: desk.context.clock() })
    return `${here}?done=undone`
  })
}

type Asked = z.infer<typeof form>

async function readFile(desk: Desk, { file, fields }: Upload, asked: Asked): Promise<string | (() => FastifyReply)> {
  const { context, language, session } = desk
  const says = words[language]
  if (!file) throw new BadInput(says.noFile)
  const source = await openSource(file.path, asked.password ? { password: asked.password } : {}).catch((error) => {
    // The file has a name of ours for now; its owner knows it by another.
    if (error instanceof IntakeError)
      throw new IntakeError(error.message.replaceAll(/\S*file\.(accdb|mdb|csv|xlsx)/g, file.name))
    throw error
  })
  try {
    const told = await mappingTold(desk, file.name, source, asked, fields)
    if ('send' in told) return told.send
    const dryRun = asked.as === 'try'
    if (!dryRun && asked.sha256 !== source.sha256) throw new BadInput(says.another)
    const result = await importInto(context.db, context.keys, source, told.mapping, {
      ...{ dryRun, differences: dryRun, permissionsChecked: asked.checked === 'yes' },
      ...{ actor: session.account.name, at: context.clock() },
    })
    if (!dryRun) {
      forgetTrial(session.id)
      await afterProhibition(context)
      return `${here}?done=imported`
    }
    const { sha256 } = source
    const needs = { sha256, mapping: told.yaml, password: asked.password, accept }
    const trial = { name: file.name, result, asked: needs, columns: told.columns }
    rememberTrial(session.id, trial, context.clock())
    return () => sendTried(desk, trial)
  } finally {
    await source.close()
  }
}

type Told = { mapping: Mapping; yaml: string; columns: ColumnForm | null } | { send: () => FastifyReply }

/** What the file's columns mean: by the form, by YAML, or by a bundled mapping; else a page that asks. */
async function mappingTold(
  desk: Desk,
  name: string,
  source: Source,
  asked: Asked,
  fields: Record<string, string>,
): Promise<Told> {
  const says = words[desk.language]
  const { tables, sha256 } = source
  if (asked.columns && asked.columnsOf !== sha256) throw new BadInput(columnWords[desk.language].another)
  if (!asked.columns && asked.mapping.trim())
    return { mapping: readMapping(asked.mapping, says.mapping), yaml: asked.mapping, columns: null }
  const bundled = asked.columns ? undefined : findMapping(tables)
  if (bundled) return { mapping: bundled, yaml: '', columns: null }

  const chosen = asked.columns ? chosenIn(fields, tables) : suggestedChoices(tables)
  const sourceWords = await sourceWordsIn(source, chosen)
  // A word that nobody has been asked about yet means what it means in the mappings we know.
  const known = Object.fromEntries(sourceWords.map((word) => [word, suggestedMeaning(word)]))
  const choices = { ...chosen, sources: { ...known, ...chosen.sources } }
  const facts = {
    tables,
    examples: await examplesOf(source),
    sourceWords,
    choices,
    sha256,
    password: asked.password,
    accept,
  }
  const made = asked.columns ? mappingOfChoices(choices) : { problems: [] }
  if ('problems' in made)
    return { send: () => sendProposal(desk, name, { ...facts, problems: made.problems }, proposeMapping(tables)) }
  return { mapping: readMapping(made.yaml, says.mapping), yaml: made.yaml, columns: facts }
}

const accept = kinds.join(',')

/** The form that takes a file. */
function fileForm(
  desk: Desk,
  { fold, open, asked, mapping }: { fold: string; open: boolean; asked?: Asked; mapping?: string },
) {
  const says = words[desk.language]
  return orderForm(desk, {
    ...{
      action: here,
      upload: true,
      fold,
      open,
      button: says.try,
      as: { name: 'as', value: 'try' },
      says: says.trySays,
    },
    fields: [
      { kind: 'file', name: 'file', label: says.file, accept: kinds.join(','), hint: says.fileHint, required: true },
      {
        kind: 'password',
        name: 'password',
        label: says.password,
        hint: says.passwordHint,
        value: asked?.password ?? '',
      },
      ...(mapping === undefined
        ? []
        : [
            {
              kind: 'area',
              name: 'mapping',
              label: says.mapping,
              value: mapping,
              code: true,
              hint: says.mappingHint,
            } as const,
          ]),
    ],
  })
}

async function sendList(desk: Desk, page: number, done: 'undone' | 'imported' | null) {
  const { context, language } = desk
  const [found, last] = await Promise.all([importPage(context.db, page), lastImportAt(context.db)])
  const says = words[language]
  const first = found.rows.find(({ undoneAt, finishedAt }) => undoneAt === null && finishedAt !== null)
  const main = rendered(list, {
    ...{ says, done: done && says.done[done] },
    answer: last ? says.answer(pageTime(last, language)) : says.never,
    form: fileForm(desk, { fold: says.new, open: last === null }),
    take: orderForm(desk, { action: `${here}/export`, fold: says.out, button: says.takeButton, says: says.takeSays }),
    undo: first && page === 0 ? undoForm(desk, first.id, pageTime(first.startedAt, language)) : '',
    list: listTable({
      ...{ label: says.title, none: says.none },
      columns: [says.at, says.format, ...says.counts.map((name) => ({ name, number: true })), says.by, ''],
      rows: found.rows.map((one) => {
        const people = ((one.counts ?? {}) as { people?: RowCounts }).people
        const count = (many: number | undefined) => (many === undefined ? '' : inDigits(many, language))
        return [
          ...[pageTime(one.startedAt, language), `.${one.format}`],
          ...[count(people?.added), count(people?.updated), count(people?.unchanged), count(people?.rejected)],
          ...[one.actor, one.undoneAt ? says.undone : ''],
        ]
      }),
    }),
    pages: pageLinks(page, found.more, language),
  })
  return desk.send({ title: says.title, here, main })
}

function undoForm(desk: Desk, id: string, at: string): string {
  const says = words[desk.language]
  return orderForm(desk, {
    ...{
      action: `${here}/${id}/undo`,
      fold: says.undo(at),
      button: says.undoButton,
      says: says.undoSays,
      look: 'danger',
    },
    fields: [{ kind: 'check', name: 'sure', label: says.undoSure, required: true }],
  })
}

/** No bundled mapping fits: what the names in the file suggest, to be corrected and tried; the same as YAML, folded away. */
function sendProposal(desk: Desk, name: string, facts: ColumnForm, proposal: string): FastifyReply {
  const says = words[desk.language]
  const wrong = (facts.problems ?? []).length > 0
  const main = rendered(proposed, {
    ...{ says, name, title: wrong ? columnWords[desk.language].wrong : says.unknown, wrong },
    columns: facts.tables.flatMap(({ columns }) => columns).length <= mostColumns ? columnForm(desk, facts) : '',
    form: fileForm(desk, { fold: columnWords[desk.language].yaml, open: false, mapping: proposal }),
  })
  return desk.send({ title: says.title, here, main }, wrong ? 422 : 200)
}

/** The same form once more, with the sentence that says what is wrong. */
function sendAgain(desk: Desk, asked: Asked, sentence: string): FastifyReply {
  const says = words[desk.language]
  const mapping = asked.mapping.trim() ? { mapping: asked.mapping } : {}
  const main = rendered(again, {
    says,
    sentence,
    form: fileForm(desk, { fold: says.new, open: true, asked, ...mapping }),
  })
  return desk.send({ title: says.title, here, main }, 422)
}

const list = `<% if (it.done) { %><p class="notice" role="status"><%= it.done %></p><% } %>
<h1 class="answer"><%= it.answer %></h1>
<p class="lead"><%= it.says.lead %></p>
<%~ it.form %>
<h2><%= it.says.title %></h2>
<%~ it.list %>
<%~ it.pages %>
<%~ it.take %><%~ it.undo %>`

const proposed = `<p class="trail"><a href="/console/imports"><%= it.says.title %></a> ▸ <bdi><%= it.name %></bdi></p>
<h1><%= it.title %></h1>
<% if (!it.wrong) { %><p><%= it.says.unknownSays %></p><% } %>
<%~ it.columns %>
<%~ it.form %>`

const again = `<p class="trail"><a href="/console/imports"><%= it.says.title %></a></p>
<h1><%= it.says.failed %></h1>
<p class="notice wrong" role="alert"><%= it.sentence %></p>
<%~ it.form %>`
