// The doors to PostgreSQL: one typed client per database role.
import { PrismaPg } from '@prisma/adapter-pg'
import { Unavailable } from '../domain/errors.ts'
import { Prisma, PrismaClient } from './generated/client.ts'

/** A client, or a transaction of one: what every function of the register takes first. */
export type Database = PrismaClient | Prisma.TransactionClient
export type RegisterClient = PrismaClient
export const sql = Prisma.sql
export const joinSql = Prisma.join
export const rawSql = Prisma.raw
export const noSql = Prisma.empty
export const dbNull = Prisma.DbNull

/** Opens a client of at most `connections` connections. Nothing is contacted before the first query. */
export function openDatabase(url: string, connections = 6): RegisterClient {
  const adapter = new PrismaPg(
    { connectionString: url, max: connections, application_name: 'lupa', idleTimeoutMillis: 10_000, keepAlive: true },
    // An idle connection that the server ends must not end the process; the next query says what is wrong.
    { onPoolError: () => {}, onConnectionError: () => {} },
  )
  return new PrismaClient({ adapter, errorFormat: 'minimal' })
}

/** Runs `work` in one transaction (READ COMMITTED; 60 s at most, which long statements over a register of a million need). */
export async function inTransaction<T>(db: Database, work: (tx: Prisma.TransactionClient) => Promise<T>): Promise<T> {
  if (!('$transaction' in db)) return work(db)
  return db.$transaction(work, { timeout: 60_000, maxWait: 10_000 })
}

/** The SQLSTATE of a failed statement, when the error is one of the database. */
export function sqlState(error: unknown): string | null {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return null
  const cause = (error.meta as { driverAdapterError?: { cause?: { originalCode?: string } } } | undefined)
    ?.driverAdapterError?.cause
  return cause?.originalCode ?? null
}

/** Runs `read`, turning "the database is gone" into a sentence. */
export async function reachable<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    const unreachable =
      error instanceof Prisma.PrismaClientInitializationError ||
      (error instanceof Prisma.PrismaClientKnownRequestError &&
        ['P1001', 'P1002', 'P1017', 'P2037'].includes(error.code))
    throw unreachable
      ? new Unavailable('The database does not answer: check DATABASE_URL and that PostgreSQL is running.')
      : error
  }
}
