// A new newsletter, as a form: what to send, from whom, who is asked for. Who may be mailed is never decided here.
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { relations } from '../../domain/collection.ts'
import { BadInput } from '../../domain/errors.ts'
import { toolTraits } from '../../marketing/tools.ts'
import { campaignPlan } from '../../newsletter/campaign-file.ts'
import { finishedMail } from '../../newsletter/finished-mail.ts'
import { newsletterFrom } from '../../newsletter/read-newsletter.ts'
import { cancelCampaign } from '../../operator/campaign-orders.ts'
import { doNow } from '../../operator/run-workers.ts'
import { type CampaignRecord, draftCampaign, findCampaign } from '../../register/campaigns.ts'
import { knownTags } from '../../register/selection.ts'
import { knownDesigns } from '../../register/tool-designs.ts'
import { rendered } from '../public-page.ts'
import { codeWord } from './code-words.ts'
import type { ConsoleScope, Desk } from './console-routes.ts'
import { sentenceIn } from './finnish/sentence.ts'
import { launchWords as words } from './launch-words.ts'
import { brief } from './list-table.ts'
import { type Field, orderForm } from './order-form.ts'
import type { Upload } from './uploads.ts'

const here = '/console/campaigns'
const settles = ['24', '72', '168', '336']

/** Adds the form and what it makes: a draft. */
export function newCampaignRoutes({ page, order, upload }: ConsoleScope): void {
  page(`${here}/new`, async (desk, request) => {
    const { from } = z.object({ from: z.uuid().optional().catch(undefined) }).parse(request.query)
    const before = from ? await findCampaign(desk.context.db, from) : null
    return sendForm(desk, { values: before?.state === 'draft' ? valuesOf(before) : freshValues(desk) })
  })
  order(`${here}/designs`, async ({ context }) => {
    await doNow(context, { job: 'list-designs', payload: { tool: 'mailchimp' } })
    return `${here}/new`
  })
  upload(`${here}/new`, ['.html', '.htm', '.mjml'], async (desk, brought) => {
    try {
      return `${here}/${await writeDraft(desk, brought)}/launch`
    } catch (error) {
      if (!(error instanceof BadInput)) throw error
      return () =>
        sendForm(desk, { values: brought.fields, sentence: sentenceIn((error as Error).message, desk.language) }, 422)
    }
  })
}

type Values = Record<string, string>

function freshValues({ context: { config } }: Desk): Values {
  const { company } = config
  const hours = String(Math.round(config.settleMs / 3_600_000))
  return {
    fromName: company?.controller.name ?? '',
    fromEmail: company?.responsible.email ?? '',
    kind: 'html',
    settle: hours,
  }
}

/** A draft as the form's values: written again, it takes the place of the first. */
function valuesOf(draft: CampaignRecord): Values {
  const { name, subject, fromName, fromEmail, contentKind, contentRef, html, askedRelations, askedTags, sendAt } = draft
  return {
    ...{
      replaces: draft.id,
      name,
      subject,
      fromName,
      fromEmail,
      design: contentKind === 'html' ? '' : `${contentKind}:${contentRef}`,
    },
    ...{ html: contentKind === 'html' ? (html ?? '') : '', settle: String(Math.round(draft.settleSeconds / 3600)) },
    ...Object.fromEntries(askedRelations.map((one) => [`relation-${one}`, 'yes'])),
    ...Object.fromEntries(askedTags.map((one) => [`tag-${one}`, 'yes'])),
    sendAt: sendAt ? wallTime(sendAt) : '',
  }
}

/** `2027-03-02T09:00`, as a clock in Finland shows it. */
function wallTime(at: Date): string {
  const clock = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Europe/Helsinki',
    dateStyle: 'short',
    timeStyle: 'short',
  })
  return clock.format(at).replace(' ', 'T')
}

async function writeDraft(desk: Desk, { fields, file }: Upload): Promise<string> {
  const { context, language, session } = desk
  const { db, config, clock } = context
  const chosen = (prefix: string) =>
    Object.keys(fields).flatMap((name) => (name.startsWith(`${prefix}-`) ? [name.slice(prefix.length + 1)] : []))
  // `template:10001`, `draft:ab12`: what was chosen from the tool; nothing chosen is the owner's own HTML.
  const [kind = 'html', ...rest] = (fields['design'] || 'html').split(':')
  const ref = rest.join(':')
  const content = file ? await readFile(file.path, 'utf8') : (fields['html'] ?? '')
  const name = file?.name ?? words[language].pasted
  if (kind === 'html' && content.trim() === '') throw new BadInput(words[language].noContent)
  const filled = (field: string) => (fields[field]?.trim() ? { [field]: fields[field] } : {})
  const written = {
    ...{ name: fields['name'] ?? '', subject: fields['subject'] ?? '' },
    from: { name: fields['fromName'] ?? '', email: fields['fromEmail'] ?? '' },
    ...(kind === 'html' ? { content } : { [kind === 'draft' ? 'draft' : 'template']: ref }),
    to: { relation: chosen('relation'), tags: chosen('tag') },
    ...filled('sendAt'),
    ...(fields['settle'] ? { settle: `${fields['settle']}h` } : {}),
  }
  const setting = { settleMs: config.settleMs, language: config.company?.language ?? language, now: clock() }
  const plan = await campaignPlan(words[language].theForm, written, setting, (text) => newsletterFrom(name, text))
  const mail = finishedMail(plan, config, toolTraits(plan.tool).placeholders)
  if (mail && mail.problems.length > 0)
    throw new BadInput(`${words[language].cannotBeSent}\n${mail.problems.join('\n')}`)
  const { id } = await draftCampaign(db, plan, session.account.name, clock())
  const before = fields['replaces'] ? await findCampaign(db, z.uuid().parse(fields['replaces'])) : null
  if (before?.state === 'draft') await cancelCampaign(context, before, session.account.name)
  return id
}

