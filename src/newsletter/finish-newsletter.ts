// Content → a finished mail: our way out first, sender, reason and notice at the foot, and what is wrong said in sentences.
import type { Placeholders } from '../marketing/marketing-tool.ts'
import { type Addition, footerFor, missingFrom, openingFor, optOutHref } from './mail-additions.ts'
import { problemsIn, warningsIn } from './mail-findings.ts'
import { outlineMail } from './mail-outline.ts'

/** Everything about the company and the tool that a mail must show. Nothing here is about a recipient. */
export type NewsletterSetting = {
  placeholders: Placeholders
  controller: { name: string; businessId: string; street: string; postalCode: string; city: string; country: string }
  responsible: { name: string; email: string }
  /** LUPA_PUBLIC_URL; null: the way out is a mail to the responsible person. */
  publicUrl: string | null
  notice: { url: string | null }
  language: 'fi' | 'en'
}

/** `added`: what was put in. `problems` block launching; `warnings` do not. Both are whole sentences. */
export type FinishedNewsletter = { html: string; added: Addition[]; problems: string[]; warnings: string[] }

/**
 * Puts into a mail what it must show and lacks (mission: our own way out; 917/2014 §203; R-04), and judges the result.
 * The mail's own HTML stays as it is, character for character. Pure; finishing a finished mail changes nothing.
 */
export function finishNewsletter(html: string, setting: NewsletterSetting): FinishedNewsletter {
  const before = outlineMail(html)
  const added = missingFrom(html, before, setting)
  const finished =
    html.slice(0, before.start) +
    openingFor(added, setting) +
    html.slice(before.start, before.end) +
    footerFor(added, setting) +
    html.slice(before.end)

  const outline = outlineMail(finished)
  const problems = problemsIn(finished, outline, setting.placeholders)
  const warnings = warningsIn(finished, outline, setting.controller.name, optOutHref(setting))
  if (missingFrom(finished, outline, setting).length === 0)
    return { html: finished, added, problems, warnings: [...withoutNotice(setting), ...warnings] }
  return { html, added: [], problems: [broken, ...problems], warnings }
}

const broken =
  'The way out and the footer cannot be shown in this mail, because a comment, style or tag is not closed or the body is hidden: correct the HTML'

function withoutNotice({ notice }: NewsletterSetting): string[] {
  if (notice.url !== null) return []
  return ['The mail has no link to the privacy notice: give its address as notice.url in lupa.yaml']
}
