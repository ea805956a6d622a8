// Restriction of processing: the grounds of GDPR Art. 18(1), a closed list. Restricted data is stored, and not used.

export const restrictionGrounds = [
  'accuracy-contested', // (a) until its accuracy has been verified
  'unlawful', // (b) the person prefers restriction to erasure
  'needed-for-claims', // (c) the person needs it for legal claims
  'objection-pending', // (d) until the objection has been weighed
] as const

export type RestrictionGround = (typeof restrictionGrounds)[number]
