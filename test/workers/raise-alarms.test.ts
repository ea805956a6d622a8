// What somebody must look at: it begins, is logged and mailed once, stands in metrics and console, and ends.
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import type { AlarmKind } from '../../src/domain/alarm.ts'
import { halt } from '../../src/domain/campaign.ts'
import { Refused } from '../../src/domain/errors.ts'
import { until } from '../../src/operator/run-workers.ts'
import { alarmCounts, alarmsOn, noteGuessedLinks } from '../../src/register/alarms.ts'
import { record } from '../../src/register/campaigns.ts'
import { receiveFeedback } from '../../src/register/feedback.ts'
import { steps } from '../../workers/index.ts'
import { lupaHere } from '../support/command-line.ts'
import { catchMail, type MailCatcher } from '../support/mail-catcher.ts'
import { campaignIn, runStep, stepContext, stillWorld, walk } from '../support/step.ts'
import type { World } from '../support/world.ts'

let world: World
let mailbox: MailCatcher
const logged: string[] = []
afterEach(async () => {
  await world.close()
  await mailbox.close()
})

test('a campaign warns before its deadline and alarms after it, each by one mail and one line, and both end with it', async () => {
  mailbox = await catchMail()
  world = await stillWorld({ env: { SMTP_URL: mailbox.url } })
  const { db } = world.context
  const { campaign, people } = await campaignIn(world, 'sent')
  const told: (AlarmKind | undefined)[][] = []
  const look = async (after: string) => {
    await world.turn(after)
    await twice()
    told.push((await alarmsOn(db)).map(({ kind }) => kind))
  }
  const twice = async () => {
    await raise()
    await raise()
  }

  await look('1m') // nobody answers at the public address of this world
  await look('20m')
  await look('90h')
  await look('7h')
  await walk(world, campaign, 'withdrawing').catch(() => runStep(world, 'sweep', {}))
  await walk(world, campaign, 'closed')
  await look('0')

  expect(told).toEqual([
    [],
    ['webhook-missing'],
    ['webhook-missing', 'deadline-near'],
    ['webhook-missing', 'deadline-passed'],
    [],
  ])
  expect(mailbox.mails.map(({ to, subject }) => [to, subject])).toEqual(
    Array(3).fill(['erja@konsultti.example', 'Lupa: hälytys']),
  )
  expect(mailbox.mails[2]?.text).toContain(`${campaign.name}: määräaika`)
  expect(lines()).toEqual([
    ['webhook-missing', 50],
    ['deadline-near', 40],
    ['deadline-passed', 50],
  ])
  const everything = [...mailbox.mails.map(({ text }) => text), ...logged].join('\n')
  for (const { email, firstName } of people) {
    expect(everything).not.toContain(email)
    expect(everything).not.toContain(firstName)
  }
})

test('unapplied feedback, guessed links, a lapsed transfer and a halt are mailed too, and again only when they come again', async () => {
  mailbox = await catchMail()
  world = await stillWorld({ web: true, env: { SMTP_URL: 'smtp://127.0.0.1:9' } })
  const { db, clock, config } = world.context
  const { campaign } = await campaignIn(world, 'disclosed')
  await receiveFeedback(db, [
    {
      ...{ campaignId: campaign.id, recipientId: null, kind: 'opted-out', source: 'operator', addressHash: 'x' },
      ...{ at: clock(), receivedAt: clock(), onceKey: 'odottaa' },
    },
  ])
  await noteGuessedLinks(db, campaign.id, 2, clock())
  await record(db, campaign.id, 'worker', (one) => halt(one, 'Somebody must look.', clock()))
  Object.assign(config.company?.tool.transfer ?? {}, { nextCheck: clock().toISOString().slice(0, 10) })
  await world.turn('2h')

  // A mail server that is away: the alarms are on, and wait for it.
  await expect(raise()).rejects.toThrow()
  expect(mailbox.mails).toEqual([])
  Object.assign(config, { smtpUrl: mailbox.url })
  await raise()
  await raise()

  expect((await alarmsOn(db)).map(({ kind, mailed }) => `${kind} ${mailed}`).sort()).toEqual([
    'feedback-waiting true',
    'halted true',
    'links-guessed true',
    'transfer-lapsed true',
  ])
  expect(mailbox.mails.map(({ subject }) => subject)).toEqual(['Lupa: 4 hälytystä'])
  expect(mailbox.mails[0]?.text).toContain('Somebody must look.')
  const metrics = await (await fetch(`${config.publicUrl}/metrics`)).text()
  expect(metrics).toContain('lupa_alarms{kind="links-guessed"} 1\n')
  expect(metrics).toContain('lupa_alarms{kind="webhook-missing"} 0\n')
  const doctor = await lupaHere(['doctor', '--json'], world.env)
  expect(doctor.code).toBe(1)
  const { result, says } = JSON.parse(doctor.stdout).find(({ check }: { check: string }) => check === 'alarms')
  expect(result).toBe('failed')
  expect(says).toContain(`${campaign.name}: a campaign has stopped (Somebody must look.), since 20`)
  expect(says.split('; ')).toHaveLength(4)

  await runStep(world, 'apply-feedback', {})
  await raise()
  expect(await alarmCounts(db)).not.toHaveProperty('feedback-waiting')
  await noteGuessedLinks(db, campaign.id, 3, clock())
  await world.turn('25h')
  await raise()
  expect(await alarmCounts(db)).not.toHaveProperty('links-guessed')
  await noteGuessedLinks(db, campaign.id, 4, clock())
  await raise()
  expect(mailbox.mails).toHaveLength(3)
  expect(mailbox.mails[2]?.text).toContain('kieltolinkkejä')
})

