// The company's own mailboxes: the only ones a test mail may go to, because a test is no disclosure of anybody.
import type { Company } from '../config.ts'

/** Addresses of the responsible person, the sender and the alarms, each once. */
export function ownAddresses(company: Company, fromEmail: string): string[] {
  return [...new Set([company.responsible.email, fromEmail, ...company.alarms].map((address) => address.toLowerCase()))]
}
