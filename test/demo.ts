// npm run demo: a whole campaign on the bundled Access register, on real parts: an embedded PostgreSQL, a real queue, the real
// SDK over HTTP, a make-believe Mailchimp and a make-believe mailbox. The clock is turned forward twice, so that a week takes seconds.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { certificatePage } from '../src/certificate/certificate-page.ts'
import { sentenceOf } from '../src/cli/command.ts'
import { countWords, runChecks } from '../src/compliance/compliance-report.ts'
import { type Config, readConfig } from '../src/config.ts'
import { type Context, openContext } from '../src/context.ts'
import { dropEmbeddedPostgres } from '../src/embedded/postgres.ts'
import { startWeb } from '../src/http/server.ts'
import { findMapping } from '../src/intake/find-mapping.ts'
import { openSource } from '../src/intake/open-source.ts'
import { openLogger } from '../src/logger.ts'
import { readCampaignFile } from '../src/newsletter/campaign-file.ts'
import { launchable, launchNow, preflight } from '../src/operator/launching.ts'
import { startWorkers, until } from '../src/operator/run-workers.ts'
import { removeRedisQueues } from '../src/queue/backend.ts'
import { addAccount, newCode } from '../src/register/accounts.ts'
import { campaignStatus } from '../src/register/campaign-status.ts'
import { type CampaignRecord, campaignById, draftCampaign } from '../src/register/campaigns.ts'
import { certificateOf } from '../src/register/certificates.ts'
import { importInto } from '../src/register/imports.ts'
import { type Emulator, startEmulator } from './emulator/mailchimp/emulator.ts'
import { backUpAndDrill, tellByLetter, writeKeptCompany } from './support/kept-register.ts'
import { catchMail, type MailCatcher } from './support/mail-catcher.ts'
import { readOptions } from './support/options.ts'

const sample = (name: string) => fileURLToPath(new URL(`../prisma/sample/${name}`, import.meta.url))
const { json, keep } = readOptions({
  json: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
})
const day = 86_400_000
const say = (line: string) => process.stderr.write(`${line}\n`)

/** The demo's clock: real time, turned forward when the demo says so. */
const clock = Object.assign(() => new Date(Date.now() + clock.ahead), { ahead: 0 })

async function main(): Promise<void> {
  const started = Date.now()
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lupa-demo-'))
  const home = path.join(folder, 'home')
  const emulator = await startEmulator()
  const mailbox = await catchMail()
  const config = demoConfig(home, emulator, mailbox)
  try {
    const context = await openContext(config, {
      clock,
      fsync: false,
      log: openLogger(config.logLevelGiven ? config.logLevel : 'silent'),
    })
    const web = await startWeb(context)
    // Where recipients reach us is known only now: every part reads it when it needs it.
    config.publicUrl = web.address
    const workers = await startWorkers(context)
    try {
      const summary = await liveThrough(context, emulator, folder, started)
      if (json) process.stdout.write(`${JSON.stringify(summary)}\n`)
      if (keep) await untilTold(context, emulator.url, nameSurroundings(config))
    } finally {
      await workers.close()
      await web.close()
      await context.close()
    }
  } finally {
    await emulator.close()
    await mailbox.close()
    if (config.redisUrl) await removeRedisQueues(config.redisUrl, config.queuePrefix)
    await dropEmbeddedPostgres(home)
    rmSync(home, { recursive: true, force: true })
  }
}

/** Everything is of the demo's own; of the surroundings only REDIS_URL, PORT and LOG_LEVEL count. */
function demoConfig(home: string, emulator: Emulator, mailbox: MailCatcher) {
  const { REDIS_URL, PORT, LOG_LEVEL } = process.env
  writeKeptCompany(home)
  return readConfig({
    LUPA_HOME: home,
    LUPA_POLL: '1s',
    LUPA_QUEUE_PREFIX: `lupa-demo-${process.pid}`,
    MAILCHIMP_API_KEY: emulator.apiKey,
    MAILCHIMP_ACCOUNT_ID: emulator.accountId,
    MAILCHIMP_BASE_URL: `${emulator.url}/3.0`,
    SMTP_URL: mailbox.url,
    PORT: PORT ?? '0',
    REDIS_URL,
    LOG_LEVEL,
  })
}

