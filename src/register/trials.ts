// What the database refuses, and what it lets through: tried on made-up rows in a transaction that is always taken back.
import { inTransaction, type RegisterClient, rawSql, sql, sqlState } from './database.ts'
import type { Prisma } from './generated/client.ts'

class TakenBack extends Error {}

/** Runs `work` in a transaction that never commits, and returns what it found. */
async function takenBack<T>(db: RegisterClient, work: (tx: Prisma.TransactionClient) => Promise<T>): Promise<T> {
  let found: { it: T } | null = null
  try {
    await inTransaction(db, async (tx) => {
      found = { it: await work(tx) }
      throw new TakenBack()
    })
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error
  }
  return (found as unknown as { it: T }).it
}

/** The SQLSTATE with which the database refuses the last of these statements, or null when it does not. Nothing stays. */
async function refusal(db: RegisterClient, statements: string[]): Promise<string | null> {
  try {
    return await takenBack(db, async (tx) => {
      for (const statement of statements) await tx.$executeRaw(sql`${rawSql(statement)}`)
      return null
    })
  } catch (error) {
    const state = sqlState(error)
    if (state === null) throw error
    return state
  }
}

const person = `insert into person (id, register, key, first_name, last_name, kept_from)
  values ('00000000-0000-4000-8000-000000000001', ' trial', '1', 'Koe', 'Koe', now())`
const campaign = `insert into campaign (id, name, subject, from_name, from_email, tool, language, content_kind, settle_seconds, created_at)
  values ('00000000-0000-4000-8000-000000000002', ' trial', '', '', '', '', 'fi', 'html', 0, now())`

/** A row of each ledger that may only grow, and the column that a change is tried on. */
const ledgers = {
  permission_entry: [
    person,
    `insert into permission_entry (person_id, says, at, channel, actor, once_key)
     values ('00000000-0000-4000-8000-000000000001', 'unknown', now(), 'trial', 'trial', ' trial')`,
  ],
  campaign_event: [
    campaign,
    `insert into campaign_event (campaign_id, type, at, actor) values ('00000000-0000-4000-8000-000000000002', 'trial', now(), 'trial')`,
  ],
  audit: [`insert into audit (seq, at, actor, action, previous, hash) values (0, now(), 'trial', 'trial', '', '')`],
  disclosure: [
    `insert into disclosure (at, recipient, reason, ground, purpose, fields, people, decided_by, actor)
     values (now(), 'trial', 'JUSTIFIED', 'trial', 'trial', '{name}', 1, 'trial', 'trial')`,
  ],
} as const
export type GrowingLedger = keyof typeof ledgers

const restrictViolation = '23001'
const checkViolation = '23514'

/** Whether a row of this ledger can be neither changed nor deleted, not even by the owner, and the table not be emptied. */
export async function onlyGrows(db: RegisterClient, ledger: GrowingLedger): Promise<boolean> {
  const rows = [...ledgers[ledger]]
  for (const wish of [`update ${ledger} set actor = actor`, `delete from ${ledger}`]) {
    if ((await refusal(db, [...rows, `${wish} where actor = 'trial'`])) !== restrictViolation) return false
  }
  // Emptying a table would lock it for everybody before it is refused: its trigger is looked up instead.
  const [row] = await db.$queryRaw<{ there: boolean }[]>(sql`
    select exists (select from pg_trigger where tgrelid = to_regclass(${ledger}) and tgname = 'no_truncate' and tgenabled <> 'D') as there`)
  return row?.there ?? false
}

/** Whether the database refuses a source of data that is on no list of ours: a bought list, for one. */
export async function refusesSource(db: RegisterClient, source: string): Promise<boolean> {
  const wish = `insert into collection (person_id, source) values ('00000000-0000-4000-8000-000000000001', '${source}')`
  return (await refusal(db, [person, wish])) === checkViolation
}

/** Whether the database refuses a reason to keep data longer that is none of the notice's three. */
export async function refusesHold(db: RegisterClient, reason: string): Promise<boolean> {
  const wish = `insert into retention_hold (person_id, reason, text, until, placed_at, placed_by)
    values ('00000000-0000-4000-8000-000000000001', '${reason}', 'trial', now() + interval '1 day', now(), 'trial')`
  return (await refusal(db, [person, wish])) === checkViolation
}

/** What the claim gave to a tool job: which of the made-up people, and the columns. */
export type ClaimTrial = { given: string[]; columns: string[] }

/** Claims a made-up campaign with one person who permits, one who has said nothing, one who prohibits, one whose address is private. */
export async function tryClaim(db: RegisterClient, at: Date): Promise<ClaimTrial> {
  return takenBack(db, async (tx) => {
    await tx.$executeRaw(sql`${rawSql(campaign)}`)
    await tx.$executeRaw(sql`update campaign set state = 'opened' where name = ' trial'`)
    await tx.$executeRaw(sql`
      insert into person (register, key, first_name, last_name, email, email_nature, address_hashes, domain, permission, permission_at, kept_from)
      select ' trial', says || nature, says, nature, says || '@lupa.example', nature, array[' trial ' || says || nature], 'lupa.example', says,
        ${at}::timestamptz, ${at}::timestamptz
      from (values ('permission', 'work'), ('unknown', 'work'), ('prohibition', 'work'), ('permission', 'private')) as one (says, nature)`)
    await tx.$executeRaw(sql`
      insert into recipient (campaign_id, person_id, state, batch, address_hash)
      select '00000000-0000-4000-8000-000000000002', p.id, 'selected', 1, p.address_hashes[1] from person p where p.register = ' trial'`)
    const rows = await tx.$queryRaw<Record<string, unknown>[]>(
      sql`select * from claim_batch('00000000-0000-4000-8000-000000000002', 1, ${at}::timestamptz)`,
    )
    return {
      given: rows.map(({ first_name, last_name }) => `${first_name} ${last_name}`),
      columns: Object.keys(rows[0] ?? {}),
    }
  })
}
