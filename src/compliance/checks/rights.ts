// R-09 …: what people may ask, and that they get it.

import { concernedTables } from '../../register/access-report.ts'
import { sql } from '../../register/database.ts'
import { listRequests } from '../../register/requests.ts'
import { undoneOf } from '../../register/undone.ts'
import { schemaInventory } from '../data-inventory.ts'
import type { RequirementId } from '../requirements.ts'
import { type Check, failed, nothingOf, passed, worst } from './check.ts'

export const rightsChecks = {
  'R-09': async ({ db }) => {
    const { columns, others, problems } = schemaInventory()
    if (problems.length > 0)
      return failed('Tietosisältöluettelo on vajaa.', `The data inventory has gaps: ${problems[0]}`)
    const known = new Set([...columns, ...others].map(({ table, column }) => `${table}.${column}`))
    const live = await db.$queryRaw<{ name: string }[]>(sql`
      select table_name || '.' || column_name as name from information_schema.columns
      where table_schema = 'public' and table_name <> '_prisma_migrations' order by 1`)
    const unknown = live.map(({ name }) => name).filter((name) => !known.has(name))
    return unknown.length > 0
      ? failed(
          `Tietokannassa on sarakkeita, joita luettelo ei tunne: ${unknown.join(', ')}.`,
          `The database has columns that the inventory does not know: ${unknown.join(', ')}.`,
        )
      : passed(
          `${live.length} saraketta, joista ${columns.length} koskee henkilöitä: jokainen on luettelossa.`,
          `${live.length} columns, ${columns.length} of them about people: each is in the inventory.`,
        )
  },
  'R-10': async ({ db }) => {
    const tables = await db.$queryRaw<{ name: string }[]>(sql`
      select distinct c.conrelid::regclass::text as name from pg_constraint c
      where c.contype = 'f' and c.confrelid in ('person'::regclass, 'recipient'::regclass) order by 1`)
    const shown = new Set<string>(concernedTables)
    const hidden = tables.map(({ name }) => name).filter((name) => !shown.has(name))
    return hidden.length > 0
      ? failed(
          `Omien tietojen raportista puuttuu: ${hidden.join(', ')}.`,
          `Access reports leave out: ${hidden.join(', ')}.`,
        )
      : passed(
          `Raportti kattaa kaikki ${tables.length} taulua, joista on viittaus henkilöön, ja ${concernedTables.length - tables.length} muuta.`,
          `Reports cover all ${tables.length} tables that refer to a person, and ${concernedTables.length - tables.length} more.`,
        )
  },
  'R-11': ({ db, clock }) =>
    nothingOf(
      db,
      sql`select from recipient r join campaign c on c.id = r.campaign_id join person p on p.id = r.person_id
        where c.state <> 'closed' and r.state = 'accepted' and p.updated_at < ${clock()}::timestamptz - interval '1 day'
          and (r.outdated or not r.address_hash = any (p.address_hashes))`,
      (count) => ({
        fi: `${count} henkilöä on työkalussa yhä vanhoilla tiedoilla, vaikka korjauksesta on yli vuorokausi.`,
        en: `${count} people are still in the tool with old data a day after their correction.`,
      }),
      {
        fi: 'Kenestäkään ei ole työkalussa vanhaa tietoa.',
        en: 'The tool holds nobody’s old data.',
      },
    ),
  'R-12': async ({ db, ledger }) =>
    worst(
      await nothingOf(
        db,
        sql`select from person p where exists (select from suppression s where s.kind = 'erased'
          and s.address_hash = any (p.address_hashes) and (s.lifted_at is null or s.lifted_at <= s.at))`,
        (count) => ({ fi: `${count} poistettua on palannut rekisteriin.`, en: `${count} erased people are back.` }),
        passed('', '').because,
      ),
      await undoneOf(db, ledger, 'erasure').then((undone) =>
        undone > 0
          ? failed(
              `${undone} ulkoisen kirjanpidon poistoa ei pidä rekisterissä.`,
              `${undone} erasures of the outside ledger do not hold in the register.`,
            )
          : passed(
              'Kukaan poistettu ei ole rekisterissä; ulkoinen kirjanpito sanoo samaa.',
              'Nobody erased is in the register; the outside ledger says the same.',
            ),
      ),
    ),
  'R-55': async ({ db, clock }) => {
    const open = await listRequests(db, clock())
    const late = open.filter(({ overdue }) => overdue)
    return late.length > 0
      ? failed(
          `${late.length} pyyntöä on myöhässä: \`lupa request list\`.`,
          `${late.length} requests are overdue: \`lupa request list\`.`,
        )
      : passed(
          `${open.length} pyyntöä on auki, yksikään ei ole myöhässä.`,
          `${open.length} requests are open, none is overdue.`,
        )
  },
} satisfies Partial<Record<RequirementId, Check>>
