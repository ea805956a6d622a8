// Reading a design that the owner made in Mailchimp, without touching it.
import { Refused } from '../../domain/errors.ts'
import type { ToolDesign } from '../marketing-tool.ts'
import * as answers from './answers.ts'
import { deleteCampaign, draftsCalled, readHtml } from './campaign.ts'
import type { Client } from './client.ts'
import { everyRow, pageSize } from './paging.ts'

/**
 * The HTML of a draft, or of a template. A template's finished HTML is only told of a campaign made from it, so one
 * without an audience is made, read and deleted again. Throws Refused when there is no such design, or it is empty.
 */
export async function readDesign(client: Client, design: ToolDesign): Promise<string> {
  const html = design.kind === 'draft' ? await readHtml(client, design.id) : await readTemplate(client, design.id)
  if (html.trim() === '') throw new Refused(`the ${design.kind} named in the campaign file has no HTML in Mailchimp`)
  return html
}

/** Templates that the account made itself, and campaigns that are drafts. */
export async function designs({ call }: Client): Promise<(ToolDesign & { name: string; madeAt: Date | null })[]> {
  const templates = await everyRow(
    (offset) =>
      call('reads', answers.templatePage, (sdk) =>
        sdk.templates.list({ type: 'user', fields: templateFields, count: pageSize, offset }),
      ),
    ({ id }) => id,
  )
  const drafts = await everyRow(
    (offset) =>
      call('reads', answers.draftPage, (sdk) =>
        sdk.campaigns.list({ status: 'save', fields: draftFields, count: pageSize, offset }),
      ),
    ({ id }) => id,
  )
  return [
    ...templates.map(({ id, name, date_created: madeAt }) => ({ kind: 'template' as const, id, name, madeAt })),
    ...drafts.map(({ id, settings, create_time: madeAt }) => ({
      ...{ kind: 'draft' as const, id, name: settings.title || settings.subject_line, madeAt },
    })),
  ]
}

const templateFields = ['templates.id', 'templates.name', 'templates.date_created', 'total_items']
const draftFields = [
  ...['campaigns.id', 'campaigns.create_time', 'campaigns.settings.title', 'campaigns.settings.subject_line'],
  'total_items',
]

async function readTemplate(client: Client, templateId: string): Promise<string> {
  if (!/^\d+$/.test(templateId)) throw new Refused('template: Mailchimp’s template ids are whole numbers')
  // What an earlier reading left when an answer was lost.
  for (const { id } of await draftsCalled(client, copyTitle)) await deleteCampaign(client, id)
  const copy = { type: 'regular', settings: { title: copyTitle } }
  const { id } = await client.call('changes', answers.campaign, (sdk) => sdk.campaigns.create(copy))
  try {
    const content = { template: { id: Number(templateId) } }
    await client.call('changes', answers.campaignContent, (sdk) => sdk.campaigns.setContent(id, content))
    return await readHtml(client, id)
  } finally {
    // An empty draft that stays behind holds nobody; it must not hide what went wrong before.
    await deleteCampaign(client, id)
      .catch(() => deleteCampaign(client, id))
      .catch(() => null)
  }
}

const copyTitle = 'Lupa: reading a template'
