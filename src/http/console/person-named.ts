// Whom somebody means who types a name or an address into a form.
import { BadInput } from '../../domain/errors.ts'
import { peopleNamed } from '../../register/people-lists.ts'
import type { Desk } from './console-routes.ts'

/** The id of the one person with this whole name or address. Throws BadInput when there is none, or several. */
export async function personNamed({ context, language }: Desk, text: string): Promise<string> {
  const [found, other] = await peopleNamed(context.db, text)
  if (!found) throw new BadInput(words[language].nobody(text))
  if (other) throw new BadInput(words[language].several(text))
  return found.id
}

const words = {
  fi: {
    nobody: (text: string) => `Rekisterissä ei ole ketään, jonka koko nimi tai osoite on ”${text}”.`,
    several: (text: string) => `Rekisterissä on useita, joiden nimi on ”${text}”. Anna sähköpostiosoite.`,
  },
  en: {
    nobody: (text: string) => `Nobody in the register has the whole name or the address “${text}”.`,
    several: (text: string) => `Several in the register are called “${text}”. Give the address.`,
  },
} as const
