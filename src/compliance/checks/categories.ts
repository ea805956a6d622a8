// R-26 … R-31: the categories of data, each in columns of its own.
import { sql } from '../../register/database.ts'
import { readersOf } from '../../register/readers.ts'
import { onlyGrows } from '../../register/trials.ts'
import { undoneOf } from '../../register/undone.ts'
import { columnWords } from '../access-report-words.ts'
import { schemaInventory } from '../data-inventory.ts'
import type { RequirementId } from '../requirements.ts'
import { type Check, countOf, type Finding, failed, nothingOf, passed, type Surroundings, worst } from './check.ts'

export const categoryChecks = {
  'R-26': ({ db }) =>
    nothingOf(
      db,
      sql`select from pg_attribute where attrelid = 'person'::regclass and attnotnull and not atthasdef and attnum > 0
        and attname not in ('id', 'register', 'key', 'first_name', 'last_name', 'kept_from')`,
      (count) => ({
        fi: `${count} saraketta on pakollinen, vaikka sitä ei tarvita.`,
        en: `${count} columns are compulsory that are not needed.`,
      }),
      {
        fi: 'Tietokanta vaatii henkilöstä vain nimen; kaikki muu saa puuttua.',
        en: 'The database asks only a name of a person; all else may be missing.',
      },
    ),
  'R-27': async ({ db }) =>
    worst(
      await held({ db }, 'name', ['person.first_name', 'person.last_name']),
      await nothingOf(
        db,
        sql`select from person where first_name is not nfc normalized or last_name is not nfc normalized`,
        (count) => ({
          fi: `${count} nimeä ei ole muodossa Unicode NFC.`,
          en: `${count} names are not Unicode NFC.`,
        }),
        heldWords(['person.first_name', 'person.last_name']),
      ),
    ),
  'R-28': ({ db }) => held({ db }, 'work', ['person.title']),
  'R-29': ({ db }) =>
    held({ db }, 'contact', [
      'person.email',
      'person.phone',
      ...['name', 'street', 'postal_code', 'city', 'website', 'phone'].map((name) => `organisation.${name}`),
    ]),
  'R-30': async ({ db, keys }) => {
    const readers = await readersOf(db)
    const read = [...readers.columns].filter(([name, roles]) => name.startsWith('note.') && roles.length > 0)
    if (read.length > 0)
      return failed(
        `Muistiinpanoja voi lukea: ${read.map(([name, roles]) => `${name} ${roles.join(' ')}`).join(', ')}.`,
        `Notes can be read: ${read.map(([name, roles]) => `${name} ${roles.join(' ')}`).join(', ')}.`,
      )
    const notes = await countOf(db, sql`select from note`)
    return nothingOf(
      db,
      sql`select from note where key_id <> all (${keys.ids}::text[]) or length(sealed) < 28`,
      (count) => ({
        fi: `${count} muistiinpanoa ei ole salattu tämän avainnipun avaimella.`,
        en: `${count} notes are not sealed with a key of this ring.`,
      }),
      {
        fi: `${notes} muistiinpanoa, kaikki salattu; yksikään rooli ei voi lukea niitä.`,
        en: `${notes} notes, all sealed; no role can read them.`,
      },
    )
  },
  'R-31': async ({ db, ledger, clock, config }) => {
    if (!(await onlyGrows(db, 'permission_entry')))
      return failed('Lupakirjanpidon rivejä voi muuttaa.', 'Rows of the permission ledger can be changed.')
    const undone = await undoneOf(db, ledger, 'opt-out')
    if (undone > 0)
      return failed(
        `${undone} ulkoisen kirjanpidon kieltoa ei pidä rekisterissä.`,
        `${undone} opt-outs of the outside ledger do not hold in the register.`,
      )
    const late = await countOf(
      db,
      sql`select from ledger_outbox where written_at is null and created_at < ${clock()}::timestamptz - interval '1 hour'
        union all select from feedback where applied_at is null
          and received_at < ${clock()}::timestamptz - make_interval(secs => ${config.feedbackAlarmMs / 1000})`,
    )
    if (late > 0)
      return failed(
        `${late} kieltoa tai palautetta odottaa kirjaamista: onko \`lupa start\` käynnissä?`,
        `${late} opt-outs or pieces of feedback wait to be applied: is \`lupa start\` running?`,
      )
    return nothingOf(
      db,
      sql`select from person p cross join lateral permission_of(p.id) now_is where p.permission <> now_is.permission
        union all select from eligibility(${clock()}::timestamptz) e join person p on p.id = e.person_id
          where e.because is null and p.permission <> 'permission'`,
      (count) => ({
        fi: `${count} henkilön lupa on toinen kuin kirjanpidosta laskettu.`,
        en: `${count} people’s permission is another than their ledger says.`,
      }),
      {
        fi: 'Jokaisen lupa laskettiin kirjanpidosta uudelleen, ja ulkoisen kirjanpidon kiellot pitävät.',
        en: 'Everybody’s permission was computed from the ledger anew, and the outside ledger’s opt-outs hold.',
      },
    )
  },
} satisfies Partial<Record<RequirementId, Check>>

const heldWords = (columns: string[]) => ({
  fi: `${columns.join(', ')}: tietokannassa, luettelossa ja omien tietojen raportissa.`,
  en: `${columns.join(', ')}: in the database, the inventory and access reports.`,
})

/** Whether columns are in the database, in the inventory under this category, and in access reports with words of their own. */
async function held({ db }: Pick<Surroundings, 'db'>, category: string, columns: string[]): Promise<Finding> {
  const live = await db.$queryRaw<{ name: string }[]>(sql`
    select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public'`)
  const told = schemaInventory().columns.filter((one) => one.category === category)
  const lacking = columns.filter((name) => {
    const there = live.some((one) => one.name === name)
    return (
      !there ||
      !told.some(({ table, column }) => `${table}.${column}` === name) ||
      !columnWords[name.split('.')[1] ?? '']
    )
  })
  const words = heldWords(columns)
  return lacking.length > 0
    ? failed(`Puuttuu: ${lacking.join(', ')}.`, `Missing: ${lacking.join(', ')}.`)
    : passed(words.fi, words.en)
}
