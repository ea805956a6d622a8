// What was posted to the sign-up form: clean values, or what is wrong with each field.
import { z } from 'zod'
import type { EmailCell } from '../../domain/email-address.ts'
import { readEmailCell } from '../../intake/email-cell.ts'

export const fields = ['firstName', 'lastName', 'email', 'organisation'] as const
export type Field = (typeof fields)[number]
export type Typed = Record<Field, string>
export type Mistake = 'missing' | 'not-a-name' | 'not-an-address'

export type ReadSignUp = {
  /** What was typed, to be shown again. */
  typed: Typed
  mistakes: Partial<Record<Field, Mistake>>
  /** The address, when there is no mistake in it. */
  address: Extract<EmailCell, { kind: 'address' }> | null
  /** Filled in by bots alone: nobody sees the field. */
  trapped: boolean
  stamp: string
}

const text = z
  .string()
  .catch('')
  .transform((given) => given.normalize('NFC').replace(/\s+/g, ' ').trim().slice(0, 320))
const form = z
  .object({ firstName: text, lastName: text, email: text, organisation: text, homepage: text, stamp: text })
  .partial()

/** Reads the body of a POST; anything at all may come. Judges the address by its form only, never by who has it. */
export function readSignUp(body: unknown): ReadSignUp {
  const { firstName = '', lastName = '', email = '', organisation = '', ...rest } = form.catch({}).parse(body ?? {})
  const cell = readEmailCell(email)
  const wrong = {
    firstName: nameMistake(firstName),
    lastName: nameMistake(lastName),
    email: cell.kind === 'address' ? null : cell.kind === 'none' ? ('missing' as const) : ('not-an-address' as const),
    organisation: organisation === '' ? null : nameMistake(organisation, 120),
  }
  return {
    typed: { firstName, lastName, email, organisation },
    mistakes: Object.fromEntries(Object.entries(wrong).filter(([, mistake]) => mistake !== null)),
    address: cell.kind === 'address' ? cell : null,
    trapped: (rest.homepage ?? '') !== '',
    stamp: rest.stamp ?? '',
  }
}

/** A name will stand in newsletters: no links, no placeholders of a tool, nothing invisible. */
function nameMistake(name: string, longest = 80): Mistake | null {
  if (name === '') return 'missing'
  const plain = /\p{L}/u.test(name) && !/[\p{C}<>@|*{}\\]|:\/\/|www\./iu.test(name)
  return plain && name.length <= longest ? null : 'not-a-name'
}
