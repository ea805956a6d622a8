// The owner's whole story in a browser: in with a second factor, the Access register, a newsletter, and nobody in the tool.
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { expect, test, vi } from 'vitest'
import { totpCodeAt } from '../../src/http/console/totp.ts'
import { flaws, looks } from '../support/chromium.ts'
import { inChromium } from '../support/in-chromium.ts'
import { openWorld, type World } from '../support/world.ts'
import { enrolled, password } from './console-visitor.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 180_000 })

let world: World
let browser: Browser
inChromium(
  () => openWorld({ web: true }),
  (chromium, opened) => {
    browser = chromium
    world = opened
  },
)

const patience = { timeout: 90_000 }
const sample = (name: string) => fileURLToPath(new URL(`../../prisma/sample/${name}`, import.meta.url))
const heading = (page: Page, text: string | RegExp) =>
  page.getByRole('heading', { level: 1, name: text }).waitFor(patience)
const go = (page: Page, part: string) => page.getByRole('navigation').getByRole('link', { name: part }).click()

/** Name, password and the code that the app shows now; a code is good once, so the clock goes on first. */
async function logIn(context: BrowserContext, name: string, secret: string, button: string): Promise<Page> {
  await world.turn('1m')
  const page = await context.newPage()
  await page.goto(`${world.context.config.publicUrl}/console`)
  await page.locator('input[name=name]').fill(name)
  await page.locator('input[name=password]').fill(password)
  await page.locator('input[name=code]').fill(totpCodeAt(secret, world.context.clock()))
  await page.getByRole('button', { name: button }).click()
  return page
}

test('on a phone, in Finnish: the register comes in, a newsletter goes out, a no comes back, and nobody is left in the tool', async () => {
  const { secret } = await enrolled(world, 'erja')
  const context = await browser.newContext({ ...looks[0], locale: 'fi-FI' })
  const page = await logIn(context, 'erja', secret, 'Kirjaudu')
  const failures: string[] = []
  page.on('pageerror', (error) => failures.push(String(error)))
  await heading(page, 'Postitustyökalussa ei ole nyt ketään.')

  await go(page, 'Tuonnit')
  await page.getByLabel('Asiakastiedosto').setInputFiles(sample('asiakasrekisteri-2016.accdb'))
  await page.getByRole('button', { name: 'Kokeile ensin' }).click()
  await heading(page, 'Tulisi 298 uutta, ja 0 muuttuisi.')
  expect(await flaws(page)).toEqual([])
  await page.getByLabel('Sama tiedosto').setInputFiles(sample('asiakasrekisteri-2016.accdb'))
  await page.getByRole('button', { name: /^Tuo/ }).click()
  await page.getByText('Tiedosto on tuotu').waitFor(patience)

  await go(page, 'Uutiskirjeet')
  await page.getByRole('link', { name: 'Uusi uutiskirje' }).click()
  await page.getByLabel('Nimi', { exact: true }).fill('kevätkirje')
  await page.getByLabel('Otsikko').fill('Kevään <vinkit>')
  await page.getByLabel('Kirje tiedostona').setInputFiles(sample('kirje.html'))
  await page.getByRole('button', { name: 'Jatka' }).click()
  await heading(page, 'Kirje lähtisi 166 ihmiselle.')
  await page.frameLocator('iframe').getByText(/^Hei /).waitFor(patience)
  expect(await flaws(page)).toEqual([])
  await page.getByRole('link', { name: 'lupaa ei ole' }).click()
  await heading(page, 'Ei saa: lupaa ei ole')
  await page.goBack()

  await page.getByRole('button', { name: 'Lähetä 166 ihmiselle' }).click()
  await heading(page, 'Työkalussa on nyt 166 ihmistä.')
  await page.getByText('Tyhjennä työkalu nyt').first().waitFor(patience)
  await expect.poll(async () => (await world.mails()).length, patience).toBeGreaterThan(0)
  const [mail] = await world.mails()
  const link = new URL(mail?.links.find((one) => one.includes('/o/')) as string).pathname
  const recipient = await (await browser.newContext({ locale: 'fi-FI' })).newPage()
  await recipient.goto(`${world.context.config.publicUrl}${link}`)
  await recipient.getByRole('button').first().click()
  await recipient.getByText('Selvä.').waitFor(patience)
  await page.getByRole('cell', { name: 'oma peruutuslinkki' }).waitFor(patience)
  await heading(page, 'Työkalussa on nyt 165 ihmistä.')

  await world.turn('73h')
  // A session does not outlive three days without its owner: they log in anew.
  const back = await logIn(context, 'erja', secret, 'Kirjaudu')
  await heading(back, 'Postitustyökalussa ei ole nyt ketään.')
  await back.getByRole('link', { name: 'todistus' }).click()
  await back.getByText('Työkalussa ei ole ketään').first().waitFor(patience)
  await back.goto(`${world.context.config.publicUrl}/console/opt-outs`)
  await back
    .getByRole('row', { name: /oma peruutuslinkki/ })
    .getByRole('link')
    .last()
    .click()
  await back.getByText('Ei saa uutiskirjettä: markkinointikielto.').waitFor(patience)

  expect((await world.tool()).audiences.flatMap(({ members }) => members)).toEqual([])
  expect(failures).toEqual([])
  const { db } = world.context
  const done = ['register-imported', 'campaign-drafted', 'campaign-approved']
  const named = await db.audit.findMany({ where: { actor: 'erja', action: { in: done } }, orderBy: { seq: 'asc' } })
  expect(named.map(({ action }) => action)).toEqual(done)
  await context.close()
})

