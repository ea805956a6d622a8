// An access report as one page for paper and screens that needs nothing but itself.
import { Eta } from 'eta'
import { type ConcernedRow, type ConcernedTable, concernedTables } from '../register/access-report.ts'
import type { AccessReport } from './access-report.ts'
import { columnWords, type ReportLanguage, reportWords, said, tableWords, valueWord } from './access-report-words.ts'

/** The report as one complete HTML page, A4. Every row of every table is on it; technical columns are only in the JSON. */
export function accessReportPage(report: AccessReport): string {
  const { language, rows, without } = report
  const words = reportWords[language]
  const [person] = rows.person
  const name = [person?.['first_name'], person?.['last_name']].filter(Boolean).join(' ')
  return eta.render('./access-report-page', {
    report,
    words,
    lead: words.lead(name, shownTime(new Date(report.madeAt), language)),
    mailed: report.because === null ? words.mailed.yes : `${words.mailed.no}: ${report.because}.`,
    sections: concernedTables.map((table) => section(table, rows[table], without.includes(table), language)),
  })
}

const eta = new Eta({ views: import.meta.dirname, cache: true })

function section(table: ConcernedTable, rows: ConcernedRow[], withheld: boolean, language: ReportLanguage) {
  return { title: said(tableWords[table], language), withheld, rows: rows.map((row) => lines(row, language)) }
}

/** What a row says, in the order of its columns; empty cells are left out. */
function lines(row: ConcernedRow, language: ReportLanguage): { label: string; value: string }[] {
  return Object.entries(row).flatMap(([column, value]) => {
    const words = columnWords[column]
    const shown = words ? shownValue(column, value, language) : ''
    return words && shown !== '' ? [{ label: said(words, language), value: shown }] : []
  })
}

function shownValue(column: string, value: unknown, language: ReportLanguage): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map((one) => shownValue(column, one, language)).join(', ')
  if (typeof value === 'object') {
    const pairs = Object.entries(value).map(([name, one]) => [name, shownValue(name, one, language)])
    return pairs.flatMap(([name, one]) => (one === '' ? [] : [`${name}: ${one}`])).join('; ')
  }
  if (typeof value === 'boolean') return valueWord(column, value, language)
  const text = String(value)
  return instant.test(text) ? shownTime(new Date(text), language) : valueWord(column, text, language)
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)$/

function shownTime(at: Date, language: ReportLanguage): string {
  const locale = language === 'fi' ? 'fi-FI' : 'en-GB'
  return at.toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Europe/Helsinki' })
}