async function sendForm(
  desk: Desk,
  { values, sentence = null }: { values: Values; sentence?: string | null },
  status = 200,
) {
  const { language, context } = desk
  const says = words[language]
  const [tags, designs] = await Promise.all([knownTags(context.db), knownDesigns(context.db, 'mailchimp')])
  const text = (name: string, label: string, most: number, hint?: string): Field => ({
    ...({ kind: 'text', name, label, most, required: true, value: values[name] ?? '' } as const),
    ...(hint ? { hint } : {}),
  })
  const check = (name: string, label: string): Field => ({
    kind: 'check',
    name,
    label,
    checked: values[name] === 'yes',
  })
  const hours = [...new Set([...settles, values['settle'] ?? '72'])].sort((one, other) => Number(one) - Number(other))
  const form = orderForm(desk, {
    ...{ action: `${here}/new`, upload: true, button: says.write, look: 'main' as const },
    fields: [
      ...(values['replaces'] ? [{ kind: 'hidden', name: 'replaces', value: values['replaces'] } as const] : []),
      text('name', says.name, 80, says.nameHint),
      text('subject', says.subject, 150),
      text('fromName', says.fromName, 100),
      { kind: 'email', name: 'fromEmail', label: says.fromEmail, required: true, value: values['fromEmail'] ?? '' },
      { kind: 'file', name: 'file', label: says.file, accept: '.html,.htm,.mjml', hint: says.fileHint },
      { kind: 'area', name: 'html', label: says.paste, code: true, value: values['html'] ?? '' },
      {
        ...{ kind: 'choice', name: 'design', label: says.design, none: says.noDesign, hint: says.designHint },
        ...{ value: values['design'] ?? '', choices: designChoices(designs, values['design'], language) },
      },
      {
        kind: 'group',
        label: says.to,
        hint: says.toHint,
        fields: relations.map((one) => check(`relation-${one}`, codeWord('relation', one, language))),
      },
      ...(tags.length > 0
        ? [
            {
              kind: 'group',
              label: says.tags,
              hint: says.tagsHint,
              fields: tags.map((one) => check(`tag-${one}`, one)),
            } as const,
          ]
        : []),
      {
        kind: 'datetime-local',
        name: 'sendAt',
        label: says.sendAt,
        value: values['sendAt'] ?? '',
        hint: says.sendAtHint,
      },
      {
        ...{
          kind: 'choice',
          name: 'settle',
          label: says.settle,
          hint: says.settleHint,
          value: values['settle'] ?? '72',
        },
        choices: hours.map((one) => ({ value: one, label: says.hours(Number(one)) })),
      },
    ],
  })
  const look = orderForm(desk, {
    action: `${here}/designs`,
    button: says.listDesigns,
    says: says.listDesignsSays,
    fold: says.inTheTool,
  })
  const main = rendered(body, { says, sentence, form, look })
  return desk.send({ title: says.new, here, main }, status)
}

/** What the last look at the tool showed; what a draft names already stays a choice. */
function designChoices(
  designs: Awaited<ReturnType<typeof knownDesigns>>,
  chosen: string | undefined,
  language: Desk['language'],
) {
  const says = words[language]
  const known = designs.map(({ kind, id, name }) => ({
    ...{
      value: `${kind}:${id}`,
      label: `${kind === 'draft' ? says.aDraft : says.aTemplate}: ${brief(name || id, 80)}`,
    },
  }))
  const missing = chosen && !known.some(({ value }) => value === chosen)
  return missing ? [{ value: chosen, label: chosen }, ...known] : known
}

const body = `<p class="trail"><a href="/console/campaigns"><%= it.says.campaigns %></a> ▸ <%= it.says.new %></p>
<h1><%= it.says.new %></h1>
<p><%= it.says.newSays %></p>
<% if (it.sentence) { %><p class="notice wrong" role="alert"><%= it.sentence %></p><% } %>
<% if (it.form) { %><%~ it.look %><%~ it.form %><% } else { %><p class="quiet"><%= it.says.viewer %></p><% } %>`
