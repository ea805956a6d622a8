// R-17 … R-22: only what is needed, right, no longer than needed, and safe.
import { existsSync } from 'node:fs'
import { backupDays, backupFolder } from '../../backup/create-backup.ts'
import { listBackups } from '../../backup/rotation.ts'
import { holdReasons } from '../../domain/retention.ts'
import { firstBrokenAudit } from '../../register/audit.ts'
import { sql } from '../../register/database.ts'
import { installationId } from '../../register/installation.ts'
import { retentionDue } from '../../register/retention.ts'
import { onlyGrows, refusesHold } from '../../register/trials.ts'
import { schemaInventory } from '../data-inventory.ts'
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

export const upkeepChecks = {
  'R-17': async ({ db, clock }) => {
    const dropped = await countOf(db, sql`select distinct unnest(dropped_columns) from import where undone_at is null`)
    return nothingOf(
      db,
      sql`select from review_item where resolved_at is null and code in ('NATIONAL_ID', 'HEALTH_WORDS')
        and created_at < ${clock()}::timestamptz - make_interval(days => ${sensitiveDays})`,
      (count) => ({
        fi: `${count} tekstiä, joissa on henkilötunnus tai terveyssana, on odottanut yli ${sensitiveDays} päivää: \`lupa review list\`.`,
        en: `${count} texts with an identity code or health words have waited for more than ${sensitiveDays} days: \`lupa review list\`.`,
      }),
      {
        fi: `Mikään arkaluonteiseksi epäilty teksti ei odota liian kauan; tuonnit jättivät pois ${dropped} saraketta.`,
        en: `No text suspected to be sensitive waits too long; imports left out ${dropped} columns.`,
      },
    )
  },
  'R-18': async ({ db, clock }) =>
    worst(
      await nothingOf(
        db,
        sql`select from eligibility(${clock()}::timestamptz) e join person p on p.id = e.person_id
          where e.because is null and (p.bounced_at is not null or p.email_doubtful)`,
        (count) => ({
          fi: `${count} henkilöä, joiden osoite palautuu tai on epäselvä, voisi saada kirjeen.`,
          en: `${count} people whose address bounces or is doubtful could get a mail.`,
        }),
        passed('', '').because,
      ),
      await nothingOf(
        db,
        sql`select from review_item where resolved_at is null and code not in ('NATIONAL_ID', 'HEALTH_WORDS')
          and created_at < ${clock()}::timestamptz - make_interval(days => ${doubtDays})`,
        (count) => ({
          fi: `${count} epäselvyyttä on odottanut yli ${doubtDays} päivää: \`lupa review list\`.`,
          en: `${count} doubts have waited for more than ${doubtDays} days: \`lupa review list\`.`,
        }),
        {
          fi: 'Palautuviin ja epäselviin osoitteisiin ei lähetetä, eikä mikään epäselvyys odota liian kauan.',
          en: 'Nothing is sent to bouncing or doubtful addresses, and no doubt waits too long.',
        },
      ),
    ),
  'R-19': ofCompany(({ lifetimes }) => {
    const asked = [...new Set(schemaInventory().columns.map(({ kept }) => kept))].filter((kept) =>
      /^[a-z]+$/.test(kept),
    )
    const without = asked.filter((kept) => kept !== 'ever' && lifetimes[kept] === undefined)
    const times = Object.entries(lifetimes)
    return without.length > 0
      ? failed(`Käyttöikä puuttuu: ${without.join(', ')}.`, `There is no lifetime for ${without.join(', ')}.`)
      : passed(
          `Käyttöiät vuorokausina: ${times.map(([name, days]) => `${name} ${days}`).join(', ')}.`,
          `Lifetimes in days: ${times.map(([name, days]) => `${name} ${days}`).join(', ')}.`,
        )
  }),
  'R-20': ofCompany(async (company, { db, clock }) => {
    const at = clock()
    const due = await retentionDue(db, company, at)
    const forgotten = due.filter(
      ({ mode, oldest, overdue }) =>
        overdue || (mode === 'automatic' && oldest !== null && at.getTime() - oldest.getTime() > automaticPatienceMs),
    )
    const rows = due.reduce((sum, one) => sum + one.due, 0)
    return forgotten.length > 0
      ? failed(
          `Myöhässä poistettavia: ${forgotten.map((one) => `${one.category} ${one.due}`).join(', ')} (\`lupa retention due\`).`,
          `Overdue for deletion: ${forgotten.map((one) => `${one.category} ${one.due}`).join(', ')} (\`lupa retention due\`).`,
        )
      : passed(
          `${rows} riviä on poistovuorossa, mikään ei ole myöhässä.`,
          `${rows} rows are due for deletion, none is overdue.`,
        )
  }),
  'R-21': async ({ db, clock }) => {
    if (!(await refusesHold(db, 'CONVENIENCE')))
      return failed('Tietokanta hyväksyy muunkin syyn kuin kolme.', 'The database takes another reason than the three.')
    return nothingOf(
      db,
      sql`select from retention_hold where reason <> all (${[...holdReasons]}::text[]) or trim(text) = ''
        union all select from eligibility(${clock()}::timestamptz) e join retention_hold h on h.person_id = e.person_id
          join person p on p.id = e.person_id where e.because is null and p.permission <> 'permission'`,
      (count) => ({ fi: `${count} jatkoa ilman syytä tai perustelua.`, en: `${count} holds without reason or text.` }),
      {
        fi: 'Muu kuin selosteen kolme syytä torjuttiin kokeessa; jokaisella jatkolla on perustelu ja loppu.',
        en: 'Another reason than the notice’s three was refused when tried; every hold has its text and its end.',
      },
    )
  },
  'R-22': async (around) => worst(await trailIsWhole(around), await backupsAreProved(around)),
} satisfies Partial<Record<RequirementId, Check>>

