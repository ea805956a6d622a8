// `lupa review`: what an import could not decide by itself.
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import { BadInput } from '../../domain/errors.ts'
import { readEmailCell } from '../../intake/email-cell.ts'
import { afterProhibition } from '../../operator/after-prohibition.ts'
import { findDuplicates } from '../../register/merging.ts'
import { listReviews, type Resolution, resolveReview } from '../../register/reviews.ts'
import { command, type Terminal } from '../command.ts'
import { pastTime } from '../past-time.ts'
import { table, time } from '../table.ts'

/** The `review` commands. */
export function reviewCommand(): Command {
  return new Command('review')
    .description('what a person must look at: doubtful addresses, permissions without a source, contradictions')
    .addCommand(command<{ all?: boolean }>('list', 'list what is open', list).option('--all', 'the settled ones too'))
    .addCommand(
      command('duplicates', 'look for people who are there twice; each pair becomes a review item', duplicates),
    )
    .addCommand(
      command<ResolveFlags>('resolve <item>', 'settle one item, in one of five ways', resolve)
        .option('--permit', 'the permission is documented: give --source and --evidence')
        .option('--source <text>', 'where the permission came from')
        .option('--evidence <text>', 'what proves it: a message, a form, who heard it and when')
        .option('--at <time>', 'when the permission was given; else as the file says')
        .option('--prohibit', 'the person does not want marketing')
        .option('--correct-email <address>', 'the right work address of the person')
        .option('--merge', 'the two are one human: keep this person, with everything of the other')
        .option('--dismiss', 'nothing needs to be done; grants nothing')
        .option('--because <text>', 'why it is dismissed'),
    )
}

async function list({ db }: Context, terminal: Terminal, { all = false }: { all?: boolean }): Promise<void> {
  const items = await listReviews(db, { all })
  const rows = items.map((item) => [
    item.id,
    item.code,
    item.name,
    item.personId?.slice(0, 8),
    item.place,
    item.detail,
    time(item.createdAt),
    ...(all ? [item.resolution ?? 'open'] : []),
  ])
  const head = ['item', 'what', 'who', 'person', 'where', 'cell', 'since', ...(all ? ['settled'] : [])]
  terminal.result(items, rows.length > 0 ? table(head, rows) : 'Nothing waits for review.')
}

async function duplicates({ db, clock }: Context, terminal: Terminal): Promise<void> {
  const found = await findDuplicates(db, clock())
  terminal.result(
    { found },
    `${found} new pairs: \`lupa review list\` shows them, \`lupa review resolve ITEM --merge\` makes them one.`,
  )
}

type ResolveFlags = {
  permit?: boolean
  source?: string
  evidence?: string
  at?: string
  prohibit?: boolean
  merge?: boolean
  correctEmail?: string
  dismiss?: boolean
  because?: string
}

async function resolve(context: Context, terminal: Terminal, flags: ResolveFlags, id = ''): Promise<void> {
  const { db, keys, clock } = context
  const at = clock()
  const done = await resolveReview(db, keys, id, wanted(flags, at), { actor: 'operator', at })
  terminal.result(done, `Item ${done.id} is settled: ${done.resolution}.`)
  if (['prohibited', 'merged'].includes(done.resolution)) await afterProhibition(context)
}

function wanted(flags: ResolveFlags, now: Date): Resolution {
  const { permit, prohibit, merge, correctEmail, dismiss, because, source, evidence } = flags
  const ways = [permit, prohibit, correctEmail !== undefined, merge, dismiss].filter(Boolean)
  if (ways.length !== 1)
    throw new BadInput(
      'Say how to settle it: --permit, --prohibit, --correct-email, --merge or --dismiss, one of them.',
    )
  if (prohibit) return { kind: 'prohibit' }
  if (merge) return { kind: 'merge' }
  if (correctEmail !== undefined) return { kind: 'correct-email', cell: readEmailCell(correctEmail) }
  if (permit) {
    return {
      kind: 'permit',
      source: source ?? '',
      evidence: evidence ?? '',
      givenAt: flags.at ? pastTime(flags.at, now) : null,
    }
  }
  if (!because?.trim()) throw new BadInput('Say why it is dismissed: --because "…".')
  return { kind: 'dismiss', because }
}
