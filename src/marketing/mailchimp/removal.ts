// Taking people out for ever: delete-permanent, the only act documented to clear reports too (mailchimp.md §1.2).
import * as answers from './answers.ts'
import { type BatchOperation, type Pace, runBatch, type Wait } from './batch.ts'
import type { Client } from './client.ts'
import { orIfAbsent } from './failures.ts'
import { subscriberHash } from './people.ts'

const operationsPerBatch = 10_000

/** Removes one person; one who is absent counts as removed. */
export async function removePerson({ call }: Client, audienceId: string, email: string): Promise<void> {
  const hash = subscriberHash(email)
  const removal = call('changes', answers.nothing, (sdk) => sdk.lists.deleteListMemberPermanent(audienceId, hash))
  await orIfAbsent(removal, null)
}

/**
 * Removes many through Mailchimp's batch endpoint. Returns those it could not, with the status of their own answer; 0
 * where that answer could not be read. An absent person (404) counts as removed.
 */
export async function removePeople(
  client: Client,
  audienceId: string,
  emails: string[],
  told: { wait: Wait; pace: Pace },
): Promise<{ failed: { email: string; status: number }[] }> {
  const failed: { email: string; status: number }[] = []
  for (let from = 0; from < emails.length; from += operationsPerBatch) {
    const part = emails.slice(from, from + operationsPerBatch)
    const statuses = await runBatch(
      client,
      part.map((email, index) => removal(audienceId, email, index)),
      told,
    )
    for (const [index, email] of part.entries()) {
      const status = statuses.get(String(index)) ?? 0
      if (!isRemoved(status)) failed.push({ email, status })
    }
  }
  return { failed }
}

function removal(audienceId: string, email: string, index: number): BatchOperation {
  const path = `/lists/${audienceId}/members/${subscriberHash(email)}/actions/delete-permanent`
  return { method: 'POST', path, operation_id: String(index) }
}

function isRemoved(status: number): boolean {
  return (status >= 200 && status < 300) || status === 404
}