test('an address that the mail server will not have keeps nobody else from being told; where it has none, that is not called told', async () => {
  mailbox = await catchMail()
  world = await stillWorld({ env: { SMTP_URL: mailbox.url } })
  const { db, config, clock } = world.context
  const { campaign } = await campaignIn(world, 'selected')
  await record(db, campaign.id, 'worker', (one) => halt(one, 'Somebody must look.', clock()))
  const told = async () => (await alarmsOn(db)).map(({ mailed }) => mailed)

  Object.assign(config.company ?? {}, { alarms: ['refused@konsultti.example'] })
  await expect(raise()).rejects.toThrow(Refused)
  const before = await told()
  Object.assign(config.company ?? {}, { alarms: ['refused@konsultti.example', 'erja@konsultti.example'] })
  await raise()

  expect([before, await told()]).toEqual([[false], [true]])
  expect(mailbox.mails.map(({ to }) => to)).toEqual(['erja@konsultti.example'])
})

test('when the mail server goes away between two addressees, whoever was told is not told again, and the others are once it is back', async () => {
  mailbox = await catchMail()
  world = await stillWorld({ env: { SMTP_URL: mailbox.url } })
  const { db, config, clock } = world.context
  const [first, second, third] = ['erja', 'toinen', 'kolmas'].map((name) => `${name}@konsultti.example`) as [
    string,
    string,
    string,
  ]
  Object.assign(config.company ?? {}, { alarms: [first, second, third] })
  const { campaign } = await campaignIn(world, 'selected')
  await record(db, campaign.id, 'worker', (one) => halt(one, 'Somebody must look.', clock()))
  mailbox.away.add(second).add(third)
  const told = async () => [mailbox.mails.map(({ to }) => to), (await alarmsOn(db)).map(({ mailed }) => mailed)]
  const seen: unknown[] = []
  for (const back of [null, third, null, second, null]) {
    if (back) mailbox.away.delete(back)
    await raise()
    seen.push(await told())
  }

  expect(seen).toEqual([
    [[first], [false]],
    [[first, third], [false]],
    [[first, third], [false]],
    [[first, third, second], [true]],
    [[first, third, second], [true]],
  ])
  expect(await db.told.count()).toBe(0)
})

test('an alarm that comes while another one waits for somebody is told alone to whoever knows that one', async () => {
  mailbox = await catchMail()
  world = await stillWorld({ env: { SMTP_URL: mailbox.url } })
  const { db, config, clock } = world.context
  Object.assign(config.company ?? {}, { alarms: ['erja@konsultti.example', 'toinen@konsultti.example'] })
  const { campaign } = await campaignIn(world, 'selected')
  mailbox.away.add('toinen@konsultti.example')
  await record(db, campaign.id, 'worker', (one) => halt(one, 'Somebody must look.', clock()))
  await raise()
  await noteGuessedLinks(db, campaign.id, 2, clock())
  await raise()
  mailbox.away.clear()
  await raise()

  expect(mailbox.mails.map(({ to, subject }) => `${to.split('@')[0]} ${subject}`)).toEqual([
    'erja Lupa: hälytys',
    'erja Lupa: hälytys',
    'toinen Lupa: 2 hälytystä',
  ])
})

test('feedback that nobody applies for longer than the limit is an alarm, in the log and in the metrics', async () => {
  mailbox = await catchMail()
  world = await stillWorld({ web: true })
  const { campaign, people } = await campaignIn(world, 'sent')
  await until(async () => (await world.context.db.webhookDelivery.count()) === 1, 10_000, 20)
  await runStep(world, 'apply-webhooks', {})
  await world.outside('unsubscribe', { email: people[0]?.email })
  await runStep(world, 'collect-feedback', { campaignId: campaign.id })
  const alarms: string[] = []
  const log = pino({ level: 'error' }, { write: (line: string) => void alarms.push(line) })
  const check = () => steps['raise-alarms'].run({}, { ...stepContext(world, 'raise-alarms'), log })

  await world.turn('59m')
  await check()
  const early = alarms.length
  await world.turn('2m')
  await check()

  expect(early).toBe(0)
  expect(alarms.map((line) => JSON.parse(line).msg)).toEqual(['feedback has not been applied for too long'])
  const metrics = await (await fetch(`${world.context.config.publicUrl}/metrics`)).text()
  expect(metrics).toMatch(/^lupa_feedback_overdue 1$/m)
})

async function raise(): Promise<void> {
  const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) })
  await steps['raise-alarms'].run({}, { ...stepContext(world, 'raise-alarms'), log })
}

function lines(): [string, number][] {
  return logged.map((line) => JSON.parse(line)).map(({ alarm, level }) => [alarm, level])
}
