// The campaign file a user writes: what to send, from whom, who is asked for. Who may be mailed is never configurable here.
import path from 'node:path'
import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import { problems, readYaml, settleWindow } from '../config.ts'
import { relations } from '../domain/collection.ts'
import { BadInput } from '../domain/errors.ts'
import type { CampaignPlan } from '../register/campaigns.ts'
import { readNewsletter } from './read-newsletter.ts'

const text = z.string().trim().min(1)
/** One word may stand without brackets. */
const list = <T extends z.ZodType>(item: T) =>
  z.preprocess((written) => (Array.isArray(written) ? written : [written]), z.array(item))
/** YAML takes `15` and `0` for numbers. */
const written = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (typeof value === 'number' ? String(value) : value), schema)

const campaignFile = z
  .strictObject({
    name: written(text.max(80, 'is longer than 80 characters')),
    subject: written(text.max(150, 'is longer than 150 characters')),
    from: z.strictObject({
      name: text.max(100, 'is longer than 100 characters'),
      email: z.email('is not an email address'),
    }),
    content: text.optional(),
    template: written(text).optional(),
    draft: written(text).optional(),
    to: z
      .strictObject({ relation: list(z.enum(relations)).default([]), tags: list(written(text)).default([]) })
      .prefault({}),
    tool: z.literal('mailchimp', 'is not a tool Lupa knows; there is: mailchimp').default('mailchimp'),
    sendAt: written(z.string().transform(sendTime)).optional(),
    settle: written(settleWindow).optional(),
  })
  .refine((file) => [file.content, file.template, file.draft].filter((one) => one !== undefined).length === 1, {
    message: 'names none or several of content, template and draft; give exactly one',
  })

export type CampaignFileSetting = { settleMs: number; language: 'fi' | 'en'; now: Date }

/** Reads and checks a campaign file and the content beside it. Throws BadInput naming every place and its fix; changes nothing. */
export async function readCampaignFile(
  file: string,
  { settleMs, language, now }: CampaignFileSetting,
): Promise<CampaignPlan> {
  const read = (content: string) => readNewsletter(path.resolve(path.dirname(file), content))
  return campaignPlan(file, readYaml(file), { settleMs, language, now }, read)
}

/**
 * The same for what a form brings: `written` is what a campaign file would hold, `read` makes a newsletter of its `content`.
 * @throws BadInput that names every place
 */
export async function campaignPlan(
  file: string,
  written: unknown,
  { settleMs, language, now }: CampaignFileSetting,
  read: (content: string) => Promise<{ html: string }>,
): Promise<CampaignPlan> {
  const checked = campaignFile.safeParse(written)
  if (!checked.success) throw new BadInput(problems(`${file} has`, checked.error))
  const { name, subject, from, content, template, draft, to, tool, sendAt, settle } = checked.data
  if (sendAt && sendAt <= now)
    throw new BadInput(
      `${file} has a problem: sendAt is in the past; write a later time, or leave it out to send at launch.`,
    )
  const html = content ? (await read(content)).html : null
  return {
    name,
    subject,
    fromName: from.name,
    fromEmail: from.email,
    tool,
    language,
    contentKind: content ? 'html' : template ? 'template' : 'draft',
    contentRef: template ?? draft ?? null,
    html,
    askedRelations: to.relation,
    askedTags: to.tags,
    sendAt: sendAt ?? null,
    settleSeconds: Math.round((settle ?? settleMs) / 1000),
  }
}

/** `2027-03-02T09:00+02:00`, or `2027-03-02T09:00` as Helsinki wall time. */
function sendTime(written: string, ctx: z.RefinementCtx): Date {
  try {
    const exact = /(Z|[+-]\d\d:?\d\d)$/.test(written)
    const instant = exact
      ? Temporal.Instant.from(written)
      : Temporal.PlainDateTime.from(written).toZonedDateTime('Europe/Helsinki').toInstant()
    return new Date(instant.epochMilliseconds)
  } catch {
    ctx.addIssue({ code: 'custom', message: 'is not a time like 2027-03-02T09:00+02:00' })
    return new Date(0)
  }
}
