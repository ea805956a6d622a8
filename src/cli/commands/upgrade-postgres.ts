// lupa upgrade-postgres: the embedded database from an older major version of PostgreSQL to the one this Lupa brings.
import path from 'node:path'
import type { Command } from 'commander'
import { createBackup } from '../../backup/create-backup.ts'
import { type Restored, restoreBackup } from '../../backup/restore-backup.ts'
import type { Config } from '../../config.ts'
import { BadInput } from '../../domain/errors.ts'
import { refuseMoved } from '../../embedded/moved-home.ts'
import { upgradeEmbeddedPostgres } from '../../embedded/upgrade-postgres.ts'
import { openKeyRing } from '../../ledger/key-ring.ts'
import { openOutsideLedger } from '../../ledger/outside-ledger.ts'
import { openDatabase } from '../../register/database.ts'
import { plainCommand, type Terminal } from '../command.ts'
import { facts } from '../table.ts'

/** The `upgrade-postgres` command. */
export function upgradePostgresCommand(): Command {
  return plainCommand<{ programs?: string }>(
    'upgrade-postgres',
    'carry the embedded database over to the PostgreSQL of this Lupa; the old one stays in its place until the new one is proved',
    upgrade,
  ).option('--programs <folder>', 'where pg_ctl of the old version is, when it is not where systems keep it')
}

async function upgrade(read: () => Config, terminal: Terminal, { programs }: { programs?: string }): Promise<void> {
  const config = read()
  refuseMoved(config.home)
  if (config.database.url)
    throw new BadInput(
      'DATABASE_URL names a server of your own: upgrade it as its administrator does, with pg_upgrade.',
    )
  terminal.say('Carrying the register over; the old database stays in its place until the new one is proved …')
  const { from, to, carried } = await upgradeEmbeddedPostgres(config.home, {
    ...(programs ? { programs: path.resolve(programs) } : {}),
    carry: (oldUrl, newUrl) => carryOver(config, oldUrl, newUrl),
  })
  terminal.result(
    { from, to, ...carried.restored, backup: carried.backup },
    `${facts([
      ['PostgreSQL', `${to}, from ${from}`],
      ['register', `${carried.restored.people} people, ${carried.restored.rows} rows, every foreign key checked`],
      ['proved', 'audit trail whole, every opt-out and erasure of the outside ledger holds'],
      ['backup', carried.backup],
    ])}\nThe old database is gone. Whoever works with Access needs a new login: \`lupa access login\`.`,
  )
}

/** A sealed backup of the old database, restored into the new one as any other: complete, keys checked, ledger replayed. */
async function carryOver(
  config: Config,
  oldUrl: string,
  newUrl: string,
): Promise<{ restored: Restored; backup: string }> {
  const keys = openKeyRing(config, { mayCreate: false })
  const ledger = openOutsideLedger(config.ledger, config.hostname)
  const db = openDatabase(oldUrl, 2)
  let file: string
  try {
    const source = { config, url: oldUrl, db, keys, clock: () => new Date() }
    file = (await createBackup(source, { method: 'export' })).file
  } finally {
    await db.$disconnect()
  }
  const restored = await restoreBackup(config, newUrl, { file, keys, ledger }, new Date(), { fresh: true })
  return { restored, backup: file }
}
