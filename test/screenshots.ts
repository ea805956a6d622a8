// npm run screenshots: pictures of the main pages for the README, taken from the running demo. Needs Chromium.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { openChromium } from './support/chromium.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = path.join(root, 'docs', 'pictures')
/** A picture in the README that is larger than this is a mistake: bytes. */
const most = 150_000
const wide = { width: 1100, height: 720 }
const phone = { width: 390, height: 760 }

async function main(): Promise<void> {
  const browser = await openChromium()
  if ('missing' in browser) throw new Error(browser.missing)
  const demo = spawn(process.execPath, ['--import', 'tsx', 'test/demo.ts', '--keep'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  try {
    mkdirSync(folder, { recursive: true })
    await takePictures(browser, await loginOf(demo))
  } finally {
    await browser.close()
    demo.kill('SIGINT')
    await new Promise((resolve) => (demo.exitCode === null ? demo.once('exit', resolve) : resolve(null)))
  }
}

/** The address with the one-time login that the demo prints at its end. */
function loginOf(demo: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    demo.stderr?.on('data', (part) => {
      said += part
      const found = /The console: (\S+)/.exec(said)?.[1]
      if (found) resolve(found)
    })
    demo.once('exit', () => reject(new Error(`The demo ended before its console was there:\n${said}`)))
  })
}

async function takePictures(browser: Browser, login: string): Promise<void> {
  const context = await browser.newContext({ locale: 'fi-FI', viewport: wide, colorScheme: 'light' })
  const page = await context.newPage()
  await page.goto(login)
  await page.getByRole('main').getByRole('button').click()
  await page.getByRole('heading', { level: 1, name: 'Postitustyökalussa ei ole nyt ketään.' }).waitFor()
  await picture(page, 'now')

  await page.getByRole('link', { name: 'Ihmiset' }).click()
  await page.getByLabel(/^Nimi, sähköposti/).fill('etu2.suku2@')
  await page.getByRole('button', { name: 'Etsi' }).click()
  await page.locator('tbody a').first().click()
  await page.getByRole('heading', { name: 'Markkinointilupa' }).waitFor()
  await picture(page, 'person')

  await page.getByRole('link', { name: 'Nyt' }).click()
  await page.getByRole('link', { name: 'kesakirje' }).click()
  await page.getByRole('button', { name: /^Lähetä \d+ ihmiselle$/ }).waitFor()
  await picture(page, 'launch')
  await page.getByRole('button', { name: /^Lähetä \d+ ihmiselle$/ }).click()
  await page.getByText('Tyhjennä työkalu nyt').first().waitFor()

  // While these are in the tool the phone looks at them; then at the one that is over.
  const state = await context.storageState()
  const small = await browser.newContext({ locale: 'fi-FI', viewport: phone, colorScheme: 'dark', storageState: state })
  const pocket = await small.newPage()
  await pocket.goto(page.url())
  await picture(pocket, 'campaign-phone')
  await page.getByRole('link', { name: 'Uutiskirjeet' }).first().click()
  await page.getByRole('link', { name: 'kevatkirje' }).click()
  await page.locator('.exposure').waitFor()
  await picture(page, 'campaign')
}

async function picture(page: Page, name: string): Promise<void> {
  const file = path.join(folder, `${name}.png`)
  await page.screenshot({ path: file })
  const { size } = statSync(file)
  process.stderr.write(`${path.relative(root, file)}  ${Math.round(size / 1000)} kB\n`)
  if (size > most) throw new Error(`${name}.png is larger than ${most / 1000} kB.`)
}

await main()
