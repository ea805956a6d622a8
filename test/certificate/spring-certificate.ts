// The certificate of a make-believe spring newsletter that went well: what the certificate tests begin with.
import { type Certificate, sealCertificate } from '../../src/certificate/certificate.ts'

export const springContent: Omit<Certificate, 'sha256'> = {
  version: 1,
  installation: 'k7m2q9',
  campaign: {
    id: '0b8f6c1e-6d0a-4f0e-9a53-0f1a2b3c4d5e',
    name: 'Kevätkirje',
    subject: 'Kevään vinkit',
    tool: 'mailchimp',
    outcome: 'sent',
  },
  register: {
    name: 'Koivu asiakas-, sidosryhmä- ja markkinointirekisteri',
    controller: 'Koivu & Pojat Oy',
    businessId: '1234567-1',
  },
  counts: {
    people: 298,
    selected: 168,
    excluded: {
      PROHIBITED: 28,
      NO_WORK_EMAIL: 2,
      ROLE_ADDRESS: 2,
      UNDER_REVIEW: 10,
      NO_PERMISSION: 87,
      DUPLICATE_ADDRESS: 1,
    },
    intended: 168,
    accepted: 166,
    refused: 2,
    refusedBecause: { COMPLIANCE: 1, INVALID_ADDRESS: 1 },
    unknown: 0,
    sent: 166,
    removed: 166,
    remaining: 0,
  },
  feedback: { optedOut: 3, complained: 1, bouncedHard: 4, bouncedSoft: 2 },
  feedbackUnknown: false,
  fieldsSent: ['EMAIL', 'FNAME', 'LNAME'],
  times: {
    approved: '2027-03-01T12:30:00.000Z',
    selected: '2027-03-02T06:30:00.000Z',
    firstDisclosed: '2027-03-02T06:31:10.000Z',
    sent: '2027-03-02T07:00:00.000Z',
    settleEnded: '2027-03-05T07:00:00.000Z',
    withdrawalStarted: '2027-03-05T07:05:00.000Z',
    lastRemoved: '2027-03-05T07:11:20.000Z',
    verified: '2027-03-05T07:12:00.000Z',
    closed: '2027-03-05T07:12:01.000Z',
  },
  toolLinkWorkedUntil: '2027-03-05T07:11:20.000Z',
  verification: {
    at: '2027-03-05T07:12:00.000Z',
    method: [
      'account-confirmed',
      'audience-not-listed',
      'audience-not-found',
      'report-rows-read',
      'tool-campaign-read-again',
    ],
    account: 'a1b2c3d4e5',
    audience: 'absent',
    peopleRead: 0,
    identifyingReportRows: 0,
    toolCampaign: 'deleted',
  },
  shell: { state: 'none', notBefore: null, deletedAt: null },
  audit: { head: 'ab'.repeat(32), entries: 1412, events: 'cd'.repeat(32) },
}

export const springCertificate = sealCertificate(springContent)
