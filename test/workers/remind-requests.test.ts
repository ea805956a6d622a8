// A request that waits is told to whoever is responsible, by mail and in the log, by the worker that is alive anyway.
import { afterEach, expect, test } from 'vitest'
import { openRequest } from '../../src/register/requests.ts'
import { catchMail, type MailCatcher } from '../support/mail-catcher.ts'
import { runStep, stillWorld } from '../support/step.ts'
import type { World } from '../support/world.ts'

let world: World
let mailbox: MailCatcher
afterEach(async () => {
  await world.close()
  await mailbox.close()
})

test('a request due within a week is mailed about once, by a role that cannot see who asks', async () => {
  mailbox = await catchMail()
  world = await stillWorld({ env: { SMTP_URL: mailbox.url } })
  const { context } = world
  const at = context.clock()
  const receivedAt = new Date(at.getTime() - 28 * 86_400_000)
  const asked = { personId: null, kind: 'access' as const, channel: 'mail' as const, receivedAt, notes: 'Aino Aho' }
  await openRequest(context.db, asked, { actor: 'operator', at })

  await runStep(world, 'remind-requests', {})
  await runStep(world, 'remind-requests', {})

  expect(mailbox.mails.map(({ to }) => to)).toEqual(['erja@konsultti.example'])
  expect(mailbox.mails[0]?.text).not.toContain('Aino')
  await expect(context.as('worker').$queryRawUnsafe('select notes from request')).rejects.toThrow()
})

test('who could not be reached is reminded once they can be, and nobody else again that day; the next day everybody is', async () => {
  mailbox = await catchMail()
  world = await stillWorld({ env: { SMTP_URL: mailbox.url } })
  const { db, clock, config } = world.context
  Object.assign(config.company ?? {}, { alarms: ['toinen@konsultti.example'] })
  const receivedAt = new Date(clock().getTime() - 28 * 86_400_000)
  const asked = { personId: null, kind: 'access' as const, channel: 'mail' as const, receivedAt, notes: null }
  await openRequest(db, asked, { actor: 'operator', at: clock() })
  mailbox.away.add('toinen@konsultti.example')

  await runStep(world, 'remind-requests', {})
  await runStep(world, 'remind-requests', {})
  mailbox.away.clear()
  await runStep(world, 'remind-requests', {})
  await runStep(world, 'remind-requests', {})
  await world.turn('25h')
  await runStep(world, 'remind-requests', {})

  const [erja, other] = ['erja@konsultti.example', 'toinen@konsultti.example']
  expect(mailbox.mails.map(({ to }) => to)).toEqual([erja, other, erja, other])
})
