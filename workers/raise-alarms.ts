// The one place that alarms: what somebody must look at begins and ends in the register, is logged, and mailed once.
import { type Alarm, alarmPhrases, campaignAlarms, isWarning } from '../src/domain/alarm.ts'
import { transferLapsed } from '../src/domain/disclosure.ts'
import { openMailer } from '../src/mail/mailer.ts'
import { type AlarmOn, alarmsOn, guessedLinks, keepAlarms, markMailed } from '../src/register/alarms.ts'
import { listCampaigns } from '../src/register/campaigns.ts'
import { waitingNow } from '../src/register/figures.ts'
import { webhookStatus } from '../src/register/webhooks.ts'
import { alarmMail } from './alarm-mail.ts'
import { allTold, mailAll, type News } from './mail-all.ts'
import { processor, type StepContext } from './processor.ts'

export const raiseAlarms = processor('raise-alarms', async (_payload, ctx) => {
  const begun = await keepAlarms(ctx.db, await alarmsNow(ctx), ctx.clock())
  for (const { kind, campaignId } of begun) {
    const about = campaignId ? { campaignId } : {}
    if (isWarning(kind)) ctx.log.warn({ alarm: kind, ...about }, alarmPhrases[kind])
    else ctx.log.error({ alarm: kind, ...about }, alarmPhrases[kind])
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

/**
 * Mails alarms that not everybody was mailed yet. They stay to be mailed to whoever could not be reached. Throws where the server does not
 * answer, or will have none of the addresses.
 */
async function mailUnmailed(ctx: StepContext): Promise<void> {
  const { db, clock } = ctx
  const { company, smtpUrl } = ctx.config
  const unmailed = (await alarmsOn(db)).filter(({ mailed }) => !mailed)
  if (unmailed.length === 0 || !company || !smtpUrl) return
  const mailer = openMailer(smtpUrl, { name: company.controller.name, address: company.responsible.email })
  const news: News<AlarmOn> = {
    things: unmailed,
    about: ({ id }) => `alarm|${id}`,
    mail: (alarms) => alarmMail(company.language, alarms, company.tool.transfer.nextCheck),
  }
  if (!(await mailAll(ctx, mailer, company.alarms, news))) return
  await markMailed(
    db,
    unmailed.map(({ id }) => id),
    clock(),
  )
  await allTold(ctx, news)
}
