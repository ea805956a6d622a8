// What can be done with a campaign: check, send, schedule, cancel, copy, test (mailchimp.md §5).
import { MINUTE, stamp } from '../clock.ts'
import { checklist, refuseUnready, send, sendTest } from '../delivery.ts'
import { listOf, objectOf, textOf } from '../json.ts'
import { linksTo, presentCampaign } from '../presentation.ts'
import { actionNotPermitted, badRequest, invalidFields } from '../problems.ts'
import { type Answer, type Call, noContent, ok, type Route } from '../router.ts'
import type { Campaign } from '../state.ts'
import { campaignOf, draft, editable } from './campaigns.ts'

export const campaignActionRoutes: Route[] = [
  { method: 'GET', path: '/campaigns/:campaign_id/send-checklist', handle: getChecklist },
  { method: 'POST', path: '/campaigns/:campaign_id/actions/send', handle: sendNow },
  { method: 'POST', path: '/campaigns/:campaign_id/actions/schedule', handle: schedule },
  { method: 'POST', path: '/campaigns/:campaign_id/actions/unschedule', handle: unschedule },
  { method: 'POST', path: '/campaigns/:campaign_id/actions/cancel-send', handle: cancelSend },
  { method: 'POST', path: '/campaigns/:campaign_id/actions/replicate', handle: replicate },
  { method: 'POST', path: '/campaigns/:campaign_id/actions/test', handle: test },
]

function getChecklist(call: Call): Answer {
  return ok({
    ...checklist(call.state, campaignOf(call)),
    _links: linksTo(call.state, `/campaigns/${call.params['campaign_id']}`),
  })
}

function sendNow(call: Call): Answer {
  send(call.state, campaignOf(call))
  return noContent
}

// Quarter hours only, and never on the free plan (mailchimp.md §5).
function schedule(call: Call): Answer {
  const { state } = call
  const campaign = editable(campaignOf(call))
  if (state.plan === 'free') throw actionNotPermitted()
  const at = Date.parse(textOf(objectOf(call.body)['schedule_time']))
  if (Number.isNaN(at) || at % (15 * MINUTE) !== 0 || at <= state.clock.now()) {
    throw badRequest('This campaign cannot be scheduled: .')
  }
  refuseUnready(state, campaign)
  Object.assign(campaign, { status: 'schedule', scheduledFor: at, send_time: stamp(at) })
  return noContent
}

function unschedule(call: Call): Answer {
  const campaign = campaignOf(call)
  if (campaign.status !== 'schedule') throw badRequest('This campaign is not scheduled.')
  Object.assign(campaign, { status: 'save', send_time: '' })
  delete campaign.scheduledFor
  return noContent
}

// "Included with Mailchimp Pro": 403 on small plans (mailchimp.md §5).
function cancelSend(call: Call): Answer {
  const campaign = campaignOf(call)
  if (call.state.plan !== 'premium') throw actionNotPermitted()
  if (campaign.status !== 'sending') throw badRequest('This campaign cannot be canceled.')
  campaign.status = 'canceled'
  return noContent
}

function replicate(call: Call): Answer {
  const { state } = call
  const original = campaignOf(call)
  const copy: Campaign = {
    ...structuredClone(original),
    ...draft(state),
    content: { ...original.content },
    recipients: structuredClone(original.recipients),
    list_id: original.list_id,
    list_name: original.list_name,
    settings: { ...structuredClone(original.settings), title: `${textOf(original.settings['title'])} (copy 01)` },
  }
  delete copy.scheduledFor
  state.campaigns.set(copy.id, copy)
  return ok(presentCampaign(state, copy))
}

function test(call: Call): Answer {
  const addresses = listOf(objectOf(call.body)['test_emails']).map(textOf)
  if (addresses.length === 0)
    throw invalidFields([{ field: 'test_emails', message: 'Required fields were not provided' }])
  sendTest(call.state, campaignOf(call), addresses)
  return noContent
}
