// `lupa person correct|erase|restrict|release`: what a person may ask of the register.
import { type Command, Option } from 'commander'
import type { Context } from '../../context.ts'
import { BadInput, NotAllowed } from '../../domain/errors.ts'
import { type RestrictionGround, restrictionGrounds } from '../../domain/restriction.ts'
import { readEmailCell } from '../../intake/email-cell.ts'
import { correctNow, eraseNow, type Leaving, restrictNow } from '../../operator/person-orders.ts'
import type { ErasedBecause } from '../../register/erasure.ts'
import { describePerson, personMeant } from '../../register/people.ts'
import { releasePerson } from '../../register/restrictions.ts'
import { command, type Terminal } from '../command.ts'

/** The commands, to be put under `person`. */
export function rightsCommands(): Command[] {
  return [
    command<CorrectFlags>('correct <person>', 'correct names, title, phone or address; a tool hears of it', correct)
      .option('--first-name <name>', 'the right first name')
      .option('--last-name <name>', 'the right last name')
      .option('--title <text>', 'the right title; "" for none')
      .option('--phone <number>', 'the right phone number; "" for none')
      .option('--email <address>', 'the right work address'),
    command<EraseFlags>('erase <person>', 'erase a person everywhere, for ever; they cannot be imported again', erase)
      .addOption(
        new Option('--because <why>', 'they asked, or you decided').choices(['request', 'operator']).default('request'),
      )
      .option('--yes', 'do not ask'),
    command<{ because: RestrictionGround }>(
      'restrict <person>',
      'keep a person and use them for nothing, at once',
      restrict,
    ).addOption(
      new Option('--because <ground>', 'the ground of GDPR Art. 18(1)')
        .choices(restrictionGrounds)
        .makeOptionMandatory(),
    ),
    command<{ told?: boolean }>('release <person>', 'end a restriction', release).option(
      '--told',
      'the person has been told that the restriction ends (Art. 18(3))',
    ),
  ]
}

type CorrectFlags = { firstName?: string; lastName?: string; title?: string; phone?: string; email?: string }

async function correct(context: Context, terminal: Terminal, flags: CorrectFlags, text = ''): Promise<void> {
  const { email, firstName, lastName, title, phone } = flags
  const given = Object.entries({ firstName, lastName, title, phone }).filter(([, value]) => value !== undefined)
  if (given.length === 0 && email === undefined)
    throw new BadInput('Say what to correct: --first-name, --last-name, --title, --phone or --email.')
  if ([firstName, lastName].some((name) => name !== undefined && name.trim() === ''))
    throw new BadInput('A name cannot be emptied: give the right one.')
  const changes = Object.fromEntries(given.map(([name, value]) => [name, value?.trim()]))
  const id = await personMeant(context.db, text)
  const done = await correctNow(
    context,
    id,
    email === undefined ? changes : { ...changes, email: readEmailCell(email) },
  )
  terminal.result(done, `Corrected: ${done.fields.join(', ')}. ${inTheTool(done.tool)}`.trim())
}

type EraseFlags = { because: ErasedBecause; yes?: boolean }

async function erase(context: Context, terminal: Terminal, flags: EraseFlags, text = ''): Promise<void> {
  const { db, clock } = context
  const id = await personMeant(db, text)
  const { firstName, lastName, notes } = await describePerson(db, id, clock())
  const whom = [firstName, lastName].filter(Boolean).join(' ')
  if (!flags.yes && !terminal.interactive)
    throw new BadInput('Erasing cannot be taken back: add --yes, or run it where it can ask.')
  const question = `Erase ${whom} with everything (${notes} notes, activities, history)? It cannot be taken back.`
  if (!flags.yes && !(await terminal.confirm(question))) throw new NotAllowed('Nothing was erased.')
  const { inTool: _, ...erased } = await eraseNow(context, id, flags.because)
  const others = erased.sameAddress.length
  terminal.result(
    erased,
    [
      'Erased, and written to the outside ledger: no file and no backup brings them back.',
      erased.optedOut ? 'Their no stands.' : '',
      inTheTool(erased.tool),
      others > 0
        ? `${others} more in the register have the same address (${erased.sameAddress.map((one) => one.slice(0, 8)).join(', ')}): is it the same person?`
        : '',
    ]
      .filter(Boolean)
      .join('\n'),
  )
}

async function restrict(
  context: Context,
  terminal: Terminal,
  { because }: { because: RestrictionGround },
  text = '',
): Promise<void> {
  const { inTool: _, ...done } = await restrictNow(context, await personMeant(context.db, text), because)
  terminal.result({ ...done, because }, `Restricted: no campaign takes them. ${inTheTool(done.tool)}`.trim())
}

async function release(
  { db, clock }: Context,
  terminal: Terminal,
  { told }: { told?: boolean },
  text = '',
): Promise<void> {
  const id = await personMeant(db, text)
  if (!told)
    throw new NotAllowed(
      'The person must be told before the restriction ends (GDPR Art. 18(3)): tell them, then add --told.',
    )
  await releasePerson(db, id, { actor: 'operator', at: clock() })
  const { because } = await describePerson(db, id, clock())
  const now = because === null ? 'They would be mailed now.' : `They would not be mailed now: ${because}.`
  terminal.result({ person: id, because }, `The restriction has ended. ${now}`)
}

const leaving: Record<Leaving, string> = {
  'nobody-there': '',
  left: 'They were in the tool, and are out of it.',
  leaves: 'They may be in the tool: they leave it as soon as a worker runs and the tool answers.',
}

function inTheTool(tool: Leaving): string {
  return leaving[tool]
}