test('without script a newsletter is pasted, changed, tested, launched for later and cancelled', async () => {
  const { secret } = await enrolled(world, 'aino')
  await world.people(2)
  const context = await browser.newContext({ locale: 'en-GB', javaScriptEnabled: false })
  const page = await logIn(context, 'aino', secret, 'Log in')
  await go(page, 'Campaigns')
  await page.getByRole('link', { name: 'New campaign' }).click()
  await page.getByLabel('Name', { exact: true }).fill('syyskirje')
  await page.getByLabel('Subject').fill('Syksy')
  await page
    .getByLabel('The newsletter as text')
    .fill(
      '<mjml><mj-body><mj-section><mj-column><mj-text>Hei *|FNAME|*</mj-text></mj-column></mj-section></mj-body></mjml>',
    )
  await page.getByLabel('customer').check()
  await page.getByRole('button', { name: 'Go on' }).click()
  await heading(page, /people would get this/)
  await page.getByRole('link', { name: 'Edit the campaign' }).click()
  const soon = new Date(world.context.clock().getTime() + 5 * 86_400_000).toISOString().slice(0, 16)
  await page.getByLabel('When').fill(soon)
  await page.getByRole('button', { name: 'Go on' }).click()
  await heading(page, /people would get this/)

  await page.getByText('Send a test to yourself').click()
  await page.getByRole('button', { name: 'Send the test' }).click()
  await page.getByText('The test has been ordered from the tool.').waitFor(patience)
  await page.getByRole('button', { name: /^Send to \d+ people$/ }).click()
  await heading(page, 'Nobody has been disclosed yet.')
  await page.getByText('Cancel the campaign').first().click()
  await page.getByRole('button', { name: 'Cancel the campaign' }).click()
  await heading(page, 'Cancelled before anybody was disclosed.')

  const drafts = await world.context.db.campaign.findMany({
    where: { name: 'syyskirje' },
    orderBy: { createdAt: 'asc' },
  })
  expect(drafts.map(({ state, outcome, approvedAt }) => [state, outcome, approvedAt !== null])).toEqual([
    ['closed', 'cancelled', false],
    ['closed', 'cancelled', true],
  ])
  await context.close()
})
