// Step 10: nobody is left, so the certificate is written; the audit trail's head goes into it and into the outside ledger.
import { createHash } from 'node:crypto'
import { type Certificate, sealCertificate, type VerificationStep } from '../src/certificate/certificate.ts'
import { close } from '../src/domain/campaign.ts'
import { NotAllowed } from '../src/domain/errors.ts'
import { toolTraits } from '../src/marketing/tools.ts'
import { auditHead } from '../src/register/audit.ts'
import { type CampaignRecord, campaignById, campaignEvents, findCampaign, record } from '../src/register/campaigns.ts'
import { keepCertificate } from '../src/register/certificates.ts'
import { type Database, inTransaction } from '../src/register/database.ts'
import { feedbackCounts } from '../src/register/feedback.ts'
import { installationId } from '../src/register/installation.ts'
import { queueForLedger } from '../src/register/ledger-outbox.ts'
import { disclosureCounts, lastRemovedAt, refusalCounts } from '../src/register/recipients.ts'
import { exclusionCounts } from '../src/register/selection.ts'
import { processor, type StepContext } from './processor.ts'
import type { Verification } from './verify-withdrawal.ts'

export const closeCampaign = processor('close-campaign', async ({ campaignId }, ctx) => {
  const campaign = await findCampaign(ctx.db, campaignId)
  if (campaign?.state !== 'withdrawn') return
  const at = ctx.clock()
  await inTransaction(ctx.db, async (tx) => {
    await record(tx, campaignId, 'worker', (one) => close(one, at))
    const certificate = await certify(ctx, tx, await campaignById(tx, campaignId))
    await keepCertificate(tx, certificate, at)
    await queueForLedger(
      tx,
      { kind: 'audit-head', at, head: certificate.audit.head, entries: certificate.audit.entries },
      at,
    )
  })
  await ctx.queues.addNow({ job: 'write-ledger', payload: {} })
  return undefined
})

/** The evidence of a closed campaign, from the register alone. */
async function certify(ctx: StepContext, db: Database, campaign: CampaignRecord): Promise<Certificate> {
  const { company } = ctx.config
  if (!company)
    throw new NotAllowed(
      `There is no ${ctx.config.companyFile}: the certificate needs the controller's name. Put it back.`,
    )
  const verification = campaign.verification as unknown as Verification
  const { sent, selected, intended, accepted, refused, unknown, removed } = await disclosureCounts(db, campaign.id)
  const { entries, head } = await auditHead(db)
  return sealCertificate({
    version: 1,
    installation: await installationId(db),
    campaign: {
      id: campaign.id,
      name: campaign.name,
      subject: campaign.subject,
      tool: campaign.tool,
      outcome: campaign.outcome ?? 'cancelled',
    },
    register: {
      name: company.register.name,
      controller: company.controller.name,
      businessId: company.controller.businessId,
    },
    counts: {
      people: campaign.people,
      selected,
      excluded: await exclusionCounts(db, campaign.id),
      intended,
      accepted,
      refused,
      refusedBecause: await refusalCounts(db, campaign.id),
      unknown,
      sent,
      removed,
      remaining: verification.remaining,
    },
    feedback: await feedbackCounts(db, campaign.id),
    feedbackUnknown: campaign.feedbackUnknown,
    fieldsSent: intended > 0 ? [...toolTraits(campaign.tool).fields] : [],
    times: {
      approved: iso(campaign.approvedAt),
      selected: iso(campaign.selectedAt),
      firstDisclosed: iso(campaign.firstDisclosedAt),
      sent: iso(campaign.sentAt),
      settleEnded: iso(campaign.settleUntil),
      withdrawalStarted: iso(campaign.withdrawalStartedAt),
      lastRemoved: iso(await lastRemovedAt(db, campaign.id)),
      verified: verification.at,
      closed: iso(campaign.closedAt),
    },
    toolLinkWorkedUntil: campaign.sentAt ? iso(campaign.withdrawalStartedAt) : null,
    verification: {
      at: verification.at,
      method: steps(verification),
      account: verification.account,
      audience: verification.audience === 'absent' ? 'absent' : 'empty',
      peopleRead: verification.people,
      identifyingReportRows: verification.reportRows,
      toolCampaign: verification.toolCampaign,
    },
    shell: { state: campaign.shell, notBefore: iso(campaign.shellNotBefore), deletedAt: iso(campaign.shellDeletedAt) },
    audit: { head, entries, events: await eventsHash(db, campaign.id) },
  })
}

function steps({ audience }: Verification): VerificationStep[] {
  const byAudience: VerificationStep[] =
    audience === 'absent' ? ['audience-not-listed', 'audience-not-found'] : ['every-status-empty']
  return ['account-confirmed', ...byAudience, 'report-rows-read', 'tool-campaign-read-again']
}

/** SHA-256 over the campaign's events in order: ties the certificate to what the register keeps. */
async function eventsHash(db: Database, campaignId: string): Promise<string> {
  const hash = createHash('sha256')
  for (const { id, type, at, actor, facts } of await campaignEvents(db, campaignId)) {
    hash.update(`${id}|${type}|${at.toISOString()}|${actor}|${JSON.stringify(facts)}\n`)
  }
  return hash.digest('hex')
}

const iso = (at: Date | null) => at?.toISOString() ?? null
