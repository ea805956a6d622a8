// The evidence of one campaign: counts, times, fields and verification, under a seal. No personal data has a place in it.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { refusals } from '../domain/disclosure.ts'
import { reasons } from '../domain/eligibility.ts'
import { canonicalJson } from './canonical-json.ts'

/** How it was established that nobody is left (architecture, Verification): one code for each thing that was read. */
export const verificationSteps = [
  'account-confirmed', // the account behind the key is the configured one
  'audience-not-listed', // the complete list of audiences does not hold it
  'audience-not-found', // and the tool answers that it does not exist
  'every-status-empty', // each status of its people, archived too, was read and holds nobody
  'report-rows-read', // every report collection of the campaign was read to its end
  'tool-campaign-read-again', // the tool's campaign was read again after its deletion
] as const
export type VerificationStep = (typeof verificationSteps)[number]

const text = z.string().min(1)
const count = z.int().nonnegative()
const at = z.iso.datetime() // UTC
const hash = z.string().regex(/^[0-9a-f]{64}$/)

/** A certificate as it is stored and handed out. Counts are people unless named otherwise; times ISO 8601 in UTC. */
export const certificateSchema = z.strictObject({
  version: z.literal(1),
  installation: text,
  campaign: z.strictObject({ id: text, name: text, subject: text, tool: text, outcome: z.enum(['sent', 'cancelled']) }),
  register: z.strictObject({ name: text, controller: text, businessId: text }),
  counts: z.strictObject({
    people: count, // asked for
    selected: count,
    excluded: z.partialRecord(z.enum(reasons), count),
    intended: count,
    accepted: count,
    refused: count,
    refusedBecause: z.partialRecord(z.enum(refusals), count),
    unknown: count,
    sent: count,
    removed: count,
    remaining: count,
  }),
  feedback: z.strictObject({ optedOut: count, complained: count, bouncedHard: count, bouncedSoft: count }),
  feedbackUnknown: z.boolean(), // removed by an operator's order before feedback could be read
  fieldsSent: z.array(text), // as the tool names them
  times: z.strictObject({
    approved: at.nullable(),
    selected: at.nullable(),
    firstDisclosed: at.nullable(),
    sent: at.nullable(),
    settleEnded: at.nullable(),
    withdrawalStarted: at.nullable(),
    lastRemoved: at.nullable(),
    verified: at.nullable(),
    closed: at.nullable(),
  }),
  toolLinkWorkedUntil: at.nullable(),
  // null: nothing of this campaign ever was in the tool, so there was nothing to read
  verification: z
    .strictObject({
      at,
      method: z.array(z.enum(verificationSteps)),
      account: text,
      audience: z.enum(['absent', 'empty']),
      peopleRead: count,
      identifyingReportRows: count, // rows of reports that still show an address or a name
      toolCampaign: z.enum(['deleted', 'refused', 'none']),
    })
    .nullable(),
  shell: z.strictObject({
    state: z.enum(['none', 'pending', 'deleted']),
    notBefore: at.nullable(),
    deletedAt: at.nullable(),
  }),
  audit: z.strictObject({ head: hash, entries: count, events: hash }),
  sha256: hash,
})
export type Certificate = z.infer<typeof certificateSchema>

/** Puts the seal on: the SHA-256 of everything else as canonical JSON. Throws ZodError when anything is not as it must be. */
export function sealCertificate(content: Omit<Certificate, 'sha256'>): Certificate {
  return certificateSchema.parse({ ...content, sha256: sealOf(content) })
}

/** Whether the seal fits: false when a single character was changed after sealing, in either. */
export function certificateIsIntact({ sha256, ...content }: Certificate): boolean {
  return sealOf(content) === sha256
}

const sealOf = (content: Omit<Certificate, 'sha256'>) =>
  createHash('sha256').update(canonicalJson(content)).digest('hex')
