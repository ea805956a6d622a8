// lupa notice …: what the published notice lacks, who must still be told of it, and who need not be.
import { Command, Option } from 'commander'
import { gapWords } from '../../compliance/notice-words.ts'
import { noticeFacts, noticeText } from '../../compliance/published-notice.ts'
import type { Config } from '../../config.ts'
import type { Context } from '../../context.ts'
import { type ExemptionGround, exemptionGrounds } from '../../domain/collection.ts'
import { BadInput, NotAllowed } from '../../domain/errors.ts'
import { gapsOf } from '../../domain/notice-gaps.ts'
import type { Database } from '../../register/database.ts'
import {
  countExempt,
  countUninformed,
  liftExemption,
  listNotices,
  listUninformed,
  type MeansOfInforming,
  meansOfInforming,
  recordExempt,
  recordInformed,
  rememberNotice,
} from '../../register/information.ts'
import { personMeant } from '../../register/people.ts'
import { command, plainCommand, type Terminal } from '../command.ts'
import { language } from '../give-report.ts'
import { pastTime } from '../past-time.ts'
import { table, time } from '../table.ts'

/** The `notice` commands. */
export function noticeCommand(): Command {
  return new Command('notice')
    .description('the privacy notice: what it lacks, and who must still be told')
    .addCommand(
      plainCommand<{ language?: 'fi' | 'en' }>(
        'gaps [file]',
        'what the published notice (notice.file in lupa.yaml, or this file) lacks or has wrong',
        gaps,
      ).addOption(language()),
    )
    .addCommand(
      command<{ overdue?: boolean }>(
        'due',
        'people whose data came from others and who have not been told',
        due,
      ).option('--overdue', 'only those whose month is over'),
    )
    .addCommand(
      command<InformedFlags>(
        'informed [person...]',
        'record that people were told, other than by a newsletter',
        informed,
      )
        .addOption(new Option('--by <means>', 'how').choices([...meansOfInforming]).makeOptionMandatory())
        .option('--all <count>', 'everybody whom `lupa notice due` lists: so many of them, as it says')
        .option('--at <time>', 'when; now, if not said'),
    )
    .addCommand(
      command<ExemptFlags>(
        'exempt [person...]',
        'record that people need not be told, on a ground of GDPR Art. 14(5)',
        exempt,
      )
        .addOption(new Option('--ground <ground>', 'which').choices([...exemptionGrounds]))
        .option('--because <text>', 'why, in your own words; the person may read them')
        .option('--all <count>', 'everybody whom `lupa notice due` lists: so many of them, as it says')
        .option('--lift', 'they must be told after all'),
    )
    .addCommand(command('versions', 'every notice there has been, and how many people were told under it', versions))
}

async function gaps(
  read: () => Config,
  terminal: Terminal,
  flags: { language?: 'fi' | 'en' },
  file?: string,
): Promise<void> {
  const config = read()
  const { company, companyFile } = config
  if (!company) throw new BadInput(`There is no ${companyFile}: make one with \`lupa init\`.`)
  const text = noticeText(config, file)
  if (text === null)
    throw new BadInput(
      'Nobody has said where the text of the notice is: set notice.file in lupa.yaml, or name the file.',
    )
  const found = gapsOf(text, noticeFacts(company)).map((code) => {
    const { rule, ...words } = gapWords[code]
    return { code, rule, says: words[flags.language ?? company.language] }
  })
  terminal.result(
    { version: company.notice.version, url: company.notice.url, gaps: found },
    found.length === 0
      ? 'Nothing that is looked for is missing. Whether it is well said, only a reader can tell.'
      : table(
          ['gap', 'rule', ''],
          found.map(({ code, rule, says }) => [code, rule, says]),
        ),
  )
}

