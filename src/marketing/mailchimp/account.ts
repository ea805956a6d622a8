// The account behind the key.
import { Refused } from '../../domain/errors.ts'
import type { ToolAccount } from '../marketing-tool.ts'
import * as answers from './answers.ts'
import type { Client } from './client.ts'

/**
 * Reads the account; `ping` asks first whether anybody is there. The API tells no limit of audiences: only the free plan's is known (one,
 * mailchimp.md §2). Throws Refused when `accountId` is given and the key belongs to another account.
 */
export async function readAccount(
  { call }: Client,
  accountId: string | undefined,
  { ping }: { ping: boolean },
): Promise<ToolAccount> {
  if (ping) await call('reads', answers.pong, (sdk) => sdk.ping.get())
  const fields = ['account_id', 'account_name', 'pricing_plan_type']
  const {
    account_id: id,
    account_name: name,
    pricing_plan_type: plan,
  } = await call('reads', answers.account, (sdk) => sdk.root.getRoot({ fields }))
  if (accountId && accountId !== id) {
    throw new Refused(
      `MAILCHIMP_API_KEY belongs to the account ${id}, MAILCHIMP_ACCOUNT_ID names ${accountId}: correct one of them`,
    )
  }
  return { id, name, plan, audiencesAllowed: plan === 'forever_free' ? 1 : null }
}
