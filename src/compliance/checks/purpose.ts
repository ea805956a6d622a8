// R-06 … R-08b, R-13 … R-15: what data are used for, and that nobody can use them for anything else.
import { sql } from '../../register/database.ts'
import { readersOf } from '../../register/readers.ts'
import { tryClaim } from '../../register/trials.ts'
import { schemaInventory } from '../data-inventory.ts'
import { controls, type RequirementId } from '../requirements.ts'
import {
  type Check,
  countOf,
  failed,
  notConfigured,
  nothingOf,
  ofCompany,
  passed,
  type Surroundings,
  worst,
} from './check.ts'

export const purposeChecks = {
  'R-06': () => {
    const { columns, problems } = schemaInventory()
    const without = columns.filter(({ purposes }) => purposes.length === 0).length
    return without > 0 || problems.length > 0
      ? failed(`${without} sarakkeella ei ole tarkoitusta.`, `${without} columns have no purpose.`)
      : passed(
          `${columns.length} sarakkeella on tarkoitus suljetusta luettelosta.`,
          `${columns.length} columns have a purpose of the closed list.`,
        )
  },
  'R-07': async ({ db, clock }) => {
    const { given } = await tryClaim(db, clock())
    return given.join() === 'permission work'
      ? passed(
          'Koekampanjan portista pääsi vain se, jolla on lupa ja työosoite.',
          'The gate, tried on a made-up campaign, let only the one through who permits and has a work address.',
        )
      : failed(
          `Koekampanjan portista pääsi: ${given.join(', ') || 'ei kukaan'}.`,
          `The gate, tried on a made-up campaign, let through: ${given.join(', ') || 'nobody'}.`,
        )
  },
  'R-08': async ({ db }) =>
    worst(
      await nothingOf(
        db,
        sql`select from (values ('recipient')) t (name) where not exists (select from pg_constraint
          where contype = 'f' and conrelid = to_regclass('recipient') and confrelid = to_regclass('person') and convalidated)`,
        () => ({
          fi: 'Vastaanottajan vierasavain henkilöön puuttuu.',
          en: 'The recipient’s foreign key to a person is gone.',
        }),
        passed('', '').because,
      ),
      await nothingOf(
        db,
        sql`select from recipient r join campaign c on c.id = r.campaign_id
          where c.state <> 'closed' and r.person_id is null and r.state in ('selected', 'intended')`,
        (count) => ({
          fi: `${count} vastaanottajaa ei ole rekisterissä.`,
          en: `${count} recipients are nobody in the register.`,
        }),
        {
          fi: 'Jokainen vastaanottaja on rekisterin henkilö.',
          en: 'Every recipient is a person of the register.',
        },
      ),
    ),
  'R-08b': () => {
    const count = Object.keys(controls).length
    return passed(
      `${count} lupauksella on kontrolli, ja tarkistukset ajettiin nyt.`,
      `${count} promises have a control, and their checks ran now.`,
    )
  },
  'R-13': async ({ db }) => {
    const found = await beyondPurpose({ db })
    return found.length > 0
      ? failed(
          `Työkalutyöt (lupa_sync) voivat lukea: ${found.join(', ')}.`,
          `Tool jobs (lupa_sync) can read: ${found.join(', ')}.`,
        )
      : passed(
          'Tietokannan oikeudet luettiin: työkalutyöt eivät lue yhtään taulua ihmisistä.',
          'The database’s rights were read: tool jobs read no table about people.',
        )
  },
  'R-14': ofCompany(async ({ legitimateInterest }, { db }) => {
    if (!legitimateInterest)
      return notConfigured(
        'Tasapainotestiä ei ole nimetty: lupa.yaml, legitimateInterest.',
        'No balancing test is named: legitimateInterest in lupa.yaml.',
      )
    return nothingOf(
      db,
      sql`select from eligibility(now()) e join person p on p.id = e.person_id where e.because is null
        and (p.permission = 'prohibition' or p.restricted_at is not null)`,
      (count) => ({
        fi: `${count} vastustanutta tai rajoitettua voisi saada kirjeen.`,
        en: `${count} people who object or are restricted could get a mail.`,
      }),
      {
        fi: `Tasapainotesti ${legitimateInterest.assessment} (${legitimateInterest.date}); vastustaneet eivät saa kirjeitä.`,
        en: `Balancing test ${legitimateInterest.assessment} (${legitimateInterest.date}); who objects gets no mail.`,
      },
    )
  }),
  'R-15': async ({ db }) => {
    const strangers = await db.$queryRaw<{ name: string }[]>(sql`
      select distinct coalesce(r.rolname, 'PUBLIC') as name
      from pg_class c cross join lateral aclexplode(c.relacl) a left join pg_roles r on r.oid = a.grantee
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm', 'p', 'f') and a.grantee <> c.relowner
        and c.relname <> '_prisma_migrations' and coalesce(r.rolname, 'PUBLIC') not in ('lupa_sync', 'lupa_worker', 'lupa_web')
      order by 1`)
    const names = strangers.map(({ name }) => name).join(', ')
    return strangers.length > 0
      ? failed(`Tauluihin on oikeuksia muillakin: ${names}.`, `Others have rights to the tables: ${names}.`)
      : passed(
          'Tauluihin on oikeuksia vain omistajalla ja Luvan kolmella roolilla.',
          'Only the owner and Lupa’s three roles have rights to the tables.',
        )
  },
} satisfies Partial<Record<RequirementId, Check>>

/** What the tool jobs' role reads of tables about people, but for campaigns' own rows, which hold no name and no address. */
async function beyondPurpose({ db }: Pick<Surroundings, 'db'>): Promise<string[]> {
  const readers = await readersOf(db)
  const about = schemaInventory().columns.filter(({ category }) => category !== 'campaign' && category !== 'audit')
  const readable = about
    .map(({ table, column }) => `${table}.${column}`)
    .filter((name) => readers.columns.get(name)?.includes('sync'))
  const powers = await countOf(
    db,
    sql`select from pg_roles where rolname in ('lupa_sync', 'lupa_worker', 'lupa_web') and (rolsuper or rolcreaterole or rolbypassrls)
      union all select from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname in ('lupa_sync', 'lupa_worker', 'lupa_web')`,
  )
  return powers > 0 ? [...readable, 'pg_roles'] : readable
}
