// Taking an import back, as long as nothing depends on it: what it added goes, what it changed is restored. What it forbade stays
// forbidden for everyone who stays.
import { NotAllowed } from '../domain/errors.ts'
import { writeAudit } from './audit.ts'
import { type RegisterClient, rawSql, sql } from './database.ts'
import type { Import, Prisma } from './generated/client.ts'
import { importMeant } from './imports.ts'

export type UndoResult = {
  import: string
  people: { removed: number; restored: number }
  organisations: { removed: number; restored: number }
  activities: { removed: number; restored: number }
  /** People who stay and lose a permission that only this import brought. */
  permissionsTakenBack: number
}

/**
 * Undoes an import. Permissions of people who stay are taken back by `unknown` entries; prohibitions and suppressions stay
 * (I5); notes that the import replaced and permissions it took back do not return by themselves.
 * @throws BadInput when there is none, NotAllowed with figures when campaigns, feedback, later imports or acts depend on it.
 */
export async function undoImport(
  db: RegisterClient,
  id: string,
  { actor, at }: { actor: string; at: Date },
): Promise<UndoResult> {
  return db.$transaction(
    async (tx) => {
      await tx.$executeRaw(sql`select pg_advisory_xact_lock(hashtext('lupa import'))`)
      const found = await importMeant(tx, id)
      if (found.undoneAt) throw new NotAllowed(`The import ${found.id.slice(0, 8)} has been undone already.`)
      await refuseDependents(tx, found)
      const result = await takeBack(tx, found, actor, at)
      await tx.import.update({ where: { id: found.id }, data: { undoneAt: at } })
      await writeAudit(tx, { at, actor, action: 'import-undone', facts: { import: found.id } })
      return result
    },
    { timeout: 6 * 3_600_000, maxWait: 10_000 },
  )
}

type Tx = Prisma.TransactionClient
type Marks = { place: number; entry: number; recipient: number; feedback: number }

/** Everyone the import added, changed, or said something about. */
const touched = (id: string) => sql`
  select row_id::uuid as id from import_change where import_id = ${id}::uuid and what = 'person'
  union select person_id from permission_entry where import_id = ${id}::uuid
  union select person_id from note where import_id = ${id}::uuid
  union select person_id from collection where import_id = ${id}::uuid and person_id is not null`

