// Every promise of the notice with its control, and what its check found just now (R-08b).
import { sqlState } from '../register/database.ts'
import { accessChecks } from './checks/access.ts'
import { categoryChecks } from './checks/categories.ts'
import { type Check, type Finding, failed, type Surroundings } from './checks/check.ts'
import { collectionChecks } from './checks/collection.ts'
import { disclosureChecks } from './checks/disclosure.ts'
import { identityChecks } from './checks/identity.ts'
import { purposeChecks } from './checks/purpose.ts'
import { rightsChecks } from './checks/rights.ts'
import { upkeepChecks } from './checks/upkeep.ts'
import type { Language, Report } from './report.ts'
import { controls, type RequirementId, type RequirementResult, requirementIds } from './requirements.ts'

/** One requirement as it stands: what was promised, what keeps it, and what its check found. */
export type RequirementFinding = {
  id: RequirementId
  promise: string
  control: string
  checkedAt: string
  result: RequirementResult
  because: string
}

const checks: Record<RequirementId, Check> = {
  ...identityChecks,
  ...purposeChecks,
  ...rightsChecks,
  ...upkeepChecks,
  ...collectionChecks,
  ...categoryChecks,
  ...disclosureChecks,
  ...accessChecks,
}

/** Runs every check, one after the other. Changes nothing; a check that cannot be run is a failure of its own. */
export async function runChecks(around: Surroundings, language: Language): Promise<RequirementFinding[]> {
  const findings: RequirementFinding[] = []
  for (const id of requirementIds) {
    const { result, because } = await outcome(checks[id], around)
    const { promise, control } = controls[id]
    const checkedAt = around.clock().toISOString()
    findings.push({
      id,
      promise: promise[language],
      control: control[language],
      checkedAt,
      result,
      because: because[language],
    })
  }
  return findings
}

async function outcome(check: Check, around: Surroundings): Promise<Finding> {
  try {
    return await check(around)
  } catch (error) {
    // What the database says may quote data: only its code is told.
    const code = sqlState(error) ?? (error instanceof Error ? error.name : 'unknown')
    return failed(`Tarkistusta ei voitu tehdä (${code}).`, `The check could not be made (${code}).`)
  }
}

export const resultWords: Record<RequirementResult, { fi: string; en: string }> = {
  passed: { fi: 'kunnossa', en: 'passed' },
  failed: { fi: 'EI TOTEUDU', en: 'FAILED' },
  'not-configured': { fi: 'ei käytössä', en: 'not configured' },
  exception: { fi: 'ei koneen tarkistettavissa', en: 'exception' },
}

/** The findings as a report to print: first what needs somebody, then every promise in the notice's order. */
export function complianceReport(
  findings: RequirementFinding[],
  { register, at }: { register: string; at: Date },
  language: Language,
): Report {
  const say = (fi: string, en: string) => (language === 'fi' ? fi : en)
  const urgent = findings.filter(({ result }) => result === 'failed' || result === 'not-configured')
  const clock = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Europe/Helsinki',
    dateStyle: 'short',
    timeStyle: 'short',
  })
  return {
    title: say(`Tietosuojaselosteen lupaukset: ${register}`, `The promises of the privacy notice: ${register}`),
    lead: `${clock.format(at)}. ${countWords(findings, language)}`,
    sections: [
      {
        title: say('Vaatii toimia', 'To be done'),
        head: ['', say('lupaus', 'promise'), say('tulos', 'result'), say('miksi', 'why')],
        rows: urgent.map(({ id, promise, result, because }) => [id, promise, resultWords[result][language], because]),
        ...(urgent.length === 0 ? { note: say('Ei mitään.', 'Nothing.') } : {}),
      },
      {
        title: say('Kaikki lupaukset', 'Every promise'),
        head: [
          '',
          say('lupaus', 'promise'),
          say('kontrolli', 'control'),
          say('tulos', 'result'),
          say('tarkistus', 'check'),
        ],
        rows: findings.map(({ id, promise, control, result, because }) => [
          id,
          promise,
          control,
          resultWords[result][language],
          because,
        ]),
      },
    ],
  }
}

/** `50 passed, 6 not configured.` */
export function countWords(findings: RequirementFinding[], language: Language): string {
  const counts = (Object.keys(resultWords) as RequirementResult[])
    .map((result) => ({ result, count: findings.filter((one) => one.result === result).length }))
    .filter(({ count }) => count > 0)
  return `${counts.map(({ result, count }) => `${count} ${resultWords[result][language]}`).join(', ')}.`
}