/** Writes what the demo was told into `.env` of its home, which any command run there reads. Returns the folder. */
function nameSurroundings({ home, publicUrl, smtpUrl, mailchimp, redisUrl, queuePrefix }: Config): string {
  const variables = {
    LUPA_HOME: home,
    LUPA_PUBLIC_URL: publicUrl,
    SMTP_URL: smtpUrl,
    MAILCHIMP_API_KEY: mailchimp.apiKey,
    MAILCHIMP_ACCOUNT_ID: mailchimp.accountId,
    MAILCHIMP_BASE_URL: mailchimp.baseUrl,
    REDIS_URL: redisUrl,
    LUPA_QUEUE_PREFIX: queuePrefix,
  }
  const lines = Object.entries(variables).map(([name, value]) => (value ? `${name}='${value}'\n` : ''))
  writeFileSync(path.join(home, '.env'), lines.join(''), { mode: 0o600 })
  return home
}

async function liveThrough(context: Context, emulator: Emulator, folder: string, started: number) {
  const { db } = context
  say('1. The Access register comes in')
  await importSample(context)

  say('2. Who gets the newsletter, and who does not')
  const plan = await samplePlan(context)
  const campaign = await draftCampaign(db, plan, 'demo', clock())
  const counts = await launchable(context, campaign)
  say(`   ${counts.selected} of ${counts.people} people get it`)
  for (const [reason, people] of Object.entries(counts.excluded)) say(`   ${String(people).padStart(5)}  ${reason}`)

  say('3. Launch: name and work email of these people go to the tool, and it sends')
  await launchNow(context, campaign, await preflight(context, campaign))
  await reached(context, campaign, 'sent')
  const sent = await campaignStatus(db, campaign.id)
  say(
    `   disclosed ${sent.counts.intended}, refused by the tool ${sent.counts.refused}, sent ${sent.sent}; in the tool now: ${sent.inTool}`,
  )

  say('4. Recipients answer: by our page, by the tool’s link, by a bounce, by a complaint')
  await recipientsAnswer(emulator)

  say('5. Three days pass: the settle window closes, and everybody is taken back')
  await turnForward(emulator, 3 * day + 60_000)
  await reached(context, campaign, 'closed')

  say('6. Seven days pass: the tool lets go of the empty audience')
  await turnForward(emulator, 7 * day)

  say('7. Meanwhile the owner tells by letter whom the newsletter did not reach, makes a backup and proves it')
  const [told] = await Promise.all([
    keepRegister(context),
    until(async () => (await campaignById(db, campaign.id)).shell === 'deleted', 60_000),
  ])
  const promises = await runChecks(context, 'en')
  say(`   ${told} letters; the promises of the notice: ${countWords(promises, 'en')}`)
  return summarise(context, emulator, campaign, counts, folder, started)
}

/** What a careful owner does after a newsletter; returns how many letters that took. */
async function keepRegister(context: Context): Promise<number> {
  const told = await tellByLetter(context)
  if (!(await backUpAndDrill(context))) throw new Error('the backup could not be restored')
  return told
}

async function samplePlan({ config }: Context) {
  const setting = { settleMs: config.settleMs, language: 'fi', now: clock() } as const
  return readCampaignFile(sample('kevatkirje.yaml'), setting)
}

async function importSample(context: Context): Promise<void> {
  const source = await openSource(sample('asiakasrekisteri-2016.accdb'))
  try {
    const mapping = findMapping(source.tables)
    if (!mapping) throw new Error('the bundled mapping does not fit the bundled register')
    const result = await importInto(context.db, context.keys, source, mapping, {
      actor: 'demo',
      at: clock(),
      dryRun: false,
    })
    say(
      `   ${result.people.added} people of ${result.organisations.added} organisations, ${result.activities.added} activities, ${result.notes} notes; ${result.review} to review`,
    )
  } finally {
    await source.close()
  }
}

/** Waits for a state; a halt is the demo's failure. */
async function reached({ db }: Context, { id }: CampaignRecord, state: string): Promise<void> {
  await until(
    async () => {
      const campaign = await campaignById(db, id)
      if (campaign.state === 'halted') throw new Error(campaign.haltedBecause ?? 'halted')
      return campaign.state === state
    },
    120_000,
    50,
  )
}

