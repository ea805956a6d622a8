// The preflight: is this our own account, and does it answer? What it saw is written down for whoever asked.
import { BadInput, NotAllowed, RateLimited, Refused, Unavailable } from '../src/domain/errors.ts'
import { errorFacts } from '../src/logger.ts'
import { toolAccount, writeToolAccount } from '../src/register/tool-accounts.ts'
import { processor } from './processor.ts'

export const checkTool = processor('check-tool', async ({ tool: name }, { db, tool, config, clock }) => {
  try {
    const account = await tool(name).account({ ping: true })
    const expected = config.mailchimp.accountId ?? (await toolAccount(db, name))?.accountId ?? account.id
    if (account.id !== expected)
      throw new Refused(
        `The key leads to the account ${account.id}, and the configured one is ${expected}: check MAILCHIMP_API_KEY and MAILCHIMP_ACCOUNT_ID.`,
      )
    await writeToolAccount(db, name, {
      accountId: account.id,
      name: account.name,
      plan: account.plan,
      checkedAt: clock(),
      problem: null,
    })
  } catch (error) {
    // Not thrown on: whoever asked reads the answer, and may ask again.
    await writeToolAccount(db, name, {
      checkedAt: clock(),
      problem: problemOf(error),
    })
  }
  return undefined
})

/** Our own sentences as they are; of anything else only its name, since its message may quote data (I6). */
function problemOf(error: unknown): string {
  const ours = [Refused, NotAllowed, BadInput, Unavailable, RateLimited].some((kind) => error instanceof kind)
  const { name, message } = error as Error
  return ours ? `${name}: ${message}` : `Unavailable: unexpected failure (${errorFacts(error).error})`
}
