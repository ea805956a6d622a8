// R-23 … … R-46: where people come from, on which ground, and that they were told.
import {
  type GroundCode,
  indirectGrounds,
  indirectSources,
  missingProof,
  type Proof,
  type SourceCode,
  sourceCodes,
} from '../../domain/collection.ts'
import { type Database, sql } from '../../register/database.ts'
import { countLateToTell } from '../../register/information.ts'
import { refusesSource } from '../../register/trials.ts'
import type { RequirementId } from '../requirements.ts'
import {
  type Check,
  countOf,
  exception,
  type Finding,
  failed,
  notConfigured,
  nothingOf,
  passed,
  worst,
} from './check.ts'

export const collectionChecks = {
  'R-23': async ({ db }) => {
    const prospects = await countOf(db, sql`select from person where 'prospect' = any (relations)`)
    return nothingOf(
      db,
      sql`select from person p where 'prospect' = any (p.relations) and not exists (select from collection k where k.person_id = p.id)`,
      (count) => ({
        fi: `${count} mahdollisella asiakkaalla ei ole tietolähdettä.`,
        en: `${count} prospects have no source.`,
      }),
      {
        fi: `${prospects} mahdollista asiakasta, jokaisella tietolähde.`,
        en: `${prospects} prospects, each with a source.`,
      },
    )
  },
  'R-24': async ({ db }) =>
    (await refusesSource(db, 'PURCHASED_LIST'))
      ? exception(
          'Tietokanta torjui kokeessa ostetun luettelon lähteenä; että tiedot on kerätty itse, tietää vain niiden tuoja.',
          'A bought list was refused as a source when tried; that the data were collected by the company, only who imports them knows.',
        )
      : failed(
          'Tietokanta hyväksyy lähteen luettelon ulkopuolelta.',
          'The database takes a source that is on no list.',
        ),
  'R-25': ({ db }) =>
    nothingOf(
      db,
      sql`select from (select count(*) as installations from installation) one where installations <> 1`,
      () => ({ fi: 'Rekisterissä on useampi asennus.', en: 'There is more than one installation in the register.' }),
      {
        fi: 'Yksi asennus, yksi rekisterinpitäjä; muilla kuin omilla rooleilla ei ole oikeuksia (R-15).',
        en: 'One installation, one controller; nobody but its own roles has rights (R-15).',
      },
    ),
  'R-32': async ({ db }) => {
    const people = await countOf(db, onlyFrom(['SOCIAL_MEDIA']))
    return nothingOf(
      db,
      sql`select from (${onlyFrom(['SOCIAL_MEDIA'])}) p where cardinality(p.tags) > 0`,
      (count) => ({
        fi: `${count} henkilöstä on tallennettu muuta kuin yhteystiedot, vaikka ainoa lähde on sosiaalinen media.`,
        en: `More than contact details is stored of ${count} people whose only source is social media.`,
      }),
      {
        fi: `${people} henkilön ainoa lähde on sosiaalinen media; heistä on vain nimi, työ ja yhteystiedot.`,
        en: `Social media is the only source of ${people} people; of them there are name, work and contact details only.`,
      },
    )
  },
  'R-33': async ({ db, config }) => {
    if (!config.publicUrl || !config.smtpUrl)
      return notConfigured(
        'Lomake /join ei ole käytössä: se tarvitsee LUPA_PUBLIC_URL ja SMTP_URL.',
        'The form /join is not in use: it needs LUPA_PUBLIC_URL and SMTP_URL.',
      )
    return nothingOf(
      db,
      sql`select from permission_entry e where e.once_key like 'sign-up|%' and (e.wording is null or e.evidence is null)
        union all select from sign_up where confirmed_at is null and asked_at < now() - interval '3 days'`,
      (count) => ({
        fi: `${count} liittymisestä puuttuu todiste, tai vahvistamaton on jäänyt talteen.`,
        en: `${count} sign-ups lack their proof, or were kept unconfirmed.`,
      }),
      {
        fi: 'Jokaisella lomakkeen luvalla on sanamuoto, aika ja selosteen versio.',
        en: 'Every permission by form has its wording, time and notice version.',
      },
    )
  },
  'R-34': async ({ db }) => {
    const forms = ['E_REGISTRATION_FORM', 'E_ORDER_FORM', 'E_SIGNUP_FORM']
    const people = await countOf(
      db,
      sql`select distinct person_id from collection where source = any (${forms}::text[]) and person_id is not null`,
    )
    return nothingOf(
      db,
      sql`select from collection where source <> all (${[...sourceCodes]}::text[])`,
      (count) => ({
        fi: `${count} lähdettä ei ole luettelossa.`,
        en: `${count} sources are on no list.`,
      }),
      { fi: `${people} henkilöä tuli lomakkeilta.`, en: `${people} people came by these forms.` },
    )
  },
  'R-35': async ({ db, clock }) => {
    const late = await countLateToTell(db, clock(), { sources: indirectSources })
    return late > 0
      ? failed(
          `${late} henkilölle ei ole kerrottu kuukaudessa: \`lupa notice due --overdue\`.`,
          `${late} people were not told within a month: \`lupa notice due --overdue\`.`,
        )
      : passed(
          'Kaikille, joiden tiedot on saatu julkisista lähteistä, on kerrottu, aikaa on jäljellä tai kirjattu peruste olla kertomatta.',
          'Everybody whose data came from public sources was told, or there is still time, or a ground for not telling is written down.',
        )
  },
  'R-36': onGround('JOINED_LIST'),
  'R-37': onGround('ORDERED_BOOK', 'ORDERED_AUDIOBOOK'),
  'R-38': onGround('ORDERED_EGUIDE'),
  'R-39': onGround('TRAINING'),
  'R-40': onGround('PROJECT_LED'),
  'R-41': onGround('PROJECT_PARTNER'),
  'R-42': onGround('EVENT_OPEN_LIST'),
  'R-43': onGround('BUSINESS_CARD', 'GAVE_CONTACT'),
  'R-44': onGround('SOCIAL_ENGAGEMENT'),
  'R-45': onGround('PERMISSION_ORAL', 'PERMISSION_WRITTEN'),
  'R-46': ({ db }) =>
    nothingOf(
      db,
      sql`select from person p where not exists (select from collection k where k.person_id = p.id)`,
      (count) => ({
        fi: `${count} henkilöllä ei ole kirjattua lähdettä: \`lupa person ground\`.`,
        en: `${count} people have no recorded source: \`lupa person ground\`.`,
      }),
      {
        fi: 'Jokaisella henkilöllä on kirjattu lähde; yritykset ovat omassa taulussaan.',
        en: 'Every person has a recorded source; companies have a table of their own.',
      },
    ),
} satisfies Partial<Record<RequirementId, Check>>

