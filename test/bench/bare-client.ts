// A client that does nothing but ask: node's own HTTP with connections kept, so that what it takes is the tool's own time.
import { Agent, request } from 'node:http'
import type { ToolAccess } from './stage.ts'

export type BareClient = {
  /** Asks once; the answer as JSON, or null where there is none. A refusal is an answer too. */
  ask: (method: string, path: string, body?: unknown) => Promise<Record<string, unknown> | null>
  /** Does so many things, as many at a time as there are connections. */
  spread: (times: number, act: (place: number) => Promise<unknown>) => Promise<void>
  asked: () => number
  close: () => void
}

/** Opens a client with so many connections. */
export function bareClient({ url, apiKey }: ToolAccess, connections: number): BareClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  let asked = 0
  const ask: BareClient['ask'] = (method, path, body) => {
    asked += 1
    const text = body === undefined ? '' : JSON.stringify(body)
    const headers = {
      authorization: `Bearer ${apiKey}`,
      ...(text ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } : {}),
    }
    return new Promise((resolve, reject) => {
      const sent = request(
        path.startsWith('http') ? path : `${url}/3.0${path}`,
        { method, agent, headers },
        (answer) => {
          const parts: Buffer[] = []
          answer.on('data', (part: Buffer) => parts.push(part))
          answer.once('error', reject)
          answer.once('end', () => {
            const isJson = answer.headers['content-type']?.includes('json')
            resolve(isJson ? JSON.parse(Buffer.concat(parts).toString('utf8')) : null)
          })
        },
      )
      sent.once('error', reject)
      sent.end(text)
    })
  }
  return {
    ask,
    spread: async (times, act) => {
      let next = 0
      const lane = async () => {
        for (let place = next++; place < times; place = next++) await act(place)
      }
      await Promise.all(Array.from({ length: connections }, lane))
    },
    asked: () => asked,
    close: () => agent.destroy(),
  }
}
