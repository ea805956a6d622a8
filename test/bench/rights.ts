// What people may ask, and what their data's lifetimes ask, in a register with many people and much about them: how long somebody waits.
import { fileURLToPath } from 'node:url'
import { table } from '../../src/cli/table.ts'
import { accessReport } from '../../src/compliance/access-report.ts'
import { accessReportPage } from '../../src/compliance/access-report-page.ts'
import { type Company, readConfig } from '../../src/config.ts'
import { type Context, openContext } from '../../src/context.ts'
import { rowsAbout } from '../../src/register/access-report.ts'
import { sql } from '../../src/register/database.ts'
import { erasePerson } from '../../src/register/erasure.ts'
import { writeLedger } from '../../src/register/ledger-outbox.ts'
import { duePeople, retentionDue } from '../../src/register/retention.ts'
import { dropHome, makeHome } from './home.ts'
import { populate } from './population.ts'

/** One act in a register of so many people, done so often. Milliseconds. */
export type RightsFigures = { act: string; people: number; times: number; p50: number; max: number }

const times = 10

/** Measures an access report, an erasure and a retention preview with so many people in the register. */
export async function rightsFigures(people: number): Promise<RightsFigures[]> {
  const home = await makeHome()
  const sample = fileURLToPath(new URL('../../prisma/sample/lupa.yaml', import.meta.url))
  const context = await openContext(readConfig({ LUPA_HOME: home, LUPA_CONFIG: sample, LOG_LEVEL: 'silent' }))
  try {
    await fill(context, people)
    return await measure(context, people)
  } finally {
    await context.close()
    await dropHome(home)
  }
}

/** The figures as a table. */
export function rightsTable(figures: RightsFigures[]): string {
  return table(
    ['asked for', 'people', 'times', 'p50 ms', 'longest ms'],
    figures.map(({ act, people, times: count, p50, max }) => [act, people, count, p50, max]),
  )
}

async function measure(context: Context, people: number): Promise<RightsFigures[]> {
  const { db, keys, ledger, clock } = context
  const company = context.config.company as Company
  const by = () => ({ actor: 'bench', at: clock() })
  const some = await db.person.findMany({ where: { key: { endsWith: '77' } }, take: times, select: { id: true } })
  const figures = async (act: string, work: (id: string) => Promise<unknown>): Promise<RightsFigures> => {
    const took: number[] = []
    for (const { id } of some) {
      const began = performance.now()
      await work(id)
      took.push(performance.now() - began)
    }
    const sorted = took.toSorted((a, b) => a - b).map((ms) => Math.round(ms * 10) / 10)
    return { act, people, times: took.length, p50: sorted[sorted.length >> 1] ?? 0, max: sorted.at(-1) ?? 0 }
  }
  return [
    await figures('access report, as a page', async (person) => {
      const rows = await rowsAbout(db, keys, person, by())
      const facts = { language: 'fi' as const, person, because: null, without: [], rows, at: clock() }
      return accessReportPage(accessReport(company, facts))
    }),
    await figures('retention preview', () => retentionDue(db, company, clock())),
    await figures('its first page of people', () => duePeople(db, company, clock(), { take: 50 })),
    await figures('erasure', (id) => erasePerson(db, keys, ledger, id, { ...by(), because: 'request' })),
  ]
}

/**
 * A register that has lived: two activities and a source for each person, four newsletters that reached everybody, an import that
 * changed everybody; a tenth past their lifetime, a twentieth said no, in the outside ledger too.
 */
async function fill(context: Context, people: number): Promise<void> {
  const { db, ledger, clock } = context
  await populate(context, people)
  await db.$executeRaw(sql`update person set kept_from = now() - interval '30 years' where key like '%3'`)
  await db.$executeRaw(sql`insert into activity (register, source_table, key, person_id, kind, at, title)
    select 'mittaus', 't' || n, p.key, p.id, 'meeting', now() - n * interval '6 years', 'Tapaaminen' from person p, generate_series(1, 2) n`)
  await db.$executeRaw(sql`insert into collection (person_id, source, ground, source_text, collected_at)
    select id, 'MEDIA', null, 'lehti', now() from person`)
  await db.$executeRaw(sql`insert into import (format, sha256, mapping, actor, started_at, finished_at)
    values ('csv', 'x', '{}', 'bench', now(), now())`)
  await db.$executeRaw(
    sql`insert into import_change (import_id, what, row_id) select i.id, 'person', p.id::text from import i, person p`,
  )
  for (const name of ['kevät', 'kesä', 'syksy', 'talvi']) await sent(context, name)
  await db.$executeRaw(sql`insert into audit (seq, at, actor, action, subject, facts, previous, hash)
    select 0, now(), 'bench', 'person-corrected', id, '{}', '', '' from person where key like '%7'`)
  await db.$executeRaw(sql`insert into permission_entry (person_id, says, at, channel, actor, personal, once_key)
    select id, 'prohibition', now(), 'mail', 'bench', true, 'ei|' || id from person where key like '%5' and key::int % 20 = 15`)
  await db.$executeRaw(sql`insert into suppression (address_hash, kind, at)
    select address_hashes[1], 'opted-out', now() from person where permission = 'prohibition' on conflict do nothing`)
  await db.$executeRaw(sql`insert into ledger_outbox (entry, created_at)
    select jsonb_build_object('kind', 'opt-out', 'at', now(), 'subject', id, 'addresses', address_hashes, 'channel', 'mail', 'onceKey', 'ei|' || id), now()
    from person where permission = 'prohibition'`)
  while ((await writeLedger(db, ledger, clock())) > 0);
  await db.$executeRaw(sql`analyze`)
}

/** A newsletter of the past that reached everybody, with the tool's ids and the odd bounce. */
async function sent({ db }: Context, name: string): Promise<void> {
  const plan = {
    name,
    subject: name,
    fromName: 'x',
    fromEmail: 'x@konsultti.example',
    tool: 'mailchimp',
    language: 'fi',
  }
  const { id } = await db.campaign.create({
    data: {
      ...plan,
      contentKind: 'html',
      settleSeconds: 0,
      state: 'closed',
      sentAt: new Date(),
      createdAt: new Date(),
    },
  })
  await db.$executeRaw(sql`insert into recipient (campaign_id, person_id, state, batch, address_hash, disclosed, sent, intended_at, removed_at)
    select ${id}::uuid, id, 'removed', 1, address_hashes[1], true, true, now(), now() from person`)
  await db.$executeRaw(sql`insert into recipient_tool_id (campaign_id, hash, recipient_id)
    select campaign_id, md5(id::text), id from recipient where campaign_id = ${id}::uuid`)
  await db.$executeRaw(sql`insert into feedback (campaign_id, recipient_id, kind, source, address_hash, at, received_at, applied_at, once_key)
    select campaign_id, id, 'bounced-soft', 'report', address_hash, now(), now(), now(), 'bench|' || id
    from recipient where campaign_id = ${id}::uuid and id % 50 = 0`)
}
