// May this person get this campaign now, and if not, the one reason why. One ordered table: fact → reason.

/** Every reason for which a person is left out, the strongest first; the first that applies is the one given. */
export const reasons = [
  'ERASED',
  'PROHIBITED',
  'ORGANISATION_PROHIBITED',
  'RESTRICTED',
  'EXPIRED',
  'NO_WORK_EMAIL',
  'INVALID_ADDRESS',
  'ROLE_ADDRESS',
  'PRIVATE_ADDRESS',
  'BOUNCED',
  'UNDER_REVIEW',
  'FEEDBACK_UNKNOWN',
  'NO_PERMISSION',
  'DUPLICATE_ADDRESS',
] as const
export type Reason = (typeof reasons)[number]

/** What is true of a person, as the register's view tells it (R-31, R-50, GDPR Art. 18 and 21, 917/2014 §202). */
export type EligibilityFacts = {
  erased: boolean
  prohibited: boolean
  organisationProhibited: boolean
  restricted: boolean
  expired: boolean
  noWorkEmail: boolean
  invalidAddress: boolean
  roleAddress: boolean
  privateAddress: boolean
  bounced: boolean
  underReview: boolean
  feedbackUnknown: boolean
  noPermission: boolean
}

/** The rule. `DUPLICATE_ADDRESS` is not here: it compares people whom nothing else excludes, and comes after. */
const rule: readonly (readonly [keyof EligibilityFacts, Reason])[] = [
  ['erased', 'ERASED'],
  ['prohibited', 'PROHIBITED'],
  ['organisationProhibited', 'ORGANISATION_PROHIBITED'],
  ['restricted', 'RESTRICTED'],
  ['expired', 'EXPIRED'],
  ['noWorkEmail', 'NO_WORK_EMAIL'],
  ['invalidAddress', 'INVALID_ADDRESS'],
  ['roleAddress', 'ROLE_ADDRESS'],
  ['privateAddress', 'PRIVATE_ADDRESS'],
  ['bounced', 'BOUNCED'],
  ['underReview', 'UNDER_REVIEW'],
  ['feedbackUnknown', 'FEEDBACK_UNKNOWN'],
  ['noPermission', 'NO_PERMISSION'],
]

/** The reason why this person is left out, or null when they may be mailed. Unknown is never yes. */
export function exclusionReason(facts: EligibilityFacts): Reason | null {
  for (const [fact, reason] of rule) if (facts[fact]) return reason
  return null
}

/** The same rule as the SQL CASE of the set-wise selection; a test holds it against the one in the database. */
export function exclusionCase(alias: string): string {
  const lines = rule.map(([fact, reason]) => `when ${alias}.${snakeCase(fact)} then '${reason}'`)
  return ['case', ...lines, 'end'].join('\n')
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
