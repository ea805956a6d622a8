// R-52 … R-54: the Access register, and what was done with people.
import { activityKinds } from '../../domain/collection.ts'
import { type Database, sql } from '../../register/database.ts'
import { readersOf } from '../../register/readers.ts'
import type { RequirementId } from '../requirements.ts'
import { type Check, countOf, failed, nothingOf, passed } from './check.ts'

export const accessChecks = {
  'R-52': async ({ db }) => {
    const views = await columnsOf(db)
    const missing = Object.keys(oldTables).filter((name) => !views.has(name))
    const imports = await countOf(db, sql`select from import where format in ('accdb', 'mdb') and undone_at is null`)
    return missing.length > 0
      ? failed(`Näkymä puuttuu: ${missing.join(', ')}.`, `A view is missing: ${missing.join(', ')}.`)
      : passed(
          `${views.size} näkymää vanhoin nimin; Access-tiedostoja tuotu ${imports}.`,
          `${views.size} views under the old names; Access files imported: ${imports}.`,
        )
  },
  'R-53': async ({ db }) => {
    const views = await columnsOf(db)
    const missing = Object.entries(oldTables).flatMap(([name, columns]) =>
      columns.filter((column) => !views.get(name)?.has(column)).map((column) => `${name}.${column}`),
    )
    return missing.length > 0
      ? failed(`Sarake puuttuu: ${missing.join(', ')}.`, `A column is missing: ${missing.join(', ')}.`)
      : passed(
          'Nimi, tehtävä, kontaktitiedot ja yritys ovat näkymissä.',
          'Name, duties, contact details and company are in the views.',
        )
  },
  'R-54': async ({ db }) => {
    const readers = await readersOf(db)
    const read = [...readers.columns].filter(([name, roles]) => name.startsWith('activity.') && roles.includes('sync'))
    if (read.length > 0) return failed('Työkalutyöt voivat lukea toimintoja.', 'Tool jobs can read activities.')
    const activities = await countOf(db, sql`select from activity`)
    return nothingOf(
      db,
      sql`select from activity where kind <> all (${[...activityKinds]}::text[])`,
      (count) => ({
        fi: `${count} toiminnon laji ei ole luettelossa.`,
        en: `${count} activities are of a kind that is on no list.`,
      }),
      {
        fi: `${activities} toimintoa, jokaisella laji luettelosta; työkalutyöt eivät lue niitä.`,
        en: `${activities} activities, each of a kind on the list; tool jobs do not read them.`,
      },
    )
  },
} satisfies Partial<Record<RequirementId, Check>>

/** The old register's tables, and what the notice says is in them. */
const oldTables: Record<string, string[]> = {
  Henkilöt: [
    'Etunimi',
    'Sukunimi',
    'Titteli',
    'Sähköposti',
    'Puhelin',
    'YritysID',
    'Markkinointilupa',
    'Markkinointikielto',
  ],
  Yritykset: ['Nimi', 'Katuosoite', 'Postinumero', 'Postitoimipaikka', 'www', 'Puhelin'],
  Tapaamiset: ['Aika', 'Aihe'],
  'Tarjotut palvelut': ['Pvm', 'Palvelu'],
  Toimeksiannot: ['Alkoi', 'Kuvaus'],
  Tilaukset: ['Pvm', 'Laji', 'Tuote'],
  Aktiviteetit: ['Pvm', 'Tyyppi'],
}

/** The views of the Access front end that can be written to, with their columns. */
async function columnsOf(db: Database): Promise<Map<string, Set<string>>> {
  const rows = await db.$queryRaw<{ name: string; columns: string[] }[]>(sql`
    select c.relname::text as name, array_agg(a.attname::text) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where c.relnamespace = to_regnamespace('access') and c.relkind = 'v'
      and exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgenabled <> 'D')
    group by 1`)
  return new Map(rows.map(({ name, columns }) => [name, new Set(columns)]))
}
