// The limit of simultaneous connections (mailchimp.md §7): 10 per user, whatever the number of keys and processes.
import type { ServerResponse } from 'node:http'
import type { EmulatorState } from './state.ts'

export type Slot = {
  /** True when the limit is exceeded: the request is counted, and answered 429. */
  readonly refused: boolean
  /** To be called when the work behind the request is over. */
  workDone(): void
}

/**
 * Takes a slot for a request that has just arrived and frees it once it is answered. A caller who hangs up does not free the
 * slot: "timed-out requests may keep running server-side and hold a slot" (mailchimp.md §7).
 */
export function takeSlot(state: EmulatorState, response: ServerResponse): Slot {
  const { connections } = state
  let held = true
  let hungUp = false
  let done = false
  const free = () => {
    if (held) state.connections.now -= 1
    held = false
  }
  connections.now += 1
  connections.highest = Math.max(connections.highest, connections.now)
  response.once('finish', free)
  response.once('close', () => {
    hungUp = true
    if (done) free()
  })
  return {
    refused: connections.now > state.options.connectionLimit,
    workDone: () => {
      done = true
      if (hungUp) free()
    },
  }
}
