// A register with a sign-up page, a mail server that keeps what it is sent, and a clock that can be turned forward.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Config, readConfig } from '../../src/config.ts'
import { type Context, openContext } from '../../src/context.ts'
import { parseDuration } from '../../src/domain/duration.ts'
import { startWeb, type WebServer } from '../../src/http/server.ts'
import { testDatabase } from '../support/database.ts'
import { catchMail, type MailCatcher } from '../support/mail-catcher.ts'

export type JoinWorld = {
  context: Context
  web: WebServer
  catcher: MailCatcher
  /** Turns the clock forward, as `48h`. */
  turn: (by: string) => void
  /** The same register with other settings, on a server of its own. */
  withConfig: (settings: Partial<Config>) => Promise<{ context: Context; web: WebServer; close: () => Promise<void> }>
  close: () => Promise<void>
}

const company = fileURLToPath(new URL('../../prisma/sample/lupa.yaml', import.meta.url))

/** Opens it. The caller closes it. */
export async function openJoinWorld(): Promise<JoinWorld> {
  const database = await testDatabase()
  const catcher = await catchMail()
  const config = readConfig({
    LUPA_HOME: database.home,
    LUPA_CONFIG: path.resolve(company),
    DATABASE_URL: database.url,
    LUPA_PUBLIC_URL: 'https://uutiset.konsultti.example',
    HOST: '127.0.0.1',
    PORT: '0',
    SMTP_URL: catcher.url,
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent',
  })
  let ahead = 0
  const clock = () => new Date(Date.now() + ahead)
  const withConfig: JoinWorld['withConfig'] = async (settings) => {
    const context = await openContext({ ...config, ...settings }, { clock })
    const web = await startWeb(context)
    const close = async () => {
      await web.close()
      await context.close()
    }
    return { context, web, close }
  }
  const own = await withConfig({})
  return {
    ...own,
    ...{ catcher, withConfig },
    turn: (by) => {
      ahead += parseDuration(by) ?? Number.NaN
    },
    close: async () => {
      await own.close()
      await catcher.close()
      await database.close()
    },
  }
}

export type Answer = { status: number; location: string | null; text: string; headers: Headers }

/** A page as a browser without cookies asks for it, redirects not followed. */
export async function ask(url: string, options: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(url, { redirect: 'manual', ...options })
  const { status, headers } = answer
  return { status, location: headers.get('location'), text: await answer.text(), headers }
}

/** The signed time in a form. */
export function stampIn(html: string): string {
  return /name="stamp" value="([^"]+)"/.exec(html)?.[1] ?? ''
}

/** The path of the confirmation link in the newest mail. */
export function confirmationIn({ mails }: MailCatcher): string {
  const link = /https:\/\/uutiset\.konsultti\.example(\/join\/confirm\/\S+)/.exec(mails.at(-1)?.text ?? '')?.[1]
  if (!link) throw new Error('the newest mail has no confirmation link')
  return link
}
