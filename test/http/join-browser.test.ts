// The pages of a sign-up in a real browser: every one of them without flaw, and a whole sign-up without script or mouse.
import type { Browser, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { flaws, spokenLooks } from '../support/chromium.ts'
import { inChromium } from '../support/in-chromium.ts'
import { confirmationIn, type JoinWorld, openJoinWorld } from './join-world.ts'

let browser: Browser
let world: JoinWorld
inChromium(
  () => openJoinWorld(),
  (chromium, opened) => {
    browser = chromium
    world = opened
  },
)

test('a whole sign-up needs neither script nor cookie nor mouse', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'fi-FI' })
  const page = await context.newPage()
  await page.goto(`${world.web.address}/join`)

  // The language link, then the fields as they stand on the page; the trap is passed over.
  await page.keyboard.press('Tab')
  for (const value of ['Maija', 'Mallikas', 'maija.mallikas@talo.example', 'Talo Oy']) {
    await page.keyboard.press('Tab')
    await page.keyboard.type(value)
  }
  world.turn('5s')
  await Promise.all([page.waitForURL(/sent/), page.keyboard.press('Enter')])
  const sent = await page.locator('h1').textContent()
  await page.goto(world.web.address + confirmationIn(world.catcher))
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await Promise.all([
    page.waitForResponse((answer) => answer.request().method() === 'POST'),
    page.keyboard.press('Enter'),
  ])

  expect([sent, await page.locator('h1').textContent()]).toEqual([
    'Katso sähköpostisi.',
    'Kiitos. Tilauksesi on vahvistettu.',
  ])
  expect(await context.cookies()).toEqual([])
  expect(await world.context.db.person.findMany({ select: { lastName: true, permission: true } })).toEqual([
    { lastName: 'Mallikas', permission: 'permission' },
  ])
  await context.close()
})

test.each(spokenLooks)(
  'every page of a sign-up is without flaw ($locale, $colorScheme, $viewport.width wide)',
  async (look) => {
    const context = await browser.newContext(look)
    const page = await context.newPage()
    const errors: string[] = []
    page.on('console', (line) => /policy/i.test(line.text()) && errors.push(line.text()))
    const byMail = await world.withConfig({ smtpUrl: null })
    const noMail = await world.withConfig({ smtpUrl: 'smtp://127.0.0.1:1' })
    const found: string[] = []
    const looked = async (name: string) => {
      const folder = process.env['LUPA_TEST_PICTURES']
      const picture = `join-${name}-${look.colorScheme}-${look.viewport.width}.png`
      if (folder) await page.screenshot({ path: `${folder}/${picture}`, fullPage: true })
      found.push(...(await flaws(page)).map((flaw) => `${name}: ${flaw}`))
    }

    await page.goto(`${world.web.address}/join`)
    await looked('form')
    await send(page, { firstName: '', email: 'maija' })
    await looked('mistakes')
    await page.goto(`${world.web.address}/join`)
    await send(page, {}, '0')
    await looked('again')
    await send(page, {})
    await looked('sent')
    await page.goto(world.web.address + confirmationIn(world.catcher))
    await looked('confirm')
    await page.locator('main button').first().click()
    await looked('confirmed')
    await page.goto(`${world.web.address}/join/confirm/vanha`)
    await page.locator('main button').first().click()
    await looked('unknown')
    await page.goto(`${byMail.web.address}/join`)
    await looked('by-mail')
    await page.goto(`${noMail.web.address}/join`)
    await send(page, {})
    await looked('failed')

    expect(found).toEqual([])
    expect(errors).toEqual([])
    await Promise.all([context.close(), byMail.close(), noMail.close()])
    world.turn('24h')
  },
)

/** Fills the form in and sends it after a while (as `5s`). */
async function send(page: Page, differs: Record<string, string>, after = '5s'): Promise<void> {
  const typed = { firstName: 'Maija', lastName: 'Mallikas', email: 'maija.mallikas@talo.example', ...differs }
  for (const [name, value] of Object.entries(typed)) await page.fill(`#${name}`, value)
  world.turn(after)
  await page.locator('main button').click()
}