async function due(
  { db, clock }: Context,
  terminal: Terminal,
  { overdue = false }: { overdue?: boolean },
): Promise<void> {
  const people = await listUninformed(db, clock(), { overdue })
  const counts = { ...(await countUninformed(db, clock())), exempt: await countExempt(db) }
  const rows = people.map((one) => [
    one.personId.slice(0, 8),
    one.name,
    [one.source, one.ground].filter(Boolean).join(', '),
    time(one.collectedAt),
    time(one.due),
    one.overdue ? 'overdue' : '',
  ])
  const sum = `${counts.waiting} must still be told, ${counts.overdue} of them too late. The next newsletter tells whoever gets it; tell the others, then \`lupa notice informed\`.`
  const grounds = Object.entries(counts.exempt).map(([ground, count]) => `${count} ${ground}`)
  const spared = grounds.length === 0 ? '' : `\nNeed not be told: ${grounds.join(', ')}.`
  terminal.result(
    { ...counts, people },
    rows.length === 0
      ? `Nobody.${spared}`
      : `${table(['person', 'name', 'from', 'collected', 'tell by', ''], rows)}\n${sum}${spared}`,
  )
}

type InformedFlags = { by: MeansOfInforming; at?: string; all?: string }

async function informed(
  { db, config, clock }: Context,
  terminal: Terminal,
  { by, at: said, all }: InformedFlags,
  ...people: string[]
): Promise<void> {
  const at = said ? pastTime(said, clock()) : clock()
  const ids = all === undefined ? await peopleNamed(db, people) : await everybodyDue(db, people, all, clock())
  if (!config.company) throw new BadInput(`There is no ${config.companyFile}: which notice were they told of?`)
  await rememberNotice(db, config.company.notice, clock())
  const noticeVersion = config.company.notice.version
  const told = await recordInformed(db, ids, { by, noticeVersion, at, actor: 'operator' })
  terminal.result(
    { told, alreadyTold: ids.length - told, noticeVersion },
    `${told} recorded as told under the notice ${noticeVersion}; ${ids.length - told} had been told before.`,
  )
}

type ExemptFlags = { ground?: ExemptionGround; because?: string; all?: string; lift?: boolean }

async function exempt(
  { db, clock }: Context,
  terminal: Terminal,
  { ground, because, all, lift }: ExemptFlags,
  ...people: string[]
): Promise<void> {
  const by = { at: clock(), actor: 'operator' }
  if (lift) {
    if (ground || because || all) throw new BadInput('--lift takes people, and nothing else.')
    const lifted = await liftExemption(db, await peopleNamed(db, people), by)
    return terminal.result({ lifted }, `${lifted} exempt no more: who has not been told must be told.`)
  }
  if (!ground || !because?.trim())
    throw new BadInput(`Say why: --ground (${exemptionGrounds.join(', ')}) and --because, in your own words.`)
  const ids = all === undefined ? await peopleNamed(db, people) : await everybodyDue(db, people, all, clock())
  const exempted = await recordExempt(db, ids, { ground, because: because.trim(), ...by })
  const others = ids.length - exempted
  terminal.result(
    { exempted, others },
    `${exempted} recorded as not to be told (${ground}); ${others} had been told, or did not have to be.`,
  )
}

async function peopleNamed(db: Database, people: string[]): Promise<string[]> {
  if (people.length === 0) throw new BadInput('Name people, or say --all with how many `lupa notice due` says.')
  const ids: string[] = []
  for (const one of people) ids.push(await personMeant(db, one))
  return ids
}

/** Everybody still to be told, when they are as many as the owner has seen: nobody is taken for told unseen. */
async function everybodyDue(db: Database, people: string[], seen: string, at: Date): Promise<string[]> {
  if (people.length > 0) throw new BadInput('Name people, or say --all, not both.')
  if (!/^\d+$/.test(seen)) throw new BadInput('--all takes how many people `lupa notice due` says, like --all 30.')
  const { waiting } = await countUninformed(db, at)
  if (waiting !== Number(seen))
    throw new NotAllowed(
      `${waiting} people must still be told: look at \`lupa notice due\`, then say --all ${waiting}.`,
    )
  return (await listUninformed(db, at, { take: waiting })).map(({ personId }) => personId)
}

async function versions({ db }: Context, terminal: Terminal): Promise<void> {
  const notices = await listNotices(db)
  const rows = notices.map(({ version, url, seenAt, told }) => [
    version,
    time(seenAt),
    Object.entries(told)
      .map(([means, count]) => `${means} ${count}`)
      .join(', '),
    url,
  ])
  terminal.result(notices, rows.length === 0 ? 'None yet.' : table(['notice', 'first used', 'told', 'where'], rows))
}
