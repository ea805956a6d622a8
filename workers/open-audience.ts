// Step 2: the campaign's own throw-away audience in the tool, empty, with two fields; and the campaign's draft beside it.
import { open } from '../src/domain/campaign.ts'
import { NotAllowed, Refused } from '../src/domain/errors.ts'
import type { AudienceOpening } from '../src/marketing/marketing-tool.ts'
import { type CampaignRecord, findCampaign, record } from '../src/register/campaigns.ts'
import { installationId } from '../src/register/installation.ts'
import { keepWebhook } from './keep-webhooks.ts'
import { processor, type StepContext } from './processor.ts'
import { transferAllowed } from './transfer-allowed.ts'

export const openAudience = processor('open-audience', async ({ campaignId }, ctx) => {
  const { db, clock } = ctx
  const campaign = await findCampaign(db, campaignId)
  if (campaign?.state !== 'selected') return
  transferAllowed(ctx)

  const tool = ctx.tool(campaign.tool)
  const name = audienceName(await installationId(db), campaign.id)
  let audienceId: string
  try {
    ;({ audienceId } = await tool.openAudience(opening(ctx, campaign, name)))
  } catch (error) {
    // Most likely the plan's number of audiences: one of our own shells will free its place in time.
    const shells = await db.campaign.count({ where: { shell: 'pending' } })
    if (error instanceof Refused && shells > 0) return { againInMs: 600_000, waitingFor: 'audience-slot' }
    throw error
  }
  const { toolCampaignId } = await tool.draftCampaign(audienceId, {
    name,
    subject: campaign.subject,
    fromName: campaign.fromName,
    fromEmail: campaign.fromEmail,
    html: campaign.html ?? '',
  })
  // Before anybody is in there to be told about.
  await keepWebhook(ctx, { campaignId, audienceId, tool: campaign.tool })
  await record(db, campaignId, 'worker', (one) =>
    one.state === 'selected' ? open(one, { audienceId, toolCampaignId }, clock()) : null,
  )
})

/** The name of a campaign's audience: how we know our own after a lost answer, a crash or a restore. */
export function audienceName(installation: string, campaignId: string): string {
  return `${audiencePrefix(installation)}${campaignId}`
}

/** How every audience of this installation begins. */
export function audiencePrefix(installation: string): string {
  return `lupa-${installation.slice(0, 8)}-`
}

export function opening({ config }: StepContext, campaign: CampaignRecord, name: string): AudienceOpening {
  if (!config.company) throw new NotAllowed(`There is no ${config.companyFile}: make one with \`lupa init\`.`)
  const { controller, language } = config.company
  const reminder = {
    fi: `Saat tämän viestin, koska olet antanut luvan: ${controller.name}.`,
    en: `You get this mail because you gave your permission: ${controller.name}.`,
  }
  return {
    name,
    company: controller.name,
    street: controller.street,
    postalCode: controller.postalCode,
    city: controller.city,
    country: controller.country,
    language,
    fromName: campaign.fromName,
    fromEmail: campaign.fromEmail,
    subject: campaign.subject,
    permissionReminder: reminder[language],
  }
}