async function control(emulator: Emulator, act: string, body: object): Promise<void> {
  const answer = await fetch(`${emulator.url}/__control/${act}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`the emulator refused ${act}: ${await answer.text()}`)
}

/** Six recipients: two by our own link (button, one-click), one by the tool's, two bounces, one complaint. */
async function recipientsAnswer(emulator: Emulator): Promise<void> {
  const { mails } = (await (await fetch(`${emulator.url}/__control/mails`)).json()) as {
    mails: { to: string; links: string[] }[]
  }
  const [first, second, third, fourth, fifth, sixth] = mails
  for (const mail of [first, second]) {
    const link = mail?.links.find((one) => one.includes('/o/'))
    if (!link) throw new Error('a mail without our own way out')
    await fetch(link, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) })
  }
  await control(emulator, 'unsubscribe', { email: third?.to })
  await control(emulator, 'bounce', { email: fourth?.to, kind: 'hard' })
  await control(emulator, 'bounce', { email: fifth?.to, kind: 'soft' })
  await control(emulator, 'complain', { email: sixth?.to })
}

async function turnForward(emulator: Emulator, ms: number): Promise<void> {
  clock.ahead += ms
  await control(emulator, 'clock', { advanceMs: ms })
}

type State = { audiences: { members: unknown[] }[]; requests: { total: number } }

async function summarise(
  context: Context,
  emulator: Emulator,
  campaign: CampaignRecord,
  selection: Awaited<ReturnType<typeof launchable>>,
  folder: string,
  started: number,
) {
  const status = await campaignStatus(context.db, campaign.id)
  const certificate = await certificateOf(context.db, campaign.id)
  if (!certificate) throw new Error('no certificate was written')
  const file = path.join(folder, 'certificate.html')
  await mkdir(folder, { recursive: true })
  await writeFile(file, certificatePage(certificate, 'fi'))
  const state = (await (await fetch(`${emulator.url}/__control/state`)).json()) as State
  const remainingInTool = state.audiences.reduce((sum, { members }) => sum + members.length, 0)
  const summary = {
    people: selection.people,
    selected: selection.selected,
    excluded: selection.excluded,
    disclosed: status.counts.intended,
    refusedByTool: status.counts.refused,
    sent: status.sent,
    feedback: status.feedback,
    fieldsSent: certificate.fieldsSent,
    toolRequests: state.requests.total,
    remainingInTool,
    withdrawalVerified: certificate.verification !== null && certificate.counts.remaining === 0,
    certificate: file,
    seconds: Math.round((Date.now() - started) / 100) / 10,
  }
  say(
    `\nIn the tool now: ${remainingInTool === 0 ? 'nobody' : remainingInTool}. Verified ${certificate.times.verified}; ${state.audiences.length} audiences left.`,
  )
  say(
    `opted out ${status.feedback.optedOut}, bounced ${status.feedback.bounced}, complained ${status.feedback.complained}: all in the register`,
  )
  say(`${summary.toolRequests} requests to the tool, ${summary.seconds} s. The certificate: ${file}`)
  return summary
}

/** The console stays, with the register as the campaign left it, another newsletter as a draft, and a login that works once. */
async function untilTold(context: Context, emulator: string, folder: string): Promise<void> {
  const { db, keys, config } = context
  // From here on a person watches: the story's one second would have the preview count hundreds of thousands of requests.
  config.pollMs = 15 * 60_000
  await draftCampaign(
    db,
    { ...(await samplePlan(context)), name: 'kesakirje', subject: 'Kesän vinkit' },
    'demo',
    clock(),
  )
  const { id } = await addAccount(db, keys, { name: 'erja', role: 'owner' }, { actor: 'demo', at: clock() })
  const code = await newCode(db, keys, id, clock(), { enters: true })
  say(`\nThe console: ${config.publicUrl}/console/first?code=${code}`)
  say(
    'This login works once. The password and the second factor are asked for only where there is a register to protect.',
  )
  const lupa = fileURLToPath(new URL('../src/cli/lupa.mjs', import.meta.url))
  say(`Commands about this register: cd ${folder} && node ${lupa} compliance report`)
  say(`The make-believe Mailchimp: ${emulator}/__control/state · Ctrl-C ends both.`)
  await new Promise<void>((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve))
}

try {
  await main()
} catch (error) {
  say(error instanceof Error && error.constructor === Error ? error.message : sentenceOf(error))
  if (process.env['LOG_LEVEL'] === 'debug') console.error(error)
  process.exitCode = 1
}
