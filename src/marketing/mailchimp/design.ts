// Reading a design that the owner made in Mailchimp, without touching it.
import { Refused } from '../../domain/errors.ts'
import type { ToolDesign } from '../marketing-tool.ts'
import * as answers from './answers.ts'
import { deleteCampaign, readHtml } from './campaign.ts'
import type { Client } from './client.ts'

/**
 * The HTML of a draft, or of a template. A template's finished HTML is only told of a campaign made from it, so one
 * without an audience is made, read and deleted again. Throws Refused when there is no such design, or it is empty.
 */
export async function readDesign(client: Client, design: ToolDesign): Promise<string> {
  const html = design.kind === 'draft' ? await readHtml(client, design.id) : await readTemplate(client, design.id)
  if (html.trim() === '') throw new Refused(`the ${design.kind} named in the campaign file has no HTML in Mailchimp`)
  return html
}

async function readTemplate(client: Client, templateId: string): Promise<string> {
  if (!/^\d+$/.test(templateId)) throw new Refused('template: Mailchimp’s template ids are whole numbers')
  const copy = { type: 'regular', settings: { title: 'Lupa: reading a template' } }
  const { id } = await client.call('changes', answers.campaign, (sdk) => sdk.campaigns.create(copy))
  try {
    const content = { template: { id: Number(templateId) } }
    await client.call('changes', answers.campaignContent, (sdk) => sdk.campaigns.setContent(id, content))
    return await readHtml(client, id)
  } finally {
    // An empty draft that stays behind holds nobody; it must not hide what went wrong before.
    await deleteCampaign(client, id).catch(() => null)
  }
}
