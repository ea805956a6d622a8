// Clean rows on their way to the register: what a file says about organisations, people and activities, page by page.
import type { ActivityKind, Collected, Relation } from '../domain/collection.ts'
import type { DoubtfulBecause, EmailCell } from '../domain/email-address.ts'

/** At most 1,000 rows, all of one table. Organisations come first, then persons, then activities. */
export type IntakePage = {
  organisations: IntakeOrganisation[]
  persons: IntakePerson[]
  activities: IntakeActivity[]
  rejected: IntakeRejected[]
}

/** `register` and `key` together say which record of which source register this is. */
export type IntakeOrganisation = {
  register: string
  key: string
  name: string
  businessId: string | null
  street: string | null
  postalCode: string | null
  city: string | null
  country: string | null
  website: string | null
  phone: string | null
  addedAt: Date | null
}

export type IntakePerson = {
  register: string
  key: string
  organisationKey: string | null
  /** Only where the organisation comes from another register than the person. */
  organisationRegister?: string
  firstName: string | null
  lastName: string | null
  title: string | null
  phone: string | null
  email: EmailCell
  /** At least one. */
  relations: Relation[]
  tags: string[]
  addedAt: Date | null
  changedAt: Date | null
  verifiedAt: Date | null
  /** What the columns say, both of them: prohibition wins, and that is the register's rule to apply. */
  permission: { permitted: boolean; prohibited: boolean; at: Date | null; source: string | null }
  collected: Collected
  /** Confidential. */
  notes: string[]
  findings: Finding[]
}

export type IntakeActivity = {
  register: string
  table: string
  key: string
  personKey: string | null
  organisationKey: string | null
  kind: ActivityKind
  at: Date | null
  endedAt: Date | null
  title: string | null
  text: string | null
  quantity: number | null
  /** A decimal string, `1250.50`. */
  price: string | null
  /** Absent where there are none. */
  findings?: Finding[]
}

/** A row that identifies nobody or cannot be read. `because` holds nothing of the row's content. */
export type IntakeRejected = { table: string; row: number; because: string }

/** Something a human should look at. It names the column, never what stands in it. */
export type Finding =
  | { code: 'DOUBTFUL_ADDRESS'; column: string; because: DoubtfulBecause }
  | { code: Exclude<FindingCode, 'DOUBTFUL_ADDRESS'>; column: string | null }

export type FindingCode = (typeof findingCodes)[number]

export const findingCodes = [
  'DOUBTFUL_ADDRESS',
  'PERMISSION_AND_PROHIBITION',
  'PERMISSION_WITHOUT_SOURCE',
  'PERMISSION_WITHOUT_DATE',
  'PERMISSION_DATE_IN_FUTURE',
  'PERMISSION_UNREADABLE',
  'DATE_UNREADABLE',
  'NUMBER_UNREADABLE',
  'NATIONAL_ID',
  'HEALTH_WORDS',
  'VERY_LONG_TEXT',
  'NAME_MISSING',
  'NAME_LOOKS_LIKE_COMPANY',
  'FORBIDDEN_CHARACTERS_IN_NAME',
] as const
