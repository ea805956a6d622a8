// Webhooks of an audience (mailchimp.md §6): checked by a GET when they are made, their secret shown once.
import { randomBytes } from 'node:crypto'
import { type Json, objectOf, textOf } from '../json.ts'
import { linksTo, presentWebhook } from '../presentation.ts'
import { invalidFields, notFound } from '../problems.ts'
import { type Answer, type Call, noContent, ok, type Route } from '../router.ts'
import type { Audience, Webhook } from '../state.ts'
import { answersGet } from '../webhooks.ts'
import { audienceOf } from './lists.ts'

export const listWebhookRoutes: Route[] = [
  { method: 'GET', path: '/lists/:list_id/webhooks', handle: getWebhooks },
  { method: 'POST', path: '/lists/:list_id/webhooks', handle: createWebhook },
  { method: 'GET', path: '/lists/:list_id/webhooks/:webhook_id', handle: getWebhook },
  { method: 'PATCH', path: '/lists/:list_id/webhooks/:webhook_id', handle: updateWebhook },
  { method: 'DELETE', path: '/lists/:list_id/webhooks/:webhook_id', handle: deleteWebhook },
]

function getWebhooks(call: Call): Answer {
  const audience = audienceOf(call)
  const webhooks = [...audience.webhooks.values()].map((webhook) => presentWebhook(call.state, audience, webhook))
  const _links = linksTo(call.state, `/lists/${audience.id}/webhooks`)
  return ok({ webhooks, list_id: audience.id, total_items: webhooks.length, _links })
}

function getWebhook(call: Call): Answer {
  return ok(presentWebhook(call.state, audienceOf(call), webhookOf(call)))
}

async function createWebhook(call: Call): Promise<Answer> {
  const audience = audienceOf(call)
  const sent = objectOf(call.body)
  const url = textOf(sent['url'])
  await refuseUrl(audience, url)
  const webhook: Webhook = {
    id: randomBytes(5).toString('hex'),
    url,
    events: flagsOf(sent['events'], ['subscribe', 'unsubscribe', 'profile', 'cleaned', 'upemail', 'campaign']),
    sources: flagsOf(sent['sources'], ['user', 'admin', 'api']),
    secret: randomBytes(32).toString('hex'),
    disabled: false,
  }
  audience.webhooks.set(webhook.id, webhook)
  return ok({ ...presentWebhook(call.state, audience, webhook), signing_secret: webhook.secret })
}

async function updateWebhook(call: Call): Promise<Answer> {
  const audience = audienceOf(call)
  const webhook = webhookOf(call)
  const sent = objectOf(call.body)
  const url = textOf(sent['url']) || webhook.url
  if (url !== webhook.url) await refuseUrl(audience, url)
  const events = { ...webhook.events, ...objectOf(sent['events']) }
  Object.assign(webhook, { url, events, sources: { ...webhook.sources, ...objectOf(sent['sources']) } })
  return ok(presentWebhook(call.state, audience, webhook))
}

function deleteWebhook(call: Call): Answer {
  audienceOf(call).webhooks.delete(webhookOf(call).id)
  return noContent
}

function webhookOf(call: Call): Webhook {
  const webhook = audienceOf(call).webhooks.get(call.params['webhook_id'] ?? '')
  if (!webhook) throw notFound()
  return webhook
}

// That one address is taken once per audience is recorded; the words for an address that does not answer are an assumption.
async function refuseUrl(audience: Audience, url: string): Promise<void> {
  if ([...audience.webhooks.values()].some((webhook) => webhook.url === url)) {
    throw invalidFields([{ field: 'url', message: "Sorry, you can't set up multiple WebHooks for one URL" }])
  }
  if (!URL.canParse(url) || !(await answersGet(url))) {
    throw invalidFields([
      { field: 'url', message: 'We could not validate the callback URL: it has to answer a GET with 200.' },
    ])
  }
}

function flagsOf(sent: unknown, names: string[]): Record<string, boolean> {
  const flags: Json = objectOf(sent)
  return Object.fromEntries(names.map((name) => [name, flags[name] === true]))
}
