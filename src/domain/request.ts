// Requests of people about their data: closed lists of GDPR Art. 12, and what may be done with a request when.
import { BadInput, NotAllowed } from './errors.ts'

export const requestKinds = [
  'access', // Art. 15
  'correction', // Art. 16: also rectification and update
  'erasure', // Art. 17
  'restriction', // Art. 18
  'objection', // Art. 21: marketing ends at once
  'portability', // Art. 20
  'consent-withdrawal', // Art. 7(3): as an objection
] as const
export type RequestKind = (typeof requestKinds)[number]

export const requestChannels = ['mail', 'phone', 'letter', 'in-person', 'form'] as const
export type RequestChannel = (typeof requestChannels)[number]

/** How it is known that whoever asks is the person (Art. 12(6)). */
export const identifications = ['known-address', 'called-back', 'in-person', 'document'] as const
export type Identification = (typeof identifications)[number]

/** Why it may take two months more (Art. 12(3)). */
export const extensionGrounds = ['complex', 'many-requests'] as const
export type ExtensionGround = (typeof extensionGrounds)[number]

/** Why a request may be refused. */
export const refusalGrounds = [
  'manifestly-unfounded', // Art. 12(5)
  'excessive', // Art. 12(5)
  'obliged-to-keep', // Art. 17(3)(b)
  'legal-claims', // Art. 17(3)(e), 21(1)
  'rights-of-others', // Art. 15(4), 20(4)
] as const
export type RefusalGround = (typeof refusalGrounds)[number]

/** How a request may end other than answered or refused. */
export const closings = ['withdrawn', 'not-identified', 'nothing-held'] as const
export type Closing = (typeof closings)[number]

/** Where a request stands. `due` is the first instant that is too late. */
export type RequestState = {
  id: string
  kind: RequestKind
  personId: string | null
  identifiedAt: Date | null
  extendedAt: Date | null
  closedAt: Date | null
  due: Date
}

/** Whether the request says no to marketing: that is believed at once, whoever asks, and never refused (Art. 21(3), 7(3)). */
export function saysNo(kind: RequestKind): boolean {
  return kind === 'objection' || kind === 'consent-withdrawal'
}

/** Throws NotAllowed when the request is closed. */
export function stillOpen({ id, closedAt }: RequestState): void {
  if (closedAt) throw new NotAllowed(`The request ${id} has been closed: open a new one for a new request.`)
}

/** An answer holds somebody's data: it goes to nobody who may be somebody else. Throws NotAllowed. */
export function mayAnswer(request: RequestState): void {
  stillOpen(request)
  if (!request.identifiedAt && !saysNo(request.kind))
    throw new NotAllowed(
      `Nobody has checked who asked: \`lupa request identify ${request.id} --by …\` first (GDPR Art. 12(6)).`,
    )
}

/** An extension must be told within the first month, and there is one only (Art. 12(3)). Throws NotAllowed. */
export function mayExtend(request: RequestState, now: Date): void {
  stillOpen(request)
  if (request.extendedAt) throw new NotAllowed(`The request ${request.id} has been extended already: answer it.`)
  if (now >= request.due)
    throw new NotAllowed(
      `The month of the request ${request.id} is over: an extension must be told within it (Art. 12(3)).`,
    )
}

/** Whoever is refused is told why, and that they may complain (Art. 12(4)). Throws NotAllowed, BadInput. */
export function mayRefuse(request: RequestState, text: string, complaintTold: boolean): void {
  stillOpen(request)
  if (saysNo(request.kind)) throw new NotAllowed('A no to marketing is never refused (GDPR Art. 21(3)): answer it.')
  if (text.trim() === '') throw new BadInput('Say with --text what the person was told: why it is refused.')
  if (!complaintTold)
    throw new NotAllowed(
      'Whoever is refused must be told of the Data Protection Ombudsman and of the courts (Art. 12(4)): tell them, then add --complaint-told.',
    )
}
