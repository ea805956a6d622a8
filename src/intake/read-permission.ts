// What a row says about marketing permission and prohibition. Unknown is never yes; doubtful prohibition is one.
import { asText, comparable, readYesNo } from './cell-values.ts'
import type { IntakePerson } from './intake-page.ts'
import type { PersonMapping } from './mapping.ts'
import { cellOf, dateOf, type MappedRow, note, textOf } from './read-row.ts'

type Permission = IntakePerson['permission']
type PermissionMapping = NonNullable<PersonMapping['permission']>

export function readPermission(seen: MappedRow, mapping: PersonMapping['permission'], now: Date): Permission {
  if (mapping === undefined) return { permitted: false, prohibited: false, at: null, source: null }
  const permission = {
    ...(mapping.status ? readStatus(seen, mapping.status) : readTicks(seen, mapping)),
    at: dateOf(seen, mapping.at),
    source: textOf(seen, mapping.source),
  }
  judge(seen, permission, mapping, now)
  return permission
}

type Said = Pick<Permission, 'permitted' | 'prohibited'>

function readTicks(seen: MappedRow, mapping: PermissionMapping): Said {
  const permitted = readYesNo(cellOf(seen, mapping.permitted))
  const prohibited = readYesNo(cellOf(seen, mapping.prohibited))
  if (permitted === 'unreadable') note(seen, 'PERMISSION_UNREADABLE', mapping.permitted)
  if (prohibited === 'unreadable') note(seen, 'PERMISSION_UNREADABLE', mapping.prohibited)
  return { permitted: permitted === true, prohibited: prohibited === true || prohibited === 'unreadable' }
}

function readStatus(seen: MappedRow, status: NonNullable<PermissionMapping['status']>): Said {
  const said = comparable(asText(cellOf(seen, status.column)))
  const isOneOf = (words: readonly string[] = []) => words.some((word) => comparable(word) === said)
  if (said === '' || isOneOf(status.unknown)) return { permitted: false, prohibited: false }
  if (isOneOf(status.prohibition)) return { permitted: false, prohibited: true }
  if (isOneOf(status.permission)) return { permitted: true, prohibited: false }
  note(seen, 'PERMISSION_UNREADABLE', status.column)
  return { permitted: false, prohibited: false }
}

/** A permission that a prohibition overrules needs no source and no date any more. */
function judge(
  seen: MappedRow,
  { permitted, prohibited, at, source }: Permission,
  mapping: PermissionMapping,
  now: Date,
) {
  if (at !== null && at > now) note(seen, 'PERMISSION_DATE_IN_FUTURE', mapping.at)
  if (permitted && prohibited) note(seen, 'PERMISSION_AND_PROHIBITION', mapping.prohibited)
  if (!permitted || prohibited) return
  if (source === null) note(seen, 'PERMISSION_WITHOUT_SOURCE', mapping.source)
  if (at === null) note(seen, 'PERMISSION_WITHOUT_DATE', mapping.at)
}
