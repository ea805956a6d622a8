// A campaign that has been mailed, and the web server whose links stand in the mails: it reaches neither queue nor tool.
import { pino } from 'pino'
import { type Context, openContext } from '../../src/context.ts'
import { startWeb, type WebServer } from '../../src/http/server.ts'
import type { CampaignRecord } from '../../src/register/campaigns.ts'
import { openWorld, type TestPerson, type World } from '../support/world.ts'

export type Mailed = TestPerson & {
  /** The path of the opt-out link in this person's mail, as it was delivered. */
  link: string
}

export type MailedWorld = {
  world: World
  campaign: CampaignRecord
  /** One person after the other who has not been taken yet. */
  next: () => Mailed
  web: WebServer
  /** What the web server logged. */
  lines: Record<string, unknown>[]
  close: () => Promise<void>
}

/** Mails one campaign to `count` people, and opens the pages. The caller closes it. */
export async function openMailedWorld(count: number): Promise<MailedWorld> {
  const world = await openWorld()
  const people = await world.people(count)
  const campaign = await world.draft()
  await world.launch(campaign)
  await world.reached(campaign, 'sent')
  const mails = await world.mails()
  const waiting = people.map((person) => ({ ...person, link: linkTo(person, mails) }))
  const lines: Record<string, unknown>[] = []
  const context = await cutOff(world, lines)
  const web = await startWeb(context)
  return {
    ...{ world, web, lines },
    campaign: await world.reached(campaign, 'sent'),
    next: () => {
      const person = waiting.shift()
      if (!person) throw new Error('mail more people')
      return person
    },
    close: async () => {
      await web.close()
      await context.close()
      await world.close()
    },
  }
}

/** The same register with a Redis and a tool that nobody can reach. */
async function cutOff({ context: { config, clock } }: World, lines: Record<string, unknown>[]): Promise<Context> {
  const unreachable = 'http://127.0.0.1:1/3.0'
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  return openContext(
    { ...config, port: 0, redisUrl: 'redis://127.0.0.1:1', mailchimp: { ...config.mailchimp, baseUrl: unreachable } },
    { clock, log },
  )
}

function linkTo({ email }: TestPerson, mails: { to: string; links: string[] }[]): string {
  const link = mails.find(({ to }) => to === email)?.links.find((one) => one.includes('/o/'))
  if (!link) throw new Error('a mail has no opt-out link')
  return new URL(link).pathname
}
