// `lupa retention`: what is past its lifetime, what keeps it, and its deletion (R-19 … R-21).
import { Command, Option } from 'commander'
import type { Company } from '../../config.ts'
import type { Context } from '../../context.ts'
import { BadInput, NotAllowed } from '../../domain/errors.ts'
import { type DataCategory, dataCategories, type HoldReason, holdReasons } from '../../domain/retention.ts'
import { readDate } from '../../intake/cell-values.ts'
import { personMeant } from '../../register/people.ts'
import {
  duePeople,
  endHold,
  listHolds,
  placeHold,
  type RetentionDue,
  retentionDue,
  retentionRuns,
  runRetention,
} from '../../register/retention.ts'
import { command, type Terminal } from '../command.ts'
import { section, table, time } from '../table.ts'

const actor = 'operator'

/** The `retention` commands. */
export function retentionCommand(): Command {
  return new Command('retention')
    .description('how long data are kept: what is due, what is held, and its deletion')
    .addCommand(
      command<{ people?: boolean }>(
        'due',
        'what a run would delete now, and what is spared; deletes nothing',
        due,
      ).option('--people', 'with the people who are due, by name'),
    )
    .addCommand(
      command<RunFlags>('run', 'delete what is past its lifetime', run)
        .addOption(new Option('--category <category>', 'only this one; else all').choices([...dataCategories]))
        .option('--yes', 'do not ask'),
    )
    .addCommand(
      command<HoldFlags>('hold <person>', 'keep a person past their lifetime; it never allows a mail', hold)
        .addOption(new Option('--because <reason>', 'the reason').choices([...holdReasons]).makeOptionMandatory())
        .requiredOption('--text <text>', 'why, in words')
        .requiredOption('--until <day>', 'until when, or when to look again'),
    )
    .addCommand(command('release <hold>', 'end a hold before its day', release))
    .addCommand(command('holds', 'who is held, why and until when', holds))
    .addCommand(command('history', 'what was deleted when: figures, no people', history))
}

async function due(context: Context, terminal: Terminal, flags: { people?: boolean }): Promise<void> {
  const { db, clock } = context
  const rules = rulesOf(context)
  const categories = await retentionDue(db, rules, clock())
  const people = flags.people ? await duePeople(db, rules, clock()) : null
  const rows = people?.map((one) => [one.personId.slice(0, 8), one.name, one.organisation, time(one.dueAt), one.spared])
  terminal.result(
    { categories, ...(people ? { people } : {}) },
    [
      dueTable(categories),
      rows ? section('\nPeople', table(['person', 'name', 'organisation', 'over since', 'spared'], rows)) : '',
    ]
      .filter(Boolean)
      .join('\n'),
  )
}

function dueTable(categories: RetentionDue[]): string {
  const rows = categories.map(({ category, days, mode, due: count, spared, oldest, overdue }) => [
    category,
    days,
    mode,
    count,
    Object.entries(spared)
      .map(([why, number]) => `${why} ${number}`)
      .join(', '),
    time(oldest),
    overdue ? 'OVERDUE' : '',
  ])
  return table(['category', 'days', 'how', 'due', 'spared', 'over since', ''], rows)
}

type RunFlags = { category?: DataCategory; yes?: boolean }

async function run(context: Context, terminal: Terminal, flags: RunFlags): Promise<void> {
  const { db, clock } = context
  const rules = rulesOf(context)
  const at = clock()
  const wanted = (await retentionDue(db, rules, at)).filter(
    ({ category }) => flags.category === undefined || category === flags.category,
  )
  if (wanted.every((one) => one.due === 0)) return terminal.result({ deleted: {} }, 'Nothing is past its lifetime.')
  if (!flags.yes && !terminal.interactive)
    throw new BadInput('Deleting cannot be taken back: look at `lupa retention due`, then add --yes.')
  if (!flags.yes) {
    terminal.say(dueTable(wanted))
    if (!(await terminal.confirm('Delete what is due?'))) throw new NotAllowed('Nothing was deleted.')
  }
  const deleted: Record<string, number> = {}
  for (const { category, mode } of wanted)
    deleted[category] = await runRetention(db, category, rules, { actor, at, mode })
  const said = Object.entries(deleted).map(([category, count]) => `${category} ${count}`)
  terminal.result({ deleted }, `Deleted: ${said.join(', ')}.`)
}

type HoldFlags = { because: HoldReason; text: string; until: string }

async function hold({ db, clock }: Context, terminal: Terminal, flags: HoldFlags, text = ''): Promise<void> {
  const personId = await personMeant(db, text)
  const until = readDate(flags.until)
  if (until === null || until === 'unreadable')
    throw new BadInput(`"${flags.until}" is no day: write it like 2027-11-20.`)
  const { id } = await placeHold(
    db,
    { personId, reason: flags.because, text: flags.text, until },
    { actor, at: clock() },
  )
  terminal.result({ id, person: personId, until }, `Hold ${id}: kept until ${time(until)}. It allows no mail.`)
}

async function release({ db, clock }: Context, terminal: Terminal, _flags: object, id = ''): Promise<void> {
  const { personId } = await endHold(db, id, { actor, at: clock() })
  terminal.result({ id, person: personId }, `Hold ${id} has ended.`)
}

async function holds({ db, clock }: Context, terminal: Terminal): Promise<void> {
  const found = await listHolds(db, clock())
  const rows = found.map((one) => [
    one.id,
    one.personId.slice(0, 8),
    one.name,
    one.reason,
    one.text,
    time(one.until),
    one.over ? 'over' : '',
  ])
  terminal.result(
    found,
    rows.length > 0 ? table(['hold', 'person', 'name', 'reason', 'why', 'until', ''], rows) : 'Nobody is held.',
  )
}

async function history({ db }: Context, terminal: Terminal): Promise<void> {
  const runs = await retentionRuns(db)
  const rows = runs.map(({ ranAt, category, mode, deleted, actor: who }) => [time(ranAt), category, mode, deleted, who])
  terminal.result(
    runs,
    rows.length > 0 ? table(['when', 'what', 'how', 'deleted', 'by'], rows) : 'Nothing has been deleted yet.',
  )
}

function rulesOf({ config }: Context): Company {
  if (!config.company)
    throw new NotAllowed(
      `There is no ${config.companyFile}, so nobody has said how long data are kept: make one with \`lupa init\`.`,
    )
  return config.company
}
