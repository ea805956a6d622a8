// `lupa request`: what people ask about their own data, and that each has an answer within the month (R-55, GDPR Art. 12).
import { Command, Option } from 'commander'
import type { Context } from '../../context.ts'
import {
  type Closing,
  closings,
  type ExtensionGround,
  extensionGrounds,
  type Identification,
  identifications,
  type RefusalGround,
  type RequestChannel,
  type RequestKind,
  refusalGrounds,
  requestChannels,
  requestKinds,
  saysNo,
} from '../../domain/request.ts'
import { afterProhibition } from '../../operator/after-prohibition.ts'
import { personMeant } from '../../register/people.ts'
import {
  answerRequest,
  closeRequest,
  extendRequest,
  identifyRequest,
  listRequests,
  openRequest,
  type RequestLine,
  refuseRequest,
} from '../../register/requests.ts'
import { command, type Terminal } from '../command.ts'
import { pastTime } from '../past-time.ts'
import { table, time } from '../table.ts'

const actor = 'operator'
const one = (flags: string, does: string, choices: readonly string[]) =>
  new Option(flags, does).choices([...choices]).makeOptionMandatory()

/** The `request` commands. */
export function requestCommand(): Command {
  return new Command('request')
    .description('what people ask about their own data: answered within a month')
    .addCommand(
      command<OpenFlags>('open', 'write down that somebody asked; a no to marketing holds at once', open)
        .addOption(one('--kind <kind>', 'what they ask for', requestKinds))
        .addOption(one('--channel <channel>', 'how it reached you', requestChannels))
        .option('--person <person>', 'who asks, when they are in the register')
        .option('--at <time>', 'when it arrived; now, if not said')
        .option('--notes <text>', 'what was asked; erased with the person'),
    )
    .addCommand(
      command<{ all?: boolean }>('list', 'what is open, the most urgent first', list).option(
        '--all',
        'the closed ones too',
      ),
    )
    .addCommand(
      command<{ by: Identification; person?: string }>('identify <request>', 'record how you know who asks', identify)
        .addOption(one('--by <how>', 'how you know', identifications))
        .option('--person <person>', 'who it is, when the request named nobody'),
    )
    .addCommand(command('answer <request>', 'record that the person has their answer', answer))
    .addCommand(
      command<{ because: ExtensionGround }>(
        'extend <request>',
        'take two months more; the person has been told',
        extend,
      ).addOption(one('--because <ground>', 'why it takes longer (Art. 12(3))', extensionGrounds)),
    )
    .addCommand(
      command<RefuseFlags>('refuse <request>', 'record that it is refused, and that the person knows why', refuse)
        .addOption(one('--because <ground>', 'the ground', refusalGrounds))
        .requiredOption('--text <text>', 'what the person was told')
        .option('--complaint-told', 'they were told that they may complain to the Ombudsman or go to court'),
    )
    .addCommand(
      command<{ as: Closing }>('close <request>', 'end one that needs no such answer', close).addOption(
        one('--as <how>', 'taken back, nobody could be identified, or nothing is held', closings),
      ),
    )
}

type OpenFlags = { kind: RequestKind; channel: RequestChannel; person?: string; at?: string; notes?: string }

async function open(context: Context, terminal: Terminal, flags: OpenFlags): Promise<void> {
  const { db, clock } = context
  const personId = flags.person === undefined ? null : await personMeant(db, flags.person)
  const { kind, channel, notes = null } = flags
  const receivedAt = flags.at ? pastTime(flags.at, clock()) : clock()
  const { id, due } = await openRequest(db, { personId, kind, channel, receivedAt, notes }, { actor, at: clock() })
  const prohibited = personId !== null && saysNo(kind)
  if (prohibited) await afterProhibition(context)
  const then = prohibited ? 'Their no holds already: tell them so, then `lupa request answer`.' : next[kind]
  terminal.result(
    { id, kind, person: personId, due, prohibited },
    `Request ${id}: to be answered by ${lastDay(due)} at the latest.\n${then}`,
  )
}

/** What to do for each kind. */
const next: Record<RequestKind, string> = {
  access: 'Make the answer with `lupa person export PERSON data.html`.',
  correction: 'Correct it with `lupa person correct PERSON …`.',
  erasure: 'Erase them with `lupa person erase PERSON`.',
  restriction: 'Restrict them with `lupa person restrict PERSON --because …`.',
  objection: 'Nobody known yet: `lupa person prohibit ADDRESS --channel …` makes the no hold.',
  portability: 'Make the file with `lupa person export PERSON data.json --portable`.',
  'consent-withdrawal': 'Nobody known yet: `lupa person prohibit ADDRESS --channel …` makes the no hold.',
}

async function list({ db, clock }: Context, terminal: Terminal, { all = false }: { all?: boolean }): Promise<void> {
  const requests = await listRequests(db, clock(), { all })
  const rows = requests.map((request) => [
    request.id,
    request.kind,
    request.name ?? (request.personId ? '' : 'nobody known'),
    request.personId?.slice(0, 8),
    time(request.receivedAt),
    lastDay(request.due),
    stand(request),
  ])
  terminal.result(
    requests,
    rows.length > 0
      ? table(['request', 'asks for', 'who', 'person', 'arrived', 'last day', ''], rows)
      : 'Nobody waits for an answer.',
  )
}

function stand({ overdue, outcome, refusedBecause, identifiedBy, extendedAt }: RequestLine): string {
  if (outcome) return [outcome, refusedBecause].filter(Boolean).join(': ')
  const parts = [overdue ? 'OVERDUE' : '', identifiedBy ? '' : 'to be identified', extendedAt ? 'extended' : '']
  return parts.filter(Boolean).join(', ')
}

async function identify(
  context: Context,
  terminal: Terminal,
  flags: { by: Identification; person?: string },
  id = '',
): Promise<void> {
  const { db, clock } = context
  const personId = flags.person === undefined ? null : await personMeant(db, flags.person)
  const request = await identifyRequest(db, id, { how: flags.by, personId }, { actor, at: clock() })
  if (saysNo(request.kind)) await afterProhibition(context)
  terminal.result(request, `Request ${id}: identified (${flags.by}).`)
}

async function answer({ db, clock }: Context, terminal: Terminal, _flags: object, id = ''): Promise<void> {
  const request = await answerRequest(db, id, { actor, at: clock() })
  terminal.result(request, `Request ${id} is answered${clock() >= request.due ? ', after its time' : ''}.`)
}

async function extend(
  { db, clock }: Context,
  terminal: Terminal,
  { because }: { because: ExtensionGround },
  id = '',
): Promise<void> {
  const request = await extendRequest(db, id, because, { actor, at: clock() })
  terminal.result(
    request,
    `Request ${id}: to be answered by ${lastDay(request.due)}. Tell the person so within the first month.`,
  )
}

type RefuseFlags = { because: RefusalGround; text: string; complaintTold?: boolean }

async function refuse({ db, clock }: Context, terminal: Terminal, flags: RefuseFlags, id = ''): Promise<void> {
  const { because, text, complaintTold = false } = flags
  const request = await refuseRequest(db, id, { because, text, complaintTold }, { actor, at: clock() })
  terminal.result(request, `Request ${id} is refused: ${because}.`)
}

async function close({ db, clock }: Context, terminal: Terminal, { as }: { as: Closing }, id = ''): Promise<void> {
  const request = await closeRequest(db, id, as, { actor, at: clock() })
  terminal.result(request, `Request ${id} is closed: ${as}.`)
}

/** The last day on which an answer is in time. */
function lastDay(due: Date): string {
  return time(new Date(due.getTime() - 1)).slice(0, 10)
}
