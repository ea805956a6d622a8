// What nobody could confirm about Mailchimp (mailchimp.md §12), as switches. The worse case for a caller is the default,
// but where the worse case would mean that a mail cannot be sent or answered at all; those two say so.
import { z } from 'zod'

/** Every switch, with its values and its default. Switched by `POST /__control/mischief {kind: <name>, value}`. */
export const assumptionsSchema = z.strictObject({
  /** §1.3, §12a: DELETE /lists/{id} is refused for seven days after a send. The help pages say so of the app only. */
  audienceDeletionHold: z.enum(['7d', 'off']).default('7d'),
  /** §12d: report rows still show addresses and names after their audience is deleted. */
  reportRowsAfterAudienceDeletion: z.enum(['keep', 'empty']).default('keep'),
  /** §12i: archiving and deleting by API fires `unsubscribe` with `action=delete` (where the webhook asks for `api`). */
  deletionFiresUnsubscribe: z.boolean().default(true),
  /** §12j: DELETE of a sent campaign. The SPEC knows no restriction, a third party claims one. */
  sentCampaignDeletion: z.enum(['allowed', 'refused']).default('allowed'),
  /** §12h: PATCH that points a draft at another audience loses the draft's content. */
  newAudienceDropsContent: z.boolean().default(true),
  /** §4: whether a member changed exactly at `since_last_changed` is in the answer. */
  sinceLastChanged: z.enum(['exclusive', 'inclusive']).default('exclusive'),
  /** §3.2: a member unsubscribed through the API can be subscribed again through the API. */
  resubscribeAfterApiUnsubscribe: z.boolean().default(false),
  /** §3.2: example.com and its like are refused, as in production. */
  fakeAddresses: z.enum(['refused', 'accepted']).default('refused'),
  /** §12g: `*|UNIQID|*` is the `unique_email_id` of the answer to the import. Strong evidence; false breaks every own link. */
  uniqidIsUniqueEmailId: z.boolean().default(true),
  /** §12k: `*|CAMPAIGN_UID|*` is the campaign's id. As above. */
  campaignUidIsCampaignId: z.boolean().default(true),
  /** §12i: the zone of `fired_at`, in minutes east of UTC. */
  firedAtZoneMinutes: z.number().default(0),
  /** §6: the clock in `X-Mailchimp-Signature`: the emulator's, or real time for a receiver whose clock cannot be moved. */
  signatureClock: z.enum(['emulator', 'real']).default('emulator'),
})

export type Assumptions = z.infer<typeof assumptionsSchema>

/** The assumptions with some of them changed; throws a ZodError for an unknown name or value. */
export function assume(changes: Partial<Assumptions> = {}): Assumptions {
  return assumptionsSchema.parse(changes)
}
