// The Chromium of this machine for page tests, and what an accessibility checker finds on a page.
import { existsSync } from 'node:fs'
import path from 'node:path'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'

/** Starts Chromium, or says why there is none. The caller closes it. */
export async function openChromium(): Promise<Browser | { missing: string }> {
  const executablePath = names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(existsSync)
  if (!executablePath) return { missing: `no Chromium on PATH (${names.join(', ')})` }
  // Its sandbox cannot be had as root, and it must call nobody.
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-background-networking', '--no-first-run'],
  })
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome.exe', 'msedge.exe']
const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter(Boolean)

/** A small phone in the light, and one in the dark. */
export const looks = (['light', 'dark'] as const).map((colorScheme) => ({
  colorScheme,
  viewport: { width: 360, height: 740 },
}))

/** Each look with one of our two languages: every pair of the four is not worth the time. */
export const spokenLooks = looks.map((look) => ({ ...look, locale: look.colorScheme === 'light' ? 'fi-FI' : 'en-GB' }))

/** What axe-core holds against the page by WCAG 2.1 A and AA, and its best practices; and whether anything is cut off at the side. */
export async function flaws(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') }
    const { violations } = await axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
  const wide = await page.evaluate('document.documentElement.scrollWidth > window.innerWidth')
  return wide ? [...found, 'wider than the window'] : found
}
