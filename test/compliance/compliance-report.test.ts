// The compliance report on a register that has lived through a campaign: what it says, and that each sabotage turns the one promise
// it breaks to failed, and no other.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBackup } from '../../src/backup/create-backup.ts'
import { type RequirementFinding, runChecks } from '../../src/compliance/compliance-report.ts'
import { controls, type RequirementId, requirementIds } from '../../src/compliance/requirements.ts'
import { findMapping } from '../../src/intake/find-mapping.ts'
import type { Mapping } from '../../src/intake/mapping.ts'
import { openSource } from '../../src/intake/open-source.ts'
import { until } from '../../src/operator/run-workers.ts'
import { rawSql, sql } from '../../src/register/database.ts'
import { importInto } from '../../src/register/imports.ts'
import { openRequest } from '../../src/register/requests.ts'
import { testDatabase } from '../support/database.ts'
import { backUpAndDrill, tellByLetter, writeKeptCompany } from '../support/kept-register.ts'
import { catchMail, type MailCatcher } from '../support/mail-catcher.ts'
import { accdb } from '../support/register.ts'
import { openWorld, type World } from '../support/world.ts'

let world: World
let mailbox: MailCatcher
let untold: RequirementFinding[]
let before: RequirementFinding[]

beforeAll(async () => {
  const database = await testDatabase()
  mailbox = await catchMail()
  world = await openWorld({
    database,
    env: { LUPA_CONFIG: writeKeptCompany(database.home), SMTP_URL: mailbox.url },
  })
  const { db, keys, clock } = world.context
  const source = await openSource(accdb)
  const mapping = findMapping(source.tables) as Mapping
  await importInto(db, keys, source, mapping, { actor: 'operator', at: clock(), dryRun: false })
  await source.close()
  const campaign = await world.draft()
  await world.launch(campaign)
  await world.reached(campaign, 'sent')
  await world.turn('73h')
  await world.reached(campaign, 'closed')
  await until(async () => (await db.ledgerOutbox.count({ where: { writtenAt: null } })) === 0, 20_000)
  await world.workers.close()
  untold = await runChecks(world.context, 'en')
  await tellByLetter(world.context)
  before = await runChecks(world.context, 'en')
}, 60_000)
afterAll(async () => {
  await world.close()
  await mailbox.close()
})

test('the 56 promises of the notice are all there, each with its control in both languages', () => {
  const numbers = Array.from({ length: 55 }, (_, index) => `R-${String(index + 1).padStart(2, '0')}`)
  expect(requirementIds).toEqual(numbers.flatMap((id) => (id === 'R-08' ? [id, 'R-08b'] : [id])))
  for (const { promise, control } of Object.values(controls)) {
    expect(control.fi).toMatch(/\.$/)
    expect(control.en).toMatch(/\.$/)
    expect(promise.fi.length).toBeGreaterThan(3)
    expect(promise.en.length).toBeGreaterThan(3)
  }
})

test('people of the old register whom the newsletter did not reach, and nobody told within a month, are four broken promises', () => {
  expect(idsWith(untold, 'failed')).toEqual(['R-35', 'R-41', 'R-42', 'R-44'])
  expect(untold.find(({ id }) => id === 'R-35')?.because).toMatch(/^\d+ people were not told within a month/)
})

