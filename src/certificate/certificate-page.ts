// A certificate as one printable page that needs nothing but itself: no script, no asset of anybody's, Finnish or English.
import { Eta } from 'eta'
import { refusals } from '../domain/disclosure.ts'
import { formatDuration } from '../domain/duration.ts'
import { reasons } from '../domain/eligibility.ts'
import { type Certificate, certificateIsIntact } from './certificate.ts'
import { type CertificateLanguage, type CertificateWords, certificateWords } from './certificate-words.ts'

/** The certificate as one complete HTML page for A4 and for screens. Its first line answers whether anybody is left in the tool. */
export function certificatePage(certificate: Certificate, language: CertificateLanguage): string {
  const words = certificateWords[language]
  const said = speak(words)
  return eta.render('./certificate-page', {
    language,
    words,
    certificate,
    intact: certificateIsIntact(certificate),
    calm: peopleLeft(certificate) === 0,
    headline: headline(certificate, words, said),
    lead: lead(certificate, words, said),
    selection: selection(certificate, words, said),
    inTool: inTool(certificate, words, said),
    feedback: Object.entries(words.feedbackKinds).map(([kind, label]) => ({
      label,
      count: said.number(certificate.feedback[kind as keyof Certificate['feedback']]),
    })),
    fields: certificate.fieldsSent.map((code) => words.fields[code] ?? code),
    times: times(certificate, words, said),
    exposure: exposure(certificate, words, language),
    toolLink: certificate.toolLinkWorkedUntil && words.toolLink(said.when(certificate.toolLinkWorkedUntil)),
    verification: verification(certificate, words, said),
    shell: shell(certificate, words, said),
    entries: said.number(certificate.audit.entries),
  })
}

const eta = new Eta({ views: import.meta.dirname, cache: true })

type Said = { when: (at: string) => string; number: (count: number) => string }

function speak({ locale }: CertificateWords): Said {
  const dateStyle = locale === 'fi-FI' ? 'short' : 'long'
  const clock = new Intl.DateTimeFormat(locale, { dateStyle, timeStyle: 'short', timeZone: 'Europe/Helsinki' })
  const numbers = new Intl.NumberFormat(locale)
  return { when: (at) => clock.format(new Date(at)), number: (count) => numbers.format(count) }
}

// A report row that still names somebody is somebody left, whatever the people's own list says.
function peopleLeft({ counts, verification }: Certificate): number {
  return Math.max(counts.remaining, verification?.identifyingReportRows ?? 0)
}

function headline(certificate: Certificate, words: CertificateWords, said: Said): string {
  const { counts, verification } = certificate
  const left = peopleLeft(certificate)
  if (left > 0) return words.headline.remaining(said.number(left))
  if (counts.removed === 0) return words.headline.nobody
  const removed = said.number(counts.removed)
  if (!verification) return words.headline.unverified(removed)
  return words.headline.empty(removed, said.when(verification.at), counts.removed)
}

function lead({ campaign, counts, times }: Certificate, words: CertificateWords, said: Said): string {
  const people = said.number(counts.sent)
  const tool = campaign.tool.charAt(0).toUpperCase() + campaign.tool.slice(1)
  if (campaign.outcome === 'sent')
    return words.lead.sent(campaign.name, times.sent && said.when(times.sent), tool, people, counts.sent)
  if (counts.sent > 0) return words.lead.cancelledAfterSending(campaign.name, people)
  return words.lead.cancelled(campaign.name)
}

function selection({ counts }: Certificate, words: CertificateWords, said: Said) {
  const percent = counts.people === 0 ? 0 : Math.round((100 * counts.selected) / counts.people)
  const excluded = reasons
    .map((reason) => ({ label: words.reasons[reason], count: counts.excluded[reason] ?? 0 }))
    .filter(({ count }) => count > 0)
    .sort((one, other) => other.count - one.count)
  return {
    percent,
    sentence: words.selectedOf(said.number(counts.selected), said.number(counts.people), percent),
    excluded: excluded.map(({ label, count }) => ({ label, count: said.number(count) })),
    total: said.number(excluded.reduce((sum, { count }) => sum + count, 0)),
  }
}

function inTool({ counts }: Certificate, words: CertificateWords, said: Said) {
  const because = refusals
    .map((refusal) => ({ label: words.refusals[refusal], count: counts.refusedBecause[refusal] ?? 0, because: true }))
    .filter(({ count }) => count > 0)
  const stages = ['intended', 'accepted', 'refused', 'unknown', 'sent', 'removed', 'remaining'] as const
  return stages
    .flatMap((stage) => [
      { label: words.counts[stage], count: counts[stage], because: false },
      ...(stage === 'refused' ? because : []),
    ])
    .map((row) => ({ ...row, count: said.number(row.count) }))
}

function times(certificate: Certificate, words: CertificateWords, said: Said) {
  return Object.entries(words.times).flatMap(([name, label]) => {
    const at = certificate.times[name as keyof Certificate['times']]
    return at === null ? [] : { label, at, when: said.when(at) }
  })
}

function exposure({ times }: Certificate, words: CertificateWords, language: CertificateLanguage): string | null {
  if (times.firstDisclosed === null || times.lastRemoved === null) return null
  const duration = formatDuration(Date.parse(times.lastRemoved) - Date.parse(times.firstDisclosed))
  return words.exposure(language === 'fi' ? duration.replace(' d', ' vrk') : duration)
}

function verification({ verification, counts }: Certificate, words: CertificateWords, said: Said) {
  if (!verification)
    return { steps: [], outcome: counts.accepted === 0 ? words.notNeeded : words.notVerified, facts: [] }
  const { method, audience, toolCampaign, account, peopleRead, identifyingReportRows } = verification
  return {
    steps: method.map((step) => words.steps[step]),
    outcome: `${words.audience[audience]} ${words.toolCampaign[toolCampaign]}`,
    facts: [
      { label: words.account, value: account },
      { label: words.peopleRead, value: said.number(peopleRead) },
      { label: words.identifyingReportRows, value: said.number(identifyingReportRows) },
    ],
  }
}

function shell({ shell }: Certificate, words: CertificateWords, said: Said): string {
  if (shell.state === 'pending') return words.shell.pending(shell.notBefore && said.when(shell.notBefore))
  if (shell.state === 'deleted') return words.shell.deleted(shell.deletedAt && said.when(shell.deletedAt))
  return words.shell.none
}