/** People all of whose sources are among these. */
const onlyFrom = (sources: SourceCode[]) => sql`
  select p.id, p.tags from person p where exists (select from collection k where k.person_id = p.id)
    and not exists (select from collection k where k.person_id = p.id and k.source <> all (${sources}::text[]))`

/** That whoever was added on these grounds has a proof, is permitted by nothing but an entry of the ledger, and was told in time. */
function onGround(...grounds: GroundCode[]): Check {
  return async ({ db, clock }) => {
    const rows = await collected(db, grounds)
    const unproved = rows.filter((row) => !proved(row)).length
    if (unproved > 0)
      return failed(
        `${unproved} henkilöltä puuttuu perusteen todiste: \`lupa person ground … --proof\`.`,
        `${unproved} people lack the ground’s proof: \`lupa person ground … --proof\`.`,
      )
    return worst(await permittedByLedger(db, grounds), await toldInTime(db, clock(), grounds, rows.length))
  }
}

type CollectedRow = {
  source: SourceCode
  ground: GroundCode
  text: string | null
  proof: string | null
  imported: boolean
}

async function collected(db: Database, grounds: GroundCode[]): Promise<CollectedRow[]> {
  return db.$queryRaw<CollectedRow[]>(sql`
    select source, ground, source_text as text, proof, import_id is not null as imported from collection
    where ground = any (${grounds}::text[]) and person_id is not null`)
}

/** A file proves by its own word; what the operator says, by what the ground asks for; a sign-up by its entry in the ledger. */
function proved({ source, ground, text, proof, imported }: CollectedRow): boolean {
  if (imported || proof?.startsWith('sign-up ')) return imported ? Boolean(text) : true
  return missingProof({ source, ground }, parsedProof(proof)).length === 0
}

function parsedProof(proof: string | null): Proof {
  try {
    return JSON.parse(proof ?? '{}') as Proof
  } catch {
    return {}
  }
}

function permittedByLedger(db: Database, grounds: GroundCode[]): Promise<Finding> {
  return nothingOf(
    db,
    sql`select from person p where p.permission = 'permission'
      and exists (select from collection k where k.person_id = p.id and k.ground = any (${grounds}::text[]))
      and not exists (select from permission_entry e where e.person_id = p.id and e.says = 'permission' and e.usable and e.source is not null)`,
    (count) => ({
      fi: `${count} henkilöllä on lupa, jota lupakirjanpito ei todista.`,
      en: `${count} people have a permission that the ledger does not prove.`,
    }),
    passed('', '').because,
  )
}

async function toldInTime(db: Database, at: Date, grounds: GroundCode[], people: number): Promise<Finding> {
  const indirect = grounds.filter((one) => indirectGrounds.includes(one))
  const late = indirect.length > 0 ? await countLateToTell(db, at, { grounds: indirect }) : 0
  if (late > 0)
    return failed(
      `${late} henkilölle ei ole kerrottu kuukaudessa: \`lupa notice due --overdue\`.`,
      `${late} people were not told within a month: \`lupa notice due --overdue\`.`,
    )
  return passed(
    people === 0
      ? 'Ketään ei ole lisätty tällä perusteella.'
      : `${people} lisäystä tällä perusteella, jokaisella todiste.`,
    people === 0 ? 'Nobody was added on this ground.' : `Added on this ground ${people} times, each with its proof.`,
  )
}
