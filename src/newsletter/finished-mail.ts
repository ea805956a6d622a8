// A campaign's content as the mail that would leave: the company's setting put in.
import type { Config } from '../config.ts'
import type { Placeholders } from '../marketing/marketing-tool.ts'
import { type FinishedNewsletter, finishNewsletter } from './finish-newsletter.ts'

/** Finishes a campaign's HTML with the company's details. Null while there is no lupa.yaml or no content yet. */
export function finishedMail(
  campaign: { html: string | null },
  config: Config,
  placeholders: Placeholders,
): FinishedNewsletter | null {
  const { company, publicUrl } = config
  if (!company || !campaign.html) return null
  const { controller, responsible, notice, language } = company
  return finishNewsletter(campaign.html, {
    placeholders,
    controller,
    responsible,
    publicUrl,
    notice: { url: notice.url },
    language,
  })
}
