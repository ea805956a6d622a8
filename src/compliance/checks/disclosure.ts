// R-16, R-47 … R-51: what leaves, to whom, how much of it, and that it comes back.
import { certificateIsIntact } from '../../certificate/certificate.ts'
import { certificateOf } from '../../register/certificates.ts'
import { sql } from '../../register/database.ts'
import { readersOf } from '../../register/readers.ts'
import { onlyGrows, tryClaim } from '../../register/trials.ts'
import type { RequirementId } from '../requirements.ts'
import {
  type Check,
  countOf,
  type Finding,
  failed,
  notConfigured,
  nothingOf,
  ofCompany,
  passed,
  type Surroundings,
  worst,
} from './check.ts'

export const disclosureChecks = {
  'R-16': async ({ db }) => {
    if (!(await onlyGrows(db, 'disclosure')))
      return failed('Luovutusrekisterin rivejä voi muuttaa.', 'Rows of the disclosure register can be changed.')
    const lines = await countOf(
      db,
      sql`select from disclosure union all select from campaign where first_disclosed_at is not null`,
    )
    return nothingOf(
      db,
      sql`select from disclosure d where d.people < (select count(*) from disclosure_person p where p.disclosure_id = d.id)
        union all select from campaign c where c.first_disclosed_at is not null and not exists (
          select from campaign_event e where e.campaign_id = c.id and e.type = 'campaign-approved')`,
      (count) => ({
        fi: `${count} luovutuksella ei ole päättäjää, tai henkilöitä on enemmän kuin kirjattu.`,
        en: `${count} disclosures have nobody who decided, or more people than was written down.`,
      }),
      {
        fi: `Luovutuksia ${lines}, jokaisella syy, peruste ja päättäjä; rivejä ei voi muuttaa.`,
        en: `Disclosures: ${lines}, each with reason, ground and who decided; no row can be changed.`,
      },
    )
  },
  'R-47': ofCompany(({ ceilings }, { db }) =>
    nothingOf(
      db,
      sql`select from campaign c where c.state not in ('draft', 'closed')
          and (select count(*) from recipient r where r.campaign_id = c.id and r.state <> 'excluded') > ${ceilings.recipients}
        union all select from disclosure where people > ${ceilings.disclosure} and reason <> 'LEGAL_OBLIGATION'`,
      (count) => ({
        fi: `${count} kampanjaa tai luovutusta ylittää katon.`,
        en: `${count} campaigns or disclosures are above the ceiling.`,
      }),
      {
        fi: `Katto on ${ceilings.recipients} vastaanottajaa ja ${ceilings.disclosure} muussa luovutuksessa; mikään ei ylitä sitä.`,
        en: `The ceiling is ${ceilings.recipients} recipients, ${ceilings.disclosure} in other disclosures; nothing is above it.`,
      },
    ),
  ),
  'R-48': ofCompany(async ({ tool: { agreement, transfer } }, { db, clock }) => {
    if (new Date(transfer.nextCheck) <= clock())
      return failed(
        `Siirtoperuste ${transfer.mechanism} piti tarkistaa ${transfer.nextCheck}: lähettäminen on estetty.`,
        `The transfer mechanism ${transfer.mechanism} was to be checked by ${transfer.nextCheck}: nothing is sent meanwhile.`,
      )
    return nothingOf(
      db,
      sql`select from campaign c where c.first_disclosed_at is not null and not exists (
        select from tool_agreement a where a.tool = c.tool and a.seen_at <= c.first_disclosed_at)`,
      (count) => ({
        fi: `${count} kampanjasta ei tiedetä, minkä sopimuksen aikana tiedot luovutettiin.`,
        en: `Of ${count} campaigns nobody knows under which agreement their data left.`,
      }),
      {
        fi: `${agreement.version} (${agreement.date}), ${transfer.mechanism}, seuraava tarkistus ${transfer.nextCheck}.`,
        en: `${agreement.version} (${agreement.date}), ${transfer.mechanism}, next check ${transfer.nextCheck}.`,
      },
    )
  }),
  'R-49': ({ db, config: { mailchimp } }) => {
    const { apiKey, accountId } = mailchimp
    if (!apiKey || !accountId)
      return notConfigured(
        `${apiKey ? 'MAILCHIMP_ACCOUNT_ID' : 'MAILCHIMP_API_KEY'} puuttuu: \`lupa doctor\` näyttää tilin.`,
        `${apiKey ? 'MAILCHIMP_ACCOUNT_ID' : 'MAILCHIMP_API_KEY'} is not set: \`lupa doctor\` shows the account.`,
      )
    return nothingOf(
      db,
      sql`select from tool_account where account_id is distinct from ${accountId} and tool = 'mailchimp'
        union all select from campaign where first_disclosed_at is not null and tool_account_id is distinct from ${accountId}
        union all select from audit where facts::text like ${`%${apiKey}%`}`,
      (count) => ({
        fi: `${count} kampanjaa tai katsausta koski muuta tiliä.`,
        en: `${count} campaigns or looks concerned another account.`,
      }),
      {
        fi: `Tili ${accountId}; jokainen kampanja kulki sen kautta.`,
        en: `The account ${accountId}; every campaign went through it.`,
      },
    )
  },
  'R-50': async (around) => worst(await claimGivesThree(around), await onlyNamesLeft(around)),
  'R-51': async (around) => worst(await closedOnesAreProved(around), await openOnesAreInTime(around)),
} satisfies Partial<Record<RequirementId, Check>>

