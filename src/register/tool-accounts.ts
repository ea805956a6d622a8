// What the last look at a tool's account showed. The first account ever seen is the one it must stay, unless configured.
import type { Database } from './database.ts'

export type SeenAccount = { accountId?: string; name?: string; plan?: string; checkedAt: Date; problem: string | null }

export async function toolAccount(db: Database, tool: string) {
  return db.toolAccount.findUnique({ where: { tool } })
}

/** Writes down what a look at the account showed, or why it showed nothing. */
export async function writeToolAccount(db: Database, tool: string, seen: SeenAccount): Promise<void> {
  await db.toolAccount.upsert({ where: { tool }, create: { tool, ...seen }, update: seen })
}
