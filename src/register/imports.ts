// A customer file into the register: all of it or nothing, in one transaction. The file is read page by page into staging;
// then sets, not rows, go into the register, and what was there before is written down so that the import can be undone.
import { BadInput, NotAllowed, Unavailable } from '../domain/errors.ts'
import { importGuard, type Losses, lost } from '../domain/guard-rails.ts'
import { droppedColumns } from '../intake/dropped-columns.ts'
import { fitMapping } from '../intake/fit-mapping.ts'
import type { IntakePage, IntakePerson, IntakeRejected } from '../intake/intake-page.ts'
import type { Mapping } from '../intake/mapping.ts'
import { readIntake } from '../intake/read-intake.ts'
import type { Source } from '../intake/source.ts'
import type { KeyRing } from '../ledger/key-ring.ts'
import { writeAudit } from './audit.ts'
import { type Page, pageOf, pageSize } from './console-overview.ts'
import { type Database, type RegisterClient, sql, sqlState } from './database.ts'
import { withoutFormulaGuards } from './formula-cells.ts'
import type { Import, Prisma } from './generated/client.ts'
import { applyActivities } from './import-activities.ts'
import { type ImportDifferences, importDifferences } from './import-differences.ts'
import { applyOrganisations } from './import-organisations.ts'
import { applyPeople } from './import-people.ts'
import { applyPermissions } from './import-permissions.ts'
import { applyFindings } from './import-reviews.ts'
import { type ImportWork, openStaging, stageActivities, stageOrganisations, stagePeople } from './import-staging.ts'
import { mappedFields } from './mapped-fields.ts'

/** `read = added + updated + unchanged + suppressed + rejected`, in rows. */
export type RowCounts = {
  read: number
  added: number
  updated: number
  unchanged: number
  suppressed: number
  rejected: number
}

/** What one import did, or on a dry run would do. `review` counts the review items it opened. */
export type ImportResult = {
  format: Source['format']
  people: RowCounts
  organisations: RowCounts
  activities: RowCounts
  notes: number
  permission: { permission: number; prohibition: number; unknown: number }
  review: number
  /** Who could be mailed before and cannot any more, where there are such people. */
  loses?: Losses
  droppedColumns: string[]
  dryRun: boolean
  import: string | null
  /** The first rows that identify nobody: where they stand and why, never what they hold. At most 100. */
  rejectedRows: IntakeRejected[]
  /** Of a dry run that was asked for them: who is behind each count. */
  differences?: ImportDifferences
}

export type ImportOptions = {
  dryRun?: boolean
  /** Whether a dry run also tells who is behind each count. */
  differences?: boolean
  /** A person has looked at how many lose their permission or address, and says that it is right. */
  permissionsChecked?: boolean
  actor: string
  at: Date
  /** Told after each page: how many rows have been read. */
  onProgress?: (rows: number) => void
}

/**
 * Imports a file. All or nothing; a dry run does the same work and takes it back, so its counts are exact (R-31, I5, I7).
 * @throws IntakeError for the file, NotAllowed when an unusual share of people would be lost to mailing, Unavailable when another import runs or the register changed meanwhile.
 */
export async function importInto(
  db: RegisterClient,
  keys: KeyRing,
  source: Source,
  mapping: Mapping,
  options: ImportOptions,
): Promise<ImportResult> {
  try {
    return await db.$transaction((tx) => importWithin(tx, keys, source, mapping, options), { timeout, maxWait: 10_000 })
  } catch (error) {
    if (error instanceof TakenBack) return error.result
    throw sqlState(error) === '23505' ? changedMeanwhile() : error
  }
}

/** Imports, newest first. */
export async function listImports(db: Database): Promise<Import[]> {
  return db.import.findMany({ orderBy: { startedAt: 'desc' } })
}

/** One page of the same list. */
export async function importPage(db: Database, page: number): Promise<Page<Import>> {
  return pageOf(await db.import.findMany({ orderBy: { startedAt: 'desc' }, skip: page * pageSize, take: pageSize + 1 }))
}

/** When the newest import that stands was made; null where there is none. A file without people has said nothing of anybody. */
export async function lastImportAt(db: Database): Promise<Date | null> {
  const last = await db.import.findFirst({
    where: { finishedAt: { not: null }, undoneAt: null, NOT: { counts: { path: ['people', 'read'], equals: 0 } } },
    orderBy: { finishedAt: 'desc' },
    select: { finishedAt: true },
  })
  return last?.finishedAt ?? null
}

