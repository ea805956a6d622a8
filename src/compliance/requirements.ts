// The promises of the privacy notice as 56 numbered requirements, each with its control: where in the product it is kept.
import { controlsOfTheRegister } from './controls-of-the-register.ts'
import { controlsOfUse } from './controls-of-use.ts'
import type { Words } from './notice-words.ts'

/** A promise in the notice's words (Finnish) and in English, and what keeps it. */
export type Control = { promise: Words; control: Words }

export const controls = { ...controlsOfTheRegister, ...controlsOfUse } satisfies Record<string, Control>

export type RequirementId = keyof typeof controls

/** R-01 … R-55, with R-08b where the notice has it. */
export const requirementIds = Object.keys(controls) as RequirementId[]

/** What a check says: `exception` is what no program can look at, `not-configured` what is not set up yet. */
export type RequirementResult = 'passed' | 'failed' | 'not-configured' | 'exception'
