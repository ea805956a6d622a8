// The part of the Mailchimp SDK that we use, as narrow as we use it. Answers are `unknown`: answers.ts reads them.
// The published types promise an error object as a result and lack half of these functions.

declare module '@mailchimp/mailchimp_marketing/src/ApiClient.js' {
  /** Which part of an answer: the SDK wants `fields` and `excludeFields` as arrays. */
  type Part = { fields?: string[]; excludeFields?: string[] }
  type Page = Part & { count?: number; offset?: number }
  type Answer = Promise<unknown>

  export default class ApiClient {
    basePath: string
    timeout: { response: number; deadline: number }
    /** Replaces the whole configuration. Without `server` no URL is rewritten. */
    setConfig(config: { apiKey: string }): void
    callApi(
      path: string,
      method: string,
      pathParams: Record<string, string>,
      queryParams: Record<string, string | number>,
      headerParams: Record<string, string>,
      formParams: Record<string, string>,
      body: null,
      authNames: string[],
      contentTypes: string[],
      accepts: string[],
      returnType: string,
    ): Promise<{ data: unknown; response?: { status?: number } }>

    root: { getRoot(options: Part): Answer }
    ping: { get(): Answer }
    lists: {
      getAllLists(options: Page): Answer
      createList(body: object): Answer
      getList(listId: string, options: Part): Answer
      deleteList(listId: string): Answer
      getListMergeFields(listId: string, options: Page): Answer
      deleteListMergeField(listId: string, mergeId: string): Answer
      createListWebhook(listId: string, body: object): Answer
      getListWebhooks(listId: string): Answer
      deleteListWebhook(listId: string, webhookId: string): Answer
      batchListMembers(listId: string, body: object): Answer
      getListMembersInfo(
        listId: string,
        options: Page & { status?: string; sortField?: string; sortDir?: 'ASC' | 'DESC' },
      ): Answer
      getListMember(listId: string, subscriberHash: string, options: Part): Answer
      deleteListMemberPermanent(listId: string, subscriberHash: string): Answer
      getListAbuseReports(listId: string, options: Page): Answer
    }
    campaigns: {
      list(options: Page & { listId?: string; status?: string }): Answer
      create(body: object): Answer
      get(campaignId: string, options: Part): Answer
      remove(campaignId: string): Answer
      setContent(campaignId: string, body: object): Answer
      getContent(campaignId: string, options: Part): Answer
      getSendChecklist(campaignId: string, options: Part): Answer
      send(campaignId: string): Answer
      sendTestEmail(campaignId: string, body: object): Answer
    }
    templates: {
      list(options: Page & { type?: string }): Answer
    }
    reports: {
      getCampaignReport(campaignId: string, options: Part): Answer
      getUnsubscribedListForCampaign(campaignId: string, options: Page): Answer
      getUnsubscribedListMember(campaignId: string, subscriberHash: string, options: Part): Answer
      getCampaignRecipients(campaignId: string, options: Page): Answer
      getCampaignRecipient(campaignId: string, subscriberHash: string, options: Part): Answer
      getEmailActivityForCampaign(campaignId: string, options: Page): Answer
    }
    batches: {
      start(body: object): Answer
      status(batchId: string, options: Part): Answer
      deleteRequest(batchId: string): Answer
    }
  }
}