/** The import a user means: its id, or the beginning of it (6 characters or more). Throws BadInput. */
export async function importMeant(db: Database, text: string): Promise<Import> {
  const matches = await db.$queryRaw<{ id: string }[]>(sql`
    select id from import where length(${text}) >= 6 and left(id::text, length(${text})) = ${text.toLowerCase()} limit 2`)
  const [match] = matches
  if (!match || matches.length > 1) {
    const because = match ? 'More than one import begins with' : 'There is no import'
    throw new BadInput(
      `${because} ${text}: give its id, or at least 6 characters of it (\`lupa register imports\` lists them).`,
    )
  }
  return db.import.findUniqueOrThrow({ where: { id: match.id } })
}

/** A register of a million rows takes its time. Milliseconds. */
const timeout = 6 * 3_600_000

/** How a dry run leaves the transaction. */
class TakenBack extends Error {
  readonly result: ImportResult
  constructor(result: ImportResult) {
    super('taken back')
    this.result = result
  }
}

async function importWithin(
  tx: Prisma.TransactionClient,
  keys: KeyRing,
  source: Source,
  mapping: Mapping,
  { dryRun = false, differences = false, permissionsChecked = false, actor, at, onProgress = () => {} }: ImportOptions,
): Promise<ImportResult> {
  await oneAtATime(tx)
  const mapped = mappedFields(fitMapping(mapping, source.tables))
  const dropped = droppedColumns(source, mapping)
  const importId = await beginImport(tx, source, mapping, dropped, actor, at)
  const work: ImportWork = { tx, keys, importId, actor, at, mapped }
  const read = await stageFile(work, withoutFormulaGuards(source), mapping, onProgress)
  await holdStill(tx)
  await rememberMailable(tx)
  const organisations = await applyOrganisations(work)
  const people = await applyPeople(work, () => applyPermissions(work))
  const activities = await applyActivities(work)
  const review = await applyFindings(work)
  const loses = await lossesOf(tx)
  const result: ImportResult = {
    format: source.format,
    people: withRejected(people, read.rejected.people),
    organisations: withRejected(organisations, read.rejected.organisations),
    activities: withRejected(activities, read.rejected.activities),
    notes: read.notes,
    permission: read.permission,
    review,
    ...(lost(loses) > 0 ? { loses } : {}),
    droppedColumns: dropped,
    dryRun,
    import: dryRun ? null : importId,
    rejectedRows: read.rejectedRows,
    ...(dryRun && differences ? { differences: await importDifferences(work) } : {}),
  }
  if (dryRun) throw new TakenBack(result)
  const unusual = permissionsChecked ? null : importGuard(loses)
  if (unusual) throw new NotAllowed(unusual)
  await finishImport(work, result)
  return result
}

/** Who may be mailed before anything of the file is applied, for the guard rail at its end. */
async function rememberMailable(tx: Prisma.TransactionClient): Promise<void> {
  await tx.$executeRaw(sql`
    create temp table mailable_before on commit drop as
    select id from person where permission = 'permission' and email is not null`)
}

async function lossesOf(tx: Prisma.TransactionClient): Promise<Losses> {
  const [losses] = await tx.$queryRaw<Losses[]>(sql`
    select count(*)::int as of,
      count(*) filter (where p.permission = 'prohibition')::int as prohibited,
      count(*) filter (where p.permission not in ('permission', 'prohibition'))::int as unknown,
      count(*) filter (where p.permission = 'permission' and p.email is null)::int as "withoutAddress"
    from mailable_before b join person p on p.id = b.id`)
  return losses as Losses
}

async function oneAtATime(tx: Prisma.TransactionClient): Promise<void> {
  const [lock] = await tx.$queryRaw<{ mine: boolean }[]>(
    sql`select pg_try_advisory_xact_lock(hashtext('lupa import')) as mine`,
  )
  if (!lock?.mine) throw new Unavailable('Another import is running: try again when it is done.')
}

async function beginImport(
  tx: Prisma.TransactionClient,
  { format, sha256 }: Source,
  mapping: Mapping,
  dropped: string[],
  actor: string,
  at: Date,
): Promise<string> {
  const { id } = await tx.import.create({
    data: { format, sha256, mapping: JSON.stringify(mapping), actor, startedAt: at, droppedColumns: dropped },
  })
  return id
}

