// What the certificate page says: every code that a certificate may hold has its words in both languages.
import type { Refusal } from '../domain/disclosure.ts'
import type { Reason } from '../domain/eligibility.ts'
import type { Certificate, VerificationStep } from './certificate.ts'
import { en } from './certificate-words-en.ts'
import { fi } from './certificate-words-fi.ts'

export type CertificateLanguage = 'fi' | 'en'
type Verification = NonNullable<Certificate['verification']>

/** Everything the page says. Functions take numbers and times that are already written out, and the bare count where grammar asks. */
export type CertificateWords = {
  locale: string
  certificate: string
  headline: {
    empty: (removed: string, when: string, count: number) => string
    unverified: (removed: string) => string
    nobody: string
    remaining: (people: string) => string
  }
  lead: {
    sent: (name: string, when: string | null, tool: string, people: string, count: number) => string
    cancelled: (name: string) => string
    cancelledAfterSending: (name: string, people: string) => string
  }
  broken: string
  businessId: string
  subject: string
  who: string
  selectedOf: (selected: string, people: string, percent: number) => string
  reason: string
  people: string
  nobodyExcluded: string
  total: string
  inTool: string
  stage: string
  counts: Record<'intended' | 'accepted' | 'refused' | 'unknown' | 'sent' | 'removed' | 'remaining', string>
  feedback: string
  kind: string
  feedbackKinds: Record<keyof Certificate['feedback'], string>
  feedbackUnknown: string
  what: string
  onlyTheseFields: string
  noFields: string
  fields: Record<string, string>
  when: string
  zone: string
  times: Record<keyof Certificate['times'], string>
  exposure: (duration: string) => string
  toolLink: (until: string) => string
  how: string
  steps: Record<VerificationStep, string>
  account: string
  peopleRead: string
  identifyingReportRows: string
  audience: Record<Verification['audience'], string>
  toolCampaign: Record<Verification['toolCampaign'], string>
  notNeeded: string
  notVerified: string
  shell: { none: string; pending: (notBefore: string | null) => string; deleted: (at: string | null) => string }
  seal: string
  sealExplained: string
  certificateHash: string
  auditHead: string
  auditEntries: string
  events: string
  campaign: string
  installation: string
  reasons: Record<Reason, string>
  refusals: Record<Refusal, string>
}

export const certificateWords: Record<CertificateLanguage, CertificateWords> = { fi, en }
