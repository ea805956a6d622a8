// The webhook of each audience is in order, or made anew, or done without.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { until } from '../../src/operator/run-workers.ts'
import { campaignStatus } from '../../src/register/campaign-status.ts'
import { webhookStatus } from '../../src/register/webhooks.ts'
import { campaignIn, runStep, stillWorld } from '../support/step.ts'
import { formOf, hookOf, post, prohibited } from '../support/webhook.ts'
import type { World } from '../support/world.ts'

let world: World
beforeEach(async () => {
  world = await stillWorld({ web: true })
})
afterEach(() => world?.close())

test('before anybody is disclosed the audience has a webhook of its own, whose secrets nobody can read in the register', async () => {
  const { campaign } = await campaignIn(world, 'opened')
  const { url, secret } = hookOf(world)

  const [row, ...more] = await rows()

  const urlSecret = url.slice(url.lastIndexOf('/') + 1)
  expect(url).toBe(`${world.context.config.publicUrl}/hooks/mailchimp/${urlSecret}`)
  expect(Buffer.from(urlSecret, 'base64url')).toHaveLength(32)
  expect(more).toEqual([])
  expect(row).toMatchObject({ secretHash: world.context.keys.hash('webhook', urlSecret), madeAt: expect.any(Date) })
  const kept = Buffer.concat([Buffer.from(JSON.stringify(row)), Buffer.from(row?.sealed ?? [])])
  expect([kept.includes(secret), kept.includes(urlSecret)]).toEqual([false, false])
  expect(await webhookStatus(world.context.db, campaign.id)).toMatchObject({ works: true, problem: null })
})

test('one that is as it was made is left alone', async () => {
  await campaignIn(world, 'sent')
  const before = hookOf(world)

  await runStep(world, 'keep-webhooks', {})

  expect(hookOf(world)).toEqual(before)
  expect(await rows()).toHaveLength(1)
})

test('R4: one that is gone, or asks for other news or for our own doings, is made anew', async () => {
  await campaignIn(world, 'sent')
  const urls = [hookOf(world).url]
  const webhooks = () => [...world.emulator.state.audiences.values()].flatMap((one) => [...one.webhooks.values()])
  const spoil = [
    () => [...world.emulator.state.audiences.values()][0]?.webhooks.clear(),
    () => Object.assign(webhooks()[0]?.events ?? {}, { unsubscribe: false }),
    () => Object.assign(webhooks()[0]?.sources ?? {}, { api: true }),
    () => Object.assign(webhooks()[0] ?? {}, { url: `https://muualla.example${new URL(urls.at(-1) ?? '').pathname}` }),
  ]

  for (const act of spoil) {
    act()
    await runStep(world, 'keep-webhooks', {})
    urls.push(hookOf(world).url)
    expect(webhooks()).toHaveLength(1)
  }

  expect(new Set(urls).size).toBe(5)
  expect((await rows()).map(({ replacedBecause }) => replacedBecause)).toEqual([
    'missing',
    'changed',
    'changed',
    'changed',
    null,
  ])
  expect(await post(world, formOf(world, 'profile', { email: 'ada@paja.example' }, new Date()))).toBe(200)
})

test('one whose secret was lost with the answer is deleted and made anew; until then nobody is believed', async () => {
  await world.outside('mischief', { kind: 'drop-answer', route: 'POST /lists/:list_id/webhooks', times: 1 })
  const { campaign, people } = await campaignIn(world, 'sent')
  const lost = hookOf(world).url
  const early = await post(world, formOf(world, 'unsubscribe', { email: people[0]?.email ?? '' }, new Date()))
  expect(await webhookStatus(world.context.db, campaign.id)).toMatchObject({
    works: false,
    problem: expect.any(String),
  })

  await runStep(world, 'keep-webhooks', {})

  expect(early).toBe(403)
  expect(hookOf(world).url).not.toBe(lost)
  expect(await rows()).toMatchObject([{ problem: null, madeAt: expect.any(Date) }])
  expect(await webhookStatus(world.context.db, campaign.id)).toMatchObject({ works: true })
})

test('R3: one that said nothing although polling found news is made anew, and the news is in the register', async () => {
  const { campaign, people } = await campaignIn(world, 'sent')
  await until(async () => (await world.context.db.webhookDelivery.count()) === 1, 10_000, 20)
  await world.outside('mischief', { kind: 'lose-webhook' })
  const silent = hookOf(world).url
  await world.turn('1h')
  await world.outside('unsubscribe', { email: people[0]?.email })
  await runStep(world, 'collect-feedback', { campaignId: campaign.id })

  await runStep(world, 'keep-webhooks', {})
  const tooSoon = hookOf(world).url
  await world.turn('11m')
  await runStep(world, 'keep-webhooks', {})

  expect(tooSoon).toBe(silent)
  expect(hookOf(world).url).not.toBe(silent)
  expect(await rows()).toMatchObject([{ replacedBecause: 'silent' }, { replacedAt: null }])
  await runStep(world, 'apply-feedback', {})
  expect(await prohibited(world)).toEqual([people[0]?.email])
})

test('where the tool cannot reach us the campaign goes on by polling, and its status says why', async () => {
  await world.close()
  world = await stillWorld({ env: { LUPA_PUBLIC_URL: 'http://127.0.0.1:1' } })
  const { campaign, people } = await campaignIn(world, 'sent')
  await world.outside('unsubscribe', { email: people[0]?.email })

  await runStep(world, 'keep-webhooks', {})
  await runStep(world, 'collect-feedback', { campaignId: campaign.id })
  await runStep(world, 'apply-feedback', {})

  const status = await campaignStatus(world.context.db, campaign.id)
  expect(status).toMatchObject({ state: 'sent', halted: null, webhook: { works: false, lastAt: null } })
  expect(status.webhook?.problem).toContain('Mailchimp refused (HTTP 400)')
  expect(status.webhook?.problem).not.toMatch(/[A-Za-z0-9_-]{43}/)
  expect(await prohibited(world)).toEqual([people[0]?.email])
  expect(await rows()).toHaveLength(1)
})

const rows = () => world.context.db.webhook.findMany({ orderBy: { begunAt: 'asc' } })
