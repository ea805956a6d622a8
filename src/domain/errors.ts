// The few ways in which work can fail, and what each means. workers/processor.ts alone turns them into queue behaviour.
// Messages are sentences for an operator and never name a person: BullMQ keeps what is thrown.

/** The tool asks us to wait `afterMs` milliseconds. Nothing was done; not an attempt. */
export class RateLimited extends Error {
  override name = 'RateLimited'
  readonly afterMs: number
  constructor(afterMs: number) {
    super(`the tool asks us to wait ${Math.ceil(afterMs / 1000)} s`)
    this.afterMs = afterMs
  }
}

/** May pass: try again later. With `outcomeUnknown` the effect may have happened: look before repeating it. */
export class Unavailable extends Error {
  override name = 'Unavailable'
  readonly outcomeUnknown: boolean
  constructor(because: string, options: { outcomeUnknown?: boolean } = {}) {
    super(because)
    this.outcomeUnknown = options.outcomeUnknown ?? false
  }
}

/** Will never pass by itself: a person must act. The campaign halts with the sentence. */
export class Refused extends Error {
  override name = 'Refused'
}

/** Someone moved first, or a bug: the move is not one that the campaign's state allows. */
export class IllegalMove extends Error {
  override name = 'IllegalMove'
}

/** Wrong use or bad input of ours or of a user's file: one sentence that names the place and the fix (exit code 2, HTTP 4xx). */
export class BadInput extends Error {
  override name = 'BadInput'
}

/** Forbidden by a rule of the product: not permitted, unsafe, not allowed now (exit code 3). */
export class NotAllowed extends Error {
  override name = 'NotAllowed'
}
