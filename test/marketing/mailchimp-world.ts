// Mailchimp as the tests meet it: the emulator over real HTTP, and the people at its other end.
import { openTool } from '../../src/marketing/tools.ts'
import { startEmulator } from '../emulator/mailchimp/emulator.ts'
import type { ToolWorld } from './contract.ts'

export type MailchimpWorld = ToolWorld & {
  emulator: Awaited<ReturnType<typeof startEmulator>>
  settings: { apiKey: string; baseUrl: string }
  /** Orders something of the control surface; throws when it refuses. */
  control: (path: string, body: object) => Promise<void>
}

/** An empty Mailchimp account of the largest plan, unless told otherwise. */
export async function openMailchimpWorld(options: Parameters<typeof startEmulator>[0] = {}): Promise<MailchimpWorld> {
  const emulator = await startEmulator({ plan: 'premium', ...options })
  const settings = { apiKey: emulator.apiKey, baseUrl: `${emulator.url}/3.0` }
  const control = async (path: string, body: object): Promise<void> => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${emulator.url}/__control${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`)
  }
  return {
    emulator,
    settings,
    control,
    open: () => openTool('mailchimp', settings),
    optOut: (list, email) => control('/unsubscribe', { list, email }),
    bounce: (list, email, kind) => control('/bounce', { list, email, kind }),
    complain: (list, email) => control('/complain', { list, email }),
    close: async () => {
      await emulator.close()
    },
  }
}
