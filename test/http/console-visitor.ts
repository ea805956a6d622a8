// Somebody at the console: over plain HTTP with a cookie, or in Chromium; and how tests get past the login.
import type { BrowserContext, Page } from 'playwright-core'
import { totpCodeAt } from '../../src/http/console/totp.ts'
import { type AccountRole, addAccount, newCode } from '../../src/register/accounts.ts'
import type { World } from '../support/world.ts'

export const password = 'koivu kasvaa hitaasti'

export type Visitor = {
  get: (path: string, headers?: Record<string, string>) => Promise<Response>
  /** Posts a form; redirects are not followed. */
  post: (path: string, body: Record<string, string>, headers?: Record<string, string>) => Promise<Response>
  cookie: () => string
}

/** A client that keeps its session cookie and nothing else. */
export function visitor(address: string): Visitor {
  let cookie = ''
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${address}${path}`, {
      redirect: 'manual',
      ...init,
      headers: { ...init.headers, ...(cookie ? { cookie } : {}) },
    })
    for (const one of answer.headers.getSetCookie()) if (one.startsWith('lupa=')) cookie = one.split(';')[0] as string
    return answer
  }
  return {
    get: (path, headers = {}) => ask(path, { headers }),
    post: (path, body, headers = {}) => ask(path, { method: 'POST', body: new URLSearchParams(body), headers }),
    cookie: () => cookie,
  }
}

/** The hidden field that forms of a page carry. */
export async function csrfIn(answer: Response): Promise<string> {
  return /name="csrf" value="([^"]+)"/.exec(await answer.text())?.[1] ?? ''
}

/** Makes an account and lets it choose its password; returns the secret of its second factor, and its recovery codes. */
export async function enrolled(world: World, name: string, role: AccountRole = 'owner') {
  const { db, keys, clock, config } = world.context
  const { code } = await addAccount(db, keys, { name, role }, { actor: 'test', at: clock() })
  const client = visitor(config.publicUrl as string)
  await client.post('/console/first', { code })
  const page = await (await client.get('/console/enrol', { 'accept-language': 'en' })).text()
  const secret = (/<code>([A-Z2-7 ]+)<\/code>/.exec(page)?.[1] ?? '').replaceAll(' ', '')
  const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
  const one = { password, again: password, csrf, code: totpCodeAt(secret, clock()) }
  const last = await (await client.post('/console/enrol', one)).text()
  const recovery = [...last.matchAll(/<li>([a-z0-9]{5}-[a-z0-9]{5})<\/li>/g)].map(([, found]) => found as string)
  return { client, secret, recovery }
}

/** A page of Chromium that is logged in as a new account. */
export async function enterConsole(
  world: World,
  browser: BrowserContext,
  { name = 'erja', role = 'owner' as AccountRole } = {},
): Promise<Page> {
  const { db, keys, clock, config } = world.context
  const by = { actor: 'test', at: clock() }
  const known = await db.account.findUnique({ where: { name } })
  const id = known?.id ?? (await addAccount(db, keys, { name, role }, by)).id
  const code = await newCode(db, keys, id, by.at, { enters: true })
  const page = await browser.newPage()
  await page.goto(`${config.publicUrl}/console/first?code=${code}`)
  await page.getByRole('main').getByRole('button').click()
  await page.waitForURL('**/console')
  return page
}
