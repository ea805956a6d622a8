// How a person came into the register: the closed lists of the privacy notice (sources R-33…R-35, grounds R-36…R-45,
// relations R-01, activities R-54), and which of them mean that the data did not come from the person (GDPR Art. 14).

/** Where data came from. The notice's list is open ("muun muassa"): OTHER asks for a text. */
export const sourceCodes = [
  'CRM_WEB_FORM',
  'E_REGISTRATION_FORM',
  'E_ORDER_FORM',
  'E_SIGNUP_FORM',
  'MEDIA',
  'PUBLIC_SOURCE',
  'SOCIAL_MEDIA', // e-mail address and, when needed, phone number only
  'OTHER',
] as const

export type SourceCode = (typeof sourceCodes)[number]

/** Why a person was added. A ground is not a permission: only JOINED_LIST and PERMISSION_* are consent by themselves. */
export const groundCodes = [
  'JOINED_LIST',
  'ORDERED_BOOK',
  'ORDERED_AUDIOBOOK',
  'ORDERED_EGUIDE',
  'TRAINING',
  'PROJECT_LED',
  'PROJECT_PARTNER',
  'EVENT_OPEN_LIST',
  'BUSINESS_CARD',
  'GAVE_CONTACT',
  'SOCIAL_ENGAGEMENT',
  'PERMISSION_ORAL',
  'PERMISSION_WRITTEN',
] as const

export type GroundCode = (typeof groundCodes)[number]

/** The three groups of people the register is about. Everyone has at least one. */
export const relations = ['customer', 'prospect', 'stakeholder'] as const

export type Relation = (typeof relations)[number]

/** What the company has done with a person or an organisation. Kept, exported and erased, never pushed. */
export const activityKinds = [
  'meeting', // tapaamiset
  'offered-service', // tarjotut palvelut
  'assignment', // tehdyt toimeksiannot
  'order-book', // kirjatilaukset
  'order-audiobook', // kirjatilaukset (R-37: kirjat ja äänikirjat)
  'order-eguide', // eOpas-tilaukset
  'other', // muut aktiviteetit
] as const

export type ActivityKind = (typeof activityKinds)[number]

/** Sources where somebody other than the person gave the data. */
export const indirectSources: readonly SourceCode[] = ['MEDIA', 'PUBLIC_SOURCE', 'SOCIAL_MEDIA']

/** Grounds where an organiser, a partner or a channel gave the data. */
export const indirectGrounds: readonly GroundCode[] = ['PROJECT_PARTNER', 'EVENT_OPEN_LIST', 'SOCIAL_ENGAGEMENT']

/** Why a person whose data came from others need not be told (GDPR Art. 14(5)). */
export const exemptionGrounds = [
  'has-information', // (a) they know already
  'disproportionate', // (b) telling is impossible, or an effort out of proportion; the notice is published instead
  'laid-down-by-law', // (c) a law orders the data to be obtained, and protects the person
  'secrecy', // (d) the law orders them to be kept secret
] as const

export type ExemptionGround = (typeof exemptionGrounds)[number]

/** How a person was collected: one source, at most one ground, and the words the file used. */
export type Collected = { source: SourceCode; ground: GroundCode | null; text: string | null }

/** Whether the person must be told within a month, or at first contact (GDPR Art. 14(3)). */
export function isIndirect({ source, ground }: Pick<Collected, 'source' | 'ground'>): boolean {
  return indirectSources.includes(source) || (ground !== null && indirectGrounds.includes(ground))
}

/** What a proof may say. Texts; `date` is a day. */
export const proofFields = [
  'date',
  'reference', // a form event, an order number, a file
  'words', // what was asked, or said
  'event',
  'organiser',
  'project',
  'lead', // who leads the project
  'occasion',
  'place',
  'heardBy',
  'channel', // of the social media
  'publication', // with its address
  'optOutOffered', // whether they could say no when the address was taken (917/2014 §200)
] as const

export type ProofField = (typeof proofFields)[number]
export type Proof = Partial<Record<ProofField, string>>

/** What must be kept as proof of each ground (R-36 … R-45). */
export const proofOfGround: Record<GroundCode, readonly ProofField[]> = {
  JOINED_LIST: ['date', 'reference', 'words'],
  ORDERED_BOOK: ['date', 'reference', 'optOutOffered'],
  ORDERED_AUDIOBOOK: ['date', 'reference', 'optOutOffered'],
  ORDERED_EGUIDE: ['date', 'reference', 'optOutOffered'],
  TRAINING: ['date', 'event'],
  PROJECT_LED: ['project'],
  PROJECT_PARTNER: ['project', 'lead'],
  EVENT_OPEN_LIST: ['date', 'event', 'organiser'],
  BUSINESS_CARD: ['date', 'occasion'],
  GAVE_CONTACT: ['date', 'occasion'],
  SOCIAL_ENGAGEMENT: ['date', 'channel'],
  PERMISSION_ORAL: ['date', 'place', 'words', 'heardBy'],
  PERMISSION_WRITTEN: ['date', 'reference'],
}

/** What must be kept as proof of a source; those of forms are proved by their ground (R-32 … R-35). */
export const proofOfSource: Partial<Record<SourceCode, readonly ProofField[]>> = {
  MEDIA: ['date', 'publication'],
  PUBLIC_SOURCE: ['date', 'publication'],
  SOCIAL_MEDIA: ['date', 'channel'],
}

/** What a proof lacks for its source and ground, in the order of the lists above. Pure. */
export function missingProof({ source, ground }: Pick<Collected, 'source' | 'ground'>, proof: Proof): ProofField[] {
  const needed = [...(proofOfSource[source] ?? []), ...(ground ? proofOfGround[ground] : [])]
  return proofFields.filter((field) => needed.includes(field) && !proof[field]?.trim())
}
