// The real SDK, pointed at an emulator; typed as far as the emulator's own tests use it.
import { createRequire } from 'node:module'
import type { Emulator } from './emulator.ts'
import type { Json } from './json.ts'

type Calls<Names extends string> = Record<Names, (...args: unknown[]) => Promise<Json>>

export type Sdk = {
  basePath: string
  timeout: number
  defaultHeaders: Record<string, string>
  setConfig(config: { apiKey: string }): void
  root: Calls<'getRoot'>
  ping: Calls<'get'>
  lists: Calls<
    | 'createList'
    | 'getList'
    | 'getAllLists'
    | 'updateList'
    | 'deleteList'
    | 'batchListMembers'
    | 'addListMember'
    | 'setListMember'
    | 'updateListMember'
    | 'getListMember'
    | 'getListMembersInfo'
    | 'deleteListMember'
    | 'deleteListMemberPermanent'
    | 'getListMergeFields'
    | 'addListMergeField'
    | 'deleteListMergeField'
    | 'createListWebhook'
    | 'getListWebhooks'
    | 'getListAbuseReports'
  >
  campaigns: Calls<
    | 'create'
    | 'get'
    | 'list'
    | 'update'
    | 'remove'
    | 'setContent'
    | 'getContent'
    | 'getSendChecklist'
    | 'send'
    | 'schedule'
    | 'cancelSend'
    | 'replicate'
    | 'sendTestEmail'
  >
  templates: Calls<'create' | 'getTemplate'>
  reports: Calls<
    | 'getCampaignReport'
    | 'getCampaignRecipients'
    | 'getUnsubscribedListForCampaign'
    | 'getEmailActivityForCampaign'
    | 'getCampaignAbuseReports'
  >
  batches: Calls<'start' | 'status' | 'list' | 'deleteRequest'>
}

/** A client of its own for one emulator. Without `server` in the configuration the SDK leaves the address alone. */
export function connectSdk(emulator: Pick<Emulator, 'url' | 'apiKey'>): Sdk {
  const ApiClient = createRequire(import.meta.url)('@mailchimp/mailchimp_marketing/src/ApiClient.js') as new () => Sdk
  const client = new ApiClient()
  client.setConfig({ apiKey: emulator.apiKey })
  client.basePath = `${emulator.url}/3.0`
  return client
}