/** The claim hands out the recipient's number and three fields, and no other function hands columns of people to the tool jobs. */
async function claimGivesThree({ db, clock }: Surroundings): Promise<Finding> {
  const { columns } = await tryClaim(db, clock())
  const beyond = columns.filter((name) => !['recipient_id', 'email', 'first_name', 'last_name'].includes(name))
  const { functions } = await readersOf(db)
  const rows = await db.$queryRaw<{ name: string; gives: string }[]>(sql`
    select p.proname as name, a.name as gives from pg_proc p cross join unnest(p.proargnames, p.proargmodes) as a (name, mode)
    where p.pronamespace = 'public'::regnamespace and p.prosecdef and a.mode in ('t', 'o')
      and a.name in (select attname::text from pg_attribute where attrelid = 'person'::regclass and attnum > 0)`)
  const others = rows.filter(
    ({ name, gives }) =>
      functions.get(name)?.includes('sync') &&
      !(name === 'claim_batch' && ['email', 'first_name', 'last_name'].includes(gives)),
  )
  const found = [...beyond, ...others.map(({ name, gives }) => `${name}.${gives}`)]
  return columns.length === 0 || found.length > 0
    ? failed(
        `Työkalutyöt saavat tietokannasta muutakin: ${found.join(', ') || 'portti ei vastaa'}.`,
        `Tool jobs get more from the database: ${found.join(', ') || 'the gate gives nothing'}.`,
      )
    : passed('', '')
}

/** The fields that left, as every certificate has them; and nobody is eligible at another address than one for work. */
async function onlyNamesLeft({ db, clock }: Surroundings): Promise<Finding> {
  const certificates = await countOf(db, sql`select from certificate`)
  return nothingOf(
    db,
    sql`select from certificate c cross join jsonb_array_elements_text(c.body -> 'fieldsSent') field where field not in ('EMAIL', 'FNAME', 'LNAME')
      union all select from eligibility(${clock()}::timestamptz) e join person p on p.id = e.person_id
        where e.because is null and p.email_nature is distinct from 'work'`,
    (count) => ({
      fi: `${count} todistusta tai henkilöä, joissa on muutakin kuin nimi ja työsähköposti.`,
      en: `${count} certificates or people with more than a name and a work email.`,
    }),
    {
      fi: `Portti antaa kokeessa vain kolme tietoa; ${certificates} todistuksessa ei ole muita kenttiä.`,
      en: `The gate gives three fields when tried; no other stands in the ${certificates} certificates there are.`,
    },
  )
}

/** Closed, and disclosed: read back with nobody left, and a certificate whose seal is whole. */
async function closedOnesAreProved({ db }: Surroundings): Promise<Finding> {
  const rows = await db.$queryRaw<{ id: string; proved: boolean }[]>(sql`
    select c.id, c.withdrawn_at is not null and coalesce((c.verification ->> 'remaining')::int = 0, false)
      and not exists (select from recipient r where r.campaign_id = c.id and r.state in ('intended', 'accepted', 'unknown')) as proved
    from campaign c where c.state = 'closed' and c.first_disclosed_at is not null`)
  let without = rows.filter(({ proved }) => !proved).length
  for (const { id } of rows.filter(({ proved }) => proved)) {
    const certificate = await certificateOf(db, id)
    if (!certificate || !certificateIsIntact(certificate)) without += 1
  }
  return without > 0
    ? failed(
        `${without} päättynyttä kampanjaa on ilman todennettua poistoa tai ehjää todistusta.`,
        `${without} closed campaigns are without a verified withdrawal or an intact certificate.`,
      )
    : passed('', '')
}

/** Open, and disclosed: before the deadline; and a shell goes within two weeks of when it may. */
async function openOnesAreInTime({ db, clock }: Surroundings): Promise<Finding> {
  const [counts] = await db.$queryRaw<{ closed: number; open: number }[]>(sql`
    select (count(*) filter (where state = 'closed'))::int as closed, (count(*) filter (where state <> 'closed'))::int as open
    from campaign where first_disclosed_at is not null`)
  return nothingOf(
    db,
    sql`select from campaign where first_disclosed_at is not null and (
      state not in ('withdrawn', 'closed') and deadline < ${clock()}::timestamptz
      or shell = 'pending' and state = 'closed' and closed_at < ${clock()}::timestamptz - interval '14 days'
      or tool_campaign_left)`,
    (count) => ({
      fi: `${count} kampanjan tietoja on työkalussa yli määräajan: \`lupa campaign list\`.`,
      en: `${count} campaigns are in the tool past their deadline: \`lupa campaign list\`.`,
    }),
    {
      fi: `Päättyneitä kampanjoita ${counts?.closed ?? 0}, jokainen luettu tyhjäksi ja todistettu; kesken ja määräajassa ${counts?.open ?? 0}.`,
      en: `Closed campaigns: ${counts?.closed ?? 0}, each read back empty and certified; under way and in time: ${counts?.open ?? 0}.`,
    },
  )
}