test('on the sample register, kept with care, every promise holds after a whole campaign but that nobody made a backup yet', () => {
  expect(before.filter(({ result }) => result === 'failed').map(({ id, because }) => `${id} ${because}`)).toEqual([])
  expect(idsWith(before, 'not-configured')).toEqual(['R-22'])
  expect(idsWith(before, 'exception')).toEqual(['R-24'])
  for (const { because, checkedAt } of before) {
    expect(because).toMatch(/[.`]$/)
    expect(Date.parse(checkedAt)).toBeGreaterThan(0)
  }
})

test('what the owner did not set up the report does not take for kept', async () => {
  const { config } = world.context
  const { legitimateInterest: _, ...company } = config.company as NonNullable<typeof config.company>
  const { version, url } = company.notice
  const bare = {
    ...config,
    company: { ...company, notice: { version, url } },
    smtpUrl: null,
    publicUrl: null,
    mailchimp: { ...config.mailchimp, apiKey: null },
  }

  const findings = await runChecks({ ...world.context, config: bare }, 'en')

  expect(idsWith(findings, 'not-configured')).toEqual(['R-02', 'R-05', 'R-14', 'R-22', 'R-33', 'R-49'])
})

test('a check leaves nothing behind', async () => {
  const counts = await world.context.db.$queryRaw<{ trials: number }[]>(sql`
    select (select count(*)::int from person where register = ' trial') + (select count(*)::int from campaign where name = ' trial')
      + (select count(*)::int from disclosure) + (select count(*)::int from audit where actor = 'trial') as trials`)

  expect(counts).toEqual([{ trials: 0 }])
})

test('a backup counts once it was restored beside the register: then nothing is left to do', async () => {
  const { db, config, clock, keys } = world.context
  await createBackup({ config, url: config.database.url as string, db, keys, clock })
  expect(await turned()).toEqual({ 'R-22': 'failed: No backup was ever restored to prove it: `lupa backup drill`.' })
  await world.turn(1000)

  expect(await backUpAndDrill(world.context)).toBe(true)

  expect(await turned()).toEqual({ 'R-22': 'passed: The audit trail is whole; backups: 2, and the last drill passed.' })
  before = await runChecks(world.context, 'en')
  const open = before.filter(({ result }) => result === 'failed' || result === 'not-configured')
  expect(open).toEqual([])
})

/** What an owner of the database, a bug or neglect may do, how it is taken back, and which promise it breaks. */
const sabotage: [RequirementId, string, string[], string[]][] = [
  [
    'R-13',
    'the tool jobs are given a right too many',
    ['grant select (title) on person to lupa_sync'],
    ['revoke select (title) on person from lupa_sync'],
  ],
  [
    'R-15',
    'somebody else is let in',
    ['grant select on organisation to lupa_access'],
    ['revoke select on organisation from lupa_access'],
  ],
  [
    'R-30',
    'a role may read the notes',
    ['grant select on note to lupa_worker'],
    ['revoke select on note from lupa_worker'],
  ],
  [
    'R-31',
    'the ledger of permissions may be changed',
    ['alter table permission_entry disable trigger append_only'],
    ['alter table permission_entry enable trigger append_only'],
  ],
  [
    'R-16',
    'disclosures may be deleted',
    ['drop trigger append_only on disclosure'],
    ['create trigger append_only before update or delete on disclosure for each row execute function refuse_change()'],
  ],
  [
    'R-22',
    'an entry of the audit trail is rewritten',
    [
      'alter table audit disable trigger append_only',
      "update audit set actor = 'somebody' where seq = 2",
      'alter table audit enable trigger append_only',
    ],
    [
      'alter table audit disable trigger append_only',
      "update audit set actor = 'operator' where seq = 2",
      'alter table audit enable trigger append_only',
    ],
  ],
  [
    'R-09',
    'a column appears that nobody accounts for',
    ['alter table person add column born date'],
    ['alter table person drop column born'],
  ],
  [
    'R-51',
    'a withdrawal was never verified',
    ["update campaign set verification = null where state = 'closed'"],
    [
      "update campaign set verification = (select body -> 'verification' || '{\"remaining\":0}' from certificate) where state = 'closed'",
    ],
  ],
  [
    'R-50',
    'a function hands the tool jobs a telephone number',
    [
      `create function numbers() returns table (phone text) language sql security definer set search_path = public
       as 'select phone from person'`,
      'grant execute on function numbers to lupa_sync',
    ],
    ['drop function numbers'],
  ],
  [
    'R-24',
    'a bought list becomes a source',
    ['alter table collection drop constraint collection_source'],
    [
      `alter table collection add constraint collection_source check (source in ('CRM_WEB_FORM', 'E_REGISTRATION_FORM', 'E_ORDER_FORM',
        'E_SIGNUP_FORM', 'MEDIA', 'PUBLIC_SOURCE', 'SOCIAL_MEDIA', 'OTHER'))`,
    ],
  ],
  [
    'R-42',
    'somebody on an organiser’s list was not told in time',
    [
      `update collection set collected_at = now() - interval '40 days', informed_at = null where id in (
        select min(id) from collection where ground = 'EVENT_OPEN_LIST' and person_id is not null)`,
    ],
    [`update collection set collected_at = now(), informed_at = null where ground = 'EVENT_OPEN_LIST'`],
  ],
]

test.for(sabotage)('%s fails when %s', async ([id, , harm, mend]) => {
  await inOneGo(harm)
  const found = await turned()
  await inOneGo(mend)

  expect(Object.keys(found)).toEqual([id])
  expect(found[id]).toMatch(/^failed: /)
})

test('a request nobody answered, a campaign past its deadline and a lapsed transfer each break their own promise', async () => {
  const { db, config, clock } = world.context
  const long = new Date(clock().getTime() - 60 * 86_400_000)
  const request = { personId: null, kind: 'access', channel: 'letter', receivedAt: long, notes: null } as const
  const { id } = await openRequest(db, request, { actor: 'operator', at: clock() })
  await db.campaign.updateMany({ data: { state: 'sent', deadline: long } })
  const company = config.company as NonNullable<typeof config.company>
  const lapsed = {
    ...company,
    tool: { ...company.tool, transfer: { ...company.tool.transfer, nextCheck: '2026-01-01' } },
  }

  const findings = await runChecks({ ...world.context, config: { ...config, company: lapsed } }, 'en')

  expect(idsWith(findings, 'failed')).toEqual(['R-48', 'R-51', 'R-55'])
  await db.campaign.updateMany({ data: { state: 'closed' } })
  await db.$executeRaw(sql`update request set closed_at = now(), outcome = 'withdrawn' where id = ${BigInt(id)}`)
})

test('a notice that cites the repealed act is told so, in the language that was asked for', async () => {
  const { config } = world.context
  const folder = path.join(config.home, 'notice')
  mkdirSync(folder)
  writeFileSync(path.join(folder, 'seloste.txt'), 'Henkilötietolaki 523/1999')
  const company = config.company as NonNullable<typeof config.company>
  const named = { ...company, notice: { ...company.notice, file: 'seloste.txt' } }
  const own = { ...config, companyFile: path.join(folder, 'lupa.yaml'), company: named }

  const findings = await runChecks({ ...world.context, config: own }, 'fi')

  const found = Object.fromEntries(findings.map(({ id, because }) => [id, because]))
  expect(found['R-02']).toMatch(/^Selosteessa on puutteita \(`lupa notice gaps`\): REPEALED_ACT, NO_PURPOSE/)
  expect(found['R-03']).toBe('Julkaistussa selosteessa ei ole versiota 2026-09-01.')
})

function idsWith(findings: RequirementFinding[], result: RequirementFinding['result']): string[] {
  return findings.filter((one) => one.result === result).map(({ id }) => id)
}

/** Which findings are others than before. */
async function turned(): Promise<Partial<Record<RequirementId, string>>> {
  const after = await runChecks(world.context, 'en')
  const others = after.filter(({ id, result }) => before.find((one) => one.id === id)?.result !== result)
  return Object.fromEntries(others.map(({ id, result, because }) => [id, `${result}: ${because}`]))
}

async function inOneGo(statements: string[]): Promise<void> {
  for (const statement of statements) await world.context.db.$executeRaw(sql`${rawSql(statement)}`)
}
