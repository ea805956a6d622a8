// A door of one process's own to the tool. Everything goes through unchanged; who adds people is counted, and may have to wait.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'

/** `adding`: how many requests that add people have come so far. */
export type Door = { url: string; adding: () => number; close: () => Promise<void> }

const addsPeople = /^POST \/3\.0\/lists\/\w+ /

/**
 * Opens a door on a free port to the server at `url`. A request that adds people goes on when `opened` resolves. The SDK makes one
 * connection a request (mailchimp.md §8). Close it.
 */
export async function openDoor(url: string, opened: () => Promise<void>): Promise<Door> {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  let adding = 0
  const pass = async (from: Socket) => {
    const [head] = (await once(from, 'data')) as [Buffer]
    from.pause()
    from.unshift(head)
    if (addsPeople.test(head.toString('latin1'))) {
      adding += 1
      await opened()
    }
    const to = connect(Number(port), hostname)
    sockets.add(to)
    await Promise.all([pipeline(from, to), pipeline(to, from)])
  }
  const server = createServer((from) => {
    sockets.add(from)
    // A process that was killed and a tool that hung up end the other side too.
    pass(from).catch(() => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    adding: () => adding,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
