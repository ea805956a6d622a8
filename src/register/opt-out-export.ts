// Who has said no, keyed as the old register knows them, for those who keep it beside this one. No name and no address.
import path from 'node:path'
import { BadInput } from '../domain/errors.ts'
import { writeAudit } from './audit.ts'
import { type Database, sql } from './database.ts'
import { inSnapshot, type Page, pages } from './export.ts'
import { writeNewFile } from './new-file.ts'
import { writeTable } from './table-file.ts'

export type OptOutExport = { people: number; format: 'csv' | 'xlsx' }

/** As in the old Access register, so that an update query there joins on HenkilöID; −1 is Access's yes. */
const columns = ['HenkilöID', 'Markkinointikielto', 'Kielto pvm', 'Koskee', 'Rekisteri'] as const

type OptOutRow = Record<(typeof columns)[number], string> & { id: string }

/**
 * Writes everyone who may not be mailed because somebody said no (the person, for their address, or for their organisation) to
 * `file` (.csv or .xlsx; mode 0600), and writes down that it was done. Whoever has been erased is not in it: their key is gone.
 * @param options.register only the people who came from this register, by its name in the mapping
 * @throws BadInput for another kind of file, a register that there is not, or a file that is there already unless `force`.
 */
export async function exportOptOuts(
  db: Database,
  file: string,
  { register = null, force = false, actor, at }: { register?: string | null; force?: boolean; actor: string; at: Date },
): Promise<OptOutExport> {
  const format = path.extname(file).toLowerCase().slice(1)
  if (format !== 'csv' && format !== 'xlsx')
    throw new BadInput(`${path.basename(file)} is neither .csv nor .xlsx: name the file so.`)
  if (register !== null) await refuseUnknownRegister(db, register)
  let people = 0
  async function* counted(tx: Database) {
    for await (const page of pages(tx, optOutPage(register))) {
      people += page.length
      yield page
    }
  }
  await writeNewFile(file, force, (out) => inSnapshot(db, (tx) => writeTable(out, format, columns, counted(tx))))
  await writeAudit(db, { at, actor, action: 'opt-outs-exported', facts: { format, people } })
  return { people, format }
}

async function refuseUnknownRegister(db: Database, register: string): Promise<void> {
  const known = await db.$queryRaw<{ register: string }[]>(sql`select distinct register from person order by register`)
  if (known.some((one) => one.register === register)) return
  const names = known.map((one) => one.register).join(', ') || 'none yet'
  throw new BadInput(`Nobody came from a register named ${register}: the registers are ${names}.`)
}

/** A tick is 1: the −1 of Access would be guarded as a formula. The first of the three that said no names itself; the date is the wall clock in Helsinki, as Access keeps it. */
const optOutPage =
  (register: string | null): Page<OptOutRow> =>
  (db, after) =>
    db.$queryRaw<OptOutRow[]>(sql`
  select p.id, p.key as "HenkilöID", '1' as "Markkinointikielto",
    to_char(coalesce(own.at, o.prohibited_at, d.at) at time zone 'Europe/Helsinki', 'YYYY-MM-DD HH24:MI:SS') as "Kielto pvm",
    case when own.at is not null then 'henkilö' else 'organisaatio' end as "Koskee", p.register as "Rekisteri"
  from person p
  left join organisation o on o.id = p.organisation_id
  left join prohibited_domain d on d.domain = p.domain
  left join lateral (select max(s.at) as barred_at from suppression s
    where s.kind = 'opted-out' and s.address_hash = any (p.address_hashes) and (s.lifted_at is null or s.lifted_at <= s.at)) said on true
  cross join lateral (select case when p.permission = 'prohibition' then p.permission_at else said.barred_at end as at) own
  where (own.at is not null or o.prohibited_at is not null or d.domain is not null)
    and (${register}::text is null or p.register = ${register}::text)
    and (${after}::uuid is null or p.id > ${after}::uuid)
  order by p.id limit 1000`)
