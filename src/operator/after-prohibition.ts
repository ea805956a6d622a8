// What a command that may have prohibited somebody does before it ends: the outside ledger hears of it, and whoever is in
// the tool now is queued to leave it.
import type { Context } from '../context.ts'
import { listCampaigns } from '../register/campaigns.ts'
import { writeLedger } from '../register/ledger-outbox.ts'
import { barredRecipients } from '../register/recipients.ts'

/** Writes the outside ledger at once, worker or not, and queues removals; the sweep would find them too, later. */
export async function afterProhibition({ db, ledger, queues, clock }: Context): Promise<void> {
  while ((await writeLedger(db, ledger, clock())) > 0);
  for (const campaign of await listCampaigns(db, { open: true })) {
    const barred = await barredRecipients(db, campaign.id, clock())
    const calls = barred.map((recipientId) => ({
      job: 'remove-recipient' as const,
      payload: { campaignId: campaign.id, recipientId },
    }))
    if (calls.length > 0) await queues.add(...calls)
  }
}
