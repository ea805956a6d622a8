// `lupa set-aside …`: what could not go through, why, and another try.
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import { BadInput, Unavailable } from '../../domain/errors.ts'
import { setAsideMeant, tryAgainNow } from '../../operator/set-aside-orders.ts'
import type { SetAside } from '../../register/set-aside.ts'
import { command, type Terminal } from '../command.ts'
import { table, time } from '../table.ts'

/** The `set-aside` commands. `retry` exits 1 while something is still set aside. */
export function setAsideCommand(): Command {
  return new Command('set-aside')
    .description('what could not go through and stops nobody else: people, jobs, feedback')
    .addCommand(command('list', 'list it with the reason, since when, and how often it was tried', list))
    .addCommand(
      command<{ all?: boolean }>('retry [ids...]', 'try it again now', retry).option('--all', 'everything there is'),
    )
}

async function list(context: Context, terminal: Terminal): Promise<void> {
  const found = await setAsideMeant(context, null)
  terminal.result(
    found.map(documentOf),
    found.length > 0 ? shown(found) : 'Nothing is set aside: whatever was tried has gone through.',
  )
}

async function retry(
  context: Context,
  terminal: Terminal,
  { all = false }: { all?: boolean },
  ...ids: string[]
): Promise<void> {
  if (all === ids.length > 0) throw new BadInput('Say what to try again: ids from `lupa set-aside list`, or --all.')
  const meant = await setAsideMeant(context, all ? null : ids)
  const left = await tryAgainNow(context, meant)
  const through = meant.length - left.length
  terminal.result(
    { tried: meant.length, through, left: left.map(documentOf) },
    meant.length === 0 ? 'Nothing is set aside.' : `${through} of ${meant.length} went through.`,
  )
  if (left.length > 0)
    throw new Unavailable(
      `Still set aside, and tried again by itself at least every minute while a worker runs:\n${shown(left)}`,
    )
}

function documentOf({ id, what, job, campaignId, personId, because, firstAt, lastAt, tries }: SetAside) {
  return { id, what, job, campaignId, personId, because, firstAt, lastAt, tries }
}

function shown(some: SetAside[]): string {
  const rows = some.map((one) => [
    ...[one.id, one.what === 'job' ? (one.job ?? one.key) : one.what, one.campaign, one.personId?.slice(0, 8)],
    ...[one.because, time(one.firstAt), String(one.tries)],
  ])
  return table(['id', 'what', 'campaign', 'person', 'because', 'since', 'tries'], rows)
}
