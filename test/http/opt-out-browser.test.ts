// The opt-out page in a real browser: people can use it by every means, and a machine that opens links opts nobody out.
import type { Browser, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { flaws, type looks, spokenLooks } from '../support/chromium.ts'
import { inChromium } from '../support/in-chromium.ts'
import { type MailedWorld, openMailedWorld } from './mailed-world.ts'

let browser: Browser
let mailed: MailedWorld
inChromium(
  () => openMailedWorld(8),
  (chromium, opened) => {
    browser = chromium
    mailed = opened
  },
)

test('a scanner that opens the link, runs its scripts and follows every link opts nobody out', async () => {
  const person = mailed.next()
  const page = await browser.newPage()
  const methods = new Set<string>()
  page.on('request', (request) => methods.add(request.method()))

  const seen = await crawl(page, mailed.web.address + person.link)

  expect(seen.sort()).toEqual(['', '?lang=en', '?lang=fi'].map((query) => mailed.web.address + person.link + query))
  expect([...methods]).toEqual(['GET'])
  expect(await permissionOf(person.id)).toBe('permission')
  await page.close()
})

test('without script and cookies, by keyboard alone, two keys say no', async () => {
  const person = mailed.next()
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'fi-FI' })
  const page = await context.newPage()
  await page.goto(mailed.web.address + person.link)

  // The language link comes first, then the button.
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await Promise.all([
    page.waitForResponse((answer) => answer.request().method() === 'POST'),
    page.keyboard.press('Enter'),
  ])

  expect(await page.locator('h1').textContent()).toBe('Selvä. Et saa enää uutiskirjeitä.')
  expect(await permissionOf(person.id)).toBe('prohibition')
  expect(await context.cookies()).toEqual([])
  await context.close()
})

test('the answer can be read in the other language, and the mistake told, on the spot', async () => {
  const person = mailed.next()
  const context = await browser.newContext({ locale: 'fi-FI' })
  const page = await context.newPage()
  await page.goto(mailed.web.address + person.link)

  const headings: (string | null)[] = []
  for (const button of ['En halua', 'In English', 'This was a mistake', 'Suomeksi']) {
    await page.getByRole('button', { name: button }).click()
    headings.push(await page.locator('h1').textContent())
  }

  expect(headings).toEqual([
    'Selvä. Et saa enää uutiskirjeitä.',
    'Done. You will get no more newsletters.',
    'Thank you, your request is written down.',
    'Kiitos, pyyntösi on kirjattu.',
  ])
  expect(await permissionOf(person.id)).toBe('prohibition')
  await context.close()
})

test.each(spokenLooks)(
  'every state of the page is without flaw ($locale, $colorScheme, $viewport.width wide)',
  async (look) => {
    const person = mailed.next()
    const context = await browser.newContext(look)
    const page = await context.newPage()
    const failures: string[] = []
    page.on('console', (line) => line.type() === 'error' && failures.push(line.text()))
    await page.goto(mailed.web.address + person.link)

    const found = [await flawsOf(page, 'question', look)]
    await page.locator('main button').first().click()
    found.push(await flawsOf(page, 'done', look))
    await page.locator('main button').first().click()
    found.push(await flawsOf(page, 'mistake', look))
    await page.goto(`${mailed.web.address}/ei-mitaan`)
    found.push(await flawsOf(page, 'nothing', look))
    failures.splice(
      failures.findIndex((one) => one.includes('404')),
      1,
    )

    expect(found.flat()).toEqual([])
    // The policy let the page's own style through.
    expect(failures).toEqual([])
    expect(await page.evaluate(`getComputedStyle(document.querySelector('h1')).fontSize`)).toBe('28px')
    await context.close()
  },
)

/** All that a scanner may follow from a page: links, forms that GET, and what scripts, images and frames would load. */
async function crawl(page: Page, start: string): Promise<string[]> {
  const [seen, waiting] = [new Set<string>(), [start]]
  for (let url = waiting.pop(); url; url = waiting.pop()) {
    if (seen.has(url) || !url.startsWith(mailed.web.address)) continue
    seen.add(url)
    await page.goto(url, { waitUntil: 'networkidle' })
    const found = await page.evaluate<string[]>(
      `[...document.querySelectorAll('[href], [src], form:not([method="post"])')].map((one) => one.href || one.src || one.action)`,
    )
    waiting.push(...found)
  }
  return [...seen]
}

async function flawsOf(
  page: Page,
  state: string,
  { colorScheme, viewport }: (typeof looks)[number],
): Promise<string[]> {
  const folder = process.env['LUPA_TEST_PICTURES']
  if (folder) await page.screenshot({ path: `${folder}/opt-out-${state}-${colorScheme}-${viewport.width}.png` })
  return (await flaws(page)).map((flaw) => `${state}: ${flaw}`)
}

async function permissionOf(id: string): Promise<string | undefined> {
  return (await mailed.world.context.db.person.findUnique({ where: { id } }))?.permission
}
