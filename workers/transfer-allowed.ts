// What stops pushes, and only pushes: withdrawals and reading never ask it (law-and-optout.md §2.5, R-48).
import type { Config } from '../src/config.ts'
import { transferLapsed } from '../src/domain/disclosure.ts'
import { Refused } from '../src/domain/errors.ts'

/** Throws Refused when TOOL_TRANSFER_ALLOWED is false, or lupa.yaml does not vouch for the transfer at this time. */
export function transferAllowed({ config, clock }: { config: Config; clock: () => Date }): void {
  const { toolTransferAllowed, company, companyFile } = config
  if (!toolTransferAllowed)
    throw new Refused('TOOL_TRANSFER_ALLOWED is false: nobody may be pushed. Allow it and resume, or cancel.')
  if (!company)
    throw new Refused(
      `There is no ${companyFile}, so nobody vouches for the transfer to the tool: make one and resume.`,
    )
  const { nextCheck } = company.tool.transfer
  if (transferLapsed(nextCheck, clock()))
    throw new Refused(
      `The transfer to the tool should have been checked again by ${nextCheck}: check it, move tool.transfer.nextCheck in lupa.yaml, start the workers again and resume; or cancel.`,
    )
}
