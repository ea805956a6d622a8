// What every check is: a question to the register, the files or the settings as they are now, and one sentence for an answer.
import type { Company, Config } from '../../config.ts'
import type { Context } from '../../context.ts'
import { type Database, sql } from '../../register/database.ts'
import type { Words } from '../notice-words.ts'
import type { RequirementResult } from '../requirements.ts'

/** What checks may look at. They change nothing: whatever is tried is taken back. */
export type Surroundings = Pick<Context, 'db' | 'config' | 'clock' | 'keys' | 'ledger'>
export type Finding = { result: RequirementResult; because: Words }
export type Check = (around: Surroundings) => Finding | Promise<Finding>

const finding =
  (result: RequirementResult) =>
  (fi: string, en: string): Finding => ({ result, because: { fi, en } })
export const passed = finding('passed')
export const failed = finding('failed')
export const notConfigured = finding('not-configured')
export const exception = finding('exception')

/** A check that needs lupa.yaml. */
export function ofCompany(look: (company: Company, around: Surroundings) => Finding | Promise<Finding>): Check {
  return (around) => (around.config.company ? look(around.config.company, around) : withoutCompany(around.config))
}

function withoutCompany({ companyFile }: Config): Finding {
  return notConfigured(
    `Tiedostoa ${companyFile} ei ole: sen tekee \`lupa init\`.`,
    `There is no ${companyFile}: \`lupa init\` makes it.`,
  )
}

/** The worst of several findings: a failure, else what is not set up, else an exception, else the last of what passed. */
export function worst(...findings: Finding[]): Finding {
  const order: RequirementResult[] = ['failed', 'not-configured', 'exception']
  const bad = order.map((result) => findings.find((one) => one.result === result)).find(Boolean)
  return bad ?? (findings.at(-1) as Finding)
}

/** Looks for what breaks a promise: `rows` is a query for it. None found is a pass; else `breaks` says how many there are. */
export async function nothingOf(
  db: Database,
  rows: ReturnType<typeof sql>,
  breaks: (count: number) => Words,
  holds: Words,
): Promise<Finding> {
  const count = await countOf(db, rows)
  return count === 0 ? { result: 'passed', because: holds } : { result: 'failed', because: breaks(count) }
}

/** How many rows a query gives. */
export async function countOf(db: Database, rows: ReturnType<typeof sql>): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>(sql`select count(*)::int as count from (${rows}) counted`)
  return row?.count ?? 0
}
