// How an emulator is set up.
import type { Assumptions } from './assumptions.ts'

export type Plan = 'free' | 'essentials' | 'standard' | 'premium'

export type EmulatorOptions = {
  /** 0 takes a free port. */
  port: number
  plan: Plan
  /** Milliseconds every API request takes. */
  latencyMs: number
  /** Milliseconds for each member added and each operation of a batch. */
  perMemberMs: number
  /** Simultaneous connections, beyond which the answer is 429. */
  connectionLimit: number
  apiKey: string
  /** Every key is good: the habit of the emulator started by hand without one. */
  anyKey: boolean
  accountId: string
  /** Recipients of a campaign are counted only after this many looks at it, and this many ms of emulator time. */
  recipientsReadyAfterPolls: number
  recipientsReadyAfterMs: number
  /** Milliseconds of real time between send and delivery; a GET of the campaign delivers at once. */
  deliverAfterMs: number
  assumptions: Partial<Assumptions>
}

export const defaultOptions: EmulatorOptions = {
  port: 0,
  plan: 'standard',
  latencyMs: 0,
  perMemberMs: 0,
  connectionLimit: 10,
  apiKey: '5f0e1d2c3b4a59687786a5b4c3d2e1f0-us1',
  anyKey: false,
  accountId: '8d3a3db4d97663a9074efcc16',
  recipientsReadyAfterPolls: 1,
  recipientsReadyAfterMs: 0,
  deliverAfterMs: 50,
  assumptions: {},
}
