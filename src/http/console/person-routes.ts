// What may be ordered on a person's page. Each order is the one of the command line, with the account's name in the audit trail.
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { accessReport } from '../../compliance/access-report.ts'
import { accessReportPage } from '../../compliance/access-report-page.ts'
import { portableCsv, portableData } from '../../compliance/portability.ts'
import { exemptionGrounds } from '../../domain/collection.ts'
import { BadInput } from '../../domain/errors.ts'
import { restrictionGrounds } from '../../domain/restriction.ts'
import { holdReasons } from '../../domain/retention.ts'
import { readDate } from '../../intake/cell-values.ts'
import { readEmailCell } from '../../intake/email-cell.ts'
import { afterProhibition } from '../../operator/after-prohibition.ts'
import { correctNow, eraseNow, type Leaving, restrictNow } from '../../operator/person-orders.ts'
import { type ConcernedTable, rowsAbout } from '../../register/access-report.ts'
import { markVerified } from '../../register/accuracy.ts'
import { writeAudit } from '../../register/audit.ts'
import {
  liftExemption,
  meansOfInforming,
  recordExempt,
  recordInformed,
  rememberNotice,
} from '../../register/information.ts'
import { readNotes } from '../../register/notes.ts'
import { presentReason } from '../../register/people.ts'
import { permit, prohibit } from '../../register/permissions.ts'
import { releasePerson } from '../../register/restrictions.ts'
import { placeHold } from '../../register/retention.ts'
import { consoleHeaders } from './console-page.ts'
import type { ConsoleScope, Desk } from './console-routes.ts'
import { addGround } from './ground-form.ts'
import { given, pastDay } from './order-form.ts'
import { spokenChannels } from './person-forms.ts'
import { personMain } from './person-page.ts'

const here = '/console/people'
const line = z.string().trim().max(2000)
const day = z.string().max(40).default('')
const channel = z.enum(spokenChannels)

/** Adds the page of a person and its orders. */
export function personRoutes({ page, order }: ConsoleScope): void {
  page(`${here}/:id`, async (desk, request) => {
    const id = await personAsked(desk, request.params)
    const { done } = z
      .object({ done: z.string().max(20).nullable().catch(null) })
      .parse({ done: null, ...(request.query as object) })
    return desk.send({ ...(await personMain(desk, id, null, done)), here })
  })
  const act = (
    name: string,
    work: (desk: Desk, id: string, body: { body: unknown }, reply: FastifyReply) => Promise<string | FastifyReply>,
  ) =>
    order(`${here}/:id/${name}`, async (desk, request, reply) => {
      const id = await personAsked(desk, request.params)
      const answer = await work(desk, id, request, reply)
      return typeof answer === 'string' ? `${here}/${id}?done=${answer}` : answer
    })
  act('notes', async (desk, id) => {
    const { db, keys, clock } = desk.context
    const notes = await readNotes(db, keys, id, { actor: desk.session.account.name, at: clock() })
    return desk.send({ ...(await personMain(desk, id, notes, null)), here })
  })
  act('permit', permitPerson)
  act('prohibit', prohibitPerson)
  act('correct', correctPerson)
  act('restrict', async (desk, id, request) => {
    const { because } = given(request, z.object({ because: z.enum(restrictionGrounds) }), desk.language)
    const { tool } = await restrictNow(desk.context, id, because, desk.session.account.name)
    return after(tool, 'restricted')
  })
  act('release', async (desk, id, request) => {
    given(request, z.object({ told: z.literal('yes') }), desk.language)
    await releasePerson(desk.context.db, id, { actor: desk.session.account.name, at: desk.context.clock() })
    return 'released'
  })
  act('hold', holdPerson)
  act('verified', async (desk, id) => {
    const at = desk.context.clock()
    await markVerified(desk.context.db, [id], at)
    await writeAudit(desk.context.db, { at, actor: desk.session.account.name, action: 'person-verified', subject: id })
    return 'verified'
  })
  act('informed', informPerson)
  act('exempt', async ({ context, session, language }, id, request) => {
    const asked = z.object({ ground: z.enum(exemptionGrounds), because: line.min(1) })
    const how = given(request, asked, language)
    await recordExempt(context.db, [id], { ...how, at: context.clock(), actor: session.account.name })
    return 'exempt'
  })
  act('not-exempt', async ({ context, session }, id) => {
    await liftExemption(context.db, [id], { at: context.clock(), actor: session.account.name })
    return 'not-exempt'
  })
  act('ground', async (desk, id, request) => {
    await addGround(desk, id, request)
    return 'grounded'
  })
  act('report', sendReport)
  order(`${here}/:id/erase`, async (desk, request) => {
    const id = await personAsked(desk, request.params)
    const asked = z.object({ because: z.enum(['request', 'operator']), sure: z.literal('yes') })
    const { because } = given(request, asked, desk.language)
    const { tool } = await eraseNow(desk.context, id, because, desk.session.account.name)
    return `${here}?erased=${tool}`
  })
}

/** The id in the path. Throws BadInput when it is nobody's. */
async function personAsked({ context, language }: Desk, params: unknown): Promise<string> {
  const { id } = params as { id: string }
  const known = /^[0-9a-f-]{36}$/.test(id) && (await context.db.person.count({ where: { id } })) === 1
  if (!known) throw new BadInput(words[language].nobody)
  return id
}

