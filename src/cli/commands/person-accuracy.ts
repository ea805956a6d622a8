// `lupa person due|verified|bounced`: whose data somebody should look at.
import type { Command } from 'commander'
import type { Context } from '../../context.ts'
import { BadInput } from '../../domain/errors.ts'
import { listBounced, listUnverified, markVerified } from '../../register/accuracy.ts'
import { personMeant } from '../../register/people.ts'
import { command, type Terminal } from '../command.ts'
import { table, time } from '../table.ts'

/** The commands, to be put under `person`. */
export function accuracyCommands(): Command[] {
  return [
    command<{ years: string }>('due', 'people nobody has seen to for long: are their data still right?', due).option(
      '--years <number>',
      'for how long',
      '2',
    ),
    command('verified <person...>', 'record that their data were looked at and are right', verified),
    command('bounced', 'people whose address bounces: correct it, or find out', bounced),
  ]
}

async function due({ db, clock }: Context, terminal: Terminal, { years }: { years: string }): Promise<void> {
  if (!/^\d{1,2}$/.test(years)) throw new BadInput('--years is a whole number, like 2.')
  const people = await listUnverified(db, new Date(clock().getTime() - Number(years) * 365 * 86_400_000))
  const rows = people.map((one) => [
    one.personId.slice(0, 8),
    one.name,
    one.organisation,
    one.email,
    time(one.lastSeen),
  ])
  terminal.result(
    people,
    rows.length > 0 ? table(['person', 'name', 'organisation', 'address', 'last seen to'], rows) : 'Nobody.',
  )
}

async function verified(
  { db, clock }: Context,
  terminal: Terminal,
  _flags: object,
  ...people: string[]
): Promise<void> {
  const ids: string[] = []
  for (const one of people) ids.push(await personMeant(db, one))
  const count = await markVerified(db, ids, clock())
  terminal.result({ verified: count }, `${count} recorded as right.`)
}

async function bounced({ db }: Context, terminal: Terminal): Promise<void> {
  const people = await listBounced(db)
  const rows = people.map((one) => [
    one.personId.slice(0, 8),
    one.name,
    one.organisation,
    one.email,
    one.bouncedAt ? `for good, ${time(one.bouncedAt)}` : `${one.softBounces} times, passing`,
  ])
  terminal.result(
    people,
    rows.length > 0 ? table(['person', 'name', 'organisation', 'address', 'bounced'], rows) : 'No address bounces.',
  )
}
