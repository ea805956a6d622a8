// The browser of a test file, and the world beside it.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { openChromium } from './chromium.ts'

/**
 * Opens Chromium for the tests of a file, and beside it what `open` opens; `ready` hears of both, and both are closed at the end.
 * Without Chromium every test of the file is skipped, with the reason.
 */
export function inChromium<T extends { close: () => Promise<void> }>(
  open: () => Promise<T>,
  ready: (browser: Browser, opened: T) => void,
): void {
  let missing: string | undefined
  const toClose: { close: () => Promise<void> }[] = []
  beforeAll(async () => {
    const browser = await openChromium()
    if ('missing' in browser) {
      missing = browser.missing
      process.stderr.write(`skipped: ${missing}\n`)
      return
    }
    toClose.push(browser)
    const opened = await open()
    toClose.push(opened)
    ready(browser, opened)
  })
  afterAll(async () => {
    for (const one of toClose) await one.close()
  })
  beforeEach((context) => context.skip(missing !== undefined, missing))
}