function after(tool: Leaving, done: string): string {
  return tool === 'nobody-there' ? done : tool
}

async function permitPerson(desk: Desk, personId: string, request: { body: unknown }): Promise<string> {
  const { context, language, session } = desk
  const asked = z.object({ channel, source: line.min(1), evidence: line.min(1), wording: line.default(''), at: day })
  const { at: said, wording, ...rest } = given(request, asked, language)
  const at = pastDay(said, context.clock(), language) ?? context.clock()
  const onceKey = ['console', personId, 'permission', at.toISOString(), rest.channel].join('|')
  await permit(context.db, { ...rest, personId, at, actor: session.account.name, wording: wording || null, onceKey })
  return 'permitted'
}

async function prohibitPerson(desk: Desk, personId: string, request: { body: unknown }): Promise<string> {
  const { context, language, session } = desk
  const {
    at: said,
    evidence,
    ...rest
  } = given(request, z.object({ channel, evidence: line.default(''), at: day }), language)
  const at = pastDay(said, context.clock(), language) ?? context.clock()
  const onceKey = ['console', personId, 'prohibition', at.toISOString(), rest.channel].join('|')
  await prohibit(context.db, {
    ...rest,
    personId,
    at,
    actor: session.account.name,
    evidence: evidence || null,
    onceKey,
  })
  await afterProhibition(context)
  return 'prohibited'
}

async function correctPerson(desk: Desk, id: string, request: { body: unknown }): Promise<string> {
  const { context, language, session } = desk
  const asked = z.object({ firstName: line, lastName: line, title: line, phone: line, email: line })
  const { email, ...changes } = given(request, asked, language)
  const before = await context.db.person.findUniqueOrThrow({ where: { id } })
  const emptied = (['firstName', 'lastName'] as const).some((field) => changes[field] === '' && before[field] !== '')
  if (emptied) throw new BadInput(words[language].nameEmptied)
  const moved = email !== '' && email !== (before.email ?? '')
  const wanted = moved ? { ...changes, email: readEmailCell(email) } : changes
  const { tool } = await correctNow(context, id, wanted, session.account.name)
  return after(tool, 'corrected')
}

async function informPerson(desk: Desk, id: string, request: { body: unknown }): Promise<string> {
  const { context, language, session } = desk
  const { db, config, clock } = context
  const { by, at: said } = given(request, z.object({ by: z.enum(meansOfInforming), at: day }), language)
  if (!config.company) throw new BadInput(words[language].noCompany)
  const at = pastDay(said, clock(), language) ?? clock()
  await rememberNotice(db, config.company.notice, clock())
  const noticeVersion = config.company.notice.version
  await recordInformed(db, [id], { by, noticeVersion, at, actor: session.account.name })
  return 'informed'
}

async function holdPerson(desk: Desk, personId: string, request: { body: unknown }): Promise<string> {
  const { context, language, session } = desk
  const asked = z.object({ because: z.enum(holdReasons), text: line.min(1), until: z.string().min(1).max(40) })
  const { because: reason, text, until: said } = given(request, asked, language)
  const until = readDate(said)
  if (until === null || until === 'unreadable') throw new BadInput(words[language].noDay)
  await placeHold(context.db, { personId, reason, text, until }, { actor: session.account.name, at: context.clock() })
  return 'held'
}

/** Everything about the person as a file: a page to print, the same for machines, or only what the person gave. */
async function sendReport(desk: Desk, id: string, request: { body: unknown }, reply: FastifyReply) {
  const { context, language, session } = desk
  const { db, keys, clock, config } = context
  const asked = z.object({ as: z.enum(['html', 'json', 'csv']).default('html'), notes: z.string().optional() })
  const { as, notes } = given(request, asked, language)
  if (!config.company) throw new BadInput(words[language].noCompany)
  const at = clock()
  const without: ConcernedTable[] = as !== 'csv' && notes === 'yes' ? [] : ['note']
  const because = await presentReason(db, id, at)
  const rows = await rowsAbout(db, keys, id, { actor: session.account.name, at }, without)
  const report =
    as === 'csv' ? null : accessReport(config.company, { language, person: id, because, without, at, rows })
  const text = report
    ? as === 'html'
      ? accessReportPage(report)
      : `${JSON.stringify(report, null, 2)}\n`
    : portableCsv(portableData(rows))
  const type = { html: 'text/html', json: 'application/json', csv: 'text/csv' }[as]
  return reply
    .headers({
      ...consoleHeaders,
      'content-disposition': `attachment; filename="${words[language].file}.${as}"`,
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    })
    .type(`${type}; charset=utf-8`)
    .send(text)
}

const words = {
  fi: {
    nobody: 'Tällaista henkilöä ei ole. Ehkä tiedot on poistettu.',
    nameEmptied: 'Nimeä ei voi tyhjentää. Anna oikea nimi.',
    noDay: 'Päivää ei voi lukea. Kirjoita se näin: 20.11.2027.',
    noCompany: 'Yrityksen tiedot puuttuvat: tee lupa.yaml komennolla lupa init.',
    file: 'omat-tiedot',
  },
  en: {
    nobody: 'There is no such person. Perhaps they have been erased.',
    nameEmptied: 'A name cannot be emptied. Give the right one.',
    noDay: 'The day cannot be read. Write it like 2027-11-20.',
    noCompany: 'There is no lupa.yaml: the report names who keeps the register; make one with lupa init.',
    file: 'my-data',
  },
} as const
