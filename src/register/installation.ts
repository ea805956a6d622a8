// What the installation is, and whether the key ring at hand is the one its hashes were made with.
import { NotAllowed } from '../domain/errors.ts'
import { type Database, openDatabase } from './database.ts'
import { migrationsOf } from './migrate.ts'

/** The installation's id: part of the name of every audience we open. */
export async function installationId(db: Database): Promise<string> {
  return (await db.installation.findFirstOrThrow()).id
}

type Ring = { ids: string[]; kept: string; checkValue: (id: string) => string }

/**
 * Compares the ring with the check values in the database. Throws NotAllowed when a key that hashes need is missing or
 * another one, because then "not suppressed" would be a lie. Returns ids the database has not seen yet.
 */
export async function checkKeys(db: Database, ring: Ring): Promise<string[]> {
  const known = await db.secretKey.findMany()
  for (const { id, checkValue } of known) {
    if (!ring.ids.includes(id)) {
      throw new NotAllowed(
        `The key ${id} is missing from ${ring.kept}: opt-outs could not be recognised. Put it back; backups do not hold it.`,
      )
    }
    if (ring.checkValue(id) !== checkValue) {
      throw new NotAllowed(
        `The key ${id} in ${ring.kept} is not the one this register was made with. Put the right one back.`,
      )
    }
  }
  return ring.ids.filter((id) => !known.some((one) => one.id === id))
}

/** Writes down the check values of keys that are new to the database. */
export async function rememberKeys(db: Database, ring: Ring, ids: string[]): Promise<void> {
  await db.secretKey.createMany({
    data: ids.map((id) => ({ id, checkValue: ring.checkValue(id) })),
    skipDuplicates: true,
  })
}

/** The id of the installation whose register is at `url`, or null where there is none yet. */
export async function registerAt(url: string): Promise<string | null> {
  if ((await migrationsOf(url)).length === 0) return null
  const db = openDatabase(url, 1)
  try {
    return await installationId(db)
  } finally {
    await db.$disconnect()
  }
}
