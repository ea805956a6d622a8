// Between the register and the outside ledger: what waits to be written there, and the replay at every start.
import { NotAllowed } from '../domain/errors.ts'
import type { LedgerEntry, LedgerLine } from '../ledger/ledger-file.ts'
import type { OutsideLedger } from '../ledger/outside-ledger.ts'
import { type Database, inTransaction, type RegisterClient, sql } from './database.ts'
import { type ErasureEntry, eraseAsWritten } from './erasure-entry.ts'
import { prohibit } from './permissions.ts'

/** Queues an entry for the outside ledger inside the caller's transaction. */
export async function queueForLedger(db: Database, entry: LedgerEntry, at: Date): Promise<void> {
  await db.ledgerOutbox.create({ data: { entry: entry as object, createdAt: at } })
}

/** Writes what waits to the outside ledger; returns how many entries. One writer at a time over all processes. */
export async function writeLedger(db: RegisterClient, ledger: OutsideLedger, at: Date): Promise<number> {
  return inTransaction(db, async (tx) => {
    await holdLedger(tx)
    const waiting = await tx.ledgerOutbox.findMany({ where: { writtenAt: null }, orderBy: { id: 'asc' }, take: 5000 })
    if (waiting.length === 0) return 0
    await tx.ledgerOutbox.updateMany({ where: { id: { in: waiting.map((one) => one.id) } }, data: { writtenAt: at } })
    await appendNow(
      tx,
      ledger,
      waiting.map((one) => one.entry as unknown as LedgerEntry),
    )
    return waiting.length
  })
}

/** Until the transaction ends nobody else writes to the outside ledger. Taken before any lock on people. */
export async function holdLedger(tx: Database): Promise<void> {
  await tx.$executeRaw(sql`select pg_advisory_xact_lock(hashtext('lupa outside ledger'))`)
}

/**
 * Writes entries to the outside ledger at once; the caller holds it. What an earlier writer put there and did not live to commit
 * (an erasure is written first) is applied now: the database must not move past it.
 */
export async function appendNow(tx: Database, ledger: OutsideLedger, entries: LedgerEntry[]): Promise<void> {
  const { writer } = ledger
  const seq = ledger.append(entries)
  const from = Number((await tx.ledgerPosition.findUnique({ where: { writer } }))?.seq ?? 0)
  const first = seq - entries.length + 1
  if (from < first - 1) {
    for (const line of ledger.read(writer)) if (line.seq > from && line.seq < first) await replayLine(tx, line)
  }
  await moveTo(tx, writer, seq)
}

/**
 * Applies what the ledger holds and the database does not: after a restore, the opt-outs and erasures since the backup. It can
 * only prohibit and erase. Throws NotAllowed when a file is missing, broken, or shorter than the database remembers.
 */
export async function replayLedger(db: RegisterClient, ledger: OutsideLedger): Promise<number> {
  const positions = new Map((await db.ledgerPosition.findMany()).map((one) => [one.writer, Number(one.seq)]))
  let applied = 0
  for (const writer of new Set([...positions.keys(), ...ledger.writers()])) {
    const lines = ledger.read(writer)
    const from = positions.get(writer) ?? 0
    const last = lines.at(-1)?.seq ?? 0
    if (last < from) {
      throw new NotAllowed(
        `The outside ledger in ${ledger.folder} ends at entry ${last} of ${writer}, and the database knows ${from}: put the whole ledger back before anything runs.`,
      )
    }
    const fresh = lines.filter((line) => line.seq > from)
    if (fresh.length === 0) continue
    // Each line by itself: a transaction that held many people would stand in the way of those who say no meanwhile.
    for (const line of fresh) {
      await inTransaction(db, async (tx) => {
        await replayLine(tx, line)
        await moveTo(tx, writer, line.seq)
      })
    }
    applied += fresh.length
  }
  return applied
}

async function replayLine(db: Database, { entry }: LedgerLine): Promise<void> {
  if (entry.kind === 'erasure') await eraseAsWritten(db, entry as ErasureEntry, 'ledger')
  if (entry.kind !== 'opt-out') return
  const onceKey = entry['onceKey'] as string
  await prohibit(db, {
    personId: entry['subject'] as string | null,
    at: new Date(entry['at'] as string),
    channel: 'outside-ledger',
    actor: 'ledger',
    addresses: entry['addresses'] as string[],
    onceKey,
  })
  // It came from there: it need not go there again.
  await db.$executeRaw(
    sql`update ledger_outbox set written_at = created_at where written_at is null and entry ->> 'onceKey' = ${onceKey}`,
  )
}

async function moveTo(db: Database, writer: string, seq: number): Promise<void> {
  await db.$executeRaw(sql`insert into ledger_position as p (writer, seq) values (${writer}, ${seq})
    on conflict (writer) do update set seq = greatest(p.seq, excluded.seq)`)
}
