// `lupa person`: who is this, what happened with them, why did they (not) get it, and their yes and no.
import { Command, Option } from 'commander'
import type { Context } from '../../context.ts'
import { BadInput } from '../../domain/errors.ts'
import { readEmailCell } from '../../intake/email-cell.ts'
import { afterProhibition } from '../../operator/after-prohibition.ts'
import { campaignMeant } from '../../register/campaigns.ts'
import { readNotes } from '../../register/notes.ts'
import {
  describePerson,
  findPeople,
  peopleAt,
  personHistory,
  personMeant,
  type Why,
  whyPerson,
} from '../../register/people.ts'
import { type Channel, permit, prohibit } from '../../register/permissions.ts'
import { command, type Terminal } from '../command.ts'
import { pastTime } from '../past-time.ts'
import { facts, section, table, time } from '../table.ts'
import { accuracyCommands } from './person-accuracy.ts'
import { exportCommand } from './person-export.ts'
import { groundCommand } from './person-ground.ts'
import { noteCommand } from './person-note.ts'
import { rightsCommands } from './person-rights.ts'

const actor = 'operator'
const channel = () =>
  new Option('--channel <channel>', 'how it reached you')
    .choices(['mail', 'phone', 'letter', 'in-person', 'form'])
    .makeOptionMandatory()

/** The `person` commands. A person is named by their id, or at least 6 characters of it. */
export function personCommand(): Command {
  const person = new Command('person')
    .description('one person: who they are, their permission, what happened')
    .addCommand(command('find <text>', 'look for people by name, address or organisation', find))
    .addCommand(
      command<{ notes?: boolean }>('show <person>', 'everything about a person', show).option(
        '--notes',
        'with the confidential notes; this is written down',
      ),
    )
    .addCommand(command('history <person>', 'permissions, campaigns, feedback and activities of a person', history))
    .addCommand(command('why <person> <campaign>', 'why the person did, or did not, get the campaign', why))
    .addCommand(groundCommand())
    .addCommand(noteCommand())
    .addCommand(
      command<PermitFlags>('permit <person>', 'record the person\u2019s own documented permission', permitPerson)
        .addOption(channel())
        .requiredOption('--source <text>', 'where the permission came from')
        .requiredOption('--evidence <text>', 'what proves it: a message, a form, who heard it and when')
        .option('--wording <text>', 'the words that were used')
        .option('--at <time>', 'when it was given; now, if not said'),
    )
    .addCommand(
      command<ProhibitFlags>(
        'prohibit <person-or-address>',
        'record that a person, or whoever has an address, says no',
        prohibitPerson,
      )
        .addOption(channel())
        .option('--evidence <text>', 'what was said, and where it is kept')
        .option('--at <time>', 'when it was said; now, if not said'),
    )
  for (const one of [...rightsCommands(), exportCommand(), ...accuracyCommands()]) person.addCommand(one)
  return person
}

async function find({ db }: Context, terminal: Terminal, _flags: object, text = ''): Promise<void> {
  if (text.trim().length < 2) throw new BadInput('Give at least two letters of a name, an address or an organisation.')
  const found = await findPeople(db, text)
  const rows = found.map(({ id, name, title, organisation, email, permission }) => [
    id.slice(0, 8),
    name,
    title,
    organisation,
    email,
    permission,
  ])
  const shown =
    rows.length > 0
      ? table(['person', 'name', 'title', 'organisation', 'address', 'permission'], rows)
      : 'Nobody was found.'
  if (found.length === 50) terminal.say('There may be more: these are the first 50.')
  terminal.result(found, shown)
}

async function show(
  { db, keys, clock }: Context,
  terminal: Terminal,
  flags: { notes?: boolean },
  text = '',
): Promise<void> {
  const id = await personMeant(db, text)
  const at = clock()
  const person = await describePerson(db, id, at)
  const notes = flags.notes ? await readNotes(db, keys, id, { actor, at }) : null
  const shown = facts([
    ['person', person.id],
    ['name', `${person.firstName} ${person.lastName}`.trim()],
    ['title', person.title],
    ['organisation', person.organisation?.name],
    ['address', person.emailDoubtful ? 'withheld: doubtful, see `lupa review list`' : person.email],
    ['phone', person.phone],
    ['relations', person.relations.join(', ')],
    ['tags', person.tags.join(', ')],
    ['permission', [person.permission, time(person.permissionAt)].filter(Boolean).join(' since ')],
    ['would be mailed', person.because === null ? 'yes' : `no: ${person.because}`],
    ['restricted', person.restrictedAt && `since ${time(person.restrictedAt)}: ${person.restrictedFor}`],
    ['from', `${person.register} ${person.key}`],
    ...person.collected.map((one): [string, string] => [
      'collected',
      [one.source, one.ground, one.sourceText, time(one.collectedAt)].filter(Boolean).join(', '),
    ]),
    ['added', time(person.addedAt)],
    ['changed', time(person.changedAt)],
    ['kept from', time(person.keptFrom)],
    ['notes', person.notes > 0 && !notes ? `${person.notes} confidential (--notes shows them)` : null],
    ['to review', person.openReviews || null],
  ])
  const noted = (notes ?? []).map((note) => section(`Note of ${time(note.notedAt)}`, note.text))
  const { notes: count, ...same } = person
  terminal.result({ ...same, notes: notes ?? count }, [shown, ...noted].join('\n\n'))
}

