// Who of those who look after the installation was told of an alarm or a reminder, kept until all of them are.
import { type Database, sql } from './database.ts'

const keptDays = 30

/** Which of these things an addressee, known by any of these hashes, was told of. */
export async function toldOf(db: Database, about: string[], addressees: string[]): Promise<Set<string>> {
  const rows = await db.told.findMany({ where: { about: { in: about }, addressee: { in: addressees } } })
  return new Set(rows.map((row) => row.about))
}

/** Writes down that an addressee was told of these things. Repeating is harmless. */
export async function rememberTold(db: Database, about: string[], addressee: string, at: Date): Promise<void> {
  await db.told.createMany({ data: about.map((one) => ({ about: one, addressee, toldAt: at })), skipDuplicates: true })
}

/** Forgets who was told of these things, which everybody was; and whatever ended before everybody was. */
export async function forgetTold(db: Database, about: string[], at: Date): Promise<void> {
  await db.$executeRaw(sql`delete from told
    where about = any (${about}::text[]) or told_at < ${at}::timestamptz - make_interval(days => ${keptDays})`)
}