type Read = {
  rejected: { people: number; organisations: number; activities: number }
  rejectedRows: IntakeRejected[]
  notes: number
  permission: ImportResult['permission']
}

async function stageFile(
  work: ImportWork,
  source: Source,
  mapping: Mapping,
  onProgress: (rows: number) => void,
): Promise<Read> {
  await openStaging(work)
  const read: Read = {
    rejected: { people: 0, organisations: 0, activities: 0 },
    rejectedRows: [],
    notes: 0,
    permission: { permission: 0, prohibition: 0, unknown: 0 },
  }
  let rows = 0
  for await (const page of readIntake(source, mapping, { now: work.at })) {
    if (page.organisations.length > 0) await stageOrganisations(work, page.organisations)
    if (page.persons.length > 0) await stagePeople(work, page.persons)
    if (page.activities.length > 0) await stageActivities(work, page.activities)
    countPage(read, page, work.mapped.tables)
    rows += page.organisations.length + page.persons.length + page.activities.length + page.rejected.length
    onProgress(rows)
  }
  return read
}

function countPage(read: Read, page: IntakePage, tables: ImportWork['mapped']['tables']): void {
  for (const { notes, permission } of page.persons) {
    read.notes += notes.length
    read.permission[saidBy(permission)] += 1
  }
  for (const row of page.rejected) {
    const { people, organisations } = tables
    read.rejected[row.table === people ? 'people' : row.table === organisations ? 'organisations' : 'activities'] += 1
    if (read.rejectedRows.length < 100) read.rejectedRows.push(row)
  }
}

function saidBy({ permitted, prohibited }: IntakePerson['permission']): keyof ImportResult['permission'] {
  if (prohibited) return 'prohibition'
  return permitted ? 'permission' : 'unknown'
}

/**
 * From here on nothing may move: open campaigns before people, as the claim and the gate take them (I2), and people in the
 * order of their ids. Throws Unavailable when the register has changed since the rows were staged.
 */
async function holdStill(tx: Prisma.TransactionClient): Promise<void> {
  await tx.$executeRaw(sql`select pg_advisory_xact_lock_shared(hashtext('lupa prohibition'))`)
  await tx.$executeRaw(sql`select from campaign where state in ('opened', 'disclosed', 'halted') order by id for share`)
  await tx.$executeRaw(sql`analyze staged_person, staged_organisation, staged_activity, staged_finding, staged_note`)
  await tx.$executeRaw(sql`
    select from person where id in (select id from staged_person where known) order by id for update`)
  const [moved] = await tx.$queryRaw<{ people: bigint }[]>(sql`
    select count(*) as people from staged_person s left join person p on p.register = s.register and p.key = s.key
    where (p.id is not null) <> s.known or (s.known and p.id <> s.id)`)
  if (Number(moved?.people) > 0) throw changedMeanwhile()
}

function changedMeanwhile(): Unavailable {
  return new Unavailable(
    'The register changed while the file was being read, and nothing was imported: import it again.',
  )
}

function withRejected(counts: RowCounts, rejected: number): RowCounts {
  return { ...counts, read: counts.read + rejected, rejected: counts.rejected + rejected }
}

/** `marks` say what there was of each ledger when the import ended: what has a higher number came later. */
async function finishImport({ tx, importId, actor, at }: ImportWork, result: ImportResult): Promise<void> {
  const { rejectedRows: _, ...counts } = result
  const [marks] = await tx.$queryRaw<{ place: bigint; entry: bigint; recipient: bigint; feedback: bigint }[]>(sql`
    select (select count(*) from import) as place, coalesce((select max(id) from permission_entry), 0) as entry, coalesce((select max(id) from recipient), 0) as recipient,
      coalesce((select max(id) from feedback), 0) as feedback`)
  const numbers = Object.fromEntries(Object.entries(marks ?? {}).map(([name, id]) => [name, Number(id)]))
  await tx.import.update({ where: { id: importId }, data: { finishedAt: at, counts: { ...counts, marks: numbers } } })
  const { added, updated, suppressed } = result.people
  await writeAudit(tx, {
    at,
    actor,
    action: 'register-imported',
    facts: { import: importId, added, updated, suppressed },
  })
}