async function history({ db }: Context, terminal: Terminal, _flags: object, text = ''): Promise<void> {
  const id = await personMeant(db, text)
  const { permissions, campaigns, feedback, activities } = await personHistory(db, id)
  const parts = [
    section(
      'Permission',
      table(
        ['at', 'says', 'by way of', 'source', 'evidence', ''],
        permissions.map((one) => [
          time(one.at),
          one.says,
          one.channel,
          one.source,
          one.evidence,
          one.usable ? '' : 'waits for review',
        ]),
      ),
    ),
    section(
      'Campaigns',
      table(
        ['campaign', 'state', 'because', 'disclosed', 'removed'],
        campaigns.map((one) => [one.name, one.state, one.because, time(one.disclosedAt), time(one.removedAt)]),
      ),
    ),
    section(
      'Feedback',
      table(
        ['at', 'what', 'from', 'effect'],
        feedback.map((one) => [time(one.at), one.kind, one.source, one.effect]),
      ),
    ),
    section(
      'Activities',
      table(
        ['at', 'what', 'title'],
        activities.map((one) => [time(one.at), one.kind, one.title]),
      ),
    ),
  ]
  terminal.result({ person: id, permissions, campaigns, feedback, activities }, parts.join('\n\n'))
}

async function why({ db, clock }: Context, terminal: Terminal, _flags: object, text = '', name = ''): Promise<void> {
  const id = await personMeant(db, text)
  const campaign = await campaignMeant(db, name)
  const answer = await whyPerson(db, id, campaign, clock())
  terminal.result({ person: id, campaign: campaign.id, ...answer }, sentence(answer))
}

function sentence({ frozen, state, because, sent }: Why): string {
  if (because === 'NOT_ASKED_FOR') return `The campaign ${frozen ? 'did' : 'does'} not ask for this person.`
  const when = frozen ? 'at the selection' : 'as things are now'
  if (sent) return 'The mail was sent to this person.'
  if (because) return `Left out (${when}): ${because}.`
  return frozen ? `Selected; ${state}.` : 'Would be selected now: nothing stands against it.'
}

type PermitFlags = { channel: Channel; source: string; evidence: string; wording?: string; at?: string }

async function permitPerson({ db, clock }: Context, terminal: Terminal, flags: PermitFlags, text = ''): Promise<void> {
  const { channel: way, source, evidence, wording = null } = flags
  if (source.trim() === '' || evidence.trim() === '') throw new BadInput('--source and --evidence must say something.')
  const personId = await personMeant(db, text)
  const at = flags.at ? pastTime(flags.at, clock()) : clock()
  const onceKey = ['operator', personId, 'permission', at.toISOString(), way].join('|')
  const fresh = await permit(db, { personId, at, channel: way, actor, source, wording, evidence, onceKey })
  const { permission, because } = await describePerson(db, personId, clock())
  const now = because === null ? 'They would be mailed now.' : `They would not be mailed now: ${because}.`
  terminal.result({ person: personId, fresh, permission, because }, `The permission is recorded. ${now}`)
}

type ProhibitFlags = { channel: Channel; evidence?: string; at?: string }

async function prohibitPerson(context: Context, terminal: Terminal, flags: ProhibitFlags, text = ''): Promise<void> {
  const { db, clock } = context
  const at = flags.at ? pastTime(flags.at, clock()) : clock()
  const { people, addresses } = await whoSaysNo(context, text)
  let fresh = false
  for (const personId of people.length > 0 ? people : [null]) {
    const onceKey = ['operator', personId ?? addresses[0], 'prohibition', at.toISOString(), flags.channel].join('|')
    const said = { personId, at, channel: flags.channel, actor, evidence: flags.evidence ?? null, onceKey, addresses }
    fresh = (await prohibit(db, said)) || fresh
  }
  await afterProhibition(context)
  const whom =
    people.length > 0 ? `${people.length} in the register` : 'nobody in the register has that address; it is suppressed'
  terminal.result({ people, suppressed: addresses.length > 0, fresh }, `The prohibition is recorded (${whom}).`)
}

/** People and address hashes meant by an id, or by an address that may be nobody's. */
async function whoSaysNo({ db, keys }: Context, text: string): Promise<{ people: string[]; addresses: string[] }> {
  if (!text.includes('@')) return { people: [await personMeant(db, text)], addresses: [] }
  const cell = readEmailCell(text)
  if (cell.kind !== 'address')
    throw new BadInput('That is not one clean email address: write it as name@company.example.')
  const addresses = keys.hashes('email', cell.matching)
  return { people: await peopleAt(db, addresses), addresses }
}
