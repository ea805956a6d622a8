// GET, HEAD and POST /hooks/<tool>/:secret: the tool's webhook. A delivery is checked, reduced and stored before it is answered.
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { normaliseAddress } from '../domain/email-address.ts'
import type { KeyRing } from '../ledger/key-ring.ts'
import { errorFacts } from '../logger.ts'
import type { ToolDelivery } from '../marketing/marketing-tool.ts'
import { toolNames, toolTraits } from '../marketing/tools.ts'
import { keepDelivery, type ReducedDelivery } from '../register/webhook-deliveries.ts'
import { type KnownWebhook, webhookOfSecret } from '../register/webhooks.ts'

/** What became of a delivery; each is counted. */
export type DeliveryOutcome = 'stored' | 'repeated' | 'unknown-secret' | 'wrong-signature' | 'not-stored'

const answer = 'Lupa listens.\n'
/** 32 random bytes in base64url. */
const secretShape = /^[A-Za-z0-9_-]{43}$/

/**
 * Adds the webhooks' door. Whoever does not know a secret gets the same 200 whatever they send, and nothing of it is stored. A
 * wrong signature under a known secret is 403, which the tool repeats later; never 410, which would end the webhook
 * (mailchimp.md §6). Bodies of more than 64 KB are refused by the server.
 */
export function webhookRoutes(
  server: FastifyInstance,
  context: Context,
  count: (outcome: DeliveryOutcome) => void,
): void {
  const tell = tellQueue(context)
  server.register(async (scope) => {
    // The signature covers the very bytes, so nobody may read the body before us.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    for (const tool of toolNames) {
      scope.get(`/hooks/${tool}/:secret`, async (_request, reply) => reply.type('text/plain').send(answer))
      scope.post(`/hooks/${tool}/:secret`, async (request, reply) => {
        const { secret } = request.params as { secret: string }
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        const outcome = await receive(context, tool, secret, { body, headers: request.headers }).catch(
          (error: unknown) => {
            context.log.error(errorFacts(error), 'a webhook delivery could not be stored')
            return 'not-stored' as const
          },
        )
        count(outcome)
        if (outcome === 'stored') tell()
        // The register cannot be reached: the tool brings the delivery again for 75 minutes.
        if (outcome === 'not-stored') return reply.code(503).type('text/plain').send('Later, please.\n')
        return reply
          .code(outcome === 'wrong-signature' ? 403 : 200)
          .type('text/plain')
          .send(answer)
      })
    }
  })
}

type Raw = { body: Buffer; headers: Record<string, string | string[] | undefined> }

async function receive(
  { as, keys, clock }: Context,
  tool: string,
  secret: string,
  raw: Raw,
): Promise<Exclude<DeliveryOutcome, 'not-stored'>> {
  if (!secretShape.test(secret)) return 'unknown-secret'
  const db = as('web')
  const webhook = await webhookOfSecret(db, keys, secret)
  if (!webhook) return 'unknown-secret'
  // Until the tool's answer is read back nobody knows how it signs.
  if (!webhook.made) return 'wrong-signature'
  const said = toolTraits(tool).readDelivery(raw, webhook.signingSecret, clock())
  if (said === 'wrong-signature') return said
  return (await keepDelivery(db, reduced(keys, webhook, said, raw.body, clock()))) ? 'stored' : 'repeated'
}

/** Nothing of a person but keyed hashes; what is about another audience says nothing. A time to come is taken for now. */
function reduced(keys: KeyRing, webhook: KnownWebhook, said: ToolDelivery, body: Buffer, now: Date): ReducedDelivery {
  const ours = said.audienceId === webhook.audienceId
  return {
    webhookId: webhook.id,
    kind: ours ? said.kind : 'other',
    echo: said.echo,
    reason: said.reason,
    // Only our own: ten digits may be a telephone number.
    toolCampaignId: said.toolCampaignId === webhook.toolCampaignId ? said.toolCampaignId : null,
    toolIdHashes: ours ? said.toolIds.flatMap((id) => keys.hashes('tool-id', id)) : [],
    addressHashes: ours ? said.emails.flatMap((email) => addressHashes(keys, email)) : [],
    at: said.at && said.at < now ? said.at : now,
    receivedAt: now,
    onceKey: keys.hash('webhook', body.toString('base64')),
  }
}

function addressHashes(keys: KeyRing, email: string): string[] {
  const normal = normaliseAddress(email)
  return typeof normal === 'string' ? [] : keys.hashes('email', normal.matching)
}

/** Tells the queue that something waits, once at a time. Nobody waits for it, and its failure is nobody's: the sweep looks too. */
function tellQueue({ queues, log }: Context): () => void {
  let [telling, again] = [false, false]
  const tell = async () => {
    telling = true
    do {
      again = false
      await queues
        .addNow({ job: 'apply-webhooks', payload: {} })
        .catch((error) => log.warn(errorFacts(error), 'the queue was not told of a webhook'))
    } while (again)
    telling = false
  }
  return () => {
    again = true
    if (!telling) void tell()
  }
}
