// A backup brought to life beside the register, in a database of its own: complete, migrated, its keys checked and the outside
// ledger replayed, before anybody can reach it under the register's name.
import type { KeyRing } from '../ledger/key-ring.ts'
import type { OutsideLedger } from '../ledger/outside-ledger.ts'
import { firstBrokenAudit } from '../register/audit.ts'
import { openDatabase, type RegisterClient } from '../register/database.ts'
import { checkKeys, installationId } from '../register/installation.ts'
import { replayLedger } from '../register/ledger-outbox.ts'
import { openLoad } from '../register/load.ts'
import { migrate } from '../register/migrate.ts'
import { createDatabase, dropDatabase, sibling } from '../register/server-databases.ts'
import { undoneOf } from '../register/undone.ts'
import { type BackupHeader, openBackup, readHeader } from './backup-file.ts'
import { peopleIn } from './create-backup.ts'

export type Proof = {
  madeAt: string
  method: BackupHeader['method']
  people: number
  rows: number
  /** Entries of the outside ledger that the backup did not know. */
  replayed: number
  /** Opt-outs and erasures of the ledger that do not hold in it: must be 0. */
  undone: number
  auditIntact: boolean
}

/** What proves a backup: the file, the ring it must open with, the ledger that has gone on since. */
export type Evidence = { file: string; keys: KeyRing; ledger: OutsideLedger }

/**
 * Loads the backup into the database `name` on the server of `url` and replays the ledger there; `use` gets the owner's client and
 * what was found. Whatever `use` does not move away is dropped, also after a failure. Throws BadInput for a damaged file, NotAllowed for a
 * missing key, a broken ledger or a newer Lupa's backup.
 */
export async function raise<T>(
  url: string,
  name: string,
  { file, keys, ledger }: Evidence,
  use: (db: RegisterClient, proof: Proof, scratch: string) => Promise<T>,
): Promise<T> {
  const header = await readHeader(file)
  const scratch = sibling(url, name)
  await createDatabase(url, name)
  try {
    const loaded = await load(scratch, header, file, keys)
    await migrate(scratch)
    const db = openDatabase(scratch, 2)
    try {
      return await use(db, await prove(db, header, loaded, { keys, ledger }), scratch)
    } finally {
      await db.$disconnect()
    }
  } finally {
    await dropDatabase(url, name)
  }
}

async function load(scratch: string, header: BackupHeader, file: string, keys: KeyRing) {
  await migrate(scratch, header.migrations)
  const into = await openLoad(scratch)
  try {
    let loaded: Record<string, number> = {}
    await openBackup(file, keys, async (rows) => {
      loaded = await into.read(rows)
    })
    await into.commit()
    return loaded
  } finally {
    await into.close()
  }
}

async function prove(
  db: RegisterClient,
  header: BackupHeader,
  loaded: Record<string, number>,
  { keys, ledger }: Pick<Evidence, 'keys' | 'ledger'>,
): Promise<Proof> {
  await checkKeys(db, keys)
  const replayed = await replayLedger(db, ledger)
  return {
    madeAt: header.madeAt,
    method: header.method,
    people: peopleIn(loaded),
    rows: Object.values(loaded).reduce((sum, rows) => sum + rows, 0),
    replayed,
    undone: (await undoneOf(db, ledger, 'opt-out')) + (await undoneOf(db, ledger, 'erasure')),
    auditIntact: (await firstBrokenAudit(db)) === null && header.register === (await installationId(db)),
  }
}
