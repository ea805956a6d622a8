// The one place that alarms: what somebody must look at begins and ends in the register, is logged, and mailed once.
import { type Alarm, type AlarmKind, campaignAlarms } from '../src/domain/alarm.ts'
import { transferLapsed } from '../src/domain/disclosure.ts'
import { openMailer } from '../src/mail/mailer.ts'
import { alarmsOn, guessedLinks, keepAlarms, markMailed } from '../src/register/alarms.ts'
import { listCampaigns } from '../src/register/campaigns.ts'
import { waitingNow } from '../src/register/figures.ts'
import { webhookStatus } from '../src/register/webhooks.ts'
import { alarmMail } from './alarm-mail.ts'
import { processor, type StepContext } from './processor.ts'

export const raiseAlarms = processor('raise-alarms', async (_payload, ctx) => {
  const begun = await keepAlarms(ctx.db, await alarmsNow(ctx), ctx.clock())
  for (const { kind, campaignId } of begun) {
    const about = campaignId ? { campaignId } : {}
    if (kind === 'deadline-near') ctx.log.warn({ alarm: kind, ...about }, phrases[kind])
    else ctx.log.error({ alarm: kind, ...about }, phrases[kind])
  }
  await mailUnmailed(ctx)
})

async function alarmsNow({ db, config, clock }: StepContext): Promise<Alarm[]> {
  const now = clock()
  const guessed = await guessedLinks(db)
  const alarms: Alarm[] = []
  for (const campaign of await listCampaigns(db, { open: true })) {
    const facts = {
      campaign,
      webhookWorks: (await webhookStatus(db, campaign.id))?.works ?? false,
      guessedAt: guessed.get(campaign.id) ?? null,
    }
    const kinds = campaignAlarms(facts, config.publicUrl !== null, now)
    alarms.push(...kinds.map((kind) => ({ kind, campaignId: campaign.id })))
  }
  if ((await waitingNow(db, now)).oldestSeconds * 1000 > config.feedbackAlarmMs)
    alarms.push({ kind: 'feedback-waiting', campaignId: null })
  const nextCheck = config.company?.tool.transfer.nextCheck
  if (nextCheck && transferLapsed(nextCheck, now)) alarms.push({ kind: 'transfer-lapsed', campaignId: null })
  return alarms
}

/** A mail server that does not answer is asked again the next time: what was not mailed stays to be mailed. */
async function mailUnmailed({ db, config: { company, smtpUrl }, clock }: StepContext): Promise<void> {
  const unmailed = (await alarmsOn(db)).filter(({ mailed }) => !mailed)
  if (unmailed.length === 0 || !company || !smtpUrl) return
  const mailer = openMailer(smtpUrl, { name: company.controller.name, address: company.responsible.email })
  const mail = alarmMail(company.language, unmailed, company.tool.transfer.nextCheck)
  for (const to of new Set(company.alarms)) await mailer.send({ to, ...mail })
  await markMailed(
    db,
    unmailed.map(({ id }) => id),
    clock(),
  )
}

const phrases: Record<AlarmKind, string> = {
  'deadline-near': 'people are in the tool, and the deadline is near',
  'deadline-passed': 'people are in the tool, and the deadline is over',
  halted: 'a campaign has stopped',
  'feedback-waiting': 'feedback has not been applied for too long',
  'links-guessed': 'opt-out links are being guessed',
  'webhook-missing': 'a campaign has no webhook',
  'transfer-lapsed': 'the transfer to the tool should have been checked again',
}
