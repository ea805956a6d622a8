// Imports: a customer file is tried first, its differences are shown, and only then is it read into the register. Between the two
// nothing is kept: the same file is given twice, and its fingerprint says whether it is the same.
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { BadInput, NotAllowed } from '../../domain/errors.ts'
import { lost } from '../../domain/guard-rails.ts'
import { findMapping } from '../../intake/find-mapping.ts'
import { IntakeError } from '../../intake/intake-error.ts'
import { readMapping } from '../../intake/mapping.ts'
import { openSource } from '../../intake/open-source.ts'
import { proposeMapping } from '../../intake/propose-mapping.ts'
import { afterProhibition } from '../../operator/after-prohibition.ts'
import { exportRegister } from '../../register/export.ts'
import { undoImport } from '../../register/import-undo.ts'
import { type ImportResult, importInto, importPage, lastImportAt, type RowCounts } from '../../register/imports.ts'
import { pageTime } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import type { ConsoleScope, Desk } from './console-routes.ts'
import { sendMade } from './downloads.ts'
import { importWords as words } from './import-words.ts'
import { factList, listTable } from './list-table.ts'
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
})

/** Adds the list of imports, trying and importing a file, and taking an import back. */
export function importRoutes({ page, order, upload }: ConsoleScope): void {
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
      return () => sendAgain(desk, asked, (error as Error).message)
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

async function readFile(desk: Desk, { file }: Upload, asked: Asked): Promise<string | (() => FastifyReply)> {
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
    const mapping = asked.mapping.trim() ? readMapping(asked.mapping, says.mapping) : findMapping(source.tables)
    if (!mapping) {
      const proposal = proposeMapping(source.tables)
      return () => sendProposal(desk, file.name, proposal)
    }
    const dryRun = asked.as === 'try'
    if (!dryRun && asked.sha256 !== source.sha256) throw new BadInput(says.another)
    const result = await importInto(context.db, context.keys, source, mapping, {
      ...{ dryRun, permissionsChecked: asked.checked === 'yes', actor: session.account.name, at: context.clock() },
    })
    if (dryRun) return () => sendTried(desk, file.name, result, { ...asked, sha256: source.sha256 })
    await afterProhibition(context)
    return `${here}?done=imported`
  } finally {
    await source.close()
  }
}

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

/** What the file would do, and the form that does it. */
function sendTried(desk: Desk, name: string, result: ImportResult, asked: Asked): FastifyReply {
  const { language } = desk
  const says = words[language]
  const count = (many: number) => inDigits(many, language)
  const loses = result.loses ? lost(result.loses) : 0
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
        return [says.kinds[what], ...[read, added, updated, unchanged, suppressed, rejected].map(count)]
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
      [says.notes, count(result.notes)],
      [says.review, count(result.review)],
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
      rows: result.rejectedRows.map((row) => [`${row.table}, ${row.row}`, row.because]),
    }),
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
        { kind: 'file', name: 'file', label: says.same(name), accept: kinds.join(','), required: true },
      ],
    }),
  })
  return desk.send({ title: says.title, here, main })
}

/** No bundled mapping fits: a draft from the names in the file, to be corrected and tried. */
function sendProposal(desk: Desk, name: string, proposal: string): FastifyReply {
  const says = words[desk.language]
  const main = rendered(proposed, {
    says,
    name,
    form: fileForm(desk, { fold: says.tryMapping, open: true, mapping: proposal }),
  })
  return desk.send({ title: says.title, here, main })
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

const trail = `<p class="trail"><a href="/console/imports"><%= it.says.title %></a> ▸ <bdi><%= it.name %></bdi></p>`

const tried = `${trail}
<h1 class="answer"><%= it.answer %></h1>
<p class="lead"><%= it.says.nothingYet %></p>
<%~ it.counts %>
<%~ it.facts %>
<% if (it.rejected) { %><h2><%= it.says.rejected %></h2><%~ it.rejected %><% } %>
<h2><%= it.says.take %></h2>
<%~ it.form %>`

const proposed = `${trail}
<h1><%= it.says.unknown %></h1>
<p><%= it.says.unknownSays %></p>
<%~ it.form %>`

const again = `<p class="trail"><a href="/console/imports"><%= it.says.title %></a></p>
<h1><%= it.says.failed %></h1>
<p class="notice wrong" role="alert"><%= it.sentence %></p>
<%~ it.form %>`
