// A campaign as its owner watches it in a browser: who is in the tool, as it happens, until nobody is.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { sentences } from '../../src/http/console/finnish/sentence.ts'
import { totpCodeAt } from '../../src/http/console/totp.ts'
import { addAccount } from '../../src/register/accounts.ts'
import { flaws, spokenLooks } from '../support/chromium.ts'
import { inChromium } from '../support/in-chromium.ts'
import { openWorld, type TestPerson, type World } from '../support/world.ts'
import { csrfIn, enrolled, enterConsole, password } from './console-visitor.ts'

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

test.each(spokenLooks)('every page reads well on a phone ($locale, $colorScheme)', async (look) => {
  const paths = await everyPage()
  const found: Record<string, string[]> = {}
  const context = await browser.newContext(look)
  const page = await enterConsole(world, context)
  const failures = failuresOf(page)
  for (const path of paths) {
    await page.goto(world.context.config.publicUrl + path)
    // What is folded away is a part of the page too.
    await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true')
    found[path] = [
      ...(await flaws(page)),
      ...englishIn(await page.innerText('body'), look.locale),
      ...failures.splice(0),
    ]
  }
  const other =
    look.locale === 'fi-FI' ? await flawsAfterMistakes(page) : await flawsOfEnrolling(await browser.newContext(look))
  Object.assign(found, other)
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

test('where feedback cannot be read the tool is emptied all the same only when what is lost has been understood, and nobody is mailed again', async () => {
  const { client } = await enrolled(world, 'ilpo')
  const [person] = (await world.people(1)) as [TestPerson]
  const campaign = await world.draft({ name: 'vaiennut' })
  await world.launch(campaign)
  await world.reached(campaign, 'sent')
  const path = `/console/campaigns/${campaign.id}`
  const page = await client.get(path, { 'accept-language': 'en' })
  const csrf = await csrfIn(page.clone())

  const unsure = await client.post(`${path}/withdraw-unread`, { csrf })
  const sure = await client.post(`${path}/withdraw-unread`, { csrf, sure: 'yes' })
  await world.reached(campaign, 'closed')

  expect(await page.text()).toContain('I understand that unread feedback is lost')
  expect([unsure.status, sure.status]).toEqual([422, 303])
  expect((await world.context.db.person.findUniqueOrThrow({ where: { id: person.id } })).feedbackUnknown).toBe(true)
  const over = await (await client.get(path, { 'accept-language': 'en' })).text()
  expect(over).not.toContain('withdraw-unread')
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
      '/settings/backups',
      '/settings/company',
      '/nothing-here',
    ],
    ...['/login', '/first'],
  ].map((path) => `/console${path}`)
}

/** Whatever of ours stands in English on a page in Finnish. */
function englishIn(text: string, locale: string): string[] {
  if (locale !== 'fi-FI') return []
  const own = sentences.map(([english]) => english.split(/\{\d\}/).sort((a, b) => b.length - a.length)[0] ?? '')
  return own.filter((words) => words.length > 18 && text.includes(words)).map((words) => `in English: ${words}`)
}

/** Pages after a post: a form with a mistake in it, a refusal, a file that nobody knows, one of an account that may only look. */
async function flawsAfterMistakes(page: Page): Promise<Record<string, string[]>> {
  const { db, config } = world.context
  const found: Record<string, string[]> = {}
  const look = async (name: string) => {
    found[name] = [...(await flaws(page)), ...englishIn(await page.innerText('body'), 'fi-FI')]
  }
  const post = async (form: string, button = 'button') => {
    await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true')
    await page.locator(form).evaluate('(one) => { one.noValidate = true }')
    await page.locator(`${form} ${button}`).last().click()
  }
  await page.goto(`${config.publicUrl}/console/campaigns/new`)
  await page.locator('input[name=name]').fill('x'.repeat(90))
  await post('form[action="/console/campaigns/new"]')
  await look('a newsletter with mistakes')
  await page.goto(`${config.publicUrl}/console/settings`)
  await post('form[action$="/accounts/add"]')
  await look('an account without a name')
  await page.goto(`${config.publicUrl}/console/imports`)
  const file = {
    name: 'väki.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('Nro;Etunimi;Osoite\n1;Aino;a@b.example\n'),
  }
  await page.locator('input[type=file]').first().setInputFiles(file)
  await post('form[enctype]')
  await look('columns to choose')
  await page.locator('select').first().selectOption('firstName')
  await page.locator('input[type=file]').first().setInputFiles(file)
  await page.locator('button.main').click()
  await look('columns chosen twice')
  await page.locator('select').first().selectOption('key')
  await page.locator('input[type=file]').first().setInputFiles(file)
  await page.locator('button.main').click()
  await look('a trial')
  await page.locator('a[href$="/trial/added"]').click()
  await look('behind a count')
  await db.$executeRawUnsafe('alter table import rename to import_away')
  const broken = await page.goto(`${config.publicUrl}/console/imports`)
  await db.$executeRawUnsafe('alter table import_away rename to import')
  await look(`${broken?.status()}`)
  await page.goto(`${config.publicUrl}/console/people`)
  await page.locator('main input[name=csrf]').first().evaluate('(one) => { one.value = "x" }')
  await page.locator('main form button').first().click()
  await look('a form of long ago')
  expect(Object.keys(found)).toContain('500')
  return found
}

/** The first entry of a new account: the code, password and second factor with mistakes, recovery codes; and a wrong login. */
async function flawsOfEnrolling(context: BrowserContext): Promise<Record<string, string[]>> {
  const { db, keys, clock, config } = world.context
  const name = `uusi${(await db.account.count()) + 1}`
  const { code } = await addAccount(db, keys, { name, role: 'owner' }, { actor: 'test', at: clock() })
  const page = await context.newPage()
  const found: Record<string, string[]> = {}
  const go = async (name: string, fields: Record<string, string>) => {
    for (const [field, value] of Object.entries(fields)) await page.locator(`input[name=${field}]`).fill(value)
    await page.locator('main button').click()
    found[name] = await flaws(page)
  }
  await page.goto(`${config.publicUrl}/console/first`)
  await go('a wrong first code', { code: 'väärä' })
  await go('enrolling', { code })
  const secret = ((await page.locator('.hint code').textContent()) ?? '').replaceAll(' ', '')
  await go('enrolling with a mistake', { password: 'lyhyt', again: 'lyhyt', code: '000000' })
  await go('recovery codes', { password, again: password, code: totpCodeAt(secret, clock()) })
  expect(await page.locator('.codes li').count()).toBeGreaterThan(5)
  await page.goto(`${config.publicUrl}/console/login`)
  await go('a wrong login', { name, password: 'jokin muu', code: '000000' })
  await context.close()
  return found
}

/** What the browser holds against the page: errors, and what the page's own policy refused. */
function failuresOf(page: Page): string[] {
  const failures: string[] = []
  page.on('console', (line) => {
    // That a page which is not there is not there is no failure of it.
    if (line.type() === 'error' && !line.text().includes('status of 404')) failures.push(line.text())
  })
  page.on('pageerror', (error) => failures.push(String(error)))
  return failures
}