async function refuseDependents(tx: Tx, { id, counts }: Import): Promise<void> {
  const marks = (counts as { marks?: Marks } | null)?.marks ?? { place: 0, entry: 0, recipient: 0, feedback: 0 }
  const [row] = await tx.$queryRaw<Record<string, bigint>[]>(sql`
    with touched as materialized (${touched(id)}),
    gone as materialized (select row_id from import_change where import_id = ${id}::uuid and before is null)
    select
      (select count(*) from recipient r where r.person_id in (select id from touched) and r.id > ${marks.recipient}) as recipients,
      (select count(*) from feedback f where f.person_id in (select id from touched) and f.id > ${marks.feedback}) as feedback,
      (select count(*) from permission_entry e where e.person_id in (select id from touched) and e.id > ${marks.entry}
        and e.import_id is distinct from ${id}::uuid) as acts,
      (select count(distinct l.row_id) from import_change l join import_change c on c.what = l.what and c.row_id = l.row_id
        join import i on i.id = l.import_id
        where c.import_id = ${id}::uuid and l.import_id <> ${id}::uuid and i.undone_at is null and (i.counts -> 'marks' ->> 'place')::int > ${marks.place}) as later,
      (select count(*) from person p where p.organisation_id::text in (select row_id from gone) and p.id not in (select id from touched)) as staff,
      (select count(*) from review_item v where v.import_id = ${id}::uuid and v.resolved_at is not null
        and v.person_id in (select id from touched)) as reviews`)
  const count = (name: string) => Number(row?.[name] ?? 0)
  const because = [
    [count('recipients'), 'recipients of campaigns'],
    [count('feedback'), 'pieces of feedback'],
    [count('acts'), 'later permissions and prohibitions'],
    [count('later'), 'rows that a later import changed'],
    [count('staff'), 'people of its organisations who came otherwise'],
    [count('reviews'), 'answered review items'],
  ] as const
  const standing = because.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`)
  if (standing.length === 0) return
  throw new NotAllowed(
    `The import ${id.slice(0, 8)} cannot be undone any more: ${standing.join(', ')} depend on it. Correct the file and import it again instead.`,
  )
}

async function takeBack(tx: Tx, { id }: Import, actor: string, at: Date): Promise<UndoResult> {
  await tx.$executeRaw(sql`select set_config('lupa.removing_people', 'on', true)`)
  // Everything that names the import is its own; what it left on people who stay goes first.
  await tx.$executeRaw(sql`delete from review_item where import_id = ${id}::uuid`)
  await tx.$executeRaw(sql`delete from note where import_id = ${id}::uuid`)
  await tx.$executeRaw(sql`delete from collection where import_id = ${id}::uuid`)
  const activities = { removed: await remove(tx, id, 'activity'), restored: await restore(tx, id, 'activity') }
  const removed = await remove(tx, id, 'person')
  const restored = await restore(tx, id, 'person')
  const permissionsTakenBack = await takePermissionsBack(tx, id, actor, at)
  const organisations = {
    restored: await restore(tx, id, 'organisation'),
    removed: await remove(tx, id, 'organisation'),
  }
  await tx.$executeRaw(sql`select set_config('lupa.removing_people', 'off', true)`)
  await tx.$executeRaw(sql`delete from import_change where import_id = ${id}::uuid`)
  return { import: id, people: { removed, restored }, organisations, activities, permissionsTakenBack }
}

type What = 'person' | 'organisation' | 'activity'

async function remove(tx: Tx, id: string, what: What): Promise<number> {
  return tx.$executeRaw(sql`
    delete from ${rawSql(what)} t using import_change c
    where c.import_id = ${id}::uuid and c.what = ${what} and c.before is null and t.id::text = c.row_id`)
}

/** What a file decides; the ledger's projection, bounces and restrictions are not among it. */
const restored: Record<What, string[]> = {
  person: [
    'organisation_id',
    'first_name',
    'last_name',
    'title',
    'phone',
    'email',
    'email_nature',
    'email_doubtful',
    'address_hashes',
    'domain',
    'relations',
    'tags',
    'added_at',
    'changed_at',
    'verified_at',
    'kept_from',
    'file_says',
    'bounced_at',
    'soft_bounces',
    'updated_at',
  ],
  organisation: [
    'name',
    'business_id',
    'street',
    'postal_code',
    'city',
    'country',
    'website',
    'phone',
    'added_at',
    'updated_at',
  ],
  activity: ['person_id', 'organisation_id', 'kind', 'at', 'ended_at', 'title', 'text', 'quantity', 'price'],
}

async function restore(tx: Tx, id: string, what: What): Promise<number> {
  const assignments = restored[what].map((column) => `${column} = b.${column}`).join(', ')
  return tx.$executeRaw(sql`
    update ${rawSql(what)} t set ${rawSql(assignments)}
    from import_change c cross join lateral jsonb_populate_record(null::${rawSql(what)}, c.before) b
    where c.import_id = ${id}::uuid and c.what = ${what} and c.before is not null and t.id::text = c.row_id`)
}

/** `unknown` at the permission's own time takes back that one and what is older; a later act of the person's stays. */
async function takePermissionsBack(tx: Tx, id: string, actor: string, at: Date): Promise<number> {
  return tx.$executeRaw(sql`
    insert into permission_entry (person_id, says, at, channel, actor, evidence, once_key, import_id, recorded_at)
    select e.person_id, 'unknown', max(e.at), 'register-file', ${actor}, 'import undone', concat_ws('|', 'undone', ${id}::text, e.person_id),
      ${id}::uuid, ${at}::timestamptz
    from permission_entry e where e.import_id = ${id}::uuid and e.says = 'permission' group by e.person_id
    on conflict (once_key) do nothing`)
}
