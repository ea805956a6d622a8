// The answer to "what do you hold about me" (GDPR Art. 15, R-10): the rows, and what Art. 15(1) asks to be said with them.
import type { Company } from '../config.ts'
import type { ConcernedRows } from '../register/access-report.ts'
import { type ReportLanguage, reportWords } from './access-report-words.ts'

export type AccessReport = {
  kind: 'access-report'
  language: ReportLanguage
  madeAt: string
  register: { name: string; controller: string; businessId: string; address: string; contact: string }
  person: string
  /** Why no newsletter is sent to this person now; null when they are sent. */
  because: string | null
  /** Tables left out because they say things about others (Art. 15(4)). */
  without: string[]
  information: { title: string; text: string }[]
  rows: ConcernedRows
}

export type ReportFacts = Pick<AccessReport, 'language' | 'person' | 'because' | 'without' | 'rows'> & { at: Date }

/** Puts the report together. Pure. */
export function accessReport(company: Company, { at, ...facts }: ReportFacts): AccessReport {
  const { controller, responsible, register } = company
  const address = `${controller.street}, ${controller.postalCode} ${controller.city}`
  return {
    kind: 'access-report',
    madeAt: at.toISOString(),
    register: {
      name: register.name,
      controller: controller.name,
      businessId: controller.businessId,
      address,
      contact: [responsible.name, responsible.email, responsible.phone].filter(Boolean).join(', '),
    },
    ...facts,
    information: information(company, facts.language),
  }
}

function information({ lifetimes, tool, notice }: Company, language: ReportLanguage) {
  const words = reportWords[language]
  const mechanism = { DPF: 'EU–US Data Privacy Framework', SCC: 'EU standard contractual clauses (SCC)' }
  const kept = Object.entries(words.categories).map(([category, name]) => {
    const days = lifetimes[category]
    return days === undefined ? '' : `${name} ${words.days(days)}`
  })
  return [
    words.purposes,
    words.basis,
    words.recipients(mechanism[tool.transfer.mechanism]),
    [words.lifetimes, `${kept.filter(Boolean).join(', ')}.`],
    words.automated,
    words.rights,
    words.complaint,
    [words.notice, `${notice.url} (${notice.version})`],
  ].map(([title = '', text = '']) => ({ title, text }))
}
