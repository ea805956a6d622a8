// All steps, in the order in which a campaign lives them.
import type { JobName } from '../src/queue/jobs.ts'
import { applyInbox } from './apply-feedback.ts'
import { applyWebhooks } from './apply-webhooks.ts'
import { checkTool } from './check-tool.ts'
import { closeCampaign } from './close-campaign.ts'
import { collectFeedback } from './collect-feedback.ts'
import { discloseRecipients } from './disclose-recipients.ts'
import { expireData } from './expire-data.ts'
import { findRemovals } from './find-removals.ts'
import { keepWebhooks } from './keep-webhooks.ts'
import { listDesigns } from './list-designs.ts'
import { openAudience } from './open-audience.ts'
import type { Step } from './processor.ts'
import { raiseAlarms } from './raise-alarms.ts'
import { readDesign } from './read-design.ts'
import { remindRequests } from './remind-requests.ts'
import { removeRecipient } from './remove-recipient.ts'
import { selectPeople } from './select-recipients.ts'
import { sendCampaign } from './send-campaign.ts'
import { sendTest } from './send-test.ts'
import { sweep } from './sweep.ts'
import { sweepTool } from './sweep-tool.ts'
import { verifyWithdrawal } from './verify-withdrawal.ts'
import { watchDelivery } from './watch-delivery.ts'
import { withdrawRecipients } from './withdraw-recipients.ts'
import { writeOutsideLedger } from './write-ledger.ts'

/** Every job has its step; a job without one does not compile. */
export const steps = {
  'check-tool': checkTool,
  'list-designs': listDesigns,
  'read-design': readDesign,
  'send-test': sendTest,
  'select-recipients': selectPeople,
  'open-audience': openAudience,
  'disclose-recipients': discloseRecipients,
  'send-campaign': sendCampaign,
  'watch-delivery': watchDelivery,
  'collect-feedback': collectFeedback,
  'apply-feedback': applyInbox,
  'apply-webhooks': applyWebhooks,
  'keep-webhooks': keepWebhooks,
  'raise-alarms': raiseAlarms,
  'find-removals': findRemovals,
  'remove-recipient': removeRecipient,
  'withdraw-recipients': withdrawRecipients,
  'verify-withdrawal': verifyWithdrawal,
  'close-campaign': closeCampaign,
  'remind-requests': remindRequests,
  'expire-data': expireData,
  'write-ledger': writeOutsideLedger,
  sweep,
  'sweep-tool': sweepTool,
} as const satisfies { [N in JobName]: Step<N> }
