// Deliveries by hand: what the make-believe tool would post, signed with its own secret, in any order and as often as a test likes.
import { signature } from '../emulator/mailchimp/webhooks.ts'
import type { TestPerson, World } from './world.ts'

/** The webhook of the only audience, as the emulator holds it. */
export function hookOf({ emulator }: World): { url: string; secret: string; audienceId: string } {
  const [audience] = emulator.state.audiences.values()
  const [webhook] = audience?.webhooks.values() ?? []
  if (!audience || !webhook) throw new Error('the tool has no webhook')
  return { url: webhook.url, secret: webhook.secret, audienceId: audience.id }
}

/** The form of a delivery; `data` becomes `data[key]`. The audience is the only one unless `data` says otherwise. */
export function formOf(world: World, type: string, data: Record<string, string>, firedAt: Date): string {
  const form = new URLSearchParams({ type, fired_at: firedAt.toISOString().slice(0, 19).replace('T', ' ') })
  for (const [key, value] of Object.entries({ list_id: hookOf(world).audienceId, ...data })) {
    form.append(`data[${key}]`, value)
  }
  return form.toString()
}

/** Posts bytes to the webhook, signed now unless told otherwise; returns the status. */
export async function post(
  world: World,
  body: string | Uint8Array,
  { headers = {}, url = hookOf(world).url }: { headers?: Record<string, string>; url?: string } = {},
): Promise<number> {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('latin1')
  const { secret } = hookOf(world)
  const signed = typeof body === 'string' ? signature(secret, world.context.clock().getTime(), text) : ''
  const answer = await fetch(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(signed ? { 'x-mailchimp-signature': signed } : {}),
      ...headers,
    },
  })
  await answer.arrayBuffer()
  return answer.status
}

/** The addresses of whoever is prohibited, by address; `among`: of these people only. */
export async function prohibited({ context }: World, among: TestPerson[] = []): Promise<(string | null)[]> {
  const only = among.length > 0 ? { id: { in: among.map(({ id }) => id) } } : {}
  const found = await context.db.person.findMany({
    where: { permission: 'prohibition', ...only },
    orderBy: { email: 'asc' },
  })
  return found.map(({ email }) => email)
}