/** How long what a detector found may wait for a person, in days: sensitive texts, and everything else. */
const sensitiveDays = 30
const doubtDays = 90
/** The job that deletes runs daily; more than this late means that no worker runs. */
const automaticPatienceMs = 3 * 86_400_000

/** The chain fits, the database refuses to change it, and the outside ledger remembers the same heads (I9). */
async function trailIsWhole({ db, ledger }: Surroundings): Promise<Finding> {
  for (const table of ['audit', 'campaign_event'] as const) {
    if (!(await onlyGrows(db, table)))
      return failed(`Taulun ${table} rivejä voi muuttaa.`, `Rows of ${table} can be changed.`)
  }
  const broken = await firstBrokenAudit(db)
  if (broken !== null)
    return failed(
      `Tapahtumaloki ei täsmää rivistä ${broken} alkaen: joku on muuttanut sitä.`,
      `The audit trail does not fit from entry ${broken} on: somebody changed it.`,
    )
  for (const writer of ledger.writers()) {
    const last = ledger.read(writer).findLast(({ entry }) => entry.kind === 'audit-head')
    if (!last || !(Number(last.entry['entries']) > 0)) continue
    const there = await countOf(
      db,
      sql`select from audit where seq = ${BigInt(Number(last.entry['entries']))} and hash = ${String(last.entry['head'])}`,
    )
    if (there === 0)
      return failed(
        'Ulkoinen kirjanpito muistaa toisenlaisen tapahtumalokin.',
        'The outside ledger remembers another audit trail.',
      )
  }
  return passed('', '')
}

/** There are backups, the newest is not old, and one was restored beside the register with success. */
async function backupsAreProved({ db, config, clock }: Surroundings): Promise<Finding> {
  const folder = backupFolder(config)
  const own = await installationId(db)
  const backups = existsSync(folder) ? (await listBackups(folder)).filter(({ header }) => header.register === own) : []
  const [newest] = backups
  if (!newest)
    return notConfigured(
      'Tapahtumaloki on eheä, mutta varmuuskopiota ei ole: `lupa backup create`.',
      'The audit trail is whole, and there is no backup: `lupa backup create`.',
    )
  const days = (clock().getTime() - new Date(newest.header.madeAt).getTime()) / 86_400_000
  if (days > backupDays(config))
    return failed(
      `Uusin varmuuskopio on ${Math.floor(days)} päivää vanha.`,
      `The newest backup is ${Math.floor(days)} days old.`,
    )
  const [drill] = await db.$queryRaw<{ passed: boolean }[]>(sql`
    select coalesce((facts ->> 'passed')::boolean, false) as passed from audit where action = 'backup-drilled' order by seq desc limit 1`)
  if (!drill?.passed)
    return failed(
      drill
        ? 'Viimeisin palautusharjoitus epäonnistui.'
        : 'Yhtään varmuuskopiota ei ole palautettu kokeeksi: `lupa backup drill`.',
      drill ? 'The last drill failed.' : 'No backup was ever restored to prove it: `lupa backup drill`.',
    )
  return passed(
    `Tapahtumaloki on eheä; varmuuskopioita ${backups.length}, viimeisin harjoitus onnistui.`,
    `The audit trail is whole; backups: ${backups.length}, and the last drill passed.`,
  )
}
