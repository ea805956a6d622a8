// A campaign as its owner watches it in a browser: who is in the tool, as it happens, until nobody is.
import type { Browser, Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { flaws, looks } from '../support/chromium.ts'
import { inChromium } from '../support/in-chromium.ts'
import { openWorld, type World } from '../support/world.ts'
import { csrfIn, enrolled, enterConsole } from './console-visitor.ts'

// A campaign's whole life beside a browser; a busy machine takes its time.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

let world: World
let browser: Browser
inChromium(
  () => openWorld({ web: true }),
  (chromium, opened) => {
    browser = chromium
    world = opened
  },
)

const patience = { timeout: 60_000 }
const heading = (page: Page, text: string) => page.getByRole('heading', { level: 1, name: text }).waitFor(patience)

test('the owner watches people go to the tool and come back, without touching the page, and holds the certificate', async () => {
  const context = await browser.newContext({ locale: 'fi-FI' })
  const page = await enterConsole(world, context)
  const failures = failuresOf(page)
  await heading(page, 'Postitustyökalussa ei ole nyt ketään.')
  const people = await world.people(7)
  const campaign = await world.draft()
  await world.launch(campaign)
  await heading(page, 'Postitustyökalussa on nyt 7 ihmistä.')
  await world.reached(campaign, 'sent')

  await page.getByRole('link', { name: 'kevatkirje' }).click()
  await heading(page, 'Työkalussa on nyt 7 ihmistä.')
  const mail = (await world.mails()).find(({ to }) => to === people[0]?.email)
  await fetch(mail?.links.find((one) => one.includes('/o/')) as string, { method: 'POST' })
  await page.getByRole('cell', { name: 'oma peruutuslinkki' }).waitFor(patience)
  await heading(page, 'Työkalussa on nyt 6 ihmistä.')
  expect(await flaws(page)).toEqual([])

  await page.getByText('Tyhjennä työkalu nyt').first().click()
  await page.getByRole('button', { name: 'Tyhjennä työkalu nyt' }).click()
  await heading(page, 'Lähetettiin 7 ihmiselle. Työkalussa ei ole enää ketään.')
  await page.getByRole('link', { name: 'Todistus' }).click()
  await page.getByText('Työkalussa ei ole ketään').first().waitFor(patience)
  await page.goBack()
  await page.getByRole('link', { name: 'Nyt', exact: true }).click()
  await heading(page, 'Postitustyökalussa ei ole nyt ketään.')

  expect(failures).toEqual([])
  const ordered = await world.context.db.audit.findMany({ where: { campaignId: campaign.id, actor: 'erja' } })
  expect(ordered.map(({ action }) => action)).toEqual(['withdrawal-started'])
  await context.close()
})

// Every page in one of the two languages by day, in the other by night: each pair of the four is not worth the time.
test.each([
  { ...looks[0], locale: 'fi-FI' },
  { ...looks[1], locale: 'en-GB' },
])('every page reads well on a phone ($locale, $colorScheme)', async (look) => {
  const paths = await everyPage()
  const found: Record<string, string[]> = {}
  const context = await browser.newContext(look)
  const page = await enterConsole(world, context)
  const failures = failuresOf(page)
  for (const path of paths) {
    await page.goto(world.context.config.publicUrl + path)
    // What is folded away is a part of the page too.
    await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true')
    found[path] = [...(await flaws(page)), ...failures.splice(0)]
  }
  await context.close()

  expect(Object.entries(found).filter(([, flaw]) => flaw.length > 0)).toEqual([])
  expect(Object.keys(found).length).toBeGreaterThan(18)
})

test('without script the same pages say the same, and only do not move by themselves', async () => {
  const context = await browser.newContext({ locale: 'en-GB', javaScriptEnabled: false })
  const page = await enterConsole(world, context)
  const campaign = await world.draft({ name: 'hiljainen' })
  await world.launch(campaign)
  await world.reached(campaign, 'sent')

  await page.reload()
  await page.getByRole('link', { name: 'hiljainen' }).click()
  await page.getByText('Empty the tool now').first().click()
  await page.getByRole('button', { name: 'Empty the tool now' }).click()
  await world.reached(campaign, 'closed')
  await page.reload()

  await heading(page, 'Sent to 6 people. Nobody is left in the tool.')
  await context.close()
})

test('a viewer sees no button, and an order of theirs is refused', async () => {
  const { client } = await enrolled(world, 'katsoja', 'viewer')
  const campaign = await world.draft({
    name: 'odottava',
    sendAt: new Date(world.context.clock().getTime() + 86_400_000),
  })
  await world.launch(campaign)
  const page = await client.get(`/console/campaigns/${campaign.id}`, { 'accept-language': 'en' })
  const csrf = await csrfIn(page.clone())

  const answer = await client.post(`/console/campaigns/${campaign.id}/cancel`, { csrf })

  expect((await page.text()).includes('Cancel the campaign')).toBe(false)
  expect(answer.status).toBe(403)
  expect((await world.context.db.campaign.findUniqueOrThrow({ where: { id: campaign.id } })).state).toBe('approved')
})

/** The path of every page, each with something on it. */
async function everyPage(): Promise<string[]> {
  const { db, clock } = world.context
  const { id: closed } = await db.campaign.findFirstOrThrow({ where: { state: 'closed' } })
  const known = await db.campaign.findFirst({ where: { state: 'draft' } })
  const { id: draft } = known ?? (await world.draft({ name: 'luonnos' }))
  const { id: personId } = await db.person.findFirstOrThrow({ orderBy: { lastName: 'asc' } })
  const item = { code: 'DOUBTFUL_ADDRESS', personId, detail: 'a@b.example, c', place: 'Sähköposti', createdAt: clock() }
  const review = await db.reviewItem.upsert({ where: { onceKey: 'x' }, create: { ...item, onceKey: 'x' }, update: {} })
  const asked = { personId, kind: 'access', channel: 'mail', receivedAt: clock(), openedAt: clock(), openedBy: 'test' }
  const request = (await db.request.findFirst()) ?? (await db.request.create({ data: asked }))
  return [
    ...[
      '',
      '/campaigns',
      `/campaigns/${closed}`,
      `/campaigns/${closed}/people`,
      '/campaigns/new',
      `/campaigns/${draft}/launch`,
    ],
    ...[
      '/people',
      `/people/${personId}`,
      '/opt-outs',
      '/reviews',
      `/reviews/${review.id}`,
      '/requests',
      `/requests/${request.id}`,
    ],
    ...[
      '/imports',
      '/disclosures',
      '/compliance',
      '/compliance/inventory',
      '/compliance/record',
      '/retention',
      '/settings',
    ],
    ...['/login', '/first'],
  ].map((path) => `/console${path}`)
}

/** What the browser holds against the page: errors, and what the page's own policy refused. */
function failuresOf(page: Page): string[] {
  const failures: string[] = []
  page.on('console', (line) => line.type() === 'error' && failures.push(line.text()))
  page.on('pageerror', (error) => failures.push(String(error)))
  return failures
}
