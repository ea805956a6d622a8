// Pages Mailchimp hosts itself: the unsubscribe page, the web version of a mail, the results of batches.
import type { FastifyInstance } from 'fastify'
import { batchResult } from './batch-run.ts'
import { unsubscribe } from './feedback.ts'
import { type Json, objectOf, textOf } from './json.ts'
import { escapeHtml } from './merge-tags.ts'
import type { EmulatorState } from './state.ts'

/** Serves the hosted pages of a fastify instance. */
export function serveHostedPages(app: FastifyInstance, state: EmulatorState): void {
  // GET shows a button and changes nothing; POST, by the button or as one-click, unsubscribes (RFC 8058).
  app.get('/unsubscribe', async (request, reply) => {
    const link = linkedMember(state, objectOf(request.query))
    reply.type('text/html; charset=utf-8')
    if (!link) return reply.code(404).send(DEAD_LINK)
    const name = escapeHtml(textOf(link.audience.settings['name']))
    return page(`<h1>Unsubscribe</h1><form method="post"><p>Unsubscribe from ${name}?</p>
<p><input name="reason" placeholder="Reason"></p><p><button>Unsubscribe</button></p></form>`)
  })
  app.post('/unsubscribe', async (request, reply) => {
    const link = linkedMember(state, objectOf(request.query))
    reply.type('text/html; charset=utf-8')
    if (!link) return reply.code(404).send(DEAD_LINK)
    const { audience, member, report } = link
    const reason = textOf(objectOf(request.body)['reason'])
    unsubscribe(state, { audience, member, ...(report ? { report } : {}) }, reason === '' ? undefined : reason)
    return page('<h1>Unsubscribe successful</h1><p>You will no longer receive mail from this list.</p>')
  })
  app.get<{ Params: { campaign_id: string } }>('/archive/:campaign_id', async (request, reply) => {
    const campaign = state.campaigns.get(request.params.campaign_id)
    reply.type('text/html; charset=utf-8')
    return campaign ? campaign.content.html : reply.code(404).send(DEAD_LINK)
  })
  app.get<{ Params: { file: string } }>('/batch-results/:file', async (request, reply) => {
    const batchId = request.params.file.replace('-response.tar.gz', '')
    const result = batchResult(state, batchId, textOf(objectOf(request.query)['token']))
    if (!result) return reply.code(403).type('application/xml').send('<Error><Code>AccessDenied</Code></Error>')
    return reply.type('application/gzip').send(result)
  })
}

/**
 * The link lives as long as the audience and the member do (mailchimp.md §0, §4): deleted for good, either kills it. That an
 * archived member's link still works is an assumption.
 */
function linkedMember(state: EmulatorState, query: Json) {
  const audience = state.audiences.get(textOf(query['id']))
  const member = audience?.members.get(audience.idByUniqueEmailId.get(textOf(query['e'])) ?? '')
  if (!audience || !member || query['u'] !== state.options.accountId) return undefined
  const report = state.reports.get(textOf(query['c']))
  return { audience, member, report: report?.list_id === audience.id ? report : undefined }
}

const DEAD_LINK = page('<h1>Not found</h1><p>This link does not work any more.</p>')

function page(body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mailing list</title></head><body>${body}</body></html>`
}
