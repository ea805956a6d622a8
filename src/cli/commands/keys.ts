// lupa keys …: which keys there are, never the keys themselves.
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import { openKeyRing, rotateKeys } from '../../ledger/key-ring.ts'
import { writeAudit } from '../../register/audit.ts'
import { checkKeys, rememberKeys } from '../../register/installation.ts'
import { rehashAddresses } from '../../register/rehash.ts'
import { resealNotes } from '../../register/reseal.ts'
import { command, type Terminal } from '../command.ts'
import { table } from '../table.ts'

/** The `keys` command with all that is under it. */
export function keysCommand(): Command {
  return new Command('keys')
    .description('the key ring: ids and check values, never keys')
    .addCommand(command('show', 'which keys there are, the current one first', show))
    .addCommand(command('check', 'whether the keys at hand are the ones this register needs', check))
    .addCommand(command('rotate', 'make a new current key; the old ones stay for what was hashed with them', rotate))
}

async function show({ keys }: Context, terminal: Terminal): Promise<void> {
  const rows = keys.ids.map((id, place) => [id, keys.checkValue(id), place === 0 ? 'current' : ''])
  const documents = keys.ids.map((id, place) => ({ id, checkValue: keys.checkValue(id), current: place === 0 }))
  terminal.result(
    { kept: keys.kept, keys: documents },
    `${table(['key', 'check value', ''], rows)}\nKept in ${keys.kept}. Keep a copy elsewhere: no backup holds them.`,
  )
}

async function check({ db, keys }: Context, terminal: Terminal): Promise<void> {
  await checkKeys(db, keys)
  terminal.result({ ok: true, keys: keys.ids }, 'Every key that this register needs is here.')
}

async function rotate({ db, config, clock }: Context, terminal: Terminal): Promise<void> {
  rotateKeys(config)
  const ring = openKeyRing(config)
  await rememberKeys(db, ring, await checkKeys(db, ring))
  const people = await rehashAddresses(db, ring)
  const notes = await resealNotes(db, ring)
  await writeAudit(db, {
    at: clock(),
    actor: 'operator',
    action: 'keys-rotated',
    facts: { current: ring.ids[0] ?? '' },
  })
  terminal.result(
    { current: ring.ids[0], people, notes },
    `${ring.ids[0]} is the current key; addresses of ${people} people were hashed with it too, and ${notes} notes sealed anew. Restart what is running.`,
  )
}
