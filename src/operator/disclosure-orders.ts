// Handing something to somebody outside: nobody, unless lupa.yaml allows them or the law asks.
import { schemaInventory } from '../compliance/data-inventory.ts'
import type { Company } from '../config.ts'
import type { DisclosureReason } from '../domain/disclosure.ts'
import { BadInput, NotAllowed } from '../domain/errors.ts'
import type { RegisterClient } from '../register/database.ts'
import { recordDisclosure } from '../register/disclosures.ts'

export type HandedOver = {
  to: string
  /** Categories of data, as the inventory calls them. */
  fields: string[]
  purpose: string
  /** The law that asks, with its section; null where lupa.yaml allows it. */
  law: string | null
  decidedBy?: string | undefined
  personIds: string[]
  at: Date
}

/** The categories of data that may be named. */
export const disclosableFields = () => [...schemaInventory().categories.keys()]

/** Writes a disclosure down, before it is made. Throws NotAllowed, BadInput with the rule that stands against it. */
export async function handOver(db: RegisterClient, company: Company, handed: HandedOver, actor: string) {
  const { reason, ground } = allowed(company, handed)
  const fields = fieldsOf(handed.fields, reason)
  const { personIds, at } = handed
  if (personIds.length > company.ceilings.disclosure)
    throw new NotAllowed(
      `${personIds.length} people are more than the ceiling of one disclosure, ${company.ceilings.disclosure}: raise ceilings.disclosure in lupa.yaml, or disclose fewer.`,
    )
  const purpose = handed.purpose.trim()
  if (purpose === '') throw new BadInput('--purpose is empty: say what it is for.')
  const decidedBy = handed.decidedBy?.trim() || company.responsible.name
  const disclosure = { recipient: handed.to.trim(), reason, ground, fields, purpose, decidedBy, at, actor }
  return { id: await recordDisclosure(db, { ...disclosure, personIds }), ...disclosure }
}

/** Nobody, unless lupa.yaml allows them or the law asks. */
function allowed(
  { disclosures }: Company,
  { to, law }: Pick<HandedOver, 'to' | 'law'>,
): { reason: DisclosureReason; ground: string } {
  if (law !== null) {
    if (!law.trim()) throw new BadInput('LEGAL_OBLIGATION needs --ground: name the law that asks, with its section.')
    return { reason: 'LEGAL_OBLIGATION', ground: law.trim() }
  }
  const known = disclosures.find((one) => one.to === to.trim())
  if (!known)
    throw new NotAllowed(
      `Nothing may be handed to ${to}: add them to disclosures in lupa.yaml with reason and ground, or name the law with --reason LEGAL_OBLIGATION --ground.`,
    )
  return known
}

function fieldsOf(list: string[], reason: DisclosureReason): string[] {
  const fields = [...new Set(list.map((one) => one.trim()).filter(Boolean))]
  const known = disclosableFields()
  const strange = fields.find((one) => !known.includes(one))
  if (strange !== undefined || fields.length === 0)
    throw new BadInput(`--fields ${strange ?? 'is empty'}: write one or more of ${known.join(', ')}.`)
  if (fields.includes('confidential') && reason !== 'LEGAL_OBLIGATION')
    throw new NotAllowed('Confidential text is handed to nobody but where a law asks for it (R-30).')
  return fields
}
