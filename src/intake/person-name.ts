// A person's name as a register has it: two columns, or one that holds both.
import { asText, hasInvisible, readText } from './cell-values.ts'
import type { PersonMapping } from './mapping.ts'
import { cellOf, type MappedRow, note, textOf } from './read-row.ts'

type Name = { firstName: string | null; lastName: string | null }

/** The name without invisible characters; what was taken out, or is missing, becomes a finding. */
export function readName(seen: MappedRow, columns: PersonMapping['columns']): Name {
  const given = [columns.firstName, columns.lastName, columns.fullName].filter((column) => column !== undefined)
  for (const column of given) {
    if (hasInvisible(cellOf(seen, column))) note(seen, 'FORBIDDEN_CHARACTERS_IN_NAME', column)
    if (company.test(asText(cellOf(seen, column)))) note(seen, 'NAME_LOOKS_LIKE_COMPANY', column)
  }

  const name = columns.fullName === undefined ? twoCells(seen, columns) : splitName(textOf(seen, columns.fullName))
  if (name.firstName === null && name.lastName === null) note(seen, 'NAME_MISSING', given[0])
  return name
}

function twoCells(seen: MappedRow, { firstName, lastName }: PersonMapping['columns']): Name {
  return { firstName: textOf(seen, firstName), lastName: textOf(seen, lastName) }
}

/** `Virtanen, Matti` and `Matti Virtanen`; particles belong to the last name: `Anna von Öhman`. */
function splitName(whole: string | null): Name {
  if (whole === null) return { firstName: null, lastName: null }
  const [last, first] = whole.split(/,(.*)/)
  if (first !== undefined) return { firstName: readText(first), lastName: readText(last ?? null) }

  const words = whole.split(' ')
  const particle = words.findIndex((word, index) => index > 0 && particles.has(word.toLowerCase()))
  const start = particle > 0 ? particle : words.length - 1
  return start === 0
    ? { firstName: null, lastName: whole }
    : { firstName: words.slice(0, start).join(' '), lastName: words.slice(start).join(' ') }
}

const particles = new Set(['af', 'av', 'von', 'van', 'de', 'der', 'du', 'la', 'di', 'zu', 'ter'])

/** Forms of organisation that stand in no person's name. */
const company =
  /(?<![\p{L}\p{N}])(?:oyj?|abp?|ky|ry|tmi|osk|ltd|llc|inc|gmbh|säätiö|osuuskunta|yhdistys|kaupunki|kunta)\.?(?![\p{L}\p{N}])/iu
