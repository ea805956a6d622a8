// Whom a trial of an import would touch, person by person: read from what the import staged and did, before all of it is taken
// back. Nothing of it is stored.
import type { Database } from './database.ts'
import { sql } from './database.ts'
import type { ImportWork } from './import-staging.ts'

/** Kinds of difference: new, changed, prohibited by the file, not taken because it was erased or merged, to be reviewed. */
export const differenceKinds = ['added', 'changed', 'prohibited', 'setAside', 'review'] as const
export type DifferenceKind = (typeof differenceKinds)[number]

export type DifferenceLine = {
  /** The name in the file; null where an erased person's is not shown. */
  name: string | null
  also: string | null
  /** What changes: a column of the register, and what it said and will say, where that is short and no secret. */
  changes: { field: string; was: string | null; becomes: string | null }[]
  /** A code: why it is set aside, or what is to be reviewed. */
  because: string | null
}

export type ImportDifferences = Record<DifferenceKind, { count: number; lines: DifferenceLine[] }>

/** Lines of one kind, at most: more than anybody reads before they import. */
export const mostDifferences = 5000

/** Reads every kind, each by name. To be called in the import's transaction, when everything of the file is applied. */
export async function importDifferences({
  tx,
  importId,
}: Pick<ImportWork, 'tx' | 'importId'>): Promise<ImportDifferences> {
  return {
    added: await peopleOf(tx, sql`staged_person s join person p on p.id = s.id where not s.known and not s.suppressed`),
    changed: await changedPeople(tx, importId),
    prohibited: await peopleOf(
      tx,
      sql`(select distinct person_id from permission_entry where import_id = ${importId}::uuid and says = 'prohibition') f
        join person p on p.id = f.person_id`,
    ),
    setAside: await setAside(tx),
    review: await toReview(tx, importId),
  }
}

type Named = { name: string; also: string | null; count: number }

const nameOf = sql`trim(concat(p.first_name, ' ', p.last_name)) as name,
  nullif(concat_ws(', ', (select o.name from organisation o where o.id = p.organisation_id), p.email), '') as also,
  count(*) over ()::int as count`
const byName = sql`order by p.last_name, p.first_name, p.id limit ${mostDifferences}`

async function peopleOf(tx: Database, from: ReturnType<typeof sql>) {
  const rows = await tx.$queryRaw<Named[]>(sql`select ${nameOf} from ${from} ${byName}`)
  return listed(rows, () => ({ changes: [], because: null }))
}

function listed<T extends Pick<Named, 'also' | 'count'> & { name: string | null }>(
  rows: T[],
  more: (row: T) => Pick<DifferenceLine, 'changes' | 'because'>,
): { count: number; lines: DifferenceLine[] } {
  return { count: rows[0]?.count ?? 0, lines: rows.map((row) => ({ name: row.name, also: row.also, ...more(row) })) }
}

type Changed = Named & {
  before: Record<string, unknown> | null
  after: Record<string, unknown>
  permission: boolean
  collected: boolean
}

async function changedPeople(tx: Database, importId: string) {
  const rows = await tx.$queryRaw<Changed[]>(sql`
    select ${nameOf}, c.before, to_jsonb(p) as after,
      exists (select from permission_entry e where e.person_id = p.id and e.import_id = ${importId}::uuid) as permission,
      exists (select from collection l where l.person_id = p.id and l.import_id = ${importId}::uuid) as collected
    from staged_person s join person p on p.id = s.id
    left join import_change c on c.import_id = ${importId}::uuid and c.what = 'person' and c.row_id = s.id::text
    where s.known and s.changed and not s.suppressed ${byName}`)
  return listed(rows, (row) => ({ changes: changesOf(row), because: null }))
}

/** Shown with what they said before; of the others it is enough that they change. */
const inFull = ['first_name', 'last_name', 'title', 'phone', 'email'] as const
const named = ['organisation_id', 'relations', 'tags', 'added_at', 'changed_at', 'verified_at'] as const

function changesOf({ before, after, permission, collected }: Changed): DifferenceLine['changes'] {
  const differs = (field: string) => before && JSON.stringify(before[field]) !== JSON.stringify(after[field])
  const text = (value: unknown) => (typeof value === 'string' ? value : null)
  const found = [
    ...inFull.filter(differs).map((field) => ({ field, was: text(before?.[field]), becomes: text(after[field]) })),
    ...named.filter(differs).map((field) => ({ field, was: null, becomes: null })),
  ]
  const also = [...(permission ? ['permission'] : []), ...(collected ? ['source'] : [])]
  const more = also.map((field) => ({ field, was: null, becomes: null }))
  // A person of whom nothing else changes is here for their notes, which are confidential.
  return found.length + more.length > 0 ? [...found, ...more] : [{ field: 'notes', was: null, becomes: null }]
}

/** An erased person is named by the row's own key only: what was erased is not shown again. */
async function setAside(tx: Database) {
  const rows = await tx.$queryRaw<{ name: null; also: string; merged: boolean; count: number }[]>(sql`
    select null as name, s.key as also, count(*) over ()::int as count,
      exists (select from merged_record m where m.register = s.register and m.key = s.key) as merged
    from staged_person s where s.suppressed order by s.key limit ${mostDifferences}`)
  return listed(rows, ({ merged }) => ({ changes: [], because: merged ? 'merged' : 'erased' }))
}

async function toReview(tx: Database, importId: string) {
  const rows = await tx.$queryRaw<(Named & { code: string })[]>(sql`
    select ${nameOf}, i.code from review_item i join person p on p.id = i.person_id
    where i.import_id = ${importId}::uuid and i.resolved_at is null ${byName}`)
  return listed(rows, ({ code }) => ({ changes: [], because: code }))
}
